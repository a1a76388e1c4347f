"""No string lacks its English, and none is left over."""

import ast
import re
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from server.console.language import CATALOGUE
from server.console.words import COUNTED, WORDS
from server.domain.operations import OPERATIONS
from server.domain.permissions import ROLES
from server.problems import REFUSALS
from tests.structure.source import ROOT

MARKS = {"_": None, "_l": None}
SOURCES = [("server/console", "**.py", "python"), ("templates/console", "**.html", "jinja2"), ("templates/components", "**.html", "jinja2")]
CHINESE = re.compile(r"[一-鿿]")
SPOKEN_AS_THEY_ARE = {"中文"}


def said_in_the_sources() -> set[str]:
    found = {
        message
        for folder, files, method in SOURCES
        for _file, _line, message, _comments, _context in extract_from_dir(ROOT / folder, method_map=[(files, method)], keywords=MARKS)
    }
    problem = extract_from_dir(ROOT / "templates", method_map=[("problem.html", "jinja2")], keywords=MARKS)
    return found | {message for _file, _line, message, _comments, _context in problem}


def english() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {message.id: message.string for message in read_po(file, locale="en") if message.id}


def test_every_string_of_the_console_has_its_english():
    known = english()
    assert sorted(said for said in said_in_the_sources() if not known.get(said)) == []


def test_no_string_hides_inside_another_where_the_catalogue_does_not_look():
    """What is collected for the catalogue is not looked for inside an f-string: a word there stays Chinese on an English page."""
    hidden = []
    for file in sorted((ROOT / "server/console").glob("*.py")):
        texts = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.JoinedStr)]
        calls = [
            call for text in texts for call in ast.walk(text) if isinstance(call, ast.Call) and getattr(call.func, "id", None) in MARKS
        ]
        hidden += [f"{file.name}:{call.lineno}" for call in calls]
    assert hidden == []


def test_the_catalogue_holds_nothing_that_is_no_longer_said():
    assert sorted(set(english()) - said_in_the_sources()) == []


def test_both_languages_speak_of_the_same_values():
    values = re.compile(r"%\((\w+)\)s")
    assert [zh for zh, en in english().items() if set(values.findall(zh)) != set(values.findall(en))] == []


def test_no_english_sentence_speaks_chinese():
    assert [en for en in english().values() if CHINESE.search(en)] == []


def test_templates_say_nothing_in_chinese_outside_the_catalogue():
    """A Chinese word that is not marked would stay Chinese on an English page."""
    loose = []
    for folder in ("templates/console", "templates/components"):
        for file in sorted((ROOT / folder).rglob("*.html")):
            text = re.sub(r'_\((?:"[^"]*"|\'[^\']*\')', "", re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL))
            loose += [(file.name, word) for word in re.findall(r"[一-鿿]+", text) if word not in SPOKEN_AS_THEY_ARE]
    assert loose == []


@pytest.mark.parametrize("type", sorted(OPERATIONS))
def test_every_operation_has_its_word(type: str):
    assert type in WORDS["operation"]


def test_every_role_has_its_word():
    assert [role for role in ROLES if role not in WORDS["role"]] == []


def test_words_come_in_pairs():
    wrong = [(table, code) for table, words in WORDS.items() for code, pair in words.items() if len(pair) != 2 or CHINESE.search(pair[1])]
    assert wrong == []
    assert all(len(forms) == 3 for forms in COUNTED.values())


def test_every_refusal_can_be_said_with_a_value_missing():
    for _status, zh, en in REFUSALS.values():
        assert {name for _text, name, _spec, _conversion in Formatter().parse(zh) if name} == {
            name for _text, name, _spec, _conversion in Formatter().parse(en) if name
        }
