"""A review's chapters made ahead, all on one snapshot, so that the next step is there when it is wanted.

A thread of its own makes them while the meeting looks at the first; the one waited for comes next. Everybody of one
meeting who sees the same rows in the same language shares them. What is loaded meanwhile does not reach them: a meeting
stays with its version until somebody takes the newer one.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from threading import Condition, Lock, Thread

from data.review.agenda import Planned
from data.review.chapter import Asked, Chapter
from data.review.chapters import chapter
from data.store import Snapshot, Store

log = logging.getLogger("sales.review")

_OF = "select count(*) as n, bit_xor(hash(t)) as h from ops."
NOTED = {
    "decisions": (f"{_OF}actions t", f"{_OF}action_checks t"),
    "landing": (f"{_OF}forecast_calls t",),
    "customers": (f"{_OF}alerts t", f"{_OF}alert_events t"),
}
"""What people note in a meeting and a step says: it is made again after that."""
MOST = 12
"""Meetings whose chapters are kept at once; the one used longest ago makes room."""
Made = Chapter | Exception
Make = Callable[[Planned, Asked], Chapter]


@dataclass(frozen=True)
class Wanted:
    """Whose chapters of what: `key` names all that they depend on besides the version of the store.

    `ask`: what the review is asked of, on the snapshot that it is made on.
    """

    store: Store
    key: Hashable
    order: tuple[Planned, ...]
    ask: Callable[[Snapshot], Asked]


class Prepared:
    """The chapters of one review on one version of the store; made by `prepared` and `renewed`."""

    def __init__(self, wanted: Wanted, make: Make | None = None) -> None:
        self.wanted = wanted
        self.asked: Asked | None = None
        """For whom and of what; its snapshot is closed once all is made."""
        self.facts = -1
        """The version of what questions read that all its numbers are of."""
        self.as_of: date | None = None
        self._make, self._made, self._turn = make or chapter, dict[str, Made](), Condition()
        self._next: list[Planned] = list(wanted.order)
        self._failed: Exception | None = None
        self._noted: dict[str, object] = {}
        self._is_dropped = False

    def begin(self, first: str | None = None) -> Prepared:
        """Begin to make the chapters, the one named first."""
        self._bring_forward(first)
        Thread(target=self._run, name="review", daemon=True).start()
        return self

    @property
    def is_dropped(self) -> bool:
        """Whether it was let go of before it was finished."""
        return self._is_dropped

    def drop(self) -> None:
        """Nobody will look at it any more: what is not made yet is left."""
        self._is_dropped = True

    def of(self, step: str, patience: float = 0.0) -> Made | None:
        """The chapter of a step, or what went wrong with it; None where it is not made within `patience` seconds."""
        with self._turn:
            if step not in self._made and not self._failed:
                self._bring_forward(step)
                self._turn.wait_for(lambda: step in self._made or self._failed is not None, patience)
            return self._made.get(step) or self._failed

    def ready(self) -> frozenset[str]:
        """The steps that are made."""
        with self._turn:
            return frozenset(self._made)

    def again(self, step: str, seen: Snapshot) -> None:
        """Make a step anew where people noted what it says since it was made, and nothing else has changed."""
        with self._turn:
            if step not in self._made or self.asked is None or seen.facts != self.facts or step not in NOTED:
                return
            found = noted(seen, step)
            if found == self._noted.get(step):
                return
            self._noted[step] = found
            del self._made[step]
        planned, asked = next(one for one in self.wanted.order if one.id == step), replace(self.asked, seen=seen)
        self._keep(step, self._chapter(planned, asked))

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be made."""
        with self._turn:
            return self._failed is not None or len(self._made) == len(self.wanted.order)

    def _bring_forward(self, step: str | None) -> None:
        self._next.sort(key=lambda one: one.id != step)

    def _run(self) -> None:
        try:
            with self.wanted.store.snapshot() as seen:
                self.facts, self.as_of = seen.facts, seen.as_of
                self.asked = self.wanted.ask(seen)
                while (planned := self._taken()) is not None:
                    self._noted[planned.id] = noted(seen, planned.id)
                    self._keep(planned.id, self._chapter(planned, self.asked))
        except Exception as error:  # noqa: BLE001 - told to whoever waits for a step
            with self._turn:
                self._failed = error
                self._turn.notify_all()

    def _taken(self) -> Planned | None:
        with self._turn:
            return self._next.pop(0) if self._next and not self._is_dropped else None

    def _chapter(self, planned: Planned, asked: Asked) -> Made:
        """One step that fails does not keep the others from being made."""
        try:
            return self._make(planned, asked)
        except Exception as error:  # noqa: BLE001 - shown where the step would stand
            return error

    def _keep(self, step: str, made: Made) -> None:
        with self._turn:
            self._made[step] = made
            self._turn.notify_all()


def noted(seen: Snapshot, step: str) -> object:
    """What tells whether people noted something that a step says."""
    return tuple(seen.frame(statement).row(0) for statement in NOTED.get(step, ()))


_known: OrderedDict[Hashable, Prepared] = OrderedDict()
_lock = Lock()


def prepared(wanted: Wanted, first: str | None = None) -> Prepared:
    """The chapters that a meeting shows: those of its version, where they are being made or were; else of now."""
    with _lock:
        known = _known.get(wanted.key)
        if known is not None:
            _known.move_to_end(wanted.key)
            return known
        return _begun(wanted, first)


def renewed(wanted: Wanted, old: Prepared, first: str | None = None) -> Prepared:
    """The same of the store as it is now; where somebody else of the meeting has renewed them already, those."""
    with _lock:
        known = _known.get(wanted.key)
        return known if known is not None and known.facts > old.facts else _begun(wanted, first)


def forget(keys: Callable[[Hashable], bool]) -> None:
    """Let go of the chapters whose key is meant, as after the end of their meeting."""
    with _lock:
        for key in [key for key in _known if keys(key)]:
            _known.pop(key).drop()


def _begun(wanted: Wanted, first: str | None) -> Prepared:
    made = _known[wanted.key] = Prepared(wanted).begin(first)
    _known.move_to_end(wanted.key)
    while len(_known) > MOST:
        _known.popitem(last=False)[1].drop()
    return made


def places(order: Sequence[Planned]) -> tuple[Planned, ...]:
    """The steps that are held: those that are on."""
    return tuple(one for one in order if one.is_on)
