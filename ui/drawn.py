"""Figures kept, so that a page that is run again does not draw again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

import plotly.graph_objects as go

from metrics.query import Query, Result
from ui import session
from ui.charts import Draw
from ui.look import Look

MOST = 200
"""The charts of some thirty pages, as different readers see them; a figure takes some 50 kB."""
_kept: OrderedDict[Hashable, go.Figure] = OrderedDict()
_lock = Lock()


def drawn(result: Result, draw: Draw, look: Look, asked: Query, part: str | None) -> go.Figure:
    """The figure of an answer, drawn once for each store, version, row scope, question and look.

    Args:
        result: what is drawn: the answer, reduced to a measure and a part.
        draw: how.
        look: for whom.
        asked: the whole question; the reduced one has the same population but other columns.
        part: which of its dimensions is drawn.
    """
    scope = session.viewer().row_scope()
    key = (session.store().path, result.version, scope, asked, result.query.columns, part, draw, look)
    with _lock:
        figure = _kept.get(key)
        if figure is not None:
            _kept.move_to_end(key)
            return figure
    figure = draw(result, look)
    with _lock:
        _kept[key] = figure
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return figure
