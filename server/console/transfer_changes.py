"""Changing a transfer: another crew, another site, rooms given back, an end, a commander's word. Each page does one operation."""

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from server.access import allow
from server.console.asking import ChoiceField, Question, ReasonForm, act, ask, choices_from, line_field
from server.console.page import console
from server.console.reach import within
from server.console.shown import counted, listed, word
from server.console.transfers import one_transfer
from server.domain.vehicles import usable_seats
from server.problems import Refused
from server.store.database import db
from server.store.lists import transfers as lists
from server.store.transfers import Transfer


class CrewForm(Question):
    driver = ChoiceField(_l("司机"), [InputRequired()])
    escort = ChoiceField(_l("随车人员"))
    vehicle = ChoiceField(_l("用车"))

    def offer_crew(self) -> None:
        self.driver.offer(crew_choices("driver"))
        self.escort.offer(crew_choices("escort"), empty=_("没有"))
        self.vehicle.offer(vehicle_choices(), empty=_("不换车"))


class ReliefForm(CrewForm):
    place = line_field(_l("在哪里换班"), 120)
    people = IntegerField(_l("当面点过，车上几人"), [InputRequired(), NumberRange(0, 200)])


class DivertForm(Question):
    site = ChoiceField(_l("改送到"), [InputRequired()])
    reason = TextAreaField(_l("原因"), [InputRequired(), Length(max=500)])


class ReturnElsewhereForm(Question):
    community = ChoiceField(_l("改送到另一个小区"))
    site = ChoiceField(_l("或送回隔离点（会找房间）"))
    reason = TextAreaField(_l("原因"), [InputRequired(), Length(max=500)])


class PutDownForm(Question):
    line = ChoiceField(_l("谁上错了车"), [InputRequired()])
    reason = TextAreaField(_l("原因"), [InputRequired(), Length(max=500)])


class ReleaseForm(Question):
    lines = SelectMultipleField(_l("放掉谁的房间"), [InputRequired()])
    reason = TextAreaField(_l("原因"), [InputRequired(), Length(max=500)])


def crew_choices(role: str) -> list[tuple[str, str]]:
    """Who may be in a crew, and how busy each is."""
    rows = lists.crew_members(db.session, role)
    return [(user.id, user.name + (_("，已有 %(count)s", count=counted(busy, "transfers")) if busy else "")) for user, busy in rows]


def vehicle_choices() -> list[tuple[str, str]]:
    """Vehicles that can go now, with the seats people may take."""
    return [
        (one.id, f"{one.plate} {word(one.kind, 'vehicle_kind')} · " + _("可坐 %(seats)s", seats=counted(usable_seats(one), "people")))
        for one in lists.free_vehicles(db.session)
    ]


def site_choices() -> list[tuple[str, str]]:
    """Sites that take people now, with their ready rooms."""
    return [(site.id, f"{area.short} · {site.name} · {counted(ready, 'rooms')}") for site, area, ready in lists.rooms_ready(db.session)]


def back_to(transfer: Transfer) -> str:
    return url_for("console.show_transfer", id=transfer.id)


@console.route("/transfers/<id>/assignment", methods=["GET", "POST"])
@allow("transfers.reassign")
def reassign_transfer(id: str):
    """Give it to another crew or vehicle."""
    transfer, form = one_transfer(id, "transfers.reassign"), CrewForm()
    form.offer_crew()
    return ask(
        form,
        title=_("改派 %(code)s", code=transfer.code),
        back=back_to(transfer),
        says=_("原来的司机手机上会收走这个任务；他之后补传的记录仍然保留。"),
        then=lambda: act("reassign_transfer", id, driver=form.driver.data, escort=form.escort.data, vehicle=form.vehicle.data) and None,
    )


@console.route("/transfers/<id>/relief", methods=["GET", "POST"])
@allow("transfers.reassign")
def relieve_crew(id: str):
    """Another crew takes over the people aboard."""
    transfer, form = one_transfer(id, "transfers.reassign"), ReliefForm()
    form.offer_crew()
    aboard = [line.person.name for line in transfer.lines if line.state == "aboard"]
    values = lambda: {name: form[name].data for name in ("driver", "escort", "vehicle", "place", "people")}  # noqa: E731
    return ask(
        form,
        title=_("换班 %(code)s", code=transfer.code),
        back=back_to(transfer),
        says=_(
            "登记在车上的 %(count)s：%(names)s。人数对不上会标出来，不会挡住换班。",
            count=counted(len(aboard), "people"),
            names=listed(aboard),
        ),
        then=lambda: act("relieve_crew", id, **values()) and None,
    )


@console.route("/transfers/<id>/diversion", methods=["GET", "POST"])
@allow("transfers.reassign")
def divert_transfer(id: str):
    """Send it to another site; the rooms move with it. A return may go to another community too."""
    transfer = one_transfer(id, "transfers.reassign")
    if transfer.kind == "return":
        return _divert_return(transfer)
    form = DivertForm()
    form.site.offer([choice for choice in site_choices() if choice[0] != transfer.site_id])
    if not form.is_submitted() and request.args.get("site"):
        form.site.data = request.args["site"]
    return ask(
        form,
        title=_("改送 %(code)s", code=transfer.code),
        back=back_to(transfer),
        says=_("新隔离点立即锁房，原来锁的房间放回。司机手机下次联网就看到；请同时打电话。"),
        then=lambda: act("divert_transfer", id, site=form.site.data, reason=form.reason.data) and None,
    )


