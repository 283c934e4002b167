"""How forecast calls look: the sheet's texts, one owner's course as lines, and tables of accuracy."""

from __future__ import annotations

from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl

from data import punctuation
from data.review.call_course import Course
from data.review.call_table import Table
from ui import answers, numbers
from ui.drawing import legend, under_pointer
from ui.look import Look
from ui.review.drawn import letters
from ui.sheet import Sheet

MONEY = (
    "commit", "best_case", "commit_before", "change", "landing", "commit_rolled", "best_rolled", "weighted", "won",
    "target", "gap", "people_commit", "apart", "teams_commit", "teams_apart",
)  # fmt: skip
_NONE = numbers.NOTHING
_INDENT = "\u2003"
_BLANK = "\u2002"
_TYPED = ("commit", "best_case", "remark")


def owner_name(scope: str, name: str | None, lang: str) -> str:
    """Whose word it is."""
    return answers.words("calls.company", lang) if scope == "company" or name is None else name


def sheet(found: Table, look: Look) -> pl.DataFrame:
    """The table as texts, one row per owner: what is typed in full digits, everything else in the reader's units.

    Columns that hold nothing are left out, but those that are typed in.
    """
    rows = [_row(row, look) for row in found.frame.iter_rows(named=True)]
    shown = pl.DataFrame(rows, schema=_SCHEMA)
    always = ("owner", "commit", "best_case", "remark", "again", "state")
    kept = [name for name in shown.columns if name in always or (shown.get_column(name) != numbers.NOTHING).any()]
    return shown.select(kept)


_SCHEMA = {
    **dict.fromkeys(("owner", "commit", "best_case", "remark"), pl.String), "again": pl.Boolean,
    **dict.fromkeys(("commit_before", "change", "state", "landing", "range", "commit_rolled", "best_rolled", "weighted",
                     "won", "target", "gap", "people_said", "people_commit", "apart", "teams_commit", "teams_apart",
                     "doubt", "who"),
                    pl.String),
}  # fmt: skip


def roomy(shown: pl.DataFrame) -> pl.DataFrame:
    """The same with a blank beside what is only read.

    A grid measures its columns a little too narrow on a wall: then it is the blank that is cut off and not a digit.
    """
    room = {name: f"{_BLANK}{{}}" if name in MONEY else f"{{}}{_BLANK}" for name in shown.columns}
    read = [name for name, kind in shown.schema.items() if kind == pl.String and name not in _TYPED]
    return shown.with_columns(pl.format(room[name], pl.col(name)).alias(name) for name in read)


def _row(row: dict[str, Any], look: Look) -> dict[str, Any]:
    told: dict[str, Any] = {name: look.money(row[name]) if row[name] is not None else numbers.NOTHING
                            for name in MONEY}  # fmt: skip
    for name in ("change", "gap", "apart", "teams_apart"):
        told[name] = ("+" if (row[name] or 0) > 0 else "") + told[name]
    is_ranged = row["landing.low"] is not None
    told["range"] = " – ".join(look.money(row[f"landing.{end}"]) for end in ("low", "high")) if is_ranged else _NONE
    told["people_said"] = f"{row['people_said']} / {row['people']}" if row["people"] is not None else _NONE
    said = row["said_on"]
    state = look.words(f"value.call_state.{row['state']}", day=numbers.day(said, look.lang) if said else "")
    return told | {
        "owner": _INDENT * int(row["depth"] or 0) + owner_name(row["scope"], row["name"], look.lang),
        "commit": full(row["commit"]), "best_case": full(row["best_case"]), "again": False, "state": state,
        "remark": row["remark"] or "", "who": row["who"] or numbers.NOTHING,
        "doubt": look.words(f"value.call_doubt.{row['doubt']}") if row["doubt"] else numbers.NOTHING,
    }  # fmt: skip


