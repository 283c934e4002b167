"""What must be said beside an answer: why it cannot be shown, and what must be known to read it."""

from __future__ import annotations

import streamlit as st

from metrics.query import Result
from ui import answers, charts
from ui.look import Look
from ui.text import lang, plain, t


def cannot(result: Result, id_: str, part: str | None) -> bool:
    """Whether a measure cannot be cut as the answer is."""
    against = [note["dimension"] for note in result.notes if note.code == "not_by" and note["measure"] == id_]
    return bool(against) and (part is None or part in against)


def said(result: Result, how: Look) -> None:
    """Below a drawing: what must be known to read it."""
    drawn = {part.measure.id for part in answers.series(result)}
    about = [note for note in result.notes if note["measure"] in (None, *drawn) and note.code != "not_by"]
    remarks = charts.remarks(result, how) + [note.text(how.lang) for note in about]
    if remarks:
        st.caption(" ".join(plain(remark) for remark in dict.fromkeys(remarks)))


def unanswered(result: Result) -> None:
    """A question without a measure left to show: why."""
    reasons = [note.text(lang()) for note in result.notes] or [t("show.no_answer")]
    st.info(" ".join(plain(reason) for reason in reasons), icon=":material/block:")
