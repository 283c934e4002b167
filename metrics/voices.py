"""What customers and colleagues say of a salesperson, and how many of those who were asked said anything.

NPS is the share of promoters (9 and 10 of 10) less that of detractors (0 to 6), between −100 and 100. CSAT is the share
that gave at least four fifths of the scale. Colleagues (`peer`), the person (`self`) and the manager (`manager`) give
means. Who does not answer may think otherwise than who does: the response rate stands beside every number, and where a
file holds answers only, it is not known. NPS has the variance (p + d − (p − d)²) ÷ n of a score of −1, 0 or 1.

Source: F. F. Reichheld (2003), The one number you need to grow, Harvard Business Review 81(12):46–54.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import fsum, sqrt
from typing import NamedTuple

import polars as pl

from metrics.intervals import Z, wilson, wilson_of
from metrics.notes import Note, note
from metrics.period import FIRST
from metrics.proportions import differ, discoveries
from metrics.query import Column, Query, Role, from_file
from metrics.scores import two_sided
from metrics.view import View

KINDS = ("nps", "csat", "peer", "self", "manager")
"""Kinds of surveys that are known, in the order in which they are shown."""
PROMOTES, DETRACTS = 9, 6
"""From so much on somebody promotes; up to so much they detract."""
SATISFIED = 0.8
"""Of the scale, from where on somebody is satisfied."""
SCALES = (5, 10, 100)
"""Scales that scores may be on: the smallest that holds all of them is meant."""
LEAST = 10
"""Answers on either side for a difference to be judged."""
LEAST_FOR_RANGE = 5
"""Answers from which on a mean has a range: of two that agree it would be no width at all."""
_ENDS: tuple[Role, ...] = ("low", "high", "n")


class Said(NamedTuple):
    """A number of answers: its value with the range at 95 %, how many answers, and their variance."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    variance: float


def nps(promoters: int, passives: int, detractors: int) -> Said:
    """Promoters less detractors, in hundredths of all answers; the range stays within −100 and 100."""
    count = promoters + passives + detractors
    if not count:
        return Said(None, None, None, 0, 0.0)
    more, apart = (promoters + detractors) / count, (promoters - detractors) / count
    variance = more - apart**2
    margin = Z * sqrt(variance / count)
    low, high = max(-1.0, apart - margin), min(1.0, apart + margin)
    return Said(100 * apart, 100 * low, 100 * high, count, 1e4 * variance)


def scale_of(scores: Sequence[float]) -> int:
    """The scale that scores are on."""
    most = max(scores, default=0)
    return next((scale for scale in SCALES if most <= scale), SCALES[-1])


def said(kind: str, scores: Sequence[tuple[float, int]], scale: int) -> Said:
    """What the scores of one kind come to.

    Args:
        kind: one of KINDS; others give means. scores: score and how many gave it. scale: of CSAT.
    """
    if kind == "nps":
        return nps(*counted(scores))
    count = sum(n for _, n in scores)
    if not count:
        return Said(None, None, None, 0, 0.0)
    if kind == "csat":
        satisfied = sum(n for score, n in scores if score >= SATISFIED * scale)
        share = satisfied / count
        return Said(share, *wilson_of(satisfied, count), count, share * (1 - share))
    mean = fsum(score * n for score, n in scores) / count
    variance = fsum(n * (score - mean) ** 2 for score, n in scores) / max(count - 1, 1)
    if count < LEAST_FOR_RANGE:
        return Said(mean, None, None, count, variance)
    margin = Z * sqrt(variance / count)
    return Said(mean, mean - margin, mean + margin, count, variance)


def counted(scores: Sequence[tuple[float, int]]) -> tuple[int, int, int]:
    """Promoters, passives, detractors: of scores and how many gave each."""
    promoters = sum(n for score, n in scores if score >= PROMOTES)
    detractors = sum(n for score, n in scores if score <= DETRACTS)
    return promoters, sum(n for _, n in scores) - promoters - detractors, detractors


