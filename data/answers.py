"""Answers that are remembered: the ones asked last, as many as fit into a number of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Event, Lock

import polars as pl


class Answers:
    """Frames by question, the least recently asked forgotten first.

    A frame is shared between all who ask: polars frames do not change. May be used by many threads.
    """

    def __init__(self, capacity: int) -> None:
        """Remember up to `capacity` bytes."""
        self._capacity = capacity
        self._bytes = 0
        self._held: OrderedDict[Hashable, tuple[pl.DataFrame, int]] = OrderedDict()
        self._expected: dict[Hashable, Event] = {}
        self._lock = Lock()

    def get(self, question: Hashable) -> pl.DataFrame | None:
        """The frame that answered `question`, or None; one that is expected is waited for."""
        with self._lock:
            coming = self._expected.get(question)
        if coming is not None:
            coming.wait()
        with self._lock:
            found = self._held.get(question)
            if found is None:
                return None
            self._held.move_to_end(question)
            return found[0]

    def expect(self, question: Hashable) -> bool:
        """Whether `question` is neither answered nor expected yet; then it is, until `settle`, which must follow."""
        with self._lock:
            if question in self._held or question in self._expected:
                return False
            self._expected[question] = Event()
            return True

    def settle(self, question: Hashable) -> None:
        """Whoever waits for `question` goes on, whether it was answered or not."""
        with self._lock:
            self._expected.pop(question).set()

    def put(self, question: Hashable, frame: pl.DataFrame) -> None:
        """Remember `frame`, unless it alone is more than a quarter of all there is room for."""
        size = int(frame.estimated_size()) + 256  # the question and its place cost something too
        if size > self._capacity // 4:
            return
        with self._lock:
            before = self._held.pop(question, None)
            self._bytes += size - (before[1] if before else 0)
            self._held[question] = (frame, size)
            while self._bytes > self._capacity:
                _, (_, dropped) = self._held.popitem(last=False)
                self._bytes -= dropped

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._held)

    @property
    def bytes(self) -> int:
        """What is remembered, in bytes."""
        return self._bytes
