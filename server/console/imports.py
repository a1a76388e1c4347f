"""Importing: a file arrives, is judged, shown row by row with its verdicts, and taken in while the page says how far it is.

Doors do not import one another: `app.py` hands the intake's functions over as `app.extensions["intake"]`.
"""

from datetime import datetime
from threading import Lock, Thread

import structlog
from flask import Flask, Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from sqlalchemy import select
from wtforms import DateField
from wtforms.validators import Optional

from server.access import allow, may, staff
from server.console.asking import ChoiceField, Question, act, ask
from server.console.language import language
from server.console.listing import Listing
from server.console.page import console, show
from server.console.reach import found_or_refuse, within
from server.console.shown import now, word
from server.console.words import WORDS
from server.domain.acts import Actor
from server.problems import Refused, sentence
from server.store.areas import Area
from server.store.database import db
from server.store.imports import ImportFile
from server.store.lists import imports as lists
from server.store.lists.transfers import areas
from server.store.sealing import unseal_bytes

log = structlog.get_logger()
WAITS_SECONDS = 5  # most files are read by then


class UploadForm(Question):
    file = FileField(_l("表格文件（xlsx、xls、ods、csv）"), [FileRequired(_l("请选择文件。"))])
    kind = ChoiceField(_l("是什么"))
    area = ChoiceField(_l("哪个区的"))
    day = DateField(_l("名单日期"), [Optional()])


def intake():
    """The intake's functions, as the app handed them over."""
    return current_app.extensions["intake"]


@console.get("/imports")
@allow("imports.read")
def list_imports():
    """Every file, newest first."""
    query = lists.files(within("imports.read"), state=request.args.get("state"), kind=request.args.get("kind"))
    return show(
        "imports", listing=Listing(query, lists.FILE_SORTS, sort="-arrived"), kinds=WORDS["import_kind"], states=WORDS["import_state"]
    )


@console.route("/imports/new", methods=["GET", "POST"])
@allow("imports.run")
def upload_file():
    """A file arrives and is judged; nothing of it is in the register yet."""
    form = UploadForm()
    form.kind.offer([(kind, word(kind, "import_kind")) for kind in WORDS["import_kind"]], empty=_("自动识别"))
    form.area.offer([(area.name, area.name) for area in areas(db.session)], empty=_("自动识别"))

    def receive() -> str:
        file = form.file.data
        arrived = intake().Arrived(
            file.read(), file.filename or "", staff(), now(), kind=form.kind.data, area=form.area.data, day=form.day.data
        )
        return read_soon(arrived)

    return ask(
        form,
        title=_("导入名单或台账"),
        back=url_for("console.list_imports"),
        done=_("已读完，请核对后入库。"),
        says=_("先读出来给您看，确认后才入库。同一个文件再导一次不会重复。最多 50 MB、20 万行。"),
        button=_("读这个文件"),
        multipart=True,
        then=receive,
    )


def read_soon(arrived) -> str:
    """Where to go on: to what was read, or, of a large file, to the page that waits for it. Refuses as receive."""
    db.session.commit()  # no snapshot is kept open while one waits
    reading = Reading(current_app._get_current_object(), arrived)
    reading.start()
    reading.join(WAITS_SECONDS)
    with reading.lock:
        reading.nobody_waits = not reading.over
    if reading.nobody_waits:
        return url_for("console.wait_for_import", sha256=arrived.sha256)
    if reading.fault:
        raise reading.fault
    return url_for("console.show_import", id=reading.id)


class Reading(Thread):
    """Reads one file, besides the request that brought it: a large one takes longer than a browser likes to wait."""

    def __init__(self, app: Flask, arrived):
        super().__init__(daemon=True)
        self.app, self.arrived, self.lock = app, arrived, Lock()
        self.id: str | None = None
        self.fault: Exception | None = None
        self.over = self.nobody_waits = False

    def run(self) -> None:
        with self.app.app_context():
            try:
                self.id = self.app.extensions["intake"].receive(self.arrived)
            except Exception as fault:
                self.fault = fault
            finally:
                with self.lock:
                    self.over = True
                if self.fault and self.nobody_waits:
                    self.leave_word()
                db.session.remove()

    def leave_word(self) -> None:
        """Whoever brought it finds the refusal where the file would be."""
        if isinstance(self.fault, Refused):
            self.app.extensions["intake"].keep_refusal(self.arrived, self.fault)
        else:
            log.error("import.reading_broke", file=self.arrived.name, exc_info=self.fault)


