"""The works still run, against ours and the bare door; and a must says plainly when it was missed."""

import asyncio
import sys
from collections import Counter
from functools import partial

import pytest

from tests.bench.peers import report, storm, works
from tests.bench.peers.door import BareDoor
from tests.bench.peers.floor import on_sqlite, rows_of
from tests.bench.peers.line import ask_once
from tests.bench.peers.ours import Bihuan
from tests.bench.peers.processes import cpu_seconds
from tests.bench.peers.spent import Spent, part_of, table
from tests.bench.peers.town import A_TASTE, build_town


@pytest.fixture(scope="module")
def ours(tmp_path_factory) -> Bihuan:
    return Bihuan(tmp_path_factory.mktemp("peers"), partial(build_town, sizes=A_TASTE))


def test_every_phone_is_answered_and_given_what_changed(ours, tmp_path):
    each = len(ours.town.evening[0].outbox)
    for one in (ours, BareDoor(tmp_path / "door", ours.town)):
        with one.started() as served:
            assert works.first_sync(served, A_TASTE.site_records)["ms"] > 0
            assert works.steady(served, A_TASTE.steady_phones, turns=5)["failed"] == 0
            evening = works.evening(served, A_TASTE.evening_phones, pull=True)
            assert cpu_seconds(*served.pids) > 0
        assert evening["accepted"] == A_TASTE.evening_phones * each
        assert evening["received"] >= A_TASTE.evening_phones * A_TASTE.changed


def test_a_delivery_by_upload_token_brings_nothing_down(ours):
    with ours.started() as served:
        evening = works.evening(served, A_TASTE.evening_phones, pull=False)
    assert evening["accepted"] == A_TASTE.evening_phones * len(ours.town.evening[0].outbox)
    assert evening["received"] == 0


def test_by_upload_token_the_bare_door_gives_as_little_back_as_ours(ours, tmp_path):
    for one in (ours, BareDoor(tmp_path / "door", ours.town)):
        with one.started() as served:
            assert not ask_once(served.port, served.delivery(0)[0]).json().get("changes")


def test_the_floor_holds_the_same_operations(ours):
    assert on_sqlite([rows_of(phone) for phone in ours.town.evening]) > 0


def test_a_must_that_was_missed_is_said_plainly_and_one_that_was_not_measured_too():
    def a_round(ours: float, pouchdb: float) -> dict:
        return {report.OURS: {"steady": {"rate": ours}}, report.POUCHDB: {"steady": {"rate": pouchdb}}}

    must = report.Must("W2", report.ratio("steady", "rate", report.POUCHDB), least=2)
    assert "**MISSED**" in must.told([a_round(100, 90), a_round(100, 40), a_round(100, 80)])
    assert "| met |" in must.told([a_round(100, 40)])
    assert "not measured" in must.told([{report.OURS: {"steady": {"rate": 1}}}])


def test_one_round_that_refused_something_is_not_outvoted_by_two_that_did_not():
    [must] = [must for must in report.MUSTS if must.what == "the same of W1 up only, on SQLite"]
    told = must.told([{report.OURS: {"delivery": {"missing": missing}}} for missing in (0, 25_320, 0)] + [{"large": {}}])
    assert told == "| the same of W1 up only, on SQLite | 25,320 | 0–25,320 | 3 | ≤ 0 | **MISSED** |\n"


def test_the_page_written_anew_keeps_its_remarks(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "PAGE", tmp_path / "page.md")
    report.put_into_docs("first\n")
    report.PAGE.write_text(f"{report.PAGE.read_text()}\n{report.REMARKS}\nBy hand.\n")
    report.put_into_docs("second\n")
    assert report.PAGE.read_text() == f"second\n\n{report.REMARKS}\nBy hand.\n"


def test_a_peer_that_leaves_records_out_is_named():
    whole, short = ({report.POUCHDB: {"reconnect": {"not_given": lacking}}} for lacking in (0, 2_000))
    assert report.left_out([whole]) == []
    told = report.left_out([whole, short, {"large": {}}])
    assert told == ["PouchDB Server did not give up to 2,000 of W1's changed records, in 1 of 2 rounds."]


def test_where_the_time_goes_adds_up_to_all_of_it_and_what_is_outside_the_server_is_not_counted():
    ours = {"W1": Spent(Counter(rules=90, JSON=9, queue=1), cpu_s=2.0, done=10), "W2": Spent(Counter(JSON=1), cpu_s=1.0, done=4)}
    bare = {name: Spent(cpu_s=0.1, done=1) for name in ours}
    rows = [line.split(" | ") for line in table(ours, bare).splitlines() if line.endswith("0 |")]
    *parts, whole, door = [[float(cell.strip(" |")) for cell in row[1:]] for row in rows]
    assert [sum(column) for column in zip(*parts, strict=True)] == pytest.approx(whole)
    assert (whole, door) == ([200, 250], [100, 100])
    assert part_of(sys._getframe()) is None


def test_a_crowd_before_a_small_house_is_sent_away_at_once_and_loses_nothing(tmp_path):
    """Nine threads of a worker, eight of them spare: there is one place, and sixteen phones come together."""
    town = Bihuan(tmp_path, lambda data: storm.storm_town(data, phones=16))
    with town.started(THREADS="9", WORKERS="1") as served:
        came = asyncio.run(storm.break_loose(served, town.town.evening))
    assert came.acknowledged == sum(len(phone.outbox) for phone in town.town.evening) == 16 * 200
    assert set(came.statuses) == {"200", storm.SENT_AWAY}
    assert came.no_answer == 0
    assert max(came.sent_away_s) < 2
