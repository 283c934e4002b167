"""The dry run on screen: what loading would count, and which cells would change from what to what."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import streamlit as st

from data.current import own_store
from data.ingest import Counts, Plan, rehearse
from data.store import open_store
from metrics.errors import SalesError
from ui import numbers, rows, show
from ui.guard import explain
from ui.text import lang, plain, t

_KEPT = "upload.rehearsed"
_COUNTS = ("read", "new", "changed", "same", "refused", "set_aside")
MOST_CELLS = 2_000
"""Changed cells that are listed; the counts know all rows."""


def shown(made: Plan) -> None:
    """What loading a plan would do, file by file; nothing of it is kept."""
    if not made.files:
        return
    kept = st.session_state.get(_KEPT)
    if kept is None or kept[0] is not made:
        with st.spinner(t("rehearsed.running"), show_time=True):
            kept = st.session_state[_KEPT] = (made, _rehearsed(made))
    found = kept[1]
    if isinstance(found, SalesError):
        explain(found)
        return
    show.section(t("rehearsed.title"), t("rehearsed.help"))
    names = [file.file for file in made.files if file.checked is not None]
    lines = [
        {t("upload.file"): name} | {t(f"upload.{count}"): getattr(counts, count) for count in _COUNTS}
        for name, counts in zip(names, found, strict=False)
    ]
    show.listing(pl.DataFrame(lines), key="upload.rehearsed", alt=t("rehearsed.title"))
    for place, (name, counts) in enumerate(zip(names, found, strict=False)):
        if counts.cells is not None and counts.cells.height:
            with st.expander(t("rehearsed.changed", file=plain(name), rows=numbers.count(counts.changed, lang()))):
                show.listing(_worded(counts.cells), key=f"upload.cells.{place}", alt=t("upload.changed"))


def _rehearsed(made: Plan) -> list[Counts] | SalesError:
    """On the company's own store; where there is none yet, on a new one that is thrown away."""
    try:
        own = own_store()
        if own is not None:
            return rehearse(own, made, most_cells=MOST_CELLS)
        with TemporaryDirectory() as folder:
            empty = open_store(Path(folder) / "empty.duckdb")
            try:
                return rehearse(empty, made)
            finally:
                empty.close()
    except SalesError as error:
        return error


def _worded(cells: pl.DataFrame) -> pl.DataFrame:
    """Keys and names of the rows, fields in the reader's words, old and new side by side."""
    fields = {field: rows.heading(field) for field in cells["field"].unique()}
    return cells.select(
        pl.col("key").alias(t("rehearsed.key")),
        pl.col("name").alias(t("rehearsed.name")),
        pl.col("field").replace(fields).alias(t("upload.our")),
        pl.col("old").fill_null(numbers.NOTHING).alias(t("rehearsed.old")),
        pl.col("new").fill_null(numbers.NOTHING).alias(t("rehearsed.new")),
    ).select(pl.all() if cells["name"].null_count() < cells.height else pl.exclude(t("rehearsed.name")))
