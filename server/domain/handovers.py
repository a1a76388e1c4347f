"""Step 6, the handover list: both sides sign what they handed over and received, and the transfer closes."""

from server.domain.acts import Act
from server.domain.giving_rooms import let_go
from server.domain.progress import close_transfer_at, settle
from server.domain.told import about, recorded_transfer, told_by, witnessed_transfer
from server.problems import Refused
from server.store.transfers import Transfer


def sign_handover(act: Act, *, side: str, lines: list[dict], counterpart: str, note: str | None = None) -> None:
    """One side signs a list of lines with their outcomes. A fact: refuses target.unknown only.

    A line that is not named stays open, never absent. A side may sign again for further lines. What the two lists, or a list and the
    receptions, say differently is a `discrepancy`. The transfer closes when both have signed and each line has an end.
    """
    transfer = witnessed_transfer(act)
    outcomes = {line["line"]: line["outcome"] for line in lines}
    if not outcomes.keys() <= {line.id for line in transfer.lines}:
        raise Refused("target.unknown")
    signed = transfer.handover.get(side)
    before = {line["line"]: line["outcome"] for line in signed["lines"]} if signed else {}
    told = {**told_by(act), "lines": _list({**outcomes, **before}), "counterpart": counterpart, "note": note}
    _flag_differences(act, transfer, before, outcomes, signed, told)
    if outcomes.keys() - before.keys() or not signed:
        act.put(transfer, "handover", side, told)
    _flag_sides(act, transfer)
    _flag_receptions(act, transfer, outcomes, told)
    settle(act, transfer)


def close_transfer(act: Act, *, reason: str) -> None:
    """A desk closes a transfer whose site or crew does not sign. People who are still expected wait again.

    Refuses: target.unknown, transfer.already_ended, transfer.people_aboard, reason.missing.
    """
    transfer = recorded_transfer(act)
    if transfer.ended_at:
        raise Refused("transfer.already_ended")
    aboard = sum(line.state == "aboard" for line in transfer.lines)
    if aboard:
        raise Refused("transfer.people_aboard", people=aboard)
    if not reason.strip():
        raise Refused("reason.missing")
    for line in transfer.lines:
        if line.state == "expected":
            let_go(act, transfer, line)
            act.change(line, state="ended", open=False, outcome="cancelled", outcome_at=act.at, ended_at=act.at)
            act.change(line.person, state="awaiting_transfer" if transfer.kind == "outbound" else line.person.state)
    act.put(transfer, "handover", "closed_by", {**told_by(act), "reason": reason})
    close_transfer_at(act, transfer)
    settle(act, transfer)


def _flag_differences(act: Act, transfer: Transfer, before: dict, now: dict, signed: dict | None, told: dict) -> None:
    """The same side said something else of the same line: the first list stands."""
    lines = [line for line in now if line in before and before[line] != now[line]]
    if lines:
        act.flag("discrepancy", [signed, {**told, "lines": _list(now), "says": lines}], **about(transfer))


def _flag_sides(act: Act, transfer: Transfer) -> None:
    """What crew and site have signed differently: another outcome, or a line that only one of them names."""
    crew, site = transfer.handover.get("crew"), transfer.handover.get("site")
    if not (crew and site):
        return
    lists = [{line["line"]: line["outcome"] for line in signed["lines"]} for signed in (crew, site)]
    lines = [line for line in lists[0].keys() | lists[1].keys() if lists[0].get(line) != lists[1].get(line)]
    if lines:
        act.flag("discrepancy", [{**crew, "says": sorted(lines)}, {**site, "says": sorted(lines)}], **about(transfer))


def _flag_receptions(act: Act, transfer: Transfer, outcomes: dict, told: dict) -> None:
    """What a list says differently from the reception of a person that was told before."""
    for line in transfer.lines:
        said = (line.received or {}).get("outcome")
        if line.id in outcomes and said and said != outcomes[line.id]:
            act.flag("discrepancy", [line.received, {**told, "says": outcomes[line.id]}], **about(transfer, line))


def _list(outcomes: dict) -> list[dict]:
    return [{"line": line, "outcome": outcome} for line, outcome in outcomes.items()]
