"""Texts -> typed columns, each proved as a whole. What one cell of a proved column leaves unread refuses its row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from data.ingest import dates, numbers
from data.ingest.currencies import codes, fill_currency
from data.ingest.errors import ColumnUnreadable
from data.ingest.evidence import remark
from data.ingest.map import Mapped
from data.ingest.memory import contradicted_decimal, contradicted_orders
from data.ingest.remarks import Question, Remark
from data.progress import tell
from data.tables import FieldType, tables

PROVED = 0.5
"""A column counts as proved when this share of its filled cells can be read; the rest refuse their rows."""

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

_FUTURE = ("expected_close_on", "due_on", "planned_on", "ends_on", "starts_on", "left_on")
"""Fields with days ahead: neither they nor what their columns fill as well (one closing date) need be past."""


@dataclass(frozen=True)
class Hints:
    """What the user, the clock and the file's form say about reading.

    `is_said`, `is_decimal_said`: the order, the decimal sign was named for this file; else, it is what was answered for
    the layout before, which the file itself may contradict.
    """

    today: date
    timezone: str
    date_order: str | None = None
    decimal: numbers.Decimal | None = None
    is_said: bool = False
    is_decimal_said: bool = False


@dataclass
class Parsed:
    """Typed columns. `unread`: field -> rows whose text could not be read. `formats`: field -> how it was read.

    `rounded`: field -> rows whose number has more places than can be kept; their texts stay with them.
    """

    columns: dict[str, pl.Series]
    unread: dict[str, pl.Series] = field(default_factory=dict)
    rounded: dict[str, pl.Series] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    warnings: list[Remark] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


def parse(mapped: Mapped, hints: Hints) -> Parsed:
    """Type every column of a file.

    Raises:
        ColumnUnreadable: most of a column is not what its field must be.
    """
    parsed = Parsed(columns={})
    kinds = tables()[mapped.match.table].fields
    waiting: dict[str, dates.Readings] = {}
    columns, rows = len(mapped.texts), mapped.height
    for place, (ours, texts) in enumerate(mapped.texts.items()):
        tell("typing", place / columns, file=mapped.table.file, done=place + 1, of=columns, rows=rows)
        kind = kinds[ours]
        if kind in ("date", "timestamp"):
            _read_date(mapped, parsed, ours, hints, waiting)
        elif kind == "text":
            parsed.columns[ours] = _identifier(texts) if ours.endswith("_id") else texts
        elif kind == "flag":
            parsed.columns[ours] = texts.replace_strict(
                {"true": True, "false": False}, default=None, return_dtype=pl.Boolean
            )
            _note_unread(mapped, parsed, ours, parsed.columns[ours].is_null() & texts.is_not_null())
        else:
            _read_number(mapped, parsed, ours, kind, hints)
    _settle_dates(mapped, parsed, waiting, hints)
    _read_currency(mapped, parsed)
    parsed.columns = {ours: parsed.columns[ours] for ours in mapped.texts if ours in parsed.columns} | parsed.columns
    return parsed


def _identifier(texts: pl.Series) -> pl.Series:
    """Ids that went through a spreadsheet come back as `17850.0`."""
    filled = texts.drop_nulls()
    if filled.len() and filled.head(50).str.contains(r"^\d+\.0$").all() and filled.str.contains(r"^\d+\.0$").all():
        return texts.str.strip_suffix(".0")
    return texts


# ---------------------------------------------------------------------------------------------------------- numbers


def _numbers(mapped: Mapped, ours: str, kind: FieldType, decimal: numbers.Decimal | None) -> numbers.Numbers:
    return numbers.numbers(
        mapped.texts[ours],
        money=kind == "money",
        decimal=decimal,
        continental=mapped.table.delimiter == ";",
        exact=mapped.table.is_typed or ours in mapped.factors or ours in mapped.computed,
        power=len(str(mapped.factors.get(ours, 1))) - 1,
    )


def _read_number(mapped: Mapped, parsed: Parsed, ours: str, kind: FieldType, hints: Hints) -> None:
    told = _numbers(mapped, ours, kind, "point" if ours in mapped.computed else hints.decimal)
    if told.against and hints.decimal and not hints.is_decimal_said and ours not in mapped.computed:
        parsed.questions.append(contradicted_decimal(mapped, ours, hints.decimal, told.against))
        told = _numbers(mapped, ours, kind, None)  # what the file itself says, until a person has answered
    elif told.is_open:
        parsed.questions.append(_decimal_question(mapped, ours))
    values, reading, unreadable = told.values, told.reading, told.unreadable
    if ours in mapped.factors:
        reading += f", x {mapped.factors[ours]:,}"
        if told.own_unit is not None and told.own_unit.any():
            _note_own_unit(mapped, parsed, ours, told.own_unit)
    if kind == "share":
        values, reading = _share(mapped, ours, values, reading)
    if kind == "integer":
        whole = values.cast(pl.Int32, strict=False)
        is_whole = (whole.cast(pl.Float64) == values).fill_null(value=False)
        unreadable = unreadable | (values.is_not_null() & ~is_whole)
        values = pl.DataFrame([whole.alias("n"), is_whole.alias("w")]).select(pl.when("w").then("n")).to_series()
    _note_unread(mapped, parsed, ours, unreadable)
    if told.rounded is not None and told.rounded.any() and ours not in mapped.computed:
        _note_rounded(mapped, parsed, ours, told.rounded)
    parsed.columns[ours] = values.alias(ours)
    parsed.formats[ours] = reading


def _note_own_unit(mapped: Mapped, parsed: Parsed, ours: str, rows: pl.Series) -> None:
    """A cell that names its unit means that one, whatever the column's name says; and that is said."""
    params: dict[str, str | int] = {
        "rows": int(rows.sum()),
        "column": mapped.sources[ours][0],
        "sample": str(mapped.texts[ours].filter(rows)[0]),
        "factor": f"{mapped.factors[ours]:,}",
    }
    parsed.warnings.append(Remark(code="unit_of_cells", params=params))


