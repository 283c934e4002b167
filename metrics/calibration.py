"""Whether chances come true: of the deals that were given 60 %, were 60 % won?

Looked at again on days of the past: a deal open on such a day gets the chance known then (metrics/chances.py,
from days so long before that their outcome was known), and is held against what became of it. Beside it, as far as the
stages have them, the CRM's own probabilities.

Sources: G. W. Brier (1950), Monthly Weather Review 78:1–3; its parts, reliability − resolution + uncertainty: A. H.
Murphy (1973), Journal of Applied Meteorology 12:595–600.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from metrics.chances import table, with_chances
from metrics.errors import NoSuchColumn
from metrics.intervals import wilson
from metrics.landing import LEAST_DAYS, by_what_is_known, history, in_step, with_crm
from metrics.notes import Note, note
from metrics.query import Column, Query, Step, used
from metrics.view import View

HORIZON = 180
"""Days in which a deal is won or counts as not won: nearly all are decided by then."""
LEAST = 30
"""Deals looked at again without which nothing is said."""
_NUMBERS = ("told", "came", "low", "high")


def calibration(view: View, horizon: int = HORIZON) -> Query:
    """Chances in steps of ten per cent beside what came.

    One row per source (`history`, `crm`) and step: `told` (the mean chance given), `came` (the share won within the
    horizon) with `low` and `high` (Wilson), `deals` (times that one was looked at), and in every row of a source its
    `brier` (0 is certainty, 0.25 a coin).

    Args:
        view: its day, and the viewer's scope; filters choose deals of other questions, not odds.
        horizon: in days.
    """
    columns = (
        Column("source", "by"),
        *(Column(name, "value", unit="share") for name in _NUMBERS),
        Column("deals", "value", unit="count"),
        Column("brier", "value", unit="number"),
    )
    visits, ages, known, said = history(view.as_of, horizon, firsts=True)
    return replace(
        ages,
        columns=columns,
        finish="calibration",
        others=(visits, known, said),
        notes=(note("calibration_of_all"),) if view.filters else (),
    )


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Both sources by steps of the chance they gave."""
    ages, visits, known, said = frames
    deals, ages = int(ages.get_column("firsts").sum()), ages.drop("firsts")
    since, day = known.item(0, "first_closed_on"), dict(query.others[1].params)["day"]
    past, _ = by_what_is_known(visits, ages, None)
    past = past.filter(pl.col("at_day") >= since) if since and _is_long(since, day) else past.clear()
    horizon = int(str(dict(query.params)["horizon"]))
    told = _told_then(past, horizon)
    by_crm = with_crm(told, said).with_columns(chance="crm_chance")
    looks = int(ages.get_column("deals").sum())
    each = deals / max(looks, 1)
    found = [steps("history", told, each)]
    if int(told.get_column("deals").sum() or 0) * each < LEAST:
        notes.append(note("calibration_short", least=LEAST))
        return found[0].clear()
    notes.append(note("calibration_repeats", count=deals, looks=looks))
    if by_crm.get_column("chance").null_count() == 0:
        found.append(steps("crm", by_crm, each))
    return pl.concat(found)


def _is_long(since: date, day: object) -> bool:
    """Whether closings are known for as long as a forecast needs."""
    return isinstance(day, date) and (day - since).days >= LEAST_DAYS


def _told_then(past: pl.DataFrame, horizon: int) -> pl.DataFrame:
    """What stood on each day with the chance known then: from days whose outcomes were out by that day."""
    parts = []
    for (day,), now in past.group_by(["at_day"], maintain_order=True):
        before = past.filter(pl.col("at_day") <= day - timedelta(days=horizon))
        if before.height:
            parts.append(with_chances(now, table(before)))
    empty = past.with_columns(chance=pl.lit(None, pl.Float64)).clear()
    return pl.concat([empty, *parts]).filter(pl.col("chance").is_not_null())


