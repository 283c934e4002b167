"""One customer on screen: which one, who it is, its signals and next actions in words; and how it is found."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, NamedTuple

import polars as pl
import streamlit as st

from data.customer_facts import facts, is_known, who
from data.customer_sheet import sheet
from data.errors import UnknownCustomer
from data.punctuation import paired
from metrics import customer_words as words
from metrics.customer import family, of_customer
from metrics.customer_signals import SIGNALS
from metrics.query import Query, Result
from metrics.view import View
from ui import customer_drawn, numbers, rows, search, session, show
from ui.guard import guarded
from ui.look import Look
from ui.question import Subject
from ui.text import lang, plain, t

_ABOUT = (
    "customer_id", "industry", "region", "city", "size_band", "tier", "rep", "created_on", "first_order_on",
    "first_won_on", "credit_limit",
)  # fmt: skip
_STEM = "customer"


class Customer(NamedTuple):
    """Who is looked at. `view`: of the customer alone. `who`: a row of `metrics.customer.profile`. `family`: names."""

    name: str
    view: View
    who: dict[str, Any]
    family: tuple[str, ...]


def chosen(view: View) -> Customer | None:
    """The customer that the address names, by name or id, or that the view is filtered on; None where it is none."""
    filtered = [one for one in view.chosen("customer") if one]
    name = st.query_params.get("name") or (filtered[0] if len(filtered) == 1 else None)
    if not name:
        return None
    with session.reading() as seen:
        try:
            found = who(seen, session.viewer(), name)
        except UnknownCustomer as error:
            st.info(plain(error.text(lang())), icon=":material/search_off:")
            return None
        named = str(found["customer"])
        members = seen.ask(family(named), session.viewer()).frame["customer"].to_list()
    return Customer(named, of_customer(view, named), found, tuple(members))


def finder() -> None:
    """Where a customer is looked for by a part of its name."""
    _finder()


@st.fragment
def _finder() -> None:
    with st.container(border=True):
        typed = st.text_input(
            t("customer.find"), key="customer.find", type="search", placeholder=t("customer.find_placeholder"),
            icon=":material/search:", live=True, max_chars=100,
        )  # fmt: skip
        if typed and search.is_enough(typed):
            with guarded():
                if not search.customers(typed, _STEM):
                    st.caption(plain(t("search.none", words=typed)))


def head(one: Customer) -> None:
    """The name, the view in words, who it is, the page to print, and the way to another."""
    show.title(t("page.customer"), one.view)
    st.header(plain(one.name), anchor=False)
    told = [
        paired(rows.heading(name), rows.said(name, one.who[name]), lang())
        for name in _ABOUT
        if is_known(one.who[name], one.view.at)
    ]
    st.caption(plain(" · ".join(told)))
    store, viewer, language, currency = session.store(), session.viewer(), lang(), session.currency()

    def printed() -> bytes:
        with store.snapshot() as seen:
            return sheet(facts(seen, viewer, one.name, one.view), language, currency).encode()

    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            t("customer.print"), printed, f"{one.name}.html", "text/html", icon=":material/print:", on_click="ignore",
            key="customer.print", help=t("customer.print_help"),
        )  # fmt: skip
        with st.popover(t("customer.another"), icon=":material/search:"):
            _finder()


def chain(one: Customer) -> None:
    """The accounts above and below, each one click away."""
    with session.reading() as seen:
        result = seen.ask(family(one.name), session.viewer())
    if one.who["parent"] and one.who["parent"] not in one.family:
        st.caption(plain(t("customer.parent_unknown", parent=one.who["parent"])))
    if result.frame.height < 2:
        st.caption(t("customer.alone"))
        return
    top = result.frame.get_column("level").min()
    with st.container(border=True, gap="xxsmall"):
        for name, level in result.frame.select("customer", "level").iter_rows():
            indent = "\u2003" * (level - int(str(top)))
            if name == one.name:
                st.markdown(f"{indent}**{plain(name)}**")
            else:
                search.open_customer(name, _STEM, label=f"{indent}{name}", key="customer.family")
    for remark in result.notes:
        st.caption(plain(remark.text(lang())))


# ---------------------------------------------------------------------------------------------------- signals, actions


class Attention(Subject):
    """What is looked behind: the signals of customers. Their rules are those of metrics/customer_signals.py."""

    def explain(self) -> None:
        """Every signal with its rule."""
        st.markdown(plain(t(f"question.{self.measure}_help")))
        st.markdown("\n".join(paired(f"- **{plain(name)}**", plain(rule), lang()) for name, rule in _rules()))

    def terms(self) -> list[tuple[str, str]]:
        """The same for a file."""
        return [(self.title, t(f"question.{self.measure}_help")), *_rules()]


class Known(Attention):
    """The same, of many customers, each of whom has a page."""

    page: ClassVar[tuple[str, str, str] | None] = (_STEM, "name", "customer")


class Suggested(Subject):
    """What is looked behind: what suggests itself, and the rows that say so."""

    def rows(self) -> Query:
        """The rows that a suggestion stands on."""
        return self.query.rows("count", **dict(self.at))


def _rules() -> list[tuple[str, str]]:
    return [(words.label(one, lang()), words.rule(one, lang())) for one in SIGNALS]


def writer(look: Look) -> Callable[[float | None, str], str]:
    """How numbers inside a sentence are written for a reader."""
    return partial(_written, look=look)


def _written(value: float | None, unit: str, look: Look) -> str:
    return numbers.written(value, unit, look.lang, look.currency)


def with_evidence(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Signals as a list: whose, which, since when, what is at stake, whose account it is, and what it stands on."""
    told = frame.to_dicts()
    return pl.DataFrame(
        {
            "customer": frame.get_column("customer"),
            "signal_told": [words.label(row["signal"], look.lang) for row in told],
            "since": frame.get_column("since"),
            "amount_at_stake": frame.get_column("amount").round(0),
            "account_owner": frame.get_column("rep"),
            "evidence": [_evidence(row, look) for row in told],
        },
        {"customer": pl.String, "signal_told": pl.String, "since": pl.Date, "amount_at_stake": pl.Float64,
         "account_owner": pl.String, "evidence": pl.String},
    )  # fmt: skip


