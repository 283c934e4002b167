"""What the deals say of a period, by whose they are: the categories of the CRM, and open money weighted by history.

Both are the questions of metrics/outlook.py and metrics/odds.py, cut by salesperson and team at once: what is said
here of somebody is what those say of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from metrics import shares
from metrics.calls import OWNER
from metrics.catalog import measure
from metrics.odds import LEAST_KNOWN, odds, weighted, with_odds
from metrics.outlook import forecast
from metrics.own_part import usual
from metrics.period import DAY, Period
from metrics.query import Query
from metrics.view import View

_MONEY = dict.fromkeys(
    ("won", "commit_due", "best_due", "pipeline_due", "omitted_due", "weighted_due", "by_crm_due"), pl.Float64
)
_CATEGORIES = {
    "won": "closed", "commit_due": "commit", "best_due": "best_case", "pipeline_due": "pipeline",
    "omitted_due": "omitted",
}  # fmt: skip
_WITHOUT_WORD = ("won", "pipeline_due")
"""What is told of deals that nobody put into a category, too."""


def by_category(view: View, due: Period, day: date | None = None) -> Query:
    """What a period is forecast to bring, by `rep`, `team`, `forecast_category` and `told_by`: `amount`, as `forecast`.

    `told_by` says who put the deals into the category; "nobody": they count as pipeline for want of any word.
    """
    answer = (
        "select rep, team, forecast_category, told_by, sum(coalesce(amount, 0)) as amount\nfrom population\n"
        "group by rep, team, forecast_category, told_by"
    )
    return _by_whom(forecast(view, due, day), answer)


def by_stage(view: View, due: Period, day: date | None = None) -> Query:
    """The open deals that are due in a period, by `rep`, `team`, pipeline, stage and days in it, as `odds.weighted`."""
    answer = (
        "select rep, team, pipeline, stage, age, sum(coalesce(amount, 0)) as amount,\n"
        "  sum(cast(amount as double) * probability) as by_crm,\n"
        "  sum(case when probability is not null then coalesce(amount, 0) else 0 end) as with_probability\n"
        "from population\ngroup by rep, team, pipeline, stage, age"
    )
    return replace(_by_whom(weighted(view, day, due), answer), others=())


def _by_whom(asked: Query, answer: str) -> Query:
    shared = (
        shares.among((measure("open_amount"),), ("rep", *(name for name, _ in asked.view.filters)))
        if (asked.view)
        else ()
    )
    return replace(asked, answer=answer, finish="plain", columns=(), by=(), shared=shared, others=())


def known_odds(view: View, day: date | None = None) -> Query:
    """The odds by which the open deals of a day are weighted: of what was decided before it."""
    return usual(odds(View(as_of=view.as_of), (day or view.at) - DAY))


def beside(
    owners: pl.DataFrame,
    below: Mapping[str, Sequence[str]],
    said: pl.DataFrame,
    stages: pl.DataFrame,
    table: pl.DataFrame,
    unknown: Collection[str] = (),
) -> pl.DataFrame:
    """Each owner with what the deals say: a team's is that of all teams below it.

    Adds, in money of the period: `won` so far; open deals due in it by category, each by itself: `commit_due`,
    `best_due`, `pipeline_due`, `omitted_due`; `weighted_due`, weighted by the company's own history (null without
    enough), and `by_crm_due`, by the CRM's probabilities (null where it says one for less than LEAST_KNOWN of the
    money). Where deals are due and nobody put any of them into a category, `commit_due`, `best_due` and `omitted_due`
    are null: that they hold nothing is not known. Who has no deals due is told by those of all, and where nobody has
    any, what is `unknown` is null.

    Args:
        owners: with the columns of OWNER. below: each team's own parts, itself included.
        said, stages, table: answers of `by_category`, `by_stage` and `known_odds`. unknown: columns of which it is not
            known that they hold nothing (`untold`).
    """
    weighed = with_odds(stages, table).with_columns(
        amount=pl.col("amount").cast(pl.Float64), with_probability=pl.col("with_probability").cast(pl.Float64)
    )
    rows = []
    for scope, name in owners.select(OWNER).iter_rows():
        parts = list(below.get(name, (name,)))
        mine = _of(said, scope, name, parts)
        amounts = dict(mine.group_by("forecast_category").agg(pl.col("amount").sum()).iter_rows())
        is_told = has_categories(_due(mine) if _due(mine).height else _due(said))
        told = [
            float(amounts.get(category) or 0) if is_told or column in _WITHOUT_WORD else None
            for column, category in _CATEGORIES.items()
        ]
        rows.append((*told, *_weighed(_of(weighed, scope, name, parts))))
    found = pl.DataFrame(rows, schema=_MONEY, orient="row")
    return owners.hstack(found.with_columns(pl.lit(None, pl.Float64).alias(name) for name in unknown))


def untold(standing: pl.DataFrame) -> tuple[str, ...]:
    """Of which columns open deals cannot tell anything, where none of them is due in a period.

    Nothing where there are none; all that is due where none says when it is expected to close; what is told by category
    where nobody put any into one.

    Args:
        standing: all open deals, with `due_month` and `told_by` (the raw answer of `outlook.outlook`).
    """
    if standing.is_empty():
        return ()
    if standing.get_column("due_month").null_count() == standing.height:
        return tuple(name for name in _MONEY if name != "won")
    return () if has_categories(standing) else tuple(name for name in _CATEGORIES if name not in _WITHOUT_WORD)


def has_categories(due: pl.DataFrame) -> bool:
    """Whether anybody put any of these open deals into a category; so, too, where there are no deals.

    Args:
        due: with `told_by`, as `by_category`.
    """
    return due.is_empty() or bool((due.get_column("told_by") != "nobody").any())


def _due(said: pl.DataFrame) -> pl.DataFrame:
    return said.filter(pl.col("forecast_category") != "closed")


def _of(frame: pl.DataFrame, scope: str, name: str | None, parts: list[str]) -> pl.DataFrame:
    if scope == "company":
        return frame
    return frame.filter(pl.col("rep") == name if scope == "rep" else pl.col("team").is_in(parts))


def _weighed(mine: pl.DataFrame) -> tuple[float | None, float | None]:
    if mine.is_empty():
        return 0.0, 0.0
    odds_known = mine.get_column("odds").null_count() == 0
    by_history = float((mine.get_column("amount") * mine.get_column("odds")).sum()) if odds_known else None
    worded, whole = (float(mine.get_column(name).sum()) for name in ("with_probability", "amount"))
    has_word = worded > 0 and worded >= LEAST_KNOWN * whole
    return by_history, float(mine.get_column("by_crm").sum() or 0) if has_word else None
