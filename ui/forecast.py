"""How coming periods look: the finished ones, the forecast with its range, forecasts of the past, both of a quarter."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from data import punctuation
from metrics.period import DAY, bucket_next
from metrics.query import Result
from metrics.rolling import LEAST_TOLD
from ui import answers, numbers
from ui.answers import Series
from ui.drawing import Shown, legend, place_ticks, under_pointer, value_axis
from ui.horizontal import in_rows, numbers_at
from ui.look import Look, with_alpha
from ui.question import mark_of
from ui.sheet import Sheet

_HISTORY = {"month": 36, "week": 78}
"""Finished periods that are drawn; all of them are in the download."""
_NARROW = 2
"""On a phone, one part in so many of them."""
_MISSED = "x"


def _series(result: Result) -> Series:
    """The measure; what is beside it is read by name."""
    one = result.query.measures[0]
    return Series(one, one.unit, one.id, None, None, None, None)


def _named(day: date, grain: str, look: Look) -> str:
    return numbers.bucket(day, grain, look.lang, look.fiscal_start)


def _floats(frame: pl.DataFrame, name: str) -> np.ndarray:
    """A column as numbers; NaN where nothing is known."""
    return frame.get_column(name).cast(pl.Float64).fill_null(np.nan).to_numpy()


def _between(row: dict[str, Any], part: Series, look: Look) -> str:
    return f"{look.written(row['at_least'], part)} – {look.written(row['at_most'], part)}"


# ------------------------------------------------------------------------------------------------------------- ahead


def carried_on(result: Result, look: Look) -> go.Figure | None:
    """Finished periods as a line, the forecast as a dashed one with its range, and what the running one has brought."""
    part, grain = _series(result), result.query.by[0]
    frame = result.frame
    if frame.is_empty() or frame.get_column("forecast").is_null().all():
        return None
    coming = frame.height - frame.get_column("forecast").null_count()
    drawn = _HISTORY[grain] // (_NARROW if look.is_narrow else 1)
    frame = frame.tail(drawn + coming)
    days = frame.get_column(grain).to_list()
    labels = [_named(day, grain, look) for day in days]
    shown = Shown(frame, labels, [None] * len(days), np.arange(float(len(days))), list(days), grain)
    sheet = Sheet()
    low, high, told = (_floats(frame, name) for name in ("at_least", "at_most", "forecast"))
    actual, is_ahead = _floats(frame, part.value), ~np.isnan(told)
    _range(sheet, shown.place[is_ahead], low[is_ahead], high[is_ahead], look)
    _finished(sheet, shown, np.where(is_ahead, np.nan, actual), part, look)
    _forecast(sheet, shown, frame, actual, part, look)
    return _over_time(sheet, shown, [np.nan_to_num(actual), high[is_ahead], low[is_ahead]], part, look)


def _range(sheet: Sheet, place: np.ndarray, low: np.ndarray, high: np.ndarray, look: Look) -> None:
    """The range as a pale band; where there is one period only, as a bar of it."""
    if len(place) == 1:
        place = np.array([place[0] - 0.3, place[0] + 0.3])
        low, high = np.repeat(low, 2), np.repeat(high, 2)
    sheet.add_scatter(
        x=np.concatenate([place, place[::-1]]), y=np.concatenate([high, low[::-1]]), fill="toself", mode="lines",
        line={"width": 0}, fillcolor=with_alpha(look.colour(1), 0.22), hoverinfo="skip",
        name=look.words("forecast.range"),
    )  # fmt: skip


def _finished(sheet: Sheet, shown: Shown, value: np.ndarray, part: Series, look: Look) -> None:
    """What finished periods brought; hollow where a first one takes no part."""
    left_out = answers.flags(shown.frame, "is_left_out")
    marks = [None if np.isnan(one) else _of_period(shown, at, part) for at, one in enumerate(value)]
    sheet.add_scatter(
        x=shown.place, y=value, mode="lines+markers", name=look.words("forecast.actual"), hoverinfo="text",
        line={"color": look.colour(0), "width": 2.5}, customdata=marks,
        marker={"size": 7, "symbol": ["circle-open" if out else "circle" for out in left_out]},
        hovertext=[under_pointer(label, "" if np.isnan(one) else _exact(one, part, look))
                   for one, label in zip(value, shown.labels, strict=True)],
    )  # fmt: skip


def _of_period(shown: Shown, at: int, part: Series) -> str:
    """What a finished period carries: its rows."""
    grain = str(shown.grain)
    return mark_of(part.value, shown.labels[at], **{grain: shown.frame.get_column(grain)[at].isoformat()})


def _exact(value: float, part: Series, look: Look) -> str:
    return numbers.exact(float(value), part.unit, look.lang, look.currency)


def _forecast(sheet: Sheet, shown: Shown, frame: pl.DataFrame, actual: np.ndarray, part: Series, look: Look) -> None:
    """A dashed line from the last finished period on; and what the running one has brought, which opens its rows."""
    told = _floats(frame, "forecast")
    ahead = np.flatnonzero(~np.isnan(told))
    first = int(ahead[0])
    join = [] if first == 0 or np.isnan(actual[first - 1]) else [first - 1]
    rows = frame.to_dicts()
    sheet.add_scatter(
        x=shown.place[[*join, *ahead]], y=[*actual[join], *told[ahead]], mode="lines+markers", hoverinfo="text",
        name=look.words("forecast.forecast"), line={"color": look.colour(1), "width": 2.5, "dash": "dash"},
        marker={"size": [0] * len(join) + [9] * len(ahead), "symbol": "diamond"},
        customdata=[*(_of_period(shown, at, part) for at in join),
                    *(mark_of(part.value, look.words("forecast.stands_on")) for _ in ahead)],
        hovertext=[""] * len(join) + [
            under_pointer(shown.labels[at], look.words("forecast.told", amount=_exact(told[at], part, look)),
                          look.words("forecast.within", range=_between(rows[at], part, look)))
            for at in ahead],
    )  # fmt: skip
    if answers.flags(frame, answers.IS_PARTIAL)[first]:
        label = shown.labels[first]
        sheet.add_scatter(
            x=[shown.place[first]], y=[actual[first]], mode="markers", name=look.words("forecast.so_far"),
            marker={"size": 11, "symbol": "circle-open", "color": look.colour(0), "line": {"width": 2}},
            hoverinfo="text", customdata=[_of_period(shown, first, part)],
            hovertext=[under_pointer(label, look.words("forecast.so_far"), _exact(actual[first], part, look))],
        )  # fmt: skip


def _over_time(sheet: Sheet, shown: Shown, drawn: list[np.ndarray], part: Series, look: Look) -> go.Figure:
    places, texts = place_ticks(shown, look)
    sheet.update_xaxes(
        tickvals=places, ticktext=texts, range=[-0.6, shown.buckets - 0.4], showgrid=False, zeroline=False,
        fixedrange=True, automargin=True, tickangle=0,
    )  # fmt: skip
    value_axis(sheet, drawn, part, look)
    sheet.update_layout(height=look.height)
    return legend(sheet, shows=True, look=look, right=26)


def what_comes(result: Result, look: Look) -> str | None:
    """The running period, and all that are forecast together."""
    part, grain = _series(result), result.query.by[0]
    rows = result.frame.filter(pl.col("forecast").is_not_null()).to_dicts()
    if not rows:
        return None
    first, *others = rows
    said = [
        look.words(f"question.ahead_found_{grain}", period=_named(first[grain], grain, look),
                   amount=look.written(first["forecast"], part), range=_between(first, part, look))
    ]  # fmt: skip
    if others:
        whole = sum(row["forecast"] for row in rows)
        last = others[-1][grain]  # a week is named by its first day
        until = numbers.day(bucket_next(last, grain) - DAY, look.lang) if grain == "week" else _named(last, grain, look)
        said.append(look.words("question.ahead_together", last=until, amount=look.written(whole, part)))
    return punctuation.sentences(said, look.lang)


# ----------------------------------------------------------------------------------------------------------- methods


def in_words(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """The methods by their names, errors as they are written."""
    names = {
        name: {value: look.words(f"value.{name}.{value}") for value in frame.get_column(name).unique()}
        for name in ("method", "calendar")
    }
    return frame.with_columns(
        *(pl.col(name).replace_strict(said, default=None) for name, said in names.items()), pl.col("mase").round(2)
    )


def which_method(result: Result, look: Look) -> str | None:
    """The method that is taken, beside what anybody could say."""
    if result.frame.is_empty():
        return None
    chosen = result.frame.filter("chosen").row(0, named=True)
    said = look.words(
        "question.ahead_methods_found", method=look.words(f"value.method.{chosen['method']}"),
        calendar=look.words(f"value.calendar.{chosen['calendar']}"), mase=f"{chosen['mase']:.2f}",
        smape=numbers.share(chosen["smape"], look.lang, 0),
    )  # fmt: skip
    best = result.frame.row(0, named=True)
    if best["mase"] < chosen["mase"]:
        name = look.words(f"value.method.{best['method']}")
        said += " " + look.words("question.ahead_methods_luck", method=name, mase=f"{best['mase']:.2f}")
    return said


# -------------------------------------------------------------------------------------------------------------- past


def beside_what_came(result: Result, look: Look) -> go.Figure | None:
    """What came, and the range of the last forecast before; a cross lies outside of it."""
    part, grain = _series(result), result.query.by[0]
    frame = result.frame.sort(grain, "told_on").unique(grain, keep="last", maintain_order=True).sort(grain)
    if frame.is_empty():
        return None
    days = frame.get_column(grain).to_list()
    labels = [_named(day, grain, look) for day in days]
    shown = Shown(frame, labels, [None] * len(days), np.arange(float(len(days))), list(days), grain)
    came, low, high, told = (_floats(frame, name) for name in ("came_in", "at_least", "at_most", "forecast"))
    sheet, inside = Sheet(), answers.flags(frame, "is_inside")
    _range(sheet, shown.place, low, high, look)
    sheet.add_scatter(
        x=shown.place, y=told, mode="lines", name=look.words("forecast.forecast"), hoverinfo="skip",
        line={"color": look.colour(1), "width": 2, "dash": "dash"},
    )  # fmt: skip
    hover = [
        under_pointer(label, _exact(row["came_in"], part, look),
                      look.words("forecast.told", amount=_exact(row["forecast"], part, look)),
                      look.words("forecast.within", range=_between(row, part, look)))
        for label, row in zip(labels, frame.iter_rows(named=True), strict=True)
    ]  # fmt: skip
    for name, symbol, colour, held in (
        ("actual", "circle", look.colour(0), True), ("missed", _MISSED, look.palette.bad, False),
    ):  # fmt: skip
        here = [at for at, one in enumerate(inside) if one is held]
        if here:
            sheet.add_scatter(
                x=shown.place[here], y=came[here], mode="markers", name=look.words(f"forecast.{name}"),
                hoverinfo="text", cliponaxis=False, marker={"size": 10, "color": colour, "symbol": symbol},
                customdata=[mark_of("came_in", labels[at], **{grain: days[at].isoformat()}) for at in here],
                hovertext=[hover[at] for at in here],
            )  # fmt: skip
    return _over_time(sheet, shown, [came, low, high], part, look)


def how_far_off(result: Result, look: Look) -> str | None:
    """How many outcomes the ranges held, of all forecasts of the past."""
    frame = result.frame
    if frame.is_empty():
        return None
    inside = frame.get_column("is_inside")
    if inside.len() < LEAST_TOLD:
        return look.words("question.looked_back_few", inside=int(inside.sum()), of=inside.len(), least=LEAST_TOLD)
    return look.words(
        "question.looked_back_found", inside=int(inside.sum()), of=inside.len(),
        share=numbers.share(int(inside.sum()) / inside.len(), look.lang, 0),
    )  # fmt: skip


# ----------------------------------------------------------------------------------------------------------- quarter


def both(result: Result, look: Look) -> go.Figure | None:
    """Both forecasts of the quarter with their ranges, the believed one strong; what is won so far, and the target."""
    rows = [row for row in result.frame.iter_rows(named=True) if row["amount"] is not None]
    if not rows:
        return None
    won, target = rows[0]["won"], rows[0]["target"]
    lines: list[tuple[str, float, dict[str, Any], str]] = [
        (look.words(f"value.source.{row['source']}"), row["amount"], row,
         look.colour(0) if row["is_believed"] else look.quiet)
        for row in rows
    ]  # fmt: skip
    for name, amount, colour in (("won", won, look.colour(2)), ("target", target, str(look.palette.text))):
        if amount is not None:
            lines.append((look.words(f"value.landing.{name}"), float(amount), {}, colour))
    sheet, ends, texts = Sheet(), [], [look.money(amount) for _, amount, _, _ in lines]
    for place, (name, amount, row, colour) in enumerate(lines):
        reach = {}
        if row:
            parts = {"array": [max(row["at_most"] - amount, 0.0)], "arrayminus": [max(amount - row["at_least"], 0.0)]}
            reach = {"error_x": {"type": "data", "symmetric": False, "thickness": 2, "width": 6,
                                 "color": look.palette.text} | parts}  # fmt: skip
        under = [f"{look.money(row['at_least'])} – {look.money(row['at_most'])}"] if row else []
        sheet.add_bar(
            x=[amount], y=[place], orientation="h", width=0.66, showlegend=False, hoverinfo="text",
            marker={"color": colour}, hovertext=[under_pointer(name, texts[place], *under)],
            customdata=[mark_of("won", look.words("forecast.stands_on"))], **reach,
        )  # fmt: skip
        ends.append(float(row["at_most"]) if row else amount)
    numbers_at(sheet, ends, texts, look)
    return in_rows(sheet, [name for name, *_ in lines], texts, (0.0, max(*ends, 1.0)), look)


def which_is_believed(result: Result, look: Look) -> str | None:
    """Where the quarter ends by the forecast that is believed, why that one, and what it means for the target.

    Where neither is believed, by the open deals, with that said.
    """
    told = result.frame.filter(pl.col("amount").is_not_null())
    if told.is_empty():
        return None
    believed = told.filter("is_believed")
    row = (told if believed.is_empty() else believed).row(0, named=True)  # the landing stands first
    name = look.words(f"value.source.{row['source']}")
    ends = {part: look.money(row[part]) for part in ("amount", "at_least", "at_most")}
    found = "unsure" if believed.is_empty() else "found"
    said = [look.words(f"question.both_forecasts_{found}", source=name, **ends)]
    if row["is_believed"] and row["off"] is not None:
        others = result.frame.filter(~pl.col("is_believed") & pl.col("off").is_not_null())
        if others.height:
            off, other = (numbers.share(value, look.lang, 0) for value in (row["off"], others.item(0, "off")))
            said.append(look.words("question.both_forecasts_why", quarters=row["quarters"], off=off, other=other))
    if row["target"] is not None:
        judged = told if believed.is_empty() else believed  # where neither is believed both must say so
        is_missed = bool((judged["at_most"] < row["target"]).all())
        is_reached = bool((judged["at_least"] > row["target"]).all())
        end = "missed" if is_missed else "reached" if is_reached else "open"
        said.append(look.words(f"question.both_forecasts_{end}", target=look.money(row["target"])))
    return punctuation.sentences(said, look.lang)
