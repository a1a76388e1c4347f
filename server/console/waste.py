"""A site's register of infectious waste: each collection with both names and how long the oldest of it was in store."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from server.access import allow
from server.console.asking import MomentField, Question, act, ask, line_field
from server.console.listing import Listing, export, wants_export
from server.console.page import console, show
from server.console.shown import moment, now, span
from server.console.sites import one_site
from server.domain.waste import IN_STORE_AT_MOST
from server.store.database import db
from server.store.lists import waste as lists


class WasteForm(Question):
    bags = IntegerField(_l("几袋"), [InputRequired(), NumberRange(1, 10_000)])
    weight_kg = DecimalField(_l("重量（公斤）"), [Optional(), NumberRange(0, 100_000)], places=1)
    stored_since = MomentField(_l("最早一袋什么时候放的（可以不填：算上次收走以后）"))
    handed_by = line_field(_l("交的人（本点）"))
    collected_by = line_field(_l("收的人"))
    company = line_field(_l("收运单位"), required=False)
    note = TextAreaField(_l("备注"), [Optional(), Length(max=500)])


@console.get("/sites/<id>/waste")
@allow("sites.read")
def list_waste(id: str):
    """Every collection, the newest first, and how long what is there now has been there."""
    site = one_site(id, "sites.read")
    listing = Listing(lists.pickups(site.id), lists.SORTS, sort="-at")
    if wants_export():
        return export(_("医疗废物登记"), waste_columns(), listing.all_rows())
    last = lists.last_pickup(db.session, site.id)
    since = last and now() - last
    return show("waste", site=site, listing=listing, since=since, too_long=bool(since and since > IN_STORE_AT_MOST), most=IN_STORE_AT_MOST)


def waste_columns() -> list:
    return [
        (_("收走时间"), lambda row: moment(row.WastePickup.collected_at)),
        (_("袋数"), lambda row: row.WastePickup.bags),
        (_("公斤"), lambda row: row.WastePickup.weight_kg),
        (_("存放多久"), lambda row: span(row.WastePickup.collected_at - row.WastePickup.stored_since)),
        (_("交的人（本点）"), lambda row: row.WastePickup.handed_by),
        (_("收的人"), lambda row: row.WastePickup.collected_by),
        (_("收运单位"), lambda row: row.WastePickup.company),
        (_("记的人"), lambda row: row.by),
        (_("备注"), lambda row: row.WastePickup.note),
    ]


@console.route("/sites/<id>/waste/new", methods=["GET", "POST"])
@allow("rooms.record")
def record_waste(id: str):
    """What a site says on the telephone, or has on paper."""
    site, form = one_site(id, "rooms.record"), WasteForm()
    return ask(
        form,
        title=_("记一次废物交接 %(name)s", name=site.name),
        back=url_for("console.list_waste", id=id),
        says=_("两个人都要有名字；存放不超过两天。"),
        then=lambda: act(
            "record_waste", id, bags=form.bags.data, weight_kg=float(form.weight_kg.data) if form.weight_kg.data is not None else None,
            stored_since=form.stored_since.data, handed_by=form.handed_by.data, collected_by=form.collected_by.data,
            company=form.company.data or None, note=form.note.data or None,
        ) and None,
    )  # fmt: skip
