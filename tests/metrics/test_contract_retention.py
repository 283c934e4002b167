"""Contracts that stay: rates and the bridge by hand, handovers past a filter, days that count, what adds up."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import contract_retention
from metrics.contract_retention import contract_bridge, contract_rates, renewals
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view

ANN, BOB, CARL, DORA, EVE = range(1, 6)


def contract(
    connection: duckdb.DuckDBPyConnection, name: str, customer: int | None, *days: date | None, amount: float
) -> None:
    connection.execute(
        "insert into crm.contracts (contract_id, contract, customer_key, starts_on, ends_on, amount, rep_key)"
        " values (?, ?, ?, ?, ?, ?, 1)",
        [name, name, customer, *days, amount],
    )


def contracts(connection: duckdb.DuckDBPyConnection) -> None:
    """Ann goes from 100 to 150 a year; Bob's 200 end; Carl keeps 400 for two years; Dora comes with 50 after a shorter
    one; Eve's 360 a year (23 months to the anniversary) ended on 1 March; one has no end."""
    for name, customer, starts, ends, amount in (
        ("c1", ANN, date(2024, 6, 1), date(2025, 5, 31), 100), ("c2", ANN, date(2025, 6, 1), date(2026, 5, 31), 150),
        ("c3", BOB, date(2024, 4, 1), date(2025, 3, 31), 200), ("c4", CARL, date(2025, 1, 1), date(2026, 12, 31), 400),
        ("c5", DORA, date(2025, 4, 1), date(2025, 12, 31), 270), ("c6", DORA, date(2026, 1, 1), date(2026, 12, 31), 50),
        ("c7", EVE, date(2024, 4, 1), date(2026, 3, 1), 690), ("c8", EVE, date(2025, 4, 1), None, 1000),
    ):  # fmt: skip
        contract(connection, name, customer, starts, ends, amount=amount)


def test_retention_of_contracts_by_hand(empty: duckdb.DuckDBPyConnection) -> None:
    """Eve of the last twelve months is 15 March 2025: 100 + 200 + 200 + 360 = 860 a year; of these customers 150 + 200
    are left a year later, without Ann's growth 100 + 200. Three contracts ended for good or were followed."""
    contracts(empty)
    asked = contract_rates(view())
    result = answered(empty, asked)
    told = {row["rate"]: row for row in result.frame.iter_rows(named=True)}
    assert {name: (row["stayed"], row["initially"]) for name, row in told.items()} == {
        "net": (350, 860), "gross": (300, 860), "logo": (2, 4), "renewal": (2, 3),
    }  # fmt: skip
    assert told["gross"]["value"] == pytest.approx(300 / 860)
    assert told["net"]["value.low"] is None  # four customers are no sample
    assert told["logo"]["value.low"] == pytest.approx(0.15, abs=0.001)
    assert {said.code for said in result.notes} == {"contracts_days", "contracts_left_out", "contracts_undecided"}
    said = next(found for found in result.notes if found.code == "contracts_days")
    assert (said["start"], said["day"]) == (date(2025, 3, 15), date(2026, 3, 15))
    ended = answered(empty, asked.rows("value", rate="renewal")).frame
    assert sorted(ended["contract_id"]) == ["c1", "c3", "c5"]
    bridge = contract_bridge(view())
    assert answered(empty, bridge).frame.rows() == [
        ("start", 4, 860), ("won", 1, 50), ("expanded", 1, 50), ("kept", 1, 0), ("churned", 2, -560), ("end", 3, 400),
    ]  # fmt: skip
    for name, held in (("start", "c1 c3 c4 c7"), ("churned", "c3 c7"), ("won", "c6"), ("end", "c2 c4 c6")):
        assert " ".join(sorted(answered(empty, bridge.rows("annual", turned=name)).frame["contract_id"])) == held
    listed = answered(empty, renewals(view())).frame
    assert listed.select("contract_id", "days_left", "annual").rows() == [("c2", 77, 150)]
    assert answered(empty, renewals(view()).rows(contract_id="c2")).frame.height == 1


def test_what_does_not_filter_is_said(empty: duckdb.DuckDBPyConnection) -> None:
    contracts(empty)
    seen = view(filters=(("product", ("A",)), ("stage", ("X",))))
    for query in (contract_rates(seen), contract_bridge(seen), renewals(seen)):
        said = [found["dimension"] for found in answered(empty, query).notes if found.code == "contracts_not_filtered"]
        assert said == ["product", "stage"]


