"""Exchange rates on screen: those that count, the currencies that lack one, and a form to say another."""

from __future__ import annotations

from datetime import date

import polars as pl
import streamlit as st

from data.clock import now
from data.rates import PROFILE, lacking, rates, set_rate
from data.truth import undo, uploads
from metrics.errors import SalesError
from ui import numbers, session, show
from ui.guard import explain
from ui.text import lang, plain, t
from ui.wording import table_name

_TOLD = "settings.rate_told"


@st.fragment
def section() -> None:
    """The company's own currency, its rates, what lacks one, and the form."""
    with session.reading() as seen:
        own, known, without = seen.currency, rates(seen), lacking(seen)
        said = [one for one in uploads(seen) if (one.table, one.profile) == ("fx_rates", PROFILE) and not one.is_undone]
    show.section(t("settings.rates"), t("settings.rates_help"))
    st.markdown(t("settings.own_currency", currency=plain(own or numbers.NOTHING)))
    if not session.viewer().sees_all:
        st.caption(t("settings.not_yours"))
        return
    if without:
        st.warning(t("settings.rates_lacking"), icon=":material/currency_exchange:")
        listed = [
            {
                t("settings.rate_currency"): one.currency,
                t("upload.table"): table_name(one.table),
                t("quality.rows_head"): one.rows,
                t("upload.money"): numbers.exact(one.money, "money", lang()),
            }
            for one in without
        ]
        show.listing(pl.DataFrame(listed), key="settings.lacking", alt=t("settings.rates_lacking"))
    if known:
        told = [
            {
                t("settings.rate_currency"): one.currency,
                t("settings.rate_from"): numbers.day(one.from_on, lang()),
                t("settings.rate_is", currency=own or ""): f"{one.rate:,.6f}".rstrip("0").rstrip("."),
            }
            for one in known
        ]
        show.listing(pl.DataFrame(told), key="settings.rates", alt=t("settings.rates"))
    _form(own, [one.currency for one in without])
    if said:
        label = t("settings.rate_undo", rate=said[-1].file)
        st.button(plain(label), icon=":material/undo:", on_click=_undo, args=(said[-1].id,), key="settings.rate_undo")
    if isinstance(error := st.session_state.pop(_TOLD, None), SalesError):
        explain(error)


def _form(own: str | None, wanted: list[str]) -> None:
    with st.form("settings.rate_form", border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                t("settings.rate_currency"), key="rate.currency", max_chars=3, width=140,
                placeholder=wanted[0] if wanted else "USD",
            )  # fmt: skip
            st.date_input(
                t("settings.rate_from"), value=date(now().year, 1, 1), key="rate.day", width=180,
                min_value=date(1990, 1, 1), max_value=date(2100, 12, 31),
            )  # fmt: skip
            st.number_input(
                t("settings.rate_is", currency=own or ""), min_value=0.0, value=None, format="%0.6f", key="rate.rate",
                width=220, placeholder="7.1",
            )  # fmt: skip
        st.form_submit_button(t("settings.rate_add"), icon=":material/add:", on_click=_set)


def _set() -> None:
    given = st.session_state
    try:
        made = set_rate(
            session.store(), given["rate.currency"], given["rate.day"], given["rate.rate"] or 0.0,
            who=session.viewer().email or None,
        )  # fmt: skip
        st.toast(plain(t("settings.rate_set", rate=made.file)), icon=":material/check_circle:")
    except SalesError as error:
        given[_TOLD] = error


def _undo(upload: int) -> None:
    try:
        undo(session.store(), upload, who=session.viewer().email or None)
    except SalesError as error:
        st.session_state[_TOLD] = error
