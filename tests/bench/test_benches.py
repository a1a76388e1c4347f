"""Each bench still runs: with next to nothing to do, so that a figure never fails on the day when it is needed."""

import pytest

from tests.bench.benches import BENCHES
from tests.bench.figures import A_TASTE, AT_MOST, Aim, Figure
from tests.bench.table import as_lines, keep_part


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_gives_figures(name):
    figures = BENCHES[name](A_TASTE)
    assert figures and all(sample > 0 for figure in figures for sample in figure.samples)
    assert len(as_lines(figures)) == len(figures)


def test_a_figure_says_median_spread_and_whether_its_aim_is_met():
    figure = Figure("tap", "ms", [float(n) for n in range(1, 101)], Aim("p95", AT_MOST, 95), floor=("bare", [10.0, 20.0, 30.0]))
    assert (figure.median, figure.p95, figure.spread) == (50.5, 95, "1–100, p95 95")
    assert figure.verdict == "MISSED"
    assert figure.ratio == "2.52 × bare"


def test_a_part_written_anew_keeps_the_remarks_and_nothing_else_of_the_one_before(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n## kills\n\nold figure\n\n### Remarks\n\nBy hand.\n\n## power\n\nother figure\n")
    keep_part("kills", "new figure\n", page)
    keep_part("kills", "newest figure\n", page)
    text = page.read_text()
    assert "old figure" not in text and "new figure" not in text
    assert text.endswith("newest figure\n\n### Remarks\n\nBy hand.\n\n## power\n\nother figure\n")
