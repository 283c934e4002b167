"""Whether a target is SMART: specific, measurable, achievable, relevant, bound in time, each with what it stands on.

Nothing is scored. Achievable is told from the owner's own past only; relevant is a target that this one serves, where
there is one: the same measure one level up, or a measure that a KPI tree makes of this one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple

from metrics.catalog import measure
from metrics.kpi_tree import trees
from metrics.notes import note
from metrics.target import Span
from metrics.target_pace import LEAST_PAST

Letter = Literal["specific", "measurable", "achievable", "relevant", "timed"]
LETTERS: tuple[Letter, ...] = ("specific", "measurable", "achievable", "relevant", "timed")
EASY, BOLD = 0.25, 0.9
"""Reached by all but a quarter of the spans before it is easy, by fewer than a tenth of them it is bold."""


class Check(NamedTuple):
    """One letter: whether it holds (None: nobody can say), the code of its sentence, and the facts in it."""

    letter: Letter
    holds: bool | None
    code: str
    facts: dict[str, object]

    def text(self, lang: str, written: Callable[[float], str]) -> str:
        """Its sentence; `written` puts a number of the measure into words."""
        facts = {
            name: written(value) if isinstance(value, float) else value
            for name, value in self.facts.items() if value is not None
        }  # fmt: skip
        return note(f"smart_{self.code}", **facts).text(lang)


def smart(
    of: str, span: Span, row: Mapping[str, Any], as_of: date, has_data: bool, others: Collection[str] = ()
) -> list[Check]:
    """The five checks of one target.

    Args:
        of: the measure. span: the target's days. row: of the answer of `standing`.
        as_of: today. has_data: whether anything is on record of the measure.
        others: measures with targets in this span.
    """
    return [
        Check("specific", True, "specific", {"value": row["target"]}),
        _measurable(of, row, has_data),
        _achievable(row),
        _relevant(of, row, others),
        _timed(span, as_of),
    ]


def _measurable(of: str, row: Mapping[str, Any], has_data: bool) -> Check:
    """What nothing is on record of cannot be told, nor a sum of which nothing that it is made of is known."""
    one, is_seen = measure(of), row["spans"] is not None
    if has_data and one.refuse_when is not None and one.additive == "all" and is_seen and row["actual"] is None:
        return Check("measurable", False, "not_known", {"measure": of, "reason": one.refuse_when.reason})
    return Check("measurable", has_data, "measurable" if has_data else "not_measured", {"measure": of})


def _achievable(row: Mapping[str, Any]) -> Check:
    if row["spans"] is None:  # what is in view has been looked at in some spans, or in none
        return Check("achievable", None, "out_of_view", {})
    spans, percentile = row["spans"], row["percentile"]
    facts = {"spans": spans, "reached": row["reached"] or 0, "best": row["best_past"], "least": LEAST_PAST}
    if percentile is None:
        return Check("achievable", None, "too_little_history", facts)
    if not row["reached"]:
        return Check("achievable", False, "never_reached", facts)
    code = "easy" if percentile <= EASY else "bold" if percentile > BOLD else "achievable"
    return Check("achievable", True, code, facts)


def _relevant(of: str, row: Mapping[str, Any], others: Collection[str]) -> Check:
    if row["scope"] != "company" and row["depth"]:
        code = "serves_above" if row["parent"] else "serves_company"
        return Check("relevant", True, code, {"parent": row["parent"] or ""})
    served = serves(of) & set(others)
    if served:
        return Check("relevant", True, "serves_measure", {"measure": min(served)})
    return Check("relevant", None, "serves_nothing", {})


def serves(of: str) -> set[str]:
    """The measures that a KPI tree makes of this one: the won amount of the win rate."""
    return {
        tree.result for tree in trees().values()
        if tree.result != of and any(of in (factor.measure, factor.of) for factor in tree.factors)
    }  # fmt: skip


def _timed(span: Span, as_of: date) -> Check:
    facts: dict[str, object] = {"from_on": span.starts_on, "to_on": span.ends_on}
    code = "ahead" if as_of < span.starts_on else "over" if span.ends_on <= as_of else "running"
    return Check("timed", True, code, facts)
