"""Two records that are one person: merged by a logged act, and taken apart again exactly."""

from datetime import date, datetime

from sqlalchemy import select

from server.domain.acts import Act, new_id
from server.domain.imports import needs_of_both, words_of_both
from server.domain.people import note_category
from server.domain.people_reach import person_in_reach
from server.domain.shown_on import touch_where_shown
from server.domain.stay_clocks import reckon_again
from server.problems import Refused
from server.store.people import Merge, Person
from server.store.rooms import Stay
from server.store.transfers import Line

FILLED_WHEN_BLANK = (
    "sex birth_date birth_year phone second_phone home_area_id pickup_area_id responsible_area_id community_id household_id compound"
    " building unit room address address_key detected_at sampled_at last_exposed_on"
).split()
ID_NUMBER = ("id_sealed", "id_key", "id_tail")
OF_CATEGORY = ("category", "category_from", "case_type", "found")
CLOCK_HANGS_ON = {"last_exposed_on", "category", "sampled_at", "detected_at"}
MOMENTS = ("detected_at", "sampled_at", "category_from", "listed_at", "waits_from")
DAYS = ("birth_date", "last_exposed_on")


def merge_people(act: Act, *, other: str, reason: str) -> str:
    """The target and `other` are one person; the id of the record that stays. The one on its way or in a room stays, else the target.

    It fills its blanks from the other, takes the newer category, and all needs. Refuses: person.unknown, person.same,
    person.already_merged, reason.missing, person.merge_open_lines (each is on a transfer or in a room), person.two_ids.
    """
    kept, merged = person_in_reach(act, "people.edit"), person_in_reach(act, "people.edit", id=other)
    if kept.id == merged.id:
        raise Refused("person.same")
    if kept.merged_into or merged.merged_into:
        raise Refused("person.already_merged")
    if not reason.strip():
        raise Refused("reason.missing")
    if kept.id_key and merged.id_key:
        raise Refused("person.two_ids", one=kept.id_tail, other=merged.id_tail)
    busy = [person for person in (kept, merged) if _is_busy(act, person)]
    if len(busy) == 2:
        raise Refused("person.merge_open_lines")
    if busy == [merged]:
        kept, merged = merged, kept
    taken = _what_is_taken(kept, merged)
    merged.merged_into = kept.id
    act.work.session.flush()  # the number leaves the one before it comes to the other: two never hold it at once
    for name, (_was, now) in taken.items():
        setattr(kept, name, now)
    if "category" in taken or "case_type" in taken:
        note_category(act, kept)
    if CLOCK_HANGS_ON & set(taken):
        reckon_again(act, kept)
    touch_where_shown(act, kept)
    plain = {name: [_plain(was), _plain(now)] for name, (was, now) in taken.items()}
    act.add(Merge(id=new_id(), kept_id=kept.id, merged_id=merged.id, taken=plain, reason=reason, by_id=act.actor.id, at=act.at))
    return kept.id


def unmerge_people(act: Act, *, reason: str) -> str:
    """The merged target is a person of its own again; what the other took over goes back, unless it was changed since.

    Gives the id of the record that had stayed. Refuses: person.unknown, person.not_merged, reason.missing.
    """
    merged = person_in_reach(act, "people.edit")
    merge = act.work.session.scalar(select(Merge).where(Merge.merged_id == merged.id, Merge.undone_at.is_(None)))
    if merged.merged_into is None or merge is None:
        raise Refused("person.not_merged")
    if not reason.strip():
        raise Refused("reason.missing")
    kept = act.loaded.get("person", merge.kept_id)
    for name, (was, now) in merge.taken.items():
        if getattr(kept, name) == _value(name, now):
            setattr(kept, name, _value(name, was))
    if set(OF_CATEGORY) & set(merge.taken):
        note_category(act, kept)
    if CLOCK_HANGS_ON & set(merge.taken):
        reckon_again(act, kept)
    act.work.session.flush()
    merged.merged_into, merge.undone_at = None, act.at
    touch_where_shown(act, kept)
    return kept.id


def _is_busy(act: Act, person: Person) -> bool:
    """On a transfer, in a room, or in other hands (a hospital's): this record says where the person is, so it is the one that stays."""
    session = act.work.session
    if act.loaded.custody(person.id).holder not in ("origin", "home"):
        return True
    on_transfer = session.scalar(select(Line.id).where(Line.person_id == person.id, Line.open))
    return bool(on_transfer or session.scalar(select(Stay.id).where(Stay.person_id == person.id, Stay.ended_at.is_(None))))


def _what_is_taken(kept: Person, merged: Person) -> dict[str, tuple]:
    """{column: (was, now)} of the record that stays."""
    names = [name for name in FILLED_WHEN_BLANK if getattr(kept, name) is None]
    if kept.id_key is None and merged.id_key:
        names += ID_NUMBER
    times = (kept.category_from, merged.category_from)
    if merged.category and (kept.category is None or (all(times) and times[1] > times[0])):
        names += OF_CATEGORY
    values = {name: getattr(merged, name) for name in names}
    values["needs"] = needs_of_both(kept.needs, merged.needs)
    values["words"] = words_of_both(kept.words, merged.words)
    values["listed_at"] = min(kept.listed_at, merged.listed_at)
    values["waits_from"] = min(kept.waits_from, merged.waits_from)
    return {name: (getattr(kept, name), value) for name, value in values.items() if getattr(kept, name) != value}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _value(name: str, plain: object) -> object:
    if plain is None or name not in (*MOMENTS, *DAYS):
        return plain
    return date.fromisoformat(plain) if name in DAYS else datetime.fromisoformat(plain)
