"""Where a quarter ends: deals by hand, coverage as published, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import polars as pl
import pytest

from metrics import landing as landing_module
from metrics.backtest import backtest, errors
from metrics.calibration import calibration, steps
from metrics.landing import coverage, landing
from metrics.query import Result
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.stages import LADDER

DAY = date(2026, 2, 15)


def test_coverage_as_published() -> None:
    """man.digital: 550k open against 200k that are missing is 2.75; weighted, 249.5k is 1.25."""
    assert coverage(550_000, 1_000_000, 800_000) == 2.75
    assert round(coverage(249_500, 1_000_000, 800_000) or 0, 2) == 1.25
    assert coverage(550_000, 800_000, 800_000) is None  # reached already


def _deal(week: int, number: int) -> dict[str, object]:
    created = date(2024, 1, 8) + timedelta(weeks=week)
    over = created + timedelta(days=30)
    status = "open" if over > DAY else "won" if number == week % 4 else "lost"
    closed = None if status == "open" else over
    return {
        "deal_id": f"D{week}-{number}", "pipeline": "P", "stage": "talk" if status == "open" else status,
        "status": status, "amount": 100, "created_on": created, "expected_close_on": over, "closed_on": closed,
        "rep_key": number % 2, "push_count": 0, "is_gone": False, "seen_from": closed or created,
        "seen_to": date(9999, 12, 31),
    }  # fmt: skip


@pytest.fixture
def company(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Every week since 2024 four deals of 100 were created; after 30 days in talk one is won, three are lost."""
    empty.execute(LADDER)
    rows = [_deal(week, number) for week in range(110) for number in range(4)]
    empty.register("made", pl.DataFrame(rows, infer_schema_length=None).to_arrow())
    empty.execute("insert into crm.deals by name from made")
    empty.execute("insert into crm.deal_stages select deal_id, 'talk', created_on, closed_on, null from made")
    empty.unregister("made")
    empty.execute(  # before they were closed they were seen open
        "insert into fold.deal_versions by name select deal_id, pipeline, 'talk' as stage, 'open' as status, amount,"
        " rep_key, created_on, expected_close_on, created_on as seen_from, closed_on as seen_to,"
        " false as is_reconstructed from crm.deals where status <> 'open'"
    )
    empty.execute(
        "insert into crm.targets (measure, scope, scope_value, starts_on, ends_on, value, version)"
        " values ('won_amount', 'company', null, date '2026-01-01', date '2026-03-31', 1200, 1)"
    )
    return empty


def _parts(result: Result) -> dict[str, dict[str, float]]:
    return {row["part"]: row for row in result.frame.iter_rows(named=True)}


def test_a_steady_business_lands_where_it_always_does(company: duckdb.DuckDBPyConnection) -> None:
    parts = _parts(answered(company, landing(view(as_of=DAY))))
    assert (parts["won"]["amount"], parts["won"]["deals"]) == (600, 6)  # closed on 7 January and every week after
    assert parts["open"]["deals"] == 16
    # 44 days are left: all open deals are decided by then, one in four is won, and so are new ones of two weeks
    assert parts["open"]["amount"] == pytest.approx(400, rel=0.1)
    assert parts["new"]["amount"] == pytest.approx(200, abs=60)
    whole = parts["landing"]
    assert whole["at_least"] <= whole["amount"] <= whole["at_most"]
    assert whole["amount"] == pytest.approx(1200, rel=0.12)
    assert whole["target"] == 1200
    assert 0.2 < whole["chance"] < 0.8
    assert whole["due"] == 1600
    assert whole["coverage"] == pytest.approx(1600 / 600)
    assert whole["needed"] == pytest.approx(4, rel=0.05)  # one in four is won


def test_filters_choose_deals_and_scope_hides_them(company: duckdb.DuckDBPyConnection) -> None:
    mine = _parts(answered(company, landing(view(as_of=DAY)), Viewer(scope="rep", rep_keys=(1,))))
    assert mine["open"]["deals"] == 8
    lost = _parts(answered(company, landing(view(as_of=DAY).with_filter("pipeline", "Q"))))
    assert (lost["open"]["deals"], lost["landing"]["amount"]) == (0, 0)


def test_less_than_a_year_of_closings_is_refused(company: duckdb.DuckDBPyConnection) -> None:
    company.execute("delete from crm.deals where created_on < date '2025-03-01'")
    result = answered(company, landing(view(as_of=DAY)))
    assert _parts(result)["landing"]["amount"] is None
    assert [remark.code for remark in result.notes] == ["landing_short"]
    company.execute("delete from crm.deals where status = 'lost'")
    company.execute("update crm.deals set closed_on = null")
    said = answered(company, landing(view(as_of=DAY))).notes[0]
    assert said.code == "landing_unknown"
    assert "closing date" in said.text("en"), "deals were closed, nobody knows when"
    company.execute("delete from crm.deals")
    assert [remark.code for remark in answered(company, landing(view(as_of=DAY))).notes] == ["landing_unknown"]


