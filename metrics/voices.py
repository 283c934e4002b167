"""What customers and colleagues say of a salesperson, and how many of those who were asked said anything.

NPS is the share of promoters (9 and 10 of 10) less that of detractors (0 to 6), between −100 and 100. CSAT is the share
that gave at least four fifths of the scale. Colleagues (`peer`), the person (`self`) and the manager (`manager`) give
means. Who does not answer may think otherwise than who does: the response rate stands beside every number, and where a
file holds answers only, it is not known. NPS has the variance (p + d − (p − d)²) ÷ n of a score of −1, 0 or 1. Where
one customer answers more than once, n is what the answers are worth (metrics/repeated.py). The scale of a kind is told
by all its scores on record (step survey_scales); a score outside of it is left out, and counted.

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
from metrics.repeated import likeness, squares, worth
from metrics.scores import two_sided
from metrics.view import View

KINDS = ("nps", "csat", "peer", "self", "manager")
"""Kinds of surveys that are known, in the order in which they are shown."""
PROMOTES, DETRACTS = 9, 6
"""From so much on somebody promotes; up to so much they detract."""
SATISFIED = 0.8
"""Of the scale, from where on somebody is satisfied."""
UNSATISFIED = 0.4
"""Of the scale, up to where somebody is not."""
LEAST = 10
"""Answers on either side, as many as they are worth, for a difference to be judged."""
LEAST_FOR_RANGE = 5
"""Answers from which on a mean has a range: of two that agree it would be no width at all."""
_ENDS: tuple[Role, ...] = ("low", "high", "n")


class Said(NamedTuple):
    """A number of answers: its value with the range at 95 %, how many answers, the variance of one, their worth."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    variance: float
    worth: float


NOTHING = Said(None, None, None, 0, 0.0, 0.0)
"""No answer."""


def nps(promoters: int, passives: int, detractors: int, worth_of: float | None = None) -> Said:
    """Promoters less detractors, in hundredths of all answers; the range stays within −100 and 100.

    Args:
        worth_of: independent answers that these are worth; all of them unless given.
    """
    count = promoters + passives + detractors
    if not count:
        return NOTHING
    more, apart = (promoters + detractors) / count, (promoters - detractors) / count
    variance = more - apart**2
    independent = count if worth_of is None else worth_of
    margin = Z * sqrt(variance / independent)
    low, high = max(-1.0, apart - margin), min(1.0, apart + margin)
    return Said(100 * apart, 100 * low, 100 * high, count, 1e4 * variance, independent)


def said(kind: str, scores: Sequence[tuple[float, int]], scale: int, worth_of: float | None = None) -> Said:
    """What the scores of one kind come to.

    Args:
        kind: one of KINDS; others give means. scores: score and how many gave it. scale: of CSAT.
        worth_of: independent answers that these are worth; all of them unless given.
    """
    if kind == "nps":
        return nps(*counted(scores), worth_of)
    count = sum(n for _, n in scores)
    if not count:
        return NOTHING
    independent = count if worth_of is None else worth_of
    if kind == "csat":
        satisfied = sum(n for score, n in scores if score >= SATISFIED * scale)
        share = satisfied / count
        return Said(share, *wilson_of(share * independent, independent), count, share * (1 - share), independent)
    mean = fsum(score * n for score, n in scores) / count
    variance = fsum(n * (score - mean) ** 2 for score, n in scores) / max(count - 1, 1)
    if count < LEAST_FOR_RANGE:
        return Said(mean, None, None, count, variance, independent)
    margin = Z * sqrt(variance / independent)
    return Said(mean, mean - margin, mean + margin, count, variance, independent)


