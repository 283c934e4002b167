"""Measure the budgets: `python -m bench [--quick] [--only SUBJECT,…] [--write]`."""

from __future__ import annotations

import argparse
import importlib
import sys
import traceback

from bench import report
from bench.results import Measured, plain
from bench.stores import Scale

SUBJECTS = {
    "compile": "bench.compiling",
    "ask": "bench.asking",
    "pages": "bench.pages",
    "people": "bench.crowding",
    "import": "bench.importing",
    "startup": "bench.startup",
    "browser": "bench.settling",
    "fold": "bench.folding",
    "forecast": "bench.forecasting",
    "predict": "bench.predicting",
    "alarms": "bench.alarms",
    "review": "bench.reviewing",
}


def main(arguments: list[str]) -> int:
    """Measure, print the table, and write bench/README.md after a full run. 1 when something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the budgets of the design.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows; bench/README.md is left alone")
    parser.add_argument("--only", default="", help=f"some of: {', '.join(SUBJECTS)}")
    parser.add_argument("--write", action="store_true", help="put some subjects' rows into bench/README.md, too")
    options = parser.parse_args(arguments)
    chosen = [name for name in options.only.split(",") if name] or list(SUBJECTS)
    unknown = sorted(set(chosen) - set(SUBJECTS))
    if unknown:
        parser.error(f"no subject {', '.join(unknown)}; there are {', '.join(SUBJECTS)}")
    scale = Scale(is_quick=options.quick)
    rows: list[Measured] = []
    failures: dict[str, str] = {}
    for name in chosen:
        print(f"measuring {name} …", flush=True)
        try:
            rows += importlib.import_module(SUBJECTS[name]).measure(scale)
        except Exception as error:  # noqa: BLE001 - one subject that fails must not hide what the others measured
            traceback.print_exc()
            failures[name] = f"{type(error).__name__}: {error}".splitlines()[0]
    print(plain(rows))
    for name, why in failures.items():
        print(f"{name}: could not be measured: {why}", file=sys.stderr)
    if not options.quick and not options.only:
        report.write(rows, scale, failures)
    elif options.write and not options.quick:
        report.update(rows)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
