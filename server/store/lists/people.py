"""People as the office lists them, and what is known of one."""

import re

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from server.store.areas import Area
from server.store.change_log import CustodyEvent, Operation
from server.store.database import secret
from server.store.lists.within import Within
from server.store.people import CategoryHistory, ContactAttempt, Custody, Person
from server.store.rooms import Room, Stay
from server.store.sealing import id_key
from server.store.sites import Hospital, Site
from server.store.transfers import Line, Transfer
from server.store.users import User

WHOLE_ID = re.compile(r"\d{15}|\d{17}[\dXx]")


def people(within: Within, *, search: str | None = None, states: tuple[str, ...] = (), categories: tuple[str, ...] = (),
           area: str | None = None, household: str | None = None, unassigned: bool = False) -> Select:  # fmt: skip
    """(Person, Area, code and id of the open transfer) of those who match. Merged records are left out.

    `search`: part of a name, a whole ID number or the end of one, or of a telephone number, a compound. `unassigned`: on no open transfer.
    """
    query = (
        select(Person, Area, Transfer.code, Transfer.id)
        .join(Area, Area.id == Person.responsible_area_id, isouter=True)
        .join(Line, and_(Line.person_id == Person.id, Line.open), isouter=True)
        .join(Transfer, Transfer.id == Line.transfer_id, isouter=True)
        .where(within.people(), Person.merged_into.is_(None))
    )
    if states:
        query = query.where(Person.state.in_(states))
    if categories:
        known = [category for category in categories if category != "unknown"]
        unknown = [Person.category.is_(None)] if "unknown" in categories else []
        query = query.where(or_(Person.category.in_(known), *unknown))
    if area:
        query = query.where(Person.responsible_area_id == area)
    if household:
        query = query.where(Person.household_id == household)
    if unassigned:
        query = query.where(Line.id.is_(None))
    return query.where(_matches(search)) if search else query


PEOPLE_SORTS = {
    "name": Person.name,
    "category": Person.category,
    "state": Person.state,
    "area": Area.short,
    "compound": Person.compound,
    "waits": Person.waits_from,
    "listed": Person.listed_at,
}


def _matches(search: str):
    text = search.strip()
    if WHOLE_ID.fullmatch(text):
        return Person.id_key == id_key(text, secret())
    parts = [Person.name.contains(text, autoescape=True), Person.compound.contains(text, autoescape=True)]
    if text.isascii() and len(text) >= 4:
        parts += [Person.phone.endswith(text), Person.second_phone.endswith(text), Person.id_tail == text[-4:].upper()]
    return or_(*parts)


def one_person(session: Session, within: Within, id: str) -> Person | None:
    """This person, merged or not, when the reader reaches them."""
    return session.scalar(select(Person).where(Person.id == id, within.people()))


def category_history(session: Session, person_id: str) -> list:
    """(CategoryHistory, who said so), newest first."""
    query = (
        select(CategoryHistory, User.name)
        .join(Operation, Operation.id == CategoryHistory.operation_id, isouter=True)
        .join(User, User.id == Operation.author_id, isouter=True)
        .where(CategoryHistory.person_id == person_id)
    )
    return session.execute(query.order_by(CategoryHistory.from_at.desc(), CategoryHistory.id.desc())).all()


def custody_trail(session: Session, person_id: str) -> list:
    """(CustodyEvent, the holder's name, the transfer's code, who recorded it), newest first."""
    recorder = User.__table__.alias("recorder")
    query = (
        select(
            CustodyEvent,
            func.coalesce(User.name, Site.name, Hospital.name).label("holder_name"),
            Transfer.code,
            recorder.c.name.label("recorded_by"),
            Operation.door,
        )
        .join(User, and_(CustodyEvent.holder == "crew", User.id == CustodyEvent.holder_id), isouter=True)
        .join(Site, and_(CustodyEvent.holder == "site", Site.id == CustodyEvent.holder_id), isouter=True)
        .join(Hospital, and_(CustodyEvent.holder == "hospital", Hospital.id == CustodyEvent.holder_id), isouter=True)
        .join(Transfer, Transfer.id == CustodyEvent.transfer_id, isouter=True)
        .join(Operation, Operation.id == CustodyEvent.operation_id, isouter=True)
        .join(recorder, recorder.c.id == Operation.author_id, isouter=True)
        .where(CustodyEvent.person_id == person_id)
    )
    return session.execute(query.order_by(CustodyEvent.at.desc(), CustodyEvent.id.desc())).all()


def contact_attempts(session: Session, person_id: str) -> list:
    """(ContactAttempt, who tried), newest first."""
    query = select(ContactAttempt, User.name).join(User, User.id == ContactAttempt.by_id, isouter=True)
    return session.execute(query.where(ContactAttempt.person_id == person_id).order_by(ContactAttempt.at.desc())).all()


def lines_of_person(session: Session, person_id: str) -> list:
    """(Line, Transfer) the person is or was on, newest first."""
    query = select(Line, Transfer).join(Transfer, Transfer.id == Line.transfer_id).where(Line.person_id == person_id)
    return session.execute(query.order_by(Transfer.created_at.desc())).all()


def stays_of_person(session: Session, person_id: str) -> list:
    """(Stay, Site, Room), newest first."""
    query = select(Stay, Site, Room).join(Site, Site.id == Stay.site_id, isouter=True).join(Room, Room.id == Stay.room_id, isouter=True)
    return session.execute(query.where(Stay.person_id == person_id).order_by(Stay.checked_in_at.desc())).all()


def certified_stay(session: Session, person_id: str) -> Stay | None:
    """The last stay from which the person was released with a certificate."""
    query = select(Stay).where(Stay.person_id == person_id, Stay.certificate_no.is_not(None))
    return session.scalar(query.order_by(Stay.checked_in_at.desc()).limit(1))


def certificates(session: Session, people: list[str]) -> dict[str, str]:
    """{person: the number of their last certificate} of those who have one."""
    query = select(Stay.person_id, Stay.certificate_no).where(Stay.person_id.in_(people), Stay.certificate_no.is_not(None))
    return dict(session.execute(query.order_by(Stay.released_at)).all())


def household_of(session: Session, within: Within, person: Person) -> list[Person]:
    """The others behind the same door, as far as the reader reaches them."""
    if not person.household_id:
        return []
    query = select(Person).where(Person.household_id == person.household_id, Person.id != person.id, Person.merged_into.is_(None))
    return list(session.scalars(query.where(within.people()).order_by(Person.birth_year)))


def records_merged_into(session: Session, person_id: str) -> list[Person]:
    """The records that were found to be this same person."""
    return list(session.scalars(select(Person).where(Person.merged_into == person_id)))


def custody_of(session: Session, person_id: str) -> Custody | None:
    """Who holds this person now; None before anybody took them."""
    return session.get(Custody, person_id)
