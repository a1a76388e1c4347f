"""Users: who may sign in, in which role, and where; and the devices they work on.

A password and an invitation come here as hashes only, so that neither the log nor a verb ever sees them (server/accounts.py).
"""

from datetime import timedelta

from sqlalchemy import delete, func, or_, select

from server.domain.acts import Act, new_id
from server.domain.former_sites import remember_site
from server.domain.permissions import PERMISSIONS
from server.domain.shown_on import touch_transfers_with, touch_what_names
from server.problems import Refused
from server.store.areas import Area, Community
from server.store.sites import Site
from server.store.users import Device, SignIn, User, UserCompound

SITE_ROLES = ("receiver", "site_head")
AREA_ROLES = ("district_desk", "partner_desk")
INVITATION_LASTS = timedelta(hours=24)
CHANGEABLE = frozenset("name role level area_id site_id phone language".split())


def add_user(act: Act, *, username: str, name: str, role: str, **values) -> str:
    """A new user, without a password: an invitation or the operator gives one.

    Refuses: request.unreadable (unknown role), user.name_taken, user.site_missing, user.area_missing.
    """
    _refuse_wrong_place(act, role, values.get("site_id"), values.get("area_id"))
    if not username.strip() or not name.strip():
        raise Refused("request.unreadable")
    if act.work.session.scalar(select(User.id).where(User.username == username)):
        raise Refused("user.name_taken", username=username)
    return act.add(User(id=new_id(), username=username, name=name, role=role, **values)).id


def change_user(act: Act, **values) -> None:
    """Change name, role, place, telephone or language. Whoever gets another role or place signs in again.

    Refuses: user.unknown, request.unreadable, user.site_missing, user.area_missing, user.last_administrator.
    """
    user = _user(act)
    if set(values) - CHANGEABLE:
        raise Refused("request.unreadable")
    new = {name: values.get(name, getattr(user, name)) for name in CHANGEABLE}
    _refuse_wrong_place(act, new["role"], new["site_id"], new["area_id"])
    if user.role == "administrator" and new["role"] != "administrator":
        _refuse_last_administrator(act, user)
    if user.role in SITE_ROLES:
        remember_site(act, user)
    moved = (user.role, user.area_id, user.site_id) != (new["role"], new["area_id"], new["site_id"])
    named = (user.name, user.phone) != (new["name"], new["phone"])
    for name, value in new.items():
        setattr(user, name, value)
    if named:
        touch_transfers_with(act, user)
        touch_what_names(act, user)
    if moved:
        _end_sessions(act, user)


def give_compounds(act: Act, *, compounds: list[str]) -> None:
    """These compounds, and no others, are looked after by this community worker from now on.

    Refuses: user.unknown, request.unreadable (another role, a compound that nobody knows).
    """
    user, chosen = _user(act), sorted(set(compounds))
    known = act.work.session.scalars(select(Community.id).where(Community.id.in_(chosen))).all()
    if user.role != "community_worker" or len(known) != len(chosen):
        raise Refused("request.unreadable")
    act.work.session.execute(delete(UserCompound).where(UserCompound.user_id == user.id))
    for id in chosen:
        act.add(UserCompound(user_id=user.id, community_id=id))


def disable_user(act: Act) -> None:
    """Nobody signs in with this account any more; its sessions end at once, on all workers.

    Refuses: user.unknown, user.yourself, user.last_administrator.
    """
    user = _user(act)
    if user.id == act.actor.id:
        raise Refused("user.yourself")
    _refuse_last_administrator(act, user)
    user.disabled, user.invitation_hash, user.invitation_until = True, None, None
    _end_sessions(act, user)


def enable_user(act: Act) -> None:
    """The account works again, with the password it had. Refuses: user.unknown."""
    _user(act).disabled = False


def invite_user(act: Act, *, invitation_hash: str) -> None:
    """Give a one-time link by which the user sets a password, for 24 hours; an earlier link is worth nothing then.

    Refuses: user.unknown, user.disabled.
    """
    _invite(act, _user(act), invitation_hash)


