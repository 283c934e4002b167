"""Pay of a hand-made company: who is paid by what, splits, targets, open questions, another plan in its place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import polars as pl
import pytest

from metrics.cuts import cut
from metrics.errors import NoPeriod, NoSuchColumn
from metrics.pay import by_period, compared, payouts, questions
from metrics.pay_file import plan_of
from metrics.pay_lines import curve, if_won, statement, statements
from metrics.pay_plan import Plan
from metrics.query import Query, Result
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view

D = Decimal
QUARTER = view(preset="this_quarter")
FLAT = [{"at": 0, "rate": "0.10"}]
ANN = Viewer(email="a@example.com", scope="rep", rep_keys=(1,))
NORTH = Viewer(email="n@example.com", scope="teams", teams=("North",), rep_keys=(1, 2))

COMPANY = """
insert into crm.reps (rep_key, rep, team, hired_on, left_on, is_implied) values
    (1, 'Ann', 'North', null, null, false), (2, 'Bob', 'North', date '2026-02-01', null, false),
    (3, 'Cem', 'South', null, null, false), (4, 'Dan', 'South', null, date '2025-06-30', false);
insert into crm.rep_teams values
    (1, 'North', date '0001-01-01', date '9999-12-31'), (2, 'North', date '0001-01-01', date '9999-12-31'),
    (3, 'North', date '0001-01-01', date '2026-01-01'), (3, 'South', date '2026-01-01', date '9999-12-31'),
    (4, 'South', date '0001-01-01', date '9999-12-31');
insert into crm.customers (customer_key, customer, is_implied) values (11, 'Acme', false);
insert into crm.deals (deal_id, deal, rep_key, customer_key, stage, status, amount, amount_original, currency,
    closed_on, expected_close_on, push_count, is_gone) values
    ('a1', 'first', 1, 11, 'won', 'won', 1000, 1000, null, date '2026-01-10', null, 0, false),
    ('a2', 'split', 1, 11, 'won', 'won', 600, 600, null, date '2026-02-10', null, 0, false),
    ('b1', 'bobs', 2, 11, 'won', 'won', 300, 300, null, date '2026-03-01', null, 0, false),
    ('b2', 'old', 2, 11, 'won', 'won', 5000, 5000, null, date '2025-12-31', null, 0, false),
    ('x1', 'nobody', null, 11, 'won', 'won', 70, 70, null, date '2026-02-02', null, 0, false),
    ('x2', 'yen', 1, 11, 'won', 'won', null, 9000, 'JPY', date '2026-02-03', null, 0, false),
    ('x3', 'blank', 2, 11, 'won', 'won', null, null, null, date '2026-02-04', null, 0, false),
    ('x4', 'undated', 2, 11, 'won', 'won', 40, 40, null, null, null, 0, false),
    ('o1', 'open', 1, 11, 'talk', 'open', 500, 500, null, null, date '2026-04-01', 0, false),
    ('o2', 'shared', 2, 11, 'talk', 'open', 400, 400, null, null, date '2026-05-01', 0, false),
    ('o3', 'gone', 1, 11, 'talk', 'open', 800, 800, null, null, null, 0, true),
    ('l1', 'lost', 1, 11, 'lost', 'lost', 900, 900, null, date '2026-02-05', null, 0, false);
insert into crm.owner_shares values
    ('a2', 3, 'South', 0, 0.3, false), ('a2', null, null, 0.3, 1, true),
    ('o2', 1, 'North', 0, 0.25, false), ('o2', null, null, 0.25, 1, true);
insert into crm.contracts (contract_id, contract, signed_on, starts_on, rep_key, deal_id, amount) values
    ('c1', 'contract', date '2026-01-12', date '2026-04-01', 2, 'a2', 600);
insert into crm.invoices (invoice_id, rep_key, deal_id, amount) values ('i1', 3, 'a2', 600);
insert into crm.payments (payment_id, paid_on, rep_key, deal_id, invoice_id, contract_id, amount) values
    ('p1', date '2026-02-20', 2, null, 'i1', null, 100),    -- of a2 by its invoice: 70 Ann's, 30 Cem's
    ('p2', date '2026-02-21', 2, null, null, 'c1', 200),    -- of a2 by its contract
    ('p3', date '2026-02-22', 2, null, null, null, 50),     -- of no deal: whom it names
    ('p4', date '2026-03-03', 2, null, null, null, -20);    -- a refund