def test_a_handful_of_wins_or_one_old_closing_carries_no_forecast(company: duckdb.DuckDBPyConnection) -> None:
    company.execute("update crm.deals set status = 'lost' where status = 'won' and closed_on < date '2026-01-01'")
    result = answered(company, landing(view(as_of=DAY)))
    assert _parts(result)["landing"]["amount"] is None
    assert [remark.code for remark in result.notes] == ["landing_thin"]
    company.execute(
        "delete from crm.deals where status <> 'open' and closed_on < date '2025-12-01' and deal_id <> 'D0-1'"
    )
    assert [remark.code for remark in answered(company, landing(view(as_of=DAY))).notes] == ["landing_short"]


def test_what_is_dated_after_the_day_is_not_won_yet(company: duckdb.DuckDBPyConnection) -> None:
    company.execute("update crm.deals set amount = 7777, status = 'won', closed_on = date '2026-03-20' where deal_id ="
                    " (select max(deal_id) from crm.deals where status = 'open')")  # fmt: skip
    parts = _parts(answered(company, landing(view(as_of=DAY))))
    assert (parts["won"]["amount"], parts["won"]["deals"]) == (600, 6)
    assert parts["landing"]["target"] == 1200, "the goal is that of the whole quarter"


def test_parts_add_up_to_where_it_lands(company: duckdb.DuckDBPyConnection) -> None:
    parts = _parts(answered(company, landing(view(as_of=DAY))))
    added = sum(parts[name]["amount"] for name in ("won", "open", "new"))
    assert parts["landing"]["amount"] == pytest.approx(added, abs=2)
    for name in ("open", "new", "landing"):
        assert parts[name]["at_least"] <= parts[name]["amount"] <= parts[name]["at_most"]


def test_without_stages_the_time_since_creation_counts(company: duckdb.DuckDBPyConnection) -> None:
    company.execute("delete from crm.deal_stages")
    parts = _parts(answered(company, landing(view(as_of=DAY))))
    assert parts["open"]["amount"] == pytest.approx(400, rel=0.1)


def test_past_forecasts_lie_near_what_came(company: duckdb.DuckDBPyConnection) -> None:
    told = answered(company, backtest(view(as_of=DAY), "quarter", 2)).frame
    assert told["ends_on"].unique().sort().to_list() == [date(2025, 9, 30), date(2025, 12, 31)]
    assert told["weeks"].to_list() == [8, 6, 4, 2] * 2
    assert told["came_in"].unique().sort().to_list() == [1300, 1400]  # a win in every week
    off = errors(told)
    assert off["landing"] < 0.12
    assert told["is_inside"].sum() >= 6


def test_chances_come_true(company: duckdb.DuckDBPyConnection) -> None:
    found = answered(company, calibration(view(as_of=DAY), 60)).frame.filter(pl.col("source") == "history")
    deals, came = found["deals"], found["came"]
    assert (came * deals).sum() / deals.sum() == pytest.approx(0.25, abs=0.02)
    assert (found["low"] <= found["told"]).all()
    assert (found["told"] <= found["high"]).all()
    asked = calibration(view(as_of=DAY).with_filter("pipeline", "Q"), 60)
    same = answered(company, asked)
    assert {remark.code for remark in same.notes} == {"calibration_of_all", "calibration_repeats"}
    assert same.frame.filter(pl.col("source") == "history").equals(found)
    behind = answered(company, asked.rows()).frame
    assert behind["deal_id"].n_unique() == dict(same.notes[-1].params)["count"]
    few = answered(company, calibration(view(as_of=date(2024, 6, 1)), 60))
    assert few.frame.is_empty()
    assert [remark.code for remark in few.notes] == ["calibration_short"]


def test_a_deal_looked_at_on_several_days_is_one_witness() -> None:
    """Six deals, each looked at eight times: the range is that of one in six, not of eight in forty-eight."""
    told = pl.DataFrame({"chance": [0.2], "deals": [48], "won": [8]})
    many, few = steps("history", told), steps("history", told, 1 / 8)
    assert (round(many["low"][0], 3), round(many["high"][0], 3)) == (0.087, 0.296)
    assert (round(few["low"][0], 3), round(few["high"][0], 3)) == (0.03, 0.564)
    assert many["came"].equals(few["came"])


def test_brier_is_reliability_less_resolution_plus_uncertainty() -> None:
    told = pl.DataFrame({"chance": [0.05, 0.35, 0.95], "deals": [100, 60, 40], "won": [10, 18, 35]})
    made = steps("history", told)
    whole = 63 / 200
    weight = made["deals"] / 200
    reliability = (weight * (made["told"] - made["came"]) ** 2).sum()
    resolution = (weight * (made["came"] - whole) ** 2).sum()
    assert made["brier"][0] == pytest.approx(reliability - resolution + whole * (1 - whole))


def test_the_order_of_an_engines_answer_changes_no_number() -> None:
    rows = pl.DataFrame({
        "single": [None] * 4, "pipeline": ["A"] * 4, "stage": pl.Series([None] * 4, dtype=pl.String), "age": [0] * 4,
        "days_open": [0, 0, 0, 7], "deals": [2, 2, 3, 1], "amount": [10.0, 20.0, 20.0, 5.0],
        "squares": [60.0, 300.0, 200.0, 25.0], "chance": [0.2] * 4, "worth": [1.0] * 4,
    })  # fmt: skip
    there, back = (landing_module._weighed(told, 0.1) for told in (rows, rows.reverse()))
    assert there.amount.tolist() == back.amount.tolist() == [10, 20, 20, 5]
    assert there.squares.tolist() == back.squares.tolist() == [60, 300, 200, 25]
