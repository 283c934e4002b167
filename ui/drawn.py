"""Drawings kept, so that a page that is run again does not draw again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import NamedTuple

import plotly.graph_objects as go

from metrics.query import Result
from ui import answers, findings, remarks
from ui.answers import Series
from ui.charts import Draw
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


_kept: OrderedDict[Hashable, tuple[Result, Drawing]] = OrderedDict()
_lock = Lock()


def drawn(whole: Result, draw: Draw, look: Look, of: str | None, parts: tuple[str, ...]) -> Drawing:
    """The drawing of an answer, made once for each answer and look.

    Answers are remembered (metrics/finish.py), so the same question of the same version and row scope gives the very
    same object, which is held here beside its drawing: as long as it is, no other answer has its id.

    Args:
        whole: the answer. draw: how. look: for whom.
        of: the measure that is drawn; the first by default.
        parts: the dimensions to choose from, where the answer holds several: the first by which its rows differ.
    """
    key = (id(whole), draw, look, of, parts)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key][1]
    made = _made(whole, draw, look, of, parts)
    with _lock:
        _kept[key] = (whole, made)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return made


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