def full(value: float | None) -> str:
    """Every digit, as it can be typed again."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value == round(value) else f"{value:,.4f}".rstrip("0")


def summary(found: Table, look: Look) -> str:
    """Who has spoken since the last review, the one word that the table is about, and how the teams' add up to it."""
    asked = found.frame
    people = asked.filter(pl.col("scope") == "rep")
    fresh = people.filter(pl.col("state") == "new").height
    old = people.filter(pl.col("state") == "old").height
    said = look.words(
        "calls.summary", fresh=fresh, people=people.height, old=old, since=numbers.day(found.since, look.lang)
    )
    top = asked.row(0, named=True)
    if top["commit"] is None:
        return said
    facts = {
        "owner": owner_name(top["scope"], top["name"], look.lang), "commit": look.money(top["commit"]),
        "gap": look.money(abs(top["gap"] or 0)),
    }  # fmt: skip
    of = "top" if top["gap"] is None else "over" if top["gap"] >= 0 else "under"
    word = look.words(f"calls.summary_{of}", **facts)
    return punctuation.sentences((said, word, _teams_beside(top, look)), look.lang)


def _teams_beside(top: dict[str, Any], look: Look) -> str:
    """What the words of the teams right below add up to, and by how much the own one differs where all have spoken."""
    if not top["teams_said"]:
        return ""
    facts = {"sum": look.money(top["teams_commit"]), "said": top["teams_said"], "teams": top["teams"]}
    if top["teams_apart"] is None:
        return look.words("calls.teams_some", **facts)
    of = "more" if top["teams_apart"] < 0 else "less" if top["teams_apart"] > 0 else "same"
    return look.words(f"calls.teams_{of}", apart=look.money(abs(top["teams_apart"])), **facts)


# --------------------------------------------------------------------------------------------------------------- course


def course_drawing(told: Course, look: Look, *, on_wall: bool = False) -> go.Figure | None:
    """Commit and best case as steps, what was won and the landing as lines, the landing's range as an area.

    `on_wall`: in the letters of the stage.
    """
    frame = told.frame
    if frame.is_empty():
        return None
    made, days = Sheet(), frame.get_column("day").to_list()
    ranged = frame.drop_nulls(["landing.low", "landing.high"])
    if ranged.height > 1:
        ends = ranged.get_column("day").to_list()
        made.add_scatter(
            x=[*ends, *reversed(ends)], hoverinfo="skip", fill="toself", mode="lines", line={"width": 0},
            y=[*ranged.get_column("landing.high"), *reversed(ranged.get_column("landing.low").to_list())],
            fillcolor=look.quiet, name=look.words("calls.futures"), opacity=0.5,
        )  # fmt: skip
    lines = (
        ("won", look.colour(3), "solid", "linear"), ("landing", look.colour(2), "dot", "linear"),
        ("commit", look.colour(0), "solid", "hv"), ("best_case", look.colour(1), "dash", "hv"),
    )  # fmt: skip
    for name, colour, dash, shape in lines:
        if frame.get_column(name).null_count() == frame.height:
            continue
        label = look.words(f"calls.column.{name}")
        made.add_scatter(
            x=days, y=frame.get_column(name).to_list(), name=label, mode="lines+markers", hoverinfo="text",
            connectgaps=name == "landing", line={"width": 3, "color": colour, "dash": dash, "shape": shape},
            marker={"size": 8, "color": colour},
            hovertext=[_hover(label, day, value, look) for day, value in frame.select("day", name).iter_rows()],
        )  # fmt: skip
    if told.target is not None:
        label = look.words("calls.column.target")
        made.add_scatter(
            x=[days[0], days[-1]], y=[told.target] * 2, name=label, mode="lines", hoverinfo="text",
            line={"width": 2, "color": look.palette.text, "dash": "longdash"},
            hovertext=[under_pointer(label, look.money(told.target))] * 2,
        )  # fmt: skip
    _axes(made, frame, told.target, look)
    return _on_wall(legend(made, shows=True, look=look), look) if on_wall else legend(made, shows=True, look=look)


def _on_wall(figure: go.Figure, look: Look) -> go.Figure:
    """The same to be read across a room."""
    size = letters(look)
    figure.update_layout(
        height=round(24 * size), margin_t=round(3.6 * size), legend_font_size=size, font_size=size,
        hoverlabel_font_size=size, uniformtext_minsize=size,
    )  # fmt: skip
    figure.update_xaxes(tickfont_size=size)
    figure.update_yaxes(tickfont_size=size)
    return figure


