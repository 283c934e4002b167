"""How coverage looks: what is missing to the target, and the open money that is to bring it. Result → figure."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from metrics.query import Result
from ui import numbers
from ui.drawing import under_pointer
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet

_SHOWN = {"remaining": None, "open_amount": "coverage", "by_history": "coverage_by_history",
          "by_crm": "coverage_by_crm"}  # fmt: skip


def covered(result: Result, look: Look) -> go.Figure | None:
    """A bar for what is missing, and one each for the open money due, as it is and weighted; how often it covers."""
    row = result.frame.row(0, named=True)
    if not row["remaining"]:
        return None
    shown = [name for name in _SHOWN if row[name] is not None]
    names = [look.words(f"coverage.{name}") for name in shown]
    colours = {"remaining": look.palette.text, "open_amount": look.quiet, "by_history": look.colour(0)}
    sheet = Sheet()
    sheet.add_bar(
        x=[row[name] for name in shown], y=np.arange(len(shown)), orientation="h", width=0.6, showlegend=False,
        marker={"color": [colours.get(name, look.colour(1)) for name in shown]}, hoverinfo="text",
        customdata=[mark_of(None if name == "remaining" else name, title)
                    for name, title in zip(shown, names, strict=True)],
        hovertext=[under_pointer(title, numbers.exact(row[name], "money", look.lang, look.currency))
                   for name, title in zip(shown, names, strict=True)],
    )  # fmt: skip
    texts = [_text(name, row, look) for name in shown]
    ends = [float(row[name]) for name in shown]
    numbers_at(sheet, ends, texts, look)
    return in_rows(sheet, names, texts, (0.0, max(ends)), look)


def _text(name: str, row: dict[str, Any], look: Look) -> str:
    """The money, and how often it covers what is missing."""
    times = _SHOWN[name]
    money = look.money(float(row[name]))
    return f"{money} · {_times(row[times], look)}" if times else money


def _times(value: float, look: Look) -> str:
    return f"{numbers.written(value, 'number', look.lang)}×"


def is_enough(result: Result, look: Look) -> str | None:
    """How often the open money covers what is missing, beside how often it would have to."""
    row = result.frame.row(0, named=True)
    if not row["remaining"]:
        return None
    said = look.words(
        "question.coverage_found", missing=look.money(row["remaining"]), target=look.money(row["target"]),
        times=_times(row["coverage"], look),
    )  # fmt: skip
    if row["needed"] is not None:
        said += look.words("question.coverage_needed", needed=_times(row["needed"], look))
    if row["coverage_by_history"] is not None:
        said += look.words("question.coverage_weighted", times=_times(row["coverage_by_history"], look))
    return said
