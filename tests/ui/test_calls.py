"""The panel of forecast calls: what was typed becomes words, drawings say what they show, both languages."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from data import current
from data.review.asking import usual_view
from data.review.call_accuracy import accuracy
from data.review.call_course import course
from data.review.call_table import Table, table
from data.review.calls import Call, Spoken, Word, calls, say, withdraw
from data.store import Store, open_store
from metrics.viewer import EVERYTHING
from tests.small import small_demo
from ui.look import Look
from ui.review import parts
from ui.review.calls import TALL, words_of
from ui.review.calls_drawn import course_drawing, course_found, full, judged_rows, roomy, sheet, summary
from ui.text import LANGUAGES, texts
from ui.theme import palette


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The demo company on screen, with the calls that its people have said."""
    monkeypatch.setattr(current, "_chosen", [])
    store = current.switch(Path(shutil.copy(small_demo(), tmp_path / "demo.duckdb")))
    yield store
    store.close()


def looked(store: Store) -> Table:
    with store.snapshot() as seen:
        return table(seen, EVERYTHING, usual_view(seen.as_of or date.max), landings=())


def test_only_what_was_typed_becomes_a_word(demo: Store) -> None:
    first = looked(demo)
    name = first.frame.filter((pl.col("scope") == "rep") & pl.col("id").is_not_null()).item(-1, "name")
    withdraw(demo, EVERYTHING, "rep", name, first.span)
    base = looked(demo)
    said = base.frame.with_row_index("place").filter((pl.col("scope") == "rep") & pl.col("commit").is_not_null())
    silent = base.frame.with_row_index("place").filter(pl.col("id").is_null()).row(0, named=True)
    one, two = said.row(0, named=True), said.row(1, named=True)
    edits = {
        one["place"]: {"commit": "1.2M"}, str(two["place"]): {"commit": full(two["commit"]), "again": False},
        silent["place"]: {"remark": "on holiday"},
    }  # fmt: skip
    (word,) = words_of(base, edits)
    assert (word.name, word.commit, word.best_case, word.was) == (
        one["name"], "1.2M", full(one["best_case"]), one["id"]
    )  # fmt: skip
    (again,) = words_of(base, {two["place"]: {"again": True}})
    assert (again.name, again.commit) == (two["name"], full(two["commit"]))
    (gone,) = words_of(base, {one["place"]: {"commit": "", "best_case": None}})
    assert (gone.commit, gone.best_case) == ("", "")
    (new,) = words_of(base, {silent["place"]: {"commit": "5"}})
    assert (new.name, new.was) == (silent["name"], 0)
    with demo.snapshot() as seen:
        before = calls(seen, EVERYTHING).height
    told = say(demo, EVERYTHING, [word._replace(best_case="2M"), gone._replace(name=two["name"], was=two["id"]), new],
               base.span)  # fmt: skip
    assert [one.commit for one in told.written] == [1_200_000, None, 5]
    with demo.snapshot() as seen:
        assert calls(seen, EVERYTHING).height == before + 3
    after = {row["name"]: row for row in looked(demo).frame.iter_rows(named=True)}
    assert (after[one["name"]]["commit"], after[two["name"]]["state"]) == (1_200_000, "missing")


def test_what_others_said_meanwhile_is_not_written_over(demo: Store) -> None:
    base = looked(demo)
    say(demo, EVERYTHING, [Word("company", None, 1_000_000)], base.span)
    late = say(demo, EVERYTHING, words_of(base, {0: {"commit": "2M", "best_case": ""}}), base.span)
    assert (late.written, late.overtaken[0].commit) == ((), 1_000_000)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sheet_and_the_drawings_speak_the_readers_language(lang: str, demo: Store) -> None:
    look = Look(palette=palette("light"), lang=lang, currency="CNY")
    base = looked(demo)
    shown = sheet(base, look)
    assert shown.height == base.frame.height
    assert {"owner", "commit", "best_case", "again", "won", "target", "commit_before", "change"} <= {*shown.columns}
    assert shown.item(0, "owner") == texts(lang)["calls.company"]
    assert not [
        text for name in shown.columns for text in shown.get_column(name).cast(pl.String) if "{" in (text or "")
    ]
    assert texts(lang)["calls.company"] in summary(base, look)
    with demo.snapshot() as seen:
        view = usual_view(seen.as_of or date.max)
        told = course(seen, EVERYTHING, view, with_landing=False)
        judged = accuracy(seen, EVERYTHING, view, "month").judged
    drawing = course_drawing(told, look)
    assert drawing is not None
    names = {trace["name"] for trace in drawing.to_dict()["data"]}
    assert {texts(lang)[f"calls.column.{name}"] for name in ("commit", "best_case", "won")} <= names
    assert "{" not in course_found(told, look)
    rows = judged_rows(judged, look)
    assert rows.item(0, "owner") == texts(lang)["calls.company"]
    assert {*rows.get_column("habit")} <= {
        text for key, text in texts(lang).items() if key.startswith("value.call_habit")
    }


