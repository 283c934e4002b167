"""Targets of an uploaded list that differ from what was set before: what becomes of them is said before loading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.check import REFUSED
from data.ingest.remarks import Remark
from data.target_versions import NEEDED, NOTHING_SAID, OWNER, ListOf, Said, placed, said_before, with_more
from metrics.target import Span, crossed

if TYPE_CHECKING:
    from data.ingest.check import Checked
    from data.ingest.fileplan import FilePlan
    from data.store import Snapshot

_NAMES = 3


def against_what_holds(files: Sequence[FilePlan], seen: Snapshot | None) -> None:
    """Say of the targets of an import what becomes of those that say something else than what holds.

    `targets_anew`: they hold from now on, as the next version. `targets_decided`: a later decision goes on to hold.
    Rows whose days are only partly those of a target that was set before are refused, as they are by hand. What the
    files before one set was set before it, as if each were an import of its own.

    Args:
        files: of an import, checked; other lists say nothing. seen: the store, None where there is none yet.
    """
    lists = [file for file in files if _is_of_targets(file)]
    if not lists or (seen is None and len(lists) < 2):
        return
    said = said_before(seen.frame) if seen else NOTHING_SAID
    for file in lists:
        if file.checked is None or file.match is None:
            continue
        whose = ListOf(file.match.profile.origin, file.match.section)
        more = [] if said.targets.is_empty() else _without_crossing(file, file.checked, said)
        told = placed(file.checked.rows, said, whose)
        file.warnings += more + _becomes(told)
        said = with_more(said, told, whose)


def _is_of_targets(file: FilePlan) -> bool:
    return file.table == "targets" and file.checked is not None and {*file.checked.rows.columns} >= NEEDED


def _becomes(told: pl.DataFrame) -> list[Remark]:
    """Which rows decide anew, and over which a later decision holds."""
    other = told.filter(pl.col("value").cast(pl.Float64) != pl.col("held"))
    found = {
        "targets_anew": other.filter("is_next"),
        "targets_decided": other.filter(pl.col("version") < pl.col("held_version")),
    }
    return [
        Remark(code=code, params={"count": those.height, "names": _named(those)})
        for code, those in found.items()
        if those.height
    ]


def _without_crossing(file: FilePlan, checked: Checked, said: Said) -> list[Remark]:
    """Take out the rows that lie across what others have set of the same owner; what lies so already goes on to."""
    dates = ["starts_on", "ends_on"]
    both = pl.concat([checked.rows.select(dates), said.targets.select(dates)]).unique()
    if crossed(Span(*days) for days in both.iter_rows()) is None:  # as of most lists
        return []
    held: dict[tuple[object, ...], set[Span]] = {}
    for *owner, first, last in said.targets.select(OWNER).unique().iter_rows():
        held.setdefault(tuple(owner), set()).add(Span(first, last))
    names = {(scope, alias): name for scope, alias, name in said.names.iter_rows()}
    bad = []
    for row in checked.rows.iter_rows(named=True):
        scope, name = row.get("scope") or "company", row.get("scope_value")
        spans = held.get((row["measure"], scope, names.get((scope, name), name)), set())
        own = Span(row["starts_on"], row["ends_on"])
        bad.append(own not in spans and any(crossed((own, other)) for other in spans))
    if not any(bad):
        return []
    is_bad = pl.Series(bad, dtype=pl.Boolean)
    # The texts are let go by now (data/ingest/plan.py): what was read of them stands for the row.
    said_so = [name for name in (*OWNER, "value") if name in checked.rows.columns]
    listed = [
        (row["line"], ",".join(_written(row[name]) for name in said_so), ["target_crosses"],
         None, False)
        for row in checked.rows.filter(is_bad).iter_rows(named=True)
    ]  # fmt: skip
    refused = pl.concat([checked.refused, pl.DataFrame(listed, schema=REFUSED, orient="row")]).sort("line")
    file.checked = replace(checked, rows=checked.rows.filter(~is_bad), refused=refused)
    file.warnings = [one for one in file.warnings if one.code != "rows_refused"]
    return [Remark(code="rows_refused", params={"rows": file.refused})]


def _written(cell: object) -> str:
    return f"{cell:.15g}" if isinstance(cell, float) else "" if cell is None else str(cell)


def _named(rows: pl.DataFrame) -> str:
    """The first of them: whose, of what, for which days, and both numbers."""
    shown = [
        f"{row.get('scope_value') or row.get('scope') or 'company'} · {row['measure']}"
        f" {row['starts_on']}…{row['ends_on']}: {row['held']:,.15g} (v{row['held_version']}), {row['value']:,.15g}"
        for row in rows.head(_NAMES).iter_rows(named=True)
    ]
    return "; ".join(shown + ["…"] * (rows.height > _NAMES))
