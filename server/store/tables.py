"""Every table, imported once, so that the metadata is whole for migrations and for the first query."""

from server.store import (  # noqa: F401
    areas,
    blobs,
    change_log,
    conflicts,
    imports,
    kept_counts,
    leases,
    people,
    planning,
    reference,
    room_counts,
    rooms,
    site_days,
    site_stages,
    sites,
    stays,
    transfers,
    turnovers,
    users,
    waiting,
    waste,
)
from server.store.database import Base

# A batch writes each table once, in any order: foreign keys are checked at the commit.
for _table in Base.metadata.tables.values():
    for _key in _table.foreign_key_constraints:
        _key.deferrable, _key.initially = True, "DEFERRED"
