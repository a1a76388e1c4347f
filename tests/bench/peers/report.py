"""docs/bench-sync.md: each work as a table, and above them what had to be reached, as ratios of one round, with what was missed."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from tests.bench.figures import plain
from tests.bench.peers.works import Measured
from tests.bench.table import ROOT

PAGE = ROOT / "docs" / "bench-sync.md"
OURS, POSTGRES, DOOR, POUCHDB, KINTO = "Bihuan, SQLite", "Bihuan, PostgreSQL", "Bare door, SQLite", "PouchDB Server", "Kinto, PostgreSQL"
Rounds = list[dict[str, dict[str, Measured]]]  # of each round: who → work → what was measured

TITLES = {
    "delivery": ("W1, operations up only", "operations/s", "an operation"),
    "reconnect": ("W1, evening reconnect: 60 operations up, then 200 changed records down", "operations/s", "an operation"),
    "steady": ("W2, steady day: one operation up and what it changed down, 32 phones at once", "cycles/s", "a cycle"),
    "first_sync": ("W3, first sync of a phone", "ms", "a record"),
}
BEGINNING = """# Sync beside its peers

Written by `make bench-sync`: all of it was measured on one machine in the same rounds, each with fresh data, one server after another.
Both processors are shared by the server, its database and the load driver; the driver's share of one core stands in the last column.
A figure is the median of the rounds that have it, with the least and the greatest; what was refused or missing is the worst of them.
Waits are of a whole exchange of one phone, whether it takes one request or two.

**What is compared.** Bihuan as `bihuan run` starts it: every operation is judged by the rules, scoped, logged with its exact bytes
and on the disk before it is answered. *PouchDB Server* answers before the disk has it; *Kinto* runs on PostgreSQL behind the same
gunicorn. Both only store, and both are given the easier form: no sign-in, no question who may see what, no look-ups of a replication.
In W2 they give back the operation itself, we the whole transfer that it changed. The *bare door* is Flask behind the same gunicorn:
it stores the texts of our own messages and judges nothing. PouchDB and we are sent gzip; Kinto takes none and packs nothing.
Bytes are those of the line, headers included. Kinto's gunicorn has 8 threads a worker, as the bare door's has; Bihuan's has 72, of which
one works for phones at a time. In W1 80 phones come to Kinto and 500 to the others, 64 at once to each: its rate does not grow with more.

**Warm and cold.** Records that many phones are given alike we pack once and keep (`sync/runs.py`): W1 reconnect and W3 come from such kept
runs, as at a site whose other phones have come before. W3 cold is the first sync on a server that was just started and has kept nothing.
"""
REMARKS = "## Remarks\n"


@dataclass(frozen=True)
class Must:
    """A ratio that had to be reached: `of` two measured things in one round."""

    what: str
    of: Callable[[dict], float]
    least: float | None = None
    most: float | None = None
    worst: bool = False  # one bad round is too many: no median

    def told(self, rounds: Rounds) -> str:
        ratios = []
        for one in rounds:
            try:
                ratios.append(self.of(one))
            except KeyError:  # a peer that could not be had
                continue
        if not ratios:
            return f"| {self.what} | not measured | | 0 | {self.limit} | |\n"
        value = max(ratios) if self.worst else median(ratios)
        met = value >= self.least if self.least is not None else value <= self.most
        return f"| {self.what} | {plain(value)} | {spread(ratios)} | {len(ratios)} | {self.limit} | {'met' if met else '**MISSED**'} |\n"

    @property
    def limit(self) -> str:
        return f"≥ {plain(self.least)}" if self.least is not None else f"≤ {plain(self.most)}"


def ratio(work: str, key: str, peer: str, ours: str = OURS) -> Callable[[dict], float]:
    return lambda one: one[ours][work][key] / one[peer][work][key]


def bytes_ratio(work: str) -> Callable[[dict], float]:
    return lambda one: sum(one[OURS][work][way] for way in ("up", "down")) / sum(one[POUCHDB][work][way] for way in ("up", "down"))


MUSTS = [
    Must("W1 reconnect, operations/s beside PouchDB", ratio("reconnect", "rate", POUCHDB), least=1),
    Must("W1 up only, operations/s beside PouchDB", ratio("delivery", "rate", POUCHDB), least=1),
    Must("W1 reconnect, operations/s beside Kinto", ratio("reconnect", "rate", KINTO), least=25),
    Must("the same on PostgreSQL beside Kinto", ratio("reconnect", "rate", KINTO, POSTGRES), least=25),
    Must("W2, cycles/s beside PouchDB", ratio("steady", "rate", POUCHDB), least=2),
    Must("W2, p99 beside PouchDB's", ratio("steady", "p99", POUCHDB), most=1),
    Must("W3, time beside PouchDB's", ratio("first_sync", "ms", POUCHDB), most=0.15),
    Must("Bytes, W1 up only, beside PouchDB", bytes_ratio("delivery"), most=0.75),
    Must("Bytes, W1 reconnect, beside PouchDB", bytes_ratio("reconnect"), most=0.75),
    Must("Bytes, W2, beside PouchDB", bytes_ratio("steady"), most=0.75),
    Must("Bytes, W3, beside PouchDB", bytes_ratio("first_sync"), most=0.75),
    Must("W1, operations refused or missing at 64 phones at once", lambda one: one[OURS]["reconnect"]["missing"], most=0, worst=True),
    Must("the same on PostgreSQL", lambda one: one[POSTGRES]["reconnect"]["missing"], most=0, worst=True),
    Must("the same of W1 up only, on SQLite", lambda one: one[OURS]["delivery"]["missing"], most=0, worst=True),
    Must("and on PostgreSQL", lambda one: one[POSTGRES]["delivery"]["missing"], most=0, worst=True),
    Must("W2 at 1,000,000 records beside 36,000", lambda one: one["large"]["steady"]["rate"] / one["small"]["steady"]["rate"], least=0.9),
]
NAMED = {"small": "Bihuan, SQLite, at 36,000 records", "large": "Bihuan, SQLite, at 1,000,000 records"}
DISTANCE = [
    Must("W1 reconnect beside the bare door", ratio("reconnect", "rate", DOOR), least=1),
    Must("W1 up only beside the bare door", ratio("delivery", "rate", DOOR), least=1),
    Must("W2 beside the bare door", ratio("steady", "rate", DOOR), least=1),
]


def page(rounds: Rounds, floors: list[dict[str, float]], notes: list[str], measured: list[str], profile: str = "") -> str:
    """The whole page. `measured` says of each part when, where and on which commit."""
    parts = [BEGINNING, "Measured:\n\n" + "".join(f"* {line}\n" for line in measured)]
    parts.append("## What had to be reached\n\n" + ratios_table(MUSTS, rounds))
    parts.append("## How far it is to the bare door (an aim, not a must)\n\n" + ratios_table(DISTANCE, rounds))
    parts += [work_table(work, rounds) for work in TITLES if any(work in told for one in rounds for told in one.values())]
    parts += [cold_table(rounds)] * any("cold_ms" in told.get("first_sync", {}) for one in rounds for told in one.values())
    if floors:
        rows = "".join(f"| {name} | {plain(median(values))} | {spread(values)} |\n" for name, values in by_name(floors).items())
        parts.append(
            f"## The floor: the operations of W1 as bare rows, one connection\n\n| | Operations/s | Spread |\n| --- | --- | --- |\n{rows}"
        )
    parts += [profile] * bool(profile) + [f"{note}\n" for note in (*notes, *left_out(rounds))]
    return "\n".join(parts)


def put_into_docs(text: str) -> None:
    """Write the page anew; the remarks at its end are somebody's own words, and stay."""
    _measured, heading, remarks = (PAGE.read_text(encoding="utf-8") if PAGE.exists() else "").partition(REMARKS)
    PAGE.write_text(f"{text.rstrip()}\n\n{heading}{remarks}".rstrip() + "\n", encoding="utf-8")