insert into crm.order_lines (order_id, line_no, ordered_on, rep_key, amount, cost, is_return) values
    ('s1', 1, date '2026-01-05', 1, 100, 60, false), ('s1', 2, date '2026-01-05', 1, 50, null, false),
    ('s2', 1, date '2026-01-09', 1, -30, -18, true);
insert into crm.targets (measure, scope, scope_value, starts_on, ends_on, value, version) values
    ('won_amount', 'rep', 'Ann', date '2026-01-01', date '2026-03-31', 1000, 1),
    ('won_amount', 'rep', 'Bob', date '2026-01-01', date '2026-03-31', 640, 1);
"""


@pytest.fixture
def company(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    empty.execute(COMPANY)
    return empty


def plan(**told: object) -> Plan:
    return plan_of({"id": "p", "measure": "won_amount", "from_on": date(2025, 1, 1), "tiers": FLAT} | told)


def paid(company: duckdb.DuckDBPyConnection, *plans: Plan, who: Viewer = EVERYTHING) -> dict[str, Decimal | None]:
    frame = answered(company, payouts(plans, QUARTER), who).frame
    return dict(frame.select("rep", "pay").iter_rows())


def asked(company: duckdb.DuckDBPyConnection, query: Query, who: Viewer = EVERYTHING) -> Result:
    return answered(company, query, who)


def test_splits_by_the_shares_of_a_deal(company: duckdb.DuckDBPyConnection) -> None:
    """Ann: 1000 and 70 % of 600. Cem: 30 % of it. Dan has left; Bob's deal of December is of another quarter."""
    assert paid(company, plan()) == {"Ann": D("142.00"), "Bob": D("30.00"), "Cem": D("18.00")}
    assert paid(company, plan(credit="booked")) == {"Ann": D("160.00"), "Bob": D("30.00"), "Cem": D("0.00")}


def test_signed_and_collected_money_are_different_things(company: duckdb.DuckDBPyConnection) -> None:
    assert paid(company, plan(measure="signed_amount")) == {"Ann": D("42.00"), "Bob": D(0), "Cem": D("18.00")}
    assert paid(company, plan(measure="signed_amount", credit="booked"))["Bob"] == D("60.00")
    assert paid(company, plan(measure="signed_amount", on="starts_on"))["Ann"] == 0  # it begins in April
    assert paid(company, plan(measure="collected")) == {"Ann": D("21.00"), "Bob": D("3.00"), "Cem": D("9.00")}
    assert paid(company, plan(measure="collected", credit="booked"))["Bob"] == D("33.00")
    assert paid(company, plan(measure="collected", clawback=False))["Bob"] == D("5.00")
    by_deal = paid(company, plan(measure="collected", on="closed_on"))
    assert by_deal == {"Ann": D("21.00"), "Bob": D(0), "Cem": D("9.00")}  # what is of no deal has no such day
    assert paid(company, plan(measure="revenue"))["Ann"] == D("12.00")
    assert paid(company, plan(measure="gross_margin"))["Ann"] == D("2.80")  # 40 - 12; a line has no cost


