"""Rule packs: the numbers of an epidemic, dated. Data, not rules: whoever decides changes them here (domain §4.2, §4.3)."""

from dataclasses import dataclass, field
from datetime import date

from server.domain.terms import Term
from server.domain.terms_cn import CN_8, CN_9, CN_10, CN_20, CN_2022_03
from server.domain.terms_who import WHO_2021


@dataclass(frozen=True)
class Disinfection:
    """The least that makes a vehicle clean again after a trip, by agent (domain §4.6)."""

    contact_minutes: int
    aired_minutes: int
    strength_mg_l: int | None
    source: str


# No national value was found for airing a vehicle: half an hour is that of rooms.
VEHICLES = {
    "chlorine": Disinfection(30, 30, 500, "R-11, R-13; strength R-12; airing R-26"),
    "hydrogen_peroxide": Disinfection(60, 30, None, "R-12: dry mist, shut 60 to 90 minutes; airing R-26"),
    "uv": Disinfection(60, 30, None, "R-13; airing R-26"),
}


@dataclass(frozen=True)
class RulePack:
    """One edition: a term for each category. It holds from a date on, or (`by_choice`) only where somebody chooses it."""

    name: str
    applies_from: date
    terms: dict[str, Term]
    by_choice: bool = False
    resets_floors: bool = True  # a positive in the site restarts the clock of its floor and of those above and below (R-12b, local rule)
    fever_from: float = 37.3  # °C, as commonly used; no source was found (U)
    disinfection: dict[str, Disinfection] = field(default_factory=lambda: VEHICLES)


PACKS = {
    pack.name: pack
    for pack in (
        RulePack("CN-8", date(2021, 5, 14), CN_8),
        RulePack("CN-8+2022-03", date(2022, 3, 15), CN_2022_03),
        RulePack("CN-9", date(2022, 6, 28), CN_9),
        RulePack("CN-20", date(2022, 11, 11), CN_20),
        RulePack("CN-10", date(2022, 12, 7), CN_10, resets_floors=False),
        RulePack("WHO-2021", date(2021, 6, 25), WHO_2021, by_choice=True, resets_floors=False),
    )
}
BY_DATE = sorted((pack for pack in PACKS.values() if not pack.by_choice), key=lambda pack: pack.applies_from)
# No edition says how this category is released: somebody who may decides by name.
BY_WORD = Term(None, release="by_word", source="D")


def pack_on(day: date) -> RulePack:
    """The edition that applies on a day where nobody chose another; before the first one, the first."""
    return next((pack for pack in reversed(BY_DATE) if pack.applies_from <= day), BY_DATE[0])


def term_of(pack: str | None, category: str | None, on: date) -> Term:
    """The term of a category in a pack; without a pack (a stay from before there were any) in that of the day."""
    edition = PACKS.get(pack or "") or pack_on(on)
    return edition.terms.get(category or "", BY_WORD)
