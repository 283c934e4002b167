"""Targets that cannot be: of no known measure, ending before they begin, across another, below 0, a rate over 1."""

from __future__ import annotations

import polars as pl

from data.ingest.goal_names import measure_of
from data.ingest.parse import Parsed
from metrics.catalog import catalog
from metrics.errors import nearest
from metrics.target import Span, crossed


def name_measures(parsed: Parsed) -> None:
    """Measures that are called by their names (`赢单金额`, `Won amount`) become those of the names."""
    if "measure" not in parsed.columns:
        return
    said = parsed.columns["measure"].drop_nulls().unique().to_list()
    meant = {
        name: found for name in said if name not in catalog().measures and (found := measure_of(f"{name}目标", {}))
    }
    if meant:
        parsed.columns["measure"] = parsed.columns["measure"].replace(meant)


def bad_goals(frame: pl.DataFrame) -> dict[str, pl.Series]:
    """The reasons for which rows are no targets; what is blank is told elsewhere.

    Args:
        frame: rows of targets, with the fields that the file carried.
    """
    has = set(frame.columns)
    rules: dict[str, pl.Series] = {}
    if {"starts_on", "ends_on"} <= has:
        rules["target_ends_early"] = (frame["ends_on"] < frame["starts_on"]).fill_null(value=False)
    if "value" in has:
        rules["target_negative"] = (frame["value"] < 0).fill_null(value=False)
    if "measure" in has:
        rules |= _unknown(frame["measure"])
    if {"measure", "value"} <= has:
        shares = [of.id for of in catalog().measures.values() if of.unit == "share"]
        rules["target_over_one"] = (frame["measure"].is_in(shares) & (frame["value"] > 1)).fill_null(value=False)
    if {"measure", *_SPAN} <= has:
        rules["target_crosses"] = _crossing(frame)
    return rules


_OWNER, _SPAN = ("measure", "scope", "scope_value"), ("starts_on", "ends_on")


def _crossing(frame: pl.DataFrame) -> pl.Series:
    """Rows whose days are also partly those of an earlier target of the same owner; most lists have none at all."""
    none = pl.repeat(value=False, n=frame.height, dtype=pl.Boolean, eager=True)
    owner = [name for name in _OWNER if name in frame.columns]
    dated = frame.select(*owner, *_SPAN).with_row_index("row").filter(pl.col("starts_on") <= pl.col("ends_on"))
    if crossed(Span(*days) for days in dated.select(_SPAN).unique().iter_rows()) is None:
        return none
    bad: list[int] = []
    for _, own in dated.group_by(owner):
        kept: set[Span] = set()
        for row, first, last in (
            own.sort("starts_on", "ends_on", descending=[False, True]).select("row", *_SPAN).iter_rows()
        ):
            if crossed({*kept, Span(first, last)}) is None:
                kept.add(Span(first, last))
            else:
                bad.append(row)
    return pl.int_range(frame.height, eager=True).is_in(bad)


def _unknown(measures: pl.Series) -> dict[str, pl.Series]:
    """Rows of measures that nobody can work out, by what they say and what was probably meant."""
    aimed = [of.id for of in catalog().measures.values() if of.goal_of is None]
    found: dict[str, pl.Series] = {}
    for name in measures.drop_nulls().unique(maintain_order=True).to_list():
        if name in aimed:
            continue
        said, near = str(name).replace(":", " "), nearest(str(name), aimed)
        code = f"measure_unknown_near:{said}:{near}" if near else f"measure_unknown:{said}"
        found[code] = (measures == name).fill_null(value=False)
    return found
