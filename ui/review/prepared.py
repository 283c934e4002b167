"""A review's chapters made ahead, all on one snapshot, so that the next step is there when it is wanted.

A thread of its own makes them while the meeting looks at the first; the one waited for comes next. Everybody of one
meeting who sees the same rows in the same language shares them. What is loaded meanwhile does not reach them: a meeting
stays with its version until somebody takes the newer one.

Who opens the lobby has the meeting that they would begin prepared, too: a draft, made only while nothing else is made
and the register of risks is not looked at; the meeting that is begun goes on with it.
"""

from __future__ import annotations

import atexit
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from threading import Condition, Event, Lock, Thread

from data.review import alert_watch
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
OF_NOW = ("decisions", "landing")
"""What is noted there, decided or called, is shown even where newer data wait; the step says then what it is of."""
MOST = 12
"""Meetings whose chapters are kept at once; the one used longest ago makes room."""
MOST_DRAFTS = 3
"""Meetings that nobody has begun whose chapters are kept at once."""
_PAUSE = 0.25
"""Seconds between two looks of a draft whether it may go on; the lobby is drawn in the first of them."""
_LAST_PATIENCE = 5.0
"""Seconds that the end of the server waits for chapters to be given up."""
_numbers = count()
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
        self.last_upload: int | None = None
        """The last upload that they hold."""
        self._make, self._made, self._turn = make or chapter, dict[str, Made](), Condition()
        self._next: list[Planned] = list(wanted.order)
        self._failed: Exception | None = None
        self._own = dict[str, Made]()
        self._noted: dict[str, object] = {}
        self._seen: Snapshot | None = None
        self._dropped = Event()
        self._thread = Thread(target=self._run, name="review", daemon=True)
        self.is_draft = False
        """Whether nobody has begun its meeting: it gives way to all that somebody waits for."""
        self.number = next(_numbers)
        """Drafts are made in this order."""

    def begin(self, first: str | None = None, *, is_draft: bool = False) -> Prepared:
        """Begin to make the chapters, the one named first."""
        self._bring_forward(first)
        self.is_draft = is_draft
        self._thread.start()
        return self

    def take(self, wanted: Wanted, first: str | None) -> Prepared:
        """Its meeting is begun: a draft is one no more."""
        with self._turn:
            self.wanted, self.is_draft = wanted, False
            self._bring_forward(first)
        return self

    def is_of(self, facts: int) -> bool:
        """Whether it is, or will be, of this version of what questions read, and can be made."""
        with self._turn:
            return not self._failed and not self.is_dropped and self.facts in (-1, facts)

    @property
    def is_dropped(self) -> bool:
        """Whether it was let go of before it was finished."""
        return self._dropped.is_set()

    def drop(self) -> None:
        """Nobody will look at it any more: what is not made yet is left, and what is being asked is given up."""
        self._dropped.set()
        with self._turn:
            if self._seen is not None:
                self._seen.stop()

    def give_up(self, patience: float) -> None:
        """As `drop`, and wait for it: a question may have begun just after it was stopped."""
        until = time.monotonic() + patience
        while True:
            self.drop()
            self._thread.join(_PAUSE)
            if not self._thread.is_alive() or time.monotonic() > until:
                return

    def of(self, step: str, patience: float = 0.0) -> Made | None:
        """The chapter of a step, or what went wrong with it; None where it is not made within `patience` seconds."""
        with self._turn:
            if step not in self._made and not self._failed:
                self._bring_forward(step)
                self._turn.wait_for(lambda: step in self._made or self._failed is not None, patience)
            return self._made.get(step) or self._failed

    def own(self, step: str) -> Made | None:
        """The chapter of a step as it is of the meeting's own version, whatever was shown of newer data since."""
        with self._turn:
            return self._own.get(step) or self._made.get(step)

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
            if is_newer:
                self._own.setdefault(step, self._made[step])
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
            self._give_way()
            with self.wanted.store.snapshot() as seen:
                self._seen = seen
                try:
                    self._make_all(seen)
                finally:
                    with self._turn:  # not while `drop` stops what it asks
                        self._seen = None
        except Exception as error:  # noqa: BLE001 - told to whoever waits for a step
            with self._turn:
                self._failed = None if self.is_dropped else error  # who still looks at it has it made anew
                self._turn.notify_all()

    def _make_all(self, seen: Snapshot) -> None:
        self.facts, self.as_of = seen.facts, seen.as_of
        self.last_upload = seen.frame("select max(id) as id from ops.uploads").item()
        self.asked = self.wanted.ask(seen)
        while (planned := self._taken()) is not None:
            self._noted[planned.id] = noted(seen, planned.id)
            found = self._chapter(planned, self.asked)
            if not self.is_dropped:
                self._keep(planned.id, found)
            self._give_way()

    def _give_way(self) -> None:
        """A draft waits while the register is looked at, a meeting's chapters are made, or those of an older draft."""
        while self.is_draft and not self._dropped.wait(_PAUSE):
            if not alert_watch.is_looking(self.wanted.store) and not _before(self):
                return

    def _taken(self) -> Planned | None:
        with self._turn:
            return self._next.pop(0) if self._next and not self.is_dropped else None

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


