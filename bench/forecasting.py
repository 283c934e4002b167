"""Whether forecasts are right: chances and landings of the past beside what came, own history beside the CRM's word."""

from __future__ import annotations

from collections.abc import Iterator

from bench.results import Measured
from bench.stores import FOLDER, Scale, remove
from data.demo import AS_OF, build
from data.store import open_store
from metrics.backtest import backtest, errors
from metrics.calibration import calibration
from metrics.view import View
from metrics.viewer import EVERYTHING

_DEALS = 20_000
_PERIODS = {"quarter": 4, "month": 12}


def measure(scale: Scale) -> Iterator[Measured]:  # noqa: ARG001 - forecasts are judged at one size
    """Brier scores, mean errors and how often the range held, on the demo company with and without its stories."""
    for stories in (True, False):
        name = "demo" if stories else "demo without stories"
        path = FOLDER / f"forecast-{stories}.duckdb"
        FOLDER.mkdir(exist_ok=True)
        remove(path)
        build(path, deals=_DEALS, stories=stories)
        store = open_store(path)
        with store.snapshot() as seen:
            view = View(as_of=AS_OF)
            found = seen.ask(calibration(view), EVERYTHING).frame
            brier = dict(found.select("source", "brier").unique().iter_rows())
            yield Measured(
                "forecast", f"1,000 × Brier score of chances, {name}", 1000 * brier["history"], "",
                beside="the CRM's own", ratio=brier["history"] / brier["crm"], most=1.0,
            )  # fmt: skip
            for grain, ends in _PERIODS.items():
                told = seen.ask(backtest(view, grain, ends), EVERYTHING).frame
                off, inside = errors(told), told["is_inside"].mean()
                yield Measured(
                    "forecast", f"landing of {ends} {grain}s off by, {name}", 100 * off["landing"], "%",
                    beside="the run rate", ratio=off["landing"] / off["run_rate"], most=1.0,
                )  # fmt: skip
                yield Measured("forecast", f"{grain}s within the 80 % range, {name}", 100 * float(inside or 0), "%")
        store.close()
        remove(path)
