"""How the sales process looks: the way through the stages, and the bridge between two days. Result → figure."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from metrics.bottleneck import against_the_rest, worst
from metrics.bridge import CAUSES, END, START
from metrics.query import Result
from ui import answers, numbers
from ui.drawing import legend, shorten, under_pointer
from ui.horizontal import in_rows, numbers_at, rows_height
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet

_FAR = 0.25
"""A share so far from the stage's own has the strongest colour."""
_WAYS = ("moved_on", "still_there", "lost")


# -------------------------------------------------------------------------------------------------------------- funnel


def stages(result: Result, look: Look) -> go.Figure | None:
    """One bar per stage: how many moved on, are still there, were lost there; at its end the share that moved on."""
    frame = result.frame.filter(pl.col("place").is_not_null())
    if frame.is_empty() or not frame.get_column("entered").sum():
        return None
    colours = {"moved_on": look.colour(0), "still_there": look.quiet, "lost": look.palette.bad}
    sheet, place, names = Sheet(), np.arange(frame.height), _names(frame, look)
    rows = frame.to_dicts()
    for way in _WAYS:
        sheet.add_bar(
            x=frame.get_column(way).to_list(), y=place, orientation="h", width=0.66, name=look.words(f"column.{way}"),
            marker={"color": colours[way], "pattern": {"shape": "/" if way == "lost" else ""}}, hoverinfo="text",
            customdata=[mark_of(way, name, pipeline=row["pipeline"], place=row["place"])
                        for name, row in zip(names, rows, strict=True)],
            hovertext=[_told(name, way, row, look) for name, row in zip(names, rows, strict=True)],
        )  # fmt: skip
    texts = [_at_the_end(row, look) for row in rows]
    entered: list[float] = frame.get_column("entered").to_list()
    numbers_at(sheet, entered, texts, look)
    return in_rows(sheet, names, texts, (0.0, max(entered)), look, "stack")


def _names(frame: pl.DataFrame, look: Look) -> list[str]:
    """The stages in the reader's language; of several pipelines, the pipeline before."""
    label = "label_zh" if look.lang == "zh-CN" else "label_en"
    nowhere = look.words("filter.unassigned")
    names = [str(row[label] or row["stage"] or nowhere) for row in frame.iter_rows(named=True)]
    if frame.get_column("pipeline").n_unique() < 2:
        return names
    return [f"{line or nowhere} · {name}" for line, name in zip(frame.get_column("pipeline"), names, strict=True)]


def _told(name: str, way: str, row: dict[str, Any], look: Look) -> str:
    deals = numbers.exact(row[way], "count", look.lang)
    return under_pointer(name, f"{look.words(f'column.{way}')}: {deals} · {look.money(float(row[f'{way}_amount']))}")


def _at_the_end(row: dict[str, Any], look: Look) -> str:
    """The share that moved on, and how long a visit takes: "62 % (61–63) · 12 days"."""
    rate = _rate(row["conversion"], row["conversion.low"], row["conversion.high"], look)
    days = row.get("median_days")
    return rate if days is None else f"{rate} · {numbers.written(days, 'days', look.lang)}"


def _rate(share: float | None, low: float | None, high: float | None, look: Look) -> str:
    """A share with its interval: "62 % (61–63)"."""
    if share is None:
        return "—"
    text = numbers.written(share, "share", look.lang)
    return f"{text} ({100 * low:.0f}–{100 * high:.0f})" if low is not None and high is not None else text


def most_lost(result: Result, look: Look) -> str | None:
    """The stage where most deals are lost, with their money."""
    frame = result.frame.filter(pl.col("place").is_not_null() & pl.col("decided.n").is_not_null())
    if frame.is_empty() or not frame.get_column("lost").sum():
        return None
    at = int(frame.get_column("lost").arg_max() or 0)
    row = frame.row(at, named=True)
    return look.words(
        "question.funnel_found", stage=_names(frame, look)[at],
        lost=numbers.exact(row["lost"], "count", look.lang), of=numbers.exact(row["entered"], "count", look.lang),
        money=f" · {look.money(float(row['lost_amount']))}" if row["lost_amount"] else "",
    )  # fmt: skip


