"""How long the import door takes: 200,000 rows in one file, and the first page's backlog with 60,000 people and 60,000 rooms.

Run by hand: `.venv/bin/python -m tests.bench.imports [rows]` (0 leaves the large list out).
Everything happens in a folder of its own that is deleted afterwards.
"""

import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from zoneinfo import ZoneInfo

from sqlalchemy import text as text_of

from server.app import create_app
from server.cli import migrate_database
from server.clock import Clock
from server.domain.acts import Actor, Incoming
from server.domain.backlog import oldest_waiting, settled_on, waiting_by_area
from server.domain.people_search import find_people
from server.domain.write_path import perform
from server.intake.accepting import report, take_in
from server.intake.receiving import Arrived
from server.settings import read_settings
from server.store.database import db, secret, transaction
from server.store.lists.within import Within

CLERK = Actor(None, "dispatcher", "bench")
ZONE = ZoneInfo("Asia/Shanghai")
EVENING = datetime(2022, 4, 3, 20, 0, tzinfo=ZONE)
WEIGHTS, SIGNS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗", "秀建国玉兰丽华志强明军平安文静海波春梅"


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    if rows:
        one_large_list(rows)
    with application() as app:
        backlog(app)


def one_large_list(rows: int) -> None:
    """One file of so many different people, judged and taken in, and the same bytes again."""
    with application() as app:
        perform([Incoming("save_area", CLERK, {"name": "宽城区", "short": "宽城", "kind": "district"})], at=app.clock.now())
        began, cpu = perf_counter(), process_time()
        longest = Longest()
        id = take_in(Arrived(a_list(rows), "2022-04-03-宽城区.csv", CLERK, app.clock.now()), longest.heard)
        took, cpu = perf_counter() - began, process_time() - cpu
        [file] = report([id])["files"]
        assert file["accepted"] == file["data_rows"] == rows, {name: file[name] for name in ("data_rows", "accepted", "matched", "held")}
        say(f"import of {rows:,} rows", f"{took:.1f} s, {rows / took:,.0f} rows/s; {cpu:.1f} s of one core")
        say("… of which until it was judged", f"{longest.judged_after:.1f} s")
        say("longest pause between two steps of accepting", f"{longest.pause * 1000:.0f} ms")
        say("most memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
        began = perf_counter()
        assert take_in(Arrived(a_list(rows), "again.csv", CLERK, app.clock.now())) == id
        say("the same bytes again", f"{perf_counter() - began:.2f} s")


def backlog(app, people: int = 60_000, rooms: int = 60_000) -> None:
    """The named queries of the first page, each the median of nine."""
    now = app.clock.now()
    areas = [{"name": name, "short": name[:-1], "kind": "district"} for name in "宽城区 绿园区 二道区 南关区 朝阳区 经开区".split()]
    perform([Incoming("save_area", CLERK, area) for area in areas], at=now)
    sites = [{"code": f"S{n:03}", "name": f"酒店{n}", "kind": "hotel", "area": areas[n % 6]["name"], "state": "open"} for n in range(200)]
    perform([Incoming("save_site", CLERK, site) for site in sites], at=now)
    text = "场所编号,楼栋,楼层,房号,房型\n" + "".join(
        f"S{n // 300:03},主楼,{n % 300 // 20 + 1},{n % 300:04},single\n" for n in range(rooms)
    )
    began = perf_counter()
    take_in(Arrived(text.encode(), "rooms.csv", CLERK, now))
    say(f"import of {rooms:,} rooms", f"{perf_counter() - began:.1f} s")
    began = perf_counter()
    for n, area in enumerate(areas):
        each = people // len(areas)
        take_in(Arrived(a_list(each, first=n * each), f"2022-04-0{n % 3 + 1}-{area['name']}.csv", CLERK, now))
    say(f"import of {people:,} people in six lists", f"{perf_counter() - began:.1f} s")
    settle_all_but(3_000)
    everywhere, one = Within(everything=True), Within(area=db.session.execute(db.text("select id from area limit 1")).scalar())
    for name, within in (("all", everywhere), ("one area", one)):
        say(f"backlog by category and area ({name})", timed(lambda within=within: waiting_by_area(db.session, within)))
        say(f"oldest ten ({name})", timed(lambda within=within: oldest_waiting(db.session, within)))
        say(f"found and placed today ({name})", timed(lambda within=within: settled_on(db.session, within, now, ZONE)))
    say("search by name", timed(lambda: find_people(db.session, "王建", secret(), everywhere)))
    say("search by four digits", timed(lambda: find_people(db.session, "0042", secret(), everywhere)))


def settle_all_but(waiting: int) -> None:
    """As on a real evening: most of them were found on earlier days and stay at a site by now; so many wait."""
    with transaction() as session:
        earlier = "SELECT id FROM person ORDER BY id LIMIT (SELECT count(*) FROM person) - :waiting"
        moved = f"UPDATE person SET state = 'isolated', waits_from = '2022-03-28 08:00:00' WHERE id IN ({earlier})"
        session.connection().execute(text_of(moved), {"waiting": waiting})
        session.connection().execute(text_of(f"UPDATE custody SET holder = 'site' WHERE person_id IN ({earlier})"), {"waiting": waiting})


class Longest:
    """Hears how far an import is, and remembers the longest wait between two steps of accepting."""

    def __init__(self):
        self.began = self.last = perf_counter()
        self.pause = self.judged_after = 0.0

    def heard(self, what: str, done: int, of: int) -> None:
        now = perf_counter()
        if what == "judging":
            self.judged_after = now - self.began
        elif done > 200:
            self.pause = max(self.pause, now - self.last)
        self.last = now


def a_list(rows: int, first: int = 0) -> bytes:
    """A unit's list of so many different people, with good ID numbers, households of three, and one contact in four positive."""
    lines = ["姓名,身份证号,电话,地址,类别,检测时间,备注"]
    for n in range(first, first + rows):
        name = SURNAMES[n % 20] + GIVEN[n // 20 % 19] + GIVEN[n // 380 % 19]
        born = date(1930, 1, 1) + timedelta(days=n % 30_000)
        door = n // 3
        place = f"天茂名苑{door % 40 + 1}号楼{door // 40 % 4 + 1}单元{door // 160 % 30 + 1:02}{door // 4800 % 8 + 1:02}"
        category = "无症状" if n % 4 == 0 else "密接"
        found, remark = f"2022-04-03 {n % 20:02}:{n % 60:02}", "行动不便" if n % 50 == 0 else ""
        lines.append(f"{name},{an_id_number(born, n)},142{n:08},{place},{category},{found},{remark}")
    return "\n".join(lines).encode()


def an_id_number(born: date, n: int) -> str:
    """A number with a good check digit in a county code that was never given (GB 11643)."""
    body = f"220199{born:%Y%m%d}{n // 30_000 + 10:03}"
    return body + SIGNS[sum(int(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True)) % 11]


def timed(run: Callable[[], object]) -> str:
    took = []
    for _ in range(9):
        began = perf_counter()
        run()
        took.append((perf_counter() - began) * 1000)
    return f"{median(took):.1f} ms ({min(took):.1f}–{max(took):.1f})"


def say(what: str, figure: str) -> None:
    print(f"{what:.<60} {figure}", flush=True)


@contextmanager
def application() -> Iterator:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(read_settings({"DATA": str(Path(folder))}), Clock(EVENING))
        migrate_database(app)
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
