"""Short runs of the crashes; `make crashes N=1000` runs long ones, their last result is docs/reliability.md."""

from tests.crashes.kills import kill_server
from tests.crashes.power import cut_power, fill_disk


def test_a_power_cut_loses_nothing_that_was_answered_and_doubles_nothing(tmp_path):
    told = cut_power(tmp_path, cuts=12)
    assert (told.lost, told.doubled, told.damaged) == ([], [], [])
    assert told.answered > 0


def test_the_power_cut_would_find_a_server_that_answers_before_the_disk_has_it(tmp_path):
    assert cut_power(tmp_path, cuts=12, synchronous="NORMAL").lost


def test_a_full_disk_is_refused_as_a_whole_and_goes_on_when_there_is_room_again(tmp_path):
    told = fill_disk(tmp_path, times=8)
    assert (told.lost, told.doubled, told.damaged) == ([], [], [])


def test_p1_a_killed_server_loses_nothing_that_was_answered_and_doubles_nothing(tmp_path):
    told = kill_server(tmp_path, kills=4)
    assert (told.lost, told.doubled) == ([], [])
    assert told.answered == told.recorded > 0