def test_a_short_contract_is_not_blown_up(empty: duckdb.DuckDBPyConnection) -> None:
    contract(empty, "c", ANN, date(2026, 3, 15), date(2026, 3, 15), amount=30)
    assert answered(empty, contract_bridge(view())).frame.rows()[-1] == ("end", 1, 365)  # as if of 30 days


def test_contracts_renewed_alike_are_kept_over_a_leap_year(empty: duckdb.DuckDBPyConnection) -> None:
    """Twelve months are worth the same with a 29 February in them, from mid-February, to the end of a month,
    and to their anniversary; half a year at half the amount too."""
    for customer, days in enumerate((
        (date(2023, 4, 1), date(2024, 3, 31), date(2024, 4, 1), date(2025, 3, 31)),
        (date(2023, 2, 15), date(2024, 2, 14), date(2024, 2, 15), date(2025, 2, 14)),
        (date(2024, 2, 29), date(2025, 2, 28), date(2025, 3, 1), date(2026, 2, 28)),
        (date(2023, 6, 1), date(2024, 6, 1), date(2024, 6, 1), date(2025, 6, 1)),
        (date(2023, 6, 30), date(2024, 6, 29), date(2024, 6, 30), date(2025, 6, 29)),
    ), 1):  # fmt: skip
        contract(empty, f"a{customer}", customer, *days[:2], amount=12000)
        contract(empty, f"b{customer}", customer, *days[2:], amount=12000)
        for on, later in ((days[0], days[1]), (days[0], days[2])):
            seen = view(from_on=on + timedelta(days=1), to_on=later)
            frame = answered(empty, contract_bridge(seen)).frame.filter(pl.col("turned").is_in(["start", "end"]))
            assert set(frame["annual"] / frame["customers"]) == {12000}, (on, later)
    contract(empty, "half", 9, date(2024, 1, 1), date(2024, 6, 30), amount=6000)
    contract(empty, "days", 10, date(2024, 1, 1), date(2024, 2, 10), amount=100)  # a month and ten days
    listed = answered(empty, renewals(view().seen_on(date(2024, 1, 15)))).frame
    annual = dict(listed.select("contract_id", "annual").rows())
    assert (annual["half"], annual["days"]) == (12000, round(1200 / (1 + 120 / 365), 2))


def test_on_the_day_the_next_begins_a_contract_no_longer_runs(empty: duckdb.DuckDBPyConnection) -> None:
    """From anniversary to anniversary: on the day they share one of the two counts, whichever is looked at."""
    contract(empty, "c1", ANN, date(2024, 3, 15), date(2025, 3, 15), amount=120)
    contract(empty, "c2", ANN, date(2025, 3, 15), date(2026, 3, 15), amount=120)
    contract(empty, "c3", ANN, date(2026, 3, 15), date(2027, 3, 15), amount=180)
    asked = contract_bridge(view())  # from 15 March 2025 to 15 March 2026
    assert answered(empty, asked).frame.rows() == [("start", 1, 120), ("expanded", 1, 60), ("end", 1, 180)]
    assert answered(empty, asked.rows("annual", turned="start")).frame["contract_id"].to_list() == ["c2"]
    assert answered(empty, asked.rows("annual", turned="end")).frame["contract_id"].to_list() == ["c3"]
    alone = view().seen_on(date(2027, 3, 15))
    assert answered(empty, contract_bridge(alone)).frame.row(-1) == ("end", 1, 180)  # none follows: its last day counts


def handed(connection: duckdb.DuckDBPyConnection) -> None:
    """East: Ann's 120 is renewed by West for 180, Bob's 100 in East; Carl's 60 ends though West keeps its own 40, which
    is renewed; Dora's 70 ends for good; Eve comes from West, where she paid 80, for 90; F is new with 30."""
    old, new = (date(2025, 1, 1), date(2025, 12, 31)), (date(2026, 1, 1), date(2026, 12, 31))
    for name, customer, days, amount, team in (
        ("a1", ANN, old, 120, "East"), ("a2", ANN, new, 180, "West"), ("b1", BOB, old, 100, "East"),
        ("b2", BOB, new, 100, "East"), ("c1", CARL, old, 60, "East"), ("c2", CARL, old, 40, "West"),
        ("c3", CARL, new, 40, "West"), ("d1", DORA, old, 70, "East"), ("e1", EVE, old, 80, "West"),
        ("e2", EVE, new, 90, "East"), ("f1", 9, new, 30, "East"),
    ):  # fmt: skip
        contract(connection, name, customer, *days, amount=amount)
        connection.execute("update crm.contracts set team = ? where contract_id = ?", [team, name])


