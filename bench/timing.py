"""How long something takes: medians, and two things in turns so that both meet the same machine."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Work = Callable[[], object]


def seconds(work: Work) -> float:
    """Run once."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median(work: Work, times: int, before: Work | None = None) -> float:
    """Median seconds of several runs; `before` is done before each and not counted."""
    with _no_garbage_collection():
        taken = []
        for _ in range(times):
            if before:
                before()
            taken.append(seconds(work))
        return statistics.median(taken)


def in_turns(ours: Work, theirs: Work, times: int, before: Work | None = None) -> tuple[float, float]:
    """Median seconds of two works, run in turns after one run of each that does not count."""
    first, second = [], []
    with _no_garbage_collection():
        for turn in range(times + 1):
            if before:
                before()
            one, other = seconds(ours), seconds(theirs)
            if turn:
                first.append(one)
                second.append(other)
    return statistics.median(first), statistics.median(second)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
