"""How long leads wait for a first answer, those still waiting included.

The answer is the first activity, the first touch that the CRM tells, or the conversion, whichever came first. Leaving
out who is still waiting would make every team look quick: they count as waiting so far (Kaplan–Meier). Minutes are
believed only where nearly all answered leads have a time of day at both ends; else all is said in days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from metrics.catalog import Dimension, dimension, table
from metrics.errors import MeasureNotBy
from metrics.members import with_member
from metrics.notes import Note, note
from metrics.period import LAST
from metrics.query import Column, Query, Role, from_file
from metrics.survival import kaplan_meier, lasting
from metrics.view import View

LEAST_TIMED = 0.9
"""Of the leads answered by an activity or a touch, the part whose minutes must be known for hours to be shown."""
WITHIN = {"1h": 60, "4h": 240, "1d": 1440, "3d": 3 * 1440, "7d": 7 * 1440}
"""The spans of which it is said how many were answered within them, in minutes."""
DAYS_WITHIN = {"same_day": 0, "1_day": 1, "3_days": 3, "7_days": 7}
"""The same in days, where times of day are not known."""
_BY = ("rep", "team", "source", "region", "campaign", "industry", "manager")
_ENDS: tuple[Role, ...] = ("low", "high")


def response(view: View, by: str | Dimension | None = None) -> Query:
    """How long the leads created in the period waited for an answer.

    One row (per value of `by`, most leads first): `leads`, `answered`, `waiting`; `median_hours` and `p75_hours`, or
    where times are not known `median_days` and `p75_days` (null: not even that part has been answered);
    `within_1h`, `within_4h`, `within_1d`, `within_3d`, `within_7d` (in days:
    `within_same_day`, `within_1_day`…), each with `.low .high`.
    `rows("waiting")` are the leads that nobody has answered.

    Raises:
        MeasureNotBy: leads cannot be cut by this dimension.
    """
    period, until = view.period, view.as_of if view.is_past else LAST
    asked = from_file(
        "response", view, has_period=period is not None, from_on=period.from_on if period else view.as_of,
        to_on=period.to_on if period else view.as_of, until=min(until, view.as_of),
    )  # fmt: skip
    dim = dimension(by) if by is not None else None
    if dim is not None:
        asked = _cut_by(asked, dim)
    names = (dim.id,) if dim is not None else ()
    minutes = {f"within_{name}": f"population.minutes <= {span}" for name, span in WITHIN.items()}
    days = {f"within_{name}": f"population.days <= {span}" for name, span in DAYS_WITHIN.items()}
    within = {name: f"population.is_over = 1 and {where}" for name, where in (minutes | days).items()}
    counts = {"leads": None, "answered": "population.is_over = 1", "waiting": "population.is_over = 0"}
    columns = (
        *(Column(name, "by") for name in names),
        Column("rep_key", "detail"),
        *(Column(name, "value", unit="count", agg="count", where=where) for name, where in counts.items()),
        *(Column(name, "value", unit="hours") for name in ("median_hours", "p75_hours")),
        *(Column(name, "value", unit="days") for name in ("median_days", "p75_days")),
        *(Column(name, "value", unit="share", where=where) for name, where in within.items()),
        *(Column(f"{name}.{end}", end, unit="share") for name in within for end in _ENDS),
    )
    return replace(asked, columns=columns, by=names, finish="response")


def _cut_by(query: Query, dim: Dimension) -> Query:
    leads = table("leads")
    if dim.id not in _BY or not leads.has(dim):
        raise MeasureNotBy(measure="leads", dimension=dim.id)
    if dim.id not in leads.own and dim.via is not None:
        query = with_member(query, dim)
    return query.cut_by(dim.id)


# ---------------------------------------------------------------------------------------------------------- finishing


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Median, upper quartile and the shares within each span, by value."""
    raw = frames[0]
    touched = raw.filter((pl.col("is_over") == 1) & (pl.col("is_undated") == 0))
    timed, answered = (
        int(part.get_column("leads").sum()) for part in (touched.filter(pl.col("is_timed") == 1), touched)
    )
    is_timed = answered > 0 and timed >= LEAST_TIMED * answered
    if answered and not is_timed:
        notes.append(note("days_only"))
    undated = int(raw.filter((pl.col("is_undated") == 1) & (pl.col("is_over") == 0)).get_column("leads").sum())
    if undated:
        notes.append(note("answered_undated", count=undated))
    if raw.height and not answered:
        notes.append(note("nobody_answered"))
    known = raw.filter((pl.col("is_undated") == 0) | (pl.col("is_over") == 1))
    keys = list(query.by)
    groups = known.group_by(keys, maintain_order=True) if keys else [((), known)] if known.height else []
    rows = [dict(zip(keys, values, strict=True)) | _row(part, is_timed=is_timed) for values, part in groups]
    names = [column.name for column in query.columns if column.role != "detail"]
    frame = pl.DataFrame(rows, infer_schema_length=None) if rows else pl.DataFrame(schema=dict.fromkeys(names, pl.Null))
    kept = [name for name in names if name in frame.columns]
    return frame.select(kept).sort("leads", *keys, descending=[True, *(False for _ in keys)], nulls_last=True)


def _row(part: pl.DataFrame, *, is_timed: bool) -> dict[str, object]:
    """The numbers of some leads. Spans are in minutes or days."""
    unit, spans = ("minutes", WITHIN) if is_timed else ("days", DAYS_WITHIN)
    times = part.select(days=pl.col(unit), is_over=pl.col("is_over"), n=pl.col("leads"))
    curve = kaplan_meier(times)
    leads = int(part.get_column("leads").sum())
    over = int(part.filter(pl.col("is_over") == 1).get_column("leads").sum())
    row: dict[str, object] = {"leads": leads, "answered": over, "waiting": leads - over}
    for name, share in (("median", 0.5), ("p75", 0.75)):
        at = lasting(curve, share)
        row[f"{name}_hours" if is_timed else f"{name}_days"] = None if at is None else at / 60 if is_timed else at
    seen = int(times.get_column("days").max() or 0)  # type: ignore[arg-type]
    for name, span in spans.items():
        row |= _within(curve, span, f"within_{name}", is_known=seen >= span)
    return row


def _within(curve: pl.DataFrame, span: int, name: str, *, is_known: bool) -> dict[str, float | None]:
    """The share answered within a span, with its range; nothing where nobody was waited for so long."""
    reached = curve.filter(pl.col("days") <= span)
    if not is_known:
        return {name: None, f"{name}.low": None, f"{name}.high": None}
    if not reached.height:
        return {name: 0.0, f"{name}.low": 0.0, f"{name}.high": None}
    share, low, high = reached.select("share", "low", "high").row(-1)
    ends = {f"{name}.low": None if high is None else 1 - high, f"{name}.high": None if low is None else 1 - low}
    return {name: 1 - share, **ends}