def _hover(label: str, day: date, value: float | None, look: Look) -> str:
    return (
        under_pointer(label, look.paired(numbers.day(day, look.lang), look.money(value))) if value is not None else ""
    )


def _axes(made: Sheet, frame: pl.DataFrame, target: float | None, look: Look) -> None:
    names = ("commit", "best_case", "won", "landing.high")
    most = max([float(frame.get_column(name).max() or 0) for name in names] + [target or 0.0]) or 1.0  # type: ignore[arg-type]
    places, texts = numbers.ticks(0.0, most, "money", look.lang, at_most=5)
    made.update_yaxes(
        tickvals=places, ticktext=texts, range=[0, max(most * 1.05, places[-1])], gridcolor=look.palette.grid,
        zeroline=False, fixedrange=True, automargin=True,
    )  # fmt: skip
    days = frame.get_column("day").to_list()
    step = max(1, len(days) // (3 if look.is_narrow else 5))
    shown = days[::step]
    made.update_xaxes(
        tickvals=shown, ticktext=[numbers.day(day, look.lang) for day in shown], showgrid=False, fixedrange=True
    )
    made.update_layout(height=380)


def course_found(told: Course, look: Look) -> str:
    """How the commit moved over the weeks."""
    said = told.frame.filter(pl.col("commit").is_not_null())
    if said.is_empty():
        return look.words("calls.course_none")
    first, last = said.row(0, named=True), said.row(-1, named=True)
    facts = {
        "first": look.money(first["commit"]), "last": look.money(last["commit"]),
        "day": numbers.day(first["day"], look.lang),
    }  # fmt: skip
    return look.words("calls.course_same" if first["commit"] == last["commit"] else "calls.course_moved", **facts)


# ------------------------------------------------------------------------------------------------------------- accuracy


def judged_rows(judged: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Accuracy and bias by owner and weeks before the end, in words."""
    rows = [
        {
            "owner": owner_name(row["scope"], row["name"], look.lang), "weeks": row["weeks"],
            "periods": row["periods"], "accuracy": _accuracy(row, look),
            "bias": _bias(row, look), "kept": f"{row['kept']} / {row['periods']}",
            "habit": look.words(f"value.call_habit.{row['habit']}"),
        }
        for row in judged.iter_rows(named=True)
    ]  # fmt: skip
    return pl.DataFrame(rows)


def _accuracy(row: dict[str, Any], look: Look) -> str:
    """Of a period to which nothing came it has no meaning: how many there were is said."""
    mean = numbers.share(row["accuracy"], look.lang, 0)
    return f"{mean} · {look.words('calls.nothing_came', count=row['nothing'])}" if row["nothing"] else mean


def _bias(row: dict[str, Any], look: Look) -> str:
    own = _signed(row["bias"], look)
    if row["bias.low"] is None:
        return own
    return f"{own} ({_signed(row['bias.low'], look)} – {_signed(row['bias.high'], look)})"


def _signed(value: float | None, look: Look) -> str:
    if value is None:
        return numbers.share(value, look.lang, 0)
    return ("+" if value > 0 else "") + numbers.share(value, look.lang, 0)


def nearer_rows(nearer: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Whose word was nearer, in words; of systems that said nothing there is no row."""
    rows = [
        {
            "weeks": row["weeks"], "system": look.words(f"value.call_system.{row['system']}"),
            "periods": row["periods"], "people_nearer": row["people"], "system_nearer": row["by_system"],
            "people_off": numbers.share(row["people_off"], look.lang, 0),
            "system_off": numbers.share(row["system_off"], look.lang, 0),
            "verdict": look.words(f"value.call_verdict.{row['verdict']}"),
        }
        for row in nearer.filter(pl.col("periods") > 0).iter_rows(named=True)
    ]  # fmt: skip
    return pl.DataFrame(rows)
