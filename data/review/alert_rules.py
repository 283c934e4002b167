"""What fires on a day: every rule asked of what the store holds, with the company's limits. Nothing is written here.

For a day the alerts are a function of the data seen then, and so an earlier day can be asked at any time.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any

import polars as pl

from data.effects import unsaved
from data.progress import tell
from data.review.errors import AlertsNotYours, LimitInvalid
from data.review.limit_history import note
from data.settings import settings
from metrics.alerts import Rule, rules
from metrics.number import number
from metrics.view import View

if TYPE_CHECKING:
    from data.review.alert_looks import Seen
    from data.review.chapter import Source
    from data.store import Snapshot, Store
    from metrics.viewer import Viewer

log = logging.getLogger(__name__)
LIMITS = "alert_limits"
_KEPT = (
    "signal", "reason", "customer", "tier", "key_by", "member", "since", "said_on", "days", "usual", "longest", "count",
    "share", "bound", "value", "expected", "what", "amount", "grain", "open_deals", "people", "of_team",
)  # fmt: skip
"""Columns that evidence keeps besides those of its sentence: words of customers' signals, and what leads to rows."""
_OF_ROWS = ("deals", "order_lines", "invoices", "activities", "tickets", "surveys")
"""Tables whose rows say of whom a customer's money comes."""


@dataclass(frozen=True)
class Fired:
    """A rule that fires on a subject.

    Attributes:
        kind, subject: what it is about, as ops.alerts keeps it. label: how it is called, where not by its id.
        values: its evidence, as JSON can hold it. reps: whose rows it stands on, where not on its subject's alone;
            None among them: nobody's.
    """

    rule: str
    kind: str
    subject: str | None
    label: str | None = None
    owner: str | None = None
    amount: float | None = None
    chance: float | None = None
    values: dict[str, Any] = field(default_factory=dict)
    reps: tuple[int | None, ...] = ()

    @property
    def key(self) -> tuple[str, str, str | None]:
        """What tells it apart."""
        return self.rule, self.kind, self.subject


def view_on(seen: Snapshot, day: date | None = None) -> View | None:
    """How a day is looked at; None where the store holds nothing dated."""
    if seen.as_of is None:
        return None
    view = View(
        as_of=seen.as_of, fiscal_start=settings().fiscal_start, week_start=settings().week_start,
        headline=settings().headline_measure,
    )  # fmt: skip
    return view.seen_on(day) if day and day < seen.as_of else view


def fired(
    seen: Snapshot, day: date | None = None, among: Mapping[str, Rule] | None = None
) -> tuple[list[Fired], set[str]]:
    """Everything that fires on a day, by default the store's, most at stake first; and rules that could not be asked.

    Args:
        seen: the store. day: on which it is looked at. among: the rules; by default all of them.
    """
    from data.review.alert_looks import Seen  # with half of what is asked anywhere; a menu that only counts needs none

    view = view_on(seen, day)
    if view is None:
        return [], set()
    changed = limits(seen)
    known = {rule.id: {**rule.usual(), **changed.get(rule.id, {})} for rule in (among or rules()).values()}
    looked = Seen(seen, view, known)
    frames: dict[str, pl.DataFrame] = {}
    found: list[Fired] = []
    failed: set[str] = set()
    asked = (among or rules()).values()
    for place, rule in enumerate(asked):
        tell("asking", place / len(asked))
        try:
            found += _of_rule(rule, looked, known[rule.id], frames)
        except Exception:
            log.exception("rule %s could not be asked", rule.id)
            failed.add(rule.id)
    named = [one.subject for one in found if one.kind == "customer" and one.subject is not None]
    whose = _whose_rows(seen, named) if named else {}
    found = [_with_reps(one, whose) for one in found]
    return sorted(found, key=lambda one: (-stake(one.amount, one.chance), one.rule, one.subject or "")), failed


def stake(amount: float | None, chance: float | None) -> float:
    """What alerts are ranked by: the money at stake, times its probability where that is known."""
    return (amount or 0) * (1 if chance is None else chance)


def _of_rule(rule: Rule, looked: Seen, limits_of: Mapping[str, float], frames: dict[str, pl.DataFrame]) -> list[Fired]:
    from data.review.alert_looks import LOOKS

    if rule.look is None:
        rows = rule.rows(looked.ask(rule.query(looked.view)), limits_of)
    else:
        if rule.look not in frames:
            frames[rule.look] = LOOKS[rule.look].rows(looked)
        rows = frames[rule.look]
    if rows.is_empty():
        return []
    found: dict[tuple[str, str, str | None], Fired] = {}
    fires = rule.fired(rows, limits_of)
    if rule.look is not None and (further := LOOKS[rule.look].further) is not None:
        fires = further(looked, fires)
    if rule.amount is not None:
        fires = fires.sort(rule.amount, descending=True, nulls_last=True, maintain_order=True)
    for row in fires.iter_rows(named=True):
        kind, subject = str(row.get("kind") or rule.of), row[rule.subject]
        own = row.get("owner") if rule.subject == "subject" else None
        owner = own or looked.owner(kind, subject)
        one = Fired(
            rule.id, kind, subject, row.get("label"), owner, _money(row.get(rule.amount or "")),
            number(row.get(rule.chance or "")), _values(row, {*rule.units, *_KEPT}),
        )  # fmt: skip
        found.setdefault(one.key, one)
    return list(found.values())


