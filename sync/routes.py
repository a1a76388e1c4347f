"""`POST /api/v1/sync`: operations up, records down."""

from datetime import timedelta

import structlog
from flask import Blueprint, current_app, request
from marshmallow import ValidationError
from sqlalchemy import bindparam, select, update

from server.access import allow
from server.domain.write_path import Busy, Work
from server.problems import Refused
from server.shared_memory import pigeonholes
from server.store.change_log import STANDING, Standing, current_epoch, revisions
from server.store.database import db, is_standby, snapshot, transaction
from server.store.transfers import Transfer
from server.store.users import Device, User
from sync.admission import Bucket, Line
from sync.apply import apply_operations, nothing_new
from sync.carriers import who_delivers
from sync.feed import Ahead, Page, read_page
from sync.messages import LIMITS, OPERATIONS_MAX, PROTOCOL, REQUEST_BYTES_MAX, SyncRequest, briefly, in_brief
from sync.patches import Patches
from sync.records import bodies, keep_written
from sync.records.kept import Shelf
from sync.set_back import begin_another_epoch
from sync.shapes import reader_of
from sync.transport import LINES, read_request, write_json

log = structlog.get_logger()
sync = Blueprint("sync", __name__, url_prefix="/api/v1")
_read_request = reader_of(SyncRequest())
READER = select(User.id, User.role, User.site_id, *STANDING).where(User.id == bindparam("id"))


@sync.post("/sync")
@allow("anyone")  # a session reads and writes, an upload token only delivers: told apart below
def create_round():
    """One round: judge what the phone brings, and, when it brought the last of it, give what changed."""
    waiting_line().send_away_when_full()
    message = read_message()
    with waiting_line().turn(len(message["operations"]), brought_all(message)):
        return one_round(message)


def one_round(message: dict):
    who = who_delivers(message["device"])
    now, told = current_app.clock.now(), announced(message)
    current_app.extensions["phone_requests"].count(message["device"], now)
    if message["have"] and who.reads and brought_all(message):
        remember_what_it_holds(who.author.id, message["have"])
    applied = (not message["operations"] and nothing_new(message["device"], who.author, now, told)) or apply_operations(
        message["operations"],
        device_id=message["device"],
        phone_id=who.phone,
        author=who.author,
        at=now,
        announced=told,
        not_seen=who.not_seen,
        written=keep_for_reading,
    )
    if message["repaired"]:
        count_repair(message["device"], message["repaired"], now)
    page = changes_for(who.author.id, message) if who.reads and brought_all(message) else None
    return write_json(answer(applied, page, message, now), page and page.run)


def brought_all(message: dict) -> bool:
    """Whether nothing is left on the phone; only then is it given what changed."""
    return message["unsent"] <= len(message["operations"])


@sync.record_once
def set_up(state) -> None:
    """Each worker has a line, counts its phones and keeps bodies by itself; what phones were given lies in memory of all workers."""
    settings = state.app.config["BIHUAN"]
    state.app.extensions["waiting_line"] = Line(settings.threads)
    state.app.extensions["phone_requests"] = Bucket()
    state.app.extensions["shelf"] = Shelf()
    state.app.extensions["given"] = pigeonholes


def waiting_line() -> Line:
    return current_app.extensions["waiting_line"]


def read_message() -> dict:
    """The request in shape. Refuses: request.forged, sync.not_this_protocol, sync.too_large."""
    if request.headers.get("X-Bihuan") != "1" or not (request.is_json or request.mimetype == LINES):
        raise Refused("request.forged")
    try:
        message = _read_request(read_request(REQUEST_BYTES_MAX))
    except ValidationError as fault:
        raise Refused("sync.not_this_protocol") from fault
    if message["protocol"] != PROTOCOL:
        raise Refused("sync.not_this_protocol")
    return message


def announced(message: dict) -> dict:
    return {"app": message["app"], "unsent": max(0, message["unsent"] - len(message["operations"]))}


def remember_what_it_holds(user_id: str, have: dict[str, int]) -> None:
    """Of what the phone holds, read before its operations change it what nobody remembers: else it would get all of that again."""
    shelf = current_app.extensions["shelf"]
    forgotten = patches_for(shelf.epoch or "", user_id, have).forgotten()
    if not forgotten:
        return
    with snapshot() as session:
        reader = session.connection().execute(READER, {"id": user_id}).one()
        standing = revisions(session, forgotten)
        unchanged = {key: revision for key, revision in forgotten.items() if standing.get(key) == revision}
        patches = patches_for(reader.epoch, user_id, have)
        for (_kind, id), body in bodies(session, reader, unchanged, reader.epoch, shelf).items():
            patches.keep(id, have[id], body)