def shares(result: Result, look: Look) -> go.Figure | None:
    """A field of shares that moved on of those decided: a row per value, a column per stage."""
    known = result.frame.filter(pl.col("place").is_not_null() & pl.col("decided.n").is_not_null())
    by = result.query.by[-2]
    if known.is_empty() or known.get_column(by).n_unique() < 2:
        return None
    largest = (
        known.group_by("pipeline").agg(pl.col("entered").sum()).sort("entered", descending=True).item(0, "pipeline")
    )
    known = known.filter(pl.col("pipeline").eq_missing(pl.lit(largest, pl.String)))  # stages of several are no columns
    sizes = known.group_by(by).agg(pl.col("entered").max()).sort("entered", descending=True).head(look.top or 12)
    values, places = sizes.get_column(by).to_list(), sorted(known.get_column("place").unique())
    cells = {(row[by], row["place"]): row for row in known.iter_rows(named=True)}
    labels = [answers.label(value, by, look.lang) for value in values]
    heads = dict(zip(known.get_column("place").to_list(), _names(known, look), strict=True))
    field = [[cells.get((value, place)) for place in places] for value in values]
    usual = {place: _usual(known.filter(pl.col("place") == place)) for place in places}
    apart = [[_apart(row, usual[place]) for row, place in zip(line, places, strict=True)] for line in field]
    steps = look.palette.diverging
    sheet = Sheet()
    sheet.data.append({
        "type": "heatmap", "z": apart, "zmin": -_FAR, "zmax": _FAR, "x": list(range(len(places))),
        "y": list(range(len(values))), "showscale": False, "xgap": 3, "ygap": 3, "hoverinfo": "skip",
        "colorscale": [[at / (len(steps) - 1), colour] for at, colour in enumerate(steps)],
    })  # fmt: skip
    marks = [(x, y, row) for y, line in enumerate(field) for x, row in enumerate(line) if row and row["decided.n"]]
    sheet.add_scatter(
        x=[x for x, _, _ in marks], y=[y for _, y, _ in marks], mode="markers+text", hoverinfo="text",
        marker={"size": 34, "opacity": 0}, text=[_cell(row, look) for *_, row in marks],
        textfont={"size": 13, "color": [_ink(apart[y][x], look) for x, y, _ in marks]},
        customdata=[mark_of("decided", f"{labels[y]} · {heads[places[x]]}", **_where(row, by)) for x, y, row in marks],
        hovertext=[under_pointer(f"{labels[y]} · {heads[places[x]]}", _decided(row, look)) for x, y, row in marks],
        showlegend=False,
    )  # fmt: skip
    sheet.update_xaxes(
        tickvals=list(range(len(places))), ticktext=[shorten(heads[place], 14) for place in places], side="top",
        fixedrange=True, showgrid=False, zeroline=False,
    )  # fmt: skip
    sheet.update_yaxes(
        tickvals=list(range(len(values))), ticktext=[shorten(label) for label in labels], fixedrange=True,
        range=[len(values) - 0.5, -0.5], automargin=True, showgrid=False, zeroline=False, ticks="",
        tickfont={"size": 14, "color": look.palette.text},
    )  # fmt: skip
    sheet.update_layout(height=rows_height(len(values), has_legend=True))
    return legend(sheet, shows=False, look=look).update_layout(margin={"l": 4, "r": 8, "t": 34, "b": 8})


def _where(row: dict[str, Any], by: str) -> dict[str, Any]:
    return {name: row[name] for name in ("pipeline", by, "place")}


def _decided(row: dict[str, Any], look: Look) -> str:
    return f"{_rate(row['decided'], row['decided.low'], row['decided.high'], look)}<br>n = {row['decided.n']}"


def _cell(row: dict[str, Any], look: Look) -> str:
    text = numbers.written(row["decided"], "share", look.lang)
    return text if row["decided.n"] >= answers.SMALL_SAMPLE else f"{text}*"


def _usual(stage: pl.DataFrame) -> float:
    """The share that moved on of all decided in a stage."""
    moved, lost = (int(stage.get_column(name).sum()) for name in ("moved_on", "lost"))
    return moved / (moved + lost) if moved + lost else 0.0


def _apart(row: dict[str, Any] | None, usual: float) -> float | None:
    """How far a share lies from the stage's own; nothing where few cases make it say little."""
    return row["decided"] - usual if row and row["decided.n"] >= answers.SMALL_SAMPLE else None


def _ink(apart: float | None, look: Look) -> str:
    """Pale on strong colours; muted where few cases make the number say little."""
    if apart is None:
        return str(look.palette.muted)
    return str(look.palette.background if abs(apart) > 0.6 * _FAR else look.palette.text)


def who_loses(result: Result, look: Look) -> str | None:
    """Who loses more than the others, where, beyond chance: the largest expected loss."""
    by, losses = result.query.by[-2], []
    for (_,), one in result.frame.group_by(["pipeline"], maintain_order=True):
        found = worst(against_the_rest(one, by))
        if found is not None:
            losses.append((float(str(found["expected_loss"])), found, one))
    if not losses:
        return None
    loss, found, one = max(losses, key=lambda each: each[0])
    stage = _names(one.filter(pl.col("place") == found["place"]).head(1), look)[0]
    shared = {name: numbers.written(float(str(found[name])), "share", look.lang) for name in ("decided", "others")}
    value = answers.label(found[by], by, look.lang)
    return look.words("question.split_found", value=value, stage=stage, loss=look.money(loss), **shared)


# -------------------------------------------------------------------------------------------------------------- bridge


