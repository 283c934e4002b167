"""Where a period will end: what is won already, what open deals will bring until its last day, and what comes new.

Only what was known on the day is used; chances, shocks and what new deals brought come from thirteen days of the past,
four weeks apart, the last of them as many days ago as are left; late ones count for more (metrics/chances.py). The
interval holds 80 % of the simulated futures. With less than a year of closings there is no forecast: a season would be
taken for the rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from metrics import shares
from metrics.catalog import measure
from metrics.chances import Weighed, futures, recency, shocks, sizes, table, with_chances, worth
from metrics.cuts import total
from metrics.errors import NoSuchColumn, nearest
from metrics.notes import Note, note
from metrics.odds import AGES, LEAST_DECIDED, LEAST_KNOWN
from metrics.own_part import usual
from metrics.period import DAY, Period, bucket_next, bucket_start
from metrics.query import Column, Query, from_file
from metrics.view import View

BACK = 13
"""Days of the past that are looked at, four weeks apart: a year."""
LEAST_DAYS, LEAST_BACK = 365, 6
"""Days of closings, and days of the past with deals open on them, without which there is no forecast."""
LEAST_WINS = 10
"""Wins within a year without which there is no forecast: of fewer, one deal more or less changes everything."""
SINGLE = 200
"""The largest deals are drawn one by one; the others of a stage and an age together."""
ENDS = (0.1, 0.9)
"""The quantiles between which four of five futures lie."""


def in_step(days: str) -> str:
    """SQL of the step of AGES that a number of days belongs to; unknown ones stay unknown."""
    steps = " ".join(f"when {days} >= {age} then {age}" for age in reversed(AGES))
    return f"case {steps} when {days} is not null then 0 end"


_OPEN = f"""
select pipeline, stage, age, days_open, single, count(*) as deals, count(amount) as priced,
  sum(coalesce(amount, 0)) as amount,
  sum(case when is_reconstructed then amount else 0 end) as rebuilt,
  sum(coalesce(cast(amount as double) * cast(amount as double), 0)) as squares,
  sum(case when is_due then amount end) as due,
  sum(case when is_due then cast(amount as double) * probability end) as by_crm,
  sum(case when is_due and probability is null then coalesce(amount, 0) else 0 end) as without_probability
from (
  select pipeline, stage, deal_id, amount, probability, is_reconstructed, {in_step("age")} as age,
    {in_step("date_diff('day', created_on, cast($day as date))")} as days_open,
    coalesce(expected_close_on <= $ends_on, false) and not is_reconstructed as is_due,
    case when row_number() over (order by amount desc nulls last, deal_id) <= {SINGLE} then deal_id end as single
  from population
) as ranked
group by pipeline, stage, age, days_open, single
"""
"""Open deals: the largest by themselves, the others added up by stage and age.

What is rebuilt from dates is due on no day: its expected day is known from later."""
PARTS = ("won", "open", "new", "landing")
_NUMBERS = ("amount", "at_least", "at_most", "deals", "target", "chance", "crm", "due", "coverage", "needed")
_WEIGHED = ("chance", "amount", "squares", "deals")
_IN_ORDER = ("single", "pipeline", "stage", "age", "days_open", "deals", "amount", "squares")
"""Engines answer in any order; where stages are not known, only their sums tell rows of the same age apart."""
_NEW_AT = 4
_REACHED_AT = 5
"""Where what was reached stands among the others: after the four of history and the one about new deals."""
_GOAL = "attainment:won_amount"


def span_of(view: View, grain: str) -> Period:
    """The month, quarter or year that the view's day lies in."""
    start = bucket_start(view.as_of, grain, view.fiscal_start, view.week_start)
    return Period(start, bucket_next(start, grain) - DAY)


def days_back(at: date, horizon: int) -> dict[str, object]:
    """The days of the past that are looked at, as question files name them; the last of them `horizon` days ago."""
    back = [at - timedelta(days=max(horizon, 1) + 28 * weeks) for weeks in range(BACK)]
    named = {f"back_{place}": day for place, day in enumerate(back, 1)}
    return named | {"horizon": horizon, "day": at, "year_before": at - timedelta(days=LEAST_DAYS)}


