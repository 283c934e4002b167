"""Search from anywhere: a deal, a customer, a person or a measure by a part of its name."""

from __future__ import annotations

from typing import Any

import streamlit as st

from metrics.catalog import catalog
from metrics.search import KINDS, MOST, search
from ui import session
from ui.guard import guarded
from ui.navigation import go, page_link
from ui.text import lang, plain, t

SHORTEST = {"en": 2, "zh-CN": 1}
"""Fewer letters than this find too much to be of use; one Chinese character already means something."""


@st.fragment
def box(stem: str) -> None:
    """The search box with what it finds; typing in it does not run the page again. `stem`: the page that is open."""
    words = st.text_input(
        t("menu.search"), key="search", type="search", placeholder=t("search.placeholder"),
        label_visibility="collapsed", icon=":material/search:", live=True, max_chars=100,
    )  # fmt: skip
    if words and len(words.strip()) >= SHORTEST[lang() if not words.isascii() else "en"]:
        with guarded():
            _results(words, stem)


def _results(words: str, stem: str) -> None:
    found = False
    for kind in KINDS:
        found = _members(kind, words, stem) or found
    found = _measures(words, stem) or found
    if not found:
        st.caption(plain(t("search.none", words=words)))


def _members(kind: str, words: str, stem: str) -> bool:
    with session.reading() as seen:
        rows = seen.ask(search(kind, words), session.viewer()).raw.to_dicts()
    if not rows:
        return False
    st.caption(t(f"search.{kind}"))
    for row in rows[:MOST]:
        _open(kind, row, stem)
    if len(rows) > MOST:
        st.caption(t("search.more", count=MOST))
    return True


def _open(kind: str, row: dict[str, Any], stem: str) -> None:
    """A deal opens its page; a customer or a person opens the overview of their rows."""
    name = str(row["name"])
    if kind == "deals":
        _link(stem, "deal", name, icon=":material/handshake:", id=str(row["id"]))
    else:
        dimension, icon = ("customer", "apartment") if kind == "customers" else ("rep", "person")
        _link(stem, "overview", name, icon=f":material/{icon}:", **chosen(dimension, name))


def _link(stem: str, to: str, name: str, *, icon: str, **params: str) -> None:
    """A link; to the page that is open, a button: Streamlit would mark each such link as the one that is open."""
    if to != stem:
        page_link(to, plain(name), icon=icon, **params)
    elif st.button(plain(name), icon=icon, type="tertiary", key=f"search.{icon}.{sorted(params.items())}"):
        go(to, **params)


def chosen(dimension: str, value: str) -> dict[str, str]:
    """The parameter that filters by one value, as the view writes it."""
    from ui import address

    return {dimension: address.view().with_filter(dimension, value).to_url()[dimension]}


def _measures(words: str, stem: str) -> bool:
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
        _link(stem, "glossary", known.label.text(lang()), icon=":material/functions:", measure=known.id)
    return True
