"""From a question to a statement with its values bound: what the layer itself costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from bench.results import Measured
from bench.stores import Scale
from bench.timing import median
from metrics.cuts import breakdown, breakdowns, pivot, total, trend
from metrics.query import Query
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer

_MS = 1000
_SAY = "compile + bind"
_SIX = ("rep", "team", "region", "product", "source", "tier")


def measure(scale: Scale) -> Iterator[Measured]:  # noqa: ARG001 - no rows are read
    """Compile and bind typical questions, each time for a view that was not asked before."""
    team = Viewer(
        email="lead@compass.example", name="Lead", scope="teams", teams=("East China Team",), rep_keys=tuple(range(12))
    )
    questions = {
        "one number": lambda view: total("won_amount", view),
        "four numbers with comparison": lambda view: total(("won_amount", "won_deals", "win_rate", "cycle_days"), view),
        "trend by month": lambda view: trend("won_amount", "month", view),
        "breakdown by rep": lambda view: breakdown("win_rate", "rep", view),
        "six breakdowns in one": lambda view: breakdowns("won_amount", _SIX, view),
        "pivot team × month": lambda view: pivot("won_amount", ("team", "month"), view),
    }  # fmt: skip
    for name, ask in questions.items():
        for who, viewer in (("", EVERYTHING), (", one team", team)):
            taken = _typical(ask, viewer)
            yield Measured("compile", f"{_SAY}: {name}{who}", taken * _MS, "ms", budget=1.0)


def _typical(ask: Callable[[View], Query], viewer: Viewer) -> float:
    """Median seconds of compiling the question for a hundred different views, after one that warms the caches."""
    views = [
        View(
            from_on=date(2025, 1, 1),
            to_on=date(2025, 3, 1 + number % 28),
            compare="last_year",
            filters=(("source", (f"channel {number} of {viewer.email}",)),),
            as_of=date(2026, 6, 17),
        )
        for number in range(101)
    ]
    bind(ask(views.pop()), viewer)
    return median(lambda: bind(ask(views.pop()), viewer), times=100)


def bind(query: Query, viewer: Viewer) -> None:
    """Bind every statement of a question."""
    for part in query.parts:
        part.bound(viewer)
