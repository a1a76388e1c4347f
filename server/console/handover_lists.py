"""The handover list on paper: A4, black on white."""

from server.access import allow
from server.console.page import console, show
from server.console.transfers import destination_name, one_transfer
from server.store.database import db
from server.store.lists import transfers as lists


@console.get("/transfers/<id>/handover-list")
@allow("transfers.read")
def print_handover(id: str):
    """One page to print and to sign."""
    transfer = one_transfer(id, "transfers.read")
    named = lists.places_named(db.session, [transfer])
    lines = transfer.lines
    totals = {
        "planned": len(lines),
        "boarded": sum(line.boarded_at is not None for line in lines),
        "received": sum((line.received or {}).get("outcome") == "received" for line in lines),
        "refused": sum((line.received or {}).get("outcome") == "refused" for line in lines),
        "absent": sum(line.outcome is not None and line.boarded_at is None for line in lines),
    }
    return show("handover_list", transfer=transfer, named=named, place=destination_name(transfer, named), totals=totals)
