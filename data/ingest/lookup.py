"""What another file of the same import knows: the day of an order line is in the list of orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from data.ingest.profile import Lookup
from data.ingest.remarks import Remark

if TYPE_CHECKING:
    from data.ingest.plan import FilePlan


def look_up(planned: FilePlan, files: list[FilePlan]) -> list[Remark]:
    """Fill the fields that a file's section looks up in another file; what it has itself stays.

    Returns:
        What is said: that the other file is not among them, or how many rows found nothing there.
    """
    said: list[Remark] = []
    if planned.match is None or planned.parsed is None:
        return said
    for lookup in planned.match.spec.lookup:
        other = next((file for file in files if _is_section(file, planned, lookup)), None)
        known = _columns(other) if other else {}
        wanted = {**lookup.take, **lookup.add}
        if (lookup.their or lookup.by) not in known or lookup.by not in planned.parsed.columns:
            table = planned.match.profile.table_of(lookup.section)
            params: dict[str, str | int] = {"table": table, "fields": ", ".join(wanted)}
            said.append(Remark(code="lookup_absent", params=params))
            continue
        found = _found(planned.parsed.columns[lookup.by], known, lookup)
        for ours in wanted:
            if ours in found.columns and ours not in planned.parsed.columns:
                planned.parsed.columns[ours] = found[ours].alias(ours)
                planned.parsed.formats[ours] = f"← {other.file if other else ''}"
        if absent := int(found["is_absent"].sum()):
            said.append(Remark(code="lookup_missed", params={"rows": absent, "file": other.file if other else ""}))
    return said


def _is_section(file: FilePlan, planned: FilePlan, lookup: Lookup) -> bool:
    mine = planned.match.profile.origin if planned.match else None
    return file.match is not None and file.match.profile.origin == mine and file.match.section == lookup.section


def _columns(file: FilePlan) -> dict[str, pl.Series]:
    """The typed columns of a file, before or after it was checked."""
    if file.checked is not None:
        return {name: file.checked.rows[name] for name in file.checked.rows.columns}
    return dict(file.parsed.columns) if file.parsed else {}


def _found(keys: pl.Series, known: dict[str, pl.Series], lookup: Lookup) -> pl.DataFrame:
    """One row per key: what the other file says of it."""
    their = lookup.their or lookup.by
    columns = {ours: theirs for ours, theirs in {**lookup.take, **lookup.add}.items() if theirs in known}
    frame = pl.DataFrame([known[their].alias("#key"), *(known[theirs].alias(ours) for ours, theirs in columns.items())])
    gathered = frame.group_by("#key").agg(
        *(pl.col(ours).last() for ours in lookup.take if ours in columns),
        *(pl.col(ours).sum() for ours in lookup.add if ours in columns),
    )
    joined = (
        keys.alias("#key")
        .to_frame()
        .join(gathered.with_columns(pl.lit(value=True).alias("#met")), on="#key", how="left", maintain_order="left")
    )
    return joined.with_columns((pl.col("#met").is_null() & pl.col("#key").is_not_null()).alias("is_absent"))