def test_targets_relief_and_who_lacks_one(company: duckdb.DuckDBPyConnection) -> None:
    """Bob came on 1 February: of the 64 working days of the quarter 22 are before that, 20 in it and 22 after it."""
    tiers = [{"at": 0, "rate": "0.10"}, {"at": 1, "rate": "0.20"}]
    by_target = plan(tiers_by="attainment", tiers=tiers)
    rows = {row["rep"]: row for row in asked(company, payouts([by_target], QUARTER)).frame.to_dicts()}
    assert (rows["Ann"]["target"], rows["Ann"]["attainment"]) == (1000, 1.42)
    assert rows["Ann"]["pay"] == D("184.00")  # 100 up to 1000, 84 of 420 beyond
    assert (rows["Bob"]["pay"], rows["Bob"]["to_next"]) == (D("30.00"), 340)
    assert (rows["Cem"]["pay"], rows["Cem"]["target"]) == (None, None)
    eased = by_target.model_copy(update={"ramp": (D("0.25"), D("0.5"))})
    bob = {row["rep"]: row for row in asked(company, payouts([eased], QUARTER)).frame.to_dicts()}["Bob"]
    # January is before he came: the first month's share, as February; March is his second month.
    assert bob["relief"] == pytest.approx((42 * 0.25 + 22 * 0.5) / 64, abs=1e-6)
    gone = by_target.model_copy(update={"is_prorated": True})
    bob = {row["rep"]: row for row in asked(company, payouts([gone], QUARTER)).frame.to_dicts()}["Bob"]
    assert bob["relief"] == pytest.approx(42 / 64, abs=1e-6)
    leave = plan(tiers_by="attainment", leave=[{"rep": "Ann", "from_on": date(2026, 1, 1), "to_on": date(2026, 1, 31)}])
    ann = {row["rep"]: row for row in asked(company, payouts([leave], QUARTER)).frame.to_dicts()}["Ann"]
    assert ann["relief"] == pytest.approx(42 / 64, abs=1e-6)
    fixed = plan(tiers_by="attainment", quota=1000, tiers=tiers)
    assert paid(company, fixed)["Cem"] == D("18.00")
    codes = {remark.code for remark in asked(company, payouts([by_target], QUARTER)).notes}
    assert codes == {"pay_no_target", "pay_so_far"}


def test_each_is_paid_by_the_plan_of_their_team_then(company: duckdb.DuckDBPyConnection) -> None:
    """Cem was of the north until the end of 2025."""
    north, south = plan(teams=["North"]), plan(id="s", teams=["South"], tiers=[{"at": 0, "rate": "0.5"}])
    assert paid(company, north, south) == {"Ann": D("142.00"), "Bob": D("30.00"), "Cem": D("90.00")}
    before = asked(company, payouts([north, south], view(preset="last_quarter"))).frame
    assert dict(before.select("rep", "plan").iter_rows()) == {"Ann": "p", "Bob": "p", "Cem": "p"}
    assert paid(company, plan(reps=["Bob"])) == {"Bob": D("30.00")}
    assert paid(company, plan(without=["Bob"])).keys() == {"Ann", "Cem"}


def test_a_later_version_holds_from_its_day_on(company: duckdb.DuckDBPyConnection) -> None:
    old, new = plan(), plan(from_on=date(2026, 1, 1), tiers=[{"at": 0, "rate": "0.2"}])
    frame = asked(company, payouts([new, old], view(from_on=date(2025, 10, 1), to_on=date(2026, 3, 31)))).frame
    pays = {(row["rep"], row["from_on"]): row["pay"] for row in frame.to_dicts()}
    assert pays["Bob", date(2025, 10, 1)] == 500
    assert pays["Bob", date(2026, 1, 1)] == 60
    monthly = asked(company, payouts([plan(period="month")], QUARTER)).frame
    assert dict(monthly.filter(rep="Ann").select("from_on", "pay").iter_rows()) == {
        date(2026, 1, 1): D(100), date(2026, 2, 1): D(42), date(2026, 3, 1): D(0),
    }  # fmt: skip


def test_nothing_that_is_open_is_dropped(company: duckdb.DuckDBPyConnection) -> None:
    found = questions([plan(teams=["North"])], QUARTER)
    rows = {(row["state"], row["rep"]): row for row in asked(company, found).frame.to_dicts()}
    assert set(rows) == {
        ("no_person", None), ("no_rate", "Ann"), ("no_amount", "Bob"), ("no_day", "Bob"), ("no_plan", "Cem"),
    }  # fmt: skip
    assert rows["no_person", None]["money"] == 70
    assert (rows["no_rate", "Ann"]["foreign_money"], rows["no_rate", "Ann"]["currency"]) == (9000, "JPY")
    assert rows["no_plan", "Cem"]["money"] == 180
    behind = asked(company, found.rows("lines", source=0, state="no_rate", rep="Ann", bucket=date(2026, 1, 1))).frame
    assert behind["deal_id"].to_list() == ["x2"]
    behind = asked(company, found.rows("lines", source=0, state="no_plan", rep="Cem", bucket=date(2026, 1, 1))).frame
    assert behind["deal_id"].to_list() == ["a2"]
    no_cost = asked(company, questions([plan(measure="gross_margin")], QUARTER)).frame
    assert no_cost.select("state", "rep", "lines").rows() == [("no_cost", "Ann", 1)]
    aimless = asked(company, questions([plan(tiers_by="attainment")], QUARTER)).frame
    assert ("no_target", "Cem") in aimless.select("state", "rep").rows()
    assert None not in asked(company, questions([plan(teams=["North"])], QUARTER), NORTH).frame["rep"]


