"""The numbers of a room's turnover, dated like the rule packs: how long each stage may take and whose it is, the least that makes a room
fit for the next person, and what must lie ready in it (form F8). Data, not rules: whoever decides changes them here."""

from dataclasses import asdict, dataclass
from datetime import date

from server.domain.rule_packs import Disinfection


@dataclass(frozen=True)
class Stage:
    """How long a room may be in it, in minutes, before it is late, and the role whose work it is."""

    target_minutes: int
    owner: str


@dataclass(frozen=True)
class TurnoverRules:
    """What holds from a day on. `checklist` is what is ticked before a room is ready; `also` may be, where the next guest needs it."""

    applies_from: date
    least: dict[str, Disinfection]
    stages: dict[str, Stage]
    checklist: tuple[str, ...]
    also: tuple[str, ...] = ("special_kit",)

    def as_told(self) -> dict:
        """As phones are told it (setting `turnover`)."""
        return {
            "least": {agent: _without_source(least) for agent, least in self.least.items()},
            "stages": {state: asdict(stage) for state, stage in self.stages.items()},
            "checklist": list(self.checklist),
            "also": list(self.also),
        }


# Surfaces of rooms: chlorine 500 to 1,000 mg/L for 30 minutes, then half an hour of air; the others as for vehicles.
ROOMS = {
    "chlorine": Disinfection(30, 30, 500, "R-26, R-27"),
    "hydrogen_peroxide": Disinfection(60, 30, None, "R-12; airing R-26"),
    "uv": Disinfection(60, 30, None, "R-13; airing R-26"),
}
# No source gives targets: these are this project's own, about three and a half hours from emptied to ready.
STAGES = {
    "vacated_dirty": Stage(60, "disinfector"),
    "disinfecting": Stage(20, "disinfector"),
    "contact_time": Stage(40, "disinfector"),
    "aerating": Stage(40, "disinfector"),
    "inspecting": Stage(20, "site_head"),
    "provisioning": Stage(30, "receiver"),
}
# F8, with what R-28 and the complaints of L-10 name.
CHECKLIST = (
    "waste_removed", "linen", "towels", "water", "kettle", "tissues", "soap", "thermometer", "masks", "gloves", "disinfectant",
    "bin_and_bags", "sockets", "heating", "wifi_code", "notice_sheet",
)  # fmt: skip

RULES = (
    TurnoverRules(date(2020, 1, 1), ROOMS, STAGES, CHECKLIST),
    # From November 2022 on a sample of the surroundings must be negative.
    TurnoverRules(date(2022, 11, 11), ROOMS, STAGES, (*CHECKLIST, "environment_negative")),
)


def turnover_rules_on(day: date) -> TurnoverRules:
    """The rules that apply on a day; before the first ones, those."""
    return max((rules for rules in RULES if rules.applies_from <= day), key=lambda rules: rules.applies_from, default=RULES[0])


def _without_source(least: Disinfection) -> dict:
    return {name: value for name, value in asdict(least).items() if name != "source"}