def accept_invitation(act: Act, *, invitation_hash: str, password_hash: str) -> str:
    """The invited user sets a password; the link is used up. Refuses: session.invitation_unknown."""
    user = act.work.session.scalar(select(User).where(User.invitation_hash == invitation_hash).with_for_update())
    if user is None or user.disabled or user.invitation_until is None or user.invitation_until <= act.at:
        raise Refused("session.invitation_unknown")
    user.password_hash, user.invitation_hash, user.invitation_until = password_hash, None, None
    _end_sessions(act, user)
    return user.id


def set_password(act: Act, *, password_hash: str) -> None:
    """Give a user another password; their sessions end. Refuses: user.unknown."""
    user = _user(act)
    user.password_hash, user.invitation_hash, user.invitation_until = password_hash, None, None
    _end_sessions(act, user)


def reset_password(act: Act, *, invitation_hash: str) -> None:
    """The old password is worth nothing from now on; the link sets a new one. Refuses: user.unknown, user.disabled."""
    user = _user(act)
    _invite(act, user, invitation_hash)
    user.password_hash = None
    _end_sessions(act, user)


def revoke_device(act: Act) -> None:
    """A lost phone: its sessions end, and it can neither read nor deliver any more. Refuses: device.unknown."""
    devices = _devices_of_phone(act)
    for device in devices:
        device.revoked = True
    act.work.session.execute(delete(SignIn).where(SignIn.device_id.in_([device.id for device in devices])))


def restore_device(act: Act) -> None:
    """A phone that was found again: what waits on it is taken, and its person may sign in. Refuses: device.unknown."""
    for device in _devices_of_phone(act):
        device.revoked = False


def note_emptied_phone(act: Act) -> dict:
    """Its person came back to a phone that holds nothing of them: what was unsent at the last contact is lost unless it is told again.

    Gives {last_contact, unsent} for the person. Refuses: device.unknown.
    """
    devices = [device for device in _devices_of_phone(act) if device.user_id == act.actor.id]
    if not devices:
        raise Refused("device.unknown")
    last = max(devices, key=lambda device: device.seen_at)
    told = {"last_contact": last.seen_at.isoformat(), "unsent": last.unsent}
    if last.emptied_at:  # the answer to that sign-in was lost: it is told again, and is one item
        return told
    for device in devices:
        device.emptied_at = act.at
    says = {"by": act.actor.id, "by_name": act.actor.name, "at": told["last_contact"], "says": last.unsent}
    act.flag("phone.emptied", [says], area_id=act.actor.area_id)
    return told


def _devices_of_phone(act: Act) -> list[Device]:
    """The device that is meant, and the others of the same user on the same phone. Refuses: device.unknown."""
    device = act.work.session.get(Device, act.operation.target or "")
    if device is None:
        raise Refused("device.unknown")
    of_phone = or_(Device.id == device.phone_id, Device.grown_from == device.phone_id)
    return list(act.work.session.scalars(select(Device).where(of_phone).order_by(Device.id).with_for_update()))


def _user(act: Act) -> User:
    user = act.work.session.get(User, act.operation.target or "", with_for_update=True, populate_existing=True)
    if user is None:
        raise Refused("user.unknown")
    return user


def _invite(act: Act, user: User, invitation_hash: str) -> None:
    if user.disabled:
        raise Refused("user.disabled")
    user.invitation_hash, user.invitation_until = invitation_hash, act.at + INVITATION_LASTS


def _refuse_wrong_place(act: Act, role: str, site_id: str | None, area_id: str | None) -> None:
    if role not in PERMISSIONS:
        raise Refused("request.unreadable")
    if role in SITE_ROLES and not site_id:
        raise Refused("user.site_missing")
    if role in AREA_ROLES and not area_id:
        raise Refused("user.area_missing")
    if (site_id and act.work.session.get(Site, site_id) is None) or (area_id and act.work.session.get(Area, area_id) is None):
        raise Refused("request.unreadable")


def _refuse_last_administrator(act: Act, user: User) -> None:
    others = select(func.count()).where(User.role == "administrator", User.disabled.is_(False), User.id != user.id)
    if user.role == "administrator" and not act.work.session.scalar(others):
        raise Refused("user.last_administrator")


def _end_sessions(act: Act, user: User) -> None:
    act.work.session.execute(delete(SignIn).where(SignIn.user_id == user.id))
