"""The chapters of a review: each step's module makes its own from what was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, cast

from data.review.agenda import Planned, agenda

if TYPE_CHECKING:
    from data.review.chapter import Asked, Chapter

Make = Callable[["Asked"], "Chapter"]


def chapter(planned: Planned, asked: Asked) -> Chapter:
    """What one step says.

    Args:
        planned: the step, with its thresholds. asked: for whom and of what.
    """
    make = cast("Make", import_module(f"data.review.steps.{planned.id}").chapter)
    return make(replace(asked, limits=planned.limits))


def chapters(asked: Asked) -> Iterator[Chapter]:
    """What all steps say that are on, one after the other, in the company's order."""
    for planned in agenda(asked.seen):
        if planned.is_on:
            yield chapter(planned, asked)
