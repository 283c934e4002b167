"""Every salesperson against all others at once: where deals stop, and what is let slip on open ones, beyond chance.

The same comparisons as when one person is coached (metrics/coaching.py), of everybody in view, judged together: on
average at most 5 % of the differences that are named are chance (Benjamini and Hochberg). Of the deals decided in a
stage, the share that moved on (where stages are not known: of those closed, the share won); of today's open deals, the
share with a sign against them. What rests on fewer than
LEAST cases on either side is not judged, and a difference that chance explains is none.
"""

from __future__ import annotations

import polars as pl

from metrics.bottleneck import against_the_rest
from metrics.coaching import LEAST, RATE, SIGNS
from metrics.intervals import wilson
from metrics.proportions import differ, discoveries

_MORE_IS_BETTER = ("conversion", "win_rate")
SCHEMA = {
    "rep": pl.String, "claim": pl.String, "pipeline": pl.String, "place": pl.Int64, "stage": pl.String,
    "unit": pl.String, "own": pl.Float64, "own.low": pl.Float64, "own.high": pl.Float64, "own.n": pl.Int64,
    "others": pl.Float64, "others.n": pl.Int64, "p_value": pl.Float64, "expected_loss": pl.Float64,
}  # fmt: skip


def claims(moved: pl.DataFrame, deals: pl.DataFrame) -> pl.DataFrame:
    """Everybody's differences from the others.

    Args:
        moved: of `funnel_bases.moved(view, "rep")`. deals: of `signals.signals(view)`.

    Returns:
        A row per person and claim, as of `coaching`: SCHEMA, `is_beyond_chance`, `is_better` (null: no difference).
        Weaknesses that cost most first: those of stages by `expected_loss`, then signs by how sure they are.
    """
    found = pl.concat([_stages(moved), _signs(deals)])
    is_enough = pl.min_horizontal("own.n", "others.n") >= LEAST
    found = found.with_columns(p_value=pl.when(is_enough).then("p_value"))
    stand = pl.Series("is_beyond_chance", discoveries(found["p_value"].to_list(), RATE), pl.Boolean)
    apart = pl.when(pl.col("claim").is_in(_MORE_IS_BETTER)).then(1).otherwise(-1) * (pl.col("own") - pl.col("others"))
    told = found.with_columns(stand, is_better=pl.when(apart != 0).then(apart > 0))
    return told.sort(
        "expected_loss", "p_value", "rep", "claim", descending=[True, False, False, False], nulls_last=True
    )


def _stages(moved: pl.DataFrame) -> pl.DataFrame:
    """Each stage of each person against all others there; where nobody knows where deals end, wins of those closed."""
    parts = []
    known = moved.filter(pl.col("rep").is_not_null())
    for (pipeline,), part in known.group_by(["pipeline"], maintain_order=True):
        placed = part.filter(pl.col("place").is_not_null())
        if placed.get_column("decided.n").null_count() == placed.height:  # the funnel refuses its shares of everybody
            parts.append(_wins(pipeline, part))
            continue
        judged = against_the_rest(placed, "rep")
        some = (pl.col("decided") * pl.col("decided.n")).round(0)
        low, high = wilson(some, pl.col("decided.n"))
        parts.append(
            judged.filter(pl.col("decided.n") > 0).select(
                "rep", claim=pl.lit("conversion"), pipeline=pl.lit(pipeline, pl.String), place="place", stage="stage",
                unit=pl.lit("share"), own="decided", **{"own.low": low, "own.high": high}, **{"own.n": "decided.n"},
                others="others", **{"others.n": "others.n"}, p_value="p_value", expected_loss="expected_loss",
            )
        )  # fmt: skip
    return pl.concat([one.cast(pl.Schema(SCHEMA)) for one in parts]) if parts else pl.DataFrame(schema=SCHEMA)


def _wins(pipeline: object, part: pl.DataFrame) -> pl.DataFrame:
    """Of the deals each person closed in a pipeline, the share that was won, against that of all others."""
    last = pl.col("place").is_null() | (pl.col("place") == pl.col("place").max())
    counts = part.group_by("rep").agg(
        some=pl.col("moved_on").filter(last).sum().cast(pl.Int64), lost=pl.col("lost").sum().cast(pl.Int64)
    )
    counts = counts.with_columns(of=pl.col("some") + pl.col("lost")).filter(pl.col("of") > 0).sort("rep")
    return _shares("win_rate", pipeline, counts.select("rep", "some", "of"))


def _signs(deals: pl.DataFrame) -> pl.DataFrame:
    """Each person's share of open deals with a sign against that of all others."""
    owned = deals.filter(pl.col("rep").is_not_null())
    found = []
    for sign in SIGNS:
        flag = pl.col(f"is_{sign}")
        counts = owned.group_by("rep").agg(some=flag.sum(), of=flag.count()).filter(pl.col("of") > 0).sort("rep")
        found.append(_shares(sign, None, counts))
    return pl.concat(found)


def _shares(claim: str, pipeline: object, counts: pl.DataFrame) -> pl.DataFrame:
    """A claim of each person: `rep`, `some` of `of`, against all others together."""
    all_some, all_of = (int(counts.get_column(name).sum()) for name in ("some", "of"))
    rows: list[tuple[object, ...]] = []
    for rep, some, of in counts.iter_rows():
        others, of_others = all_some - some, all_of - of
        if of_others:
            p_value = differ(some, of, others, of_others)
            rows.append((rep, claim, pipeline, None, None, "share", some / of, None, None, of, others / of_others,
                         of_others, p_value, None))  # fmt: skip
    frame = pl.DataFrame(rows, SCHEMA, orient="row")
    low, high = wilson((pl.col("own") * pl.col("own.n")).round(0), pl.col("own.n"))
    return frame.with_columns(**{"own.low": low, "own.high": high})