def test_a_handover_is_no_churn_and_who_is_taken_over_is_not_won(empty: duckdb.DuckDBPyConnection) -> None:
    """Of East's 120 + 100 + 60 + 70 stay Ann's 180 in West and Bob's 100; without growth 220; 2 of 4 customers."""
    handed(empty)
    east = view(filters=(("team", ("East",)),))
    bridge, rates = contract_bridge(east), contract_rates(east)
    assert answered(empty, bridge).frame.rows() == [
        ("start", 4, 350), ("won", 1, 30), ("taken_over", 1, 90), ("kept", 1, 0), ("handed_over", 1, -120),
        ("churned", 2, -130), ("end", 3, 220),
    ]  # fmt: skip
    result = answered(empty, rates)
    told = {row["rate"]: (row["stayed"], row["initially"]) for row in result.frame.iter_rows(named=True)}
    # a1, b1 and c1 (by c3, whoever signed it) were followed, d1 was not
    assert told == {"net": (280, 350), "gross": (220, 350), "logo": (2, 4), "renewal": (3, 4)}
    said = {found.code: found for found in result.notes}
    assert {"contracts_filtered", "contracts_elsewhere"} <= said.keys()
    assert said["contracts_elsewhere"]["count"] == 1  # Carl
    for name, held in (
        ("start", "a1 b1 c1 d1"), ("handed_over", "a1 a2"), ("taken_over", "e1 e2"), ("churned", "c1 d1"),
        ("won", "f1"), ("end", "b2 e2 f1"),
    ):  # fmt: skip
        assert " ".join(sorted(answered(empty, bridge.rows("annual", turned=name)).frame["contract_id"])) == held
    behind = answered(empty, rates.rows("value", rate="net")).frame
    assert sorted(behind["contract_id"]) == ["a1", "a2", "b1", "b2", "c1", "d1"]


def test_parts_of_a_company_add_up_and_nothing_is_handed_over_without_filters(empty: duckdb.DuckDBPyConnection) -> None:
    handed(empty)
    whole = dict(answered(empty, contract_bridge(view())).frame.select("turned", "annual").iter_rows())
    assert whole == {"start": 470, "won": 30, "expanded": 70, "kept": 0, "contracted": -60, "churned": -70, "end": 440}
    assert not {found.code for found in answered(empty, contract_rates(view())).notes} & {
        "contracts_filtered", "contracts_elsewhere",
    }  # fmt: skip
    parts = [answered(empty, contract_bridge(view(filters=(("team", (team,)),)))).frame for team in ("East", "West")]
    for end in ("start", "end"):
        assert sum(part.filter(pl.col("turned") == end)["annual"].item() for part in parts) == whole[end]


