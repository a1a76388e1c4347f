"""What goes wrong on the way."""

from server.domain.steps import STEPS
from sync.payloads.fields import WORDS_MAX, Payload, id_or_none, one_of, text_or_none, yes_or_no

# Domain §5, F10.
REASONS = (
    "unreachable", "refused", "wrong_person", "wrong_address", "wrong_site", "site_refused", "category_changed", "emergency",
    "vehicle_breakdown", "accident", "driver_over_hours", "room_not_ready", "cross_infection", "property_lost", "dependant_left_alone",
    "other",
)  # fmt: skip


class ReportProblem(Payload):
    step = one_of(*STEPS)
    reason = one_of(*REASONS)
    line = id_or_none()
    note = text_or_none(WORDS_MAX)


class ReportEmergency(Payload):
    line = id_or_none()
    called_120 = yes_or_no()
    hospital = id_or_none()
    note = text_or_none(WORDS_MAX)


PAYLOADS = {"report_problem": ReportProblem(), "report_emergency": ReportEmergency()}
