"""What must be said beside an answer: why it cannot be shown, and what must be known to read it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data import punctuation
from data.apart import returns_unpriced
from data.apart import set_apart as rows_set_apart
from data.punctuation import parted
from metrics.beside import days_ahead
from metrics.notes import note
from metrics.query import Result
from metrics.view import View
from ui import address, answers, charts, numbers, session
from ui.answers import Series
from ui.look import Look
from ui.text import has, lang, plain, t


def cannot(result: Result, id_: str, part: str | None) -> bool:
    """Whether a measure cannot be cut as the answer is."""
    against = [note["dimension"] for note in result.notes if note.code == "not_by" and note["measure"] == id_]
    return bool(against) and (part is None or part in against)


def of(result: Result, how: Look, *, is_table: bool = False) -> list[str]:
    """What must be known to read a drawing or a table, each thing once."""
    drawn = {part.measure.id for part in answers.series(result)}
    about = [note for note in result.notes if note["measure"] in (None, *drawn) and note.code != "not_by"]
    said = charts.remarks(result, how, is_table=is_table) + [note.text(how.lang) for note in about]
    return list(dict.fromkeys(said))


def set_apart(table: str | None) -> None:
    """What files of this table held that is in no number: no facts of it, such as adjustments; returns of no amount."""
    apart = session.once("rows set apart", rows_set_apart).get(table or "", [])
    if apart:
        from data.ingest import reason_text  # with all that reads files, which the first page does without

        told = [f"{numbers.count(rows, lang())} × {reason_text(reason, lang())}" for reason, rows in apart]
        st.caption(plain(t("show.set_apart", page=t("page.history"), what=parted(told, lang()))))
    if table == "order_lines" and (unpriced := session.once("returns unpriced", returns_unpriced)):
        st.caption(plain(note("returns_unpriced", count=unpriced).text(lang())))


def said(remarks: Sequence[str]) -> None:
    """Below a drawing or a table: what must be known to read it."""
    if remarks:
        st.caption(punctuation.sentences(map(plain, remarks), lang()))


def nothing(name: str, view: View) -> None:
    """In the place of an answer without rows: why, and where filters are set that there may be some without them.

    That a page is of one customer or salesperson is no filter of the reader's: it could not be taken away.
    """
    is_readers = view.is_filtered and address.view().is_filtered
    if view.is_filtered and has(f"question.{name}_filtered"):  # what is said of all would be untrue of some
        told = [t(f"question.{name}_filtered")]
    else:
        told = [t(f"question.{name}_empty"), *([t("show.empty_filtered")] if is_readers else [])]
    st.info(punctuation.sentences(told, lang()), icon=":material/search_off:")


def is_void(result: Result, part: Series) -> bool:
    """Whether there are rows but no number to draw: a list of "—" says nothing that the reason does not say better.

    Groups without any row count as 0 even where the measure is refused for all others.
    """
    known = [value for value in answers.values(result.frame, part.value) if value is not None]
    is_refused = any(note.code == "refused" for note in answers.notes_of(result, part.measure.id))
    return result.frame.height > 0 and (not known or (is_refused and not any(known)))


def unanswered(result: Result, part: Series | None = None) -> None:
    """A question without a measure left to show, or one of its measures: why."""
    notes = answers.notes_of(result, part.measure.id) if part else result.notes
    ahead = days_ahead(result.query.view) if result.query.view else []
    reasons = [note.text(lang()) for note in [*notes, *ahead]] or [t("show.no_answer")]
    st.info(punctuation.sentences((plain(reason) for reason in reasons), lang()), icon=":material/block:")
