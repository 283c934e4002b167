"""A report: the chapters of a review with what must stand above them, before anybody writes it as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from data.review import held
from data.review.agenda import agenda, steps
from data.review.chapter import Chapter
from data.review.chapters import chapter
from metrics.errors import SalesError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from data.review.chapter import Asked
    from metrics.view import View

Kind = Literal["daily", "weekly", "monthly", "quarterly"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_AHEAD = ("landing", "deals")
"""The steps that look ahead, to where a period will end and what is due until then: nothing of one that is over."""
_BACK = ("monthly", "quarterly")
"""The reports of a period that is over. Others look ahead on its last day, too, as the meeting of that day does."""


@dataclass(frozen=True)
class Report:
    """What a file holds. Nothing of it depends on the clock: the same store gives the same file.

    `view`: the period, its filters and day. `since`: the day that changes are told from; `last_held`: whether that is
    the day of a review that was held. `who`: for whom it was made; empty for who sees everything. `noted`: what was
    noted in the meeting, by step. `sees_all`: whether who it was made for sees everything.
    """

    kind: Kind
    view: View
    since: date
    last_held: bool
    lang: str
    chapters: tuple[Chapter, ...]
    who: str = ""
    team: str | None = None
    currency: str | None = None
    noted: Mapping[str, str] = field(default_factory=dict)
    sees_all: bool = True


def report(
    asked: Asked,
    kind: Kind = "weekly",
    *,
    noted: Mapping[str, str] | None = None,
    told: Callable[[float, str], None] | None = None,
) -> Report:
    """Ask all steps that are on, in the company's order.

    Notes are those of the review that was held in the week of a weekly report, where none are given.
    A step that cannot be asked of these data says why, in its place; the others stand. Where a month's or
    quarter's report is of one that is over, what looks ahead is left out.

    Args:
        asked: for whom and of what. kind: which report it is. noted: what was noted in the meeting, by step.
        told: hears how far it is, 0-1, and the name of the step that comes next.
    """
    left_out = _AHEAD if kind in _BACK and asked.is_over else ()
    planned = [one for one in agenda(asked.seen) if one.is_on and one.id not in left_out]
    made: list[Chapter] = []
    for at, one in enumerate(planned):
        title = steps()[one.id].label.text(asked.lang)
        if told:
            told(at / len(planned), title)
        try:
            made.append(chapter(one, asked))
        except SalesError as error:
            made.append(Chapter(one.id, title, error.text(asked.lang)))
    return of_chapters(asked, tuple(made), kind, noted=held.noted(asked.seen, asked, kind) if noted is None else noted)


def of_chapters(
    asked: Asked, chapters: tuple[Chapter, ...], kind: Kind = "weekly", *, noted: Mapping[str, str] | None = None
) -> Report:
    """The report of chapters that were made already, such as those of a meeting."""
    viewer = asked.viewer
    return Report(
        kind=kind,
        view=asked.view,
        since=asked.since,
        last_held=asked.last_held,
        lang=asked.lang,
        chapters=chapters,
        who=viewer.email and (viewer.name or viewer.email),
        team=asked.team,
        currency=asked.currency,
        noted=noted or {},
        sees_all=viewer.sees_all,
    )
