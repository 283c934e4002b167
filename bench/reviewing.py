"""How long the weekly review takes on the large store: its chapters made, made again and shown; and the register."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

from bench import stepping
from bench.results import Measured
from bench.stores import WEEKS, Scale, large
from bench.timing import Work, seconds
from data.review.agenda import usual
from data.review.alert_rules import fired
from data.review.asking import asked
from data.review.chapter import Asked
from data.review.chapters import chapter
from data.store import Store, open_store
from metrics.viewer import EVERYTHING

_MS = 1000
_CHANGE = 300
"""Milliseconds in which the next step is there."""


def measure(scale: Scale) -> Iterator[Measured]:
    """The review of everybody's running quarter, one step after the other as in the background."""
    whole, on = large(scale), f"{scale.name} deals × {WEEKS} exports"
    store = open_store(whole, create=False)
    try:
        yield from of_store(store, on)
    finally:
        store.close()
    yield from stepping.of_store(whole, on)


def of_store(store: Store, on: str) -> Iterator[Measured]:
    """The same of any store; nothing is written to it.

    Args:
        store: what is asked. on: how large it is, in words.
    """
    with store.snapshot() as seen:
        store.answers.clear()
        begun: list[Asked] = []
        taken = _processor(lambda: begun.append(asked(seen, EVERYTHING, "en")))
        whole = 0.0
        for planned in usual():
            taken += _processor(partial(chapter, planned, begun[0]))
            what = f"step {planned.id}" if whole else f"a meeting's first step, {planned.id}"
            yield Measured("review", f"processor time of {what}, cold, {on}", taken * _MS, "ms")
            whole, taken = whole + taken, 0.0
        yield Measured("review", f"processor time of all steps, cold, {on}", whole, "s")
        for planned in usual():
            again = seconds(partial(chapter, planned, begun[0]))
            what = f"step {planned.id} from remembered answers, {on}"
            yield Measured("review", what, again * _MS, "ms", budget=_CHANGE)
        store.answers.clear()
        look = _processor(partial(fired, seen))
        yield Measured("review", f"processor time of a look of the register of risks, cold, {on}", look, "s")


def _processor(work: Work) -> float:
    """Seconds that all cores worked on it: chapters are made in the background, where other work slows the clock."""
    started = time.process_time()
    work()
    return time.process_time() - started
