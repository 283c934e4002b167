"""The dry run on screen: what loading would count, what is odd, which cells would change, which names may be one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import polars as pl
import streamlit as st

from data.aliases import Alias
from data.current import own_store
from data.ingest import Counts, FilePlan, Plan, jobs
from data.ingest.odd import Odd, look, names_alike
from data.ingest.rehearse import rehearse_or_anew
from data.progress import part, tell
from data.punctuation import named, parted
from data.store import Store
from ui import beside, numbers, rows, show
from ui.guard import explain
from ui.navigation import page_link
from ui.text import lang, plain, t

_KEPT = "upload.rehearsed"
_COUNTS = ("read", "new", "changed", "same", "refused", "set_aside")
MOST_CELLS = 2_000
"""Changed cells that are listed; the counts know all rows."""


class _Rehearsed(NamedTuple):
    """What a dry run found: of each file its counts and what is odd, and the names that may be one."""

    counts: list[Counts]
    odd: list[list[Odd]]
    alike: list[Alias]


def shown(made: Plan) -> None:
    """What loading a plan would do, file by file; nothing of it is kept."""
    if not made.files:
        return
    job = _job(made)
    if not beside.is_over(job):
        return
    if job.result is None:
        if job.error is not None:
            explain(job.error)
        else:
            st.info(t("rehearsed.stopped"), icon=":material/cancel:")
        return
    found: _Rehearsed = job.result
    show.section(t("rehearsed.title"), t("rehearsed.help"))
    files = [file for file in made.files if file.checked is not None]
    _counts(files, found)
    _odd(files, found.odd)
    _alike(found.alike)
    for place, (file, counts) in enumerate(zip(files, found.counts, strict=False)):
        if counts.cells is not None and counts.cells.height:
            with st.expander(t("rehearsed.changed", file=plain(file.file), rows=numbers.count(counts.changed, lang()))):
                show.listing(_worded(counts.cells), key=f"upload.cells.{place}", alt=t("upload.changed"))


def _job(made: Plan) -> jobs.Job:
    """The dry run of a plan, begun once."""
    kept = st.session_state.get(_KEPT)
    if kept is None or kept[0] is not made:
        stop()
        own = own_store()
        kept = st.session_state[_KEPT] = (made, jobs.rehearse(lambda: _rehearsed(made, own), made))
    job: jobs.Job = kept[1]
    return job


def stop() -> None:
    """End the dry run, if one is on its way, and forget it."""
    kept = st.session_state.pop(_KEPT, None)
    if kept is not None:
        kept[1].cancel()


def _rehearsed(made: Plan, own: Store | None) -> _Rehearsed:
    """On the company's own store; where there is none yet, on a new one that is thrown away."""
    tell("looking", 0.0, rows=sum(file.read for file in made.files))
    if own is None:
        odd, alike = look(made.files, None), names_alike(made.files, None)
    else:
        with own.snapshot() as seen:
            odd, alike = look(made.files, seen), names_alike(made.files, seen)
    with part(0.4, 1.0):
        return _Rehearsed(rehearse_or_anew(own, made, most_cells=MOST_CELLS), odd, alike)


def _counts(files: Sequence[FilePlan], found: _Rehearsed) -> None:
    """What each file would add and change; the money of its refused rows stands beside their number."""
    lines = []
    for file, counts, odd in zip(files, found.counts, found.odd, strict=False):
        refused = sum((sum(one.money.values()) for one in odd if one.code == "odd_refused"), Decimal(0))
        line = {t("upload.file"): file.file} | {t(f"upload.{count}"): getattr(counts, count) for count in _COUNTS}
        lines.append(line | {t("rehearsed.refused_money"): float(refused)})
    frame = pl.DataFrame(lines)
    if not frame[t("rehearsed.refused_money")].sum():
        frame = frame.drop(t("rehearsed.refused_money"))
    show.listing(frame, key="upload.rehearsed", alt=t("rehearsed.title"))


def _odd(files: Sequence[FilePlan], odd: Sequence[Sequence[Odd]]) -> None:
    """What a person should look at before loading, most money first."""
    listed = [(file, one) for file, found in zip(files, odd, strict=False) for one in found]
    if not listed:
        st.success(t("rehearsed.nothing_odd"), icon=":material/check_circle:")
        return
    listed.sort(key=lambda pair: (-sum(abs(money) for money in pair[1].money.values()), -pair[1].rows))
    st.markdown(f"**{t('rehearsed.odd')}**")
    st.caption(t("rehearsed.odd_help"))
    frame = pl.DataFrame(
        [
            {
                t("quality.rows_head"): one.rows,
                t("upload.money"): _money(one.money),
                t("rehearsed.what"): one.text(lang()),
                t("rehearsed.lines"): named(one.lines, lang()),
                t("upload.file"): file.file,
            }
            for file, one in listed
        ]
    )
    show.listing(frame, key="upload.odd", alt=t("rehearsed.odd"))


def _money(amounts: dict[str, Decimal]) -> str:
    """Amounts of several currencies side by side: they do not add up. A file that names none says nothing of it."""
    said = (f"{code} {numbers.exact(float(money), 'money', lang())}".strip() for code, money in amounts.items())
    return parted(said, lang()) or numbers.NOTHING


def _alike(alike: Sequence[Alias]) -> None:
    if not alike:
        return
    st.markdown(f"**{t('rehearsed.alike')}**")
    st.caption(t("rehearsed.alike_help"))
    frame = pl.DataFrame(
        [
            {
                t("rehearsed.this_name"): one.alias,
                t("rehearsed.that_name"): one.canonical,
                t("renaming.kind"): t(f"kind.{one.kind}"),
                t("rehearsed.why"): t(f"history.alike_{one.why}"),
                t("quality.rows_head"): one.rows,
                t("upload.money"): float(one.money),
            }
            for one in alike
        ]
    )
    show.listing(frame, key="upload.alike", alt=t("rehearsed.alike"))
    page_link("history", t("rehearsed.join"), icon=":material/merge:")


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
