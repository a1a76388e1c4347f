"""P12: what a new version's bodies say reaches the phones also of records that do not change."""

from dataclasses import replace

from sync.cursor import read_cursor, write_cursor
from sync.records import SHAPE
from tests.sync.phone import Phone
from tests.sync.test_feed import assert_at_rest
from tests.sync.town import lines_of
from tests.trip import ASKED


def shaped(phone: Phone, shape: int) -> None:
    """As of a server that makes bodies of this shape."""
    secret = phone.world.app.config["SECRET_KEY"]
    phone.cursor = write_cursor(replace(read_cursor(phone.cursor, phone.user, secret), shape=shape), secret)


def test_bodies_that_an_earlier_version_made_are_fetched_anew_once(town):
    """P12: the revision of a record that did not change is the same, what its body says is not."""
    transfer, phone = town
    rev = phone.records["transfer", transfer]["rev"]
    phone.records["transfer", transfer]["body"] = {"id": transfer}
    shaped(phone, SHAPE - 1)
    answer = phone.ask()
    assert answer["reset"] == "shape"
    phone.take(answer)
    phone.sync()
    assert phone.records["transfer", transfer]["rev"] == rev
    assert_at_rest(phone)
    assert phone.ask()["reset"] is None


def test_an_older_server_beside_a_newer_one_says_which_bodies_it_gave(town):
    """It takes the newer one's cursor as it is, until it gives a body of its own; that one the newer server replaces."""
    transfer, phone = town
    secret = phone.world.app.config["SECRET_KEY"]
    shaped(phone, SHAPE + 1)
    answer = phone.ask()
    assert (answer["reset"], answer["changes"]) == (None, [])
    assert read_cursor(answer["cursor"], phone.user, secret).shape == SHAPE + 1
    phone.world.do("verify_person", transfer, by="dispatcher", line=lines_of(transfer)[0], **ASKED)
    answer = phone.ask()
    assert [change["id"] for change in answer["changes"]] == [transfer]
    assert read_cursor(answer["cursor"], phone.user, secret).shape == SHAPE
