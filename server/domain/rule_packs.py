"""Rule packs: the numbers of an epidemic, dated. Data, not rules: whoever decides changes them here (domain §4.2, §4.3)."""

from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True)
class RulePack:
    """One edition. Days count from the last exposure for contacts; where no days stand, release is by tests (`release_basis`)."""

    name: str
    applies_from: date
    days: dict[str, int]
    release_basis: dict[str, str]
    sources: dict[str, str] = field(default_factory=dict)
    disinfection: dict[str, "Disinfection"] = field(default_factory=lambda: VEHICLES)


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


PACKS = (
    RulePack(
        "CN-8",
        date(2021, 5, 14),
        days={"close_contact": 14, "secondary_contact": 7, "general_contact": 7, "risk_area_person": 14, "asymptomatic": 14},
        release_basis={"confirmed": "recovered"},
        sources={"days": "R-03", "secondary_contact": "R-05d", "clock": "R-02"},
    ),
    RulePack(
        "CN-8+2022-03",
        date(2022, 3, 15),
        days={"close_contact": 14, "secondary_contact": 7, "general_contact": 7, "risk_area_person": 14},
        release_basis=dict.fromkeys(
            ("confirmed", "asymptomatic", "screen_positive", "pooled_positive"), "two tests with Ct of 35 or more, a day apart"
        ),
        sources={"days": "R-03", "secondary_contact": "R-05d", "release_basis": "R-09", "clock": "R-02"},
    ),
    RulePack(
        "CN-9",
        date(2022, 6, 28),
        days={"close_contact": 7, "secondary_contact": 7, "general_contact": 7, "risk_area_person": 7},
        release_basis=dict.fromkeys(
            ("confirmed", "asymptomatic", "screen_positive", "pooled_positive"), "two tests with Ct of 35 or more, a day apart"
        ),
        sources={"days": "R-06", "release_basis": "R-09"},
    ),
)


def pack_on(day: date) -> RulePack:
    """The edition that applies on a day; before the first one, the first."""
    return max((pack for pack in PACKS if pack.applies_from <= day), key=lambda pack: pack.applies_from, default=PACKS[0])


def due_on(category: str | None, clock_from: date | None, on: date) -> date | None:
    """The day on which isolation ends, by the edition of `on`; None where release is by tests, or the clock's start is not known.

    The clock starts at the last exposure, not at check-in: whoever is found late owes only the days that are missing (R-12b).
    """
    days = pack_on(on).days.get(category or "")
    return clock_from + timedelta(days=days) if clock_from and days else None
