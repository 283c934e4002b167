"""Decisions on screen: one line to write one down in a meeting, and what became of those there are.

The form keeps nothing by itself: whatever is typed stays until it is added. Two people may decide at once; each sees
what the other has added with the next touch.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import streamlit as st

from data.review import actions, deciding
from data.review.action_words import expected_of, outcome_of, promise_of, said_of, subject_of
from data.review.chapter import Subject
from data.review.course import guessed_of, places_of
from data.review.decided import Standing
from data.review.outcomes import Outcome, Parameter, expected, in_words, outcomes_of, unit_for
from data.settings import settings
from metrics.catalog import measure as measure_of
from metrics.errors import SalesError
from metrics.query import from_file
from ui import session
from ui.guard import explain, guarded
from ui.review.decided import icon_of, row
from ui.review.subject import options_of, subject_field
from ui.text import lang, plain, t

_TOLD, _TURN = "decide.told", "decide.turn"
_BY_HAND = "~"
_STEPS = {"count": 1.0, "share": 5.0}


class About(NamedTuple):
    """What the form must know of a subject: whose it is, and the stages that lie before an open deal.

    `is_over`: the deal is won or lost, so that the data will say nothing new of it. `is_guessed`: nobody told in which
    order its stages come, so that any other may lie before it, and only the stage itself or a win will count.
    """

    rep: str | None = None
    stages: tuple[str, ...] = ()
    is_over: bool = False
    is_guessed: bool = False


@st.fragment
def desk(
    review_id: int | None, subjects: Sequence[Subject] = (), *, team: str | None = None, key: str, listed_key: str
) -> None:
    """The form, and below it the list, which tells at once what was added.

    Args:
        review_id, subjects, key: as of `form`. team, listed_key: as `team` and `key` of `listed`.
    """
    _form(review_id, subjects, key, team)
    _listed(team, None, None, listed_key)


@st.fragment
def form(review_id: int | None, subjects: Sequence[Subject] = (), *, key: str = "decide") -> None:
    """Write a decision down: about what, what is expected or to be done, who, until when.

    Args:
        review_id: of the review that is held; None outside of one. subjects: what is talked about, first the first.
        key: names the form, where a page has several.
    """
    _form(review_id, subjects, key)


def _form(review_id: int | None, subjects: Sequence[Subject], key: str, team: str | None = None) -> None:
    if settings().engine:
        st.caption(t("decide.elsewhere"))
        return
    with guarded():
        today = session.as_of()
        if today is None:
            st.caption(t("decide.nothing"))
            return
        turn = st.session_state.setdefault(f"{_TURN}.{key}", 0)
        _fields(review_id, options_of(subjects, today, team), today, f"{key}.{turn}", key)
        told = st.session_state.pop(f"{_TOLD}.{key}", None)
        if isinstance(told, SalesError):
            explain(told)
        elif isinstance(told, str):
            st.markdown(f":green[:material/check_circle:] {plain(told)}")
        if review_id is not None:
            said_in(review_id)


def _fields(review_id: int | None, options: list[Subject], today: date, at: str, key: str) -> None:
    where, wanted, more = st.columns([11, 6, 5], vertical_alignment="bottom")
    with where:
        subject = subject_field(options, at)
    about = _about(subject)
    mine = f"{at}.{subject.kind}.{subject.id}"
    with wanted:
        outcome = _outcome(subject, mine, about)
    with more, st.container(horizontal=True, vertical_alignment="bottom"):
        given = _parameters(outcome, about, mine, today) if outcome else {}
    what, who, when, does = st.columns([9, 5, 4, 3], vertical_alignment="bottom")
    with what:
        st.text_input(
            t("decide.what"), key=f"{at}.text", max_chars=deciding.MOST_LETTERS,
            placeholder=t("decide.what_hint" if outcome is None else "decide.what_more"),
        )  # fmt: skip
    with who:
        owners = _owners(about)
        st.selectbox(
            t("decide.owner"), owners, index=owners.index(about.rep) if about.rep in owners else None,
            key=f"{mine}.owner", accept_new_options=True, placeholder=t("decide.owner_hint"),
        )  # fmt: skip
    with when:
        st.date_input(
            t("decide.due"), value=today + timedelta(days=deciding.USUAL_DAYS), min_value=today, key=f"{at}.due",
            format="YYYY-MM-DD",
        )  # fmt: skip
    with does:
        st.button(
            t("decide.add"), key=f"{key}.add", type="primary", icon=":material/add_task:", on_click=_add,
            args=(review_id, subject, outcome.id if outcome else None, given, at, mine, key),
        )  # fmt: skip
    if about.is_guessed and outcome is not None and any(one.type == "stage" for one in outcome.parameters.values()):
        st.caption(f":material/info: {t('decide.guessed')}")
    _preview(subject, outcome, given, at)


def _about(one: Subject) -> About:
    """Whose a deal or customer is, and where the deal can go from here."""
    with session.reading() as seen:
        viewer = session.viewer()
        if one.kind == "deal" and one.id:
            rows = seen.ask(from_file("deal", deal_id=one.id), viewer).frame
            if rows.is_empty():
                return About()
            deal = rows.row(0, named=True)
            if deal["status"] != "open":
                return About(deal["rep"], is_over=True)
            places = {stage: at for (pipeline, stage), at in places_of(seen).items() if pipeline == deal["pipeline"]}
            guessed = {stage for pipeline, stage in guessed_of(seen) if pipeline == deal["pipeline"]}
            here, unsure = places.get(deal["stage"], 0), deal["stage"] in guessed
            ahead = [
                stage
                for stage, at in places.items()
                if stage != deal["stage"] and (at > here or unsure or stage in guessed)
            ]
            return About(deal["rep"], tuple(ahead), is_guessed=unsure or bool(guessed.intersection(ahead)))
        if one.kind == "customer" and one.id:
            rows = seen.ask(from_file("customer", customer=one.id), viewer).frame
            return About(None if rows.is_empty() else rows.item(0, "rep"))
    return About(one.id if one.kind == "rep" else None)


def _outcome(subject: Subject, mine: str, about: About) -> Outcome | None:
    """What is expected so that the data can tell; None: somebody will say it."""
    known = {one.id: one for one in outcomes_of(subject.kind)}
    if not known:
        return None
    names = {id_: one.label.text(lang()) for id_, one in known.items()} | {_BY_HAND: t("decide.by_hand")}
    chosen = st.selectbox(
        t("decide.expected"), list(names), format_func=names.__getitem__, key=f"{mine}.expected",
        index=len(known) if about.is_over else 0, help=t("decide.expected_help"),
    )  # fmt: skip
    return known.get(chosen)


def _parameters(outcome: Outcome, about: About, mine: str, today: date) -> dict[str, object]:
    given: dict[str, object] = {}
    for name, one in outcome.parameters.items():
        given[name] = _parameter(one, given, about, f"{mine}.{outcome.id}.{name}", today)
    return {name: value for name, value in given.items() if value is not None}


def _parameter(one: Parameter, given: dict[str, object], about: About, key: str, today: date) -> object:
    """What is filled in; None while nothing is."""
    label = one.label.text(lang())
    if one.type == "stage":
        return st.selectbox(
            label, about.stages, index=None if about.is_guessed else 0, key=key,
            placeholder=t("decide.choose_stage" if about.stages else "decide.no_stage"),
        )  # fmt: skip
    if one.type == "day":
        return st.date_input(label, value=today, key=key, format="YYYY-MM-DD")
    if one.choices:
        names = {id_: _choice(one, id_) for id_ in one.choices}
        return st.selectbox(label, one.choices, format_func=names.__getitem__, key=key)
    unit = unit_for(one, str(given.get("measure", "")))
    sign = " %" if unit == "share" else ""
    value = st.number_input(
        f"{label}{sign}", min_value=0.0, value=None, step=_STEPS.get(unit, 1000.0), format="%.0f",
        key=f"{key}.{given.get('measure', '')}",
    )  # fmt: skip
    return value / 100 if value is not None and unit == "share" else value


def _choice(one: Parameter, id_: str) -> str:
    return measure_of(id_).label.text(lang()) if one.type == "measure" else t(f"decide.grain_{id_}")


def _owners(about: About) -> list[str]:
    """Whom a decision can be given to by choosing; anybody else is typed."""
    with session.reading() as seen:
        known = [one for one in seen.values("rep", session.viewer()) if one]
    return known if about.rep is None or about.rep in known else [about.rep, *known]


def _preview(subject: Subject, outcome: Outcome | None, given: dict[str, object], at: str) -> None:
    """The decision as it will be read next week."""
    said, due = str(st.session_state.get(f"{at}.text") or "").strip(), st.session_state.get(f"{at}.due")
    told = ""
    if outcome is not None and len(given) == len(outcome.parameters):
        try:
            told = in_words(expected(subject.kind, outcome.id, given), due, lang(), session.currency())
        except SalesError:
            told = ""
    parts = [one for one in (subject.label, said, told) if one]
    if (said or told) and parts:
        st.markdown(f":material/task_alt: {plain(' · '.join(parts))}")


def _add(
    review_id: int | None, subject: Subject, outcome: str | None, given: dict[str, Any], at: str, mine: str, key: str
) -> None:
    state = st.session_state
    try:
        made = deciding.add(
            session.store(), session.viewer(), what=state.get(f"{at}.text") or "", kind=subject.kind,
            subject=subject.id, owner=state.get(f"{mine}.owner"), due_on=state.get(f"{at}.due"), outcome=outcome,
            given={name: str(value) for name, value in given.items()}, review_id=review_id,
        )  # fmt: skip
    except SalesError as error:
        state[f"{_TOLD}.{key}"] = error
        return
    state[f"{_TURN}.{key}"] = state.get(f"{_TURN}.{key}", 0) + 1
    state[f"{_TOLD}.{key}"] = t("decide.added", promise=promise_of(made, lang(), session.currency()))


def said_in(review_id: int, title: str = "") -> None:
    """What was decided in a meeting, of what the reader may see: the last first. Under a title; nothing of nothing."""
    if settings().engine:
        return
    with session.reading() as seen:
        listed = [one for one in actions.standings(seen, session.viewer()) if one.action.review_id == review_id]
    if listed and title:
        st.markdown(f"**{plain(title)}**")
    for one in sorted(listed, key=lambda one: -one.action.id):
        st.markdown(f"{icon_of(one)} {plain(_line(one))}")


def _line(one: Standing) -> str:
    made = one.action
    parts = [subject_of(made, lang()), promise_of(made, lang(), session.currency())]
    return " · ".join([*parts, made.owner] if made.owner else parts)


# ----------------------------------------------------------------------------------------------------------------- list


@st.fragment
def listed(
    *, team: str | None = None, day: date | None = None, subject: Subject | None = None, key: str = "decided"
) -> None:
    """The decisions and what became of them: open ones or all, with the word of people, and the history of each.

    Args:
        team: only those about a team. day: looked at from this day. subject: only those about it.
        key: names the list, where a page has several.
    """
    _listed(team, day, subject, key)


def _listed(team: str | None, day: date | None, subject: Subject | None, key: str) -> None:
    if settings().engine:
        st.caption(t("decide.elsewhere"))
        return
    with guarded():
        names = {name: t(f"decide.show_{name}") for name in ("open", "all")}
        chosen = st.segmented_control(
            t("decide.show"), list(names), default="open", format_func=names.__getitem__, key=f"{key}.show",
            label_visibility="collapsed", required=True,
        )  # fmt: skip
        with session.reading() as seen:
            every = actions.standings(seen, session.viewer(), day=day, team=team)
        if subject is not None:
            every = [one for one in every if (one.action.kind, one.action.subject) == (subject.kind, subject.id)]
        shown = [one for one in every if one.is_open or chosen == "all"]
        told = st.session_state.pop(f"{_TOLD}.{key}", None)
        if isinstance(told, SalesError):
            explain(told)
        if not shown:
            st.caption(t("decide.none_open" if every else "decide.none"))
        pages = st.pagination(-(-len(shown) // MOST), key=f"{key}.page") if len(shown) > MOST else 1
        for one in shown[(pages - 1) * MOST : pages * MOST]:
            row(one, key, f"{_TOLD}.{key}")


MOST = 20
"""So many decisions stand on one page of the list."""


def told_of(kind: str, subject: str) -> None:
    """The open decisions about one deal, salesperson or customer, a line each; nothing where there are none."""
    if settings().engine:
        return
    found: list[Standing] = []
    with guarded(), session.reading() as seen:
        found = actions.about(seen, session.viewer(), kind, subject)
    for one in found:
        made, currency = one.action, session.currency()
        what = promise_of(made, lang(), currency)
        more = expected_of(made, lang(), currency)
        outcome = outcome_of(one, lang()) if one.by_hand is None else ""
        promise = f"{what} ({more})" if made.what and more else what
        parts = [promise, made.owner or "", outcome, said_of(one, lang(), currency)]
        st.markdown(f"{icon_of(one)} **{t('decide.one')}** {plain(' · '.join(part for part in parts if part))}")
