"""What one step of a review says, in one language: the same for the wall screen, slides, workbooks, pages and minutes.

A chapter is made of answers and holds no pixel and no query language: whoever shows it draws its pictures in their own
way. Numbers are as they were answered, never rounded; texts are plain (whoever shows them escapes them).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from data.store import Snapshot
    from metrics.query import Query
    from metrics.view import View
    from metrics.viewer import Viewer

Kind = Literal["bars", "columns", "waterfall", "line"]
Role = Literal["value", "before", "target", "low", "high"]


class Subject(NamedTuple):
    """What a decision can be about: a deal (its id), a rep, a customer, a target (measure), or nothing."""

    kind: Literal["deal", "rep", "customer", "target", "none"]
    id: str | None = None
    label: str = ""


class Source(NamedTuple):
    """Where a number comes from: `query.rows(column, **at)` are the rows it stands on."""

    query: Query
    column: str | None = None
    at: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Value:
    """One number of a step.

    `unit`: as of measures (money, count, share, days, points, number). `measure`: its id, where it is one: its meaning
    is the catalogue's, and `ask` of the same view says the same. `meaning`: its rule, where it is none. `why`: the
    reason, where `value` is None. `before`: the same at `before_label` (the review before, the period before).
    """

    label: str
    value: float | None
    unit: str
    measure: str | None = None
    meaning: str = ""
    why: str = ""
    before: float | None = None
    before_label: str = ""
    better: Literal["higher", "lower"] | None = None
    source: Source | None = None


class Series(NamedTuple):
    """Values of a picture, one per label; None where there is none."""

    name: str
    values: tuple[float | None, ...]
    role: Role = "value"


@dataclass(frozen=True)
class Picture:
    """A drawing as data: `labels` along, `series` up, all of one `unit`.

    bars: lying, for names. columns: standing, for time. line: over time. waterfall: from a start to an end: the first
    and the last label are levels, those between are changes (signed) that lead from one to the other.
    `sources`: for each label, what the number of the first series stands on; empty where no rows can be opened.
    """

    name: str
    title: str
    rule: str
    kind: Kind
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    sources: tuple[Source | None, ...] = ()
    colours: tuple[Literal["good", "bad", "plain"], ...] = ()
    """What each label's value means, where it means something; colour is never its only sign."""


class Head(NamedTuple):
    """A column of a list. `unit`: "text", "day", or a unit of numbers."""

    name: str
    label: str
    unit: str = "text"


@dataclass(frozen=True)
class Listing:
    """A list of things to talk about: rows in the order in which they matter, `more` others not listed."""

    name: str
    title: str
    rule: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Any, ...], ...]
    subjects: tuple[Subject, ...] = ()
    """One per row, so that a decision can be about it; empty where rows are nothing that can be decided about."""
    more: int = 0
    source: Source | None = None


@dataclass(frozen=True)
class Chapter:
    """What one step says. `finding`: the one sentence in large type; `further`: what else must be said, one line each.

    `is_good`: whether the finding is good news; None where it is neither. `notes`: what must be known to read it.
    """

    step: str
    title: str
    finding: str
    is_good: bool | None = None
    further: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    pictures: tuple[Picture, ...] = ()
    lists: tuple[Listing, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """For whom and of what a review is made.

    `view`: its period (whose target is talked about), filters and day. `since`: the day that it is compared with: that
    of the last review that was held, else a week before. `last_held`: whether there was one. `limits`: the thresholds
    of this step, as saved by the company (agenda.toml). `team`: of one team; the view is filtered by it then.
    """

    seen: Snapshot
    viewer: Viewer
    view: View
    since: date
    last_held: bool
    lang: str
    currency: str | None = None
    team: str | None = None
    limits: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether nothing of the period is to come: seen from its last day, targets were met or missed."""
        period = self.view.period
        return period is not None and period.to_on <= self.view.as_of
