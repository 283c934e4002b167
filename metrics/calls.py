"""What people say a period will bring: which word stands on a day, how near earlier words were, and whose was nearer.

A call is an owner's word for a period: `commit`, what they promise, and `best_case`, what may come if all goes well.
Words are only added: of a day the last one stands, and it stands until another day brings another. A word without
amounts takes back the one before it.

An ended period tells how near a word was: with F said and A won, accuracy is 1 − |F − A| ÷ A, below 0 where F is more
than twice A, and bias (F − A) ÷ A. A single period tells little, and people of few periods differ by chance: a word
about somebody's habit is said only of LEAST_PERIODS periods or more, where Student's interval of the mean bias leaves
0 out after the false discovery rate is held at 5 % over all that are looked at (Y. Benjamini and Y. Hochberg 1995).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import sqrt
from typing import Literal

import numpy as np
import polars as pl

from metrics.proportions import discoveries
from metrics.scores import by_signs
from metrics.student import quantile, tail

OWNER = ("scope", "name")
"""The columns that say whose a word is; the company has no name."""
SCOPES = ("company", "team", "rep")
LEAST_PERIODS = 5
"""Ended periods below which nothing is said of anybody's habit, nor of whose word is nearer."""
WEEKS = (12, 8, 4, 2, 1)
"""How long before the end of a period its words are looked at again."""
CALLS = {
    "id": pl.Int64, "review_id": pl.Int64, "said_on": pl.Date, "from_on": pl.Date, "to_on": pl.Date,
    "scope": pl.String, "name": pl.String, "commit": pl.Float64, "best_case": pl.Float64, "remark": pl.String,
    "who": pl.String, "noted_at": pl.Datetime,
}  # fmt: skip
"""The columns of words: one row per word that was ever said."""
SPAN = ("from_on", "to_on")
SYSTEMS = ("landing", "weighted", "category")
"""What the deals said on the same day: the landing, won and weighted by history, won and the category commit."""
Nearer = Literal["people", "system", "chance", "few"]
_P = 0.05


def stood(calls: pl.DataFrame, day: date) -> pl.DataFrame:
    """The words that stood on a day, one per owner and period; those that were taken back do not stand.

    Args:
        calls: with the columns of CALLS.
    """
    known = calls.filter(pl.col("said_on") <= day).sort("said_on", "id")
    last = known.group_by([*OWNER, *SPAN], maintain_order=True).last()
    return last.filter(pl.col("commit").is_not_null() | pl.col("best_case").is_not_null()).select(calls.columns)


def standing(owners: pl.DataFrame, calls: pl.DataFrame, day: date, since: date) -> pl.DataFrame:
    """Each owner's word of one period beside the one before.

    Adds `id`, `commit`, `best_case`, `remark`, `who`, `said_on`; `said_before`, `commit_before`, `best_before`: the
    word that stood on the day of the review before; `change` of the commit since, where something was said since;
    `state`: "new" (said after that day), "old" (not renewed), "missing".

    Args:
        owners: with the columns of OWNER. calls: words of this one period. day: today. since: the day of that review.
    """
    told = ["id", "commit", "best_case", "remark", "who", "said_on"]
    now = stood(calls, day).select(*OWNER, *told)
    earlier = min(since, day - timedelta(days=1))
    before = stood(calls, earlier).select(
        *OWNER, said_before="said_on", commit_before="commit", best_before="best_case"
    )
    joined = owners.join(now, on=list(OWNER), how="left", nulls_equal=True, maintain_order="left")
    joined = joined.join(before, on=list(OWNER), how="left", nulls_equal=True, maintain_order="left")
    is_new = pl.col("said_on") > earlier
    return joined.with_columns(
        state=pl.when(pl.col("id").is_null())
        .then(pl.lit("missing"))
        .when(is_new)
        .then(pl.lit("new"))
        .otherwise(pl.lit("old")),
        change=pl.when(is_new).then(pl.col("commit") - pl.col("commit_before")),
    )


