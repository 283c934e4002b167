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
from ui import numbers
from ui.text import texts

log = logging.getLogger("sales.review")

_OF = "select count(*) as n, bit_xor(hash(t)) as h from ops."
NOTED = {
    "decisions": (f"{_OF}actions t", f"{_OF}action_checks t"),
    "landing": (f"{_OF}forecast_calls t",),
    "customers": (f"{_OF}alerts t", f"{_OF}alert_events t"),
}
"""What people note in a meeting and a step says: it is made again after that."""
OF_NOW = ("decisions",)
"""What is noted there is shown even where newer data were loaded meanwhile; the step says then what it is of."""
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
        """Make a step anew where people noted what it says since it was made.

        Of newer data than the others only a step of OF_NOW is made, which says so then.
        """
        is_newer = seen.facts != self.facts
        with self._turn:
            if step not in self._made or self.asked is None or step not in (OF_NOW if is_newer else NOTED):
                return
            found = noted(seen, step)
            if found == self._noted.get(step):
                return
            self._noted[step] = found
            asked = self.asked
        planned = next(one for one in self.wanted.order if one.id == step)
        self._keep(step, self._of_now(planned, seen) if is_newer else self._chapter(planned, replace(asked, seen=seen)))

    def all_again(self, seen: Snapshot) -> None:
        """All of them as they are to stand in files and minutes, with what was noted last."""
        for one in self.wanted.order:
            self.again(one.id, seen)

    def _of_now(self, planned: Planned, seen: Snapshot) -> Made:
        """A step of newer data than the others."""
        try:
            asked = self.wanted.ask(seen)
        except Exception as error:  # noqa: BLE001 - shown where the step would stand
            return error
        made = self._chapter(planned, asked)
        if isinstance(made, Chapter):
            told = texts(asked.lang)["meeting.newer_here"].format(day=numbers.day(asked.view.as_of, asked.lang))
            made = replace(made, notes=(told, *made.notes))
        return made

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
_agendas: dict[Hashable, tuple[Planned, ...]] = {}
_lock = Lock()


def as_begun(meeting: tuple[str, int], order: tuple[Planned, ...]) -> tuple[Planned, ...]:
    """The agenda that a meeting goes by: as it was when somebody first came into it, until it is over.

    A changed one is for the meetings after it. Only where the app was started anew meanwhile it is the one of now.

    Args:
        meeting: the store's path and the review's number. order: the company's agenda of now.
    """
    with _lock:
        return _agendas.setdefault(meeting, order)


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
        for key in [key for key in _agendas if keys(key)]:
            del _agendas[key]


def _begun(wanted: Wanted, first: str | None) -> Prepared:
    made = _known[wanted.key] = Prepared(wanted).begin(first)
    _known.move_to_end(wanted.key)
    while len(_known) > MOST:
        _known.popitem(last=False)[1].drop()
    return made


def places(order: Sequence[Planned]) -> tuple[Planned, ...]:
    """The steps that are held: those that are on."""
    return tuple(one for one in order if one.is_on)
