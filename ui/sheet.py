"""A figure being drawn, as plain dictionaries.

Plotly checks every property of a figure as it is set, which costs more than all questions of a page together; what is
drawn here is checked by tests instead, against plotly's own rules.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import plotly.graph_objects as go

Properties = dict[str, Any]


class Sheet:
    """Traces and layout; `figure()` makes them a plotly figure."""

    def __init__(self) -> None:
        self.data: list[Properties] = []
        self.layout: Properties = {"xaxis": {}, "yaxis": {}, "shapes": [], "annotations": []}

    def add_bar(self, **properties: object) -> None:
        """One trace of bars."""
        self.data.append({"type": "bar"} | {name: value for name, value in properties.items() if value is not None})

    def add_scatter(self, **properties: object) -> None:
        """One trace of dots, lines or texts."""
        self.data.append({"type": "scatter"} | {name: value for name, value in properties.items() if value is not None})

    def add_vline(self, x: float, line: Properties) -> None:
        """An upright line through the whole drawing."""
        place = {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "xref": "x", "yref": "y domain"}
        self.layout["shapes"].append(place | {"line": line})

    def add_annotation(self, **properties: object) -> None:
        """A text somewhere on the drawing."""
        self.layout["annotations"].append(properties)

    def update_xaxes(self, **properties: object) -> None:
        """The axis along the bottom."""
        self.layout["xaxis"] |= properties

    def update_yaxes(self, **properties: object) -> None:
        """The axis up the side."""
        self.layout["yaxis"] |= properties

    def update_layout(self, **properties: object) -> None:
        """Everything else of the layout."""
        self.layout |= properties

    @property
    def named(self) -> int:
        """How many traces the legend would list."""
        return sum(1 for trace in self.data if trace.get("name") and trace.get("showlegend") is not False)

    def figure(self) -> go.Figure:
        """The figure, taken as it is."""
        return _Finished({"data": self.data, "layout": self.layout}, _validate=False)


class _Finished(go.Figure):  # type: ignore[misc]  # plotly carries no types
    """A figure that does not change any more: what is sent of it is made once, however often it is shown."""

    def to_dict(self) -> Properties:
        """Its properties, arrays packed as the browser reads them."""
        return self._sent

    @cached_property
    def _sent(self) -> Properties:
        return dict(super().to_dict())
