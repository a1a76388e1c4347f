"""Every item that a verb may open has its words, at the desk and on the phone, in both languages."""

import ast
import itertools
import re

import pytest

from server.console.record_words import RECORD_WORDS
from server.domain.gates import GATES
from tests.structure.source import ROOT, inside, python_tree

OPEN_ENDS = {"gate.not_met.": [name for name, *_rest in GATES], "outcome.after_": ["boarding", "reception"]}


def flagged(call: ast.Call) -> list[str]:
    """The codes that one `act.flag(…)` may raise; of a code put together, each it may become."""
    code = call.args[0]
    if isinstance(code, ast.JoinedStr):
        beginning = code.values[0].value
        return [beginning + end for end in OPEN_ENDS[beginning]]
    assert isinstance(code, ast.Constant), f"line {call.lineno}: a code that nobody can read here"
    return [code.value]


def codes() -> list[str]:
    calls = (
        node
        for file in inside("server/domain", ".py")
        for node in ast.walk(python_tree(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func) == "act.flag"
    )
    return sorted(set(itertools.chain.from_iterable(map(flagged, calls))))


@pytest.mark.parametrize("code", codes())
def test_an_item_has_words_at_the_desk(code: str):
    chinese, english = RECORD_WORDS["conflict"][code]
    assert chinese and english


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", codes())
def test_an_item_has_words_on_the_phone(code: str, language: str):
    text = (ROOT / "static/app/messages/later.ts").read_text(encoding="utf-8")
    kinds = re.findall(r"conflictKinds: \{\n(.*?)\n  \}", text, re.DOTALL)[["zh", "en"].index(language)]
    assert re.search(rf'(?:^|[ ,{{])"?{re.escape(code)}"?: "', kinds, re.MULTILINE)