def _note_rounded(mapped: Mapped, parsed: Parsed, ours: str, rounded: pl.Series) -> None:
    """More places than can be kept are cut; that is said, and what was written stays with the row."""
    parsed.rounded[ours] = rounded
    column, sample = mapped.sources[ours][0], str(mapped.texts[ours].filter(rounded)[0])
    params: dict[str, str | int] = {"rows": int(rounded.sum()), "column": column, "sample": sample}
    parsed.warnings.append(Remark(code="rounded", params=params))


def _share(mapped: Mapped, ours: str, values: pl.Series, reading: str) -> tuple[pl.Series, str]:
    """Shares are 0-1 here. A column that goes beyond 1 is in per cent as a whole, unless its cells say % themselves."""
    largest = values.abs().max()
    says_percent = bool(mapped.texts[ours].drop_nulls().head(50).str.contains("[%％]").any())
    if not says_percent and (ours in mapped.percent or (isinstance(largest, float) and largest > 1)):
        return values / 100, f"{reading}, per cent"
    return values, reading


def _decimal_question(mapped: Mapped, ours: str) -> Question:
    column = mapped.sources[ours][0]
    shown = [text for text in mapped.texts[ours].drop_nulls().unique(maintain_order=True) if "." in text][:3]
    meant = {
        "point": [f"{text} = {text}" for text in shown],
        "comma": [f"{text} = {text.replace('.', '')}" for text in shown],
    }
    return Question(
        code="ask_decimal",
        params={"column": column, "samples": "; ".join(meant["comma"])},
        flag="--decimal",
        choices=("point", "comma"),
        samples=meant,
    )


def _read_currency(mapped: Mapped, parsed: Parsed) -> None:
    """Currencies by their codes; what amounts and their header name fills the currency that no column names."""
    kinds = tables()[mapped.match.table].fields
    column = parsed.columns.get("currency")
    if column is not None:
        parsed.columns["currency"] = column = codes(column).alias("currency")
    if "currency" not in kinds or "amount" not in mapped.texts:
        return
    named = parsed.formats.get("amount", "").split(", ")[1:]
    has_signs = any(len(code) == len("CNY") and code.isupper() for code in named)
    amounts = mapped.texts["amount"] if has_signs else None
    header = mapped.sources.get("amount", [""])[0]
    filled, remarks = fill_currency(header, column, amounts, mapped.height)
    if filled is not None:
        parsed.columns["currency"] = filled.alias("currency")
    parsed.warnings += remarks