@console.get("/imports/arrivals/<sha256>")
@allow("imports.run")
def wait_for_import(sha256: str):
    """A large file is being read: how far, and on to its preview when it is. One that is refused says why."""
    mine = within("imports.run").area_rows(ImportFile.area_id)
    file = db.session.scalar(select(ImportFile).where(ImportFile.sha256 == sha256, mine).order_by(ImportFile.arrived_at.desc()))
    if file is not None and file.state in ("accepting", "done"):
        return redirect(url_for("console.show_import", id=file.id))
    being_read = intake().is_being_read(sha256)
    refusal = sentence(file.code, language(), file=file.name) if file is not None and file.state == "refused" else None
    return show("import_arrival", file=file, being_read=being_read, refusal=refusal)


@console.get("/imports/<id>")
@allow("imports.read")
def show_import(id: str):
    """The preview, and later the report: each row with its verdict; how far accepting has come."""
    file = one_file(id, "imports.read")
    verdict = request.args.get("verdict")
    listing = Listing(lists.rows(id, verdict=verdict), lists.ROW_SORTS, sort="row", per_page=100)
    return show(
        "import",
        file=file,
        area=db.session.get(Area, file.area_id) if file.area_id else None,
        listing=listing,
        verdict=verdict,
        fields=intake().FIELDS,
    )


def one_file(id: str, permission: str) -> ImportFile:
    """A file that is not still being judged. Refuses: import.unknown."""
    query = select(ImportFile).where(ImportFile.id == id, ImportFile.state != "judging", within(permission).area_rows(ImportFile.area_id))
    return found_or_refuse(db.session.scalar(query), "import.unknown")


@console.post("/imports/<id>/acceptance")
@allow("imports.run")
def accept_import(id: str):
    """Take it in, in chunks; taken up again where it stood when it was cut off."""
    file = one_file(id, "imports.run")
    Thread(target=take_in, args=(current_app._get_current_object(), file.id, staff(), now()), daemon=True).start()
    flash(_("正在入库，可以离开这一页。"))
    return redirect(url_for("console.show_import", id=id))


def take_in(app: Flask, file_id: str, by: Actor, at: datetime) -> None:
    """The whole file, besides the request that asked for it; two that run at once do each chunk once."""
    with app.app_context():
        try:
            app.extensions["intake"].accept(file_id, by=by, at=at)
        except Exception:
            log.exception("import.stopped", file=file_id)
        finally:
            db.session.remove()


@console.post("/imports/<id>/mapping")
@allow("imports.run")
def map_columns(id: str):
    """What the columns mean, corrected: the file is judged again, and its unit's next list is read the same way.

    Refuses: import.already_accepted.
    """
    file = one_file(id, "imports.run")
    if file.state in ("accepting", "done"):
        raise Refused("import.already_accepted")
    chosen = {name.removeprefix("column "): value or None for name, value in request.form.items() if name.startswith("column ")}
    if file.area_id:
        act("save_mapping", area=file.area_id, headers=chosen)
    area = db.session.get(Area, file.area_id) if file.area_id else None
    arrived = intake().Arrived(
        unseal_bytes(file.content, current_app.config["SECRET_KEY"]), file.name, staff(), now(), kind=file.kind,
        area=area and area.name, day=file.list_day, mapping={header: field for header, field in chosen.items() if field},
    )  # fmt: skip
    intake().forget(id)
    return redirect(read_soon(arrived))


@console.post("/imports/<id>/removal")
@allow("imports.run")
def forget_import(id: str):
    """A file that was never taken in goes again. Refuses: import.already_accepted."""
    intake().forget(one_file(id, "imports.run").id)
    flash(_("已删除，没有入库。"))
    return redirect(url_for("console.list_imports"))


@console.get("/exports/<noun>")
@allow("imports.read")
def export_noun(noun: str):
    """What was imported, out again, as text that a spreadsheet opens."""
    pieces = intake().write_csv(intake().export_rows(noun, within("imports.read"), masked=not may("people.read")))
    response = Response(b"".join(pieces), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename={noun}.csv"
    return response
