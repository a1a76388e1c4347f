"""The formulas of domain §6.2, by its own worked examples."""

import pytest

from server.domain.balance import Flow, cover_days


def test_net_flow_is_what_came_less_what_left():
    assert Flow(came=1868, left=1595).net == 273
    assert Flow(came=748, left=1781).net == -1033  # rooms are being freed


def test_the_ratio_is_out_by_in_and_reads_as_the_published_days_did():
    """Changchun's beds for positives: 8 April 2022, 1 212 + 569 out and 748 in: 2.38 (domain §8.2)."""
    assert round(Flow(came=748, left=1212 + 569).ratio, 2) == 2.38
    assert round(Flow(came=3798, left=1488 + 107).ratio, 2) == 0.42


@pytest.mark.parametrize(
    ("came", "left", "standing"),
    [(100, 89, "filling"), (100, 90, "balanced"), (100, 110, "balanced"), (100, 111, "emptying"), (0, 3, "emptying"), (0, 0, None)],
)
def test_balanced_is_from_nine_to_eleven_out_of_ten(came, left, standing):
    assert Flow(came, left).standing == standing


def test_where_nobody_came_no_ratio_is_told():
    assert Flow(came=0, left=7).ratio is None


def test_places_add_up():
    assert Flow(3, 1, 10) + Flow(4, 6, 5) == Flow(7, 7, 15)


def test_cover_is_ready_rooms_by_the_net_inflow_of_a_day():
    assert cover_days(600, 200) == 3
    assert cover_days(600, 0) is None
    assert cover_days(600, -40) is None  # more leave than come: they last
