"""Columns of dates: one order of day, month and year for each, proved, said or asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

import polars as pl

from data.ingest import dates
from data.ingest.evidence import remark
from data.ingest.map import Mapped
from data.ingest.memory import contradicted_orders
from data.ingest.numbers import NOTHING
from data.ingest.other_dates import proved_elsewhere
from data.ingest.parsed import PROVED, Hints, Parsed, note_unread
from data.ingest.remarks import Offer, Question, Remark
from data.ingest.short_dates import completed, is_running, run_on, without_year
from data.tables import tables

_ORDERED = (
    ("created_on", "closed_on"),
    ("created_at", "converted_on"),
    ("created_at", "qualified_on"),
    ("entered_on", "left_on"),
    ("opened_on", "closed_on"),
    ("issued_on", "due_on"),
    ("signed_on", "ends_on"),
    ("starts_on", "ends_on"),
    ("sent_on", "answered_on"),
    ("created_on", "expected_close_on"),
)
"""Pairs of dates that come in this order in nearly every row: they tell day and month apart."""

_LATER = frozenset(second for _, second in _ORDERED)
_FUTURE = ("expected_close_on", "due_on", "planned_on", "ends_on", "starts_on", "left_on")
"""Fields with days ahead: neither they nor what their columns fill as well (one closing date) need be past."""


def read_date(mapped: Mapped, parsed: Parsed, ours: str, hints: Hints, waiting: dict[str, dates.Readings]) -> None:
    """Type a column of ISO dates; any other one waits, with all of its readings, for what the other columns say."""
    texts = mapped.texts[ours]
    kind = tables()[mapped.match.table].fields[ours]
    known = next((other for other in waiting if mapped.sources.get(other) == mapped.sources.get(ours)), None)
    if known is None and (quick := dates.iso(texts, hints.today)) is not None:
        parsed.columns[ours] = quick.cast(pl.Datetime("us")) if kind == "timestamp" else quick
        parsed.formats[ours] = "ymd"
        return
    is_ahead = ours in _FUTURE and _before(mapped, mapped.texts, ours) is None
    whole, question = completed(texts, mapped.sources[ours][0], hints, is_ahead=is_ahead)
    if question is not None:
        if question.params["column"] not in [one.params.get("column") for one in parsed.questions]:
            parsed.questions.append(question)
        return
    if whole is not texts and (said := (whole != texts).fill_null(value=False)).any():
        parsed.yearless[ours] = said
    mapped.texts[ours] = texts = whole
    if known:
        waiting[ours] = waiting[known]
        return
    clean = texts.to_frame("t").select(pl.when(~pl.col("t").str.to_lowercase().is_in(NOTHING)).then("t")).to_series()
    waiting[ours] = dates.readings(clean, hints.today, hints.timezone, hints.numbers)


def settle_dates(mapped: Mapped, parsed: Parsed, waiting: dict[str, dates.Readings], hints: Hints) -> None:
    """One reading per column: by itself, the flag, the other columns of the file, what comes first, what is past."""
    elsewhere: dict[str, Remark] = {}
    settled, why = _narrowed(mapped, parsed, waiting, hints, elsewhere)
    against = {} if hints.is_said else contradicted_orders(mapped, waiting, hints.date_order)
    parsed.questions += against.values()
    kinds = tables()[mapped.match.table].fields
    asked: set[str] = set(against)
    told: set[str] = set()
    numbered: set[str] = set()
    for ours, column in settled.items():
        orders = _orders(column)
        if _is_open(column):
            if mapped.sources[ours][0] not in asked:
                asked.add(mapped.sources[ours][0])
                yearless = parsed.yearless.get(ours)
                runs = yearless is not None and bool(is_running(yearless, mapped.texts[ours]).any())
                parsed.questions.append(_order_question(mapped, ours, orders, runs=runs))
            continue
        name = column.names[0] if column.names else "ymd"
        if len(column.swapped) and not column.is_told and column.share < PROVED:
            if mapped.sources[ours][0] not in asked:
                asked.add(mapped.sources[ours][0])
                parsed.questions.append(_numbers_question(mapped, parsed, ours, column))
            continue
        stamps = _stamps(mapped.texts[ours], column, name)
        nothing = mapped.texts[ours].str.to_lowercase().is_in(NOTHING)
        note_unread(mapped, parsed, ours, stamps.is_null() & mapped.texts[ours].is_not_null() & ~nothing)
        parsed.columns[ours] = (stamps if kinds[ours] == "timestamp" else stamps.dt.date()).alias(ours)
        parsed.formats[ours] = name
        if len(column.swapped) and mapped.sources[ours][0] not in numbered:
            numbered.add(mapped.sources[ours][0])
            parsed.warnings.append(_swapped(mapped, parsed, ours, column, hints.numbers))
        said = elsewhere.get(ours) or remark(mapped, waiting, ours, name, why.get(ours))
        if mapped.sources[ours][0] not in told and said:
            told.add(mapped.sources[ours][0])
            parsed.warnings.append(said)
    _find_years(mapped, parsed, hints)


def _find_years(mapped: Mapped, parsed: Parsed, hints: Hints) -> None:
    """The years of days that run on through New Year; where one year was said, whether it turns days around is told."""
    for ours in sorted(parsed.yearless, key=lambda one: one in _LATER):
        days, before = parsed.columns.get(ours), _before(mapped, parsed.columns, ours)
        if days is None:
            continue
        running = is_running(parsed.yearless[ours], mapped.texts[ours])
        if running.any():
            found = run_on(days, running, None if before is None else parsed.columns[before], hints.latest)
            note_unread(mapped, parsed, ours, found.is_null() & days.is_not_null())
            parsed.columns[ours] = found.cast(days.dtype).alias(ours)
        elif before is not None:
            _note_turned(mapped, parsed, ours, before)


def _before(mapped: Mapped, there: Iterable[str], ours: str) -> str | None:
    """The field whose day comes before that of another one in the same row, where another column fills it."""
    firsts = (first for first, second in _ORDERED if second == ours and first in there)
    return next((first for first in firsts if mapped.sources.get(first) != mapped.sources.get(ours)), None)


def _note_turned(mapped: Mapped, parsed: Parsed, ours: str, before: str) -> None:
    """Days that come before those that they follow, by the one year that was said."""
    pair = [parsed.columns[field].cast(pl.Date) for field in (before, ours)]
    turned = (pair[0] > pair[1]).fill_null(value=False) & parsed.yearless[ours]
    columns = [mapped.sources[field][0] for field in (ours, before)]
    if turned.any() and not any(said.code == "year_turned" and columns[0] in said.params.values()
                                for said in parsed.warnings):  # fmt: skip
        params: dict[str, str | int] = {"rows": int(turned.sum()), "column": columns[0], "before": columns[1]}
        parsed.warnings.append(Remark(code="year_turned", params=params))


def _narrowed(
    mapped: Mapped, parsed: Parsed, waiting: dict[str, dates.Readings], hints: Hints, elsewhere: dict[str, Remark]
) -> tuple[dict[str, dates.Readings], dict[str, str]]:
    """The readings that are left of each column, and what settled those that their own values leave open.

    What columns without a field prove goes into `elsewhere`.
    """
    ahead = [mapped.sources.get(ours) for ours in _FUTURE if ours in mapped.texts]

    def past(columns: dict[str, dates.Readings]) -> dict[str, dates.Readings]:
        return {
            ours: column if mapped.sources.get(ours) in ahead else _past(column, hints.today)
            for ours, column in columns.items()
        }

    def others(columns: dict[str, dates.Readings]) -> dict[str, dates.Readings]:
        found = {ours: proved_elsewhere(mapped, ours, one, hints) for ours, one in columns.items() if _is_open(one)}
        proved = {ours: proof for ours, proof in found.items() if proof is not None}
        elsewhere.update({ours: said for ours, (_, said) in proved.items()})
        return {ours: one.keep([proved[ours][0]]) if ours in proved else one for ours, one in columns.items()}

    named = "said" if hints.is_said else "memory"
    steps: list[tuple[str, Callable[[dict[str, dates.Readings]], dict[str, dates.Readings]]]] = [
        (named, lambda columns: {ours: _told(column, hints) for ours, column in columns.items()}),
        ("columns", _agreeing),
        ("elsewhere", others),
        ("sequence", lambda columns: _in_order(mapped, parsed, columns)),
        ("past", past),
        ("columns", _agreeing),
        ("year", lambda columns: {ours: dates.of_one_year(column, hints.today) for ours, column in columns.items()}),
        ("columns", _agreeing),
    ]
    why: dict[str, str] = {}
    for reason, step in steps:
        before, waiting = waiting, step(waiting)
        why |= {ours: reason for ours, column in before.items() if _is_open(column) and not _is_open(waiting[ours])}
        if reason == named:
            why |= {ours: reason for ours, column in before.items() if column.names != waiting[ours].names}
    return waiting, why


def _orders(column: dates.Readings) -> dates.Readings:
    return column.keep([name for name in column.names if name in dates.ORDERS])


def _is_open(column: dates.Readings) -> bool:
    """Whether orders of day, month and year are left that disagree."""
    orders = _orders(column)
    return len(orders.names) > 1 and dates.differ(orders)


def _stamps(texts: pl.Series, column: dates.Readings, name: str) -> pl.Series:
    if not column.names:
        return pl.Series(texts.name, [None] * len(texts), dtype=pl.Datetime("us"))
    return column.apply(texts, name)


def _told(column: dates.Readings, hints: Hints) -> dates.Readings:
    """The order that was named, where it reads as much as any; what is said now also where it reads most only."""
    order = hints.date_order
    if order is not None and hints.is_said and order not in column.names and column.share_of(order) >= PROVED:
        return column.only(order)
    return column.keep([order]) if order in column.names else column


def _agreeing(columns: dict[str, dates.Readings]) -> dict[str, dates.Readings]:
    """One program wrote the file: where a column proves its order, columns that leave it open follow."""
    proved = {
        column.names[0] for column in columns.values() if len(column.names) == 1 and column.names[0] in dates.ORDERS
    }
    if len(proved) != 1:
        return columns
    order = proved.pop()
    return {ours: column.keep([order]) if order in column.names else column for ours, column in columns.items()}


def _in_order(mapped: Mapped, parsed: Parsed, columns: dict[str, dates.Readings]) -> dict[str, dates.Readings]:
    """Keep the readings in which created comes before closed: an order without a violation beats one with some."""
    orders = sorted({name for column in columns.values() if len(column.names) > 1 for name in column.names})
    if len(orders) < 2:
        return columns
    wrong = dict.fromkeys(orders, 0)
    for first, second in _ORDERED:
        for name in orders:
            pair = [_as_read(mapped, parsed, columns, ours, name) for ours in (first, second)]
            if pair[0] is not None and pair[1] is not None and mapped.sources.get(first) != mapped.sources.get(second):
                wrong[name] += int((pair[0] > pair[1]).sum())
    best = [name for name in orders if not wrong[name]]
    if not best or len(best) == len(orders):
        return columns
    return {
        ours: column.keep([name for name in column.names if name in best]) if set(column.names) & set(best) else column
        for ours, column in columns.items()
    }


def _as_read(
    mapped: Mapped, parsed: Parsed, columns: dict[str, dates.Readings], ours: str, name: str
) -> pl.Series | None:
    if ours in columns and columns[ours].names:
        column = columns[ours]
        return column.apply(mapped.texts[ours], name if name in column.names else column.names[0])
    return parsed.columns[ours].cast(pl.Datetime("us")) if ours in parsed.columns else None


def _past(column: dates.Readings, today: date) -> dates.Readings:
    """What has happened is not in the future: drop readings with later days when another reading has none."""
    if len(column.names) < 2:
        return column
    latest = {name: column.read[name].max() for name in column.names}
    past = [name for name, moment in latest.items() if isinstance(moment, datetime) and moment.date() <= today]
    return column.keep(past) if past else column


def _swapped(mapped: Mapped, parsed: Parsed, ours: str, column: dates.Readings, told: str | None) -> Offer:
    """Day numbers in which day and month probably changed places, with their money: not read unless a person says."""
    rows = mapped.texts[ours].is_in(column.swapped.implode()).fill_null(value=False)
    amounts = parsed.columns.get("amount")
    params: dict[str, str | int] = {
        "column": mapped.sources[ours][0],
        "rows": int(rows.sum()),
        "sample": ", ".join(column.swapped.head(3)),
        "money": "—" if amounts is None else f"{float(amounts.filter(rows).sum()):,.15g}",
    }
    taken = told if told in ("read", "turn") else "refuse"
    code = "date_numbers_swapped" if taken == "refuse" else f"date_numbers_{taken}"
    return Offer(code=code, params=params, flag="--day-numbers", choices=("refuse", "turn", "read"), taken=taken)


def _numbers_question(mapped: Mapped, parsed: Parsed, ours: str, column: dates.Readings) -> Question:
    """What most cells of a column are, where without them it would be no column of days."""
    offer = _swapped(mapped, parsed, ours, column, None)
    return Question(code="ask_day_numbers", params=offer.params, flag=offer.flag, choices=("turn", "read"))


def _order_question(mapped: Mapped, ours: str, column: dates.Readings, *, runs: bool) -> Question:
    shown = dates.samples(column)
    if runs:  # in which year is found once day and month are
        shown = [(without_year(text), {name: without_year(day) for name, day in days.items()}) for text, days in shown]
    meant = {name: [f"{text} = {days[name]}" for text, days in shown] for name in column.names}
    said = "; ".join(f"{name}: {', '.join(texts)}" for name, texts in meant.items())
    params: dict[str, str | int] = {
        "column": mapped.sources[ours][0],
        "samples": said,
        "choices": "/".join(column.names),
    }
    return Question(
        code="ask_date_order", params=params, flag="--date-order", choices=tuple(column.names), samples=meant
    )
