"""Targets of an uploaded list that differ from what was set before: what becomes of them is said before loading."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.check import REFUSED
from data.ingest.remarks import Remark
from data.ingest.texttable import LINE
from data.target_versions import NEEDED, OWNER, ListOf, Said, placed, said_before
from metrics.target import Span, crossed

if TYPE_CHECKING:
    from data.ingest.check import Checked
    from data.ingest.fileplan import FilePlan
    from data.store import Snapshot

_NAMES = 3


def against_what_holds(file: FilePlan, seen: Snapshot) -> list[Remark]:
    """What becomes of targets that say something else than what holds.

    `targets_anew`: they hold from now on, as the next version. `targets_decided`: a later decision goes on to hold.
    Rows whose days are only partly those of a target that was set before are refused, as they are by hand.

    Args:
        file: of an import, checked; another list says nothing. seen: the store.
    """
    if file.table != "targets" or file.checked is None or file.match is None:
        return []
    said = said_before(seen.frame)
    if not {*file.checked.rows.columns} >= NEEDED or said.targets.is_empty():
        return []
    more = _without_crossing(file, file.checked, said)
    rows = file.checked.rows
    told = placed(rows, said, ListOf(file.match.profile.origin, file.match.section))
    other = told.filter(pl.col("value").cast(pl.Float64) != pl.col("held"))
    found = {
        "targets_anew": other.filter("is_next"),
        "targets_decided": other.filter(pl.col("version") < pl.col("held_version")),
    }
    return more + [
        Remark(code=code, params={"count": those.height, "names": _named(those)})
        for code, those in found.items()
        if those.height
    ]


def _without_crossing(file: FilePlan, checked: Checked, said: Said) -> list[Remark]:
    """Take out the rows that lie across what others have set of the same owner; what lies so already goes on to."""
    if file.mapped is None:
        return []
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
        if own not in spans and any(crossed((own, other)) for other in spans):
            bad.append(row["line"])
    if not bad:
        return []
    table, is_bad = file.mapped.table, pl.col("line").is_in(bad)
    places = {line: place for place, line in enumerate(table.frame[LINE])}
    listed = [(line, table.original(places[line]), ["target_crosses"], None, False) for line in bad]
    refused = pl.concat([checked.refused, pl.DataFrame(listed, schema=REFUSED, orient="row")]).sort("line")
    file.checked = replace(checked, rows=checked.rows.filter(~is_bad), refused=refused)
    file.warnings = [one for one in file.warnings if one.code != "rows_refused"]
    return [Remark(code="rows_refused", params={"rows": file.refused})]


def _named(rows: pl.DataFrame) -> str:
    """The first of them: whose, of what, for which days, and both numbers."""
    shown = [
        f"{row.get('scope_value') or row.get('scope') or 'company'} · {row['measure']}"
        f" {row['starts_on']}…{row['ends_on']}: {row['held']:,.15g} (v{row['held_version']}), {row['value']:,.15g}"
        for row in rows.head(_NAMES).iter_rows(named=True)
    ]
    return "; ".join(shown + ["…"] * (rows.height > _NAMES))
