"""A transfer shows its people, places, vehicle and crew by name and telephone; a room who told last how it is, an item who said what and
who decided, a stay who released it: when one of those changes, the phones must hear it. Items and stays are locked, so that none that
leaves the phones meanwhile is put back there."""

from sqlalchemy import ColumnElement, Text, cast, exists, or_, select

from server.domain.acts import Act
from server.store.areas import Community
from server.store.conflicts import Conflict
from server.store.people import Custody, Person
from server.store.rooms import Room, Stay
from server.store.sites import Hospital, Site
from server.store.transfers import Assignment, Line, Transfer, Vehicle
from server.store.users import User

_SHOWS = {
    Site: (Transfer.site_id, Transfer.origin_site_id, Transfer.backup_site_id),
    Hospital: (Transfer.hospital_id,),
    Community: (Transfer.community_id,),
    Vehicle: (Transfer.vehicle_id,),
}


def touch_what_names(act: Act, user: User) -> None:
    """Touch all on phones that says this user's name: rooms (who told last), items (who said a side, who decided), stays (who released)."""
    said = cast(Conflict.values, Text).contains(user.id)
    items = _locked(act, Conflict, Conflict.on_phones, or_(said, Conflict.resolved_by == user.id))
    act.loaded.load({"transfer": sorted({item.transfer_id for item in items if item.transfer_id})})
    stays, rooms = _locked(act, Stay, Stay.on_phones, Stay.released_by == user.id), _locked(act, Room, Room.by_id == user.id)
    act.touch(*items, *stays, *rooms)


def touch_transfers_with(act: Act, row) -> None:
    """Touch every transfer on a phone that shows this site, hospital, community, vehicle, or this user as one of its crew."""
    if isinstance(row, User):
        shows = Transfer.id.in_(select(Assignment.transfer_id).where(Assignment.user_id == row.id, Assignment.to_at.is_(None)))
    elif type(row) in _SHOWS:
        shows = or_(*(column == row.id for column in _SHOWS[type(row)]))
    else:
        return
    _touch_on_phones(act, shows)


def touch_where_shown(act: Act, person: Person) -> None:
    """A changed person shows on every transfer that a phone has, also where their part of it has ended, and at the site of a stay."""
    _touch_on_phones(act, Transfer.id.in_(select(Line.transfer_id).where(Line.person_id == person.id)))
    act.touch(*_locked(act, Stay, Stay.on_phones, Stay.person_id == person.id))


def _locked(act: Act, table: type, *conditions: ColumnElement[bool]) -> list:
    return list(act.work.session.scalars(select(table).where(*conditions).order_by(table.id).with_for_update(key_share=True)))


def _touch_on_phones(act: Act, shows: ColumnElement[bool]) -> None:
    """Touch those of these transfers that are on a phone: a crew's, a site's, or, long after the end, that of whoever still has one of
    its people in their hands (visibility.py)."""
    in_hands = exists().where(Custody.transfer_id == Transfer.id, Custody.holder == "crew")
    on_phones = or_(Transfer.crew_sees, Transfer.site_sees, in_hands)
    found = act.work.session.scalars(select(Transfer.id).where(shows, on_phones).order_by(Transfer.id)).all()
    act.loaded.load({"transfer": found})
    for id in found:
        act.touch(act.loaded.transfer(id))
