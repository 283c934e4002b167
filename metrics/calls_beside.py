"""What the deals say of a period, by whose they are: the categories of the CRM, and open money weighted by history.

Both are the questions of metrics/outlook.py and metrics/odds.py, cut by salesperson and team at once: what is said
here of somebody is what those say of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

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
    amounts, words, sums = (_by_owner(found) for found in (_amounts(said), _words(said), _sums(weighed)))
    rows = []
    for scope, name in owners.select(OWNER).iter_rows():
        parts = _parts(scope, name, below)
        mine = [one for part in parts for one in amounts.get(part, ())]
        is_told = [one for part in parts for (one,) in words.get(part, ())] or [one for (one,) in words.get(_ALL, ())]
        told = [
            float(sum(amount for kind, amount in mine if kind == category))
            if any(is_told) or not is_told or column in _WITHOUT_WORD else None
            for column, category in _CATEGORIES.items()
        ]  # fmt: skip
        rows.append((*told, *_weighed([one for part in parts for one in sums.get(part, ())])))
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


_ALL = ("company", None)
"""Whose all deals are."""


def _parts(scope: str, name: str | None, below: Mapping[str, Sequence[str]]) -> list[tuple[str, str | None]]:
    """Whose numbers an owner's are made of."""
    return [(scope, part) for part in below.get(name or "", (name,))] if scope == "team" else [(scope, name)]


def _by_owner(asked: Callable[[list[str]], pl.DataFrame]) -> dict[tuple[str, str | None], list[tuple[Any, ...]]]:
    """What is asked of everybody at once, by whose it is: of each salesperson, each team, and all."""
    found: dict[tuple[str, str | None], list[tuple[Any, ...]]] = {_ALL: asked([]).rows()}
    for by in ("rep", "team"):
        for name, *told in asked([by]).drop_nulls(by).iter_rows():
            found.setdefault((by, name), []).append(tuple(told))
    return found


def _amounts(said: pl.DataFrame) -> Callable[[list[str]], pl.DataFrame]:
    """The amount in each category."""
    return lambda by: said.group_by(*by, "forecast_category").agg(pl.col("amount").sum().fill_null(0))


def _words(said: pl.DataFrame) -> Callable[[list[str]], pl.DataFrame]:
    """Whether anybody put any of the deals that are due into a category; no row where none is due."""
    due = said.filter(pl.col("forecast_category") != "closed")
    due = due.with_columns(told_by=pl.col("told_by") != "nobody", all=pl.lit(0))
    return lambda by: due.group_by(by or "all").agg(pl.col("told_by").any()).select(*by, "told_by")


def _sums(weighed: pl.DataFrame) -> Callable[[list[str]], pl.DataFrame]:
    """What is weighted: by history (null where the odds of any are unknown), worded, whole, and by the CRM."""
    history = pl.when(pl.col("odds").null_count() == 0).then((pl.col("amount") * pl.col("odds")).sum())
    rows = weighed.with_columns(all=pl.lit(0))
    return lambda by: (
        rows.group_by(by or "all")
        .agg(history.alias("history"), pl.col("with_probability", "amount").sum(), pl.col("by_crm").sum().fill_null(0))
        .select(*by, "history", "with_probability", "amount", "by_crm")
    )


def _weighed(mine: Sequence[tuple[Any, ...]]) -> tuple[float | None, float | None]:
    if not mine:
        return 0.0, 0.0
    known = [history for history, *_ in mine if history is not None]
    worded, whole, by_crm = (float(sum(one[place] for one in mine)) for place in (1, 2, 3))
    has_word = worded > 0 and worded >= LEAST_KNOWN * whole
    return sum(known) if len(known) == len(mine) else None, by_crm if has_word else None
