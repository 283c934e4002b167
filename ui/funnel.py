"""How the funnel looks: the way through the stages, who moves on where, what is lost where. Result → figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from metrics.bottleneck import against_the_rest, worst
from metrics.query import Result
from ui import answers, numbers
from ui.drawing import shorten, under_pointer
from ui.field import in_field, ink, shaded
from ui.horizontal import in_rows, numbers_at, rows_height
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet

_FAR = 0.25
"""A share so far from the stage's own has the strongest colour."""


def stages(result: Result, look: Look) -> go.Figure | None:
    """One bar per stage: how many moved on, are still there, were lost there; at its end the share that moved on."""
    return _bars(result, look, ("moved_on", "still_there", "lost"), _at_the_end)


def done(result: Result, look: Look) -> go.Figure | None:
    """One bar per stage: how many moved on and were lost there within the period; at its end the share of the two.

    Of deals of which nobody knows a stage also those that are open: they would be seen nowhere else.
    """
    open_ones = ("at_end", "at_end_amount")
    apart = [pl.when(pl.col("place").is_null()).then(name).otherwise(0).alias(name) for name in open_ones]
    shown = replace(result, frame=result.frame.with_columns(apart))
    return _bars(shown, look, ("moved_on", "at_end", "lost"), _of_decided)


def stands(result: Result, look: Look) -> go.Figure | None:
    """One bar per stage: how many stand there; at its end their money, and how many for each in the stage before.

    All in the quiet colour: nothing here says how many pass.
    """
    return _bars(result, look, ("deals",), _beside_the_one_before)


def leads(result: Result, look: Look) -> go.Figure | None:
    """One bar per step from lead to win; at its end the share that moved on, of wins the share of all leads."""
    return _bars(result, look, ("won", "moved_on", "still_there", "unseen", "lost"), _of_those_seen)


def _bars(
    result: Result, look: Look, ways: Sequence[str], at_the_end: Callable[[dict[str, Any], Look], str]
) -> go.Figure | None:
    """Stages below each other, their deals in parts beside each other; None where there are no deals."""
    frame = result.frame  # the last bar of a pipeline: deals of which nobody knows a stage
    sums = frame.select(pl.sum_horizontal(ways)).to_series()
    if frame.is_empty() or not sums.sum():
        return None
    colours = {"moved_on": look.colour(0), "lost": look.palette.bad, "won": look.palette.good}
    hatched = {"lost": "/", "unseen": "."}
    sheet, place, names = Sheet(), np.arange(frame.height), names_of(frame, look)
    rows = frame.to_dicts()
    for way in [way for way in ways if frame.get_column(way).sum()]:
        sheet.add_bar(
            x=frame.get_column(way).to_list(), y=place, orientation="h", width=0.66, name=look.words(f"column.{way}"),
            marker={"color": colours.get(way, look.quiet), "pattern": {"shape": hatched.get(way, "")}},
            hoverinfo="text", showlegend=way != "won",
            hovertext=[_told(name, way, row, look) for name, row in zip(names, rows, strict=True)],
            customdata=[mark_of(way, name, **{by: row[by] for by in result.query.by})
                        for name, row in zip(names, rows, strict=True)],
        )  # fmt: skip
    texts = [_of_no_stage(row, ways, look) if row["place"] is None else at_the_end(row, look) for row in rows]
    ends: list[float] = sums.to_list()
    numbers_at(sheet, ends, texts, look)
    return in_rows(sheet, names, texts, (0.0, max(ends)), look, "stack")


