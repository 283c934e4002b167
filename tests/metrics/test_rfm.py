"""Segments of customers: ties by hand, every cell once, sums that are the measure's, and filters that move nobody."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise, product

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import rfm, rfm_cells
from metrics.cuts import total
from metrics.errors import NotShared
from metrics.rfm_cells import SegmentsInvalid, named
from metrics.view import View
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view

DAY = date(2026, 3, 15)
Order = tuple[int | None, date, float]


def put(connection: duckdb.DuckDBPyConnection, *orders: Order, is_return: bool = False, **more: object) -> None:
    """Orders of one line each: customer, day, amount; a customer's are numbered in the order in which they come."""
    for customer, day, amount in orders:
        if customer and not connection.execute("from crm.customers where customer_key = ?", [customer]).fetchall():
            connection.execute(
                "insert into crm.customers (customer_key, customer, first_order_on, is_implied)"
                " values (?, ?, ?, false)",
                [customer, f"C{customer}", day],
            )
        known = connection.sql("select count(*) from crm.order_lines").fetchall()[0][0]
        number = None if is_return or customer is None else 1 + known
        fields = {
            "order_id": f"o{known}", "line_no": 1, "ordered_on": day, "customer_key": customer, "amount": amount,
            "is_return": is_return, "order_no": number, "rep_key": 1, **more,
        }  # fmt: skip
        connection.execute(
            f"insert into crm.order_lines ({', '.join(fields)}) values ({', '.join('?' * len(fields))})",
            list(fields.values()),
        )


def scores(connection: duckdb.DuckDBPyConnection, of: str = "revenue", asked: View | None = None) -> dict[str, str]:
    """R, F and M of each customer, from the lists of all segments."""
    spanned = asked or rfm.spanned(view())
    listed = [answered(connection, rfm.members(of, spanned, name)).frame for name in named()]
    rows = [row for frame in listed for row in frame.select("customer", "r_score", "f_score", "m_score").rows()]
    return {name: f"{r}{f}{m}" for name, r, f, m in rows}


def days(count: int) -> date:
    return DAY - timedelta(days=count)


# ------------------------------------------------------------------------------------------------------------- scores


def test_ties_share_the_middle_of_their_places(empty: duckdb.DuckDBPyConnection) -> None:
    """Ten customers, of whom six bought once, two twice, one three times and one five times.

    Frequency: bought once is 1. Two who bought twice are in places 6 and 7 from 0, in the middle 6½ of ten (three
    fifths): 4. Eight and nine (four fifths): 5. Recency: five bought 10 days ago, and nobody later: 5; five 200 days
    ago, in places 0 to 4, in the middle 2 (a fifth): 2. Money is 100 for each but two, places 0 to 7: 3½: 2; two: 5.
    """
    often = [1, 1, 1, 1, 1, 1, 2, 2, 3, 5]
    for customer, times in enumerate(often, start=1):
        for _ in range(times):
            put(empty, (customer, days(10 if customer % 2 else 200), (500 if customer > 8 else 100) / times))
    empty.execute("update crm.order_lines set amount = round(amount, 2)")
    found = scores(empty)
    assert [found[f"C{customer}"][1] for customer in range(1, 11)] == ["1"] * 6 + ["4"] * 2 + ["5"] * 2
    assert [found[f"C{customer}"][0] for customer in range(1, 11)] == ["5", "2"] * 5
    assert [found[f"C{customer}"][2] for customer in range(1, 11)] == ["2"] * 8 + ["5"] * 2


def test_five_who_differ_have_five_scores(empty: duckdb.DuckDBPyConnection) -> None:
    for customer in range(1, 6):
        put(empty, *[(customer, days(10 * customer), 10.0 * customer)] * customer)
    assert scores(empty) == {"C1": "511", "C2": "422", "C3": "333", "C4": "244", "C5": "155"}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=40))
