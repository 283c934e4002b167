"""Where a funnel loses more than it should: the stage with the largest loss of expected won amount, by a stated rule.

Of each stage, the share that moved on of the deals decided there is held against that of others (peers, or the same
people earlier). What is lost there is: deals decided × (the others' share − the own share) × what a deal that moves on
is worth: its average amount × the others' shares of all later stages. A stage is named only where the difference is
beyond chance; of several stages or people looked at, at most one in twenty of those named is named by chance.
"""

from __future__ import annotations

import polars as pl

from metrics.proportions import differ, discoveries

_COUNTS = ("entered", "moved_on", "lost", "entered_amount")
COLUMNS = (
    "place", "stage", "decided", "decided.n", "others", "others.n", "p_value", "is_beyond_chance", "expected_loss",
)  # fmt: skip


def compared(own: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Each stage of a funnel against that of others, the largest loss first.

    Args:
        own, others: frames of `funnel` or of `moved` (metrics/funnel_bases.py) for one pipeline, without a split.

    Returns:
        place, stage, `decided` (0–1) and `decided.n`; `others` and `others.n`, the same of the others; `p_value`;
        `is_beyond_chance`; `expected_loss` in money, negative where the own stage does better.
    """
    mine, theirs = (
        one.filter(pl.col("place").is_not_null()).select("place", *more, *_COUNTS)
        for one, more in ((own, ["stage"]), (others, []))
    )
    return _judged(_losses(mine.join(theirs, on="place", how="left", suffix="_others"))).select(COLUMNS)


def against_the_rest(parts: pl.DataFrame, by: str) -> pl.DataFrame:
    """Each value of a split funnel, stage by stage, against all other values together; the largest loss first.

    Args:
        parts: frame of `funnel(view, by)` or `moved(view, by)` for one pipeline. by: the column it is split by.

    Returns:
        `by`, then the columns of `compared`. All stages of all values are judged together; where the funnel refuses
        its shares, nobody is judged.
    """
    known = parts.filter(pl.col("place").is_not_null() & pl.col("decided.n").is_not_null())
    whole = known.group_by("place", "stage", maintain_order=True).agg(pl.col(_COUNTS).sum())
    if known.is_empty():
        return pl.DataFrame(schema={by: parts.schema[by], "is_beyond_chance": pl.Boolean, "expected_loss": pl.Float64})
    sides = known.select(by, "place", "stage", *_COUNTS).join(whole.drop("stage"), on="place", suffix="_others")
    rest = [(pl.col(f"{name}_others") - pl.col(name)).alias(f"{name}_others") for name in _COUNTS]
    return _judged(_losses(sides.with_columns(rest), by)).select(by, *COLUMNS)


def worst(judged: pl.DataFrame) -> dict[str, object] | None:
    """The row to name: the largest loss that is beyond chance. None where there is none."""
    named = judged.filter(pl.col("is_beyond_chance") & (pl.col("expected_loss") > 0))
    return named.row(0, named=True) if named.height else None


def _losses(sides: pl.DataFrame, by: str | None = None) -> pl.DataFrame:
    """What is lost at each stage, measured by the others' shares.

    Args:
        sides: place, stage, the counts, and those of the others with the suffix `_others`; one row per stage.
        by: where several funnels stand one below the other, the column that tells them apart.
    """
    decided, of = _share("moved_on", "lost", "")
    usual, usual_of = _share("moved_on", "lost", "_others")
    frame = sides.sort("place", descending=True).with_columns(
        decided.alias("decided"), of.alias("decided.n"), usual.alias("others"), usual_of.alias("others.n"),
        worth=pl.col("entered_amount").cast(pl.Float64) / pl.when(pl.col("entered") > 0).then("entered"),
    )  # fmt: skip
    later = (
        pl.col("others").fill_null(1).cum_prod().shift(1, fill_value=1.0)
    )  # of all stages behind: the last comes first
    frame = frame.with_columns(later=later if by is None else later.over(by))
    frame = frame.with_columns(
        expected_loss=pl.col("decided.n") * (pl.col("others") - pl.col("decided")) * pl.col("worth") * pl.col("later")
    )
    counts = frame.select("moved_on", "decided.n", "moved_on_others", "others.n").fill_null(0).iter_rows()
    return frame.with_columns(pl.Series("p_value", [differ(*map(int, each)) for each in counts], pl.Float64))


def _share(moved: str, lost: str, whose: str) -> tuple[pl.Expr, pl.Expr]:
    of = pl.col(f"{moved}{whose}") + pl.col(f"{lost}{whose}")
    return pl.col(f"{moved}{whose}") / pl.when(of > 0).then(of), of


def _judged(losses: pl.DataFrame) -> pl.DataFrame:
    """Which differences stand, all looked at together."""
    stand = pl.Series("is_beyond_chance", discoveries(losses.get_column("p_value").to_list()), pl.Boolean)
    return losses.with_columns(stand).sort("expected_loss", descending=True, nulls_last=True)