def history(at: date, horizon: int, *, firsts: bool = False) -> tuple[Query, Query, Query, Query]:
    """What is known on a day of the past of everybody: visits, ages, closings, the CRM's odds.

    It is how deals go in this company, and so the same for everybody who looks (decision 0023): a team's deals land
    where they land, whether its lead or the boss asks.

    Visits and ages are answered in the steps of AGES: some hundred rows, however many deals.

    Args:
        at: the day. horizon: in days. firsts: with the ages also how many deals were looked at for the first time.
    """
    everyone, days = View(as_of=at), days_back(at, horizon)
    visits, ages = (from_file(name, everyone, **days) for name in ("landing_visits", "landing_ages"))
    steps = _in_steps(visits, "at_day, pipeline, stage", ("deals", "won"))
    aged = _in_steps(
        ages, "at_day, pipeline", ("deals", "won", "amount", "won_amount", *(("firsts",) if firsts else ()))
    )
    known, said = from_file("landing_known", everyone, **days), from_file("stage_odds", everyone)
    return usual(steps), usual(aged), usual(known), usual(said)


def _in_steps(asked: Query, keys: str, numbers: tuple[str, ...]) -> Query:
    """The same answer, with its days in steps."""
    types = {name: "double" if name.endswith("amount") else "bigint" for name in numbers}
    step, sums = in_step("days"), ", ".join(f"cast(sum({name}) as {of}) as {name}" for name, of in types.items())
    answer = f"select {keys}, {step} as days, {sums}\nfrom (\n{asked.answer}\n) as told\ngroup by {keys}, {step}"
    return replace(asked, answer=answer)


def landing(view: View, grain: str = "quarter") -> Query:
    """Where the won amount of the running month, quarter or year will end, as known on the view's day.

    One row per part: `won` so far, `open` deals until the last day, `new` deals, and `landing`, all together:
    `amount` (so far; expected; the middle of the futures), `at_least` and `at_most` (four of five futures lie between),
    `deals`. In the row `landing` also `target`, `chance` (the share of futures that reach it) and `crm`, what the CRM's
    own probabilities of the deals due until then say. Null, with a note, where history is too short.

    Args:
        view: whose filters apply; its period does not. History is of everybody.
        grain: month, quarter, year, fiscal_quarter or fiscal_year.
    """
    span, at = span_of(view, grain), view.as_of
    horizon = (span.to_on - at).days
    days = days_back(at, horizon)
    money = measure("open_amount")
    split = shares.split(money, (name for name, _ in view.filters))
    asked = from_file("standing", view, is_bounded=False, due_from=at, due_to=at, **days)
    columns = (
        Column("part", "by"),
        *(
            Column(name, "value", "won_amount", "money")
            for name in ("amount", "at_least", "at_most", "target", "crm", "due")
        ),
        Column("deals", "value", unit="count"),
        Column("chance", "value", unit="share"),
        *(Column(name, "value", unit="number") for name in ("coverage", "needed")),
    )
    return replace(
        asked,
        answer=_OPEN.strip(),
        params=(*asked.params, ("ends_on", span.to_on)),
        columns=columns,
        finish="landing",
        **split,
        others=(
            *history(at, horizon),
            replace(from_file("landing_new", view, **days), **split),
            *total(("won_amount", "won_deals"), view.with_period(None, span.from_on, min(span.to_on, at))).parts,
            *total(_GOAL, view.with_period(None, span.from_on, span.to_on)).parts,
        ),
    )


def rows(query: Query, column: str | None, at: Mapping[str, object]) -> Query:
    """The deals behind a part of a landing: `open` ones, those `won`, and the `new` ones of the past that it learns of.

    Args:
        query: a landing. column: one of its numbers. at: its `part`; `open` where none is told.

    Raises:
        NoSuchColumn: there is no such number, or no deals stand behind the part.
    """
    known = [one.name for one in query.columns]
    if column is not None and column not in known:
        raise NoSuchColumn(name=column, suggestion=nearest(column, known))
    part = str(at.get("part") or "open")
    if part == "won":
        return query.others[_REACHED_AT].rows("won_amount")
    if part not in ("open", "new"):
        raise NoSuchColumn(name=part, suggestion=nearest(part, ("won", "open", "new")))
    return replace(query if part == "open" else query.others[_NEW_AT], finish="rows", columns=(), others=()).rows()


