"""The named segments of customers, which are data (metrics/rfm.toml): every cell of R, F and M belongs to exactly one.

Five scores of each are in common use since A. M. Hughes (1994), Strategic Database Marketing, and so are names like
these; where uses differ, every cell is settled here once: a file that leaves one out or names it twice is refused.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from metrics.catalog import Text
from metrics.errors import SalesError

SCORES = range(1, 6)
Cell = tuple[int, int, int]
EVERY: tuple[Cell, ...] = tuple((r, f, m) for r in SCORES for f in SCORES for m in SCORES)
Place = Literal["best", "rising", "slipping", "away"]


class SegmentsInvalid(SalesError):
    """The file of segments cannot be used. Params: `problem`."""


class Segment(BaseModel):
    """One named segment. `cells`: the (R, F, M) that belong to it; `place`: how good it is to be there."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str = Field(pattern=r"^[a-z_]+$")
    place: Place
    cells: frozenset[Cell]
    label: Text
    meaning: Text
    advice: Text


@cache
def named() -> dict[str, Segment]:
    """The segments by id, best first.

    Raises:
        SegmentsInvalid: the file cannot be used.
    """
    return read(Path(__file__).with_name("rfm.toml").read_text("utf-8"))


def read(text: str) -> dict[str, Segment]:
    """The segments that a file says.

    Raises:
        SegmentsInvalid: it is no such file, a score is none of 1 to 5, or a cell belongs to no segment or to two.
    """
    try:
        told: dict[str, dict[str, Any]] = tomllib.loads(text)["segments"]
        found = {
            name: Segment.model_validate({**fields, "id": name, "cells": _cells(fields["cells"])})
            for name, fields in told.items()
        }
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, ValidationError) as error:
        raise SegmentsInvalid(problem=str(error).splitlines()[0]) from error
    held: dict[Cell, str] = {}
    for segment in found.values():
        for cell in sorted(segment.cells):
            if cell in held:
                raise SegmentsInvalid(problem=f"R{cell[0]} F{cell[1]} M{cell[2]}: {held[cell]}, {segment.id}")
            held[cell] = segment.id
    for cell in EVERY:
        if cell not in held:
            raise SegmentsInvalid(problem=f"R{cell[0]} F{cell[1]} M{cell[2]}: —")
    return found


def _cells(boxes: list[Mapping[str, str]]) -> frozenset[Cell]:
    """The cells of boxes, none of which may overlap."""
    listed = [
        (r, f, m) for box in boxes for r in _scores(box["r"]) for f in _scores(box["f"]) for m in _scores(box["m"])
    ]
    if len(set(listed)) < len(listed):
        msg = f"{boxes}: a cell is named twice"
        raise ValueError(msg)
    return frozenset(listed)


def _scores(told: str) -> range:
    """The scores of "3" or "4-5"."""
    first, _, last = told.partition("-")
    found = range(int(first), int(last or first) + 1)
    if not found or found[0] not in SCORES or found[-1] not in SCORES:
        msg = f"{told}: a score is 1 to 5"
        raise ValueError(msg)
    return found


@cache
def bound() -> dict[str, object]:
    """The segments as texts that SQL can look a cell up in, so that the file is what the statement says.

    `cells`: two digits for each cell, in the order of 25 · (R − 1) + 5 · (F − 1) + M; `names` and `places`: of the
    segment of that number, `width` letters each.
    """
    places = {cell: place for place, one in enumerate(named().values(), start=1) for cell in one.cells}
    width = max(map(len, named()))
    return {
        "cells": "".join(f"{places[cell]:02}" for cell in EVERY),
        "names": "".join(f"{name:<{width}}" for name in named()),
        "places": "".join(f"{one.place:<{width}}" for one in named().values()),
        "width": width,
    }
