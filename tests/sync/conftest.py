"""A town with one transfer on the way to S1, and the phone of its driver, who has seen it."""

import pytest

from tests.sync.phone import Phone
from tests.sync.town import a_transfer


@pytest.fixture
def town(world) -> tuple[str, Phone]:
    """On SQLite."""
    return with_a_phone(world)


@pytest.fixture
def each_town(each_world) -> tuple[str, Phone]:
    """On each engine."""
    return with_a_phone(each_world)


def with_a_phone(world) -> tuple[str, Phone]:
    transfer = a_transfer(world)
    phone = Phone(world, "driver1")
    phone.sync()
    return transfer, phone