# ---------------------------------------------------------------------------------------------------------- finishing


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The parts and their sum; null where history is too short."""
    standing, visits, ages, known, said, new, *reached = frames
    so_far, target = _reached(query, reached, notes)
    won = float(so_far["won_amount"] or 0)
    history, standing = by_what_is_known(visits, ages, standing)
    since, day = known.item(0, "first_closed_on"), query.view.as_of if query.view else date.min
    history = history.filter(pl.col("at_day") >= since) if since else history.clear()
    parts: dict[str, dict[str, object]] = {
        "won": {"amount": won, "deals": so_far["won_deals"]},
        "open": {"deals": int(standing.get_column("deals").sum())},
        "new": {},
        "landing": {"target": target, "crm": _by_crm(standing, said, won)} | _covered(standing, known, won, target),
    }
    if since is None or (day - since).days < LEAST_DAYS or history.get_column("at_day").n_unique() < LEAST_BACK:
        notes.append(note("landing_short", least=LEAST_DAYS, day=since) if since else note("landing_unknown"))
    elif (wins := int(known.item(0, "won") or 0)) < LEAST_WINS:
        notes.append(note("landing_thin", least=LEAST_WINS, count=wins))
    else:
        for part, found in _forecast(standing, history, ages, new, won, target).items():
            parts[part] |= found
    unpriced = int((standing.get_column("deals") - standing.get_column("priced")).sum())
    if unpriced:
        notes.append(note("open_without_amount", count=unpriced))
    rows = [{"part": part, **dict.fromkeys(_NUMBERS), **parts[part]} for part in PARTS]
    return pl.DataFrame(rows, {"part": pl.String, **dict.fromkeys(_NUMBERS, pl.Float64)}).with_columns(
        pl.col("deals").cast(pl.Int64), pl.col("crm").round(0), pl.col("amount", "due").round(2)
    )


def _reached(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> tuple[dict[str, Any], float | None]:
    """What was won by the view's day, and the target of the whole period; none where it is for some of its days."""
    won = query.others[_REACHED_AT]
    goal = query.others[_REACHED_AT + len(won.parts)]
    so_far = won.finished(frames[: len(won.parts)], None).frame.row(0, named=True)
    held = goal.finished(frames[len(won.parts) :], None)
    partly = [said for said in held.notes if said.code == "target_partly"]
    notes += partly
    return so_far, None if partly else held.frame.item(0, f"{_GOAL}.target")