def valued(kind: str, scale: int) -> pl.Expr:
    """What a score adds to the result of its kind: NPS −1, 0 or 1, CSAT 0 or 1, of others the score itself."""
    score = pl.col("score")
    if kind == "nps":
        return (score >= PROMOTES).cast(pl.Float64) - (score <= DETRACTS).cast(pl.Float64)
    return (score >= SATISFIED * scale).cast(pl.Float64) if kind == "csat" else score.cast(pl.Float64)


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
    rows, p_values, unread = [], [], 0
    for kind in [*KINDS, *sorted(set(raw.get_column("kind").drop_nulls()) - set(KINDS))]:
        part = raw.filter(pl.col("kind") == kind)
        own, others = (part.filter(pl.col("side") == side) for side in ("own", "others"))
        if own.is_empty():
            continue
        scale = int(part.get_column("scale").max() or 10)  # type: ignore[arg-type]
        heard = part.filter(pl.col("is_answered") == 1)
        alike = likeness(heard.with_columns(value=valued(kind, scale)))
        mine, theirs = (_side(kind, one, scale, alike) for one in (own, others))
        rows.append(_row(kind, own, mine, theirs, scale))
        p_values.append(apart(kind, mine, theirs, alike * _shared(heard)))
        unread += int(part.filter((pl.col("is_answered") == 0) & pl.col("score").is_not_null())["surveys"].sum())
    if unread:
        notes.append(note("scores_unread", count=unread))
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
    heard = part.filter(pl.col("is_answered") == 1)
    return list(heard.group_by("score").agg(pl.col("surveys").sum()).sort("score").iter_rows())


def _side(kind: str, part: pl.DataFrame, scale: int, alike: float) -> Said:
    """What one side said, worth less where the same customers said it again."""
    heard = part.filter(pl.col("is_answered") == 1)
    count = int(heard.get_column("surveys").sum())
    return said(kind, _scores(part), scale, worth(count, squares(heard), alike))


def _shared(heard: pl.DataFrame) -> float:
    """Σ n_c n'_c ÷ (n n') of customers that answered on both sides."""
    n, is_own = pl.col("surveys"), pl.col("side") == "own"
    sides = (n.filter(is_own).sum().alias("own"), n.filter(~is_own).sum().alias("others"))
    by = heard.filter(pl.col("customer_key").is_not_null()).group_by("customer_key").agg(sides)
    own, others = heard.select(sides).row(0)
    both = by.select((pl.col("own") * pl.col("others")).sum()).item()
    return float(both / (own * others)) if own and others else 0.0


def _row(kind: str, own: pl.DataFrame, mine: Said, theirs: Said, scale: int) -> dict[str, object]:
    sent = int(own.get_column("surveys").sum())
    replied = int(own.filter(pl.col("score").is_not_null()).get_column("surveys").sum())  # read or not
    is_known = sent > replied
    low, high = wilson(pl.lit(replied), pl.lit(sent))
    ends = pl.select(low=low, high=high).row(0) if is_known else (None, None)
    counts = counted(_scores(own)) if kind == "nps" else (None, None, None)
    return {
        "kind": kind, "unit": "share" if kind == "csat" else "number", "sent": sent, "answered": mine.n,
        "response_rate": replied / sent if is_known else None, "response_rate.low": ends[0],
        "response_rate.high": ends[1], "response_rate.n": sent if is_known else None,
        "value": mine.value, "value.low": mine.low, "value.high": mine.high, "value.n": mine.n, "scale": scale,
        **dict(zip(("promoters", "passives", "detractors"), counts, strict=True)),
        "others": theirs.value, "others.n": theirs.n,
    }  # fmt: skip


def apart(kind: str, mine: Said, theirs: Said, shared: float = 0.0) -> float | None:
    """The p-value that both sides say the same; None with too few answers.

    Variances are pooled, as if both did: of few answers that happen to agree the own one is too small. Counts are those
    that the answers are worth.

    Args:
        shared: ρ Σ n_c n'_c ÷ (n n'), of customers that answered on both sides.
    """
    if min(mine.worth, theirs.worth) < LEAST or mine.value is None or theirs.value is None:
        return None
    own, rest = mine.worth, theirs.worth
    if shared:  # both sides are worth more by one factor, but never more than all their answers
        apart_by = 1 / own + 1 / rest
        more = apart_by / max(apart_by - 2 * shared, 1 / mine.n + 1 / theirs.n)
        own, rest = min(own * more, mine.n), min(rest * more, theirs.n)
    if kind == "csat":
        return differ(round(mine.value * own), round(own), round(theirs.value * rest), round(rest))
    count, gap = own + rest, mine.value - theirs.value
    within = (own * mine.variance + rest * theirs.variance) / count
    variance = within + own * rest * gap**2 / count**2
    spread = sqrt(variance * (1 / own + 1 / rest))
    return two_sided(gap / spread) if spread else None
