"""Drawings kept, so that a page that is run again does not draw again."""

from __future__ import annotations

from typing import NamedTuple

import plotly.graph_objects as go

from metrics.query import Result
from ui import answers, findings, remarks
from ui.answers import Series
from ui.charts import Draw
from ui.kept import Kept
from ui.look import Look

MOST = 200
"""The charts of some thirty pages, as different readers see them; a drawing takes some 100 kB."""


class Drawing(NamedTuple):
    """All that a chart shows of an answer.

    `part`: which of the answer's dimensions is drawn. `result`: the answer reduced to it and to one measure.
    `measured`: that measure's columns; None where the answer lacks them. `figure`: None where there is no number.
    `found`: the finding. `remarks`: what must be known to read it.
    """

    part: str | None
    result: Result
    measured: Series | None
    figure: go.Figure | None = None
    found: str | None = None
    remarks: tuple[str, ...] = ()


_kept = Kept[Drawing](MOST)


def drawn(whole: Result, draw: Draw, look: Look, of: str | None, parts: tuple[str, ...]) -> Drawing:
    """The drawing of an answer, made once for each answer and look.

    Args:
        whole: the answer. draw: how. look: for whom.
        of: the measure that is drawn; the first by default.
        parts: the dimensions to choose from, where the answer holds several: the first by which its rows differ.
    """
    return _kept.of((whole,), (draw, look, of, parts), lambda: _made(whole, draw, look, of, parts))


def _made(whole: Result, draw: Draw, look: Look, of: str | None, parts: tuple[str, ...]) -> Drawing:
    part = answers.first_that_differs(whole, parts)
    result = answers.narrowed(whole, of, part)
    measured = answers.first(result)
    if measured is None or remarks.cannot(whole, measured.measure.id, part):
        return Drawing(part, result, None)
    if remarks.is_void(result, measured):
        return Drawing(part, result, measured)
    found = findings.finding(result, look)
    return Drawing(part, result, measured, draw(result, look), found, tuple(remarks.of(result, look)))
