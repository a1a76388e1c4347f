"""Where somebody lives: compound, building, unit and room as separate fields (a wrong unit sends a crew to a wrong
door), the raw text kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from server.domain.households import door_key
from server.intake.words import filled, number_in_words, simplified

_N = r"(?:\d{1,4}[A-Za-z]?|[A-Za-z]\d{0,3}|[〇零一二两三四五六七八九十百]{1,4}|[东西南北中])"
_BUILDING = r"(?:号楼|栋楼|栋|幢|号栋|座|#楼?|楼栋|楼)"
_UNIT = r"(?:单元|门洞|门栋|门|梯口|梯)"
_ROOM = r"(?:室|房间|房|户|号)?"
_R = r"(?:[A-Za-z]?\d{1,5}[A-Za-z]?|[〇零一二两三四五六七八九十百]{1,6})"

_SPOKEN = re.compile(
    rf"^(?P<compound>.*?)(?P<building>{_N})\s*{_BUILDING}\s*[-,、 ]?\s*(?:(?P<unit>{_N})\s*{_UNIT}\s*[-,、 ]?\s*)?"
    rf"(?:(?P<floor>{_R})\s*[层楼]\s*)?(?:(?P<room>{_R})\s*{_ROOM})?(?P<rest>\D*)$"
)
_UNIT_ROOM = re.compile(rf"^(?P<compound>.*?)(?P<unit>{_N})\s*{_UNIT}\s*[-,、 ]?\s*(?P<room>{_R})\s*{_ROOM}(?P<rest>\D*)$")
_SEPARATOR = r"\s*(?:[-‐‑–—−~/\\、#.,]|号楼?|栋|幢|单元|门)\s*"
_DASHED = re.compile(
    rf"^(?P<compound>.*?)(?P<building>(?<!\d)\d{{1,4}}[A-Za-z]?|(?<![A-Za-z])[A-Za-z]\d{{0,3}}){_SEPARATOR}(?P<unit>\d{{1,2}}|[A-Za-z]){_SEPARATOR}"
    rf"(?P<room>[A-Za-z]?\d{{1,5}}[A-Za-z]?)\s*{_ROOM}(?P<rest>\D*)$"
)
_TWO_PARTS = re.compile(
    rf"^(?P<compound>.*?)(?P<building>(?<!\d)\d{{1,4}}[A-Za-z]?|(?<![A-Za-z])[A-Za-z]){_SEPARATOR}(?P<room>\d{{3,5}}[A-Za-z]?)\s*{_ROOM}(?P<rest>\D*)$"
)
# A district in front of the compound. "小区", "社区", "园区" … are no districts.
_AREA = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,3}省)?(?:[\u4e00-\u9fff]{2,4}?市)?([\u4e00-\u9fff]{1,5}?(?<![小社园校厂片库院景矿属活宅山]))(区|县|旗)(?=.)"
)
_PROVINCE_CITY = re.compile(r"^(?:[\u4e00-\u9fff]{2,3}省)?[\u4e00-\u9fff]{2,4}?市(?=.)")


@dataclass(frozen=True, slots=True)
class Address:
    """Parts of an address; a part that was not understood is None and still stands in `raw`."""

    raw: str = ""
    area: str | None = None
    compound: str | None = None
    building: str | None = None
    unit: str | None = None
    room: str | None = None

    @property
    def key(self) -> str:
        """Two addresses with one key are one door; "" when there is nothing to compare."""
        return door_key(self.compound, self.building, self.unit, self.room)


def address_of(
    text: object,
    *,
    compound: object = "",
    building: object = "",
    unit: object = "",
    room: object = "",
    place: object = "",
) -> Address:
    """An address from one cell, or from several; `place` is building, unit and room in one cell ("4/3/1103").

    Separate cells win over what the one cell says; the cell fills what they leave open.
    """
    whole = _split(filled(text))
    here = _door(filled(place)) or _door(filled(room)) or _door(filled(building)) or Address()
    estate = simplified(filled(compound))
    parts = [filled(text), estate, filled(place), *(filled(cell) for cell in (building, unit, room))]
    area, rest = _without_area(estate)
    return Address(
        raw=" ".join(part for part in parts if part),
        area=whole.area or area,
        compound=rest or whole.compound or here.compound,
        building=_part(building, "(号楼|栋|幢|座|#|楼|号)$") or here.building or whole.building,
        unit=_part(unit, "(单元|门|梯)$") or here.unit or whole.unit,
        room=_part(room, "(室|房间|房|户|号)$") or here.room or whole.room,
    )


def _door(cell: str) -> Address | None:
    """A cell that says more than one part of a door: "4/3/1103", "2单元501", "3号楼2单元"."""
    if not re.search(r"\d\s*[-/#、.,]\s*\d|(?:单元|门|栋|楼|幢)\s*\d|单元", cell):
        return None
    parts = _split(cell)
    if not parts.building and not parts.unit and (match := re.match(rf"^({_N}){_BUILDING}?[-/]?({_N}){_UNIT}$", simplified(cell))):
        return Address(building=_numeral(match[1]), unit=_numeral(match[2]))
    return parts if parts.unit or (parts.building and parts.room) else None


@lru_cache(maxsize=20_000)
def _split(text: str) -> Address:
    if not text:
        return Address()
    area, rest = _without_area(simplified(text))
    compact = re.sub(r"(?<=[\u3400-\u9fff])\s+|\s+(?=[\u3400-\u9fff])", "", rest)
    for pattern in (_DASHED, _SPOKEN, _UNIT_ROOM, _TWO_PARTS):
        if (match := pattern.match(compact)) and (parts := _parts(match)):
            return Address(raw=text, area=area, **parts)
    return Address(raw=text, area=area, compound=compact or None)


def _parts(match: re.Match[str]) -> dict[str, str | None] | None:
    found = match.groupdict()
    compound = re.sub(r"[\s,,、;;:::-]+$", "", found["compound"]) or None
    building, unit, room = (_numeral(found.get(part)) for part in ("building", "unit", "room"))
    if not building and not room:
        return None
    rest = found.get("rest") or ""
    if rest and not re.fullmatch(r"[\s室房户号()()左右东西中门侧边。,,;]*|[((].*", rest):
        return None  # words follow: the numbers were of something else
    return {"compound": compound, "building": building, "unit": unit, "room": room}


def _part(cell: object, ending: str) -> str | None:
    """One part from a cell of its own; a cell that says several parts is left to `_door`."""
    text = simplified(filled(cell)).replace(" ", "")
    if not text or _door(text):
        return None
    return _numeral(re.sub(ending, "", text))


def _numeral(text: str | None) -> str | None:
    if not text:
        return None
    number = number_in_words(text)
    text = str(number) if number is not None else text.upper()
    return re.sub(r"^0+(?=\d{1,2}$)", "", text)


@lru_cache(maxsize=20_000)
def _without_area(text: str) -> tuple[str | None, str]:
    """("宽城区", "团结嘉园18-3-1204") from "吉林省长春市宽城区团结嘉园18-3-1204"."""
    if match := _AREA.match(text):
        return match[1] + match[2], text[match.end() :].strip(" ,，-")
    if match := _PROVINCE_CITY.match(text):
        return None, text[match.end() :].strip(" ,，-")
    return None, text
