"""The known mistakes of the simulation change words of the product: they must stand there, once each."""

import pytest

from tests.bench.house import ROOT
from tests.simulation.known_mistakes import MISTAKES


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_finds_the_words_that_it_changes(mistake):
    assert [(ROOT / file).read_text().count(words) for file, words, _instead in mistake.edits] == [1] * len(mistake.edits)