def _money(value: object) -> float | None:
    told = number(value)
    return None if told is None or not isfinite(told) else round(told, 2)


def _values(row: Mapping[str, Any], kept: set[str]) -> dict[str, Any]:
    """What JSON can hold of a row, of these columns."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name not in kept:
            continue
        if isinstance(value, date | datetime):
            found[name] = value.isoformat()
        elif isinstance(value, Decimal):
            found[name] = float(value)
        elif name == "people":
            found |= {} if value is None else {name: list(value)}
        elif value is None or isinstance(value, str | int) or (isinstance(value, float) and isfinite(value)):
            found[name] = value
    return found


def _whose_rows(seen: Snapshot, customers: Sequence[str]) -> dict[str, tuple[int | None, ...]]:
    """Of whom there are rows of these customers: who sees only some of these people is not told the sums."""
    parts = " union ".join(  # each cut to the named ones before they are put together: of millions of lines few stay
        f"select distinct customer_key, rep_key from crm.{table} where customer_key in (select customer_key from named)"
        for table in _OF_ROWS
    )
    told = seen.frame(
        f"""
        with named as (select customer_key, customer from crm.customers where customer in (select unnest($names))),
        rows as ({parts})
        select distinct named.customer, rows.rep_key from rows join named on named.customer_key = rows.customer_key
        order by 1, 2 nulls first
        """,
        {"names": sorted(set(customers))},
    )
    found: dict[str, list[int | None]] = {}
    for customer, key in told.iter_rows():
        found.setdefault(customer, []).append(key)
    return {customer: tuple(keys) for customer, keys in found.items()}


def _with_reps(one: Fired, whose: Mapping[str, tuple[int | None, ...]]) -> Fired:
    if one.kind != "customer" or one.subject is None:
        return one
    return Fired(**{**one.__dict__, "reps": whose.get(one.subject, ())})


def source(view: View, rule: Rule, kind: str, subject: str | None, values: Mapping[str, Any]) -> Source | None:
    """The rows that an alert's evidence stands on, seen on the view's day."""
    from data.review.chapter import Source

    if rule.look is not None:
        from data.review.alert_looks import LOOKS

        return LOOKS[rule.look].source(view, kind, subject, values)
    at = ((rule.by, subject),) if rule.by else ()
    return Source(rule.query(view), rule.measure, at)


# -------------------------------------------------------------------------------------------------------------- limits


def limits(seen: Snapshot) -> dict[str, dict[str, float]]:
    """The limits that the company changed, by rule and name."""
    found = seen.frame("select value from ops.settings where name = $name", {"name": LIMITS})
    told: dict[str, dict[str, float]] = json.loads(found.item()) if found.height else {}
    known = rules()
    return {
        rule: {name: value for name, value in of.items() if name in known[rule].limits}
        for rule, of in told.items()
        if rule in known
    }


def bounds(rule: str, name: str) -> str:
    """What a limit may be, as "0…1"; "—" where there is no such limit."""
    known = rules()[rule].limits.get(name) if rule in rules() else None
    return "—" if known is None else f"{known.least:g}…{known.most:g}"


def set_limit(store: Store, viewer: Viewer, rule: str, name: str, value: float | None) -> None:
    """Change a limit of a rule for everybody; None brings the usual one back.

    Raises:
        AlertsNotYours: the viewer does not see everything. LimitInvalid: no such limit, or out of its bounds.
    """
    if not viewer.sees_all:
        raise AlertsNotYours
    known = rules()[rule].limits.get(name) if rule in rules() else None
    if known is None or (value is not None and not known.least <= value <= known.most):
        given = "—" if value is None else f"{value:g}"
        raise LimitInvalid(name=f"{rule}.{name}", given=given, bounds=bounds(rule, name))
    becomes = known.usual if value is None else float(value)
    with store.noting() as cursor:  # two people's changes follow each other
        kept = {one: dict(of) for one, of in limits(unsaved(store, cursor)).items()}
        was = kept.setdefault(rule, {}).pop(name, known.usual)
        if becomes != known.usual:
            kept[rule][name] = becomes
        note(cursor, "alerts", {f"{rule}.{name}": (was, becomes)}, viewer.email)
        cursor.execute("delete from ops.settings where name = $name", {"name": LIMITS})
        if any(kept.values()):
            cursor.execute(
                "insert into ops.settings values ($name, $value)", {"name": LIMITS, "value": json.dumps(kept)}
            )
