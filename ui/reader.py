"""Who reads: their language, colours and units, as what a drawing or a card needs to know about them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from data.contents import filled
from data.store import Snapshot
from metrics.catalog import measure
from metrics.period import Period, add_months, bucket_start
from metrics.view import View
from ui import answers, numbers, session
from ui.device import on_phone
from ui.look import Look
from ui.text import lang, t
from ui.theme import palette


def look(view: View, *, top: int | None = 12) -> Look:
    """How things look for the reader of this run."""
    return Look(
        palette=palette(),
        lang=lang(),
        currency=session.currency(),
        fiscal_start=view.fiscal_start,
        now=period_name(view.period, lang()) or t("show.now"),
        before=period_name(view.before, lang()) or t("show.before"),
        top=top,
        is_narrow=on_phone(),
    )


@lru_cache(maxsize=256)
def period_name(period: Period | None, language: str) -> str:
    """First and last day of a period, the year said once: "1 Oct – 31 Dec 2017", "2017年10月1日–12月31日"."""
    if period is None:
        return ""
    first, last = numbers.day(period.from_on, language), numbers.day(period.to_on, language)
    if period.from_on == period.to_on:
        return first
    if period.from_on.year == period.to_on.year:
        if language == "zh-CN":
            return f"{first}–{last.removeprefix(f'{period.to_on.year}年')}"
        return f"{first.removesuffix(f' {period.from_on.year}')} – {last}"
    return f"{first} – {last}"


def run_up(view: View) -> View:
    """The months that led to the day looked at: the view's own period, or twelve months where it is shorter."""
    twelve = add_months(bucket_start(view.at, "month"), -11)
    own = view.period.from_on if view.period else twelve
    return view.with_compare("none").with_period(from_on=min(own, twelve), to_on=view.at)


def with_data(ids: Sequence[str], seen: Snapshot) -> tuple[list[str], list[str]]:
    """The measures whose tables hold rows, and those whose data nobody has uploaded."""
    there = filled(seen)
    present = [id_ for id_ in ids if there.issuperset(answers.needs(measure(id_)))]
    return present, [id_ for id_ in ids if id_ not in present]
