"""Pay of the demo company, worked out once more by other means; and what others may see of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from data.pay_plans import plans
from data.store import Snapshot
from metrics.pay import by_period, compared, payouts, questions
from metrics.pay_lines import curve, if_won, statement, statements
from metrics.pay_plan import Plan
from metrics.query import Query
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from tests.small import small_store

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)

MONEY = """
with parts as (
    select deals.deal_id, owners.rep_key, owners.share * deals.amount::double as money
    from crm.deals as deals join crm.deal_owners as owners using (deal_id)
    where owners.rep_key is distinct from deals.rep_key and deals.status = 'won' and closed_on between $first and $last
    union all
    select deal_id, rep_key, amount::double * (1 - coalesce((
        select sum(share) from crm.deal_owners as o where o.deal_id = deals.deal_id and o.rep_key <> deals.rep_key), 0))
    from crm.deals as deals where status = 'won' and closed_on between $first and $last
)
select rep, sum(money) as money from parts join crm.reps using (rep_key) group by rep
"""
TARGETS = """
select scope_value as rep, value from crm.targets
where measure = 'won_amount' and scope = 'rep' and starts_on = $first and ends_on = $last
"""


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as snapshot:
        yield snapshot


@pytest.fixture(scope="module")
def held(seen: Snapshot) -> tuple[Plan, ...]:
    return plans(seen)


@pytest.fixture(scope="module")
def view(seen: Snapshot) -> View:
    assert seen.as_of is not None
    return View(as_of=seen.as_of, from_on=FIRST, to_on=LAST)


def by_hand(plan: Plan, money: float, target: float) -> float:
    """Tier by tier, in floating money."""
    paid, edges = 0.0, [float(tier.at) * target for tier in plan.tiers] + [float("inf")]
    for tier, low, high in zip(plan.tiers, edges, edges[1:], strict=False):
        inside = max(0.0, min(money, high) - low)
        quick = list(plan.accelerators)
        over = float(quick[0].over) * target if quick else float("inf")
        beyond = max(0.0, min(money, high) - max(low, over))
        times = float(quick[0].times) if quick else 1.0
        paid += float(tier.rate) * (inside - beyond + beyond * times)
    return min(paid, float(plan.cap)) if plan.cap is not None else paid


def test_an_independent_query_gives_the_same_money_and_the_same_pay(
    seen: Snapshot, held: tuple[Plan, ...], view: View
) -> None:
    span = {"first": FIRST, "last": LAST}
    money, targets = dict(seen.frame(MONEY, span).iter_rows()), dict(seen.frame(TARGETS, span).iter_rows())
    rows = seen.ask(payouts(held, view), EVERYTHING).frame.filter(plan="sales").to_dicts()
    plan = next(one for one in held if one.id == "sales" and one.holds(FIRST, LAST))
    assert len(rows) > 10
    for row in rows:
        assert float(row["money"]) == pytest.approx(money.get(row["rep"], 0.0), abs=0.01)
        if row["relief"] == 1 and row["rep"] in targets:
            expected = by_hand(plan, float(row["money"]), targets[row["rep"]])
            assert float(row["pay"]) == pytest.approx(expected, abs=0.01), row["rep"]


def test_all_statements_add_up_to_all_payouts_to_the_cent(seen: Snapshot, held: tuple[Plan, ...], view: View) -> None:
    paid = seen.ask(payouts(held, view), EVERYTHING).frame.drop_nulls("pay")
    lines = seen.ask(statements(held, view), EVERYTHING).frame
    sums = dict(lines.drop_nulls("pay").group_by("rep").agg(pl.col("pay").sum()).iter_rows())
    assert sums == {row["rep"]: row["pay"] for row in paid.to_dicts() if row["rep"] in sums}
    assert all(not row["pay"] for row in paid.to_dicts() if row["rep"] not in sums)
    whole = seen.ask(by_period(held, view), EVERYTHING).frame
    assert whole["pay"].sum() == paid["pay"].sum()
    assert whole["people"].sum() == paid.height


def test_everybody_sees_the_pay_of_their_own_and_it_is_the_same_number(
    seen: Snapshot, held: tuple[Plan, ...], view: View
) -> None:
    every = seen.ask(payouts(held, view), EVERYTHING).frame
    reps = seen.frame("select rep_key, rep, team from crm.reps order by rep")
    team = reps["team"].drop_nulls()[0]
    own = reps.filter(team=team)
    lead = Viewer(email="l@example.com", scope="teams", teams=(team,), rep_keys=tuple(own["rep_key"]))
    rep = Viewer(email="r@example.com", scope="rep", rep_keys=(int(own["rep_key"][0]),))
    nobody = Viewer(email="n@example.com", scope="teams", teams=("none",))
    plan = held[-1]
    other = next(name for name in reps["rep"] if name not in set(own["rep"]))
    for viewer, names in ((lead, set(own["rep"])), (rep, {own["rep"][0]}), (nobody, set())):
        mine = seen.ask(payouts(held, view), viewer).frame
        assert mine.sort("rep").equals(every.filter(pl.col("rep").is_in(sorted(names))).sort("rep"))
        asked: list[Query] = [payouts(held, view).rows(), by_period(held, view).rows(), questions(held, view).rows(),
                              statements(held, view), compared(held, held, view), questions(held, view)]  # fmt: skip
        for query in asked:
            assert set(seen.ask(query, viewer).frame["rep"]) <= names
        for query in (asks(held, plan, other, view) for asks in (statement, if_won, curve)):
            assert seen.ask(query, viewer).frame.is_empty()
