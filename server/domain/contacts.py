"""Numbers that everybody may need: a desk on duty, 120, a line for people in distress. Every phone has them without a network."""

from server.domain.acts import Act, new_id
from server.domain.permissions import extent
from server.problems import Refused
from server.store.areas import Area
from server.store.reference import Contact


def save_contact(act: Act, *, name: str, what: str, phone: str, area: str | None = None) -> str:
    """A number from now on, or (with a target) a changed one. `area`: whose desk it is; a district keeps its own.

    Refuses: contact.unknown, area.unknown, person.not_own_area, request.unreadable.
    """
    area = area or (act.actor.area_id if _only_own_area(act) else None)
    if not (name.strip() and phone.strip()):
        raise Refused("request.unreadable")
    if area and act.work.session.get(Area, area) is None:
        raise Refused("area.unknown", name=area)
    if _only_own_area(act) and area != act.actor.area_id:
        raise Refused("person.not_own_area")
    told = {"name": name.strip(), "what": what.strip(), "phone": phone.strip(), "area_id": area}
    if act.operation.target is None:
        return act.add(Contact(id=new_id(), **told)).id
    contact = _contact(act)
    for column, value in told.items():
        setattr(contact, column, value)
    act.touch(contact)
    return contact.id


def remove_contact(act: Act) -> None:
    """Nobody answers there any more: it leaves every phone. Refuses: contact.unknown."""
    act.remove(_contact(act))


def _contact(act: Act) -> Contact:
    contact = act.work.session.get(Contact, act.operation.target)
    if contact is None or (_only_own_area(act) and contact.area_id != act.actor.area_id):
        raise Refused("contact.unknown")
    return contact


def _only_own_area(act: Act) -> bool:
    return extent(act.actor.role, "imports.run") == "area"
