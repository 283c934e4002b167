"""What is to be put right on open deals before the meeting: a table per salesperson, and the list of one to send."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

import polars as pl
import streamlit as st

from data.punctuation import paired
from data.review.asking import asked
from data.review.hygiene import Hygiene, hygiene
from data.review.hygiene_files import FORMS, Form, told, written
from data.sign_words import beside
from metrics.hygiene import FAULTS
from metrics.signals import signals
from metrics.view import View
from ui import clicks, controls, numbers, rows, session
from ui.block import header
from ui.guard import guarded
from ui.question import Ruled
from ui.text import lang, plain, t

PARAMETER = "hygiene"
_ALL, _NOBODY = "~all", "~nobody"
_MIME: dict[Form, str] = {"csv": "text/csv", "html": "text/html", "md": "text/markdown"}


class Faults(Ruled):
    """What is looked behind: open deals with what speaks against them. The rules are those of metrics/hygiene.py."""

    ruled = FAULTS


@st.fragment
def panel(view: View, *, team: str | None = None, key: str = "hygiene") -> None:
    """The table per salesperson; a row of it, or the choice above, opens that person's list with its files and link.

    The address keeps whose list is open (`?hygiene=NAME`).

    Args:
        view: its day. team: of one team. key: names the panel.
    """
    with guarded():
        found = _found(view, team)
        table = found.by_rep()
        names = [_NOBODY if rep is None else str(rep) for rep in table.get_column("rep")]
        if (row := clicks.take(f"{key}.grid")) is not None and row < len(names):
            st.query_params[PARAMETER] = names[row]
        with st.container(border=True):
            header(t("question.hygiene"), summary(found), Faults(signals(_bare(view)), "hygiene", view), key)
            if table.is_empty():
                st.info(t("question.hygiene_empty"), icon=":material/search_off:")
                return
            said = {_ALL: t("hygiene.all"), _NOBODY: t("filter.unassigned")} | {
                name: name for name in names if name not in {_ALL, _NOBODY}
            }
            whose = controls.choice(PARAMETER, (_ALL, *names), label=t("hygiene.whose"), show=said.__getitem__)
            if whose == _ALL:
                _everybody(found, table, key)
            else:
                _one(found.of(None if whose == _NOBODY else whose), key)


@st.fragment
def of_one(view: View, rep: str, key: str = "rep_hygiene") -> None:
    """The list of one salesperson alone, as on their own page."""
    with guarded(), st.container(border=True):
        found = _found(view, None, rep)
        subject = Faults(signals(_bare(view).with_filter("rep", rep)), "hygiene", view)
        header(t("question.hygiene"), None, subject, key)
        _one(found, key)


def _found(view: View, team: str | None, rep: str | None = None) -> Hygiene:
    with session.reading() as seen:
        return hygiene(asked(seen, session.viewer(), lang(), view=_bare(view), team=team), rep)


def _bare(view: View) -> View:
    """The view without its filters: a record is as wrong under any of them."""
    for name, _ in view.filters:
        view = view.with_filter(name, ())
    return view


def summary(found: Hygiene) -> str:
    """How many deals, with how much money, and what is wrong most often."""
    numbers_of = {
        "deals": numbers.exact(found.faulty.height, "count", lang()),
        "of": numbers.exact(found.deals.height, "count", lang()),
        "amount": numbers.written(found.amount, "money", lang(), session.currency()),
        "day": numbers.day(found.as_of, lang()),
    }
    counts = {name: count for name, count in found.counts().items() if count}
    if not counts:
        return t("hygiene.none", **numbers_of)
    most = max(counts, key=counts.__getitem__)
    label = next(one.label.text(lang()) for one in FAULTS if one.id == most)
    return t("hygiene.found", most=f"{label} ({numbers.exact(counts[most], 'count', lang())})", **numbers_of)


def _everybody(found: Hygiene, table: pl.DataFrame, key: str) -> None:
    shown, units = as_table(found, table)
    rows.grid(shown, key=f"{key}.grid", alt=t("question.hygiene"), units=units, reads=rows.chosen_row)
    st.caption(t("hygiene.open"))


def as_table(found: Hygiene, table: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, str]]:
    """The table per salesperson as it is read, and the units of its columns; faults that nobody has are left out."""
    known = {one.id: one.label.text(lang()) for one in FAULTS if found.counts().get(one.id)}
    names = {"open_deals": t("hygiene.open_deals"), "deals": t("hygiene.deals"), "amount": t("hygiene.amount"), **known}
    left = ["left_on"] if table.get_column("left_on").null_count() < table.height else []
    shown = table.select("rep", "team", *names, *left).with_columns(pl.col("rep").fill_null(t("filter.unassigned")))
    return shown.rename(names), {names["amount"]: "money"}


def _one(found: Hygiene, key: str) -> None:
    """What is to be put right by one salesperson, the files of it, and the link to their own page."""
    st.markdown(f"**{plain(summary(found))}**")
    if found.faulty.is_empty():
        return
    _downloads(found, key)
    rows.grid(as_list(found), key=f"{key}.list", alt=t("question.hygiene"))
    counts = found.counts()
    for one in FAULTS:
        if counts.get(one.id):
            count = numbers.exact(counts[one.id], "count", lang())
            st.caption(plain(paired(f"{one.label.text(lang())} ({count})", one.rule.text(lang()), lang())))


def as_list(found: Hygiene) -> pl.DataFrame:
    """The deals as they are read, each with what is to be put right."""
    lines = [beside(told(row, lang(), session.currency()), lang()) for row in found.faulty.iter_rows(named=True)]
    shown = found.faulty.select("deal_id", "deal", "customer", "amount", "stage", "expected_close_on")
    return shown.insert_column(2, pl.Series(t("hygiene.faults"), lines, pl.String))


def _downloads(found: Hygiene, key: str) -> None:
    language, currency = lang(), session.currency()
    name = t("hygiene.file", rep=found.rep or t("filter.unassigned"), day=found.as_of.isoformat())

    def made(form: Form) -> Any:  # noqa: ANN401 - what Streamlit calls once the button is pressed
        return lambda: written(found, form, language, currency)

    with st.container(horizontal=True, vertical_alignment="center"):
        for form in FORMS:
            st.download_button(
                t(f"hygiene.{form}"), made(form), f"{name}.{form}", _MIME[form], key=f"{key}.{form}",
                icon=":material/download:", on_click="ignore",
            )  # fmt: skip
        if found.rep is not None:
            with st.popover(t("hygiene.link"), icon=":material/link:"):
                st.caption(t("hygiene.link_help"))
                st.code(link(found.rep), language=None, wrap_lines=True)


def link(rep: str) -> str:
    """The address of the list on the salesperson's own page: in the language and the scope of whoever opens it."""
    at = urlsplit(st.context.url or "")
    origin = f"{at.scheme}://{at.netloc}" if at.netloc else ""
    return f"{origin}/rep?{urlencode({'name': rep, 'about': PARAMETER})}"
