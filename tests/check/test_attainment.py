"""Attainment by hand: the target spread over working days, day by day, against what was reached.

Where a working day gone by has no target, nothing is reached; of people only days on which they were there count.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

import pytest

from data.store import Snapshot
from metrics.cuts import breakdown, total
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.check.by_hand import shared_out
from tests.small import small_store

# Each target's value is divided by the working days of its span; of the targets that cover a day, that for exactly the
# days asked holds, else that with the shortest span, and of the same span the highest version.
GOAL = """
with shares as (
    select t.scope_value, d.day, t.version,
        case when (t.starts_on, t.ends_on) = ($from_on, $to_on) then 0 else 1 + (t.ends_on - t.starts_on) end as span,
        t.value / (
            select count(*) from crm.calendar as w where w.is_workday and w.day between t.starts_on and t.ends_on
        ) as share
    from crm.targets as t
    join crm.calendar as d on d.day between t.starts_on and t.ends_on
    where t.measure = $measure and t.scope = $scope and d.is_workday and d.day between $from_on and $to_on
),
held as (select arg_min(share, (span, -version)) as share, scope_value, day from shares group by scope_value, day)
select scope_value, sum(share) as goal,
    list(day) filter (day <= $as_of) as days
from held group by scope_value
"""
GONE = "select day from crm.calendar where is_workday and day between $from_on and least($to_on, $as_of)"
THERE = "select rep, coalesce(hired_on, date '1900-01-01'), coalesce(left_on, date '2100-01-01') from crm.reps"
WON = """
select {by} as cut, cast(sum(t.amount) as double) as won
from {deals} as t left join crm.reps as r on r.rep_key = t.rep_key
where t.status = 'won' and t.closed_on between $from_on and $to_on
group by cut
"""
SCOPES = {"company": "null", "team": "t.team", "rep": "r.rep", "region": "t.region"}


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as snapshot:
        yield snapshot


def _goals(seen: Snapshot, scope: str, days: dict[str, date]) -> dict[object, float | None]:
    """The target of each whose working days until now all have one; none of the others that have a target."""
    gone = seen.frame(GONE, days)["day"].to_list()
    there = {rep: (first, last) for rep, first, last in seen.frame(THERE).iter_rows()} if scope == "rep" else {}
    found: dict[object, float | None] = {}
    for value, goal, held in seen.frame(GOAL, {"measure": "won_amount", "scope": scope, **days}).iter_rows():
        first, last = there.get(value, (gone[0], gone[-1]))
        asked = {day for day in gone if first <= day <= last}
        found[value] = goal if asked <= set(held or []) else None
    return found


@pytest.mark.parametrize("preset", ["last_quarter", "last_year", "this_quarter", "last_month"])
@pytest.mark.parametrize("scope", SCOPES)
def test_attainment_is_what_was_won_of_the_target(seen: Snapshot, scope: str, preset: str) -> None:
    assert seen.as_of is not None
    view = View(as_of=seen.as_of, preset=preset)
    assert view.period is not None
    days = {"from_on": view.period.from_on, "to_on": view.period.to_on, "as_of": seen.as_of}
    goals = _goals(seen, scope, days)
    span = {"from_on": days["from_on"], "to_on": days["to_on"]}
    sql = WON.replace("{by}", SCOPES[scope]).replace("{deals}", shared_out("crm.deals", scope))
    won = dict(seen.frame(sql, span).iter_rows())
    query = total(("attainment",), view) if scope == "company" else breakdown(("attainment",), scope, view)
    frame = seen.ask(query, EVERYTHING).frame
    found = (
        {None: frame["attainment"].item()}
        if scope == "company"
        else dict(frame.select(scope, "attainment").iter_rows())
    )
    for value, reached in found.items():
        if (goal := goals.get(value)) is not None:
            # The target is money, to four decimals.
            assert math.isclose(reached, won.get(value, 0) / goal, rel_tol=1e-7), value
        else:
            assert reached is None, f"{value} has no target for all days gone by"
    assert {value for value in goals if won.get(value)} <= set(found)


def test_there_are_targets_to_compare_with(seen: Snapshot) -> None:
    year = {"from_on": date(2025, 1, 1), "to_on": date(2025, 12, 31), "as_of": date(2025, 12, 31)}
    assert len(_goals(seen, "company", year)) == 1
    assert len(_goals(seen, "team", year)) > 2
    came = "select rep from crm.reps where hired_on > date '2025-01-15' and hired_on < date '2025-12-01'"
    people = _goals(seen, "rep", year)
    assert any(people.get(rep) for rep in seen.frame(came)["rep"]), "somebody came within the year, and has targets"