def test_the_rule_in_sql_is_the_rule_in_words(values: list[int]) -> None:
    """Of any values: the fifths below the middle of the places; the most recent 5, a single purchase 1; nobody lower
    scores more."""
    places = {value: [place for place, one in enumerate(sorted(values)) if one == value] for value in values}
    middle = {value: 1 + min(4, int(5 * sum(at) / len(at) / len(values) + 1e-9)) for value, at in places.items()}
    told = {value: (5 if value == max(values) else score, 1 if value == 1 else score, score)
            for value, score in middle.items()}  # fmt: skip
    for lower, higher in pairwise(sorted(value for value in told if value)):
        assert all(one <= other for one, other in zip(told[lower], told[higher], strict=True))
    with duckdb.connect() as connection:
        connection.execute(
            "create table spans_bought as select 'now' as span, v as last_on, v as orders, v as amount,"
            " 1 as customer_key from (select unnest($v) as v)",
            {"v": values},
        )
        text = (rfm_cells.Path(rfm_cells.__file__).parent / "sql" / "steps" / "scored.sql").read_text("utf-8")
        found = connection.execute(
            f"select last_on, r_score, f_score, m_score from ({text})", {**rfm_cells.bound(), "least_scored": 5}
        ).fetchall()
    assert Counter((row[0], row[1:]) for row in found) == Counter((value, told[value]) for value in values)


def test_most_of_all_on_the_last_day_are_recent(empty: duckdb.DuckDBPyConnection) -> None:
    """Orders dated by month: 9 of 10 bought in the last one, and are no more lost than anybody can be."""
    for customer in range(1, 11):
        put(empty, *((customer, days(ago), 10.0 * customer) for ago in ((90, 120) if customer == 1 else (30, 60))))
    found = scores(empty)
    assert {found[f"C{customer}"][0] for customer in range(2, 11)} == {"5"}
    assert found["C1"][0] == "1"
    assert {score[1] for score in found.values()} == {"3"}  # all twice: in the middle
    result = answered(empty, rfm.segments("revenue", rfm.spanned(view())))
    assert [said.code for said in result.notes] == ["rfm_of_orders", "rfm_alike_frequency"]
    assert set(result.frame["segment"]) == {"loyal", "potential_loyal", "at_risk"}


def test_bought_most_often_is_often_however_many_do(empty: duckdb.DuckDBPyConnection) -> None:
    """7 of 10 bought five times, more than the rest, and 3 once: 1, though they are three tenths."""
    for customer in range(1, 11):
        put(empty, *((customer, days(customer + back), 10.0) for back in range(5 if customer > 3 else 1)))
    assert [found[1] for _, found in sorted(scores(empty).items(), key=lambda one: int(one[0][1:]))] == (
        ["1"] * 3 + ["4"] * 7)  # fmt: skip
    result = answered(empty, rfm.segments("revenue", rfm.spanned(view())))
    assert [said.code for said in result.notes] == ["rfm_of_orders", "rfm_all_recent"]  # two scores, and not all alike
    cells = rfm.cells("revenue", rfm.spanned(view()))
    frame = answered(empty, cells).frame
    assert frame["once"].sum() == 3
    for row in frame.iter_rows(named=True):
        at = {name: row[name] for name in ("r_score", "f_score")}
        assert answered(empty, cells.rows("once", **at)).frame["customer"].n_unique() == row["once"]


def test_customers_of_one_day_are_in_no_segment(empty: duckdb.DuckDBPyConnection) -> None:
    for customer in range(1, 9):
        put(empty, (customer, days(200), 10.0 * customer))
    spanned = rfm.spanned(view())
    result = answered(empty, rfm.segments("revenue", spanned))
    assert result.frame.select("segment", "customers", "place", "share").rows() == [("one_day", 8, None, None)]
    assert [said.code for said in result.notes] == ["rfm_of_orders", "rfm_one_day"]
    assert answered(empty, rfm.cells("revenue", spanned)).frame.is_empty()
    listed = answered(empty, rfm.members("revenue", spanned, "recent"))
    assert listed.frame.is_empty()
    assert [said.code for said in listed.notes] == ["rfm_no_segments_one_day"]
    empty.execute("delete from crm.order_lines where customer_key > 3")
    listed = answered(empty, rfm.members("revenue", spanned, "recent"))
    assert [said.code for said in listed.notes] == ["rfm_no_segments_too_few"]


