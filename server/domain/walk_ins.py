"""Somebody stands at the door of a site who is on no list and on no transfer: they are let in, written down, and the desk is told."""

from server.domain.acts import Act
from server.domain.custody import move_custody
from server.domain.people import register_person
from server.domain.site_facts import about_room, room_heard
from server.domain.stays import begin_stay
from server.domain.told import told_by


def admit_walk_in(
    act: Act,
    *,
    name: str,
    reason: str,
    age: int | None = None,
    sex: str | None = None,
    phone: str | None = None,
    category: str | None = None,
    note: str | None = None,
) -> str:
    """A person came by themselves and was let into this room. A fact: refuses target.unknown only. Gives the person's id.

    They are registered, held by the site, and their stay begins. A room that is not ready, or kept for somebody else, is not given: then
    they stay there without one, and both are shown to people.
    """
    room = room_heard(act)
    site = act.loaded.get("site", room.site_id)
    told = {"sex": sex, "phone": phone, "category": category, "words": note, "birth_year": age if age is None else act.at.year - age}
    # Taken back, this leaves somebody who was listed by mistake, and not somebody who waits.
    person = register_person(act, name, {**told, "responsible_area_id": site.area_id}, state="wrong_listing")
    act.change(person, state="isolated")
    move_custody(act, person.id, "site", site.id)
    says = {**told_by(act), "says": reason}
    where = {**about_room(act, room), "person_id": person.id}
    if room.state == "ready" and not act.loaded.around.stays_in(room.id):
        begin_stay(act, person, site.id, room)
    else:
        act.flag("room_conflict", [{"says": room.state, "at": room.since.isoformat(), "by": room.by_id}, says], **where)
        begin_stay(act, person, site.id, None)
    act.flag("walk_in", [says], **where)
    return person.id
