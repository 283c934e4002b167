"""What reaches the screen is what the store answers, and what is behind a number adds up to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from textwrap import dedent

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from data import current
from data.store import Snapshot
from metrics.cuts import breakdown, breakdowns, cut, total, trend
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.small import small_store
from ui import answers, cards, crosses, drill, numbers, reader, remarks, rows
from ui.answers import narrowed
from ui.drawing import frame_of
from ui.look import Look
from ui.theme import palette

LOOK = Look(palette("light"), "en")
Script = Callable[[str], AppTest]


@pytest.fixture(autouse=True)
def on_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current, "_chosen", [])
    current.switch(small_store().path)


@pytest.fixture
def seen() -> Snapshot:
    with small_store().snapshot() as snapshot:
        yield snapshot


@pytest.fixture
def view(seen: Snapshot) -> View:
    assert seen.as_of is not None
    return View(as_of=seen.as_of, preset="last_12_months", compare="previous")


def ran(body: str) -> AppTest:
    """A page whose script is `body`, run once."""
    head = """
    from metrics.cuts import *
    from metrics.view import View
    from ui import charts, drill, session, show
    with session.reading() as seen:
        view = View(as_of=seen.as_of, preset="last_12_months", compare="previous")
    """
    page = AppTest.from_string(dedent(head) + dedent(body), default_timeout=60)
    page.query_params["lang"] = "en"
    page.run()
    assert not page.exception, page.exception
    return page


def said(page: AppTest) -> str:
    return " ".join(element.value for kind in ("markdown", "caption", "info", "error") for element in page.get(kind))


def test_a_card_shows_what_the_store_answers(seen: Snapshot, view: View) -> None:
    asked = ("won_amount", "win_rate", "cycle_days", "open_amount")
    answer = seen.ask(total(asked, view), EVERYTHING).frame
    page = ran(f"show.numbers({asked!r}, view)")
    assert not page.error
    units = ("money", "share", "days", "money")
    expected = [
        numbers.written(answer[id_][0], unit, "en", seen.currency) for id_, unit in zip(asked, units, strict=True)
    ]
    assert [plainly(metric.value) for metric in page.metric] == expected


def plainly(text: str) -> str:
    """Text without the strokes that keep it from acting as Markdown."""
    return re.sub(r"\\(.)", r"\1", text)


def test_a_refused_number_is_a_dash_and_says_why(seen: Snapshot, view: View) -> None:
    alone = view.with_period(from_on=date(1990, 1, 1), to_on=date(1990, 1, 2)).with_compare("none")
    result = seen.ask(total("win_rate", alone), EVERYTHING)
    card = cards.card_of(result, answers.series(result)[0], LOOK)
    assert (card.value, card.change, card.arrow) == ("—", None, "off")
    needs = seen.ask(total("attainment", View(as_of=view.as_of)), EVERYTHING)
    remark = cards.card_of(needs, answers.series(needs)[0], LOOK).remarks[0]
    assert remark.text == "choose a period"
    assert remark.full is not None


def test_measures_without_data_share_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "filled", lambda _: frozenset({"deals", "deal_versions"}))
    page = ran('show.numbers(("won_amount", "activities", "revenue", "orders"), view)')
    assert len(page.metric) == 1
    text = plainly(said(page))
    assert "Not in your data yet: Activities, Revenue and Orders." in text
    assert "activities and order lines" in text


def test_a_card_names_its_label_as_the_way_behind_it() -> None:
    page = ran('show.numbers(("won_amount",), view)')
    page.button[0].click().run()
    assert not page.exception
    assert "Amount of deals won, by closing date" in plainly(said(page))


@pytest.mark.parametrize("id_", ["won_amount", "won_deals", "win_rate", "cycle_days", "open_amount"])
def test_the_rows_behind_a_mark_add_up_to_it(id_: str, seen: Snapshot, view: View) -> None:
    query = breakdowns((id_, "won_deals"), ("team", "rep"), view)
    result = seen.ask(query, EVERYTHING)
    drawn = narrowed(result, id_, "team")
    subject = drill.Subject(query, id_, view, part="team")
    shown = frame_of(drawn, LOOK)
    assert shown.height
    for mark, value in zip(shown.marks, shown.column(id_), strict=True):
        assert mark is not None
        behind = drill.subject_at(subject, drawn, mark)
        assert behind is not None
        frame = seen.ask(behind.rows(), EVERYTHING).frame
        assert aggregated(frame, id_) == pytest.approx(value)
        assert seen.ask(behind.rows().count(), EVERYTHING).frame.item() == frame.height


def aggregated(frame: pl.DataFrame, id_: str) -> float:
    """A measure computed anew from its rows."""
    match id_:
        case "won_amount" | "open_amount":
            return float(frame.get_column("amount").sum())
        case "won_deals":
            return frame.height
        case "win_rate":
            return frame.filter(pl.col("status") == "won").height / frame.height
        case _:
            median = frame.get_column("cycle_days").median()
            assert isinstance(median, float)
            return median


def test_each_mark_over_time_leads_to_its_rows(seen: Snapshot, view: View) -> None:
    query = trend("won_amount", "month", view)
    result = seen.ask(query, EVERYTHING)
    subject = drill.Subject(query, "won_amount", view)
    for row in result.frame.iter_rows(named=True):
        behind = drill.subject_at(subject, result, answers.mark(row, ["month"]))
        assert behind is not None
        frame = seen.ask(behind.rows(), EVERYTHING).frame
        assert float(frame.get_column("amount").sum()) == pytest.approx(float(row["won_amount"]))


def test_each_cell_of_a_cross_table_leads_to_its_rows(seen: Snapshot, view: View) -> None:
    query = cut("won_amount", ("quarter", "team"), view)
    result = seen.ask(query, EVERYTHING)
    crossed = crosses.crossed(result, answers.series(result)[0], LOOK)
    assert crossed.frame.drop("team").sum().sum_horizontal()[0] == pytest.approx(
        float(result.frame["won_amount"].sum())
    )
    column = crossed.frame.columns[1]
    at = crossed.at(0, column)
    assert at is not None
    frame = seen.ask(query.rows("won_amount", **at), EVERYTHING).frame
    assert float(frame.get_column("amount").sum()) == pytest.approx(crossed.frame[column][0])
    assert crossed.at(0, "team") is None
    assert crossed.at(10_000, column) is None


def test_a_chart_says_its_name_and_offers_what_is_behind_it() -> None:
    page = ran('show.chart(breakdown("won_amount", "team", view), charts.bars, view)')
    assert not page.error
    assert plainly(page.button[0].label) == "Won amount by team"
    chart = page.get("plotly_chart")[0].proto
    assert "Won amount by team" in (chart.alt or "")


def test_a_question_that_cannot_be_cut_so_says_why(view: View) -> None:
    page = ran('show.chart(breakdown(("won_amount", "win_rate"), "status", view), charts.bars, view, of="win_rate")')
    assert "cannot be shown by" in plainly(said(page))


@pytest.mark.parametrize("tab", ["behind", "figures", "statement"])
def test_every_part_of_the_drawer_draws(tab: str) -> None:
    page = ran(f'drill.{tab}(drill.Subject(breakdown("win_rate", "rep", view), "win_rate", view))')
    assert not page.error
    assert page.dataframe or page.code


@pytest.mark.parametrize("tab", ["explain", "behind", "figures", "statement"])
@pytest.mark.parametrize("name", ["funnel", "split", "bridge", "weighted"])
def test_every_part_of_the_drawer_of_a_question_draws(name: str, tab: str) -> None:
    page = ran(
        f"""
        from datetime import timedelta
        from metrics.bridge import bridge
        from metrics.funnel import funnel
        from metrics.odds import weighted
        from ui.question import Subject
        asked = {{
            "funnel": lambda: funnel(view), "split": lambda: funnel(view, "rep"), "weighted": lambda: weighted(view),
            "bridge": lambda: bridge(view, view.as_of - timedelta(days=7)),
        }}
        subject = Subject(asked["{name}"](), "{name}", view)
        subject.explain() if "{tab}" == "explain" else drill.{tab if tab != "explain" else "behind"}(subject)
        """
    )
    assert not page.error, [error.value for error in page.error]
    assert page.dataframe or page.code or page.markdown


def test_the_sql_on_screen_is_the_question(view: View) -> None:
    page = ran('drill.statement(drill.Subject(total("won_amount", view), "won_amount", view))')
    assert page.code[0].value == total("won_amount", view).text()


def test_other_definitions_come_with_their_values(seen: Snapshot, view: View) -> None:
    result = seen.ask(total(("win_rate_created",), view), EVERYTHING).frame
    lines = ran(
        """
        from metrics.catalog import measure
        for line in drill.other_definitions(measure("win_rate"), view):
            show.section(line)
        """
    ).subheader
    value = numbers.share(result["win_rate_created"][0], "en")
    assert any(value in plainly(plainly(line.value)) for line in lines)


def test_where_the_data_begin_late_no_change_is_shown(seen: Snapshot, view: View) -> None:
    first = min(day for day in seen.frame("select created_on from crm.deals", {})["created_on"].to_list() if day)
    half = view.with_period(from_on=first + timedelta(days=50), to_on=first + timedelta(days=149))
    result = seen.ask(total("created_deals", half), EVERYTHING)  # the hundred days before have fifty with data
    card = cards.card_of(result, answers.series(result)[0], LOOK)
    was = result.frame["created_deals.before"][0]
    assert was > 0
    assert card.was == f"was {was:,} (since {numbers.day(first, 'en')})"
    assert (card.change, card.arrow, card.colour) == (None, "off", "gray")
    assert "not enough data before to compare" in [remark.text for remark in card.remarks]
    teams = narrowed(seen.ask(breakdowns("created_deals", ("team", "rep"), half), EVERYTHING), None, "team")
    assert answers.series(teams)[0].before is None  # neither charts nor sentences compare
    none = seen.ask(
        total("created_deals", view.with_period(from_on=first, to_on=first + timedelta(days=30))), EVERYTHING
    )
    card = cards.card_of(none, answers.series(none)[0], LOOK)
    assert (card.was, card.change) == (None, None)
    assert card.remarks[-1].text == f"data begin on {numbers.day(first, 'en')}"


def test_tables_hide_the_machinery_and_keep_what_people_read(seen: Snapshot, view: View) -> None:
    frame = rows.presented(seen.ask(breakdown("won_amount", "rep", view).rows("won_amount"), EVERYTHING).frame)
    assert {"deal_id", "customer", "rep", "amount", "closed_on"} <= set(frame.columns)
    assert not [name for name in frame.columns if name.endswith("_key") or name.startswith("in_")]


def test_change_is_coloured_by_what_is_better(seen: Snapshot, view: View) -> None:
    result = seen.ask(total(("won_amount", "cycle_days"), view), EVERYTHING)
    for part in answers.series(result):
        card = cards.card_of(result, part, LOOK)
        value, before = result.frame[part.value][0], result.frame[part.before or ""][0]
        is_good = (value > before) == (part.measure.better == "higher")
        assert card.colour == ("green" if is_good else "red")
        assert card.arrow == ("up" if value > before else "down")
        assert card.change is not None
        assert card.change.startswith("+" if value > before else "-")


def test_ratios_in_tables_have_sensible_decimals() -> None:
    """Won per unit of cost is 16.67, not 16.667; what is less than one keeps the third digit."""
    frame = pl.DataFrame({"won_per_cost": [16.6666, 0.12345, -2.005, None], "share": [0.12345, 0.5, 0.5, 0.5]})
    shown = rows._readable(frame, {"won_per_cost": "number", "share": "share"})
    assert shown["won_per_cost"].to_list() == [16.67, 0.123, -2.0, None]
    assert shown["share"].to_list() == frame["share"].to_list()


def test_an_answer_without_rows_says_that_filters_are_set(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(remarks.st, "info", lambda text, **_: said.append(text))
    anns = view.with_filter("rep", "Ann")
    for asked, readers in ((view, view), (anns, anns), (anns, view), (view.with_filter("rep", ()), view)):
        monkeypatch.setattr(remarks.address, "view", lambda readers=readers: readers)
        remarks.nothing("rfm_list", asked)
    alone = "There are no customers and no purchases."
    of_her = f"{alone} Filters are set: without them there may be something."
    assert said == [alone, of_her, alone, alone], "a page about Ann is not filtered by who reads it"


@pytest.mark.parametrize("name", ["overdue_revenue", "overdue_won_amount", "survey_response"])
def test_what_is_said_of_all_is_not_said_where_filters_leave_nothing(
    name: str, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(remarks.st, "info", lambda text, **_: said.append(text))
    remarks.nothing(name, view)
    remarks.nothing(name, view.with_filter("rep", "Ann"))
    assert said[0] not in said[1]
    assert "filters leave" in said[1]