def test_a_statement_adds_up_and_shows_the_line_that_crosses(company: duckdb.DuckDBPyConnection) -> None:
    tiers = [{"at": 0, "rate": "0.011"}, {"at": 1200, "rate": "0.033"}]
    made = plan(tiers=tiers)
    frame = asked(company, statement([made], made, "Ann", QUARTER)).frame
    assert frame.select("deal_id", "share", "money", "so_far", "rate", "pay", "state").rows() == [
        ("a1", 1.0, 1000, 1000, 0.011, D("11.00"), "counted"),
        ("a2", 0.7, 200, 1200, 0.011, D("2.20"), "counted"),
        ("a2", 0.7, 220, 1420, 0.033, D("7.26"), "counted"),
        ("x2", None, None, None, None, None, "no_rate"),
    ]
    assert frame["pay"].sum() == paid(company, made)["Ann"] == D("20.46")
    assert frame["customer"].to_list() == ["Acme"] * 4
    assert asked(company, statement([made], made, "Ann", QUARTER).rows()).frame["deal_id"].to_list() == ["a2", "a1"]
    everybody = asked(company, statements([made], QUARTER)).frame
    assert everybody.filter(rep="Ann").drop("plan", "rep", "from_on").equals(frame)
    pays = dict(everybody.group_by("rep").agg(pl.col("pay").sum()).iter_rows())
    assert pays == paid(company, made)
    assert asked(company, statement([made], made, "nobody", QUARTER)).frame.is_empty()


def test_who_changed_the_team_is_told_the_pay_of_the_plan_that_is_asked(company: duckdb.DuckDBPyConnection) -> None:
    """Ann leaves North, paid by the month, in March for South: its quarter pays 1420, 10 % up to 1200 and then 20 %."""
    company.execute("update crm.rep_teams set to_on = date '2026-03-01' where rep_key = 1")
    company.execute("insert into crm.rep_teams values (1, 'South', date '2026-03-01', date '9999-12-31')")
    month = plan(teams=["North"], period="month")
    quarter = plan(id="s", teams=["South"], tiers=[*FLAT, {"at": 1200, "rate": "0.20"}])
    both = [month, quarter]
    pays = {(row["plan"], row["from_on"]): row["pay"] for row in asked(company, payouts(both, QUARTER)).frame.to_dicts()
            if row["rep"] == "Ann"}  # fmt: skip
    assert pays == {("p", date(2026, 1, 1)): 100, ("p", date(2026, 2, 1)): 42, ("s", date(2026, 1, 1)): 164}
    told = asked(company, statement(both, quarter, "Ann", QUARTER))
    assert told.frame["pay"].sum() == 164
    assert "pay_so_far" in {one.code for one in told.notes}
    now = asked(company, curve(both, quarter, "Ann", QUARTER)).frame.filter(what="now").select("money", "pay", "plan")
    assert now.rows() == [(1420, 164, "s")]
    deals = asked(company, if_won(both, quarter, "Ann", QUARTER)).frame.select("deal_id", "pay")
    assert deals.rows() == [("o1", 100), ("o2", 20)]
    january = QUARTER.with_period(from_on=date(2026, 1, 1), to_on=date(2026, 1, 31))
    assert asked(company, statement(both, month, "Ann", january)).frame["pay"].sum() == 100


def test_what_more_would_bring(company: duckdb.DuckDBPyConnection) -> None:
    """Ann stands at 1420; her open deal of 500 crosses 1500, a quarter of Bob's is hers; what is gone is not open."""
    made = plan(tiers=[{"at": 0, "rate": "0.1"}, {"at": 1500, "rate": "0.2"}])
    deals = asked(company, if_won([made], made, "Ann", QUARTER)).frame
    assert deals.select("deal_id", "money", "pay").rows() == [("o1", 500, D("92.00")), ("o2", 100, D("12.00"))]
    points = asked(company, curve([made], made, "Ann", QUARTER, more=D(80))).frame
    marks = {row["what"]: (row["money"], row["pay"]) for row in points.filter(~points["what"].eq("line")).to_dicts()}
    assert marks == {"now": (1420, 142), "then": (1500, 150)}
    capped = plan(cap=100, mode="whole", tiers=[{"at": 0, "rate": "0.1"}, {"at": 500, "rate": "0.2"}])
    points = asked(company, curve([capped], capped, "Ann", QUARTER)).frame
    line = points.filter(what="line").select("money", "pay").rows()
    assert [(money, pay) for money, pay in line if money == 500] == [(500, 50), (500, 100)]  # the jump
    assert line[-1][1] == 100


