"""What a reader can turn: period, comparison, filters, and a page's own choices. The address holds all of it.

A widget never owns a value: before it is drawn it is set to what the address says, and a change is written there by its
callback. So a link, the back button and a click lead to the same page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Literal, TypeVar

import streamlit as st

from metrics.catalog import catalog, dimension
from metrics.cuts import breakdown
from metrics.errors import SalesError
from metrics.period import LAST
from metrics.view import PRESETS, View
from ui import address, answers, margins, saved, session
from ui.address import link, view
from ui.device import on_phone
from ui.navigation import PAGES, go, page_link
from ui.text import lang, plain, t

__all__ = ["PAGES", "change", "choice", "choices", "filter_bar", "go", "link", "page_link", "view"]

T = TypeVar("T", bound=Hashable)
Kind = Literal["select", "segmented", "pills"]

DIMENSIONS = ("team", "rep", "region", "product", "source")
"""What the bar always offers; a link can filter by any other dimension too, and it then shows up beside these."""
COMPARISONS = ("none", "previous", "last_year")
_EARLIEST = date(1900, 1, 1)
_BUTTON_SIZE, _BUTTON_PADDING, _PHONE = 14, 26, 358  # pixels
_ARE_OPEN = "filters_open"
_NONE, _ALL = "~", "*"


def filter_bar(page: str) -> None:
    """Period, comparison, filters and saved views in one line, which wraps on a phone."""
    now, ignored = address.read()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="filter_bar"):
        _period(now)
        _comparison(now)
        _filters(now)
        saved.popover(page)
        if address.parameters(now) != address.first_view(session.today()):
            first = address.opened_by(address.first_view(session.today()), session.today())
            st.button(
                t("filter.reset"), icon=":material/restart_alt:", type="tertiary", on_click=_reset, key="filter_reset",
                help=plain(t("filter.reset_help", view=first.sentence(lang()))),
            )  # fmt: skip
    if ignored:
        st.caption(f":material/info: {plain(' '.join(note.text(lang()) for note in ignored))}")
    _unknown_values(now)


def _period(now: View) -> None:
    st.session_state["filter_period"] = now.preset
    st.selectbox(
        t("filter.period"), PRESETS, key="filter_period", width=210, on_change=_period_chosen,
        format_func={preset: t(f"preset.{preset}") for preset in PRESETS}.__getitem__, filter_mode=None,
    )  # fmt: skip
    if now.preset == "custom":
        first, last = now.from_on, now.to_on
        st.session_state["filter_days"] = (
            first or now.as_of.replace(day=1),
            max(last or now.as_of, first or _EARLIEST),
        )
        st.date_input(
            t("filter.days"), key="filter_days", width=250, on_change=_days_chosen, format="YYYY-MM-DD",
            min_value=_EARLIEST, max_value=LAST,
        )  # fmt: skip


def _comparison(now: View) -> None:
    st.session_state["filter_compare"] = now.compare
    st.selectbox(
        t("filter.compare"), COMPARISONS, key="filter_compare", width=190, on_change=_compare_chosen,
        format_func={compare: t(f"compare.{compare}") for compare in COMPARISONS}.__getitem__, filter_mode=None,
        disabled=now.period is None,
    )  # fmt: skip


def _filters(now: View) -> None:
    always = [*DIMENSIONS, *(name for name, known in catalog().dimensions.items() if known.is_promoted)]
    shown = [*always, *(name for name, _ in now.filters if name not in always)]
    label = t("filter.filters_set", count=len(now.filters)) if now.filters else t("filter.filters")
    # Streamlit takes a popover of another label, another number of filters, for another one, which begins closed.
    st.session_state["filter_popover"] = st.session_state.get(_ARE_OPEN, False)
    bar = st.popover(label, icon=":material/filter_alt:", key="filter_popover", on_change=_filters_opened)
    if bar.open:  # what there is to choose from is looked up for those who are about to choose
        with bar:
            for name in shown:
                _filter(name, now)


def _filters_opened() -> None:
    st.session_state[_ARE_OPEN] = st.session_state["filter_popover"]


def _filter(name: str, now: View) -> None:
    chosen = list(now.chosen(name))
    with session.reading() as seen:
        known = seen.values(name, session.viewer())
    under = _divisions(name)
    options = [*(team for team in under if team not in known), *known]
    options += [value for value in chosen if value not in options]
    texts = {value: value or t("filter.unassigned") for value in options}
    texts |= {team: t("filter.with_below", team=team, count=len(below)) for team, below in under.items()}
    st.session_state[f"filter_{name}"] = chosen
    st.multiselect(
        dimension(name).label.text(lang()), options, key=f"filter_{name}", placeholder=t("filter.all_values"),
        format_func=texts.__getitem__, on_change=_values_chosen, args=(name, under), width=320,
        filter_mode="contains", select_all=False,
    )  # fmt: skip


def _divisions(name: str) -> dict[str, tuple[str, ...]]:
    """Teams that are chosen with all below them: of the filter by team."""
    return address.divisions_seen() if name == "team" else {}


def _unknown_values(now: View) -> None:
    """Say which chosen values do not exist here, so that an empty page explains itself."""
    with session.reading() as seen:
        for name, chosen in now.filters:
            known = {*seen.values(name, session.viewer()), *_divisions(name)}
            for value in [value for value in chosen if value is not None and value not in known][:3]:
                named = dimension(name).label.text(lang())
                st.caption(f":material/info: {plain(t('filter.unknown_value', dimension=named, value=value))}")


def _period_chosen() -> None:
    now, preset = address.view(), str(st.session_state["filter_period"])
    if preset != "custom":
        address.show(now.with_period(preset))
        return
    span = now.period
    last = min(span.to_on, now.as_of) if span else now.as_of
    address.show(now.with_period(from_on=span.from_on if span else last.replace(day=1), to_on=last))


def _days_chosen() -> None:
    days = st.session_state["filter_days"]
    if len(days) == 2:  # the first of two clicks has only one day
        with suppress(SalesError):
            address.show(address.view().with_period(from_on=days[0], to_on=days[1]))


def _compare_chosen() -> None:
    compare = st.session_state["filter_compare"]
    if compare in COMPARISONS:
        address.show(address.view().with_compare(compare))


def _values_chosen(name: str, under: Mapping[str, tuple[str, ...]]) -> None:
    """What was chosen; with a division all teams below it come, and with it they go; with the last of them it goes."""
    now = address.view()
    before, chosen = now.chosen(name), tuple(st.session_state[f"filter_{name}"])
    come = [below for team in chosen if team not in before for below in under.get(team or "", ())]
    gone = {below for team in before if team not in chosen for below in under.get(team or "", ())}
    chosen = tuple(dict.fromkeys([*(value for value in chosen if value not in gone), *come]))
    if name == "team":
        chosen = address.without_empty(chosen)
    kept = tuple((other, values) for other, values in now.filters if other != name)
    address.show(now.model_copy(update={"filters": (*kept, (name, chosen)) if chosen else kept}))


def _reset() -> None:
    today = session.today()
    address.show(address.opened_by(address.first_view(today), today))


def choice(
    name: str,
    options: Sequence[T],
    *,
    label: str,
    default: T | None = None,
    show: Callable[[T], str] = str,
    kind: Kind = "select",
) -> T:
    """A page's own choice of one thing, kept in the address as `?name=…`.

    An address that names no option means the default, which is left out of it.

    Args:
        name: the parameter; no dimension and no part of the view is called so.
        options: what can be chosen; their text (`str`) is what the address holds.
        label: what the choice is about, in the reader's language.
        default: chosen where the address says nothing; the first option unless named.
        show: how an option reads.
        kind: a list to open, or buttons in a row; a list on a phone that cannot hold the row.
    """
    first = options[0] if default is None else default
    by_text = {str(option): option for option in options}
    chosen = by_text.get(st.query_params.get(name, ""), first)
    key, texts = f"choice_{name}", {option: show(option) for option in options}
    st.session_state[key] = chosen

    def changed() -> None:
        now = st.session_state[key]
        _write(name, None if now is None or now == first else str(now))

    match "select" if kind == "segmented" and on_phone() and not _in_a_row(list(texts.values())) else kind:
        case "select":
            st.selectbox(label, options, key=key, format_func=texts.__getitem__, on_change=changed)
        case "segmented":
            st.segmented_control(
                label, options, key=key, format_func=texts.__getitem__, on_change=changed, required=True
            )
        case "pills":
            st.pills(label, options, key=key, format_func=texts.__getitem__, on_change=changed, required=True)
    return chosen


def _in_a_row(texts: Sequence[str]) -> bool:
    """Whether buttons with these texts fit a phone beside each other: beside other controls they do not wrap."""
    return sum(margins.width(text, _BUTTON_SIZE) + _BUTTON_PADDING for text in texts) <= _PHONE


def choices(
    name: str,
    options: Sequence[T],
    *,
    label: str,
    default: Sequence[T] = (),
    show: Callable[[T], str] = str,
    at_most: int | None = None,
) -> list[T]:
    """Several things at once, kept in the address as `?name=a,b`; otherwise as `choice`."""
    by_text = {str(option): option for option in options}
    asked = st.query_params.get(name)
    named = [by_text[text] for text in asked.split(",") if text in by_text] if asked is not None else list(default)
    named = named or (list(default) if asked else [])  # nothing known means the default; nothing at all is a choice
    chosen = list(dict.fromkeys(named))[:at_most]
    key, texts = f"choice_{name}", {option: show(option) for option in options}
    st.session_state[key] = chosen

    def changed() -> None:
        now = list(st.session_state[key])
        _write(name, None if now == list(default) else ",".join(str(option) for option in now))

    st.multiselect(
        label, options, key=key, format_func=texts.__getitem__, on_change=changed, max_selections=at_most,
        placeholder=t("filter.choose"),
    )  # fmt: skip
    return chosen


def change(name: str, *, label: str, at_most: int, help_text: str | None = None) -> int:
    """A change in per cent, drawn with a slider and kept in the address as `?name=…`; 0 unless it says another.

    Args:
        name: the parameter. label: what is changed. at_most: how far to each side. help_text: under the pointer.
    """
    asked = st.query_params.get(name, "")
    chosen = int(asked) if re.fullmatch(r"-?[0-9]{1,3}", asked) and abs(int(asked)) <= at_most else 0
    key = f"change_{name}"
    st.session_state[key] = chosen

    def changed() -> None:
        now = int(st.session_state[key])
        _write(name, str(now) if now else None)

    st.slider(label, -at_most, at_most, step=1, key=key, format="%+d %%", on_change=changed, help=help_text)
    return chosen


def one_of(name: str, now: View) -> View:
    """The view of one value of a dimension, chosen above the page where there are several; otherwise as it is.

    Numbers that mean nothing over several of them (the stages of two pipelines) are asked of one.
    """
    if now.chosen(name):
        return now
    with session.reading() as seen:
        known = seen.values(name, session.viewer())
    if len(known) < 2:
        return now
    chosen = choice(
        f"one_{name}", [value or _NONE for value in known], label=dimension(name).label.text(lang()),
        show=lambda value: t("filter.unassigned") if value == _NONE else value,
    )  # fmt: skip
    return now.with_filter(name, (None if chosen == _NONE else chosen,))


def any_of(name: str, now: View, of: str) -> View:
    """The view of all values of a dimension, or of the one chosen above a block, of those that a measure has.

    As it is where the view chooses already, or there is one value only.
    """
    if now.chosen(name):
        return now
    with session.reading() as seen:
        found = seen.ask(breakdown(of, name, View(as_of=now.as_of)), session.viewer()).frame
    known = [value for value in found.get_column(name) if value is not None]
    if len(known) < 2:
        return now
    chosen = choice(
        f"one_{name}", (_ALL, *known), label=dimension(name).label.text(lang()), kind="pills",
        show=lambda value: t("filter.all_values") if value == _ALL else answers.label(value, name, lang()),
    )  # fmt: skip
    return now if chosen == _ALL else now.with_filter(name, (chosen,))


def _write(name: str, value: str | None) -> None:
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
