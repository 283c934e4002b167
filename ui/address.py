"""The address is the state: the view, the language and each page's own choices are read from it and written to it.

Nothing in an address can break a page: what is not understood is ignored and said.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from urllib.parse import quote_plus, urlencode

import streamlit as st

from data.divisions import divisions, with_those_below
from data.settings import settings
from metrics.catalog import catalog
from metrics.period import bucket_start
from metrics.query import Note
from metrics.view import View
from ui import session
from ui.text import KEPT, PARAMETER, lang

YOUNG_DAYS = 14
"""So few days into a quarter there is nothing to judge yet: the one before is opened."""
_PERIOD = {"period", "from", "to"}
_OF_VIEW = {*_PERIOD, "compare", "as_of"}
_WRITTEN = "address_written"


def arrive() -> None:
    """Once per session, complete an address that came without a language or a period, so that a copy opens the same.

    Only once: whoever then steps back to the bare address is left there, else the back button would be trapped.
    """
    asked, given = lang(), st.query_params.to_dict()
    opens = {} if given.keys() & _PERIOD else first_view(session.today())
    if _WRITTEN not in st.session_state and (opens or PARAMETER not in given):
        st.query_params.from_dict({PARAMETER: asked} | opens | given)
    st.session_state[_WRITTEN] = True
    st.session_state[KEPT] = asked


def first_view(today: date) -> dict[str, str]:
    """What a bare address opens: how this quarter goes against the last one. A link says what it wants itself."""
    begun = (today - bucket_start(today, "quarter")).days >= YOUNG_DAYS
    return {"period": "this_quarter" if begun else "last_quarter", "compare": "previous"}


def view() -> View:
    """The view that the address describes."""
    return read()[0]


def read() -> tuple[View, list[Note]]:
    """The view of the address, and what in it was not understood."""
    found, ignored = _read(tuple(sorted(st.query_params.to_dict().items())), session.today())
    return _with_those_below(found), ignored


def _with_those_below(found: View) -> View:
    """A division that is named without its teams, as a link may name it, stands for all of them, as in the filter."""
    chosen = found.chosen("team")
    if not any(chosen):
        return found
    meant = with_those_below(chosen, _teams_with_rows(), divisions_seen())
    filters = tuple((name, meant if name == "team" else values) for name, values in found.filters)
    return found if meant == chosen else found.model_copy(update={"filters": filters})


def without_empty(chosen: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """Teams without the divisions that stand for those below them, where none of these are there any more."""
    under, known = divisions_seen(), _teams_with_rows()
    return tuple(
        team for team in chosen if team in known or not (below := under.get(team or "", ())) or set(below) & set(chosen)
    )


def _teams_with_rows() -> list[str | None]:
    return session.once(f"teams {settings().viewer}", lambda seen: seen.values("team", session.viewer()))


def divisions_seen() -> dict[str, tuple[str, ...]]:
    """Teams with all below them, also where nobody works in them, of those that the reader sees whole."""
    return session.once(f"divisions {settings().viewer}", lambda seen: divisions(seen, session.viewer()))


def opened_by(params: dict[str, str], today: date) -> View:
    """The view that an address with these parameters opens on a day."""
    return _read(tuple(sorted(params.items())), today)[0]


@lru_cache(maxsize=64)
def _read(params: tuple[tuple[str, str], ...], as_of: date) -> tuple[View, list[Note]]:
    fixed = settings()
    return View.from_url(
        dict(params),
        as_of=as_of,
        fiscal_start=fixed.fiscal_start,
        week_start=fixed.week_start,
        headline=fixed.headline_measure,
    )


def show(changed: View) -> None:
    """Write a changed view into the address; the language and the page's own choices stay."""
    kept = {name: value for name, value in st.query_params.to_dict().items() if not is_of_view(name)}
    st.query_params.from_dict(kept | parameters(changed))


def parameters(of: View) -> dict[str, str]:
    """The parameters of a view; all time is named too, since an address without any period opens the first view."""
    named = of.to_url()
    return named if named.keys() & _PERIOD else {"period": of.preset} | named


def is_of_view(name: str) -> bool:
    """Whether a parameter belongs to the view, and so goes along from page to page."""
    return name in _OF_VIEW or name in catalog().dimensions


def of_view(**params: str) -> dict[str, str]:
    """The parameters that carry the present view and language to another page, and `params` of its own."""
    return {PARAMETER: lang()} | parameters(view()) | params


def links(page: str, name: str, values: Iterable[str | None]) -> list[str | None]:
    """The addresses of a page, one for each value of a parameter of its own; none where there is no value."""
    before = f"{link(page)}&{name}="
    return [before + quote_plus(value) if value is not None else None for value in values]


def link(page: str, **params: str) -> str:
    """The address of a page with the present view and language: "/deal?lang=en&period=this_year&id=42"."""
    return f"/{page}?{urlencode(of_view(**params))}"
