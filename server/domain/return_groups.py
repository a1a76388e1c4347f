"""Who goes home together: released people of one community, at one site, of one class (S0-12: point to point; S0-25: no mixing)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from server.domain.categories import CLASSES, WITH_ANYBODY, turned_positive
from server.store.areas import Community
from server.store.lists.returns import GoingHome
from server.store.people import Person
from server.store.sites import Site


@dataclass
class ReturnGroup:
    """One group, in the order of the rooms. `community` is None where nobody knows whose people they are: the desk names it."""

    community: Community | None
    site: Site
    category: str
    members: list[GoingHome] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What names it on a form."""
        return f"{self.community.id if self.community else '-'} {self.site.id} {self.category}"

    @property
    def people(self) -> list[Person]:
        return [one.person for one in self.members]

    @property
    def rooms(self) -> int:
        """How many rooms their leaving empties, about: those that nobody of another group shares are not told apart."""
        return len({one.stay.room_id for one in self.members if one.stay.room_id})

    @property
    def leave_by(self) -> datetime | None:
        """When the first of them was to have left the room."""
        return min((one.stay.vacate_due_at for one in self.members if one.stay.vacate_due_at), default=None)


def groups_of(rows: Iterable[GoingHome]) -> list[ReturnGroup]:
    """The groups, the one that should have left first before the others. A carer goes with the person cared for; who turned out positive
    since the release goes with nobody."""
    rows = [one for one in rows if not turned_positive(one.stay.category, one.person.category)]
    groups: dict[tuple, ReturnGroup] = {}
    homes = {one.person.household_id: _class(one.person) for one in rows if one.person.household_id and one.person.category != WITH_ANYBODY}
    for one in rows:
        category = homes.get(one.person.household_id, "close_contact") if one.person.category == WITH_ANYBODY else _class(one.person)
        key = one.community and one.community.id, one.site.id, category
        groups.setdefault(key, ReturnGroup(one.community, one.site, category)).members.append(one)
    return sorted(
        groups.values(), key=lambda group: (group.leave_by is None, group.leave_by and group.leave_by.timestamp(), -len(group.members))
    )


def coach_loads(people: list[Person], seats: int | None) -> Iterator[list[Person]]:
    """The people in loads of at most `seats`, households whole; a household larger than a coach is parted only as it has to be."""
    households: dict[str, list[Person]] = {}
    for person in people:
        households.setdefault(person.household_id or person.id, []).append(person)
    load: list[Person] = []
    for household in households.values():
        if load and seats and len(load) + len(household) > seats:
            yield load
            load = []
        load = load + household
        while seats and len(load) > seats:
            yield load[:seats]
            load = load[seats:]
    if load:
        yield load


def _class(person: Person) -> str:
    return CLASSES.get(person.category or "", person.category or "unknown")