def test_what_another_plan_would_have_paid(company: duckdb.DuckDBPyConnection) -> None:
    half = plan(tiers=[{"at": 0, "rate": "0.05"}, {"at": 1000, "rate": "0.30"}])
    frame = asked(company, compared([plan()], [half], QUARTER)).frame
    assert frame.select("rep", "pay_now", "pay_instead", "change").rows() == [
        ("Ann", D(142), D(176), D(34)), ("Cem", D(18), D(9), D(-9)), ("Bob", D(30), D(15), D(-15)),
    ]  # fmt: skip
    same = asked(company, compared([plan()], [plan()], QUARTER)).frame
    assert not any(same["change"])
    whole = asked(company, by_period([plan()], QUARTER)).frame.to_dicts()
    assert [(row["people"], row["money"], row["pay"]) for row in whole] == [(3, 1900, 190)]


def test_pay_is_seen_by_its_own_and_is_the_same_whoever_looks(company: duckdb.DuckDBPyConnection) -> None:
    made = plan()
    everyone = paid(company, made)
    assert paid(company, made, who=ANN) == {"Ann": everyone["Ann"]}
    assert paid(company, made, who=NORTH) == {rep: everyone[rep] for rep in ("Ann", "Bob")}
    cem = Viewer(email="c@example.com", scope="rep", rep_keys=(3,))
    own = asked(company, statement([made], made, "Cem", QUARTER), cem).frame
    assert own.select("deal_id", "line", "money", "pay").rows() == [
        ("a2", "split", 180, D(18))
    ]  # a share in Ann's deal
    for question in (statement([made], made, "Bob", QUARTER), if_won([made], made, "Bob", QUARTER),
                     curve([made], made, "Bob", QUARTER)):  # fmt: skip
        assert asked(company, question, ANN).frame.is_empty()
    behind = payouts([made], QUARTER).rows("pay", plan="p", rep="Bob", from_on=date(2026, 1, 1))
    assert asked(company, behind, ANN).frame.is_empty()
    assert asked(company, behind).frame["deal_id"].to_list() == ["b1"]
    nobody = Viewer(email="x@example.com", scope="rep")
    assert paid(company, made, who=nobody) == {}