def prepared(wanted: Wanted, first: str | None = None, *, draft: Hashable = None, facts: int = -1) -> Prepared:
    """The chapters that a meeting shows: those of its version, where they are being made or were; else of now.

    Args:
        wanted: whose chapters. first: the step that is shown first.
        draft: the key of the same meeting before anybody began it: what is made of it is taken, where it is of `facts`,
            the version of what questions read that the store has now.
    """
    with _lock:
        known = _known.get(wanted.key)
        if known is None and draft is not None and (drafted := _known.pop(draft, None)) is not None:
            if drafted.is_of(facts):
                known = _known[wanted.key] = drafted.take(wanted, first)
            else:
                drafted.drop()
        if known is not None:
            _known.move_to_end(wanted.key)
            return known
        return _begun(wanted, first)


def drafted(wanted: Wanted, facts: int, old: Hashable = None) -> Prepared:
    """The chapters of a meeting that nobody has begun, made in the background while nothing else is.

    Args:
        wanted: whose chapters. facts: the version of what questions read that the store has now.
        old: the key of the draft that the same reader had before: it is given up where it is not made yet.
    """
    with _lock:
        if old != wanted.key and (other := _known.get(old)) is not None and other.is_draft and not other.is_over:
            _known.pop(old).drop()
        known = _known.get(wanted.key)
        if known is not None and known.is_of(facts):
            return known
        if known is not None:
            known.drop()
        made = _begun(wanted, None, is_draft=True)
        drafts = [key for key, one in _known.items() if one.is_draft]
        for key in drafts[:-MOST_DRAFTS]:
            _known.pop(key).drop()
        return made


def end() -> None:
    """Give up all that is being made: when the server ends, or any program that has begun it."""
    with _lock:
        left = list(_known.values())
        _known.clear()
    for one in left:
        one.drop()
    for one in left:
        one.give_up(_LAST_PATIENCE)


atexit.register(end)  # a question that is at work when Python ends would abort the process


def is_waited_for(store: Store) -> bool:
    """Whether the steps of a meeting that somebody has begun are being made of a store."""
    with _lock:
        mine = [one for one in _known.values() if one.wanted.store.path == store.path and not one.is_draft]
    return any(not one.is_over and not one.is_dropped for one in mine)


alert_watch.waited_for.append(is_waited_for)


def _before(draft: Prepared) -> bool:
    """Whether anything is being made that a draft gives way to."""
    with _lock:
        others = [one for one in _known.values() if not one.is_draft or one.number < draft.number]
    return any(one is not draft and not one.is_over and not one.is_dropped for one in others)


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


def _begun(wanted: Wanted, first: str | None, *, is_draft: bool = False) -> Prepared:
    made = _known[wanted.key] = Prepared(wanted).begin(first, is_draft=is_draft)
    _known.move_to_end(wanted.key)
    while len(_known) > MOST:
        _known.popitem(last=False)[1].drop()
    return made


def places(order: Sequence[Planned]) -> tuple[Planned, ...]:
    """The steps that are held: those that are on."""
    return tuple(one for one in order if one.is_on)
