"""What a person says about an import."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from data.ingest.errors import MapInvalid, StageInvalid
from data.ingest.keys import from_text
from data.ingest.words import STATUSES


class Options(BaseModel):
    """What a person says about an import; everything may be left unsaid."""

    model_config = ConfigDict(frozen=True)

    table: str | None = None
    profile: str | None = None
    as_of: date | None = None
    is_full: bool | None = None
    sheet: str | None = None
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    decimal: Literal["point", "comma"] | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: str | None = None
    """The names of the columns with commas between, for a file in which no row names them."""
    months: str | None = None
    """What columns that are months become: `rows`, `columns`, or the year of the first one."""
    columns: dict[str, str] = {}
    """Their column -> our field; an empty field leaves the column out (it is kept as extra)."""
    stages: dict[str, str] = {}
    """Their stage -> open, won or lost; `*` stands for every stage that no profile knows, the empty text for blanks."""
    keys: tuple[tuple[str, ...], ...] = ()
    """Their columns that tell rows apart; of several the last one whose columns a file has all."""
    repeats: Literal["drop", "keep"] | None = None
    """Exact repeats of rows without an id: count once, or each."""
    missing_amounts: Literal["keep", "blank"] | None = None
    """What 0 and -1 are as the amount of an open deal: that amount, or none."""
    without_rates: bool = False
    """Load amounts that no rate brings into the reporting currency; they are in no total."""
    dimensions: tuple[str, ...] = ()
    """Their columns without a field of ours that become dimensions."""
    orders: Literal["lines", "both"] | None = None
    """Where one file has an order in each row and another one its lines: only the lines, or both."""
    accept_keys: bool = False
    """Load although few rows of the last upload are found again."""
    who: str | None = None
    today: date | None = None
    """The day of the import; only tests set it."""

    @property
    def reading(self) -> dict[str, Any]:
        """What was said about reading the file: kept with the upload, to read its original again as it was read."""
        told = {"encoding", "delimiter", "header", "sheet", "months"}
        return self.model_dump(include=told, exclude_none=True)


def read_maps(given: Iterable[str]) -> dict[str, str]:
    """`THEIRS=OURS` texts as a dictionary. The last `=` divides, their names may hold others.

    Raises:
        MapInvalid: one has no `=`.
    """
    maps = {}
    for text in given:
        theirs, sign, ours = text.rpartition("=")
        if not sign or not theirs.strip():
            raise MapInvalid(given=text)
        maps[theirs.strip()] = ours.strip()
    return maps


def read_stages(given: Iterable[str]) -> dict[str, str]:
    """`THEIRS=open` texts as a dictionary; `=open` speaks of deals whose stage is blank.

    Raises:
        StageInvalid: one does not say open, won or lost.
    """
    stages = {}
    for text in given:
        theirs, sign, ours = text.rpartition("=")
        if not sign or ours.strip().lower() not in STATUSES:
            raise StageInvalid(given=text)
        stages[theirs.strip()] = ours.strip().lower()
    return stages


def read_keys(given: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """`COLUMN,COLUMN` texts as the columns of each key; a name that holds a comma stands in quotation marks."""
    return tuple(key for text in given if (key := from_text(text)))