def by_what_is_known(
    visits: pl.DataFrame, ages: pl.DataFrame, standing: pl.DataFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """History and open deals by stage and days in it; in pipelines without known stages by days since creation.

    Args:
        visits, ages: answers of landing_visits and landing_ages. standing: open deals, or None.
    """
    seen = visits.group_by("pipeline").agg(seen=pl.col("deals").sum())
    there = ages.group_by("pipeline").agg(there=pl.col("deals").sum())
    staged = there.join(seen, on="pipeline", nulls_equal=True).select(
        "pipeline", is_staged=pl.col("seen") >= LEAST_KNOWN * pl.col("there")
    )

    def told(frame: pl.DataFrame) -> pl.DataFrame:
        found = frame.join(staged, on="pipeline", how="left", nulls_equal=True)
        return found.with_columns(pl.col("is_staged").fill_null(value=False))

    columns = ["at_day", "pipeline", "stage", "days", "deals", "won"]
    history = pl.concat([
        told(visits).filter("is_staged").select(columns),
        told(ages).filter(~pl.col("is_staged")).with_columns(stage=pl.lit(None, pl.String)).select(columns),
    ])  # fmt: skip
    if standing is None:
        return history, pl.DataFrame()
    open_now = told(standing).with_columns(
        stage=pl.when("is_staged").then("stage"), days=pl.when("is_staged").then("age").otherwise("days_open")
    )
    return history, open_now


def _forecast(
    standing: pl.DataFrame,
    history: pl.DataFrame,
    ages: pl.DataFrame,
    new: pl.DataFrame,
    won: float,
    target: float | None,
) -> dict[str, dict[str, object]]:
    """Expected and between which ends, of the open deals, the new ones, and all together."""
    chances, days = table(history), ages.filter(pl.col("at_day").is_in(history.get_column("at_day").implode()))
    met = (
        shocks(history, chances, sizes(days)).join(new.select("at_day", "amount"), on="at_day", how="left").fill_null(0)
    )
    of_all = int(history.get_column("won").sum()) / max(int(history.get_column("deals").sum()), 1)
    told = with_chances(standing, chances).join(worth(days), on="pipeline", how="left", nulls_equal=True)
    weighed = _weighed(told, of_all)
    later = met.get_column("amount").cast(pl.Float64).to_numpy()
    drawn = futures(weighed, met.get_column("shock").to_numpy(), later)
    sums, come = won + drawn.sum(axis=1), float((recency(len(later)) * later).sum())
    parts = {
        "open": _between(drawn[:, 0], float(drawn[:, 0].mean())),
        "new": _between(drawn[:, 1], come),
    }
    landed = _between(sums, won + float(drawn[:, 0].mean()) + come)
    if target is not None:
        landed["chance"] = float((sums >= float(target)).mean())
    return {**parts, "landing": landed}


def _weighed(rows: pl.DataFrame, of_all: float) -> Weighed:
    """Deals of a pipeline without history have the chance of all. In one order: the same coins for the same deals."""
    money = pl.col("chance").fill_null(of_all) * pl.col("worth").fill_null(1)
    filled = rows.with_columns(chance=money.clip(0, 0.99)).sort(*_IN_ORDER)
    return Weighed(*(filled.get_column(name).cast(pl.Float64).to_numpy() for name in _WEIGHED))


def _between(drawn: np.ndarray, amount: float) -> dict[str, object]:
    """The mean, so that parts add up to the whole, and the range; a few large deals can put the mean outside of it."""
    low, high = map(float, np.quantile(drawn, ENDS))
    return {"amount": round(amount), "at_least": round(min(low, amount)), "at_most": round(max(high, amount))}


def coverage(due: float, target: float, won: float) -> float | None:
    """The open amount due in a period, divided by what is missing to its target; None once that is reached."""
    return due / (target - won) if target > won else None


def _covered(standing: pl.DataFrame, known: pl.DataFrame, won: float, target: float | None) -> dict[str, object]:
    """How often what is due covers what is missing, and how often it has to, since only a part is won."""
    due = float(standing.get_column("due").sum() or 0)
    decided, wins = known.item(0, "decided"), known.item(0, "won")
    enough = decided >= LEAST_DECIDED and wins
    return {
        "due": due,
        "coverage": None if target is None else coverage(due, float(target), won),
        "needed": decided / wins if enough else None,
    }


def _by_crm(standing: pl.DataFrame, said: pl.DataFrame, won: float) -> float | None:
    """Won so far and the CRM's probabilities of what is due: its word on the deal, else on the deal's stage.

    Null where it has no word on more than half of the money, or nobody saw more than half of it on that day.
    """
    by_stage = pl.col("without_probability").cast(pl.Float64) * pl.col("crm_chance").fill_null(0)
    told = with_crm(standing, said).select(
        all=pl.col("amount").sum().cast(pl.Float64), rebuilt=pl.col("rebuilt").sum().cast(pl.Float64),
        due=pl.col("due").sum().cast(pl.Float64), expected=(pl.col("by_crm").fill_null(0) + by_stage).sum(),
        unworded=pl.col("without_probability").filter(pl.col("crm_chance").is_null()).sum().cast(pl.Float64),
    ).row(0, named=True)  # fmt: skip
    silent = (told["unworded"] or 0) > (told["due"] or 0) / 2 or (told["rebuilt"] or 0) > (told["all"] or 0) / 2
    return None if silent or not told["due"] else won + float(told["expected"] or 0)


def with_crm(rows: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """Rows with the `crm_chance` that the CRM gives their pipeline and stage, or their stage in any pipeline.

    Args:
        rows: with pipeline and stage. said: the answer of stage_odds.
    """
    own = said.filter(pl.col("pipeline").is_not_null()).unique(["pipeline", "stage"])
    of_any = said.filter(pl.col("pipeline").is_null()).unique("stage").select("stage", of_any="probability")
    joined = rows.join(own.rename({"probability": "own"}), on=["pipeline", "stage"], how="left")
    joined = joined.join(of_any, on="stage", how="left")
    return joined.with_columns(crm_chance=pl.coalesce("own", "of_any")).drop("own", "of_any")