def patches_for(epoch: str, user_id: str, have: dict[str, int]) -> Patches:
    return Patches(current_app.extensions["given"], epoch, user_id, have)


def changes_for(user_id: str, message: dict) -> Page:
    """The next page. A phone that is ahead has found out that this database was set back: another epoch begins.

    Raises Busy on a standby that cannot say what is newest.
    """
    while True:
        try:
            page = page_of(user_id, message)
        except Ahead as found:
            begin_another_epoch(found.epoch, current_app.clock.now())
            page = page_of(user_id, message)
        if page.reset == "epoch" and is_standby():
            raise Busy  # which of the two is the newer one only the primary knows
        if not mark_sent(page):
            return page


def page_of(user_id: str, message: dict) -> Page:
    with snapshot() as session:
        reader = session.connection().execute(READER, {"id": user_id}).one()
        return read_page(
            session,
            reader,
            message["cursor"],
            message["page"],
            current_app.config["SECRET_KEY"],
            at=current_app.clock.now(),
            repaired=bool(message["repaired"]),
            shelf=current_app.extensions["shelf"],
            now=Standing(reader.epoch, reader.head, reader.floor),
            patches=None if message["have"] is None else patches_for(reader.epoch, user_id, message["have"]),
        )


def keep_for_reading(work: Work) -> None:
    """What was judged just now is what the phones will ask for."""
    changed = [row for row in work.loaded.all("transfer") if ("transfer", row.id) in work.stamps]
    keep_written(work.session, changed, work.stamps, current_app.extensions["shelf"])


def count_repair(device_id: str, types: list[str], at) -> None:
    """The phone's records were not what they should have been, and it fetches them anew: the office sees how often."""
    log.error("phone.repaired", device=device_id, types=types)
    with transaction() as session:
        session.execute(update(Device).where(Device.id == device_id).values(repairs=Device.repairs + 1, repaired_at=at))


def mark_sent(page: Page) -> bool:
    """Remember that these transfers are on a phone now: from here on no room of theirs is released without a name. Whether that is new:
    then the page is read again, for a room may have been released since it was."""
    given = [change["id"] for change in page.changes if change["op"] in ("put", "patch") and change["type"] == "transfer"]
    known = current_app.extensions["shelf"].sent
    ids = [id for id in given if (page.epoch, id) not in known]
    if not ids:
        return False
    first_time = (Transfer.id.in_(ids), Transfer.sent_at.is_(None))
    is_new = bool(db.session.scalars(select(Transfer.id).where(*first_time)).all())
    if is_new:
        with transaction() as session:
            marked = update(Transfer).where(*first_time).values(sent_at=current_app.clock.now())
            session.execute(marked, execution_options={"no_phone_sees": True, "synchronize_session": False})
    known.update(dict.fromkeys((page.epoch, id) for id in ids))
    return is_new


def answer(applied, page: Page | None, message: dict, now) -> dict:
    """The answer to one round. Without a page the cursor goes back as it came; in a brief answer nothing does that says nothing."""
    settings = current_app.config["BIHUAN"]
    page = page or Page(cursor=None if message["brief"] else message["cursor"], promote=False)
    told, numbers = {"results": applied.results}, {one["id"]: one["seq"] for one in message["operations"]}
    if message["brief"] and len(numbers) == len(message["operations"]):
        told["results"], told["applied"] = briefly(applied.results, numbers)
    if message["turn"] is not None:
        told["turn"] = message["turn"]
    told = {
        "epoch": page.epoch or current_epoch(db.session),
        "server_time": now.isoformat(),
        "expected_seq": applied.expected_seq,
        **told,
        "changes": page.changes,
        "cursor": page.cursor,
        "high": page.high,
        "more": page.more,
        "promote": page.promote,
        "reset": page.reset,
        "digests": page.digests,
        "limits": LIMITS,
        "retry_after_ms": pause_ms(message, page),
        "lease_until": (now + timedelta(hours=settings.lease_hours)).isoformat(),
    }
    return in_brief(told) if message["brief"] else told


def pause_ms(message: dict, page: Page) -> int | None:
    """A phone that has more to bring or to fetch is asked to wait its turn, while others wait to be let in at all."""
    left = message["unsent"] - len(message["operations"])
    return waiting_line().pause_ms(min(left, OPERATIONS_MAX), page=left <= OPERATIONS_MAX) if left > 0 or page.more else None
