"""Crews: who drives and who escorts, since when. Nothing is erased: a relieved crew's late facts are still heard."""

from server.domain.acts import Act, new_id
from server.problems import Refused
from server.store.transfers import Assignment, Transfer
from server.store.users import User

CREW_ROLES = ("driver", "escort")


def set_crew(act: Act, transfer: Transfer, driver: str, escort: str | None = None) -> None:
    """Make these two the crew from now on. Refuses: transfer.no_crew, user.unknown."""
    wanted = {"driver": crew_user(act, driver), "escort": crew_user(act, escort) if escort else None}
    places = {(role, user.id) for role, user in wanted.items() if user}
    kept = {(member.role, member.user_id) for member in transfer.crew if member.to_at is None} & places
    end_crew(act, transfer, but=kept)
    for role, user in wanted.items():
        if user and (role, user.id) not in kept:
            member = Assignment(id=new_id(), transfer_id=transfer.id, user_id=user.id, role=role, from_at=act.at)
            member.user = user
            transfer.crew.append(member)
    act.touch(transfer)


def end_crew(act: Act, transfer: Transfer, but: frozenset[tuple[str, str]] | set[tuple[str, str]] = frozenset()) -> None:
    """End all assignments but these: (role, user)."""
    for member in transfer.crew:
        if member.to_at is None and (member.role, member.user_id) not in but:
            member.to_at = act.at


def crew_user(act: Act, id: str | None) -> User:
    """A user who may be in a crew."""
    if not id:
        raise Refused("transfer.no_crew")
    user = act.work.session.get(User, id)
    if user is None or user.disabled or user.role not in CREW_ROLES:
        raise Refused("user.unknown")
    return user


def refuse_unknown_crew(act: Act, *ids: str | None) -> None:
    """Refuse, before anything is changed, a crew that does not exist: user.unknown."""
    for id in ids:
        if id:
            crew_user(act, id)
