"""A figure being drawn, as plain dictionaries.

Plotly checks every property of a figure as it is set, which costs more than all questions of a page together; what is
drawn here is checked by tests instead, against plotly's own rules.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import Any, Self

import plotly.graph_objects as go
import plotly.io as pio
from plotly.basedatatypes import convert_to_base64

from ui.margins import fitted

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
        return _Finished({"data": self.data, "layout": self.layout})


class _Finished(go.Figure):  # type: ignore[misc]  # plotly carries no types
    """A figure that does not change any more once it is sent: what is sent is made once, however often it is shown.

    A browser needs its properties, not plotly's objects around each of them: those are made when somebody looks at them
    or changes them before.
    """

    def __init__(self, properties: Properties) -> None:
        self._given = properties
        self._is_whole = False

    def __getattr__(self, name: str) -> object:
        """Whatever of a figure is not there yet, such as its traces."""
        if name in ("_given", "_is_whole") or self._is_whole:
            raise AttributeError(name)
        self._is_whole = True
        self.__dict__.pop("_sent", None)  # it may be changed from here on
        super().__init__(self._given, _validate=False)
        return getattr(self, name)

    def update_layout(self, dict1: Properties | None = None, overwrite: bool = False, **told: object) -> Self:
        """Say more of the layout; what stands in it already and is not named stays, inside of each property too."""
        if self._is_whole or dict1 is not None or overwrite or any("_" in name for name in told):
            changed: Self = super().update_layout(dict1, overwrite, **told)
            return changed
        self.__dict__.pop("_sent", None)
        self._given = self._given | {"layout": _laid_over(self._given["layout"], told)}
        return self

    def to_dict(self) -> Properties:
        """Its properties, arrays packed as the browser reads them."""
        return dict(self._sent)

    @cached_property
    def _sent(self) -> Properties:
        if self._is_whole:
            whole: Properties = dict(super().to_dict())
            return whole | {"layout": fitted(whole["layout"])}
        packed: Properties = {name: _copied(self._given[name]) for name in ("data", "layout")}
        convert_to_base64(packed)
        if "template" not in packed["layout"]:
            packed["layout"]["template"] = _template(pio.templates.default)
        packed["layout"] = fitted(packed["layout"])  # here, when nobody changes the margins any more
        return packed


def _laid_over(under: Properties, over: Properties) -> Properties:
    """Properties with others over them, each inside of its own."""
    both = {
        name: _laid_over(under[name], value) if isinstance(value, dict) and isinstance(under.get(name), dict) else value
        for name, value in over.items()
    }
    return under | both


def _copied(properties: object) -> object:
    """The same in new containers, for arrays to be replaced in; arrays themselves are not copied."""
    if isinstance(properties, dict):
        return {name: _copied(value) for name, value in properties.items()}
    if isinstance(properties, (list, tuple)):
        return type(properties)(map(_copied, properties))
    return properties


@cache
def _template(name: str) -> Properties:
    """How a figure looks where it does not say itself: Streamlit's, the same for all."""
    return dict(pio.templates[name].to_plotly_json())
