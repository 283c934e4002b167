"""Which pages there are, in which sections, and the way to them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import NamedTuple, NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ui import address
from ui.device import on_phone
from ui.text import t

Pages = dict[str, StreamlitPage]


class Entry(NamedTuple):
    """One page: `pages/<section>/<stem>.py`, at `/<stem>`; the first one listed answers at `/`."""

    section: str
    stem: str
    icon: str
    asks: bool = True  # its numbers follow the filter bar, and an empty store has nothing to say to it
    is_listed: bool = True
    bare_by: str = ""  # a parameter of its own with which it has the whole screen to itself: no menu, no filters


PAGES = (
    Entry("review", "overview", "monitoring"),
    Entry("review", "weekly", "co_present", asks=False, bare_by="meeting"),
    Entry("review", "alerts", "crisis_alert", asks=False),
    Entry("explore", "explore", "query_stats"),
    Entry("results", "trends", "trending_up"),
    Entry("results", "drivers", "account_tree"),
    Entry("results", "forecast", "insights"),
    Entry("results", "products", "inventory_2"),
    Entry("results", "channels", "hub"),
    Entry("process", "funnel", "filter_alt"),
    Entry("process", "pipeline", "waterfall_chart"),
    Entry("process", "landing", "flight_land"),
    Entry("process", "activities", "call"),
    Entry("process", "deal", "handshake", asks=False, is_listed=False),
    Entry("people", "targets", "flag"),
    Entry("people", "reps", "groups"),
    Entry("people", "rep", "person"),
    Entry("people", "pay", "payments", asks=False),
    Entry("people", "contests", "emoji_events"),
    Entry("customers", "segments", "pie_chart"),
    Entry("customers", "retention", "event_repeat"),
    Entry("customers", "value", "loyalty"),
    Entry("customers", "offers", "add_shopping_cart"),
    Entry("customers", "satisfaction", "sentiment_satisfied"),
    Entry("customers", "customer", "apartment"),
    Entry("data", "upload", "upload_file", asks=False),
    Entry("data", "history", "history", asks=False),
    Entry("data", "quality", "fact_check", asks=False),
    Entry("data", "glossary", "menu_book", asks=False),
    Entry("data", "settings", "settings", asks=False),
)


def registered() -> Pages:
    """Every page by its stem, with its title in the reader's language.

    Icons are drawn by the menu: as an icon of the page, Streamlit would fetch it from outside for the browser's tab.
    """
    return {entry.stem: _page(entry, is_first=entry is PAGES[0]) for entry in PAGES}


def _registered(stem: str) -> StreamlitPage:
    entry = next(entry for entry in PAGES if entry.stem == stem)
    return _page(entry, is_first=entry is PAGES[0])


def _page(entry: Entry, *, is_first: bool = False) -> StreamlitPage:
    return st.Page(
        f"../pages/{entry.section}/{entry.stem}.py",
        title=t(f"page.{entry.stem}"),
        url_path="start" if is_first else entry.stem,
        default=is_first,
        visibility="visible" if entry.is_listed else "hidden",
        help=t(f"page.help.{entry.stem}"),
    )


def chosen(pages: Pages) -> tuple[StreamlitPage, Entry]:
    """The page that the address names, and its entry.

    Streamlit's own menu forgets the view when a page is changed, and putting it back afterwards would trap the
    browser's back button; `menu` draws links that carry the view instead. The first page answers at "/" and, as it does
    not by itself, under its own name too.
    """
    sections: dict[str, list[StreamlitPage]] = {}
    for entry in PAGES:
        sections.setdefault(t(f"section.{entry.section}"), []).append(pages[entry.stem])
    by_name = _page(PAGES[0]._replace(is_listed=False))
    sections[t(f"section.{PAGES[0].section}")].append(by_name)
    page = st.navigation(sections, position="hidden")
    stem = page.url_path or PAGES[0].stem
    if page.url_path == PAGES[0].stem:
        pages[stem] = page  # so that the menu marks it as the one that is open
    return page, next(entry for entry in PAGES if entry.stem == stem)


def page_link(stem: str, label: str | None = None, *, icon: str | None = None, **params: str) -> None:
    """A link to a page with the present view and language kept, and `params` of the page's own."""
    st.page_link(_registered(stem), label=label, icon=icon, query_params=address.of_view(**params))


def go(stem: str, **params: str) -> NoReturn:
    """Change to a page with the present view and language kept. Ends this run."""
    st.switch_page(_registered(stem), query_params=address.of_view(**params))


def side(stem: str) -> AbstractContextManager[object]:
    """Where the menu stands: in the sidebar, on a phone behind one button at the top.

    A phone's sidebar would stay open over the page after a link in it; so would a list that is the same on each page.
    """
    if on_phone():
        return st.popover(t("menu.title"), icon=":material/menu:", key=f"menu_popover_{stem}")
    return st.sidebar


def menu(pages: Pages, counts: Mapping[str, str]) -> None:
    """Links to all listed pages, section by section.

    Args:
        pages: all. counts: what is told behind a page's name, such as how many risks are open, by its stem.
    """
    section, carried = "", address.of_view()
    for entry in PAGES:
        if not entry.is_listed:
            continue
        if entry.section != section:
            section = entry.section
            st.caption(t(f"section.{section}"))
        told = counts.get(entry.stem)
        label = f"{t(f'page.{entry.stem}')} · {told}" if told else None
        icon = f":material/{entry.icon}:"
        st.page_link(pages[entry.stem], label=label, icon=icon, query_params=carried, width="stretch")
