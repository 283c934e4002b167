"""Names on screen: give a new one, join two that are one, with what would come of it; and taking that back."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from data.aliases import KINDS
from data.merging import Preview, names, preview
from data.truth import Alias, accept_alias, aliases, forget_alias
from metrics.catalog import measure
from metrics.errors import SalesError
from ui import numbers, session, show
from ui.guard import explain, guarded
from ui.text import lang, plain, t


def spellings() -> None:
    """Names that differ only by spaces, case or punctuation: suggested, and accepted so far.

    With their rows and money they are of the whole company, so they are for who sees all of it.
    """
    if not session.viewer().sees_all:
        return
    show.section(t("history.aliases"), t("history.aliases_help"))
    with session.reading() as seen:
        known = aliases(seen)
    suggested = [alias for alias in known if not alias.is_accepted]
    accepted = [alias for alias in known if alias.is_accepted]
    if not suggested:
        st.caption(t("history.no_aliases"))
    for alias in suggested:
        _alias(alias, "history.accept", ":material/merge:", _accept)
    if accepted:
        st.markdown(f"**{t('history.accepted')}**")
    for alias in accepted:
        _alias(alias, "history.forget", ":material/call_split:", _forget)


def _alias(alias: Alias, action: str, icon: str, act: Callable[[Alias], None]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(_in_words(alias), width="stretch")
        st.button(t(action), icon=icon, key=f"{action}.{alias.kind}.{alias.alias}", on_click=act, args=(alias,))


def _in_words(alias: Alias) -> str:
    facts = {
        "alias": plain(alias.alias),
        "canonical": plain(alias.canonical),
        "kind": t(f"kind.{alias.kind}"),
        "rows": numbers.count(alias.rows, lang()),
        "why": f" · {t(f'history.alike_{alias.why}')}" if alias.why else "",
    }
    if not alias.money:
        return t("history.alias_row_no_money", **facts)
    return t("history.alias_row", **facts, money=plain(numbers.money(alias.money, lang(), session.currency())))


def _accept(alias: Alias) -> None:
    with guarded():
        accept_alias(session.store(), alias.kind, alias.alias, alias.canonical, who=session.viewer().email or None)


def _forget(alias: Alias) -> None:
    with guarded():
        forget_alias(session.store(), alias.kind, alias.alias)


# ---------------------------------------------------------------------------------------------------- a name of choice


@st.fragment
def rename() -> None:
    """Choose a name, say what it is to be called, see what would come of it, and do it."""
    if not session.viewer().sees_all:
        return
    show.section(t("renaming.title"), t("renaming.help"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.selectbox(
            t("renaming.kind"), KINDS, format_func=lambda one: t(f"kind.{one}"), key="renaming.kind", width=160
        )
        with session.reading() as seen:
            known = names(seen, kind)
        alias = st.selectbox(
            t("renaming.from"), known, index=None, key=f"renaming.from.{kind}", width=320,
            placeholder=t("renaming.from_hint"),
        )  # fmt: skip
        others = [name for name in known if name != alias]
        canonical = st.selectbox(
            t("renaming.to"), others, index=None, key=f"renaming.to.{kind}", accept_new_options=True, width=320,
            placeholder=t("renaming.to_hint"),
        )  # fmt: skip
    if not alias or not canonical:
        return
    try:
        with session.reading() as seen:
            told = preview(seen, kind, alias, canonical.strip())
    except SalesError as error:
        explain(error)
        return
    _shown(told)
    label = t("renaming.do_rename") if told.is_new_name else t("renaming.do_join")
    if st.button(label, type="primary", icon=":material/merge:", key="renaming.do"):
        with guarded():
            accept_alias(session.store(), kind, alias, told.canonical, who=session.viewer().email or None)
            st.toast(t("renaming.done", alias=plain(alias), canonical=plain(told.canonical)), icon=":material/merge:")
            st.rerun()


def _shown(told: Preview) -> None:
    """What would come of it: whose rows and money, and both apart and together."""
    money = numbers.money(told.money, lang(), session.currency())
    said = {"alias": told.alias, "canonical": told.canonical, "rows": numbers.count(told.rows, lang()), "money": money}
    st.markdown(plain(t("renaming.would_rename" if told.is_new_name else "renaming.would_join", **said)))
    rows = [
        {
            t("renaming.measure"): measure(one.measure).label.text(lang()),
            told.alias: _written(one.measure, one.alias),
            **({} if told.is_new_name else {told.canonical: _written(one.measure, one.canonical)}),
            t("renaming.together"): _written(one.measure, one.together),
        }
        for one in told.numbers
    ]
    if rows:
        show.listing(pl.DataFrame(rows), key="renaming.preview", alt=t("renaming.title"))


def _written(name: str, value: float | None) -> str:
    return numbers.written(value, measure(name).unit, lang(), session.currency())
