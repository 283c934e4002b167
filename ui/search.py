"""Search from anywhere: a deal, a customer, a person or a measure by a part of its name."""

from __future__ import annotations

from typing import Any

import streamlit as st

from metrics.catalog import catalog
from metrics.search import KINDS, MOST, search
from ui import session
from ui.guard import guarded
from ui.navigation import page_link
from ui.text import lang, plain, t

SHORTEST = {"en": 2, "zh-CN": 1}
"""Fewer letters than this find too much to be of use; one Chinese character already means something."""


@st.fragment
def box() -> None:
    """The search box with what it finds; typing in it does not run the page again."""
    words = st.text_input(
        t("menu.search"), key="search", type="search", placeholder=t("search.placeholder"),
        label_visibility="collapsed", icon=":material/search:", live=True, max_chars=100,
    )  # fmt: skip
    if words and len(words.strip()) >= SHORTEST[lang() if not words.isascii() else "en"]:
        with guarded():
            _results(words)


def _results(words: str) -> None:
    found = False
    for kind in KINDS:
        found = _members(kind, words) or found
    found = _measures(words) or found
    if not found:
        st.caption(plain(t("search.none", words=words)))


def _members(kind: str, words: str) -> bool:
    with session.reading() as seen:
        rows = seen.ask(search(kind, words), session.viewer()).raw.to_dicts()
    if not rows:
        return False
    st.caption(t(f"search.{kind}"))
    for row in rows[:MOST]:
        _open(kind, row)
    if len(rows) > MOST:
        st.caption(t("search.more", count=MOST))
    return True


def _open(kind: str, row: dict[str, Any]) -> None:
    """A deal opens its page; a customer or a person opens the overview of their rows."""
    name = str(row["name"])
    if kind == "deals":
        page_link("deal", plain(name), icon=":material/handshake:", id=str(row["id"]))
    else:
        dimension, icon = ("customer", "apartment") if kind == "customers" else ("rep", "person")
        page_link("overview", plain(name), icon=f":material/{icon}:", **chosen(dimension, name))


def chosen(dimension: str, value: str) -> dict[str, str]:
    """The parameter that filters by one value, as the view writes it."""
    from ui import address

    return {dimension: address.view().with_filter(dimension, value).to_url()[dimension]}


def _measures(words: str) -> bool:
    wanted = words.strip().lower()
    hits = [
        known
        for known in catalog().measures.values()
        if not known.is_part
        and (wanted in known.id or any(wanted in known.label.text(language).lower() for language in ("en", "zh-CN")))
    ]
    if not hits:
        return False
    st.caption(t("search.measures"))
    for known in hits[:MOST]:
        page_link("glossary", plain(known.label.text(lang())), icon=":material/functions:", measure=known.id)
    return True
