"""Every ink can be read on every ground it may stand on, in daylight and at night."""

import re

import pytest

from tests.structure.source import ROOT, inside, short

AAA, AA, EDGE = 7.0, 4.5, 3.0  # WCAG 2.2: enhanced text, text, edges of controls
STATES = ("fine", "watch", "stop", "plain")
GROUNDS = ("paper", "surface", "sunken")

PAIRS = [("ink", ground, AAA) for ground in (*GROUNDS, "accent-soft", *(f"{state}-soft" for state in STATES))]
PAIRS += [("ink-quiet", ground, AAA) for ground in GROUNDS]
PAIRS += [("ink-faint", ground, AA) for ground in GROUNDS]
PAIRS += [("outline", ground, EDGE) for ground in GROUNDS]
PAIRS += [("accent", ground, AAA) for ground in GROUNDS]
PAIRS += [("on-accent", "accent", AAA), ("on-accent-soft", "accent-soft", AAA)]
PAIRS += [(state, ground, AA) for state in STATES for ground in (*GROUNDS, f"{state}-soft")]
PAIRS += [(f"on-{state}-soft", f"{state}-soft", AAA) for state in STATES]
PAIRS += [(f"on-{state}-solid", f"{state}-solid", AAA) for state in STATES if state != "plain"]  # what is plain need not be seen first
PAIRS += [(f"zone-{colour}", ground, EDGE) for colour in ("red", "yellow", "green") for ground in GROUNDS]

TOKENS = ROOT / "static" / "styles" / "tokens.css"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_ink_stands_out_from_its_ground(theme: str):
    light, dark, _ = themes()
    colours = {"light": light, "dark": dark}[theme]
    ratios = [(ink, ground, contrast(colours[ink], colours[ground]), least) for ink, ground, least in PAIRS]
    assert [(ink, ground, round(ratio, 2), least) for ink, ground, ratio, least in ratios if ratio < least] == []


def test_the_night_is_the_same_whether_the_system_or_the_person_asks_for_it():
    _, by_system, by_choice = themes()
    assert by_system == by_choice


def test_colours_are_chosen_in_one_place():
    """Paper is exempt: it is black on white whatever the theme."""
    screens = [file for file in inside("static/styles", ".css") if file.name not in ("tokens.css", "print.css")]
    assert [short(file) for file in screens if re.search(r":[^;{}]*#[0-9a-f]{3,8}\b", file.read_text())] == []


def themes() -> list[dict[str, str]]:
    """The colours of each block that sets a colour scheme: light, dark by the system, dark by choice."""
    css = TOKENS.read_text(encoding="utf-8")
    blocks = re.findall(r"\{\s*color-scheme:[^;]+;([^}]*)\}", css)
    return [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", body)) for body in blocks]


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