def _evidence(row: dict[str, Any], look: Look) -> str:
    """What a signal stands on, and of one about key accounts why it is one."""
    told = words.evidence(row, look.lang, writer(look))
    by = words.key_by(row, look.lang) if row["signal"] in ("silent", "untouched") else ""
    return look.words("customer.evidence_by", evidence=told, by=by) if by else told


def of_one(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """The same of one customer."""
    return with_evidence(frame, look).select("signal_told", "since", "amount_at_stake", "evidence")


def first_signal(result: Result, look: Look) -> str | None:
    """The signal with most at stake, in a sentence."""
    if result.frame.is_empty():
        return None
    row = result.frame.row(0, named=True)
    return look.words("customer.told", what=words.label(row["signal"], look.lang), why=_evidence(row, look))


def first_action(result: Result, look: Look) -> str | None:
    """What suggests itself first, with its reason."""
    if result.frame.is_empty():
        return None
    row = result.frame.row(0, named=True)
    why = words.why(row, look.lang, writer(look))
    return look.words("customer.told", what=words.action(row, look.lang), why=why)


def how_many(result: Result, look: Look) -> str | None:
    """How many customers show a signal, and how many of them each."""
    frame = result.frame
    if frame.is_empty():
        return None
    counts = {one: frame.filter(signal=one)["customer"].n_unique() for one in SIGNALS}
    listed = [f"{words.label(one, look.lang)} {count}" for one, count in counts.items() if count]
    return look.words(
        "question.attention_found", customers=numbers.exact(frame["customer"].n_unique(), "count", look.lang),
        signals=numbers.listed(listed, look.lang),
    )  # fmt: skip


def with_reasons(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """What suggests itself, each with why."""
    told = frame.to_dicts()
    return pl.DataFrame(
        {
            "action_told": [words.action(row, look.lang) for row in told],
            "why_told": [words.why(row, look.lang, writer(look)) for row in told],
        },
        {"action_told": pl.String, "why_told": pl.String},
    )


def entries(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Entries of the timeline as a list, in words."""
    lanes = [customer_drawn.lane(one, look) for one in frame.get_column("lane")]
    kept = frame.select("day", pl.Series("lane", lanes, pl.String), "what", "amount", "score", "who")
    return kept.select(name for name in kept.columns if kept.get_column(name).null_count() < kept.height)
