"""How activity looks: who did how much in which week, how often deals are touched, which ones nobody touches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from data import punctuation
from metrics.activity import LEAST_WORKDAYS, LONG_SILENT
from metrics.query import Result
from ui import answers, numbers
from ui.drawing import legend, literal, shorten, under_pointer
from ui.field import in_field, ink, shaded
from ui.horizontal import in_rows, numbers_at, rows_height
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet

_MOST_REPS = 40
_MOST_TICKS = 7


# ------------------------------------------------------------------------------------------------------- week by week


def pace(result: Result, look: Look) -> go.Figure | None:
    """Activities per working day, week by week, one part per kind; quiet spells are marked below."""
    frame = result.frame.filter(pl.col("workdays") >= LEAST_WORKDAYS)  # of fewer, weekends make too much
    if frame.is_empty():
        return None
    weeks = sorted(frame.get_column("week").unique())
    place = {week: at for at, week in enumerate(weeks)}
    order = (
        frame.group_by("kind").agg(pl.col("activities").sum()).sort("activities", descending=True, maintain_order=True)
    )
    sheet, tops = Sheet(), np.zeros(len(weeks))
    for index, kind in enumerate(order.get_column("kind").to_list()):
        rows = frame.filter(pl.col("kind").eq_missing(pl.lit(kind, pl.String))).to_dicts()
        name = answers.label(kind, "kind", look.lang)
        for row in rows:
            tops[place[row["week"]]] += row["per_day"]
        sheet.add_bar(
            x=[place[row["week"]] for row in rows], y=[row["per_day"] for row in rows], name=literal(name), width=0.8,
            marker={"color": look.colour(index)}, hoverinfo="text",
            hovertext=[_told(_week(row["week"], look), name, row, look) for row in rows],
            customdata=[mark_of("activities", f"{_week(row['week'], look)} · {name}", week=row["week"].isoformat(),
                                kind=kind) for row in rows],
        )  # fmt: skip
    quiet = frame.filter("is_quiet").get_column("week").unique().to_list()
    if quiet:
        sheet.add_scatter(
            x=[place[week] for week in quiet], y=[float(tops[place[week]]) for week in quiet], mode="text",
            text=["▼"] * len(quiet), textposition="top center", hoverinfo="skip", showlegend=False,
            textfont={"size": 14, "color": look.palette.bad},
        )  # fmt: skip
    return _over_weeks(sheet, weeks, tops, look)


def _over_weeks(sheet: Sheet, weeks: Sequence[date], tops: np.ndarray, look: Look) -> go.Figure:
    every = -(-len(weeks) // _MOST_TICKS)
    shown = list(range(0, len(weeks), every))
    sheet.update_xaxes(
        tickvals=shown, ticktext=[_week(weeks[at], look) for at in shown], fixedrange=True, showgrid=False,
        zeroline=False,
    )  # fmt: skip
    places, texts = numbers.ticks(0, float(tops.max()), "number", look.lang, at_most=5)
    sheet.update_yaxes(
        tickvals=places, ticktext=texts, range=[0, float(tops.max()) * 1.15], showgrid=True,
        gridcolor=look.palette.grid, zeroline=False, ticks="", fixedrange=True, automargin=True,
    )  # fmt: skip
    sheet.update_layout(barmode="stack", height=look.height)
    return legend(sheet, shows=sheet.named > 1, look=look)


def _week(week: date, look: Look) -> str:
    return f"{week.month}月{week.day}日" if look.lang == "zh-CN" else f"{week.day} {week:%b}"


def _told(where: str, name: str, row: dict[str, Any], look: Look) -> str:
    done = numbers.exact(row["activities"], "count", look.lang)
    per_day = look.words("activities.per_day_of", value=numbers.written(row["per_day"], "number", look.lang),
                     days=row["workdays"])  # fmt: skip
    return under_pointer(f"{where} · {name}", f"{done} · {per_day}")


def slow_weeks(result: Result, look: Look) -> str | None:
    """The quiet spells, by their first and last week."""
    weeks = result.frame.select("week", "is_quiet", "usual").unique("week").sort("week")
    quiet = weeks.filter("is_quiet").get_column("week").to_list()
    if not quiet:
        return None
    usual = numbers.written(weeks.item(0, "usual"), "number", look.lang)
    spells: list[list[date]] = []
    for week in quiet:  # a week without working days between two quiet ones does not part them
        if spells and (week - spells[-1][-1]).days <= 14:
            spells[-1].append(week)
        else:
            spells.append([week])
    ends = [(spell[0], spell[-1] + timedelta(days=6)) for spell in spells]
    said = [f"{numbers.day(first, look.lang)} – {numbers.day(last, look.lang)}" for first, last in ends]
    return look.words("question.pace_found", weeks=numbers.listed(said, look.lang), usual=usual)


def per_week(result: Result, look: Look) -> go.Figure | None:
    """A field of counts: a row per salesperson, a column per week."""
    return _field(result, look, "activities")


def per_workday(result: Result, look: Look) -> go.Figure | None:
    """The same per working day of each."""
    return _field(result, look, "per_day")


def _field(result: Result, look: Look, column: str) -> go.Figure | None:
    frame = result.frame
    if frame.is_empty() or not frame.get_column("activities").sum():
        return None
    size = frame.group_by("rep").agg(pl.col("activities").sum()).sort("activities", "rep", descending=[True, False])
    reps, weeks = size.get_column("rep").to_list(), sorted(frame.get_column("week").unique())
    if len(reps) > _MOST_REPS:  # who did least is asked about most
        reps = [*reps[: _MOST_REPS // 2], *reps[-(_MOST_REPS // 2) :]]
    cells = {(row["rep"], row["week"]): row for row in frame.iter_rows(named=True)}
    field = [[cells.get((rep, week)) for week in weeks] for rep in reps]
    values = [[None if row is None else row[column] for row in line] for line in field]
    most = max((v for line in values for v in line if v is not None), default=1.0) or 1.0
    names = [answers.label(rep, "rep", look.lang) for rep in reps]
    sheet = shaded(values, look.palette.sequential, 0, most, gap=2)
    marks = [(x, y, row) for y, line in enumerate(field) for x, row in enumerate(line) if row is not None]
    sheet.add_scatter(
        x=[x for x, _, _ in marks], y=[y for _, y, _ in marks], hoverinfo="text", showlegend=False,
        mode="markers" if look.is_narrow else "markers+text",  # thirteen numbers side by side need a screen
        marker={"size": 26, "opacity": 0, "symbol": "square"}, text=[_cell(row, column, look) for *_, row in marks],
        textfont={"size": 12, "color": [_ink(row[column], most, look) for *_, row in marks]},
        customdata=[mark_of("activities", f"{names[y]} · {_week(weeks[x], look)}", week=weeks[x].isoformat(),
                            rep=reps[y]) for x, y, _ in marks],
        hovertext=[_told(names[y], _week(weeks[x], look), row, look) for x, y, row in marks],
    )  # fmt: skip
    every = -(-len(weeks) // _MOST_TICKS)
    shown = range(0, len(weeks), every)
    heads, beside = [_week(weeks[at], look) for at in shown], [shorten(name, 18) for name in names]
    return in_field(sheet, heads, beside, look, height=26 * len(reps) + 60, at=shown, size=13)


def _cell(row: dict[str, Any], column: str, look: Look) -> str:
    if row[column] is None:
        return "—"
    return f"{row[column]:.1f}" if column == "per_day" else numbers.written(row[column], "count", look.lang)


def _ink(value: float | None, most: float, look: Look) -> str:
    return ink(value, look.palette.sequential, 0, most, look.palette.text)


def least_active(result: Result, look: Look) -> str | None:
    """Who did nothing at all in these weeks while there."""
    there = result.frame.group_by("rep").agg(pl.col("activities", "workdays").sum())
    idle = there.filter((pl.col("activities") == 0) & (pl.col("workdays") >= 5)).get_column("rep").sort().to_list()
    if not idle:
        return None
    names = [answers.label(name, "rep", look.lang) for name in idle]
    shown = numbers.listed(
        names[:4] + ([look.words("chart.others", count=len(names) - 4)] if names[4:] else []), look.lang
    )
    return look.words("question.activity_weeks_found", names=shown)


# ------------------------------------------------------------------------------------------------------ deals, touched


def touched(result: Result, look: Look) -> go.Figure | None:
    """How won and lost deals are spread over bands of touches: two bars per band."""
    frame = result.frame.filter(pl.col("share").is_not_null())
    if frame.is_empty():
        return None
    bands = frame.get_column("band").unique(maintain_order=True).to_list()
    names = [answers.label(band, "band", look.lang) for band in bands]
    sheet, ends = Sheet(), np.zeros(len(bands))
    texts = [""] * len(bands)
    drawn = (("won", look.palette.good, -0.2), ("lost", look.palette.bad, 0.2))
    for status, colour, shift in drawn:
        rows = {row["band"]: row for row in frame.filter(pl.col("status") == status).iter_rows(named=True)}
        if not rows:
            continue
        shares = np.array([float(rows[band]["share"]) for band in bands])
        name = answers.label(status, "status", look.lang)
        sheet.add_bar(
            x=shares, y=np.arange(len(bands)) + shift, orientation="h", width=0.36, name=name, hoverinfo="text",
            marker={"color": colour, "pattern": {"shape": "/" if status == "lost" else ""}},
            customdata=[mark_of("deals", f"{name} · {label}", status=status, band=band)
                        for band, label in zip(bands, names, strict=True)],
            hovertext=[under_pointer(f"{name} · {label}", f"{numbers.exact(rows[band]['deals'], 'count', look.lang)} · "
                                     f"{numbers.written(rows[band]['share'], 'share', look.lang)}")
                       for band, label in zip(bands, names, strict=True)],
        )  # fmt: skip
        ends = np.maximum(ends, shares)
        texts = [" / ".join(part for part in (text, numbers.written(share, "share", look.lang)) if part)
                 for text, share in zip(texts, shares, strict=True)]  # fmt: skip
    numbers_at(sheet, ends, texts, look)
    figure = in_rows(sheet, names, texts, (0.0, float(ends.max()) or 1.0), look)
    return figure.update_layout(height=rows_height(len(bands), has_legend=True) + 10 * len(bands))


def usual_touches(result: Result, look: Look) -> str | None:
    """The median of won deals beside that of lost ones."""
    parts = []
    for status in ("won", "lost"):
        rows = result.frame.filter((pl.col("status") == status) & (pl.col("of_all") > 0))
        if rows.height:
            row = rows.row(0, named=True)
            parts.append(look.words(
                f"question.touches_{status}", median=numbers.written(row["median"], "number", look.lang),
                p75=numbers.written(row["p75"], "number", look.lang),
                n=numbers.exact(row["of_all"], "count", look.lang),
            ))  # fmt: skip
    return punctuation.sentences(parts, look.lang) or None


def silent(result: Result, look: Look) -> go.Figure | None:
    """Open deals by how long nobody has touched them; at the end of each bar the deals and their money."""
    frame = result.frame
    if not frame.filter(pl.col("band") != "never").get_column("deals").sum():  # then nobody knows of any touch
        return None
    rows, names = frame.to_dicts(), [answers.label(band, "band", look.lang) for band in frame.get_column("band")]
    texts = [f"{numbers.exact(row['deals'], 'count', look.lang)} · {look.money(float(row['amount']))}" for row in rows]
    sheet = Sheet()
    sheet.add_bar(
        x=frame.get_column("deals").to_list(), y=np.arange(len(rows)), orientation="h", width=0.66, hoverinfo="text",
        showlegend=False,
        marker={"color": [look.palette.bad if row["band"] in LONG_SILENT else look.colour(0) for row in rows]},
        customdata=[mark_of("deals", name, band=row["band"]) for name, row in zip(names, rows, strict=True)],
        hovertext=[under_pointer(name, text) for name, text in zip(names, texts, strict=True)],
    )  # fmt: skip
    counts: list[float] = frame.get_column("deals").to_list()
    numbers_at(sheet, counts, texts, look)
    return in_rows(sheet, names, texts, (0.0, max(counts) or 1.0), look)


def forgotten(result: Result, look: Look) -> str | None:
    """How many open deals, with how much money, nobody has touched for a month."""
    frame = result.frame
    long = frame.filter(pl.col("band").is_in(LONG_SILENT))
    deals, all_of = (int(part.get_column("deals").sum()) for part in (long, frame))
    if not deals or int(frame.filter(pl.col("band") == "never").get_column("deals").sum()) == all_of:
        return None
    return look.words(
        "question.silence_found", deals=numbers.exact(deals, "count", look.lang),
        of=numbers.exact(all_of, "count", look.lang), money=look.money(float(long.get_column("amount").sum())),
    )  # fmt: skip
