"""An answer cut by two dimensions as a cross table: the first down the side, the second across the top."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from metrics.query import Result
from ui import answers
from ui.answers import Series
from ui.look import Look

MOST_COLUMNS = 60
"""More columns than this nobody reads; time keeps the latest, values the largest."""


@dataclass(frozen=True)
class Crossed:
    """A cross table and the way back from a cell to the values it stands for."""

    frame: pl.DataFrame
    units: dict[str, str]
    down: str
    across: str
    side: list[object]
    top: dict[str, object]

    def at(self, row: int, column: str) -> dict[str, object] | None:
        """The values behind a cell; the side's own column stands for its whole row and has no single cell."""
        if column not in self.top or row >= len(self.side):
            return None
        return {self.down: self.side[row], self.across: self.top[column]}


def crossed(result: Result, part: Series, look: Look) -> Crossed:
    """The cross table of one measure. A combination that no row has is empty, not 0."""
    bys = answers.cut_by(result)
    grain = answers.grain_of(result)
    across = grain or bys[1]
    down = next(by for by in bys if by != across)
    top = _across(result.frame, across, part, is_time=grain is not None)
    side = _side(result.frame, down, part)
    cells = {
        (row[down], row[across]): row[part.value]
        for row in result.frame.select(down, across, part.value).iter_rows(named=True)
    }
    names = _names(top, across, look)
    columns: dict[str, list[object]] = {
        down: [answers.label(value, down, look.lang, look.fiscal_start) for value in side]
    }
    for name, value in names.items():
        columns[name] = [_float(cells.get((row, value))) for row in side]
    schema = {down: pl.String} | dict.fromkeys(names, pl.Float64)
    return Crossed(
        pl.DataFrame(columns, schema=schema), dict.fromkeys(names, part.unit), down, across, side, dict(names)
    )


def _side(frame: pl.DataFrame, down: str, part: Series) -> list[object]:
    """The values down the side: the largest first where the cells of a row add up to something."""
    if part.measure.additive != "all":
        return frame.get_column(down).unique(maintain_order=True).to_list()
    size = pl.col(part.value).cast(pl.Float64).sum()
    sized = frame.group_by(down, maintain_order=True).agg(size.alias("size"))
    return sized.sort("size", descending=True, maintain_order=True).get_column(down).to_list()


def _across(frame: pl.DataFrame, across: str, part: Series, *, is_time: bool) -> list[object]:
    if is_time:
        return sorted(frame.get_column(across).drop_nulls().unique().to_list())[-MOST_COLUMNS:]
    size = pl.col(part.value).cast(pl.Float64).abs().sum()
    largest = frame.group_by(across, maintain_order=True).agg(size.alias("size")).sort("size", descending=True)
    return largest.get_column(across).head(MOST_COLUMNS).to_list()


def _names(values: list[object], by: str, look: Look) -> dict[str, object]:
    """Headings by value; two values that read alike stay apart."""
    names: dict[str, object] = {}
    for value in values:
        name = answers.label(value, by, look.lang, look.fiscal_start)
        while name in names:
            name += " "
        names[name] = value
    return names


def _float(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]