def voices(rep: str, view: View) -> Query:
    """What was said of a salesperson, kind by kind, beside what was said of the others in view.

    One row per `kind`: `unit` (number or share); `sent`, `answered`, `response_rate` with `.low .high .n` (null where
    nothing but answers is on record); `value` (of `scale`) with `.low .high .n`; `promoters`, `passives`, `detractors`;
    `others` and `others.n`; `is_beyond_chance` (all kinds judged together). `rows("answered", kind=…)` are the answers.
    """
    days = view.period
    asked = from_file(
        "voices", view.with_filter("rep", ()), rep=rep, from_on=days.from_on if days else FIRST, to_on=view.at
    )
    own, answered = "population.side = 'own'", "population.is_answered = 1"
    spans = {
        "promoters": f"population.score >= {PROMOTES}", "detractors": f"population.score <= {DETRACTS}",
        "passives": f"population.score > {DETRACTS} and population.score < {PROMOTES}",
    }  # fmt: skip
    columns = (
        Column("kind", "by"), *(Column(name, "detail") for name in ("customer_key", "rep_key")),
        Column("sent", "value", unit="count", where=own),
        Column("answered", "value", unit="count", where=f"{own} and {answered}"),
        Column("response_rate", "value", unit="share", where=own),
        *(Column(f"response_rate.{end}", end, unit="share") for end in _ENDS),
        Column("value", "value", unit="number", where=f"{own} and {answered}"),
        *(Column(f"value.{end}", end) for end in _ENDS),
        *(Column(name, "value", unit="count", where=f"{own} and {where}") for name, where in spans.items()),
        Column("others", "value", unit="number", where=f"population.side = 'others' and {answered}"),
        Column("others.n", "n"), Column("is_beyond_chance", "flag"),
    )  # fmt: skip
    return replace(asked, columns=columns, by=("kind",), finish="voices")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Kinds that anybody was asked, each with what it comes to on both sides."""
    raw = frames[0]
    rows, p_values = [], []
    for kind in [*KINDS, *sorted(set(raw.get_column("kind").drop_nulls()) - set(KINDS))]:
        part = raw.filter(pl.col("kind") == kind)
        own, others = (part.filter(pl.col("side") == side) for side in ("own", "others"))
        if own.is_empty():
            continue
        scale = 10 if kind == "nps" else scale_of(part.get_column("score").drop_nulls().to_list())
        mine, theirs = (said(kind, _scores(one), scale) for one in (own, others))
        rows.append(_row(kind, own, mine, theirs, scale))
        p_values.append(apart(kind, mine, theirs))
    if rows and all(row["response_rate"] is None for row in rows):
        notes.append(note("answers_only"))
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    stand = pl.Series("is_beyond_chance", discoveries(p_values), pl.Boolean)
    return frame.with_columns(stand)


_SCHEMA = {
    "kind": pl.String, "unit": pl.String, "sent": pl.Int64, "answered": pl.Int64, "response_rate": pl.Float64,
    "response_rate.low": pl.Float64, "response_rate.high": pl.Float64, "response_rate.n": pl.Int64,
    "value": pl.Float64, "value.low": pl.Float64, "value.high": pl.Float64, "value.n": pl.Int64, "scale": pl.Int64,
    "promoters": pl.Int64, "passives": pl.Int64, "detractors": pl.Int64, "others": pl.Float64, "others.n": pl.Int64,
}  # fmt: skip


def _scores(part: pl.DataFrame) -> list[tuple[float, int]]:
    return list(part.filter(pl.col("is_answered") == 1).select("score", "surveys").iter_rows())


def _row(kind: str, own: pl.DataFrame, mine: Said, theirs: Said, scale: int) -> dict[str, object]:
    sent = int(own.get_column("surveys").sum())
    is_known = sent > mine.n
    low, high = wilson(pl.lit(mine.n), pl.lit(sent))
    ends = pl.select(low=low, high=high).row(0) if is_known else (None, None)
    counts = counted(_scores(own)) if kind == "nps" else (None, None, None)
    return {
        "kind": kind, "unit": "share" if kind == "csat" else "number", "sent": sent, "answered": mine.n,
        "response_rate": mine.n / sent if is_known else None, "response_rate.low": ends[0],
        "response_rate.high": ends[1], "response_rate.n": sent if is_known else None,
        "value": mine.value, "value.low": mine.low, "value.high": mine.high, "value.n": mine.n, "scale": scale,
        **dict(zip(("promoters", "passives", "detractors"), counts, strict=True)),
        "others": theirs.value, "others.n": theirs.n,
    }  # fmt: skip


def apart(kind: str, mine: Said, theirs: Said) -> float | None:
    """The p-value that both sides say the same; None with too few answers.

    Variances are pooled, as if both did: of few answers that happen to agree the own one is too small.
    """
    if min(mine.n, theirs.n) < LEAST or mine.value is None or theirs.value is None:
        return None
    if kind == "csat":
        return differ(round(mine.value * mine.n), mine.n, round(theirs.value * theirs.n), theirs.n)
    count, gap = mine.n + theirs.n, mine.value - theirs.value
    within = (mine.n * mine.variance + theirs.n * theirs.variance) / count
    variance = within + mine.n * theirs.n * gap**2 / count**2
    spread = sqrt(variance * (1 / mine.n + 1 / theirs.n))
    return two_sided(gap / spread) if spread else None