def test_who_renews_outside_of_a_filter_or_with_a_colleague_is_not_due(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    handed(empty)
    east = view(filters=(("team", ("East",)),)).seen_on(date(2025, 12, 1))
    empty.execute("update crm.contracts set signed_on = date '2025-11-15' where contract_id = 'a2'")
    empty.execute("update crm.contracts set signed_on = starts_on where contract_id <> 'a2'")
    assert answered(empty, renewals(east)).frame["contract_id"].to_list() == ["b1", "d1", "c1"]
    empty.execute("update crm.contracts set rep_key = 2 where team = 'West'")  # out of this viewer's scope
    ann = Viewer(scope="rep", rep_keys=(1,))
    assert answered(empty, renewals(view().seen_on(date(2025, 12, 1))), ann).frame["contract_id"].to_list() == [
        "b1",
        "d1",
        "c1",
    ]
    bridge = contract_bridge(view(filters=(("team", ("East",)),)))
    assert answered(empty, bridge, ann).frame.equals(answered(empty, bridge).frame), "East's are hers"


def test_where_no_worth_moved_there_is_no_range(empty: duckdb.DuckDBPyConnection) -> None:
    """Forty kept alike: 100 %, but not for certain; the customers have their interval by Wilson."""
    for customer in range(1, 41):
        contract(empty, f"c{customer}", customer, date(2025, 1, 1), date(2026, 12, 31), amount=240)
    told = {row["rate"]: row for row in answered(empty, contract_rates(view())).frame.iter_rows(named=True)}
    assert (told["net"]["value"], told["net"]["value.low"], told["gross"]["value.high"]) == (1, None, None)
    assert told["logo"]["value.low"] == pytest.approx(0.912, abs=0.001)


def test_nothing_ran_before_the_period(empty: duckdb.DuckDBPyConnection) -> None:
    contract(empty, "c", ANN, date(2026, 3, 1), date(2027, 3, 1), amount=30)
    result = answered(empty, contract_rates(view()))
    assert result.frame.is_empty()
    assert [said.code for said in result.notes] == ["contracts_days", "contracts_none_then"]


@given(st.lists(st.tuples(st.floats(1, 1e6), st.floats(0, 1e6)), min_size=1, max_size=40))
def test_gross_retention_is_never_above_one_nor_above_net(held: list[tuple[float, float]]) -> None:
    rows = []
    for start, end in held:
        kind = "churned" if not end else "expanded" if end > start else "contracted" if end < start else "kept"
        rows.append((kind, kind, 1, start, end, end, start * start, end * end, start * end))
    sums = ("annual_start", "annual_end", "stayed_end", "squares_start", "squares_end", "products")
    raw = pl.DataFrame(rows, schema=("turned", "became", "counted", *sums), orient="row")
    raw = raw.group_by("turned", "became").agg(pl.all().sum())
    asked = contract_rates(view())
    told = {row[0]: row[1:4] for row in contract_retention.finished_rates(asked, [raw], []).rows()}
    net, gross = told["net"], told["gross"]
    assert gross[0] <= 1 + 1e-12
    assert gross[0] <= net[0] + 1e-12
    assert net[0] == pytest.approx(sum(end for _, end in held) / sum(start for start, _ in held))
    assert gross[0] == pytest.approx(sum(map(min, held)) / sum(start for start, _ in held))
    for value, low, high in (net, gross):
        assert low is None or low <= value + 1e-9
        assert high is None or value <= high + 1e-9


@pytest.mark.parametrize("scope", ["rep", "teams"])
def test_who_sees_a_part_gets_the_rates_that_everybody_gets_for_it(
    empty: duckdb.DuckDBPyConnection, scope: str
) -> None:
    """Ann and Bob go on with somebody else, Carl comes from there; Dora is lost, Eve stays."""
    empty.execute("insert into crm.reps (rep_key, rep, is_implied) values (1, 'Rae', false), (2, 'Sam', false)")
    old, new = (date(2024, 6, 1), date(2025, 5, 31)), (date(2025, 6, 1), date(2026, 5, 31))
    for name, customer, rep, days, amount in (
        ("a1", ANN, 1, old, 100), ("a2", ANN, 2, new, 150), ("b1", BOB, 1, old, 200), ("b2", BOB, 2, new, 60),
        ("c1", CARL, 2, old, 70), ("c2", CARL, 1, new, 80), ("d1", DORA, 1, old, 300), ("e1", EVE, 1, old, 40),
        ("e2", EVE, 1, new, 40),
    ):  # fmt: skip
        contract(empty, name, customer, *days, amount=amount)
        empty.execute(
            "update crm.contracts set rep_key = ?, team = ? where contract_id = ?",
            [rep, "North" if rep == 1 else "South", name],
        )
    viewer = Viewer(scope="rep", rep_keys=(1,)) if scope == "rep" else Viewer(scope="teams", teams=("North",))
    filtered = view(filters=((("rep", ("Rae",)) if scope == "rep" else ("team", ("North",))),))
    for asked in (contract_rates, contract_bridge):
        seen = answered(empty, asked(view()), viewer)
        assert seen.frame.equals(answered(empty, asked(filtered)).frame)
        assert "contracts_others" in {one.code for one in seen.notes}
    kinds = dict(answered(empty, contract_bridge(view()), viewer).frame.select("turned", "customers").iter_rows())
    assert (kinds["handed_over"], kinds["taken_over"], kinds["churned"]) == (2, 1, 1)
    for query in (
        *(contract_bridge(view()).rows("annual", turned=kind) for kind in ("handed_over", "taken_over")),
        contract_rates(view()).rows("value", rate="net"),
    ):  # fmt: skip
        assert {"a1", "c2"} & (told := set(answered(empty, query, viewer).frame["contract_id"]))
        assert not told & {"a2", "b2", "c1"}, "contracts of others are counted in, not shown"
