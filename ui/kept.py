"""What is made of answers, kept, so that a page that is run again does not make it again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The things made last, at most `most` of them, each beside the answers it was made of.

    Answers are remembered (metrics/finish.py), so the same question of the same version and row scope gives the very
    same object. What was made of it goes by its id; as long as it is held here, no other answer can have that id.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, tuple[tuple[object, ...], T]] = OrderedDict()
        self._lock = Lock()

    def of(self, answers: tuple[object, ...], key: Hashable, make: Callable[[], T]) -> T:
        """What `make` makes of these answers for `key`; made once."""
        whole = (tuple(map(id, answers)), key)
        with self._lock:
            if whole in self._held:
                self._held.move_to_end(whole)
                return self._held[whole][1]
        made = make()
        with self._lock:
            self._held[whole] = (answers, made)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return made
