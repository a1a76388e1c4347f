"""Numbers to call, as every phone has them: whoever runs a desk keeps its own, the city's desk all of them."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.access import allow
from server.console.asking import ChoiceField, Question, act, ask, line_field
from server.console.page import console, show
from server.console.reach import found_or_refuse, within
from server.store.database import db
from server.store.lists import places as lists
from server.store.lists.transfers import areas
from server.store.reference import Contact

FIELDS = ("name", "what", "phone", "area")


class ContactForm(Question):
    name = line_field(_l("叫什么"))
    what = line_field(_l("什么事打"))
    phone = line_field(_l("电话"), 20)
    area = ChoiceField(_l("哪个区的专班"))


@console.get("/contacts")
@allow("sites.read or vehicles.read")
def list_contacts():
    """All of them: they are nobody's secret."""
    return show("contacts", rows=db.session.execute(lists.contacts()).all(), own=within("imports.run"))


@console.route("/contacts/new", methods=["GET", "POST"])
@allow("imports.run")
def add_contact():
    """One more."""
    return ask_for(ContactForm(), _("加一个电话"), None)


@console.route("/contacts/<id>/edit", methods=["GET", "POST"])
@allow("imports.run")
def change_contact(id: str):
    """Another number, or another name."""
    contact = one_contact(id)
    form = ContactForm(name=contact.name, what=contact.what, phone=contact.phone, area=contact.area_id)
    return ask_for(form, _("修改 %(name)s", name=contact.name), id)


@console.post("/contacts/<id>/removal")
@allow("imports.run")
def remove_contact(id: str):
    """It leaves every phone."""
    contact = one_contact(id)
    act("remove_contact", contact.id)
    flash(_("已删除，手机下次联网时更新。"))
    return redirect(url_for("console.list_contacts"))


def ask_for(form: ContactForm, title: str, id: str | None):
    form.area.offer([(area.id, area.name) for area in areas(db.session)], empty=_("不是哪个区的"))
    return ask(
        form,
        title=title,
        back=url_for("console.list_contacts"),
        says=_("每部手机都存着，没有网络也能拨。"),
        then=lambda: act("save_contact", id, **{name: form[name].data for name in FIELDS}) and None,
    )


def one_contact(id: str) -> Contact:
    """One that the reader keeps. Refuses: contact.unknown."""
    return found_or_refuse(db.session.scalar(lists.contact(within("imports.run"), id)), "contact.unknown")