def test_on_a_wall_every_letter_is_large_and_no_digit_is_cut(demo: Store) -> None:
    look = Look(palette=palette("light"), lang="en", currency="CNY")
    with demo.snapshot() as seen:
        told = course(seen, EVERYTHING, usual_view(seen.as_of or date.max), with_landing=False)
    drawing = course_drawing(told, look, on_wall=True)
    assert drawing is not None
    layout = drawing.to_dict()["layout"]
    sizes = [layout["font"], layout["legend"]["font"], layout["hoverlabel"]["font"], layout["xaxis"]["tickfont"],
             layout["yaxis"]["tickfont"]]  # fmt: skip
    assert all(one["size"] >= 20 for one in sizes)
    shown = sheet(looked(demo), look)
    spaced = roomy(shown)
    for name in ("won", "target", "commit"):
        assert [text.strip() for text in spaced.get_column(name)] == shown.get_column(name).to_list()
    assert spaced.get_column("won").str.starts_with("\u2002").all(), "a blank is cut before a digit"
    assert spaced.get_column("commit").equals(shown.get_column("commit")), "what is typed stays as it is"
    assert [*shown.columns].index("remark") < [*shown.columns].index("won"), "what is typed in stands together"


SAID = Call(
    id=1, review_id=None, said_on=date(2026, 6, 17), from_on=date(2026, 4, 1), to_on=date(2026, 6, 30), scope="company",
    name=None, commit=1.0, best_case=None, remark=None, who="ann@x.com", noted_at=datetime(2026, 6, 17),
)  # fmt: skip
SCRIPT = """
import streamlit as st
from ui import session
from ui.review.calls import panel
from data.review.asking import usual_view
st.query_params["lang"] = "{lang}"
with session.reading():
    panel(usual_view(session.today()))
"""


@pytest.fixture
def open_panel() -> Callable[[str], AppTest]:
    return lambda lang: AppTest.from_string(SCRIPT.replace("{lang}", lang), default_timeout=60).run()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_panel_opens(lang: str, demo: Store, open_panel: Callable[[str], AppTest]) -> None:
    page = open_panel(lang)
    assert not page.exception
    assert not page.error
    period = next(one for one in page.get("button_group") if one.key == "calls.period")
    assert period.value in ("quarter", ["quarter"]), "the period that is shown is marked"
    chosen = next(one for one in page.get("button_group") if one.key == "calls.ended")
    page.session_state["calls.told"] = Spoken((), (SAID,))
    chosen.set_value("month").run()
    assert not page.exception
    assert not page.error
    drawn = [getattr(one, "key", None) or one.type for one in page.main]
    assert drawn.index("warning") < drawn.index("calls.save"), "above the button: below it a wall has no room"
    assert len(page.dataframe) >= 1


def test_nothing_can_be_typed_for_another_engine_and_an_empty_store_says_so(
    demo: Store, open_panel: Callable[[str], AppTest], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from ui.review import calls as drawn

    monkeypatch.setattr(drawn, "settings", type("Told", (), {"engine": "spark"}))
    page = open_panel("en")
    assert [one.value for one in page.caption] == [texts("en")["calls.elsewhere"]]
    monkeypatch.undo()
    monkeypatch.setattr(current, "_chosen", [])
    open_store(tmp_path / "empty.duckdb").close()
    current.switch(tmp_path / "empty.duckdb")
    page = open_panel("en")
    assert not page.exception
    assert texts("en")["calls.nothing"] in [one.value for one in page.caption]


def test_a_past_day_is_only_read(demo: Store) -> None:
    with demo.snapshot() as seen:
        view = usual_view(seen.as_of or date.max)
        past = table(seen, EVERYTHING, view.seen_on(view.as_of - timedelta(days=14)), landings=())
        now = table(seen, EVERYTHING, view, landings=())
    assert past.day < now.day
    assert past.frame.item(0, "said_on") <= past.day
    assert past.frame.item(0, "commit") != now.frame.item(0, "commit")


def test_a_sheet_of_many_rows_leaves_room_for_saving_on_a_wall() -> None:
    """What it is saved with stood below the lower edge: the sheet is as tall as the wall leaves."""
    style = parts._STYLE
    assert f".st-key-{TALL}," in style
    assert "100vh" in style[style.index(f".st-key-{TALL},") :].split("}")[0]
