"""Who goes with which transfer, and on whose phones things are told."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import update

from server.demo.phones import Phone
from server.store.database import transaction
from server.store.transfers import Transfer
from server.store.users import User


class OnDuty:
    """The crews of the transfers in hand at `now`, and the phone of each user, taken out when it is first needed."""

    def __init__(self, now: datetime, user_of: Callable[[str], User]):
        self.now, self._user_of = now, user_of
        self._crews: dict[str, list[str]] = {}
        self._phones: dict[str, Phone] = {}

    def put_on_phones(self, transfer_id: str, crew: list[str]) -> None:
        """The phones of the crew, the driver first, have it at once: from here on no room of it is released without a name."""
        self._crews[transfer_id] = crew
        with transaction() as session:
            marked = update(Transfer).where(Transfer.id == transfer_id).values(sent_at=self.now)
            session.execute(marked, execution_options={"no_phone_sees": True, "synchronize_session": False})

    def free_crew(self, transfer_id: str) -> None:
        """The crew of a finished transfer may be sent again."""
        self._crews.pop(transfer_id, None)

    def crew_of(self, transfer_id: str) -> list[str]:
        """The users who go with a transfer, the driver first."""
        return self._crews[transfer_id]

    def crew_phone(self, transfer_id: str) -> Phone:
        return self.phone(self.crew_of(transfer_id)[0])

    def phone(self, user_id: str) -> Phone:
        if user_id not in self._phones:
            self._phones[user_id] = Phone(self._user_of(user_id))
        return self._phones[user_id]

    def busy(self) -> set[str]:
        """The users who have a transfer in hand."""
        return {user for crew in self._crews.values() for user in crew}
