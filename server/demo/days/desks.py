"""The desks of the simulated days: who goes in what to where, as soon as there are people, rooms, a clean vehicle and a driver."""

from dataclasses import dataclass
from datetime import timedelta

from server.demo.days.city import City, Story
from server.demo.days.crews import Journey
from server.demo.days.waiting import Door, doors, unclear
from server.domain.acts import Actor
from server.domain.choosing_rooms import takes
from server.domain.write_path import perform_one
from server.problems import Refused
from server.store.sites import Site

FIRST_HOUR, LAST_HOUR, LAST_HOUR_OF_FAR_WAYS = 6, 23, 15
PLANS_EVERY = timedelta(minutes=20)
SEATS_MAX, DOORS_MAX, ROOMS_MIN = 20, 10, 2
ASKED_AFTER = timedelta(hours=2)
FOUND_POSITIVE_ALONE = 0.5  # of those of a mixed tube, when they are tested alone


@dataclass(frozen=True)
class Plan:
    """What a desk is about to plan: doors of one area and class, the site, the vehicle."""

    doors: list[Door]
    site: Site
    vehicle: str
    seats: int

    @property
    def people(self) -> list[str]:
        return [one.id for door in self.doors for one in door.people]


def desks_plan(city: City, begin) -> Story:
    """All desks, one after the other, from morning to night; each transfer planned is begun by `begin(story)`."""
    while True:
        if FIRST_HOUR <= city.now.hour < LAST_HOUR:
            ask_who_is_unclear(city)
            plan_all(city, begin)
        yield PLANS_EVERY


def ask_who_is_unclear(city: City) -> None:
    """Whose category nobody knows is asked; those of a mixed tube are tested alone."""
    for one in unclear():
        if city.now - one.since < ASKED_AFTER:
            continue
        positive = one.category is not None and city.chance.random() < FOUND_POSITIVE_ALONE
        category = "screen_positive" if positive else "close_contact"
        perform_one("set_category", author=desk_of(city, one.area_id), at=city.now, target=one.id, category=category)


def plan_all(city: City, begin) -> None:
    """Plan until there is nobody, no room, no vehicle or no driver left."""
    waiting, vehicles, ready = doors(), city.free_vehicles(), city.ready_rooms()
    while plan := next_plan(city, waiting, vehicles, ready):
        driver = city.free_driver(plan.doors[0].area_id)
        if driver is None:
            return
        for door in plan.doors:
            waiting.remove(door)
        try:
            made = make(city, plan, driver.id)
        except Refused as refusal:
            city.stopped.append(refusal.code)
            continue
        vehicles.remove(next(one for one in vehicles if one[0] == plan.vehicle))
        ready[plan.site.id] -= len(plan.people)
        city.send_off(made, driver.id)
        km = city.kilometres(plan.doors[0].area_id, plan.site)
        begin(Journey(city, made, plan.site.id, km=km).whole())


def next_plan(city: City, waiting: list[Door], vehicles: list, ready: dict[str, int]) -> Plan | None:
    """For those who have waited longest and can be moved: their door, and others of the same area and class."""
    hopeless: set[tuple] = set()
    for first in waiting:
        kind = (first.area_id, first.its_class)
        if kind in hopeless or not vehicles:
            continue
        site = nearest_with_rooms(city, first, ready)
        if site is None:
            hopeless.add(kind)
            continue
        taken, most = [], min(SEATS_MAX, ready[site.id], max(seats for _id, seats, _area in vehicles))
        for door in waiting:
            fits = sum(len(one.people) for one in taken) + len(door.people) <= most
            if (door.area_id, door.its_class) == kind and fits and len(taken) < DOORS_MAX:
                taken.append(door)
        if taken:
            vehicle, seats, _area = smallest_that_takes(vehicles, sum(len(door.people) for door in taken), first.area_id)
            return Plan(taken, site, vehicle, seats)
    return None


def nearest_with_rooms(city: City, door: Door, ready: dict[str, int]) -> Site | None:
    """The nearest site that takes this class and has rooms; a partner city's only while a coach is there before the night."""
    far_too = city.now.hour < LAST_HOUR_OF_FAR_WAYS
    fits = [
        site
        for site in city.sites.values()
        if ready.get(site.id, 0) >= max(ROOMS_MIN, len(door.people)) and takes(site, door.its_class) and (far_too or not city.is_far(site))
    ]
    km = {site.id: city.kilometres(door.area_id, site) for site in fits}
    return min(fits, key=lambda site: (city.is_far(site), site.area_id != door.area_id, km[site.id], site.code), default=None)


def smallest_that_takes(vehicles: list, people: int, area_id: str | None) -> tuple:
    fitting = [one for one in vehicles if one[1] >= people]
    return min(fitting, key=lambda one: (one[2] != area_id, one[1]))


def make(city: City, plan: Plan, driver: str) -> str:
    """The desk's own act. A child is parted from its guardians only where these go another way, with a name and a reason."""
    values = {
        "kind": "outbound",
        "people": plan.people,
        "destination": {"kind": "site", "id": plan.site.id},
        "vehicle": plan.vehicle,
        "driver": driver,
    }
    author = desk_of(city, plan.doors[0].area_id)
    try:
        return perform_one("make_transfer", author=author, at=city.now, **values).made
    except Refused as refusal:
        if refusal.code != "transfer.household_split":
            raise
    parted = {"split_approved_by": "值班领导", "split_reason": "家人类别不同，分车分点"}
    return perform_one("make_transfer", author=author, at=city.now, **values, **parted).made


def desk_of(city: City, area_id: str | None) -> Actor:
    return city.desks.get(area_id, city.city_desk)