def largest_line(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """The rows of the pipeline with most in `column`: the stages of several are no columns of one drawing."""
    if frame.is_empty():
        return frame
    sizes = frame.group_by("pipeline").agg(pl.col(column).sum()).sort(column, descending=True)
    return frame.filter(pl.col("pipeline").eq_missing(pl.lit(sizes.item(0, "pipeline"), pl.String)))


def names_of(frame: pl.DataFrame, look: Look) -> list[str]:
    """The stages in the reader's language; of several pipelines, the pipeline before."""
    label = "label_zh" if look.lang == "zh-CN" else "label_en"
    nowhere = look.words("question.no_stage")
    names = [str(row[label] or row["stage"] or nowhere) for row in frame.iter_rows(named=True)]
    if frame.get_column("pipeline").n_unique() < 2:
        return names
    none = look.words("filter.unassigned")
    return [f"{line or none} · {name}" for line, name in zip(frame.get_column("pipeline"), names, strict=True)]


def _told(name: str, way: str, row: dict[str, Any], look: Look) -> str:
    deals = numbers.exact(row[way], "count", look.lang)
    lines = [look.labelled(f"column.{way}", f"{deals}{_also(_money(row, way), look)}")]
    if way == "moved_on" and row.get("conversion_amount") is not None:
        share, low, high = (row[f"conversion_amount{end}"] for end in ("", ".low", ".high"))
        lines.append(look.labelled("column.conversion_amount", _rate(share, low, high, look)))
    return under_pointer(name, *lines)


def _also(money: object, look: Look) -> str:
    """An amount behind a count; nothing where there is none."""
    return f" · {look.money(float(str(money)))}" if money else ""


def _at_the_end(row: dict[str, Any], look: Look) -> str:
    """The share that moved on, and how long a visit takes: "62 % (61–63) · 12 days"."""
    rate = _rate(row["conversion"], row["conversion.low"], row["conversion.high"], look)
    days = row.get("median_days")
    return rate if days is None or look.is_narrow else f"{rate} · {numbers.written(days, 'days', look.lang)}"


def _of_no_stage(row: dict[str, Any], ways: Sequence[str], look: Look) -> str:
    """Of deals of which nobody knows a stage how many and how much: no share can be told."""
    money = sum(float(_money(row, way) or 0) for way in ways)
    return f"{numbers.exact(sum(row[way] for way in ways), 'count', look.lang)}{_also(money, look)}"


def _money(row: dict[str, Any], way: str) -> Any:  # noqa: ANN401 - as the engine gives it
    return row.get("amount" if way == "deals" else f"{way}_amount")


def _of_decided(row: dict[str, Any], look: Look) -> str:
    """The share of decided deals that moved on, and how many came in: "58 % (52–64) · 120 entered"."""
    rate = _rate(row["decided"], row["decided.low"], row["decided.high"], look)
    entered = look.words("question.funnel_period_entered", entered=numbers.exact(row["entered"], "count", look.lang))
    return rate if look.is_narrow else f"{rate} · {entered}"


def _beside_the_one_before(row: dict[str, Any], look: Look) -> str:
    """How many deals and how much, and what that is beside the stage before: "34 · 1.2M · 0.34 × the stage before"."""
    text = f"{numbers.exact(row['deals'], 'count', look.lang)}{_also(row['amount'], look)}"
    if row["ratio"] is None or look.is_narrow:
        return text
    beside = look.words("question.funnel_standing_ratio", ratio=format(row["ratio"], ".2f"))
    return f"{text} · {beside}"


def _of_those_seen(row: dict[str, Any], look: Look) -> str:
    """Of a step what `_at_the_end` says; of wins their share of all leads, and the days from lead to win."""
    if row["stage"] != "won":
        return _at_the_end(row, look)
    share = _rate(row["of_leads"], row["of_leads.low"], row["of_leads.high"], look)
    of = look.words("question.lead_funnel_of", share=share)
    days = row.get("median_days")
    text = f"{numbers.exact(row['won'], 'count', look.lang)} · {of}"
    if look.is_narrow:
        return share
    return text if days is None else f"{text} · {numbers.written(days, 'days', look.lang)}"


def _rate(share: float | None, low: float | None, high: float | None, look: Look) -> str:
    """A share with its interval: "62 % (61–63)"."""
    if share is None:
        return "—"
    text = numbers.written(share, "share", look.lang)
    return f"{text} ({100 * low:.0f}–{100 * high:.0f})" if low is not None and high is not None else text


def most_lost(result: Result, look: Look) -> str | None:
    """The stage where most deals are lost, with their money: what is, beside the bottleneck (ui/spans.py)."""
    frame = result.frame.filter(pl.col("place").is_not_null() & pl.col("decided.n").is_not_null())
    if frame.is_empty() or not frame.get_column("lost").sum():
        return None
    at = int(frame.get_column("lost").arg_max() or 0)
    row = frame.row(at, named=True)
    return look.words(
        "question.funnel_found", stage=names_of(frame, look)[at],
        lost=numbers.exact(row["lost"], "count", look.lang), of=numbers.exact(row["entered"], "count", look.lang),
        money=f" · {look.money(float(row['lost_amount']))}" if row["lost_amount"] else "",
    )  # fmt: skip


def most_moved(result: Result, look: Look) -> str | None:
    """What came in at the first stage within the period, what was won and what was lost on the way.

    Nothing where some were lost nobody knows where: they came in, too.
    """
    frame = result.frame
    if frame.is_empty() or frame.get_column("place").null_count() or frame.get_column("pipeline").n_unique() > 1:
        return None
    parts = {
        "entered": int(frame.item(0, "entered")), "won": int(frame.item(-1, "moved_on")),
        "lost": int(frame.get_column("lost").sum()),
        "change": int(frame.select(pl.col("at_end").sum() - pl.col("at_start").sum()).item()),
    }  # fmt: skip
    told = {name: numbers.exact(value, "count", look.lang) for name, value in parts.items()}
    sign = "+" if parts["change"] > 0 else ""
    return look.words("question.funnel_period_found", **told | {"change": f"{sign}{told['change']}"})


def where_it_stands(result: Result, look: Look) -> str | None:
    """The stage in which most open deals stand."""
    frame = result.frame.filter(pl.col("place").is_not_null())
    if not frame.get_column("deals").sum():
        return None
    at = int(frame.get_column("deals").arg_max() or 0)
    here, of = int(frame.item(at, "deals")), int(result.frame.get_column("deals").sum())
    told = {name: numbers.exact(value, "count", look.lang) for name, value in (("deals", here), ("of", of))}
    return look.words("question.funnel_standing_found", stage=names_of(frame, look)[at], **told)


def what_became(result: Result, look: Look) -> str | None:
    """How many leads were qualified, became deals, were won; and the share of all leads that was."""
    steps = {row["stage"]: row for row in result.frame.iter_rows(named=True)}
    if "won" not in steps or not steps["lead"]["entered"]:
        return None
    told = {name: numbers.exact(row["entered"], "count", look.lang) for name, row in steps.items()}
    share = numbers.written(steps["won"]["of_leads"], "share", look.lang)
    money = _also(steps["won"]["won_amount"], look)
    qualified = look.words("question.lead_funnel_qualified", qualified=told["qualified"]) if "qualified" in told else ""
    parts = {name: told[name] for name in ("lead", "deal", "won")}
    return look.words("question.lead_funnel_found", **parts, qualified=qualified, share=share, money=money)


def shares(result: Result, look: Look) -> go.Figure | None:
    """A field of shares that moved on of those decided: a row per value, a column per stage."""
    return _field(result, look, "decided")


def lead_shares(result: Result, look: Look) -> go.Figure | None:
    """A field of shares that moved on of all that entered: nobody may ever say of a waiting lead that it is none."""
    return _field(result, look, "conversion")


def _field(result: Result, look: Look, rate: str) -> go.Figure | None:
    """Values of the split below each other, stages beside each other; in each cell the share named `rate`."""
    known = result.frame.filter(pl.col("place").is_not_null() & pl.col(f"{rate}.n").is_not_null())
    by = result.query.by[-2]
    if known.is_empty() or known.get_column(by).n_unique() < 2:
        return None
    known = largest_line(known, "entered")
    sizes = known.group_by(by).agg(pl.col("entered").max()).sort("entered", descending=True).head(look.top or 12)
    values, places = sizes.get_column(by).to_list(), sorted(known.get_column("place").unique())
    cells = {(row[by], row["place"]): row for row in known.iter_rows(named=True)}
    labels = [answers.label(value, by, look.lang) for value in values]
    heads = dict(zip(known.get_column("place").to_list(), names_of(known, look), strict=True))
    field = [[cells.get((value, place)) for place in places] for value in values]
    usual = {place: _usual(known.filter(pl.col("place") == place), rate) for place in places}
    apart = [[_apart(row, rate, usual[place]) for row, place in zip(line, places, strict=True)] for line in field]
    sheet = shaded(apart, look.palette.diverging, -_FAR, _FAR)
    marks = [(x, y, row) for y, line in enumerate(field) for x, row in enumerate(line) if row and row[f"{rate}.n"]]
    sheet.add_scatter(
        x=[x for x, _, _ in marks], y=[y for _, y, _ in marks], mode="markers+text", hoverinfo="text",
        marker={"size": 34, "opacity": 0}, text=[_cell(row, rate, look) for *_, row in marks],
        textfont={"size": 13, "color": [_ink(apart[y][x], look) for x, y, _ in marks]},
        customdata=[
            mark_of(rate, f"{labels[y]} · {heads[places[x]]}", **{name: row[name] for name in result.query.by})
            for x, y, row in marks
        ],
        hovertext=[under_pointer(f"{labels[y]} · {heads[places[x]]}", _with_n(row, rate, look)) for x, y, row in marks],
        showlegend=False,
    )  # fmt: skip
    shown = [shorten(heads[place], 14) for place in places]
    height = rows_height(len(values), has_legend=True)
    return in_field(sheet, shown, [shorten(label) for label in labels], look, height=height)


def _with_n(row: dict[str, Any], rate: str, look: Look) -> str:
    return f"{_rate(row[rate], row[f'{rate}.low'], row[f'{rate}.high'], look)}<br>n = {row[f'{rate}.n']}"


def _cell(row: dict[str, Any], rate: str, look: Look) -> str:
    text = numbers.written(row[rate], "share", look.lang)
    return text if row[f"{rate}.n"] >= answers.SMALL_SAMPLE else f"{text}*"


def _usual(stage: pl.DataFrame, rate: str) -> float:
    """The share of all values of the split together."""
    cases = int(stage.get_column(f"{rate}.n").sum())
    moved = stage.select((pl.col(rate) * pl.col(f"{rate}.n")).sum()).item()
    return float(moved) / cases if cases else 0.0


def _apart(row: dict[str, Any] | None, rate: str, usual: float) -> float | None:
    """How far a share lies from the stage's own; nothing where few cases make it say little."""
    return row[rate] - usual if row and row[f"{rate}.n"] >= answers.SMALL_SAMPLE else None


def _ink(apart: float | None, look: Look) -> str:
    """What can be read on the colour of the cell; muted where few cases make the number say little."""
    return ink(apart, look.palette.diverging, -_FAR, _FAR, look.palette.muted)


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
    stage = names_of(one.filter(pl.col("place") == found["place"]).head(1), look)[0]
    shared = {name: numbers.written(float(str(found[name])), "share", look.lang) for name in ("decided", "others")}
    value = answers.label(found[by], by, look.lang)
    return look.words("question.split_found", value=value, stage=stage, loss=look.money(loss), **shared)
