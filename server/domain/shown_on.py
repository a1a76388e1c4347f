"""A transfer shows its places, its vehicle and its crew by name and telephone, a room who told last how it is: when one of those changes,
the phones must hear it."""

from sqlalchemy import or_, select

from server.domain.acts import Act
from server.store.areas import Community
from server.store.rooms import Room
from server.store.sites import Hospital, Site
from server.store.transfers import Assignment, Transfer, Vehicle
from server.store.users import User

_SHOWS = {
    Site: (Transfer.site_id, Transfer.origin_site_id, Transfer.backup_site_id),
    Hospital: (Transfer.hospital_id,),
    Community: (Transfer.community_id,),
    Vehicle: (Transfer.vehicle_id,),
}


def touch_rooms_told_by(act: Act, user: User) -> None:
    """Touch every room that says this user's name: who told last how it is."""
    for room in act.work.session.scalars(select(Room).where(Room.by_id == user.id).order_by(Room.id).with_for_update(key_share=True)):
        act.touch(room)


def touch_transfers_with(act: Act, row) -> None:
    """Touch every transfer on a phone that shows this site, hospital, community, vehicle, or this user as one of its crew."""
    if isinstance(row, User):
        shows = Transfer.id.in_(select(Assignment.transfer_id).where(Assignment.user_id == row.id, Assignment.to_at.is_(None)))
    elif type(row) in _SHOWS:
        shows = or_(*(column == row.id for column in _SHOWS[type(row)]))
    else:
        return
    on_phones = or_(Transfer.crew_sees, Transfer.site_sees)
    for id in act.work.session.scalars(select(Transfer.id).where(shows, on_phones).order_by(Transfer.id)).all():
        act.touch(act.loaded.transfer(id))
