"""`python -m tests.bench.peers`: ours beside its peers, round after round; the result is docs/bench-sync.md.

With `--keep FILE` the rounds of earlier calls are taken in, so that a long measurement can be made in parts.
"""

import argparse
import json
import shutil
import tempfile
from functools import partial
from pathlib import Path

from tests.bench.peers import report, works
from tests.bench.peers.door import BareDoor
from tests.bench.peers.floor import floors
from tests.bench.peers.install import FOLDER, CannotInstall
from tests.bench.peers.kinto import Kinto
from tests.bench.peers.ours import Bihuan
from tests.bench.peers.pouchdb import PouchDB
from tests.bench.peers.spent import where_time_goes
from tests.bench.peers.town import A_TASTE, Sizes, build_town
from tests.bench.table import clear_up_when_stopped, machine
from tests.postgres import DURABLE, Postgres

KINTO_PHONES = 80  # its rate does not grow with more of them, only the wait for the result


def main() -> None:
    clear_up_when_stopped()
    reader = argparse.ArgumentParser(prog="python -m tests.bench.peers", description=__doc__)
    reader.add_argument("--rounds", type=int, default=3)
    reader.add_argument("--taste", action="store_true", help="next to nothing to do, to see that it runs")
    reader.add_argument("--large", action="store_true", help="only W2 at 36,000 and at 1,000,000 records")
    reader.add_argument("--profile", action="store_true", help="only where the time of W1, W2 and W3 goes")
    reader.add_argument("--without", nargs="*", default=[], metavar="NAME", help="leave out: kinto pouchdb")
    reader.add_argument("--keep", type=Path, help="add the rounds to this file, and report all that it holds")
    reader.add_argument("--docs", action="store_true", help="write docs/bench-sync.md")
    asked = reader.parse_args()
    kept = {"rounds": [], "floors": [], "notes": [], "measured": [], "profile": ""}
    if asked.keep and asked.keep.exists():
        kept = json.loads(asked.keep.read_text())
    measure(asked, kept)
    kept["measured"].append(machine())
    if asked.keep:
        asked.keep.write_text(json.dumps(kept))
    text = report.page(**kept)
    print(text)
    if asked.docs:
        report.put_into_docs(text)


def measure(asked: argparse.Namespace, kept: dict) -> None:
    """Add so many rounds to what is kept."""
    sizes = A_TASTE if asked.taste else Sizes()
    if asked.profile:
        kept["profile"] = where_time_goes(sizes)
        return
    folder = Path(tempfile.mkdtemp(prefix="bihuan-peers-"))
    try:
        with Postgres(DURABLE) as cluster:
            if asked.large:
                small, large = (Bihuan(folder / f"{fill}", partial(build_town, sizes=sizes, fill=fill)) for fill in (36_000, 1_000_000))
                kept["rounds"] += [{"small": steady_day(small, sizes), "large": steady_day(large, sizes)} for _ in range(asked.rounds)]
                return
            ours = Bihuan(folder / "ours", partial(build_town, sizes=sizes))
            others = [ours.on(cluster), BareDoor(folder / "door", ours.town), *peers(asked, ours.town, cluster, kept)]
            for _ in range(asked.rounds):
                kept["rounds"].append({one.name: all_works(one, sizes) for one in (ours, *others)})
                kept["floors"].append(floors(ours.town.evening, cluster))
    finally:
        shutil.rmtree(folder)


def peers(asked: argparse.Namespace, town, cluster: Postgres, kept: dict) -> list:
    """Those that can be had here; why one cannot is noted."""
    made = {"pouchdb": lambda: PouchDB(FOLDER, town), "kinto": lambda: Kinto(FOLDER, town, cluster)}
    found = []
    for name, make in made.items():
        try:
            found += [] if name in asked.without else [make()]
        except CannotInstall as reason:
            kept["notes"].append(str(reason))
    return found


def all_works(one, sizes: Sizes) -> dict[str, works.Measured]:
    """The three works on a fresh server; the delivery alone on another, because it uses up the same outboxes."""
    phones = min(KINTO_PHONES, sizes.evening_phones) if isinstance(one, Kinto) else sizes.evening_phones
    turns = sizes.trips_a_steady_phone * works.OPERATIONS_OF_FOUR
    with one.started() as served:
        told = {
            "first_sync": works.first_sync(served, sizes.site_records),
            "steady": works.steady(served, sizes.steady_phones, turns),
            "reconnect": works.evening(served, phones, pull=True),
        }
    if not isinstance(one, Kinto):
        with one.started() as served:
            told["delivery"] = works.evening(served, phones, pull=False)
    for work, each in (("reconnect", len(served.town.evening[0].outbox)), ("delivery", len(served.town.evening[0].outbox))):
        if work in told:
            told[work]["missing"] = phones * each - told[work]["accepted"]
    told["reconnect"]["not_given"] = phones * sizes.changed - told["reconnect"]["received"]  # of a peer the page tells it
    assert isinstance(one, (PouchDB, Kinto)) or told["reconnect"]["not_given"] <= 0, (one.name, told["reconnect"])
    assert told["steady"]["failed"] == 0, (one.name, told["steady"])
    print(f"{one.name}: " + ", ".join(f"{work} {m.get('rate', m.get('ms')):,.0f}" for work, m in told.items()), flush=True)
    return told


def steady_day(one: Bihuan, sizes: Sizes) -> dict[str, works.Measured]:
    with one.started() as served:
        return {"steady": works.steady(served, sizes.steady_phones, sizes.trips_a_steady_phone * works.OPERATIONS_OF_FOUR)}


if __name__ == "__main__":
    main()
