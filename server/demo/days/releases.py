"""Release and return on the simulated days: whose isolation is over is released in the morning and goes home with the next coach."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from sqlalchemy import or_, select

from server.demo.days.city import City, Story
from server.demo.days.crews import WayHome
from server.domain.acts import Incoming
from server.domain.categories import CLASSES, POSITIVES
from server.domain.write_path import perform, perform_one
from server.problems import Refused
from server.store.database import db
from server.store.lists.stays import released_here
from server.store.rooms import Stay

RELEASED_AT, COACHES_AT = time(8, 0), (time(8, 40), time(11, 0), time(14, 0), time(16, 30))
SEATS_MAX = 20
AT_ONCE = 50
DAYS_OF_POSITIVES = 14  # without symptoms, 8th edition; the two tests stand in the site's paper records


def people_are_released(city: City) -> Story:
    """Each morning every site releases those whose days are over; the tests are in the site's own papers."""
    while True:
        yield until_next(city.now, (RELEASED_AT,))
        said = {"allowed_by": "驻点医生", "reason": "检测结果在纸质记录上"}
        orders = [Incoming("release_stay", city.city_desk, said, target=stay) for stay in over(city.now.date())]
        for first in range(0, len(orders), AT_ONCE):
            verdicts = perform(orders[first : first + AT_ONCE], at=city.now)
            city.stopped += [verdict.code for verdict in verdicts if not verdict.took_effect]


def over(today: date) -> list[str]:
    """The stays whose last day is today or was before, and positives who have been isolated long enough."""
    long_enough = Stay.clock_from <= today - timedelta(days=DAYS_OF_POSITIVES)
    positive = Stay.category.in_(POSITIVES) & Stay.due_on.is_(None) & long_enough
    query = select(Stay.id).where(Stay.ended_at.is_(None), Stay.released_at.is_(None), Stay.referred_at.is_(None))
    found = list(db.session.scalars(query.where(or_(Stay.due_on <= today, positive)).order_by(Stay.site_id, Stay.room_id, Stay.place)))
    db.session.commit()
    return found


def coaches_go_home(city: City, begin) -> Story:
    """A few times a day coaches fetch the released, site by site, as far as there are vehicles and drivers."""
    while True:
        yield until_next(city.now, COACHES_AT)
        for site_id, area_id, people in groups():
            free = [one for one in city.free_vehicles() if one[1] >= len(people)]
            driver = city.free_driver(city.sites[site_id].area_id) if site_id in city.sites else None
            if not free or driver is None:
                continue
            goal = area_id if area_id in city.communities else city.sites[site_id].area_id
            if goal not in city.communities or goal not in city.workers:
                goal = min(area for area in city.communities if area in city.workers)
            try:
                made = perform_one(
                    "make_transfer", author=city.city_desk, at=city.now, kind="return", people=people,
                    destination={"kind": "home", "id": city.communities[goal]}, vehicle=free[0][0], driver=driver.id,
                ).made  # fmt: skip
            except Refused as refusal:
                city.stopped.append(refusal.code)
                continue
            city.send_off(made, driver.id)
            km = city.kilometres(goal, city.sites[site_id])
            begin(WayHome(city, made, site_id, km=km, community_worker=city.workers[goal]).whole())


def groups() -> list[tuple[str, str | None, list[str]]]:
    """(site, where most of them live, people) of the released who wait for a coach, at most a coach's seats each, one class a coach."""
    waiting: dict[tuple[str, str | None], list] = defaultdict(list)
    for row in released_here(db.session):
        if row.Person.state == "released":
            waiting[row.Site.id, CLASSES.get(row.Person.category or "")].append(row.Person)
    db.session.commit()
    found = []
    for (site, _class), people in waiting.items():
        for first in range(0, len(people), SEATS_MAX):
            part = people[first : first + SEATS_MAX]
            areas = [person.home_area_id or person.responsible_area_id for person in part]
            found.append((site, max(sorted(filter(None, areas)), key=areas.count, default=None), [person.id for person in part]))
    return found


def until_next(now: datetime, times: tuple[time, ...]) -> timedelta:
    """How long it is until the next of these times of day."""
    today = [datetime.combine(now.date(), one, now.tzinfo) for one in times]
    return min(at if at > now else at + timedelta(days=1) for at in today) - now
