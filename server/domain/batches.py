"""What phones bring, judged in batches. All batches that wait are judged in one transaction: one commit, a few queries, one write a table.

Whoever is the first to have a turn judges all that wait; the others find theirs judged when their turn comes. Each batch has its
own verdicts. When anything goes wrong with several, nothing was written and each is judged alone: a faulty one spoils no other.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

import structlog

from server.domain.acts import Incoming, Verdict
from server.domain.fair_lock import FairLock
from server.domain.write_path import Work, in_one_transaction, working
from server.store.database import aside, db, end_reading

log = structlog.get_logger()
Answer = TypeVar("Answer")
AnswerOf = Callable[[dict[str, Verdict]], Answer]  # makes a batch's answer from the verdicts, by operation, when all is written

AfterCommit = Callable[[Work], None]

TOGETHER_MAX = 1_000  # operations in one transaction, about: whoever waits, waits a fraction of a second


@dataclass(frozen=True)
class Batch(Generic[Answer]):
    """What a device brings at once. `judge` judges it in a transaction that others may share, and uses no session but that one's.

    `written` is given what the transaction holds once it is committed; of several batches that of the first, which speaks for all.
    """

    operations: list[Incoming]
    at: datetime
    judge: Callable[[Work], AnswerOf[Answer]]
    device_id: str
    written: AfterCommit = lambda work: None


def judge_batch(batch: Batch[Answer], alone: bool = False) -> Answer:
    """Judge it, with whatever else waits unless it is to be `alone`, and give its answer after the commit.

    Raises what its `judge` refuses, and Busy.
    """
    if alone:
        return _judge_alone(batch)
    end_reading()  # nobody waits with a snapshot in their hands
    return queue_of(db.engine).judge(batch)


def queue_of(database: object) -> "Queue":
    """The queue before this database (its engine), in this process."""
    return _queues.setdefault(database, Queue())


class Queue:
    """The batches that wait for one database in this process."""

    def __init__(self):
        self._waiting: deque[WaitingBatch] = deque()
        self._turn = FairLock()

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def stopped(self) -> FairLock:
        """While this is held nobody is judged: `with queue.stopped(): …`."""
        return self._turn

    def judge(self, batch: Batch[Answer]) -> Answer:
        """Wait for the turn, and judge all that wait unless somebody has judged this one by then."""
        mine = WaitingBatch(batch)
        self._waiting.append(mine)
        with aside.get()(False):  # others may come meanwhile, so that theirs is judged with it
            self._turn.acquire()
        try:
            while not mine.settled:
                self._settle_next()
        finally:
            self._turn.release()
        if mine.fault:
            raise mine.fault
        return mine.answer

    def _settle_next(self) -> None:
        taken = self._next()
        try:
            _settle(taken)
        finally:
            self._waiting.extend(one for one in taken if not one.settled)  # when this thread is being ended

    def _next(self) -> list["WaitingBatch"]:
        """Those that are judged together now: not too many, and of a device one, because the next counts on what that one wrote."""
        taken: dict[str, WaitingBatch] = {}
        room = TOGETHER_MAX
        for _ in range(len(self._waiting)):
            one = self._waiting.popleft()
            if one.batch.device_id in taken or (taken and len(one.batch.operations) > room):
                self._waiting.append(one)
            else:
                taken[one.batch.device_id] = one
                room -= len(one.batch.operations)
        return list(taken.values())


_queues: WeakKeyDictionary[object, Queue] = WeakKeyDictionary()


@dataclass
class WaitingBatch:
    """A batch, and what became of it."""

    batch: Batch
    settled: bool = False
    answer: object = None
    fault: Exception | None = None


def _settle(many: list[WaitingBatch]) -> None:
    """Judge these together; each alone where that fails, or where there is only one."""
    if len(many) > 1 and _settle_together(many):
        return
    for one in many:
        try:
            one.answer = _judge_alone(one.batch)
        except Exception as fault:
            one.fault = fault
        one.settled = True


def _settle_together(many: list[WaitingBatch]) -> bool:
    """Whether they could be judged in one transaction."""
    batches = [one.batch for one in many]
    try:
        with working(max(batch.at for batch in batches)) as work:
            answers = _judge(work, batches)
    except Exception as fault:
        log.info("batches.each_alone", batches=len(many), fault=type(fault).__name__)
        return False
    _tell(batches[0], work)
    for one, answer in zip(many, answers, strict=True):
        one.answer, one.settled = answer, True
    return True


def _judge_alone(batch: Batch[Answer]) -> Answer:
    work, [answer] = in_one_transaction(batch.at, lambda work: (work, _judge(work, [batch])))
    _tell(batch, work)
    return answer


def _tell(batch: Batch, work: Work) -> None:
    """It is committed: nothing that goes wrong from here on is a reason to judge again."""
    try:
        batch.written(work)
    except Exception:
        log.exception("batches.after_commit")


def _judge(work: Work, batches: list[Batch]) -> list[object]:
    operations = [operation for batch in batches for operation in batch.operations]
    work.loaded.load({"device": [batch.device_id for batch in batches]})
    work.loaded.logged(operation.id for operation in operations)
    work.load(operations)
    answers = [batch.judge(work) for batch in batches]
    verdicts = {verdict.id: verdict for verdict in work.finish()}
    return [answer(verdicts) for answer in answers]
