"""One salesperson on screen: who it is, the page to print, targets until now, and notes of coaching."""

from __future__ import annotations

from typing import Any, NamedTuple

import polars as pl
import streamlit as st

from data.punctuation import paired
from data.rep_book import add_note, notes, person
from data.rep_facts import facts, goals, peers
from data.rep_sheet import sheet
from metrics.query import Query, Result
from metrics.view import View
from ui import controls, numbers, rows, session, show
from ui.guard import guarded
from ui.look import Look
from ui.text import lang, plain, t

PEERS = ("team", "all")
_ABOUT = ("team", "manager", "region", "hired_on", "left_on")


class Person(NamedTuple):
    """Who is looked at. `view`: of the person alone. `everybody`: the same view of all in it. `peers`: held against."""

    rep: str
    view: View
    everybody: View
    peers: tuple[str, ...]

    @property
    def among(self) -> tuple[str, ...]:
        """The person and the peers; nobody where everybody in view counts."""
        return (self.rep, *self.peers) if self.peers else ()


def chosen(view: View) -> Person | None:
    """The person that the address names, of those the viewer may see; None where there is nobody to choose.

    A filter by people narrows the choice. Who sees only themselves has none.
    """
    with session.reading() as seen:
        known = [one for one in seen.values("rep", session.viewer()) if one]
    asked = set(view.chosen("rep"))
    filtered = [one for one in known if one in asked]
    options = filtered or known
    if not options:
        show.title(t("page.rep"), view)
        st.info(t("rep.nobody"), icon=":material/person_off:")
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rep = controls.choice("name", tuple(options), label=t("rep.name")) if len(options) > 1 else options[0]
        held = controls.choice(
            "against", PEERS, label=t("rep.against"), show=lambda name: t(f"rep.against_{name}"), kind="segmented"
        )
    everybody = view.with_filter("rep", ())
    with session.reading() as seen:
        others = peers(seen, session.viewer(), rep, everybody) if held == "team" else ()
    return Person(rep, view.with_filter("rep", rep), everybody, others)


def head(one: Person) -> None:
    """The name, the view in words, what is known of the person, and the page to print."""
    show.title(t("page.rep"), one.everybody)
    st.header(plain(one.rep), anchor=False)
    with session.reading() as seen, guarded():
        found = person(seen, session.viewer(), one.rep)
        facts_of = [paired(rows.heading(name), rows.said(name, found[name]), lang()) for name in _ABOUT if found[name]]
        st.caption(plain(" · ".join(facts_of)))
        alone = len(seen.values("rep", session.viewer())) < 2
    if alone:
        st.caption(f":material/visibility_off: {t('rep.alone')}")
    elif one.peers:
        st.caption(t("rep.held_against", count=len(one.peers)))
    store, viewer, language, currency = session.store(), session.viewer(), lang(), session.currency()

    def printed() -> bytes:
        with store.snapshot() as seen:
            return sheet(facts(seen, viewer, one.rep, one.everybody), language, currency).encode()

    st.download_button(
        t("rep.print"), printed, f"{one.rep}.html", "text/html", icon=":material/print:", on_click="ignore",
        key="rep.print", help=t("rep.print_help"),
    )  # fmt: skip


# -------------------------------------------------------------------------------------------------------------- goals


def targets(one: Person) -> Query:
    """Targets of the last quarters and how far each was reached."""
    return goals(one.rep, one.everybody)


def how_reached(result: Result, look: Look) -> str | None:
    """In how many of the quarters that are over the target was reached."""
    over = result.frame.filter(~pl.col("is_partial") & pl.col("attainment").is_not_null())
    if over.is_empty():
        return None
    reached = over.filter(pl.col("attainment") >= 1).height
    return look.words("question.rep_goals_found", reached=reached, of=over.height)


def as_goals(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Quarter, target, what was reached, its share; in the order of the answer, so that a click finds its row."""
    rows_of = frame.to_dicts()
    return pl.DataFrame({
        "quarter_told": [_quarter(row, look) for row in rows_of],
        "target_told": [_money(row["attainment.target"], look) for row in rows_of],
        "actual_told": [_money(row["attainment.actual"], look) for row in rows_of],
        "attainment_told": [numbers.written(row["attainment"], "share", look.lang) for row in rows_of],
    })  # fmt: skip


def _quarter(row: dict[str, Any], look: Look) -> str:
    name = numbers.bucket(row["quarter"], "quarter", look.lang)
    return f"{name} ({look.words('rep.unfinished')})" if row["is_partial"] else name


def _money(value: float | None, look: Look) -> str:
    return numbers.written(value, "money", look.lang, look.currency)


# -------------------------------------------------------------------------------------------------------------- notes


def notebook(one: Person) -> None:
    """The notes of coaching about the person, and where another is written."""
    show.section(t("rep.notes"), t("rep.notes_help"))
    with st.form("rep.note", border=False, clear_on_submit=True):
        said = st.text_area(t("rep.note"), key="rep.note.text", height=100, max_chars=4000)
        kept = st.form_submit_button(t("rep.note_keep"), icon=":material/edit_note:")
    if kept:
        with guarded():
            add_note(session.store(), session.viewer(), one.rep, said)
            st.rerun()
    with guarded(), session.reading() as seen:
        written = notes(seen, session.viewer(), one.rep)
    if not written:
        st.caption(t("rep.notes_none"))
    for each in written:
        with st.container(border=True):
            st.caption(plain(f"{numbers.moment(each.noted_at, lang())} · {each.who or '—'}"))
            st.text(each.text)