# ------------------------------------------------------------------------------------------------------------ dates


def _read_date(mapped: Mapped, parsed: Parsed, ours: str, hints: Hints, waiting: dict[str, dates.Readings]) -> None:
    texts = mapped.texts[ours]
    kind = tables()[mapped.match.table].fields[ours]
    known = next((other for other in waiting if mapped.sources.get(other) == mapped.sources.get(ours)), None)
    if known is None and (quick := dates.iso(texts, hints.today)) is not None:
        parsed.columns[ours] = quick.cast(pl.Datetime("us")) if kind == "timestamp" else quick
        parsed.formats[ours] = "ymd"
        return
    if known:
        waiting[ours] = waiting[known]
        return
    clean = (
        texts.to_frame("t")
        .select(pl.when(~pl.col("t").str.to_lowercase().is_in(numbers.NOTHING)).then("t"))
        .to_series()
    )
    waiting[ours] = dates.readings(clean, hints.today, hints.timezone)


def _settle_dates(mapped: Mapped, parsed: Parsed, waiting: dict[str, dates.Readings], hints: Hints) -> None:
    """One reading per column: by itself, the flag, the other columns of the file, what comes first, what is past."""
    settled, why = _narrowed(mapped, parsed, waiting, hints)
    against = {} if hints.is_said else contradicted_orders(mapped, waiting, hints.date_order)
    parsed.questions += against.values()
    kinds = tables()[mapped.match.table].fields
    asked: set[str] = set(against)
    told: set[str] = set()
    for ours, column in settled.items():
        orders = _orders(column)
        if _is_open(column):
            if mapped.sources[ours][0] not in asked:
                asked.add(mapped.sources[ours][0])
                parsed.questions.append(_order_question(mapped, ours, orders))
            continue
        name = column.names[0] if column.names else "ymd"
        stamps = _stamps(mapped.texts[ours], column, name)
        nothing = mapped.texts[ours].str.to_lowercase().is_in(numbers.NOTHING)
        _note_unread(mapped, parsed, ours, stamps.is_null() & mapped.texts[ours].is_not_null() & ~nothing)
        parsed.columns[ours] = (stamps if kinds[ours] == "timestamp" else stamps.dt.date()).alias(ours)
        parsed.formats[ours] = name
        if mapped.sources[ours][0] not in told and (said := remark(mapped, waiting, ours, name, why.get(ours))):
            told.add(mapped.sources[ours][0])
            parsed.warnings.append(said)


def _narrowed(
    mapped: Mapped, parsed: Parsed, waiting: dict[str, dates.Readings], hints: Hints
) -> tuple[dict[str, dates.Readings], dict[str, str]]:
    """The readings that are left of each column, and what settled those that their own values leave open."""
    ahead = [mapped.sources.get(ours) for ours in _FUTURE if ours in mapped.texts]

    def past(columns: dict[str, dates.Readings]) -> dict[str, dates.Readings]:
        return {
            ours: column if mapped.sources.get(ours) in ahead else _past(column, hints.today)
            for ours, column in columns.items()
        }

    named = "said" if hints.is_said else "memory"
    steps: list[tuple[str, Callable[[dict[str, dates.Readings]], dict[str, dates.Readings]]]] = [
        (named, lambda columns: {ours: _told(column, hints) for ours, column in columns.items()}),
        ("columns", _agreeing),
        ("sequence", lambda columns: _in_order(mapped, parsed, columns)),
        ("past", past),
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


def _order_question(mapped: Mapped, ours: str, column: dates.Readings) -> Question:
    shown = dates.samples(column)
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


# --------------------------------------------------------------------------------------------------------- unreadable


def _note_unread(mapped: Mapped, parsed: Parsed, ours: str, unread: pl.Series) -> None:
    bad = int(unread.sum())
    if not bad:
        return
    texts = mapped.texts[ours]
    filled = len(texts) - texts.null_count()
    if filled - bad < PROVED * filled:
        shown = texts.filter(unread).unique(maintain_order=True).head(3)
        raise ColumnUnreadable(
            file=mapped.table.file,
            column=", ".join(mapped.sources.get(ours, [ours])),
            field=ours,
            type=tables()[mapped.match.table].fields[ours],
            samples=", ".join(shown),
        )
    parsed.unread[ours] = unread