def steps(source: str, told: pl.DataFrame, each: float = 1.0) -> pl.DataFrame:
    """source, told, came, low, high, deals, brier, cells: one row per tenth of the chance given.

    `cells` names, as JSON, the [day, pipeline, stage, days from which on] whose deals were given such a chance: what
    leads to them (`rows`); null where `told` does not say them.

    Args:
        source: whose chances. told: rows of `deals` of which `won` were won, all given one `chance`.
        each: what one look counts in the interval: a deal looked at again on several days is one witness, not several.
    """
    weight, won, chance = pl.col("deals"), pl.col("won"), pl.col("chance")
    off = won * (1 - chance) ** 2 + (weight - won) * chance**2
    brier = told.select(off.sum() / weight.sum()).item() if told.height else None
    low, high = wilson(won * each, weight * each)
    cell = pl.struct(_CELL) if set(_CELL) <= set(told.columns) else pl.lit(None)
    return (
        told.with_columns(step=(chance * 10).floor().clip(0, 9))
        .group_by("step")
        .agg(told=(chance * weight).sum() / weight.sum(), won=won.sum(), deals=weight.sum(), cells=cell)
        .sort("step")
        .select(
            "told", came=won / weight, low=low, high=high, deals=weight.cast(pl.Int64), source=pl.lit(source),
            brier=pl.lit(brier, pl.Float64), cells=pl.col("cells").map_elements(_written, pl.String),
        )
        .select("source", "told", "came", "low", "high", "deals", "brier", "cells")
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------- rows

_Cell = tuple[date, str | None, str | None, int | None]
_CELL = ("at_day", "pipeline", "stage", "days")
_MOST, _LONGEST = 5_000, 500_000
"""Cells of a step, and the letters they are written with: more than any company's pipelines have."""
_LOOK = (
    "{looked}.at_day, {looked}.deal_id, {looked}.pipeline, {stage} as stage, {looked}.days, {looked}.closed_on, "
    "{looked}.is_won"
)
_LISTED = """
select deals.deal, population.*
from population
left join deals on deals.deal_id = population.deal_id
order by population.at_day desc, population.deal_id
"""


def _written(cells: pl.Series) -> str:
    told = sorted(([str(cell["at_day"]), *(cell[name] for name in _CELL[1:])] for cell in cells), key=str)
    return json.dumps(told, ensure_ascii=False)


def rows(query: Query, at: Mapping[str, object]) -> Query:
    """The looks behind a step: each deal on each day of the past that it was given such a chance.

    Args:
        query: a calibration. at: `cells`, as in its row; without them every look at a known stage.

    Raises:
        NoSuchColumn: the cells cannot be read.
    """
    visits = query.others[0]
    cells = _read(at.get("cells"))
    of_stages = cells is None or any(stage is not None for _, _, stage, _ in cells)
    of_ages = cells is not None and any(stage is None for _, _, stage, _ in cells)
    values: dict[str, object] = {}
    looks = []
    for looked, is_staged, is_there in (("staged_looks", True, of_stages), ("aged_looks", False, of_ages)):
        if is_there:
            columns = _LOOK.format(looked=looked, stage=f"{looked}.stage" if is_staged else "cast(null as varchar)")
            here = None if cells is None else [cell for cell in cells if (cell[2] is not None) is is_staged]
            looks.append(f"select {columns} from {looked}{_where(looked, here, values)}")
    steps = (
        *dict.fromkeys((*visits.steps[:-1], *query.steps[:-1])), Step("staged_looks", visits.steps[-1].sql),
        Step("aged_looks", query.steps[-1].sql), Step("population", " union all ".join(looks)),
    )  # fmt: skip
    sql, bound = " ".join([*(step.sql for step in steps), _LISTED]), {**dict(query.params), **dict(visits.params)}
    return replace(
        query, steps=steps, answer=_LISTED.strip(), params=used(sql, bound | values), columns=(), finish="plain",
        tables=tuple(dict.fromkeys((*query.tables, *visits.tables))), others=(), notes=(),
    )  # fmt: skip


def _read(told: object) -> list[_Cell] | None:
    """Cells as they were written; they come back by way of a browser."""
    if told is None:
        return None
    try:
        found = [_cell(*one) for one in json.loads(str(told)[:_LONGEST])]
        if not found or len(found) > _MOST:
            raise ValueError(len(found))
    except (TypeError, ValueError, RecursionError) as error:
        raise NoSuchColumn(name="cells", suggestion=None) from error
    return found


def _cell(day: str, pipeline: object, stage: object, days: object) -> _Cell:
    """One cell, of the types it was written with."""
    if days is not None and type(days) is not int:
        raise TypeError(days)
    return date.fromisoformat(day), _named(pipeline), _named(stage), days


def _named(told: object) -> str | None:
    """A name as a store can hold it."""
    if told is None:
        return None
    if not isinstance(told, str):
        raise TypeError(told)
    return told.encode().decode()


def _where(looked: str, cells: Sequence[_Cell] | None, values: dict[str, object]) -> str:
    """The condition of being in one of these cells; its values are put among `values`."""
    if cells is None:
        return ""
    found = []
    for cell in cells:
        terms = []
        for name, value in zip(_CELL, cell, strict=True):
            column = in_step(f"{looked}.days") if name == "days" else f"{looked}.{name}"
            if value is None:
                terms += [] if name == "stage" else [f"{column} is null"]
                continue
            bound = f"cell_{len(values) + 1}"
            values[bound] = value
            terms.append(f"{column} = ${bound}")
        found.append(f"({' and '.join(terms)})")
    return f" where {' or '.join(found)}"
