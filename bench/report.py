"""`bench/README.md`: what was measured, when, and on what kind of machine."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import takewhile
from pathlib import Path

from bench.results import Measured, markdown
from bench.stores import WEEKS, Scale

README = Path(__file__).with_name("README.md")
_VERDICT = r"\d+ of \d+ limits held"
_PACKAGES = ("duckdb", "polars", "streamlit", "plotly", "pydantic", "pyarrow")


def write(rows: list[Measured], scale: Scale, failures: dict[str, str]) -> None:
    """Write the page; only a full run is worth keeping."""
    README.write_text(_page(rows, scale, failures), encoding="utf-8")


def update(rows: list[Measured]) -> None:
    """Put the rows of some subjects into the page, in the place of what it said of them, and count what held anew."""
    page = README.read_text(encoding="utf-8").splitlines()
    head, line, *made = markdown(rows).splitlines()
    subjects = tuple(f"| {row.subject} |" for row in rows)
    at = page.index(line) + 1
    table = list(takewhile(lambda told: told.startswith("|"), page[at:]))
    kept = [told for told in table if not told.startswith(subjects)]
    whole = "\n".join([*page[: at - 2], head, line, *kept, *made, *page[at + len(table) :], ""])
    held, missed = (sum(told.endswith(f"| {word} |") for told in [*kept, *made]) for word in ("held", "MISSED"))
    README.write_text(re.sub(_VERDICT, f"{held} of {held + missed} limits held", whole, count=1), encoding="utf-8")


def _page(rows: list[Measured], scale: Scale, failures: dict[str, str]) -> str:
    missed = [row for row in rows if row.holds is False]
    judged = [row for row in rows if row.holds is not None]
    verdict = f"{len(judged) - len(missed)} of {len(judged)} limits held"
    broken = "".join(f"\n- **{subject}** could not be measured: {why}" for subject, why in failures.items())
    return f"""# What it costs

Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}; do not edit. {verdict}.{broken}

{_machine()}

The large store is the demo company of {scale.deals:,} deals: {WEEKS} weekly full exports, {scale.lines} order lines,
and everything that belongs to them. Times are medians of several runs, except where one run takes seconds. What stands
"beside" was run in turns with ours, in the same process or on the same machine, so that a busy machine slows both.

{markdown(rows)}

How each is measured: `bench/<subject>.py`. `python -m bench --quick` runs everything on a tenth of the rows, prints the
table and leaves this page alone; `--only ask,fold` runs some subjects, and with `--write` puts their rows here.
"""


def _machine() -> str:
    """Facts that matter for speed, none that tell whose machine it is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"Machine: {os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB memory, {platform.system()}, "
        f"load average {load:.1f} at the end. Python {platform.python_version()}; {packages}."
    )
