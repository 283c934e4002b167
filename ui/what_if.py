"""What if: sliders for the factors of a measure, and what the coming periods would bring then."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from data import punctuation
from metrics.ahead import ahead
from metrics.kpi_tree import Factor, Tree
from metrics.query import Result
from metrics.view import View
from metrics.what_if import Scenario, last_year, scenario, tree_for
from ui import answers, controls, numbers, session, show
from ui.drawing import under_pointer
from ui.guard import guarded
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet
from ui.text import lang, t

MOST = 50
"""Per cent that a factor may be changed by to each side: a what-if far from what was is no extrapolation any more."""


def what_if(view: View, of: str, grain: str, steps: int) -> None:
    """A slider for each factor of the measure, and the forecast of all coming periods under them.

    Nothing where the measure is no product of factors, or nothing is forecast.
    """
    tree = tree_for(of)
    if tree is None:
        return
    with guarded():
        with session.reading() as seen:
            frame = seen.ask(ahead(view, of, grain, steps), session.viewer()).frame
        coming = frame.filter(pl.col("forecast").is_not_null())
        if coming.is_empty():
            return
        show.section(t("forecast.what_if"), t("forecast.what_if_help"))
        changes: list[tuple[str, float]] = []
        with st.grid(len(tree.factors), min_column_width=200):
            for factor in tree.factors:
                name = factor.label.text(lang())
                percent = controls.change(f"if_{factor.id}", label=name, at_most=MOST,
                                          help_text=factor.meaning.text(lang()))  # fmt: skip
                changes.append((factor.id, percent / 100))
        if not any(change for _, change in changes):  # a year of customers and orders is a long question
            st.caption(t("question.what_if_none"))
            return
        told, so_far = (float(coming.get_column(name).sum()) for name in ("forecast", of))
        about = Told(of, tuple(changes), told, coming.height, so_far)
        show.question(last_year(view, of), Drawn(about), view, name="what_if", found=Found(about))


@dataclass(frozen=True)
class Told:
    """What is changed: factors of a measure, and the forecast of so many periods together.

    `so_far`: what of it has come already, and stays.
    """

    of: str
    changes: tuple[tuple[str, float], ...]
    forecast: float
    periods: int
    so_far: float = 0.0

    def scenario(self, result: Result) -> tuple[Tree, Scenario] | None:
        """The tree, and what the changes make of it, from the answer of the last year."""
        tree = tree_for(self.of)
        found = scenario(tree, result.frame.row(0, named=True), dict(self.changes)) if tree else None
        return (tree, found) if tree and found else None


def _written(factor: Factor, value: float, look: Look) -> str:
    return numbers.written(value, factor.unit, look.lang, look.currency)


@dataclass(frozen=True)
class Drawn:
    """Forecast, what each changed factor would bring, and where that ends; each begins where the one above ends."""

    told: Told

    def __call__(self, result: Result, look: Look) -> go.Figure | None:
        """The drawing; None where the last year has no product of factors."""
        known = self.told.scenario(result)
        if known is None:
            return None
        tree, found = known
        unit, base = answers.series(result)[0].unit, self.told.forecast
        rows: list[tuple[str, float, float, str, str, str]] = [
            (look.words("forecast.as_it_is"), 0.0, base, tree.result, look.colour(0), "")
        ]
        at = base
        for factor in tree.factors:
            moved = (base - self.told.so_far) * found.brought.get(factor.id, 0.0)
            colour = look.palette.good if moved >= 0 else look.palette.bad
            reading = " → ".join(_written(factor, values[factor.id], look) for values in (found.then, found.now))
            rows.append((factor.label.text(look.lang), at, moved, factor.asks[0], str(colour), reading))
            at += moved
        end = found.changed(base, self.told.so_far)
        rows.append((look.words("forecast.changed"), 0.0, end, tree.result, look.colour(1), ""))
        sheet, ends = Sheet(), []
        names = [name for name, *_ in rows]
        texts = [("+" if start and amount > 0 else "") + numbers.written(amount, unit, look.lang, look.currency)
                 for _, start, amount, *_ in rows]  # fmt: skip
        for place, (name, start, amount, opens, colour, reading) in enumerate(rows):
            sheet.add_bar(
                x=[amount], base=[start], y=[place], orientation="h", width=0.66, showlegend=False, hoverinfo="text",
                marker={"color": colour}, customdata=[mark_of(opens, name)],
                hovertext=[under_pointer(name, texts[place], *([reading] if reading else []))],
            )  # fmt: skip
            ends.append(max(start, start + amount))
        numbers_at(sheet, ends, texts, look)
        return in_rows(sheet, names, texts, (0.0, max(*ends, 1.0)), look)


@dataclass(frozen=True)
class Found:
    """What the changes come to, in words."""

    told: Told

    def __call__(self, result: Result, look: Look) -> str | None:
        """The sentence."""
        known = self.told.scenario(result)
        if known is None:
            return None
        tree, found = known
        changed = [factor for factor in tree.factors if found.now[factor.id] != found.then[factor.id]]
        unit = answers.series(result)[0].unit
        said = [
            look.words("question.what_if_factor", factor=factor.label.text(look.lang),
                       then=_written(factor, found.then[factor.id], look),
                       now=_written(factor, found.now[factor.id], look))
            for factor in changed
        ]  # fmt: skip
        end = found.changed(self.told.forecast, self.told.so_far)
        amount = numbers.written(end, unit, look.lang, look.currency)
        change = numbers.change(end, self.told.forecast, "number", look.lang)
        told = look.words("question.what_if_found", factors=numbers.listed(said, look.lang), amount=amount,
                          change=change)  # fmt: skip
        capped = [look.words("question.what_if_capped", factor=factor.label.text(look.lang))
                  for factor in tree.factors if factor.id in found.capped]  # fmt: skip
        return punctuation.sentences([told, *capped], look.lang)
