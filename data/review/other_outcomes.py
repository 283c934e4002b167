"""What became of decisions about customers, salespeople and targets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from data.review.decided import Said, Verdict
from data.review.judging import Case, check, iso, met, unmet
from data.review.measuring import attained, measured, with_faults
from metrics.catalog import measure as measure_of
from metrics.period import DAY

if TYPE_CHECKING:
    from data.store import Snapshot

# ------------------------------------------------------------------------------------------------------------ customers

_BOUGHT = """
select min(day) as day, min(case when kind = 'created' then null else day end) as bought_on,
    min(case when kind = 'order' then day end) as ordered_on
from (
    select ordered_on as day, 'order' as kind from crm.order_lines
    where customer_key = $key and ordered_on > $since and ordered_on <= $day and not is_return and amount > 0
    union all
    select closed_on, 'won' from crm.deals
    where customer_key = $key and status = 'won' and closed_on > $since and closed_on <= $day and not is_gone
    union all
    select created_on, 'created' from crm.deals
    where customer_key = $key and created_on > $since and created_on <= $day and not is_gone
) as happened
"""
_VISITED = """
select min(done_on) as day from crm.activities where customer_key = $key and done_on > $since and done_on <= $day
"""


@check("buys")
def bought(case: Case, reach: date) -> Verdict:
    """Whether the customer ordered, or a deal was won, after the day of the decision; a new deal is a move."""
    found = _of_customer(case, _BOUGHT, reach)
    if (day := found.get("bought_on")) is not None:
        code = "ordered" if found["ordered_on"] == day else "won"
        return met(case, Said(code, {"on": iso(day)}), day, is_late=day > case.action.due_on)
    created = found.get("day")
    evidence = Said("new_deal", {"on": iso(created)}) if created else Said("not_bought")
    return unmet(case, reach, (evidence,), has_moved=created is not None)


@check("visit")
def visited(case: Case, reach: date) -> Verdict:
    """Whether anybody did something with the customer after the day of the decision."""
    day = _of_customer(case, _VISITED, reach).get("day")
    if day is not None:
        return met(case, Said("touched", {"on": iso(day)}), day, is_late=day > case.action.due_on)
    return unmet(case, reach, (Said("untouched"),), has_moved=False)


@check("no_complaint")
def complaints(case: Case, reach: date) -> Verdict:
    """Whether no complaint of the customer stands open; fewer than before is a move."""
    was = case.action.before.value
    judged_on = min(reach, case.action.due_on)
    for day in dict.fromkeys((judged_on, reach)):
        left = open_complaints(case.seen, case.action.before.key, day)
        if left == 0:
            told = Said("complaints_none", {"old": was, "unit": "count"})
            return met(case, told, None, is_late=day > case.action.due_on)
    told = Said("complaints", {"old": was, "new": left, "unit": "count"})
    return unmet(case, reach, (told,), has_moved=was is not None and left < was)


_COMPLAINTS = """
with told as (
    select customer_key, opened_on, closed_on, lower(kind) like '%complain%' or kind like '%投诉%' or kind like '%客诉%'
        or kind like '%抱怨%' as is_complaint
    from crm.tickets
),
known as (select coalesce(bool_or(is_complaint), false) as tells from told)
select count(*) as n from told cross join known
where customer_key = $key and opened_on <= $day and (closed_on is null or closed_on > $day)
    and (is_complaint or not known.tells)
"""


def open_complaints(seen: Snapshot, key: int | None, day: date) -> int:
    """Complaints of a customer that stand open on a day; where no ticket is called one, tickets are (complaints.py)."""
    return int(seen.frame(_COMPLAINTS, {"key": key, "day": day}).item())


def _of_customer(case: Case, sql: str, reach: date) -> dict[str, Any]:
    asked = {"key": case.action.before.key, "since": case.action.decided_on, "day": reach}
    return case.seen.frame(sql, asked).row(0, named=True)


# ---------------------------------------------------------------------------------------------- salespeople and targets


@check("reach")
def reached(case: Case, reach: date) -> Verdict:
    """Whether a measure of a salesperson reached a value: what flows, since the decision; what stands, on the day."""
    one, rep = case.expected, case.action.label
    id_, wanted, since = one.text("measure"), one.number("at_least"), case.action.decided_on + DAY
    is_stock = measure_of(id_).stock is not None
    values: list[float | None] = []
    for day in dict.fromkeys((min(reach, case.action.due_on), reach)):
        value = measured(case.seen, id_, rep, day if is_stock else since, day)
        values.append(value)
        if value is not None and value >= wanted:
            return met(case, _number(case, value, wanted), None, is_late=day > case.action.due_on)
    return _unmet_number(case, reach, values[-1], wanted, is_better=lambda new, old: new > old)


@check("at_most")
@check("tidy")
def shrunk(case: Case, reach: date) -> Verdict:
    """Whether what stands open with a salesperson, or deals with faults in their records, have shrunk to a value."""
    one, rep = case.expected, case.action.label
    wanted = one.number("at_most")
    values: list[float | None] = []
    for day in dict.fromkeys((min(reach, case.action.due_on), reach)):
        is_tidy = one.outcome == "tidy"
        value = with_faults(case.seen, rep, day) if is_tidy else measured(case.seen, one.text("measure"), rep, day, day)
        values.append(value)
        if value is not None and value <= wanted:
            return met(case, _number(case, value, wanted), None, is_late=day > case.action.due_on)
    return _unmet_number(case, reach, values[-1], wanted, is_better=lambda new, old: new < old)


@check("attainment")
def attainment(case: Case, reach: date) -> Verdict:
    """Whether a target was reached to a share, as its measure stood on the day it was due, or since."""
    before, wanted = case.action.before, case.expected.number("at_least")
    if before.from_on is None or before.to_on is None:
        return Verdict("unknown", (Said("no_number"),))
    values: list[float | None] = []
    for day in dict.fromkeys((min(reach, case.action.due_on), reach)):
        value = attained(case.seen, case.action.subject or "", before.from_on, before.to_on, day)
        values.append(value)
        if value is not None and value >= wanted:
            return met(case, _number(case, value, wanted), None, is_late=day > case.action.due_on)
    return _unmet_number(case, reach, values[-1], wanted, is_better=lambda new, old: new > old)


def _number(case: Case, value: float, wanted: float) -> Said:
    one = case.expected
    unit = {"attainment": "share", "tidy": "count"}.get(one.outcome) or measure_of(one.text("measure")).unit
    return Said("measured", {"old": case.action.before.value, "new": value, "wanted": wanted, "unit": unit})


def _unmet_number(
    case: Case, reach: date, value: float | None, wanted: float, is_better: Callable[[float, float], bool]
) -> Verdict:
    if value is None:
        return Verdict("unknown", (Said("no_number"),))
    was = case.action.before.value or 0.0
    return unmet(case, reach, (_number(case, value, wanted),), has_moved=is_better(value, was))
