"""What suggests itself with one customer: next actions by plain rules, each with what it stands on.

A rule is shown when its evidence is there, and never otherwise; nothing is weighed or scored. Evidence is all that the
viewer may see on the view's day, whatever is filtered. Whether a customer is silent, or about to buy, is told by what
anybody sold to it (metrics/told_in_part.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from metrics import overdue, told_in_part, voices
from metrics.customer import rhythm
from metrics.customer_signals import COMPLAINED
from metrics.customer_words import BY_PAUSES
from metrics.notes import Note
from metrics.own_part import usual
from metrics.query import Column, Query, from_file
from metrics.signals import SILENT_DAYS
from metrics.view import View

ACTIONS = (
    "ticket", "low_score", "overdue", "credit", "silent", "past_due", "untouched", "renewal", "reorder", "no_contact",
)  # fmt: skip
"""What may suggest itself, in the order in which it is told: what keeps a customer from buying comes first."""
RENEW_DAYS = 90
"""So many days before it ends somebody should speak of the next contract."""
CREDIT_USED = 0.9
"""Of the credit limit, from where on there is little left."""
REORDER_DAYS = 7
"""Days around the usual pause in which the next order is due."""
HINT = 0.05
"""A silence less likely than this is a hint, where one customer is looked at by itself."""
_SCHEMA: dict[str, Any] = {
    "action": pl.String, "count": pl.Int64, "amount": pl.Float64, "since": pl.Date, "until": pl.Date, "days": pl.Int64,
    "usual": pl.Float64, "longest": pl.Int64, "limit": pl.Float64, "share": pl.Float64, "score": pl.Float64,
    "what": pl.String,
}  # fmt: skip
Row = dict[str, Any]


def actions(name: str, view: View, *, is_part: bool = False) -> Query:
    """What suggests itself with a customer on the view's day (ACTIONS).

    One row per suggestion: `action`, and what it stands on: `count`, `amount`, `since` and `until` (first and last
    day), `days` since then, `usual` and `longest` pause, `limit` and `share` of it, `score`, `what` it is about.
    `metrics.customer_words.why` says it. `rows(action=…)` are the invoices, tickets, deals… it stands on.

    Args:
        is_part: who asks sees a part of the sales: pauses are of everybody's, and null where others sold on other days;
            of an account of nobody they see nothing is told then.
    """
    day = view.at
    asked = from_file(
        "customer_evidence", customer=name, day=day, from_on=day - timedelta(days=overdue.BACK),
        scores_from=day - timedelta(days=COMPLAINED), renew_until=day + timedelta(days=RENEW_DAYS),
        untouched_since=day - timedelta(days=SILENT_DAYS), detracts=voices.DETRACTS, unsatisfied=voices.UNSATISFIED,
    )  # fmt: skip
    # What is told of buying stands on the purchases, be it "silent" or "reorder".
    is_it = "population.action = case when $at_action in ('silent', 'reorder') then 'buying' else $at_action end"
    columns = (
        Column("action", "by"), Column("count", "value", unit="count", where=is_it),
        *(Column(name, "value", unit="days") for name in ("days", "usual", "longest")),
        *(Column(name, "value", unit="money") for name in ("amount", "limit")),
        Column("share", "value", unit="share"),
    )  # fmt: skip
    others = (usual(rhythm(name, view)), told_in_part.owners(view, name)) if is_part else ()
    return replace(asked, columns=columns, by=("action",), finish="customer_actions", others=others)


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """The rules whose evidence is there, in their order."""
    day = dict(query.params)["day"]
    if not isinstance(day, date):
        raise TypeError(day)
    raw = frames[0].sort("action", "day", nulls_last=True)
    found: dict[str, Row] = {}
    for (action,), part in raw.group_by("action", maintain_order=True):
        told = _told(str(action), part, day)
        if told is not None:
            found[told["action"]] = told
    if query.others:
        for name in BY_PAUSES:
            found.pop(name, None)
        bought = raw.filter(action="buying").get_column("day").unique()
        if told := _of_all(bought, frames[1].get_column("day"), day, is_owned=frames[2].height > 0):
            found[told["action"]] = told
    if "overdue" in found and "credit" in found and found["credit"]["share"] < 1:
        del found["credit"]  # the overdue part is what is to be spoken of
    rows = [{name: found[one].get(name) for name in _SCHEMA} for one in ACTIONS if one in found]
    return pl.DataFrame(rows, _SCHEMA, orient="row")


def _told(action: str, part: pl.DataFrame, day: date) -> Row | None:
    """One suggestion from its evidence; None where the rule is not met."""
    if action == "buying":
        return _buying(part.get_column("day"), day)
    since, last = (part.get_column("day").min(), part.get_column("day").max())
    first = since if isinstance(since, date) else None
    amount = part.get_column("amount").sum()
    row: Row = {
        "action": action, "count": part.height, "amount": float(amount or 0), "since": first,
        "until": last, "days": abs((day - first).days) if first else None, "what": part.item(0, "what"),
        "score": part.get_column("score").min(),
    }  # fmt: skip
    if action == "credit":
        limit = float(part.item(0, "bound"))
        row |= {"limit": limit, "share": row["amount"] / limit}
        return row if row["share"] >= CREDIT_USED else None
    return row


def _of_all(own: pl.Series, everybody: pl.Series, day: date, *, is_owned: bool) -> Row | None:
    """What everybody's days of buying suggest, without them where others sold on other days."""
    told = _buying(everybody, day)
    if told is None or set(own) == set(everybody):
        return told
    return {"action": told["action"]} if is_owned else None


def _buying(days: pl.Series, day: date) -> Row | None:
    """Whether the customer is silent for longer than it ever was, or its next purchase is about due."""
    known = overdue.rhythm(days, day)
    if known is None:
        return None
    row: Row = {
        "count": known.purchases, "since": known.last_on, "days": known.days_since, "usual": known.usual_pause,
        "longest": known.longest_pause, "until": known.last_on + timedelta(days=round(known.usual_pause)),
    }  # fmt: skip
    if known.is_late and known.chance < HINT:
        return row | {"action": "silent"}
    is_due = abs(known.days_since - known.usual_pause) <= REORDER_DAYS and known.usual_pause > 2 * REORDER_DAYS
    return row | {"action": "reorder"} if is_due else None
