"""What a decision is about: chosen from what is talked about, or found by a part of its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from data.review.action_words import target_name, word
from data.review.chapter import Subject
from data.review.subjects import MOST_SOUGHT, offered, sought
from ui import search, session
from ui.text import lang, plain, t

NOTHING = Subject("none")


def options_of(subjects: Sequence[Subject], today: date, team: str | None) -> list[Subject]:
    """What is talked about, that it may be nothing in particular, then targets and people: each once."""
    with session.reading() as seen:
        further = offered(seen, session.viewer(), today, team)
    named = [Subject(kind, id_, target_name(id_, lang()) if kind == "target" else id_) for kind, id_ in further]
    once = {(one.kind, one.id): one for one in (*(one for one in subjects if one.kind != "none"), NOTHING, *named)}
    return list(once.values())


def subject_field(options: list[Subject], at: str) -> Subject:
    """Choose one of the options; or of whatever deal, customer, person or target has what is typed in its name.

    Where nothing has, that is said and the options stay. `at`: names the fields.
    """
    find, choose = st.columns([4, 7], vertical_alignment="bottom")
    with find:
        words = st.text_input(
            t("decide.find"), key=f"{at}.find", type="search", placeholder=t("decide.find_hint"),
            icon=":material/search:", live=True, max_chars=100,
        )  # fmt: skip
    shown, key = options, f"{at}.about"
    if words and search.is_enough(words):
        found, has_more = _found(words, options)
        if not found:
            st.caption(plain(t("search.none", words=words)))
        else:
            shown, key = found, f"{key}.{words}"
        if has_more:
            st.caption(t("search.more", count=MOST_SOUGHT))
    with choose:
        return st.selectbox(t("decide.about"), shown, format_func=_names(shown), key=key)


def _found(words: str, options: Sequence[Subject]) -> tuple[list[Subject], bool]:
    """What is called so: of the options, then of all deals and customers; and whether there are more."""
    wanted = words.strip().casefold()
    called = [one for one in options if one.kind != "none" and wanted in _name(one).casefold()]
    with session.reading() as seen:
        further, has_more = sought(seen, session.viewer(), words)
    known = {(one.kind, one.id) for one in called}
    return [*called, *(one for one in further if (one.kind, one.id) not in known)], has_more


def _names(options: Sequence[Subject]) -> Callable[[Subject], str]:
    """What each is called, of two called alike with its id: the browser tells by that alone which was chosen."""
    often = Counter(_name(one) for one in options)
    names = {one: f"{name} ({one.id})" if often[name := _name(one)] > 1 and one.id else name for one in options}
    return lambda one: names[one] if one in names else _name(one)


def _name(one: Subject) -> str:
    if one.kind == "none":
        return t("decide.about_nothing")
    return f"{word('kinds', one.kind, lang())} · {one.label or one.id}"  # of a choice the text is shown as it is
