"""Days compared with that lie before the data: nothing is there to compare with, or not enough of it."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from metrics.cuts import breakdown, cut, total, trend
from metrics.query import Result
from metrics.view import View
from metrics.viewer import Viewer
from tests.metrics.conftest import Ask, answered, view


def span(first: tuple[int, int, int], last: tuple[int, int, int]) -> View:
    return view(from_on=date(*first), to_on=date(*last), compare="previous")


def said(result: Result) -> list[tuple[str, object, object]]:
    return [(note.code, note["measure"], note["from_on"]) for note in result.notes]


def test_nothing_is_compared_with_days_before_the_data(ask: Ask) -> None:
    # 1 January – 15 March has 74 days: compared with 1 October – 13 December. The first deal was closed on 15 December,
    # but created on 1 October.
    asked = span((2026, 1, 1), (2026, 3, 31))
    result = ask(total(("won_amount", "win_rate", "created_deals"), asked))
    row = result.frame.row(0, named=True)
    assert (row["won_amount"], row["won_amount.before"]) == (390.55, None)
    assert [row[f"win_rate.before{end}"] for end in ("", ".low", ".high", ".n")] == [None] * 4
    assert (row["created_deals"], row["created_deals.before"]) == (5, 3)
    assert said(result) == [
        ("undated", "created_deals", None),
        ("nothing_before", "won_amount", date(2025, 12, 15)),
        ("nothing_before", "win_rate", date(2025, 12, 15)),
    ]
    en, zh = (result.notes[1].text(lang) for lang in ("en", "zh-CN"))
    assert en == 'Data of "Won amount" begin on 15 Dec 2025: there is nothing before to compare with.'
    assert zh == "“赢单金额”的数据始于2025年12月15日，此前没有可对比的数据。"


def test_columns_keep_their_types_and_groups(ask: Ask) -> None:
    result = ask(breakdown(("won_deals", "won_amount"), "team", span((2026, 1, 1), (2026, 3, 31))))
    assert result.frame.rows() == [("North", 3, None, 390.55, None)]  # d06, won in the South, is of neither
    full = ask(breakdown(("won_deals", "won_amount"), "team", view(preset="this_month", compare="previous")))
    assert result.frame.schema == full.frame.schema


def test_days_half_covered_keep_their_number_and_say_so(ask: Ask) -> None:
    # January against December: of 31 days 17 lie after the first closing, which won d06 with 500
    result = ask(total("won_amount", span((2026, 1, 1), (2026, 1, 31))))
    assert result.frame.row(0) == (100.0, 500.0)
    assert said(result) == [("begins", "won_amount", date(2025, 12, 15))]


@pytest.mark.parametrize(
    ("first", "last", "covered"),
    [((2026, 2, 9), (2026, 2, 28), True), ((2026, 2, 6), (2026, 2, 25), False)],
    ids=["19 of 20 days", "16 of 20 days"],
)
def test_a_few_days_before_the_first_row_are_no_gap(
    ask: Ask, first: tuple[int, int, int], last: tuple[int, int, int], covered: bool
) -> None:
    # orders begin on 21 January; compared are 20 January – 8 February, and 17 January – 5 February
    result = ask(total("revenue", span(first, last)))
    assert result.frame["revenue.before"].to_list() == [100.0]
    assert said(result) == ([] if covered else [("begins", "revenue", date(2026, 1, 21))])


def test_weights_that_were_not_known_then_are_no_growth(company: duckdb.DuckDBPyConnection) -> None:
    """Ten open deals of 100, weighed at a half today; on 10 March only so many of them had a probability."""
    row = (
        "select 'w' || i as deal_id, 1 as rep_key, 'open' as status, 100 as amount, date '2026-01-05' as created_on,"
        " {chance} as probability, {seen} as seen_from, {until} as seen_to, false as is_reconstructed"
        " from range(10) t(i)"
    )
    then = {"seen": "date '2026-01-05'", "until": "date '2026-03-12'"}
    since = {"seen": "date '2026-03-12'", "until": "date '9999-12-31'", "chance": "0.5"}
    asked = span((2026, 3, 11), (2026, 3, 15))
    for least, kept in ((2, True), (3, False)):
        company.execute("delete from fold.deal_versions")
        for one in ({**then, "chance": f"case when i >= {least} then 0.5 end"}, since):
            company.execute(f"insert into fold.deal_versions by name {row.format(**one)}")
        result = answered(company, total(("weighted_amount", "open_amount"), asked))
        found = result.frame.row(0, named=True)
        assert (found["weighted_amount"], found["open_amount"], found["open_amount.before"]) == (500, 1000, 1000)
        assert found["weighted_amount.before"] == ((10 - least) * 50 if kept else None)
        facts = [(one["before"], one["before_of"], one["count"], one["of"]) for one in result.notes
                 if one.code == "uneven"]  # fmt: skip
        assert facts == ([] if kept else [(10 - least, 10, 10, 10)])


def test_what_may_have_been_open_then_is_no_growth(company: duckdb.DuckDBPyConnection) -> None:
    """Five open deals, two of them of no creation day: rebuilt on 10 March, or (then they came) seen."""
    row = (
        "select 'w' || i as deal_id, {rep} as rep_key, 'open' as status, 100 as amount, {seen} as seen_from,"
        " case when i >= {dated} then date '2026-01-05' end as created_on, {until} as seen_to,"
        " {rebuilt} as is_reconstructed"
        " from range({first}, 5) t(i)"
    )
    then = {"seen": "date '2026-01-05'", "until": "date '2026-03-12'", "first": 2, "dated": 0}
    since = {"seen": "date '2026-03-12'", "until": "date '9999-12-31'", "first": 0, "dated": 2, "rebuilt": "false"}
    asked = total(("open_deals", "open_amount"), span((2026, 3, 11), (2026, 3, 15)))
    for is_rebuilt in (True, False):
        company.execute("delete from fold.deal_versions")
        for one in ({**then, "rebuilt": str(is_rebuilt)}, since):
            company.execute(f"insert into fold.deal_versions by name {row.format(rep='1 + i % 2', **one)}")
        result = answered(company, asked)
        assert result.frame["open_deals.before"].to_list() == [None if is_rebuilt else 3]
        assert result.frame["open_amount.before"].to_list() == [None if is_rebuilt else 300]
        told = [(one["count"], one["of"], one["day"]) for one in result.notes if one.code == "undated_open"]
        assert told == ([(2, 5, date(2026, 3, 10))] if is_rebuilt else [])
    company.execute("update fold.deal_versions set created_on = date '2026-01-05' where rep_key = 1")
    company.execute("update fold.deal_versions set is_reconstructed = seen_to < date '9999-12-31'")
    by_rep = answered(company, breakdown("open_deals", "rep", span((2026, 3, 11), (2026, 3, 15))))
    assert by_rep.frame["open_deals.before"].null_count() == by_rep.frame.height, "one of them is of the second person"
    ann = answered(company, total("open_deals", span((2026, 3, 11), (2026, 3, 15)).with_filter("rep", "Ann")))
    assert ann.frame["open_deals.before"].null_count() == 0, "all of hers have a day"


def test_a_stock_is_compared_with_one_day(ask: Ask) -> None:
    # the first invoice is of 25 January: 100 were owed on the 31st, nothing is known of the 24th
    known = ask(total("outstanding", span((2026, 2, 1), (2026, 2, 10))))
    assert (known.frame["outstanding.before"].to_list(), said(known)) == ([100.0], [])
    unknown = ask(total("outstanding", span((2026, 1, 25), (2026, 1, 31))))
    assert unknown.frame.row(0) == (100.0, None)
    assert said(unknown) == [("nothing_before", "outstanding", date(2026, 1, 25))]


def test_a_ratio_of_two_tables_begins_with_the_later_one(ask: Ask) -> None:
    # deals are closed from 15 December on, activities done from 7 January on: of January, 25 days of 31
    result = ask(total("activities_per_won_deal", span((2026, 2, 1), (2026, 2, 28))))
    assert ("begins", "activities_per_won_deal", date(2026, 1, 7)) in said(result)


def test_who_sold_nothing_then_is_no_gap_in_the_data(ask: Ask) -> None:
    # Bob's first deal is of 11 November; the company's of 1 October
    bob = span((2025, 12, 1), (2025, 12, 31)).with_filter("rep", "Bob")
    result = ask(total("created_deals", bob))
    assert result.frame.row(0) == (1, 1)
    assert [note.code for note in result.notes] == []


def test_a_scope_knows_no_day_of_others(company: duckdb.DuckDBPyConnection) -> None:
    # d06 of 15 December is of the South; the North first closed on 31 December
    north = Viewer(scope="teams", teams=("North",), rep_keys=(1, 2))
    result = answered(company, total("won_amount", span((2026, 1, 1), (2026, 1, 31))), north)
    assert said(result) == [("begins", "won_amount", date(2025, 12, 31))]


def test_only_a_comparison_asks_for_the_first_day() -> None:
    asked = view(preset="this_month", compare="previous")
    assert [part.finish for part in total("won_amount", asked).parts] == ["cut", "undated", "begins"]
    assert [part.finish for part in cut("won_amount", "month", asked).parts] == ["cut", "then", "undated", "begins"]
    assert [part.finish for part in total("attainment", asked).parts if part.is_aside] == ["undated", "begins"]
    alone = cut("won_amount", "month", asked.with_compare("none"))
    assert [part.finish for part in alone.parts] == ["cut", "undated"]


def test_of_days_to_come_nothing_is_known_and_not_zero(ask: Ask) -> None:
    # The company's day is 15 March: of the second quarter nothing is on record, and what is open is so on that day.
    asked = span((2026, 4, 1), (2026, 6, 30))
    result = ask(total(("won_amount", "won_deals", "win_rate", "open_deals", "velocity"), asked))
    row = result.frame.row(0, named=True)
    today = ask(total("open_deals", view())).frame.item()
    assert today > 0
    assert [row[name] for name in ("won_amount", "won_deals", "win_rate", "open_deals")] == [None, None, None, today]
    assert row["open_deals.before"] is None, "the same day again is no comparison"
    assert [note.text("en") for note in result.notes if note["measure"] == "open_deals"] == [
        '"Open deals" is that of 15 Mar 2026: the period has not begun.'
    ]
    by_team = ask(breakdown(("open_deals", "won_amount"), "team", asked)).frame
    assert by_team.height
    assert by_team.get_column("won_amount").null_count() == by_team.height
    assert "as_of_day" not in [note.code for note in ask(trend(("open_deals", "won_deals"), "month", asked)).notes]
