"""P12: bodies that say something new have a new shape, by which phones that hold them fetch them again."""

import json

from sync.records import SHAPE, VIEWS
from tests.contract.bodies import FROZEN, names


def test_what_bodies_say_is_what_their_shape_was_frozen_with(demo):
    frozen, today = json.loads(FROZEN.read_text(encoding="utf-8")), names()
    assert {name.split(".")[0] for name in today} == VIEWS.keys()
    assert frozen["shape"] == SHAPE, "run python -m tests.contract.bodies"
    news = sorted(today - set(frozen["names"]))
    assert not news, f"{news}: count SHAPE in sync/records/__init__.py up, and run python -m tests.contract.bodies"
