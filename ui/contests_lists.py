"""Recognition as lists: records, months in a row, deals won in a row, and what is said of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl
import streamlit as st

from metrics.by_person import personal
from metrics.catalog import Measure, catalog
from metrics.errors import SalesError
from metrics.query import Result
from metrics.records import adding_up
from ui import controls, numbers, show
from ui.look import Look
from ui.text import lang, t

MOST_NAMED = 3


def adding_measures() -> list[str]:
    """Measures of which there are records, that there are data of."""
    return list(show.present([id_ for id_ in catalog().measures if _is(id_, adding_up)]))


def personal_measures() -> list[str]:
    """Measures by which a person can be held against their own past, that there are data of."""
    return list(show.present([id_ for id_ in catalog().measures if _is(id_, personal)]))


def _is(id_: str, check: Callable[[str], Measure]) -> bool:
    try:
        return not check(id_).is_part
    except SalesError:
        return False


def chosen(measures: Sequence[str]) -> str | None:
    """The one of these that the address names, else won amount; None, and what is missing, where there is none."""
    if not measures:
        st.info(t("contests.nothing"), icon=":material/emoji_events:")
        return None
    first = "won_amount" if "won_amount" in measures else measures[0]
    return controls.choice("measure", tuple(measures), label=t("contests.measure"), default=first, show=measure_name)


def measure_name(id_: str) -> str:
    """A measure in the reader's language."""
    return catalog().measures[id_].label.text(lang())


# -------------------------------------------------------------------------------------------------------------- records


def records(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Records in words: whose, of what, and what it has beaten."""
    kinds = {name: look.words(f"contests.record_{name}") for name in ("month", "quarter", "largest")}
    shown = ["member", "whose", "record", "value", "from_on", "what", "best_before", "of_many", "ties", "is_new"]
    told = _whose(frame, look).with_columns(pl.col("record").cast(pl.String).replace(kinds))
    return told.select(name for name in shown if frame.get_column(name).null_count() < frame.height)


def _whose(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """The company by that name, and levels in words."""
    levels = {name: look.words(f"contests.whose_{name}") for name in ("rep", "team", "company")}
    member = pl.when(pl.col("whose") == "company").then(pl.lit(levels["company"])).otherwise("member")
    return frame.with_columns(member=member, whose=pl.col("whose").cast(pl.String).replace(levels))


def new_records(result: Result, look: Look) -> str | None:
    """How many records fell in the period, and the first of them; None where no period says what is new."""
    frame = result.frame
    if frame.is_empty() or frame.get_column("is_new").null_count() == frame.height:
        return None
    found = frame.filter("is_new")
    if found.is_empty():
        return look.words("question.records_none")
    names = _whose(found, look).get_column("member").unique(maintain_order=True).to_list()
    named = numbers.listed(names[:MOST_NAMED], look.lang)
    key = "question.records_found" if len(names) <= MOST_NAMED else "question.records_more"
    return look.words(key, count=numbers.exact(found.height, "count", look.lang), names=named)


# -------------------------------------------------------------------------------------------------------------- streaks


def streaks(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Months in a row: what they are held against, and how likely by chance alone."""
    against = {name: look.words(f"contests.against_{name}") for name in ("target", "median")}
    told = _whose(frame, look).with_columns(pl.col("held_against").cast(pl.String).replace(against))
    return told.select(
        "member", "running", "running_from", "longest", "from_on", "to_on", "held_against", "months_over",
        "months_judged", "luck", "is_beyond_chance",
    )  # fmt: skip


def longest_months(result: Result, look: Look) -> str | None:
    """The longest streak of months, and whether it is more than luck."""
    return _longest(_whose(result.frame, look), "member", "streaks", look)


def wins(frame: pl.DataFrame, look: Look) -> pl.DataFrame:  # noqa: ARG001 - as every shape
    """Deals won in a row, and how likely by chance alone."""
    return frame.select(
        "rep", "longest", "from_on", "to_on", "running", "running_from", "closed", "win_rate", "luck",
        "is_beyond_chance",
    )  # fmt: skip


def longest_wins(result: Result, look: Look) -> str | None:
    """The longest streak of wins, and whether it is more than luck."""
    return _longest(result.frame, "rep", "wins", look)


def _longest(frame: pl.DataFrame, who: str, of: str, look: Look) -> str | None:
    """The one beyond chance that is the least likely; else the longest, said to be no more than luck."""
    known = frame.filter(pl.col("longest") > 1)
    if known.is_empty():
        return None
    beyond = known.filter("is_beyond_chance").sort("luck")
    row = (beyond if beyond.height else known.sort("longest", descending=True, maintain_order=True)).row(0, named=True)
    key = "beyond" if beyond.height else "luck"
    luck = numbers.share(row["luck"], look.lang, 0 if row["luck"] >= 0.01 else 2)
    return look.words(f"question.{of}_{key}", name=row[who], count=row["longest"], luck=luck, of=frame.height)
