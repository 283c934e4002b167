"""What the data say became of a decision, outcome by outcome: deterministic, and the same for whoever asks.

A promise is judged on the day it was due: what held then is done, whatever came later; what came later is done late.
Before that day, it is judged by today. Nothing is claimed beyond the last upload that can tell, and nothing at all
where none came since. Where uploads are a week apart, what happened between two of them is late only if the one on
or after the day it was due did not show it yet (decision 0019).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from data.review.course import Course
from data.review.decided import Action, Said, Verdict
from data.review.outcomes import Expected
from metrics.catalog import measure as measure_of

if TYPE_CHECKING:
    from data.review.decided import Told
    from data.store import Snapshot


class Upload(NamedTuple):
    """One upload that counts. `is_full`: everything there is was in it. `columns`: the fields that it carried."""

    id: int
    table: str
    as_of: date
    is_full: bool
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Uploads:
    """The uploads that count, up to a day."""

    listed: tuple[Upload, ...]

    def telling(self, tables: tuple[str, ...], column: str | None, *, is_any: bool) -> list[Upload]:
        """Those of the tables that can tell: of all that the company loads, or of the first of them.

        Args:
            column: of deals, only those that carried it can.
        """
        able = [one for one in self.listed if one.table != "deals" or column is None or column in one.columns]
        there = [table for table in tables if any(one.table == table for one in able)]
        return [one for one in able if one.table in (there if is_any else there[:1])]


def uploads(seen: Snapshot, day: date) -> Uploads:
    """The uploads that count and that speak of a day, up to this one."""
    found = seen.frame(
        "select id, table_name, as_of, coalesce(is_full, false) as is_full, columns from ops.uploads"
        " where not is_undone and as_of <= $day order by as_of, id",
        {"day": day},
    )
    return Uploads(tuple(Upload(row[0], row[1], row[2], row[3], tuple(row[4] or ())) for row in found.iter_rows()))


@dataclass(frozen=True)
class Case:
    """One decision, looked at from a day. `course`: of the deal it is about."""

    seen: Snapshot
    action: Action
    day: date
    uploads: Uploads
    course: Course = field(default_factory=Course)

    @property
    def expected(self) -> Expected:
        """What is expected; only of decisions that expect something."""
        if self.action.expected is None:
            raise ValueError(self.action.id)
        return self.action.expected

    def telling(self) -> list[tuple[int, date]]:
        """The uploads that can tell, number and day: of deals those that held this one, or everything."""
        declared = self.expected.declared
        tables = declared.tables or tables_of(self.action)
        able = self.uploads.telling(tables, declared.column, is_any=declared.is_any)
        held = {id_ for id_, _ in self.course.held}
        is_deal = self.action.kind == "deal"
        return [
            (one.id, one.as_of) for one in able if one.is_full or one.table != "deals" or not is_deal or one.id in held
        ]

    def reach(self) -> date | None:
        """The day of the last upload that can tell and came after the decision; None where none did."""
        known, last = self.action.before.known_on, self.action.before.upload
        newer = [day for id_, day in self.telling() if known is None or day > known or (day == known and id_ > last)]
        return max(newer, default=None)


def tables_of(action: Action) -> tuple[str, ...]:
    """The tables of the measure that a decision expects to change."""
    one = action.expected
    if one is None:
        return ()
    if one.outcome == "attainment":
        return tables_of_measure((action.subject or "").split(":")[0])
    return tables_of_measure(one.text("measure")) if "measure" in one.given else ()


def tables_of_measure(id_: str) -> tuple[str, ...]:
    """The tables that a measure counts in."""
    return tuple(dict.fromkeys(table for table in (measure_of(id_).table,) if table))


Check = Callable[[Case, date], Verdict]
_CHECKS: dict[str, Check] = {}


def check(outcome: str) -> Callable[[Check], Check]:
    """Make a function the one that judges an outcome: of the case, and the last day of which anything is known."""

    def named(function: Check) -> Check:
        _CHECKS[outcome] = function
        return function

    return named


def checks() -> dict[str, Check]:
    """The functions by the outcome they judge."""
    return dict(_CHECKS)


def judged(case: Case) -> Verdict:
    """What the data say of a decision on the day of the case."""
    action = case.action
    if action.expected is None:
        is_over = case.day > action.due_on
        return Verdict("overdue" if is_over else "unknown", (Said("by_hand"),))
    reach = case.reach()
    if reach is None:
        return Verdict("unknown", (Said("no_data", {"since": iso(action.before.known_on or action.decided_on)}),))
    told = _CHECKS[action.expected.outcome](case, reach)
    evidence = told.evidence
    if told.outcome != "done" and reach < case.day and case.day > action.due_on:
        evidence = (*evidence, Said("reach", {"on": iso(reach)}))
    return told._replace(evidence=evidence, reach=reach)


def unmet(case: Case, reach: date, evidence: tuple[Said, ...], *, has_moved: bool) -> Verdict:
    """What is not met: overdue once the data reach beyond the day it was due."""
    outcome: Told = "overdue" if reach > case.action.due_on else "moved" if has_moved else "not_moved"
    return Verdict(outcome, evidence)


def met(case: Case, evidence: Said, met_on: date | None, *, is_late: bool = False) -> Verdict:
    """What is met, on a day where it is known."""
    late = (Said("late", {"on": iso(case.action.due_on)}),) if is_late else ()
    return Verdict("done", (evidence, *late), met_on, is_late)


def iso(day: date | None) -> str | None:
    """A day as evidence holds it."""
    return day.isoformat() if day else None