def _divert_return(transfer: Transfer):
    """Turned away at the gate, or declined before: another community, or back to the site, its own first."""
    form = ReturnElsewhereForm()
    compounds = [one for one in lists.communities(db.session, within("transfers.reassign")) if one.id != transfer.community_id]
    form.community.offer([(one.id, one.name) for one in compounds], empty=_("不改送小区"))
    form.site.offer(sorted(site_choices(), key=lambda choice: choice[0] != transfer.origin_site_id), empty=_("不送回隔离点"))
    if not form.is_submitted() and request.args.get("site"):
        form.site.data = request.args["site"]
    return ask(
        form,
        title=_("改送 %(code)s", code=transfer.code),
        back=back_to(transfer),
        says=_("人还在车上，由司机看护。另一个小区要重新答应接收；送回隔离点就当场锁房，人仍是已解除。请同时打电话给司机。"),
        then=lambda: _send_elsewhere(transfer, form),
    )


def _send_elsewhere(transfer: Transfer, form: ReturnElsewhereForm) -> None:
    community, site = form.community.data, form.site.data
    if bool(community) == bool(site):
        raise Refused("transfer.no_destination")
    act("divert_transfer", transfer.id, community=community, site=site, reason=form.reason.data)


@console.route("/transfers/<id>/release", methods=["GET", "POST"])
@allow("transfers.cancel")
def release_rooms(id: str):
    """Give the rooms of some lines back, after being shown who may be on the way."""
    transfer, form = one_transfer(id, "transfers.cancel"), ReleaseForm()
    held = [line for line in transfer.lines if line.open and line.held_room]
    form.lines.choices = choices_from(
        (line.id, f"{line.person.name} · {line.held_room.building} {line.held_room.number} · {word(line.state, 'line_state')}")
        for line in held
    )
    on_the_way = counted(sum(line.state == "aboard" for line in transfer.lines), "people")
    return ask(
        form,
        title=_("放房 %(code)s", code=transfer.code),
        back=back_to(transfer),
        says=_("这些人仍在任务里，但不再有房间。车上现有 %(count)s，可能正在路上。", count=on_the_way),
        then=lambda: act("release_rooms", id, lines=form.lines.data, reason=form.reason.data) and None,
    )


@console.route("/transfers/<id>/cancellation", methods=["GET", "POST"])
@allow("transfers.cancel")
def cancel_transfer(id: str):
    """End it before it begins."""
    transfer, form = one_transfer(id, "transfers.cancel"), ReasonForm()
    names = listed(line.person.name for line in transfer.lines if line.open)
    return ask(
        form,
        title=_("取消 %(code)s", code=transfer.code),
        back=back_to(transfer),
        says=_("这些人回到等待：%(names)s。锁的房间、车辆和司机都放回。司机手机下次联网就看到；请同时打电话。", names=names),
        button=_("取消这个任务"),
        then=lambda: act("cancel_transfer", id, reason=form.reason.data) and None,
    )


@console.route("/transfers/<id>/putting-down", methods=["GET", "POST"])
@allow("transfers.cancel")
def put_down_person(id: str):
    """Somebody was told to be aboard by mistake, and it is too late to take the tap back on the phone."""
    transfer, form = one_transfer(id, "transfers.cancel"), PutDownForm()
    form.line.offer([(line.id, line.person.name) for line in transfer.lines if line.state == "aboard"])
    return ask(
        form,
        title=_("上错车的人 %(code)s", code=transfer.code),
        back=back_to(transfer),
        says=_("此人不再算在车上，回到上车前的状态和地点，锁的房间放回。请先打电话问清楚人在哪里。"),
        button=_("改回没上车"),
        then=lambda: act("put_down_person", id, line=form.line.data, reason=form.reason.data) and None,
    )


@console.route("/transfers/<id>/overrides/<item>", methods=["GET", "POST"])
@allow("readiness.override")
def override_readiness(id: str, item: str):
    """A commander's word for one missing item."""
    transfer, form = one_transfer(id, "readiness.override"), ReasonForm()
    if item not in (transfer.vehicle_check or {}).get("missing", ()):
        raise Refused("target.unknown")
    return ask(
        form,
        title=_("同意放行：缺 %(item)s", item=word(item, "vehicle_item")),
        back=back_to(transfer),
        says=_("您的姓名和原因会写进当天的日报。驾驶时长和夜间停驶没有例外。"),
        then=lambda: act("override_readiness", id, item=item, reason=form.reason.data) and None,
    )


@console.route("/transfers/<id>/closing", methods=["GET", "POST"])
@allow("transfers.cancel")
def close_transfer(id: str):
    """The desk closes what crew or site does not sign."""
    transfer, form = one_transfer(id, "transfers.cancel"), ReasonForm()
    return ask(
        form,
        title=_("由专班闭环 %(code)s", code=transfer.code),
        back=back_to(transfer),
        says=_("只用于人都送到了、有一方没有签字的任务。没上车的人回到等待。"),
        then=lambda: act("close_transfer", id, reason=form.reason.data) and None,
    )


@console.route("/transfers/<id>/problems/<problem>/solution", methods=["GET", "POST"])
@allow("transfers.record")
def solve_problem(id: str, problem: str):
    """The way is free again."""
    transfer, form = one_transfer(id, "transfers.record"), ReasonForm()
    told = next((one for one in transfer.problems if one.get("id") == problem), None)
    if told is None:
        raise Refused("target.unknown")
    form.reason.label.text = _("怎么解决的")
    return ask(
        form,
        title=_("已解决：%(problem)s", problem=word(told["reason"], "problem")),
        back=back_to(transfer),
        then=lambda: act("solve_problem", id, problem=problem, note=form.reason.data) and None,
    )
