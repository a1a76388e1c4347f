"""Which people a permission reaches, and where a change of a person shows.

A person out of reach is refused with the same code as one who does not exist.
"""

from sqlalchemy import select

from server.domain.acts import CLOCK, Act, Actor
from server.domain.permissions import EXTENTS, extent
from server.problems import Refused
from server.store.lists.within import Within
from server.store.people import Person
from server.store.sites import Site
from server.store.users import UserCompound


def person_in_reach(act: Act, *permissions: str, id: str | None = None) -> Person:
    """The person an operation is about (or the one with `id`), loaded and locked. Refuses: person.unknown."""
    person = act.loaded.get("person", id or act.operation.target)
    if person is None or not reaches_person(act, person, *permissions):
        raise Refused("person.unknown")
    return person


def reaches_person(act: Act, person: Person, *permissions: str) -> bool:
    """Whether one of the permissions reaches this person."""
    if act.actor is CLOCK:
        return True
    within = within_of(act.work.session, act.actor, *permissions)
    if within.everything:
        return True
    return act.work.session.scalar(select(Person.id).where(Person.id == person.id, within.people())) is not None


def within_of(session, actor: Actor, *permissions: str) -> Within:
    """The part of the register that the widest of these permissions gives to an actor."""
    found = {extent(actor.role, permission) for permission in permissions} - {None}
    widest = max(found, key=EXTENTS.index, default=None)
    if widest == "all":
        return Within(everything=True)
    if widest == "area":
        return Within(area=actor.area_id)
    if widest == "site":
        return Within(sites=(actor.site_id,))
    if widest == "sites":
        return Within(sites=tuple(session.scalars(select(Site.id).where(Site.area_id == actor.area_id))))
    if widest == "compounds":
        looked_after = select(UserCompound.community_id).where(UserCompound.user_id == actor.id)
        return Within(communities=tuple(session.scalars(looked_after)))
    return Within(crew=actor.id if widest == "own" else None)
