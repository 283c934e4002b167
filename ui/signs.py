"""The signs against open deals in words: each with its reason, never a score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from data import sign_words
from data.punctuation import paired
from metrics.query import Result
from metrics.signals import SIGNALS, Signal, shown, signals
from metrics.view import View
from ui import answers, numbers, session
from ui.block import header
from ui.guard import guarded
from ui.look import Look
from ui.question import Ruled
from ui.reader import look
from ui.rows import heading
from ui.text import lang, plain, t


class Signs(Ruled):
    """What is looked behind: the signs of open deals. Their rules are those of metrics/signals.py."""

    ruled = SIGNALS


def reason(signal: Signal, row: Mapping[str, Any], look: Look) -> str:
    """Why a deal shows a sign, with its value and, where there is one, the threshold."""
    return sign_words.reason(signal, row, look.lang, look.currency, _fields)


def _fields(listed: str, language: str) -> str:
    """Fields of deals as columns of lists are headed."""
    return numbers.listed([heading(name) for name in listed.split(",") if name], language)


def with_reasons(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Deals as a list: what they are, their money, how many signs they show and why."""
    told = ([reason(signal, row, look) for signal in shown(row)] for row in frame.iter_rows(named=True))
    reasons = [sign_words.beside(texts, look.lang) for texts in told]
    listed = frame.with_columns(pl.Series("reasons", reasons, pl.String))
    return listed.select("deal_id", "deal", "amount", "signals", "reasons", "rep", "stage", "expected_close_on")


def breaches_listed(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Each reason against a deal in words, with the deal, its money and its owner."""
    why = [_unmet(row, look) for row in frame.iter_rows(named=True)]
    listed = frame.with_columns(pl.Series("reasons", why, pl.String))
    return listed.select("deal_id", "deal", "amount", "stage", "reasons", "rep", "stage_since", "expected_close_on")


def _unmet(row: Mapping[str, Any], look: Look) -> str:
    """Why a deal does not meet what its stage asks: "44 days over the limit of 21", "Next step is missing"."""
    if row["reason"] == "field":
        return look.words("signs.missing", field=heading(row["field"]))
    over, limit = (numbers.written(row[name], "days", look.lang) for name in ("days_over", "max_days"))
    return look.words("signs.over", over=over, limit=limit)


def breached(result: Result, look: Look) -> str | None:
    """How many deals with how much money breach their stage's standards, and for which reasons."""
    frame = result.frame
    if frame.is_empty():
        return None
    deals = frame.unique("deal_id")
    reasons = frame.get_column("reason")
    return look.words(
        "question.breaches_found", deals=numbers.exact(deals.height, "count", look.lang),
        money=look.money(float(deals.get_column("amount").sum() or 0)),
        late=numbers.exact(int((reasons == "time").sum()), "count", look.lang),
        blank=numbers.exact(int((reasons == "field").sum()), "count", look.lang),
    )  # fmt: skip


def most_frequent(result: Result, look: Look) -> str | None:
    """How many open deals, with how much money, show any sign, and the most frequent one. Of `signals.foremost`."""
    told = result.raw.row(0, named=True) if result.raw.height else {}
    if not told.get("all_marked"):
        return None
    counts = {signal: int(told[f"all_{signal.id}"]) for signal in SIGNALS}
    most = max(counts, key=counts.__getitem__)
    return answers.words(
        "question.signals_found", look.lang, deals=numbers.exact(told["all_marked"], "count", look.lang),
        of=numbers.exact(told["all_deals"], "count", look.lang),
        money=numbers.written(float(told["all_amount"] or 0), "money", look.lang, look.currency),
        most=f"{most.label.text(look.lang)} ({numbers.exact(counts[most], 'count', look.lang)})",
    )  # fmt: skip


def signs(view: View, deal_id: str) -> None:
    """The signs of one deal, each with its reason; a click on the heading opens rules, values and SQL."""
    with st.container(border=True):
        _signs(view, deal_id)


@st.fragment
def _signs(view: View, deal_id: str) -> None:
    with guarded():
        query = signals(view)
        with session.reading() as seen:
            found = seen.ask(query.rows(deal_id=deal_id), session.viewer()).frame
        subject = Signs(query, "deal_signals", view, at=(("deal_id", deal_id),))
        header(subject.title, None, subject, "deal_signals")
        if found.is_empty():
            st.caption(t("deal.not_open"))
            return
        row, how = found.row(0, named=True), look(view)
        present = shown(row)
        for signal in present:
            st.markdown(
                paired(
                    f":material/flag: **{plain(signal.label.text(lang()))}**", plain(reason(signal, row, how)), lang()
                )
            )
        if not present:
            st.markdown(f":material/check: {t('deal.no_signs')}")
        unknown = [signal.label.text(lang()) for signal in SIGNALS if row[signal.flag] is None]
        if unknown:
            st.caption(plain(t("deal.unknown_signs", signs=numbers.listed(unknown, lang()))))
