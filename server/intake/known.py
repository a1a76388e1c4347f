"""Who is known already: the question that judging asks, and an answer from memory.

The door gives its own answer, made in a few queries from the keys of the whole file (`judging.keys_of`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from server.intake.people_words import name_key


@dataclass(frozen=True, slots=True)
class Keys:
    """What identifies a person, strongest first; None where the row does not say enough."""

    id_number: str | None
    name_phone: tuple[str, str] | None
    name_address_year: tuple[str, str, int] | None

    @property
    def is_identified(self) -> bool:
        """Whether anything identifies the person at all."""
        return bool(self.id_number or self.name_phone or self.name_address_year)


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody known: `ref` is the person's id, or the held row's when `is_held`; name and ID number as known."""

    ref: str
    is_held: bool = False
    name: str = ""
    id_number: str | None = None


class Known(Protocol):
    """Looks people up by one key. Held rows that are duplicates, or that this list replaces, are not to be answered
    with.
    """

    def by_id(self, id_number: str) -> Entry | None: ...

    def by_name_and_phone(self, name: str, phone: str) -> Entry | None: ...

    def by_name_address_and_birth_year(self, name: str, address_key: str, birth_year: int) -> Entry | None: ...


def keys_of_values(values: Mapping[str, Any]) -> Keys:
    """The keys of a person's normalised values (names compared without spaces, dots and case)."""
    name, phone, address, year = name_key(values["name"]), values["phone"], values["address_key"], values["birth_year"]
    return Keys(
        id_number=values["id_number"],
        name_phone=(name, phone) if name and phone else None,
        name_address_year=(name, address, year) if name and address and year and values["room"] else None,
    )


class KnownInMemory:
    """People known by their keys. The first who came with a key keeps it; a registered person takes it over from a
    held row.
    """

    def __init__(self) -> None:
        self._ids: dict[str, Entry] = {}
        self._phones: dict[tuple[str, str], Entry] = {}
        self._doors: dict[tuple[str, str, int], Entry] = {}

    def add(self, entry: Entry, values: Mapping[str, Any]) -> None:
        """Remember somebody under all keys the values give."""
        keys = keys_of_values(values)
        if keys.id_number:
            self._keep(self._ids, keys.id_number, entry)
        if keys.name_phone:
            self._keep(self._phones, keys.name_phone, entry)
        if keys.name_address_year:
            self._keep(self._doors, keys.name_address_year, entry)

    @staticmethod
    def _keep(entries: dict[Any, Entry], key: Any, entry: Entry) -> None:
        before = entries.get(key)
        if before is None or (before.is_held and not entry.is_held):
            entries[key] = entry

    def by_id(self, id_number: str) -> Entry | None:
        return self._ids.get(id_number)

    def by_name_and_phone(self, name: str, phone: str) -> Entry | None:
        return self._phones.get((name, phone))

    def by_name_address_and_birth_year(self, name: str, address_key: str, birth_year: int) -> Entry | None:
        """An age gives a birth year that may be one off, so a neighbouring year will do."""
        years = (birth_year, birth_year - 1, birth_year + 1)
        return next((entry for year in years if (entry := self._doors.get((name, address_key, year)))), None)


NOBODY = KnownInMemory()
