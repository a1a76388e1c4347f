"""What each side of a conflict says, in words: every value that was told, with ids as names, and where the sides differ."""

from dataclasses import dataclass

from flask_babel import gettext as _

from server.console.language import language
from server.console.shown import moment, word
from server.console.words import WORDS
from server.problems import REFUSALS, sentence

HEAD = frozenset("at by by_name operation proposal was".split())  # who and when stand above; the rest is what they say
TABLES = (
    "side outcome line_state holder moment room_state dock_state dock_refusal operation vehicle_item category need stays_behind".split()
    + "safety_result reception_refusal identity agent agrees whereabouts pets step lacks checklist ended_how site_state".split()
)
ITS_OWN = ("pets", "agent", "place", "weather", "checker_kind")  # told by the name of the table that its codes stand in
TABLE_OF = {"missing": "lacks", "gates": "lacks", "symptoms": "symptom", "reason": "reception_refusal", **{name: name for name in ITS_OWN}}


@dataclass(frozen=True)
class Saying:
    """One value of one side."""

    label: str
    text: str
    differs: bool


def sayings_of(sides: list[dict], names: dict[str, str]) -> list[list[Saying]]:
    """For each side its values; a value that another side tells differently is marked. `names` are those of `ids_in(sides)`."""
    told = [told_once(side) for side in sides]
    return [
        [
            Saying(word(name, "said"), in_words(value, names, name), any(name in other and other[name] != value for other in told))
            for name, value in side.items()
        ]
        for side in told
    ]


def told_once(side: dict) -> dict:
    """What a side says, without who and when; a reason that stands under its own name is not said twice."""
    told = {name: value for name, value in side.items() if name not in HEAD and value not in (None, {}, [], "")}
    return {name: value for name, value in told.items() if name != "says" or value not in (told.get("reason"), told.get("outcome"))}


def summary_of(side: dict, names: dict[str, str]) -> str:
    """One side in one line, for the list."""
    told = {name: value for name, value in side.items() if name not in HEAD and value not in (None, {}, [], "", False)}
    first = next((name for name in ("says", "outcome", "state", "answer") if name in told), None)
    return f"{who_says(side, names)}：{in_words(told[first], names, first) if first else '—'}"


def who_says(side: dict, names: dict[str, str]) -> str:
    """Whose word it is: by name, also where only the account was kept; else it was found by the system."""
    return side.get("by_name") or names.get(side.get("by") or "") or _("系统")


def in_words(value, names: dict[str, str], name: str = "says") -> str:
    """A state, an outcome, a name, a count, or several of them; `name`: what is told by it."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, dict):
        return "；".join(
            f"{names.get(inner) or word(str(inner), 'said')} {in_words(part, names, name if inner == 'answer' else inner)}"
            for inner, part in value.items()
            if part is not None
        )
    if isinstance(value, list):
        return "；".join(in_words(part, names, name) for part in value)
    if isinstance(value, str):
        return names.get(value) or known_word(value, name)
    return str(value)


def known_word(text: str, name: str) -> str:
    """What a code is called in whichever table has it, first where what is told by this name stands; a refusal's code has its sentence,
    a moment is as people read it; any other text as it is."""
    code = text.removeprefix("moment.")
    table = next((table for table in (TABLE_OF.get(name), *TABLES) if table and code in WORDS[table]), None)
    if table:
        return word(code, table)
    if code in REFUSALS:
        return sentence(code, language())
    return moment(text) if len(text) > 18 and text[4:5] == "-" and text[10:11] == "T" else text


def ids_in(value) -> set[str]:
    """Every id that stands somewhere inside."""
    if isinstance(value, str):
        return {value} if len(value) == 36 and value.count("-") == 4 else set()
    if isinstance(value, dict):
        return set().union(*(ids_in(part) for pair in value.items() for part in pair))
    return set().union(*(ids_in(part) for part in value)) if isinstance(value, list) else set()
