"""How a site's phone sees those who stay: who they are, their clock, their tests and the last health rounds."""

from collections import defaultdict

from sqlalchemy import select

from server.domain.clocks import Clock, Sample
from server.domain.people import age_at
from server.domain.rule_packs import PACKS
from server.domain.stay_clocks import clock_for, samples_of
from server.store.database import settings
from server.store.people import Person
from server.store.rooms import Stay
from server.store.stays import ClockChange, HealthCheck, StayTest
from server.store.users import User
from sync.records.view import PARTS, View, iso

ROUNDS_SHOWN = 4  # two days


class StayView(View):
    table = Stay
    lasts = False

    def load(self, ids: list[str]) -> list[Stay]:
        rows = super().load(ids)
        self.people = self.by_id(Person, [row.person_id for row in rows])
        self.users = self.by_id(User, [row.released_by for row in rows])
        self.tests = self._of_stays(StayTest, StayTest.taken_at, ids)
        self.rounds = self._of_stays(HealthCheck, HealthCheck.at, ids)
        self.changes = self._of_stays(ClockChange, ClockChange.at, ids)
        self.zone = settings().time_zone
        return rows

    def body(self, row: Stay) -> dict:
        person = self.people[row.person_id]
        return {
            "site": row.site_id,
            "room": row.room_id,
            "name": person.name,
            "age": age_at(person, row.checked_in_at),
            "sex": person.sex,
            "id_tail": person.id_tail,
            "category": row.category,
            "needs": row.needs,
            "checked_in_at": iso(row.checked_in_at),
            "clock_from": iso(row.clock_from),
            "due_at": iso(row.due_on),
            "ended_at": iso(row.ended_at),
            "pack": row.pack,
            "clock_basis": row.clock_basis,
            "clock": clock_body(clock_for(row, self.zone)),
            "tests": [sample_body(sample) for sample in samples_of(row, self.tests[row.id], self.zone)],
            "health": [self._round(check) for check in self.rounds[row.id][-ROUNDS_SHOWN:]],
            "changes": [self._change(change) for change in self.changes[row.id]],
            "fever_from": PACKS[row.pack or "CN-8"].fever_from,
            "referred_at": iso(row.referred_at),
            "released": self._release(row),
        }

    def _of_stays(self, table: type, order, ids: list[str]) -> dict[str, list]:
        """Their rows that nobody took back, by stay, the oldest first."""
        found = defaultdict(list)
        for start in range(0, len(ids), PARTS):
            part = select(table).where(table.stay_id.in_(ids[start : start + PARTS]), table.taken_back_at.is_(None))
            for row in self.session.scalars(part.order_by(order, table.id)):
                found[row.stay_id].append(row)
        return found

    def _release(self, row: Stay) -> dict | None:
        if row.released_at is None:
            return None
        by = self.users.get(row.released_by)
        return {
            "at": iso(row.released_at),
            "by": by and by.name,
            "basis": row.release_basis,
            "certificate_no": row.certificate_no,
            "vacate_due_at": iso(row.vacate_due_at),
        }

    def _round(self, check: HealthCheck) -> dict:
        told = {name: getattr(check, name) for name in ("part", "temperature", "symptoms", "medicine_days", "request")}
        return {"day": iso(check.day), "at": iso(check.at), **told}

    def _change(self, change: ClockChange) -> dict:
        return {
            "kind": change.kind,
            "at": iso(change.at),
            "was_due_on": iso(change.was_due_on),
            "due_on": iso(change.due_on),
            "reason": change.reason,
        }


def clock_body(clock: Clock) -> dict:
    """The clock as `rules/clocks.ts` reads it."""
    return {
        "release": clock.release,
        "due_on": iso(clock.due_on),
        "tests_due": [{"day": day, "on": iso(on)} for day, on in clock.tests_due],
        "samples": clock.samples,
        "environment": clock.environment,
        "index_tests": clock.index_tests,
        "earlier": clock.earlier,
    }


def sample_body(sample: Sample) -> dict:
    """One test as `rules/clocks.ts` reads it."""
    told = {name: getattr(sample, name) for name in ("kind", "result", "ct", "samples")}
    return {"at": iso(sample.at), "on": iso(sample.on), **told}


VIEWS = {"stay": StayView}