def test_frequency_that_tells_nobody_apart_is_said(empty: duckdb.DuckDBPyConnection) -> None:
    for customer in range(1, 7):
        put(empty, (customer, days(50 * customer), 10.0))
    result = answered(empty, rfm.segments("revenue", rfm.spanned(view())))
    assert [said.code for said in result.notes] == ["rfm_of_orders", "rfm_alike_once"]
    assert {found[1:] for found in scores(empty).values()} == {"13"}  # once each: 1, never "often"; all paid alike: 3
    empty.execute("delete from crm.order_lines where customer_key > 4")
    empty.execute("update crm.customers set first_order_on = null where customer_key > 4")
    few = answered(empty, rfm.segments("revenue", rfm.spanned(view())))
    assert few.frame.select("segment", "customers", "amount").rows() == [("too_few", 4, 40), ("never", 2, None)]
    assert answered(empty, few.query.rows("amount", segment="too_few")).frame["amount"].sum() == 40
    assert answered(empty, rfm.members("revenue", rfm.spanned(view()), "lost")).frame.is_empty()
    assert answered(empty, rfm.cells("revenue", rfm.spanned(view()))).frame.is_empty()
    assert "rfm_few" in [said.code for said in few.notes]


def test_silence_of_days_is_said(empty: duckdb.DuckDBPyConnection) -> None:
    for customer in range(1, 11):
        put(empty, (customer, days(customer), 10.0))
    notes = answered(empty, rfm.segments("revenue", rfm.spanned(view()))).notes
    assert [dict(said.params) for said in notes if said.code == "rfm_all_recent"] == [{"count": 10}]


# ----------------------------------------------------------------------------------------------------------- segments


def test_every_cell_belongs_to_one_segment() -> None:
    """All 125, each once; the best of all are champions, the worst are lost, and texts are there in both languages."""
    found = named()
    assert len(found) == 11
    assert sum(len(one.cells) for one in found.values()) == 125
    assert {cell for one in found.values() for cell in one.cells} == set(product(range(1, 6), repeat=3))
    assert (5, 5, 5) in found["champions"].cells
    assert (1, 1, 1) in found["lost"].cells
    assert (1, 5, 5) in found["cannot_lose"].cells
    assert all(text.text(lang) for one in found.values() for text in (one.label, one.meaning, one.advice)
               for lang in ("en", "zh-CN"))  # fmt: skip


