"""Customers who need attention: each signal with its evidence, since when it holds, what is at stake, and whose it is.

    silent         a key account that buys in a rhythm is overdue (metrics/overdue.py)
    untouched      a key account with open deals was touched regularly and is not any more (metrics/activity.quiet)
    falling        a regular customer buys less than last year, more than chance and the other customers explain
    complaint      serious tickets or complaints are open; or after one there is a silence beyond chance
    concentration  one customer brings a large share of what the company, a team or a salesperson sells, and at least
                   twice an equal one

Key accounts are those that a tier of the company's own calls so, and who belongs to class A by value of two years and
bought over at least LEAST_SPAN days of them (`key_by` says which). What is judged by chance is judged with all that
were looked at (Benjamini and Hochberg, at most 5 % of those named wrongly so on average, signal by signal); open
complaints and shares are facts. A falling customer that is silent, too, is told once, and so is a silence after a
complaint. Who was late before complaining did not fall silent over it.

Of the key accounts that are overdue those are silent whose silence is beyond chance among the key accounts as well,
each by its part of their money (metrics/customer_silence.py). Who is not named stays on the list of the overdue.

Falling: were nothing the matter, each purchase of both spans might as well have fallen into the other, with the odds
that the other customers' purchases tell; the sum that did fall into this year's then has the variance
w (1 − w) Σ amount², and so has what the others tell (randomisation test in its normal form). Season and growth that
all share are in the odds. Where customers move more than that, since orders come in series, the spread is theirs (the
empirical null).

Sources: R. A. Fisher (1935), The Design of Experiments, 21; B. Efron (2004), Large-scale simultaneous hypothesis
testing: the choice of a null hypothesis, JASA 99:96–104. The threshold of a company's shares: IFRS 8.34.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from metrics import activity, customer_silence, overdue, together, told_in_part, voices
from metrics.customer_complaints import complaints, complaints_of_own
from metrics.customer_falling import LEAST_DAYS, WEEKS, fallen, fallen_of_own
from metrics.errors import NoSuchColumn, nearest
from metrics.notes import Note, note
from metrics.number import number
from metrics.own_part import usual
from metrics.pareto import CUTS
from metrics.proportions import discoveries
from metrics.query import Column, Query, from_file
from metrics.view import View
from metrics.viewer import Viewer

SIGNALS = ("silent", "untouched", "falling", "complaint", "concentration")
LEAST_SPAN = 365
"""Days from the first to the last purchase for a customer of class A to be a key account."""
COMPLAINED = 180
"""Days after a complaint in which silence is held against it."""
LEVELS = {"company": 0.10, "team": 0.20, "rep": 0.30}
"""From which share of each one customer is a concentration."""
LEAST_BUYERS, LEAST_TIMES = 5, 2
"""Customers that a company, a team or a salesperson must have for one of them to be a concentration, and how many times
an equal share (1 ÷ customers) it must bring: of seven alike each brings 14 %."""
YEAR = 365
BY = ("customer", "signal", "reason")
_NEVER = 2.0
_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(("signal", "reason", "customer", "tier", "key_by", "rep"), pl.String), "since": pl.Date,
    "said_on": pl.Date, "days": pl.Int64, "usual": pl.Float64, "longest": pl.Int64, "count": pl.Int64,
    "share": pl.Float64, "bound": pl.Float64, "member": pl.String, "value": pl.Float64, "expected": pl.Float64,
    "before": pl.Float64, "what": pl.String, "chance": pl.Float64, "looked": pl.Int64, "amount": pl.Float64,
}  # fmt: skip
Row = dict[str, Any]


def levels_of(viewer: Viewer) -> tuple[str, ...]:
    """Whose shares a viewer may be told: of a company or a team of which one sees a part, a share would be wrong."""
    if viewer.sees_all:
        return tuple(LEVELS)
    return ("team", "rep") if viewer.scope == "teams" else ("rep",)


def signals(view: View, levels: Sequence[str] = tuple(LEVELS), *, shares: bool = True) -> Query:
    """The customers who need attention on the view's day, most at stake first.

    Told by all that the viewer may see, whatever is filtered: filters choose who is listed. One customer alone is asked
    of the same answers as all. Who does not see everything is told of customers that they, or those they see, own:
    somebody else's may be in touch with others. Who is silent, falls, or is silent after a complaint is judged by
    everybody's purchases; where others sold, too, the evidence is null, and what a fall is held against always.

    One row per signal and customer (per team and salesperson, for shares): `signal` (SIGNALS), `reason` (what its
    evidence says, `metrics.customer_words.evidence`), `customer`, `tier`, `key_by` (tier, value, both), `since`
    (null: a share that was as large a year ago, a silence told by others' sales, too), the values of the evidence
    (`said_on`: complained then; `days`, `usual`, `longest`, `count`, `share`, `bound`, `member`, `value`, `expected`,
    `before`, `what`, `chance`; of silent ones `looked`: the key accounts it is judged with), `amount` (at stake) and
    `rep` (who owns the account). `rows(signal=…, customer=…)` are what it stands on.

    Args:
        view: its day and filters. levels: whose shares are told (`levels_of`). shares: False to leave them out, where
            a share of a later day tells by its `since` whether it was as large on this one.
    """
    asked = _asked(view.with_filter("customer", ()), levels, shares=shares)
    first, *rest = [part for one in asked.values() for part in (replace(one, others=()), *one.others)]
    columns = (
        *(Column(name, "by") for name in BY),
        *(Column(name, "value", unit="days") for name in ("days", "usual", "longest")),
        *(Column(name, "value", unit="count") for name in ("count", "looked")),
        *(Column(name, "value", unit="share") for name in ("share", "bound", "chance")),
        *(Column(name, "value", unit="money") for name in ("value", "expected", "before", "amount")),
    )  # fmt: skip
    return replace(
        first, view=view, others=tuple(rest), inner=tuple(asked.items()), measures=(), by=BY,
        columns=columns, finish="customer_signals", limit=None, notes=(),
    )  # fmt: skip


def _asked(view: View, levels: Sequence[str], *, shares: bool) -> dict[str, Query]:
    day = view.at
    back, now_from = day - timedelta(days=overdue.BACK), day - timedelta(days=7 * WEEKS - 1)
    year_ago = timedelta(days=364)
    everybody = view.model_copy(update={"filters": ()})
    bounds = {f"of_{name}": share if name in levels else _NEVER for name, share in LEVELS.items()}
    keyed = {"day": day, "from_on": back}
    asked = {
        "keys": from_file("customer_keys", view, **keyed, class_a=CUTS["A"], least_span=LEAST_SPAN),
        # of all, whom filters choose is told by `chosen`: what is chance among key accounts depends on all of them
        **{f"overdue_{name}": overdue.overdue(everybody, name) for name in overdue.OF},
        "quiet": activity.quiet(view),
        "falling": from_file(
            "customer_falling", view, day=day, now_from=now_from, then_from=now_from - year_ago,
            then_to=day - year_ago, least_days=LEAST_DAYS,
        ),
        "complaint": from_file(
            "customer_complaints", view, **keyed, brought_from=back - timedelta(days=YEAR),
            since=day - timedelta(days=COMPLAINED), detracts=voices.DETRACTS,
            unsatisfied=voices.UNSATISFIED, least_orders=overdue.LEAST_PURCHASES,
        ),
        "concentration": from_file(
            "customer_large", view, day=day, from_on=day - timedelta(days=YEAR - 1),
            before_from=day - timedelta(days=2 * YEAR - 1), least_buyers=LEAST_BUYERS, least_times=LEAST_TIMES,
            with_shares=shares, **bounds,
        ),
    }  # fmt: skip
    named = (Column("customer", "by"),)
    for name in ("falling", "complaint", "concentration"):
        asked[name] = replace(asked[name], columns=named, by=("customer",))
    if "company" not in levels:
        asked |= _asked_of_all(asked, everybody)
    return asked | ({"chosen": from_file("customer_chosen", view, **keyed)} if view.filters else {})


def _asked_of_all(asked: Mapping[str, Query], everybody: View) -> dict[str, Query]:
    """What is judged by everybody's rows for who sees a part: the same questions, and whose accounts are whose."""
    same = ("keys", *(f"overdue_{name}" for name in overdue.OF), "falling", "complaint")
    return {
        **{f"all_{name.removeprefix('overdue_')}": usual(replace(asked[name], view=everybody)) for name in same},
        "owned": told_in_part.owners(everybody),
    }


def rows(query: Query, column: str | None, at: Mapping[str, object]) -> Query:
    """What a signal of a customer stands on: purchases, touches, complaints."""
    signal, inner = str(at.get("signal")), dict(query.inner)
    bought = "won_amount" if at.get("reason") == "silent_won" else "revenue"
    named = {"silent": f"overdue_{bought}", "untouched": "quiet"}.get(signal, signal)
    if signal not in SIGNALS or column not in {None, *_SCHEMA}:
        raise NoSuchColumn(name=column or signal, suggestion=nearest(signal, SIGNALS))
    of = {"silent": "at_stake" if column == "amount" else "purchases"}.get(signal)
    return inner[named].rows(of, customer=at.get("customer"))


# ---------------------------------------------------------------------------------------------------------- finishing


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """All signals of those who are chosen."""
    answers = together.answers(query, frames)
    told = {name: result.frame for name, result in answers.items()}
    day = _day(query)
    is_part = "owned" in told
    accounts = told["all_keys" if is_part else "keys"]
    keys, owned = _keyed_by(accounts), told_in_part.rep_of(told["owned"]) if is_part else {}
    has_orders = customer_silence.is_by_orders(accounts, answers[f"{'all' if is_part else 'overdue'}_revenue"].raw)
    bought = "revenue" if has_orders else "won_amount"
    silent = customer_silence.silent(answers[f"{'all' if is_part else 'overdue'}_{bought}"], accounts, has_orders)
    if is_part:
        silent = customer_silence.own(silent, answers[f"overdue_{bought}"].raw, told["owned"], bought)
        complained = complaints_of_own(told["all_complaint"], told["complaint"], owned, day)
        falling = fallen_of_own(told["all_falling"], told["falling"], owned, day)
    else:
        complained, falling = complaints(told["complaint"], day), fallen(told["falling"], day)
    known = {row["customer"] for row in silent}
    mine = {one: by for one, by in keys.items() if one in owned} if is_part else keys
    found = [
        *silent, *_untouched(told["quiet"], mine), *_once(complained, silent),
        *(row for row in falling if row["customer"] not in known),
        *_concentrated(told["concentration"], query, day),
    ]  # fmt: skip
    if one := query.view.chosen("customer") if query.view else ():
        found = [row for row in found if row["customer"] in one]
    if "chosen" in told:
        chosen = set(told["chosen"].get_column("customer"))
        found = [row for row in found if row["customer"] in chosen]
    if mine:  # how many there are of others is not told
        tier = sum(by != "value" for by in mine.values())
        how = "" if 0 < tier < len(mine) else "_by_tier" if tier else "_by_value"
        notes.append(note(f"key_accounts{how}", count=len(mine), tier=tier))
    if is_part:  # others may be in touch with theirs
        found = [row | {"rep": owned[row["customer"]]} for row in found if row["customer"] in owned]
        notes.append(note("own_accounts"))
    owners = dict(told["keys"].select("customer", "rep").iter_rows())
    for row in found:
        row["key_by"], row["rep"] = keys.get(row["customer"]), row.get("rep") or owners.get(row["customer"])
    frame = pl.DataFrame([{name: row.get(name) for name in _SCHEMA} for row in found], _SCHEMA, orient="row")
    return frame.sort("amount", "signal", "customer", descending=[True, False, False], nulls_last=True)


def _day(query: Query) -> date:
    if query.view is None:
        msg = "signals are told on a day"
        raise TypeError(msg)
    return query.view.at


def _keyed_by(accounts: pl.DataFrame) -> dict[str, str]:
    """What makes each key account one: its tier, its value, or both."""
    named, valued = pl.col("is_named") == 1, pl.col("is_class_a") == 1
    by = pl.when(named & valued).then(pl.lit("both")).when(named).then(pl.lit("tier")).otherwise(pl.lit("value"))
    told = accounts.select("customer", by=by)
    return dict(zip(told.get_column("customer").to_list(), told.get_column("by").to_list(), strict=True))


def _untouched(quiet: pl.DataFrame, keys: Mapping[str, str]) -> list[Row]:
    """Key accounts gone quiet, where a silence as long is beyond chance with all key accounts counted.

    Touches come in bursts: the pauses are taken to be as uneven as they can be, with the longest that there was.
    """
    gone = [row for row in quiet.iter_rows(named=True) if row["customer"] in keys]
    silent, touched, longest = (
        np.array([row[name] for row in gone], dtype=float) for name in ("silent_days", "touch_days", "longest_pause")
    )
    year = np.full(len(gone), float(YEAR))
    chances = overdue.chance(silent, touched - 1, year, year * longest).tolist()
    stand = discoveries([*chances, *[1.0] * (len(keys) - len(gone))])
    return [
        {
            "signal": "untouched", "reason": "untouched", "customer": row["customer"], "tier": row["tier"],
            "since": row["touched_on"], "days": row["silent_days"], "longest": row["longest_pause"],
            "count": row["touch_days"], "chance": by_chance, "amount": number(row["amount"]),
        }
        for row, by_chance, stands in zip(gone, chances, stand, strict=False) if stands
    ]  # fmt: skip


def _once(complaints: list[Row], silent: list[Row]) -> list[Row]:
    """The complaints but those whose silence is told already: there the complaint is said beside the silence."""
    known = {row["customer"]: row for row in silent}
    for row in complaints:
        if row["reason"] == "complaint_quiet" and row["customer"] in known:
            known[row["customer"]] |= {"said_on": row["said_on"], "what": row["what"]}
    return [row for row in complaints if row["reason"] != "complaint_quiet" or row["customer"] not in known]


def _concentrated(told: pl.DataFrame, query: Query, day: date) -> list[Row]:
    """Shares of the year, and since when each has been as large; no day where that was so a year ago already."""
    asked = dict(dict(query.inner)["concentration"].params)
    found = []
    parts = told.group_by("level", "member", "customer", maintain_order=True) if told.height else ()
    for (level, member, customer), own in parts:
        part, whole = np.zeros(2 * YEAR), np.zeros(2 * YEAR)
        for on, amount, of_all in own.select("day", "amount", "whole").iter_rows():
            at = 2 * YEAR - 1 - (day - on).days
            part[at], whole[at] = amount, of_all
        reached, of = (np.convolve(one, np.ones(YEAR), "valid") for one in (part, whole))
        row = own.row(0, named=True)
        bound = max(float(str(asked[f"of_{level}"])), float(str(asked["least_times"])) / row["buyers"])
        # before the first sale there is no share; the last day's is large enough, whatever its last digit says
        under = np.flatnonzero((reached[:-1] < bound * of[:-1]) | (of[:-1] <= 0))
        since = day - timedelta(days=int(len(reached) - 2 - under[-1])) if under.size else None
        found.append({
            "signal": "concentration", "reason": f"concentration_{level}", "customer": customer, "tier": row["tier"],
            "rep": row["rep"], "since": since, "share": reached[-1] / of[-1], "bound": bound, "member": member or None,
            "count": row["buyers"], "amount": reached[-1],
        })  # fmt: skip
    return found
