"""Vehicles: what can go, what cannot and why; and the crews that wait."""

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from server.access import allow
from server.console.asking import ChoiceField, Question, act, ask
from server.console.listing import Listing, export, wants_export
from server.console.page import console, show
from server.console.reach import found_or_refuse, within
from server.console.searching import searched
from server.console.shown import moment, word
from server.console.words import WORDS
from server.domain.vehicles import usable_seats
from server.store.database import db
from server.store.lists import places as lists
from server.store.lists.transfers import areas, crew_members
from server.store.transfers import Vehicle

BY_HAND = ("out_of_service", "driver_rest", "clean_ready")


class StateForm(Question):
    state = ChoiceField(_l("改为"), [InputRequired()])
    reason = TextAreaField(_l("原因"), [InputRequired(), Length(max=200)])


@console.get("/vehicles")
@allow("vehicles.read")
def list_vehicles():
    """The ledger of vehicles."""
    args = request.args
    query = lists.vehicles(area=args.get("area"), state=args.get("state"), kind=args.get("kind"), search=searched())
    listing = Listing(query, lists.VEHICLE_SORTS, sort="plate")
    if wants_export():
        return export(_("车辆"), vehicle_columns(), listing.all_rows())
    session = db.session
    return show(
        "vehicles",
        listing=listing,
        areas=areas(session),
        kinds=WORDS["vehicle_kind"],
        states=WORDS["vehicle_state"],
        seats=usable_seats,
        crews={role: crew_members(session, role) for role in ("driver", "escort")},
    )


def vehicle_columns() -> list:
    return [
        (_("车牌"), lambda row: row.Vehicle.plate),
        (_("车型"), lambda row: word(row.Vehicle.kind, "vehicle_kind")),
        (_("核定座位"), lambda row: row.Vehicle.seats),
        (_("可坐"), lambda row: usable_seats(row.Vehicle)),
        (_("区域"), lambda row: row.Area.short if row.Area else ""),
        (_("状态"), lambda row: word(row.Vehicle.state, "vehicle_state")),
        (_("任务"), lambda row: row.code),
        (_("上次消毒"), lambda row: moment(row.Vehicle.last_disinfected_at)),
    ]


@console.route("/vehicles/<id>/state", methods=["GET", "POST"])
@allow("vehicles.edit")
def set_vehicle_state(id: str):
    """Out of service, or back. Only a disinfection record makes a used vehicle clean."""
    vehicle = found_or_refuse(db.session.get(Vehicle, id), "vehicle.unknown")
    found_or_refuse(vehicle if in_own_area(vehicle) else None, "vehicle.unknown")
    form = StateForm()
    form.state.offer([(state, word(state, "vehicle_state")) for state in BY_HAND])
    return ask(
        form,
        title=_("%(plate)s 的状态", plate=vehicle.plate),
        back=url_for("console.list_vehicles"),
        says=_("现在：%(state)s。用过的车要有消毒记录才会变回可派。", state=word(vehicle.state, "vehicle_state")),
        then=lambda: act("set_vehicle_state", id, state=form.state.data, reason=form.reason.data) and None,
    )


def in_own_area(vehicle: Vehicle) -> bool:
    reached = within("vehicles.edit")
    return reached.everything or vehicle.area_id == reached.area