_ALL = 'cells = [{ r = "1-5", f = "1-5", m = "1-5" }]'
_TEXTS = "\n".join(f'{name} = {{ en = "x", zh-CN = "x" }}' for name in ("label", "meaning", "advice"))


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ('cells = [{ r = "1-5", f = "1-5", m = "1-4" }]', "R1 F1 M5: —"),
        ('cells = [{ r = "1-5", f = "1-5", m = "1-4" }, { r = "1-5", f = "1-5", m = "4-5" }]', "named twice"),
        ('cells = [{ r = "0-5", f = "1-5", m = "1-5" }]', "a score is 1 to 5"),
        ('cells = [{ r = "5-1", f = "1-5", m = "1-5" }]', "a score is 1 to 5"),
        ("cells = 3", "not iterable"), (f"{_ALL}\nmore = 1", "1 validation error"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_cover_all_cells_once_is_refused(cells: str, problem: str) -> None:
    with pytest.raises(SegmentsInvalid) as refused:
        rfm_cells.read(f'[segments.one]\nplace = "best"\n{cells}\n{_TEXTS}')
    assert problem in str(refused.value)
    assert "metrics/rfm.toml" in refused.value.text("zh-CN")
    one = f'[segments.NAME]\nplace = "best"\n{_ALL}\n{_TEXTS}\n'
    assert len(rfm_cells.read(one.replace("NAME", "one"))["one"].cells) == 125
    with pytest.raises(SegmentsInvalid, match="R1 F1 M1: one, two"):
        rfm_cells.read(one.replace("NAME", "one") + one.replace("NAME", "two"))


def test_the_texts_that_sql_looks_up_are_the_file() -> None:
    bound = rfm_cells.bound()
    cells, names, width = str(bound["cells"]), str(bound["names"]), int(str(bound["width"]))
    for r, f, m in product(range(1, 6), repeat=3):
        place = int(cells[2 * (25 * (r - 1) + 5 * (f - 1) + m - 1) :][:2])
        assert (r, f, m) in named()[names[width * (place - 1) : width * place].strip()].cells


def test_what_is_apart_and_what_adds_up(empty: duckdb.DuckDBPyConnection) -> None:
    """Six who bought; one who only sent something back; one of long ago, one who never bought; money without a name."""
    for customer in range(1, 7):
        put(empty, *[(customer, days(30 * customer), 100.0 * customer)] * customer)
    put(empty, (6, days(20), -50.0), (7, days(20), -5.0), (None, days(9), -1.0), is_return=True)
    put(empty, (None, days(9), 40.0), (None, days(9), 2.0), (8, days(1000), 77.0))
    empty.execute("insert into crm.customers (customer_key, customer, is_implied) values (9, 'C9', false)")
    spanned = rfm.spanned(view())
    query = rfm.segments("revenue", spanned)
    frame = answered(empty, query).frame
    apart = {row["segment"]: row for row in frame.filter(pl.col("place").is_null()).iter_rows(named=True)}
    assert {name: (row["customers"], row["amount"], row["purchases"]) for name, row in apart.items()} == {
        "only_returned": (1, Decimal(-5), None), "unassigned": (None, Decimal(41), 2),
        "before": (1, None, None), "never": (1, None, None),
    }  # fmt: skip
    inside = frame.filter(pl.col("place").is_not_null())
    assert inside["customers"].sum() == 6
    assert inside["share"].sum() == pytest.approx(1)
    assert inside["share_amount"].sum() == pytest.approx(1)
    whole = answered(empty, total("revenue", spanned)).frame["revenue"][0]
    assert frame["amount"].sum() == whole == Decimal(100 * (1 + 4 + 9 + 16 + 25 + 36) - 50 - 5 - 1 + 42)
    for row in frame.iter_rows(named=True):  # rows equal numbers
        rows = answered(empty, query.rows("amount", segment=row["segment"])).frame
        assert rows["customer"].drop_nulls().n_unique() == (row["customers"] or 0)
        assert (rows["amount"].sum() if row["amount"] is not None else None) == row["amount"]
    cells = rfm.cells("revenue", spanned)
    for row in answered(empty, cells).frame.iter_rows(named=True):
        rows = answered(empty, cells.rows("amount", r_score=row["r_score"], f_score=row["f_score"])).frame
        assert (rows["customer"].n_unique(), rows["amount"].sum()) == (row["customers"], row["amount"])
    listed = answered(empty, rfm.members("revenue", spanned, "cannot_lose"))
    assert listed.frame.select("customer", "purchases", "amount").rows() == [
        ("C6", 6, 3550), ("C5", 5, 2500)]  # fmt: skip
    own = answered(empty, listed.query.rows("amount", customer="C6")).frame
    assert (own.height, own["amount"].sum()) == (7, 3550)


def test_filters_choose_who_is_shown_and_move_nobody(empty: duckdb.DuckDBPyConnection) -> None:
    for customer in range(1, 11):
        for number in range(customer):
            put(empty, (customer, days(7 * customer), 10.0), region="East" if number % 2 else "West")
    before = scores(empty)
    east = rfm.spanned(view(filters=(("region", ("East",)),)))
    after = scores(empty, asked=east)
    assert after == {name: found for name, found in before.items() if name != "C1"}  # who bought nothing in the East
    result = answered(empty, rfm.segments("revenue", east))
    assert result.frame["amount"].sum() == answered(empty, total("revenue", east)).frame["revenue"][0] == 250
    assert result.frame["customers"].sum() == 9
    assert "rfm_filtered" in [said.code for said in result.notes]
    listed = [answered(empty, rfm.members("revenue", east, name)) for name in named()]
    assert all("rfm_filtered" in [said.code for said in one.notes] for one in listed)
    assert {row[0]: row[1] for one in listed for row in one.frame.select("customer", "purchases").rows()} == {
        f"C{customer}": customer // 2 for customer in range(2, 11)}  # fmt: skip
    assert result.frame["purchases"].sum() == 25
    rows = [answered(empty, result.query.rows("amount", segment=name)).frame for name in result.frame["segment"]]
    assert sum(frame["amount"].sum() for frame in rows) == 250
    put(empty, (1, days(1), -4.0), is_return=True, region="East")  # what only came back is no purchase
    returned = answered(empty, rfm.segments("revenue", east))
    assert "rfm_apart_only_returned_shown" in [said.code for said in returned.notes]
    back = returned.frame
    assert back.filter(pl.col("segment") == "only_returned").select("customers", "amount").row(0) == (1, Decimal(-4))
    assert back.filter(pl.col("place").is_not_null())["customers"].sum() == 9
    assert back["amount"].sum() == 246


def test_a_viewer_scores_what_they_may_see(empty: duckdb.DuckDBPyConnection) -> None:
    for customer in range(1, 7):
        put(empty, (customer, days(customer), 10.0), rep_key=1)
        put(empty, (customer, days(50 + customer), 1000.0 / customer), rep_key=2)
    own = Viewer(scope="rep", rep_keys=(2,))
    query = rfm.segments("revenue", rfm.spanned(view()))
    result = answered(empty, query, own)
    assert float(result.frame["amount"].sum()) == pytest.approx(2450, abs=0.01)
    assert result.frame["recency_days"].min() >= 51
    nobody = answered(empty, query, Viewer(scope="rep", rep_keys=(3,)))
    assert nobody.frame["customers"].sum() == 0


def test_who_bought_through_others_is_not_said_never_to_have_bought(empty: duckdb.DuckDBPyConnection) -> None:
    """Owned by 2: one who bought from 1 in these days, one before them, one from 2 before them, one never."""
    for customer in range(1, 7):
        put(empty, (customer, days(customer), 10.0), rep_key=2)
    put(empty, (7, days(9), 10.0), (8, days(900), 10.0), rep_key=1)
    put(empty, (9, days(900), 10.0), rep_key=2)
    empty.execute("insert into crm.customers (customer_key, customer, is_implied) values (10, 'C10', false)")
    empty.execute("update crm.customers set rep_key = 2")
    query = rfm.segments("revenue", rfm.spanned(view()))
    own = answered(empty, query, Viewer(scope="rep", rep_keys=(2,)))
    apart = own.frame.filter(pl.col("place").is_null())
    assert apart.select("segment", "customers").rows() == [("before", 1), ("others", 2), ("never", 1)]
    assert answered(empty, own.query.rows("customers", segment="others"), Viewer(scope="rep", rep_keys=(2,))).frame[
        "customer"].sort().to_list() == ["C7", "C8"]  # fmt: skip
    assert "rfm_apart_others" in [said.code for said in own.notes]
    whole = answered(empty, query).frame.filter(pl.col("place").is_null())
    assert whole.select("segment", "customers").rows() == [("before", 2), ("never", 1)]


def test_deals_won_are_scored_alike(empty: duckdb.DuckDBPyConnection) -> None:
    """Deals lost and open, and those without a customer, make nobody a buyer; undated ones are said."""
    for number in range(1, 16):
        customer = 1 + number % 5
        empty.execute(
            "insert into crm.deals (deal_id, status, amount, closed_on, customer_key, is_gone, push_count, rep_key)"
            " values (?, ?, ?, ?, ?, false, 0, 1)",
            [f"d{number}", "lost" if number > 12 else "won", 10 * number, days(20 * number), customer],
        )
    for customer in range(1, 6):
        empty.execute("insert into crm.customers (customer_key, customer, is_implied) values (?, ?, false)",
                      [customer, f"C{customer}"])  # fmt: skip
    empty.execute(
        "insert into crm.deals (deal_id, status, amount, is_gone, push_count, rep_key)"
        " values ('u', 'won', 7, false, 0, 1)"
    )
    result = answered(empty, rfm.segments("won_amount", rfm.spanned(view())))
    assert result.frame["customers"].sum() == 5
    assert result.frame["purchases"].sum() == 12
    assert result.frame["amount"].sum() == 780
    assert [said.code for said in result.notes][:2] == ["undated", "rfm_of_deals"]
    with pytest.raises(NotShared):
        rfm.segments("units", view())


def test_days_looked_at(empty: duckdb.DuckDBPyConnection) -> None:
    assert empty is not None
    assert (rfm.spanned(view()).from_on, rfm.spanned(view()).at) == (date(2024, 3, 16), DAY)
    assert rfm.spanned(view(from_on=date(2025, 1, 1), to_on=date(2025, 6, 30)), 12).from_on == date(2024, 7, 1)
    assert rfm.spanned(view(), None).from_on == date(1900, 1, 1)
    result = answered(empty, rfm.segments("revenue", rfm.spanned(view())))
    assert result.frame.is_empty()
    assert answered(empty, rfm.cells("revenue", rfm.spanned(view()))).frame.is_empty()