def test_what_cannot_be_asked_is_refused(company: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(NoPeriod):
        payouts([plan()], view())
    with pytest.raises(NoSuchColumn):
        payouts([plan()], QUARTER).rows("salary")
    assert asked(company, payouts([], QUARTER)).frame.is_empty()
    hostile = "'; drop table crm.deals; --"
    assert asked(company, statement([plan()], plan(), hostile, QUARTER)).frame.is_empty()


def test_behind_the_pay_of_a_plan_are_the_lines_of_those_it_is_for(company: duckdb.DuckDBPyConnection) -> None:
    north, south = plan(teams=["North"], without=["Bob"]), plan(id="s", teams=["South"], reps=["Bob"])
    found = by_period([north, south], QUARTER)
    sums = {row["plan"]: row["money"] for row in asked(company, found).frame.to_dicts()}
    assert sums == {"p": 1420, "s": 480}
    for name, money in sums.items():
        behind = asked(company, found.rows("pay", plan=name, from_on=date(2026, 1, 1))).frame
        assert behind["money"].sum() == money
    whole = asked(company, found.rows()).frame
    assert whole["money"].sum() == 1900
    assert set(whole["rep"]) == {"Ann", "Bob", "Cem"}
    both = payouts([north, plan(id="c", measure="collected", teams=["South"])], QUARTER)
    money = asked(company, both).frame["money"].sum()
    assert asked(company, both.rows()).frame["money"].sum() == money
    assert set(asked(company, both.rows(), ANN).frame["rep"]) == {"Ann"}
    assert set(asked(company, questions([north], QUARTER).rows()).frame["deal_id"]) == {"x1", "x2", "x3", "x4"}
    before = by_period([north, south], view(preset="last_quarter")).rows("pay", plan="s", from_on=date(2025, 10, 1))
    assert asked(company, before).frame["deal_id"].to_list() == ["b2"]


def test_the_quota_is_the_target_of_the_period_and_a_part_is_none(company: duckdb.DuckDBPyConnection) -> None:
    """A second version, a month inside the quarter, a year around it; of working days the same sums as attainment."""
    company.execute(
        """
        insert into crm.targets (measure, scope, scope_value, starts_on, ends_on, value, version) values
            ('won_amount', 'rep', 'Ann', date '2026-01-01', date '2026-03-31', 1234.5, 2),
            ('won_amount', 'rep', 'Bob', date '2026-02-01', date '2026-02-28', 900, 1),
            ('won_amount', 'rep', 'Bob', date '2026-04-01', date '2026-04-30', 900, 1),
            ('won_amount', 'rep', 'Cem', date '2026-01-01', date '2026-12-31', 2610, 1),
            ('won_amount', 'rep', 'Cem', date '2026-04-01', date '2026-06-30', 77, 1),
            ('won_amount', 'team', 'North', date '2026-01-01', date '2026-03-31', 5, 1)
        """
    )
    half = view(from_on=date(2026, 1, 1), to_on=date(2026, 6, 30))
    held = asked(company, cut("attainment:won_amount", ("quarter", "rep"), half)).frame
    wanted = {(row["rep"], row["quarter"]): row["attainment:won_amount.target"] for row in held.to_dicts()}
    by_target = payouts([plan(tiers_by="attainment")], half.seen_on(date(2026, 6, 30)))
    found = {(row["rep"], row["from_on"]): row["target"] for row in asked(company, by_target).frame.to_dicts()}
    assert found.keys() >= {("Ann", date(2026, 1, 1)), ("Bob", date(2026, 1, 1)), ("Cem", date(2026, 4, 1))}
    assert found["Cem", date(2026, 4, 1)] == 77
    assert found["Bob", date(2026, 1, 1)] == 640  # whatever its February is
    assert found.get(("Bob", date(2026, 4, 1))) is None  # of which April is a third
    for key, value in found.items():
        if key[0] != "Bob" and wanted.get(key) is not None:
            assert float(value) == pytest.approx(wanted[key], abs=1e-3), key
    assert len([key for key in found if key[0] != "Bob" and wanted.get(key) is not None]) >= 3


def test_days_that_two_plans_pay_after_a_change_of_team_are_said(company: duckdb.DuckDBPyConnection) -> None:
    """Bob is in North, paid by the month, until March; South's quarter then pays his January and February again."""
    company.execute("update crm.rep_teams set to_on = date '2026-03-01' where rep_key = 2")
    company.execute("insert into crm.rep_teams values (2, 'South', date '2026-03-01', date '9999-12-31')")
    company.execute("update crm.deals set closed_on = date '2026-02-04', amount = 100 where deal_id = 'x3'")
    north = plan(teams=["North"], period="month")
    south = plan(id="s", teams=["South"])
    for query in (payouts([north, south], QUARTER), by_period([north, south], QUARTER),
                  statement([north, south], south, "Bob", QUARTER)):  # fmt: skip
        told = [(one["count"], one["names"]) for one in asked(company, query).notes if one.code == "pay_twice"]
        assert told == [(1, ("Bob",))]
    march = QUARTER.with_period(from_on=date(2026, 3, 1), to_on=date(2026, 3, 15))
    for query in (payouts([north, south], march), statement([north, south], south, "Bob", march)):
        found = asked(company, query)
        assert [one["names"] for one in found.notes if one.code == "pay_twice"] == [("Bob",)]
    assert set(asked(company, payouts([north, south], march)).frame["from_on"]) <= {date(2026, 1, 1), date(2026, 3, 1)}
    company.execute("update crm.rep_teams set from_on = date '2025-01-01' where rep_key = 2 and team = 'South'")
    company.execute("delete from crm.rep_teams where rep_key = 2 and team = 'North'")
    assert "pay_twice" not in {one.code for one in asked(company, payouts([north, south], QUARTER)).notes}
