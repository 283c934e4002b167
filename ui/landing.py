"""How a forecast looks: where a period will end, whether chances come true, and how far past forecasts lay off."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl

from data import punctuation
from data.punctuation import ended
from metrics.backtest import LEAST_ENDS, errors
from metrics.query import Result
from ui import numbers
from ui.drawing import legend, under_pointer
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.question import mark_of
from ui.ranges import rate
from ui.sheet import Sheet

GRAINS = ("quarter", "month", "year")
FISCAL = {"quarter": "fiscal_quarter", "year": "fiscal_year"}
"""Quarters and years are the company's own: with a fiscal year that begins in January they are the calendar's."""
_HEIGHT = 380
_WITH_ROWS = ("won", "open", "new")
"""The parts that deals stand behind: those won, those open, and those of the past that tell what may come."""


def landed(result: Result, look: Look) -> go.Figure | None:
    """What is won, what open deals and new ones will bring, where that ends; beside it the target and the CRM's word.

    Each part begins where the one above ends; the thin lines hold four of five futures.
    """
    parts = {row["part"]: row for row in result.frame.iter_rows(named=True)}
    whole = parts["landing"]
    if whole["amount"] is None:
        return None
    won, coming = float(parts["won"]["amount"] or 0), float(parts["open"]["amount"])
    rows: list[tuple[str, float, dict[str, Any], str]] = [
        ("won", 0.0, parts["won"], look.colour(0)),
        ("open", won, parts["open"], look.colour(1)),
        ("new", won + coming, parts["new"], look.colour(2)),
        ("landing", 0.0, whole, look.colour(0)),
    ]
    for name, colour in (("target", str(look.palette.text)), ("crm", look.quiet)):
        if whole[name] is not None:
            rows.append((name, 0.0, {"amount": whole[name], "at_least": None, "at_most": None}, colour))
    names = [look.words(f"value.landing.{name}") for name, *_ in rows]
    texts = [look.money(float(row["amount"] or 0)) for _, _, row, _ in rows]
    sheet, ends = Sheet(), []
    for place, ((name, base, row, colour), label) in enumerate(zip(rows, names, strict=True)):
        amount = float(row["amount"] or 0)
        reach = {} if row["at_least"] is None else _reach(amount, row, look)
        sheet.add_bar(
            x=[amount], base=[base], y=[place], orientation="h", width=0.66, showlegend=False, hoverinfo="text",
            marker={"color": colour, "pattern": {"shape": "/" if name in ("open", "new") else ""}},
            customdata=[mark_of(None, look.words(f"landing.rows_{name}"), part=name)] if name in _WITH_ROWS else None,
            hovertext=[under_pointer(label, _interval(row, look))], **reach,
        )  # fmt: skip
        ends.append(base + (amount if row["at_most"] is None else float(row["at_most"])))
    numbers_at(sheet, ends, texts, look)
    return in_rows(sheet, names, texts, (0.0, max(*ends, 1.0)), look)


def _reach(amount: float, row: dict[str, Any], look: Look) -> dict[str, Any]:
    """The thin line from the low end to the high one."""
    ends = {"array": [max(row["at_most"] - amount, 0.0)], "arrayminus": [max(amount - row["at_least"], 0.0)]}
    drawn = {"type": "data", "symmetric": False, "thickness": 2, "width": 6, "color": look.palette.text}
    return {"error_x": drawn | ends}


def _interval(row: dict[str, Any], look: Look) -> str:
    amount = look.money(float(row["amount"] or 0))
    if row["at_least"] is None:
        return amount
    return f"{amount} ({look.money(row['at_least'])} – {look.money(row['at_most'])})"


def where_it_ends(result: Result, look: Look) -> str | None:
    """The middle and the ends, the chance of the target, and whether what is due can cover what is missing."""
    whole = result.frame.filter(pl.col("part") == "landing").row(0, named=True)
    if whole["amount"] is None:
        return None
    ends = {name: look.money(whole[name]) for name in ("amount", "at_least", "at_most")}
    said = [look.words("question.landing_found", **ends)]
    if whole["chance"] is not None:
        target = look.money(whole["target"])
        said.append(look.words("question.landing_chance", target=target, chance=_in_a_hundred(whole["chance"])))
    if None not in (whole["coverage"], whole["needed"]):
        covered = {name: f"{whole[name]:.1f}" for name in ("coverage", "needed")}
        said.append(look.words("question.landing_coverage", **covered))
    return punctuation.sentences(said, look.lang)


def _in_a_hundred(chance: float) -> str:
    """Of a hundred futures how many; never none and never all, which no simulation can know."""
    return "< 1" if chance < 0.01 else "> 99" if chance > 0.99 else f"{100 * chance:.0f}"


# --------------------------------------------------------------------------------------------------------- calibration


def came_true(result: Result, look: Look) -> go.Figure | None:
    """Chances given against the share that came; on the line they would be exactly right."""
    if result.frame.is_empty():
        return None
    sheet = Sheet()
    sheet.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": look.palette.muted, "width": 1.5, "dash": "dot"},
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    colours = {"history": look.colour(0), "crm": look.colour(1)}
    for (source,), part in result.frame.group_by(["source"], maintain_order=True):
        rows, name, colour = part.to_dicts(), look.words(f"value.odds_of.{source}"), colours[str(source)]
        came = part.get_column("came").to_numpy()
        sheet.add_scatter(
            x=part.get_column("told").to_list(), y=came, mode="lines+markers", name=name, hoverinfo="text",
            line={"color": colour, "width": 1.5},
            marker={"size": 12, "color": colour, "symbol": "circle" if source == "history" else "diamond"},
            error_y={"type": "data", "symmetric": False, "array": part.get_column("high").to_numpy() - came,
                     "arrayminus": came - part.get_column("low").to_numpy(), "thickness": 1.5, "width": 4,
                     "color": look.palette.muted},
            hovertext=[under_pointer(f"{name} {numbers.share(row['told'], look.lang, 0)}",
                                     rate(row["came"], row["low"], row["high"], look.lang), f"n = {row['deals']}")
                       for row in rows],
            customdata=[mark_of(None, f"{name} {numbers.share(row['told'], look.lang, 0)}", cells=row["cells"])
                        for row in rows],
        )  # fmt: skip
    ticks = [0, 0.25, 0.5, 0.75, 1]
    written = [numbers.share(tick, look.lang, 0) for tick in ticks]
    for update, title in ((sheet.update_xaxes, "told"), (sheet.update_yaxes, "came")):
        update(
            tickvals=ticks, ticktext=written, range=[-0.02, 1.02], fixedrange=True, zeroline=False,
            gridcolor=look.palette.grid, title={"text": look.words(f"column.{title}")},
        )  # fmt: skip
    sheet.update_layout(height=_HEIGHT)
    return legend(sheet, shows=sheet.named > 1, look=look)


def how_true(result: Result, look: Look) -> str | None:
    """The step that most deals were in, and how far off all chances were."""
    own = result.frame.filter(pl.col("source") == "history")
    if own.is_empty():
        return None
    row = own.row(int(own.get_column("deals").arg_max() or 0), named=True)
    told, came = (numbers.share(row[name], look.lang, 0) for name in ("told", "came"))
    said = [look.words("question.calibration_found", told=told, came=came, brier=f"{row['brier']:.3f}")]
    crm = result.frame.filter(pl.col("source") == "crm")
    if crm.height:
        said.append(look.words("question.calibration_crm", brier=f"{crm.item(0, 'brier'):.3f}"))
    return punctuation.sentences(said, look.lang)


def how_far_off(result: Result, look: Look) -> str | None:
    """How far the forecasts lay off on average, beside the simple ones, and how often the range held."""
    told = errors(result.frame)
    if "landing" not in told:
        return None
    parts = [
        look.words(f"question.backtest_{name}", off=numbers.share(told[name], look.lang, 0))
        for name in ("landing", "run_rate", "crm")
        if name in told
    ]
    inside = result.frame.get_column("is_inside")
    held = look.words("question.backtest_inside", inside=int(inside.sum()), of=inside.count())
    ends = result.frame.get_column("ends_on").n_unique()
    few = look.words("question.backtest_few", ends=ends, least=LEAST_ENDS) if ends < LEAST_ENDS else ""
    return f"{ended(numbers.listed(parts, look.lang), look.lang)}{punctuation.sentences((held, few), look.lang)}"
