"""What a reader is looking at: the period, the comparison, the chosen values and the day it is seen from.

A View has four faces: days and values for the compiler, a sentence in two languages, and a URL both ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from metrics import period as spans
from metrics.catalog import Dimension, dimension
from metrics.errors import BadPeriod, UnknownPreset, nearest
from metrics.notes import Note
from metrics.period import Period

PRESETS = (
    "all",
    "this_week",
    "last_week",
    "this_month",
    "last_month",
    "this_quarter",
    "last_quarter",
    "this_year",
    "last_year",
    "this_fiscal_year",
    "last_fiscal_year",
    "this_fiscal_quarter",
    "last_fiscal_quarter",
    "mtd",
    "qtd",
    "ytd",
    "last_30",
    "last_90",
    "last_12_months",
    "custom",
)
Compare = Literal["none", "previous", "last_year"]
Values = tuple[str | None, ...]


class View(BaseModel):
    """One way of looking at the numbers; frozen, so it can be a key.

    Attributes:
        preset: one of PRESETS; "custom" when days are given.
        from_on, to_on: days of a custom period, both included; one of them alone leaves the other end open.
        compare: what the period is compared with.
        filters: chosen values by dimension id; None stands for "unassigned".
        as_of: "today" as the store knows it, never the wall clock.
        is_past: `as_of` is earlier than the store's day, so nothing later is counted.
        fiscal_start: first month of the fiscal year. week_start: ISO weekday. Both are settings.
        headline: the measure that "attainment" alone is about, a setting.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of: date
    preset: str = "all"
    from_on: date | None = None
    to_on: date | None = None
    compare: Compare = "none"
    filters: tuple[tuple[str, Values], ...] = ()
    is_past: bool = False
    fiscal_start: int = 1
    week_start: int = 1
    headline: str = "won_amount"

    @model_validator(mode="before")
    @classmethod
    def _days_make_it_custom(cls, given: object) -> object:
        if isinstance(given, dict) and (given.get("from_on") or given.get("to_on")):
            return {**given, "preset": "custom"}
        return given

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        """Refuse what could not be asked: a period of negative length, unknown presets and dimensions."""
        if self.preset not in PRESETS:
            raise UnknownPreset(name=self.preset, suggestion=nearest(self.preset, PRESETS))
        if self.from_on and self.to_on and self.to_on < self.from_on:
            raise BadPeriod(from_on=self.from_on, to_on=self.to_on)
        for name, _ in self.filters:
            dimension(name)
        return self

    @cached_property
    def period(self) -> Period | None:
        """The days looked at; None means all rows, also those without a date."""
        if self.preset == "all" or (self.preset == "custom" and not (self.from_on or self.to_on)):
            return None
        if self.preset != "custom":
            from_on, to_on = spans.preset_days(self.preset, self.as_of, self.fiscal_start, self.week_start)
        else:
            from_on = self.from_on or spans.FIRST
            to_on = self.to_on or max(self.as_of, from_on)
        return spans.period(from_on, to_on, self.as_of)

    @cached_property
    def before(self) -> Period | None:
        """The days compared with: as many as have gone by of an unfinished period."""
        now = self.period
        if now is None or self.compare == "none" or (self.from_on is None and self.preset == "custom"):
            return None
        return spans.previous(now) if self.compare == "previous" else spans.last_year(now)

    @property
    def begins_on(self) -> date | None:
        """The first day that is asked for; None where nobody said where to begin."""
        return self.period.from_on if self.period and self.period.from_on > spans.FIRST else None

    @property
    def is_ahead(self) -> bool:
        """Whether the period begins after the as-of day, so that nothing of it is on record."""
        return self.period is not None and self.period.from_on > self.as_of

    @property
    def is_filtered(self) -> bool:
        """Whether some rows are left out by what they are of, not by their day."""
        return any(values for _, values in self.filters)

    @property
    def at(self) -> date:
        """The day stocks are read at: the last day of the period, but not after the as-of day."""
        return min(self.period.to_on, self.as_of) if self.period else self.as_of

    @property
    def at_before(self) -> date | None:
        """The day stocks are compared with."""
        return self.before.to_on if self.before else None

    def with_filter(self, dim: str | Dimension, values: Iterable[str | None] | str | None) -> View:
        """This view with `dim` restricted to `values`; no values at all lifts the restriction."""
        name = dimension(dim).id
        chosen = (values,) if isinstance(values, str) or values is None else tuple(values)
        kept = tuple((other, old) for other, old in self.filters if other != name)
        return self._changed(filters=(*kept, (name, chosen)) if chosen else kept)

    def with_period(self, preset: str | None = None, from_on: date | None = None, to_on: date | None = None) -> View:
        """This view over another period: a preset, or days."""
        return self._changed(preset=preset or "custom", from_on=from_on, to_on=to_on)

    def spanned(self) -> View:
        """This view, over the last twelve months where it has no period: what is told of a span needs one."""
        return self if self.period else self.with_period("last_12_months")

    def with_compare(self, compare: Compare) -> View:
        """This view with another comparison."""
        return self._changed(compare=compare)

    def seen_on(self, day: date) -> View:
        """This view as of another day; an earlier one counts nothing after it."""
        return self._changed(as_of=day, is_past=self.is_past or day < self.as_of)

    def compared(self) -> View | None:
        """The view of the compared days themselves, or None: to draw them beside this one."""
        if self.before is None:
            return None
        return self._changed(preset="custom", from_on=self.before.from_on, to_on=self.before.to_on, compare="none")

    def _changed(self, **changes: object) -> View:
        return View.model_validate({**self.model_dump(), **changes})

    def key(self) -> tuple[object, ...]:
        """Everything that can change an answer, hashable."""
        return tuple(getattr(self, name) for name in type(self).model_fields)

    def chosen(self, dim: str | Dimension) -> Values:
        """The values `dim` is restricted to, empty when it is not."""
        return dict(self.filters).get(dimension(dim).id, ())

    def sentence(self, lang: str = "en") -> str:
        """The view in words: "1 Jan – 30 Jun 2026, compared with 1 Jan – 30 Jun 2025; team is 华东"."""
        from metrics.sentence import sentence

        return sentence(self, lang)

    def to_url(self) -> dict[str, str]:
        """Query parameters that lead back to this view; defaults are left out."""
        from metrics.address import to_url

        return to_url(self)

    @classmethod
    def from_url(
        cls,
        params: Mapping[str, str],
        as_of: date,
        *,
        fiscal_start: int = 1,
        week_start: int = 1,
        headline: str = "won_amount",
    ) -> tuple[View, list[Note]]:
        """The view a link asks for. What cannot be read is ignored with a Note: a link is never an error."""
        from metrics.address import from_url

        base = cls(as_of=as_of, fiscal_start=fiscal_start, week_start=week_start, headline=headline)
        return from_url(params, base)