def beside_people(rows: pl.DataFrame, below: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Beside the word of a team, and of the company, the sum of the words of its people; never added to it.

    Adds `people`, how many are asked, `people_said`, how many said a commit, `people_commit` and `people_best`, their
    sums (null where nobody spoke), and `apart`: the own commit less that sum, where all of them spoke: of some it would
    say nothing. Null for people.

    Args:
        rows: owners with `team`, `commit` and `best_case`. below: each team's own parts, itself included.
    """
    people = rows.filter(pl.col("scope") == "rep")
    sums: list[tuple[int | None, int | None, float | None, float | None]] = []
    for scope, name in rows.select(OWNER).iter_rows():
        if scope == "rep":
            sums.append((None, None, None, None))
            continue
        parts = below.get(name, (name,)) if scope == "team" else ()
        mine = people.filter(pl.col("team").is_in(list(parts))) if scope == "team" else people
        spoke = mine.filter(pl.col("commit").is_not_null())
        best = mine.get_column("best_case").fill_null(mine.get_column("commit"))
        sums.append((
            mine.height, spoke.height, _sum(spoke.get_column("commit")), _sum(best) if spoke.height else None,
        ))  # fmt: skip
    schema = {"people": pl.Int64, "people_said": pl.Int64, "people_commit": pl.Float64, "people_best": pl.Float64}
    found = pl.DataFrame(sums, schema=schema, orient="row")
    apart = pl.when(pl.col("people_said") == pl.col("people")).then(pl.col("commit") - pl.col("people_commit"))
    return rows.hstack(found).with_columns(apart=apart)


def beside_teams(rows: pl.DataFrame) -> pl.DataFrame:
    """Beside the word of the company, and of a team with teams below it, the sum of the words right below.

    Adds `teams`, how many are right below, `teams_said`, `teams_commit` and `teams_apart`, as `beside_people` does of
    people. Null where no team is below.

    Args:
        rows: owners with `parent` (the team above; null: the company is) and `commit`.
    """
    known = set(rows.filter(pl.col("scope") == "team").get_column("name"))
    teams = rows.filter(pl.col("scope") == "team").with_columns(
        above=pl.when(pl.col("parent").is_in(list(known))).then("parent")
    )
    sums: list[tuple[int | None, int | None, float | None]] = []
    for scope, name in rows.select(OWNER).iter_rows():
        above = pl.col("above").eq_missing(pl.lit(name, pl.String))
        mine = teams.clear() if scope == "rep" else teams.filter(above)
        if mine.is_empty():
            sums.append((None, None, None))
            continue
        spoke = mine.get_column("commit")
        sums.append((mine.height, int(spoke.count()), _sum(spoke)))
    schema = {"teams": pl.Int64, "teams_said": pl.Int64, "teams_commit": pl.Float64}
    found = pl.DataFrame(sums, schema=schema, orient="row")
    apart = pl.when(pl.col("teams_said") == pl.col("teams")).then(pl.col("commit") - pl.col("teams_commit"))
    return rows.hstack(found).with_columns(teams_apart=apart)


def _sum(values: pl.Series) -> float | None:
    return float(values.drop_nulls().sum()) if values.count() else None


# ----------------------------------------------------------------------------------------------------------- accuracy


def looked_back(calls: pl.DataFrame, came: pl.DataFrame, weeks: Sequence[int] = WEEKS) -> pl.DataFrame:
    """The words of ended periods beside what came.

    One row per owner, ended period and number of weeks before its end on which a word stood: `commit`, `best_case`,
    `said_on`, `came`, `accuracy` and `bias` of the commit (null where nothing came: a share of nothing means nothing),
    `is_kept`: whether the commit came in, `is_within`: whether what came lies between commit and best case.

    Args:
        calls: words. came: per owner and period (`from_on`, `to_on`), `came`. weeks: before the end; a number that
            reaches before the period's first day is left out.
    """
    found = [
        stood(calls.filter((pl.col("from_on") == from_on) & (pl.col("to_on") == to_on)), day).with_columns(
            weeks=pl.lit(ahead, pl.Int64)
        )
        for from_on, to_on in came.select(SPAN).unique(maintain_order=True).iter_rows()
        for ahead in weeks
        if (day := to_on - timedelta(weeks=ahead)) >= from_on
    ]
    if not found:
        return pl.DataFrame(schema=_LOOKED)
    joined = pl.concat(found).join(came, on=[*OWNER, *SPAN], nulls_equal=True).filter(pl.col("commit").is_not_null())
    some = pl.when(pl.col("came") > 0).then("came")
    return joined.select(
        *OWNER, *SPAN, "weeks", "said_on", "commit", "best_case", "came",
        accuracy=1 - (pl.col("commit") - some).abs() / some, bias=(pl.col("commit") - some) / some,
        is_kept=pl.col("came") >= pl.col("commit"), is_within=pl.col("came").is_between("commit", "best_case"),
    ).sort(_PLACE, "name", *SPAN, pl.col("weeks") * -1, nulls_last=False)  # fmt: skip


_PLACE = pl.col("scope").replace_strict({scope: place for place, scope in enumerate(SCOPES)}, default=len(SCOPES))
_LOOKED = {
    "scope": pl.String, "name": pl.String, "from_on": pl.Date, "to_on": pl.Date, "weeks": pl.Int64,
    "said_on": pl.Date, "commit": pl.Float64, "best_case": pl.Float64, "came": pl.Float64,
    "accuracy": pl.Float64, "bias": pl.Float64, "is_kept": pl.Boolean, "is_within": pl.Boolean,
}  # fmt: skip


def judged(told: pl.DataFrame) -> pl.DataFrame:
    """How near somebody's words were, by owner and weeks before the end.

    `periods`, all that ended, and `nothing`, in how many of them nothing came: those count as not kept, where something
    was committed, but tell no share; mean `accuracy` and `bias` of the others, null where there are none; `bias.low`
    and `bias.high`, Student's interval at 95 % with LEAST_PERIODS of them or more; `kept`, in how many of all the
    commit came in; `habit`: "few" (too few periods), "chance"
    (what chance does), "low" (says too little, beyond chance: sandbagging), "high" (too much). Owners in their order,
    not by how near they were: of few periods a ranking is chance.

    Args:
        told: the answer of `looked_back`.
    """
    rows = []
    for (scope, name, weeks), part in told.group_by([*OWNER, "weeks"], maintain_order=True):
        known = part.filter(pl.col("bias").is_not_null())
        accuracy, bias = (known.get_column(column).to_numpy() for column in ("accuracy", "bias"))
        mean = [float(each.mean()) if known.height else None for each in (accuracy, bias)]
        low, high, chance = _interval(bias)
        rows.append((
            scope, name, weeks, part.height, part.height - known.height, *mean, low, high,
            int(part.get_column("is_kept").sum()), chance,
        ))  # fmt: skip
    schema = {
        "scope": pl.String, "name": pl.String, "weeks": pl.Int64, "periods": pl.Int64, "nothing": pl.Int64,
        "accuracy": pl.Float64, "bias": pl.Float64, "bias.low": pl.Float64, "bias.high": pl.Float64, "kept": pl.Int64,
        "p": pl.Float64,
    }  # fmt: skip
    found = pl.DataFrame(rows, schema=schema, orient="row")
    is_beyond = pl.Series(discoveries(found.get_column("p").to_list(), _P), dtype=pl.Boolean)
    return found.with_columns(beyond=is_beyond).select(
        pl.exclude("p", "beyond"),
        habit=pl.when(pl.col("p").is_null())
        .then(pl.lit("few"))
        .when(~pl.col("beyond"))
        .then(pl.lit("chance"))
        .when(pl.col("bias") < 0)
        .then(pl.lit("low"))
        .otherwise(pl.lit("high")),
    )


def _interval(values: np.ndarray) -> tuple[float | None, float | None, float | None]:
    """Student's interval of a mean at 95 %, and the chance of a mean as far from 0; nothing of too few values."""
    n = len(values)
    if n < LEAST_PERIODS:
        return None, None, None
    mean, error = float(values.mean()), float(values.std(ddof=1)) / sqrt(n)
    if error < 1e-12:  # all alike: no spread to judge by but their number, so by the signs alone
        return mean, mean, 1.0 if abs(mean) < 1e-12 else 2 * 0.5**n
    margin = quantile(1 - _P / 2, n - 1) * error
    return mean - margin, mean + margin, 2 * tail(abs(mean) / error, n - 1)


def nearer(told: pl.DataFrame, systems: Sequence[str] = SYSTEMS) -> pl.DataFrame:
    """Whose word was nearer: that of people, or of the deals on the same day.

    One row per weeks before the end and system: `periods` in which both spoke, `people` and `by_system`: in how many
    each was nearer (as near as each other is neither), `people_off` and `system_off`: the mean distances from what
    came, as shares of it; `verdict`: "people" or "system" where a sign test finds one nearer beyond chance, "chance",
    "few".

    Args:
        told: rows of one owner with `weeks`, `commit`, `came`, and a column for each system.
    """
    rows = []
    for (weeks,), part in told.filter(pl.col("came") > 0).group_by(["weeks"], maintain_order=True):
        for system in systems:
            both = part.filter(pl.col(system).is_not_null())
            came = both.get_column("came").to_numpy()
            ours, theirs = (np.abs(both.get_column(name).to_numpy() - came) for name in ("commit", system))
            wins, losses = int((ours < theirs).sum()), int((ours > theirs).sum())
            mean = [float((off / came).mean()) if len(came) else None for off in (ours, theirs)]
            rows.append((weeks, system, len(came), wins, losses, *mean, _verdict(wins, losses, len(came))))
    schema = {
        "weeks": pl.Int64, "system": pl.String, "periods": pl.Int64, "people": pl.Int64, "by_system": pl.Int64,
        "people_off": pl.Float64, "system_off": pl.Float64, "verdict": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _verdict(wins: int, losses: int, periods: int) -> Nearer:
    if periods < LEAST_PERIODS:
        return "few"
    if by_signs(wins, losses) >= _P:
        return "chance"
    return "people" if wins > losses else "system"
