"""The console's first page in a city of 60,000 people and 60,000 rooms, and two more that people open all day."""

from time import perf_counter

from tests.bench.city import City
from tests.bench.figures import AT_MOST, Aim, Effort, Figure
from tests.bench.house import house
from tests.world import World

PAGES = {
    "First page, city desk": ("dispatcher", "/today"),
    "First page, a district's desk": ("desk1", "/today"),
    "People, city desk": ("dispatcher", "/people"),
    "Transfers, city desk": ("dispatcher", "/transfers"),
    "Sites, city desk": ("dispatcher", "/sites"),
}
WARM_UP = 3


def first_page(effort: Effort) -> list[Figure]:
    """Each page is asked for 50 times in a warm process; the time is the server's own, from the request to its last byte."""
    people = effort.times(60_000, least=200)
    with house() as app:
        world = World(app)
        City(world, people=people, rooms=people)
        figures = []
        for what, (username, address) in PAGES.items():
            browser = world.signed_in(username)
            times = [one_request(browser, address) for _ in range(WARM_UP + effort.times(50))][WARM_UP:]
            aim = Aim("median", AT_MOST, 150) if address == "/today" else None
            figures.append(Figure(f"{what}, {people:,} people and rooms", "ms", times, aim))
    return figures


def one_request(browser, address: str) -> float:
    """Milliseconds in the server for one page."""
    began = perf_counter()
    answer = browser.get(address)
    milliseconds = (perf_counter() - began) * 1000
    assert answer.status_code == 200, (address, answer.status_code)
    return milliseconds
