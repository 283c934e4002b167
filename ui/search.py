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
    if words and is_enough(words):
        with guarded():
            _results(words, stem)


def is_enough(words: str) -> bool:
    """Whether there are letters enough to look for."""
    return len(words.strip()) >= SHORTEST[lang() if not words.isascii() else "en"]


def _results(words: str, stem: str) -> None:
    found = False
    for kind in KINDS:
        found = _members(kind, words, stem) or found
    found = _measures(words, stem) or found
    if not found:
        st.caption(plain(t("search.none", words=words)))


def customers(words: str, stem: str) -> bool:
    """The customers whose name holds `words`, each a link to its page; False where there are none."""
    return _members("customers", words, stem, key="customer.find")


def open_customer(name: str, stem: str, label: str | None = None, key: str = "search") -> None:
    """A link to the page of a customer. `stem`: the page that is open."""
    _link(stem, "customer", label or name, icon=":material/apartment:", key=key, name=name)


def _members(kind: str, words: str, stem: str, key: str = "search") -> bool:
    with session.reading() as seen:
        rows = seen.ask(search(kind, words), session.viewer()).raw.to_dicts()
    if not rows:
        return False
    st.caption(t(f"search.{kind}"))
    for row in rows[:MOST]:
        _open(kind, row, stem, key)
    if len(rows) > MOST:
        st.caption(t("search.more", count=MOST))
    return True


def _open(kind: str, row: dict[str, Any], stem: str, key: str) -> None:
    """A deal and a customer open their pages; a person opens the overview of their rows."""
    name = str(row["name"])
    if kind == "deals":
        _link(stem, "deal", name, icon=":material/handshake:", id=str(row["id"]))
    elif kind == "customers":
        open_customer(name, stem, key=key)
    else:
        _link(stem, "overview", name, icon=":material/person:", **chosen("rep", name))


def _link(stem: str, to: str, label: str, *, icon: str, key: str = "search", **params: str) -> None:
    """A link; to the page that is open, a button: Streamlit would mark each such link as the one that is open."""
    if to != stem:
        page_link(to, plain(label), icon=icon, **params)
    elif st.button(plain(label), icon=icon, type="tertiary", key=f"{key}.{icon}.{sorted(params.items())}"):
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