def waterfall(result: Result, look: Look) -> go.Figure | None:
    """Start, what came and grew, what left and shrank, end: each bar begins where the one above it ended."""
    rows = [row for row in result.frame.iter_rows(named=True) if row["deals"] or row["cause"] in (START, END)]
    if not any(row["deals"] for row in rows):
        return None
    base, width, running = [], [], 0.0
    for row in rows:
        amount = float(row["amount"])
        is_level = row["cause"] in (START, END)
        base.append(0.0 if is_level else running)
        width.append(amount)
        running = amount if is_level else running + amount
    colours = [_colour(row, look) for row in rows]
    names = [look.words(f"value.cause.{row['cause']}") for row in rows]
    sheet = Sheet()
    sheet.add_bar(
        x=width, base=base, y=np.arange(len(rows)), orientation="h", width=0.66, hoverinfo="text", showlegend=False,
        marker={"color": colours}, customdata=[mark_of(None, name, cause=row["cause"])
                                                 for name, row in zip(names, rows, strict=True)],
        hovertext=[under_pointer(name, numbers.exact(row["amount"], "money", look.lang, look.currency),
                                 f"{look.words('column.deals')}: {numbers.exact(row['deals'], 'count', look.lang)}")
                   for name, row in zip(names, rows, strict=True)],
    )  # fmt: skip
    texts = [_step(row, look) for row in rows]
    ends = [max(low, low + step) for low, step in zip(base, width, strict=True)]
    numbers_at(sheet, ends, texts, look)
    return in_rows(sheet, names, texts, _span(base, width), look, "stack")


def _span(base: list[float], width: list[float]) -> tuple[float, float]:
    """From where to where a waterfall is drawn: start and end are cut off at the left where changes are small.

    The steps then have room; the numbers beside start and end say how much they are.
    """
    levels = [level for low, step in zip(base[1:-1], width[1:-1], strict=True) for level in (low, low + step)]
    levels += [width[0], width[-1]]
    low, high = min(levels), max(levels)
    room = 0.6 * (high - low)
    return (low - room if low > 2 * room > 0 else min(0.0, low)), max(high, 1.0)


def _colour(row: dict[str, Any], look: Look) -> str:
    if row["cause"] in (START, END):
        return look.colour(0)
    if row["cause"] == "won":
        return str(look.palette.good)
    return str(look.palette.categorical[2] if row["amount"] > 0 else look.palette.bad)


def _step(row: dict[str, Any], look: Look) -> str:
    sign = "+" if row["amount"] > 0 and row["cause"] not in (START, END) else ""
    return f"{sign}{look.money(float(row['amount']))} · {numbers.exact(row['deals'], 'count', look.lang)}"


def what_moved(result: Result, look: Look) -> str | None:
    """From start to end, and the largest cause; nothing where only deals without amounts moved."""
    amounts = {row["cause"]: float(row["amount"]) for row in result.frame.iter_rows(named=True)}
    delta = amounts[END] - amounts[START]
    moved = {cause: amounts[cause] for cause in CAUSES if amounts[cause]}
    between = result.frame.filter(~pl.col("cause").is_in([START, END]))
    if not moved and between.get_column("deals").sum():
        return None
    if not moved:
        return look.words("question.bridge_still", end=look.money(amounts[END]))
    largest = max(moved, key=lambda cause: abs(moved[cause]))
    return look.words(
        "question.bridge_found", start=look.money(amounts[START]), end=look.money(amounts[END]),
        delta=f"{'+' if delta > 0 else ''}{look.money(delta)}", cause=look.words(f"value.cause.{largest}"),
        amount=f"{'+' if moved[largest] > 0 else ''}{look.money(moved[largest])}",
    )  # fmt: skip


def weighed(result: Result, look: Look) -> go.Figure | None:
    """Open money by stage; in it, what history says will be won, and what the CRM's probabilities say."""
    frame = result.frame.filter(pl.col("deals") > 0)
    if not frame.get_column("amount").sum():
        return None
    sheet, place = Sheet(), np.arange(frame.height)
    rows = frame.to_dicts()
    names = _names(frame, look)
    drawn = {"amount": (0.86, look.quiet), "by_history": (0.5, look.colour(0)), "by_crm": (0.16, look.palette.text)}
    for column, (width, colour) in drawn.items():
        values = [None if value is None else float(value) for value in frame.get_column(column)]
        sheet.add_bar(
            x=values, y=place, orientation="h", width=width, name=look.words(f"column.{column}"),
            marker={"color": colour}, hoverinfo="text",
            customdata=[mark_of(None, name, pipeline=row["pipeline"], stage=row["stage"])
                        for name, row in zip(names, rows, strict=True)],
            hovertext=[under_pointer(name, f"{look.words(f'column.{column}')}: {look.money(value or 0.0)}")
                       for name, value in zip(names, values, strict=True)],
        )  # fmt: skip
    amounts = [float(value) for value in frame.get_column("amount")]
    texts = [look.money(amount) for amount in amounts]
    numbers_at(sheet, amounts, texts, look)
    return in_rows(sheet, names, texts, (0.0, max(amounts) or 1.0), look)


def expected(result: Result, look: Look) -> str | None:
    """What open deals are worth by history, beside the CRM's own word."""
    history, crm = (result.frame.get_column(name) for name in ("by_history", "by_crm"))
    if history.null_count() == history.len():
        return None
    told = look.money(float(history.sum()))
    if crm.null_count() == crm.len():
        return look.words("question.weighted_alone", history=told)
    return look.words("question.weighted_found", history=told, crm=look.money(float(crm.sum())))