def left_out(rounds: Rounds) -> list[str]:
    """Whose answers did not hold all that had changed, by how much, and in how many of its rounds."""
    found: dict[str, list[float]] = {}
    for who, told in (each for one in rounds for each in one.items()):
        if "reconnect" in told:
            found.setdefault(who, []).append(told["reconnect"].get("not_given", 0))
    return [
        f"{who} did not give up to {plain(max(counts))} of W1's changed records, in {sum(one > 0 for one in counts)} of {len(counts)} "
        f"round{'s' * (len(counts) > 1)}."
        for who, counts in found.items()
        if max(counts) > 0
    ]


def ratios_table(musts: list[Must], rounds: Rounds) -> str:
    return "| | Ratio | Spread | Rounds | Limit | |\n| --- | --- | --- | --- | --- | --- |\n" + "".join(must.told(rounds) for must in musts)


def work_table(work: str, rounds: Rounds) -> str:
    title, unit, thing = TITLES[work]
    head = (
        f"## {title}\n\n| | {unit} | rounds | p50 ms | p99 ms | bytes {thing}, up + down | server CPU, ms {thing} | cores busy | driver |\n"
    )
    rows = []
    for who in dict.fromkeys(who for one in rounds for who in one):
        runs = [one[who][work] for one in rounds if work in one.get(who, {})]
        if runs:
            rows.append(work_row(who, runs, "ms" if work == "first_sync" else "rate"))
    return head + "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n" + "".join(rows)


def cold_table(rounds: Rounds) -> str:
    rows = ""
    for who in dict.fromkeys(who for one in rounds for who in one):
        cold = [one[who]["first_sync"]["cold_ms"] for one in rounds if "cold_ms" in one.get(who, {}).get("first_sync", {})]
        rows += f"| {who} | {plain(median(cold))} ({spread(cold)}) | {len(cold)} |\n" if cold else ""
    return f"## W3 cold, the first sync after the server started\n\n| | ms | rounds |\n| --- | --- | --- |\n{rows}"


def work_row(who: str, runs: list[Measured], first: str) -> str:
    def middle(key: str) -> str:
        return plain(median(run[key] for run in runs))

    told = f"{middle(first)} ({spread([run[first] for run in runs])})"
    cells = [
        told,
        str(len(runs)),
        middle("p50"),
        middle("p99"),
        f"{middle('up')} + {middle('down')}",
        middle("cpu"),
        middle("busy"),
        middle("driver"),
    ]
    return f"| {NAMED.get(who, who)} | {' | '.join(cells)} |\n"


def spread(values: list[float]) -> str:
    return f"{plain(min(values))}–{plain(max(values))}" if len(values) > 1 else "one round"


def by_name(floors: list[dict[str, float]]) -> dict[str, list[float]]:
    return {name: [one[name] for one in floors] for name in floors[0]}
