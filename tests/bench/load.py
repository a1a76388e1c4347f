"""Many phones at once: the evening's reconnect, a steady day, the first sync of a new phone (W1, W2, W3)."""

from time import perf_counter

from tests.bench.figures import Effort, Figure
from tests.bench.fleet import Fleet, FleetPhone, Round, a_fleet
from tests.bench.sync import Saying, a_day

PEOPLE, OPERATIONS = 17, 60  # people aboard whose whole day makes 60 operations
AT_A_TIME = 32


def evening_reconnect(effort: Effort) -> list[Figure]:
    """W1: every phone brings its day of 60 operations at once; then each fetches 200 records that a desk has changed meanwhile."""
    with a_fleet(effort.times(500, 3), PEOPLE) as fleet:
        fleet.change_records(200)
        days = [day_of(fleet, phone) for phone in fleet.phones]
        with fleet.serving() as server:
            server.bring_up_to_date(fleet.phones, AT_A_TIME)
            brought = server.all([Round(phone, day, OPERATIONS + 1) for phone, day in zip(fleet.phones, days, strict=True)], AT_A_TIME)
            fleet.change_records(200)
            fetched = server.all([Round(phone) for phone in fleet.phones], AT_A_TIME)
    verdicts = [result["verdict"] for answer in brought.answers for result in answer["results"]]
    came = [len(answer["changes"]) for answer in fetched.answers]
    assert len(verdicts) == OPERATIONS * len(fleet.phones) and {"applied", "flagged"}.issuperset(verdicts)
    assert min(came) >= 200 and not any(answer["more"] for answer in fetched.answers)
    return [
        Figure("W1 operations judged", "a second", [len(verdicts) / brought.took], note=f"{brought.per(len(verdicts))}; {brought.tail}"),
        Figure("W1 records fetched", "a second", [sum(came) / fetched.took], note=f"{fetched.per(sum(came))}; {fetched.tail}"),
    ]


def steady_day(effort: Effort) -> list[Figure]:
    """W2: 200 phones, 32 at a time. A cycle is one request: it brings one operation and fetches what changed."""
    with a_fleet(effort.times(200, 3), 4) as fleet:
        cycles = [[Round(phone, [one_said(fleet, phone)]) for phone in fleet.phones] for _ in range(effort.times(10, 1))]
        with fleet.serving() as server:
            server.bring_up_to_date(fleet.phones, AT_A_TIME)
            done = [server.all(cycle, AT_A_TIME) for cycle in cycles]
    for answer in (answer for cycle in done for answer in cycle.answers):
        assert answer["results"][0]["verdict"] in ("applied", "flagged") and answer["changes"], answer
    rates = [len(cycle.answers) / cycle.took for cycle in done]
    took = [one for cycle in done for one in cycle.milliseconds]
    p99 = sorted(took)[int(0.99 * len(took))]
    return [
        Figure("W2 requests", "a second", rates, note=done[-1].per(len(fleet.phones))),
        Figure("W2 one request", "ms", took, note=f"p99 {p99:,.0f}"),
    ]


def first_sync_of_many(effort: Effort) -> list[Figure]:
    """W3: a new phone fetches 5,000 records."""
    count = effort.times(5_000, 200)
    with a_fleet(1, 4) as fleet:
        fleet.change_records(count)
        phones = [fleet.enrol(fleet.phones[0].user) for _ in range(effort.times(12, 1) + 2)]
        with fleet.serving() as server:
            samples = [fetch_all(server, phone, count) for phone in phones]
    return [Figure(f"W3 first sync of {count:,} records", "ms", samples[2:])]


def fetch_all(server, phone: FleetPhone, count: int) -> float:
    """How long it takes until this phone has everything, in milliseconds."""
    came, began = 0, perf_counter()
    while phone.more:
        came += len(server.all([Round(phone)], 1).answers[0]["changes"])
    assert came >= count
    return (perf_counter() - began) * 1000


def day_of(fleet: Fleet, phone: FleetPhone) -> list[dict]:
    return [wire.sent() for wire in a_day(fleet.city, phone.user, phone.transfer)[:OPERATIONS]]


def one_said(fleet: Fleet, phone: FleetPhone) -> dict:
    """The phone's next operation."""
    said = Saying(fleet.city, phone.user, phone.transfer, fleet.city.clock.now())
    said("report_problem", step="move", reason="other", note="堵在北湖路口，已打电话给前台")
    phone.seq += 1
    return {**said.wires[0].sent(), "seq": phone.seq}
