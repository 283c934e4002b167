"""Dates proved on a whole column: every reading that fits every value is a candidate, one survivor is used and named.

`01/02/2026` alone says nothing about day and month; the column it stands in nearly always does. What the column
leaves open is settled by the file's other columns, or asked. No value is ever read by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

import polars as pl

from data.ingest.written_dates import plainly

Order = Literal["ymd", "dmy", "mdy"]
ORDERS: tuple[Order, ...] = ("ymd", "dmy", "mdy")

EARLIEST = date(1990, 1, 1)
YEARS_AHEAD = 20
_TWO_DIGIT_PIVOT = 70  # 70-99 are 19xx

_TIME = (
    r"(?:[T ,]+(\d{1,2})\s?(?:[:时点]\s?(\d{1,2})(?:\s?[:分]\s?(\d{1,2})(?:[.,]\d+)?(?:\s?秒)?|\s?分)?|[时点])"
    r"\s*([AaPp]\.?[Mm]\.?|上午|下午)?"
    r"\s*(Z|UTC|GMT|[PMCE]DT|[PME]ST|[+-]\d{2}:?\d{2})?)?$"
)
_ZONES = {
    "PST": "-0800", "PDT": "-0700", "MST": "-0700", "MDT": "-0600", "CDT": "-0500", "EST": "-0500", "EDT": "-0400"
}  # fmt: skip
"""North American zones, as shops and market places write them. `CST` is left alone: it is China's, too."""
_HALF_FIRST = r"(上午|下午|[AaPp][Mm])\s*(\d{1,2}\s?[:时点][\d\s:分秒]*)$"
"""Chinese puts the half of the day before the time: 上午9:30."""
_TIME_CLOSE = r"日(\d|上午|下午)"
"""… and needs no space before it: 5日9点30分."""
_NUMERIC = r"^(\d{1,4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,4})(?:\s?日)?" + _TIME
_DAY_MONTH = r"^(?:[A-Za-z]{3,9},? )?(\d{1,2})(?:st|nd|rd|th)?[ \-/.]*([A-Za-z]{3,9})[.,]?[ \-/,]*(\d{4}|\d{2})" + _TIME
_MONTH_DAY = r"^(?:[A-Za-z]{6,9},? )?([A-Za-z]{3,9})\.?[ \-](\d{1,2})(?:st|nd|rd|th)?,?[ \-]+(\d{4}|\d{2})" + _TIME
YEAR_FIRST = r"^(?:\d{4}\s?[-/.年]|\d{2}\s?年)"
"""Dates that say themselves which number is the year; nobody writes the day behind it."""
_FORM = r"^\d{1,2}\s?([-/.])\s?\d"
_COMPACT = r"^(\d{4})(\d{2})(\d{2})$"
_YEAR_MONTH = r"^(\d{4})[-/.年](\d{1,2})月?$"
_SERIAL = r"^(\d{5}(?:\.\d+)?)$"
_EPOCH = r"^(\d{10}|\d{13})$"
_NEAR = timedelta(days=366)
_MONTHS = {name: index for index, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
_YEAR_LAST = r"^(\d{1,2})[./-]\d{1,2}[./-](\d{2})(?:\s|$)"
_YEARS_APART = 4
"""So many first numbers of days would be years of which each has but one or two days."""
_EARLY = 10
"""Of a year before 2010, in two digits, a list of today's days tells nothing."""


@dataclass(frozen=True)
class Readings:
    """What a column of texts can mean.

    `texts`: its distinct texts. `rows`: how often each occurs. `read`: reading -> one timestamp or null per text.
    Readings are in order of preference; those that read fewer rows than the best one are already gone. `tried`: every
    order of day, month and year, with what it reads. `swapped`: day numbers of a spreadsheet that took day and month
    for each other, as far as their days tell; no reading has them unless a person said what they are (`is_told`).
    """

    texts: pl.Series
    rows: pl.Series
    read: dict[str, pl.Series]
    share: float
    tried: dict[str, pl.Series] = field(default_factory=dict)
    swapped: pl.Series = field(default_factory=lambda: pl.Series([], dtype=pl.String))
    is_told: bool = False

    @property
    def names(self) -> list[str]:
        """The readings that are still possible."""
        return list(self.read)

    def keep(self, names: list[str]) -> Readings:
        """Only these readings."""
        return replace(self, read={name: self.read[name] for name in names})

    def share_of(self, order: str) -> float:
        """The share of the filled rows that an order reads."""
        total = int(self.rows.sum())
        if order not in self.tried or not total:
            return 0.0
        return int(self.rows.filter(self.tried[order].is_not_null()).sum()) / total

    def only(self, order: str) -> Readings:
        """An order that was tried, although another one reads more."""
        return replace(self, read={order: self.tried[order]}, share=self.share_of(order))

    def apply(self, texts: pl.Series, name: str) -> pl.Series:
        """The column in one reading, as timestamps; what is unreadable is null."""
        if not len(self.texts):
            return pl.Series(texts.name, [None] * len(texts), dtype=pl.Datetime("us"))
        return texts.replace_strict(self.texts, self.read[name], default=None, return_dtype=pl.Datetime("us"))


def readings(texts: pl.Series, today: date, timezone: str, numbers: str | None = None) -> Readings:
    """Try every reading on every distinct text of a column.

    Args:
        numbers: what a person said of day numbers that seem to have day and month in the place of each other: `read`
            them as they are, or `turn` them back; else they are not read.
        texts: trimmed texts, null where blank.
        today: the day of the import, for what is plausible (1990 until twenty years ahead).
        timezone: the company's; stamps that name their own zone are brought into it.
    """
    counted = texts.drop_nulls().value_counts(name="rows", sort=False)
    values, rows = counted[counted.columns[0]].alias("text"), counted["rows"]
    frame = plainly(values).str.replace(_TIME_CLOSE, "日 ${1}").str.replace(_HALF_FIRST, "${2} ${1}").to_frame()
    plain = {
        "day month year": _named(frame, _DAY_MONTH, (3, 2, 1), timezone),
        "month day year": _named(frame, _MONTH_DAY, (3, 1, 2), timezone),
        "yyyymmdd": _assemble(frame, _COMPACT, (1, 2, 3), timezone, timed=False),
    }
    last = date(today.year + YEARS_AHEAD, 12, 31)
    numeric = _numeric(frame, timezone)
    plain["own form"] = _own_form(
        frame, {name: _within(found, EARLIEST, last) for name, found in numeric.items()}, rows
    )
    tried = {
        **_together(numeric, plain, rows),
        "year month": _year_month(frame),
        "serial": _serial(frame),
        "epoch": _epoch(frame, timezone),
    }
    plausible = {name: _within(found, EARLIEST, last) for name, found in tried.items()}
    swapped = _swapped(frame["text"], numeric, plausible["serial"])
    is_told = False
    if swapped.any() and numbers in ("read", "turn"):
        serial = plausible["serial"] if numbers == "read" else _turned(plausible["serial"])
        plausible = {name: pl.select(pl.coalesce(read, serial)).to_series() for name, read in plausible.items()}
        is_told = True
    elif swapped.any():
        del plausible["serial"]
    else:
        plausible = _with_serials(plausible, rows)
    total = int(rows.sum())
    shares = {name: int(rows.filter(found.is_not_null()).sum()) for name, found in plausible.items()}
    best = max(shares.values(), default=0)
    kept = {name: plausible[name] for name, share in shares.items() if share == best and best > 0}
    orders: dict[str, pl.Series] = {name: plausible[name] for name in ORDERS if name in plausible}
    told = values.filter(swapped)
    return Readings(values, rows, kept, best / total if total else 1.0, orders, told, is_told)


def iso(texts: pl.Series, today: date) -> pl.Series | None:
    """The fast way for the usual case: `2026-01-31` in every cell; None when any cell is anything else."""
    first = next(iter(texts.drop_nulls().head(1)), None)
    if not isinstance(first, str) or len(first) != 10 or first[4] != "-":
        return None
    read = texts.str.to_date("%Y-%m-%d", strict=False)
    if read.null_count() != texts.null_count():
        return None
    low, high = read.min(), read.max()
    if isinstance(low, date) and isinstance(high, date) and low >= EARLIEST and high.year <= today.year + YEARS_AHEAD:
        return read
    return None


def of_one_year(column: Readings, today: date) -> Readings:
    """Days that end in this year or one beside it (`05.09.26`, `28.09.26`) do not begin with theirs.

    Read with the year first, so many years would have but one or two days of the month, just those of our years. Some
    first number must be a year of which no list would tell: `22-06-25` to `25-06-25` may be four renewals of a 25 June.
    """
    if "ymd" not in column.names or len(column.names) < 2:
        return column
    ends = column.texts.str.extract(_YEAR_LAST, 2)
    years = {f"{(today.year + by) % 100:02}" for by in (-2, -1, 0, 1)}
    begins = column.texts.str.extract(_YEAR_LAST, 1).cast(pl.Int32, strict=False)
    if ends.null_count() or begins.n_unique() < _YEARS_APART or ends.n_unique() > 2 or not set(ends) <= years:
        return column  # of New Year, two
    if begins.is_between(_EARLY, (today.year + 1) % 100).all():
        return column
    return column.keep([name for name in column.names if name != "ymd"])


def _within(values: pl.Series, first: date, last: date) -> pl.Series:
    moment = pl.col("moment")
    return values.to_frame("moment").select(pl.when(moment.dt.date().is_between(first, last)).then(moment)).to_series()


def _numeric(frame: pl.DataFrame, timezone: str) -> dict[str, pl.Series]:
    """Three numbers in each order in which their lengths allow it."""
    places = {"ymd": (1, 2, 3), "dmy": (3, 2, 1), "mdy": (3, 1, 2)}
    return {order: _assemble(frame, _NUMERIC, place, timezone) for order, place in places.items()}


def _together(orders: dict[str, pl.Series], plain: dict[str, pl.Series], rows: pl.Series) -> dict[str, pl.Series]:
    """Two ways of writing in one column are one reading: the forms that can mean one day only say it beside any other.

    Args:
        orders: the readings as three numbers, of which one must be chosen.
        plain: forms with one meaning; no text has two of them.
        rows: how often each text occurs.
    """
    counts = {name: int(rows.filter(found.is_not_null()).sum()) for name, found in {**orders, **plain}.items()}
    said = pl.select(pl.coalesce(*plain.values()).alias("said")).to_series()
    readable = [name for name in orders if counts[name]] or sorted(plain, key=lambda name: -counts[name])[:1]
    tried = {**orders, **plain}
    return {name: pl.select(pl.coalesce(said, tried[name])).to_series() for name in readable}


def _own_form(frame: pl.DataFrame, orders: dict[str, pl.Series], rows: pl.Series) -> pl.Series:
    """Texts that need no proof by others: the year first, and forms (`/`, `.`, `-`) that differ and prove themselves.

    Where a column writes days in several forms, what one of them proves says nothing about another: `12/25/25` leaves
    `5.1.2026` open. Forms that all prove the same order are left to the whole column.
    """
    form = frame["text"].str.extract(_FORM, 1)
    proved: dict[str, list[str]] = {}
    for sign in form.drop_nulls().unique().sort():
        counts = {name: int(rows.filter((form == sign) & read.is_not_null()).sum()) for name, read in orders.items()}
        best = max(counts.values())
        proved[sign] = [name for name, count in counts.items() if count == best and best]
    agree = len({tuple(names) for names in proved.values()}) <= 1
    sure = {} if agree else {sign: names[0] for sign, names in proved.items() if len(names) == 1}
    text = pl.col("text")
    said = [pl.when(text.str.contains(YEAR_FIRST)).then(pl.col("ymd"))]
    said += [pl.when(text.str.extract(_FORM, 1) == sign).then(pl.col(name)) for sign, name in sure.items()]
    return frame.with_columns(**orders).select(pl.coalesce(said).alias("own form")).to_series()


def _named(frame: pl.DataFrame, pattern: str, places: tuple[int, int, int], timezone: str) -> pl.Series:
    return _assemble(frame, pattern, places, timezone)


def _assemble(
    frame: pl.DataFrame, pattern: str, places: tuple[int, int, int], timezone: str, *, timed: bool = True
) -> pl.Series:
    """Build timestamps from the groups of a pattern; `places` are the groups of year, month and day."""
    groups = frame.select(
        *(pl.col("text").str.extract(pattern, group).alias(str(group)) for group in range(1, 9 if timed else 4))
    )
    year, month, day = (pl.col(str(place)) for place in places)
    # A year has two or four digits, and in a date with a four-digit part that part is the year.
    fits = year.str.len_chars().is_in([2, 4])
    others = pl.max_horizontal(month.str.len_chars(), day.str.len_chars()) <= (9 if "A-Za-z" in pattern else 2)
    number = year.cast(pl.Int32, strict=False)
    full = (
        pl.when(year.str.len_chars() == 4)
        .then(number)
        .when(number >= _TWO_DIGIT_PIVOT)
        .then(number + 1900)
        .otherwise(number + 2000)
    )
    months = (
        month.str.slice(0, 3).str.to_lowercase().replace_strict(_MONTHS, default=None, return_dtype=pl.Int32)
        if "A-Za-z" in pattern
        else month.cast(pl.Int32, strict=False)
    )
    built = groups.select(
        pl.when(fits & others)
        .then(pl.concat_str([full.cast(pl.String), months.cast(pl.String), day], separator="-"))
        .str.to_date("%Y-%m-%d", strict=False)
        .cast(pl.Datetime("us"))
        .alias("day"),
        *([_clock(), pl.col("8").alias("zone")] if timed else []),
    )
    if not timed:
        return built["day"]
    stamped = built.select(
        pl.when(pl.col("clock").is_not_null()).then(pl.col("day") + pl.col("clock")).alias("at"), "zone"
    )
    return _in_company_time(stamped, timezone)


def _clock() -> pl.Expr:
    """The time of day as a duration; zero without one, null where it cannot be (25:00)."""
    hour, minute, second = (pl.col(group).cast(pl.Int64, strict=False).fill_null(0) for group in ("4", "5", "6"))
    half = pl.col("7").str.to_lowercase().str.replace_all(".", "", literal=True)
    is_pm, is_am = half.is_in(["pm", "下午"]), half.is_in(["am", "上午"])
    shifted = pl.when(is_pm & (hour < 12)).then(hour + 12).when(is_am & (hour == 12)).then(0).otherwise(hour)
    fits = (shifted < 24) & (minute < 60) & (second < 60)
    return pl.when(fits).then(pl.duration(hours=shifted, minutes=minute, seconds=second)).alias("clock")


def _in_company_time(stamped: pl.DataFrame, timezone: str) -> pl.Series:
    if stamped["zone"].null_count() == stamped.height:
        return stamped["at"]
    zone = pl.col("zone").str.replace_all(":", "", literal=True).replace(_ZONES)
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    hours = zone.str.extract(r"^[+-](\d{2})", 1).cast(pl.Int64, strict=False).fill_null(0)
    minutes = zone.str.extract(r"^[+-]\d{2}(\d{2})", 1).cast(pl.Int64, strict=False).fill_null(0)
    utc = pl.col("at") - pl.duration(minutes=sign * (hours * 60 + minutes))
    local = utc.dt.replace_time_zone("UTC").dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    return stamped.select(pl.when(zone.is_null()).then(pl.col("at")).otherwise(local)).to_series()


def _year_month(frame: pl.DataFrame) -> pl.Series:
    groups = frame.select(pl.col("text").str.extract(_YEAR_MONTH, group).alias(str(group)) for group in (1, 2))
    first = pl.concat_str(["1", "2", pl.lit("1")], separator="-").str.to_date("%Y-%m-%d", strict=False)
    return groups.select(first.cast(pl.Datetime("us"))).to_series()


def _serial(frame: pl.DataFrame) -> pl.Series:
    """Excel's day numbers: 45678 is 2025-01-21; day 60 of 1900 never existed, hence 30 December 1899."""
    days = pl.col("text").str.extract(_SERIAL, 1).cast(pl.Float64, strict=False)
    since = pl.duration(seconds=(days * 86_400).round().cast(pl.Int64))
    return frame.select(
        (pl.lit(date(1899, 12, 30)).cast(pl.Datetime("us")) + since).cast(pl.Datetime("us"))
    ).to_series()


def is_serial(texts: pl.Series) -> pl.Series:
    """Whether each text is a day number, which says nothing of the order in which others write day and month."""
    return texts.str.contains(_SERIAL).fill_null(value=False)


def _swapped(texts: pl.Series, orders: dict[str, pl.Series], serial: pl.Series) -> pl.Series:
    """Day numbers that a program made with day and month for each other, as far as can be told.

    It makes a day number of each text in which both could be a month and leaves the others as they are: then no day
    number is after the 12th, and no text could be read in both orders.
    """
    is_open = orders["dmy"].is_not_null() & orders["mdy"].is_not_null()
    is_written = texts.str.contains(_FORM) & (orders["dmy"].is_not_null() | orders["mdy"].is_not_null())
    is_early = bool((serial.drop_nulls().dt.day() <= len(_MONTHS)).all())
    found = serial.is_not_null()
    return found & pl.Series([is_early and bool(is_written.any()) and not is_open.any()])


def _turned(serial: pl.Series) -> pl.Series:
    """Days with day and month in the place of each other; every one of them is both."""
    day = pl.col("day")
    turned = pl.datetime(day.dt.year(), day.dt.day(), day.dt.month(), day.dt.hour(), day.dt.minute(), day.dt.second())
    return serial.to_frame("day").select(turned.cast(pl.Datetime("us"))).to_series()


def _with_serials(plausible: dict[str, pl.Series], rows: pl.Series) -> dict[str, pl.Series]:
    """Day numbers of Excel between written days, as a list has whose cells lost their format, read beside those.

    Only where they fall among the days that are written there, or at most a year from them: then nothing else is meant.
    """
    serial = plausible.get("serial")
    counts = {name: int(rows.filter(found.is_not_null()).sum()) for name, found in plausible.items()}
    if serial is None or not counts["serial"]:
        return plausible
    found = dict(plausible)
    for name, read in plausible.items():
        first, last = read.min(), read.max()
        if name in {"serial", "epoch"} or counts[name] <= counts["serial"] or first is None or last is None:
            continue
        if not isinstance(first, datetime) or not isinstance(last, datetime):
            continue
        near = _within(serial, (first - _NEAR).date(), (last + _NEAR).date())
        found[name] = pl.select(pl.coalesce(read, near)).to_series()
    return found


def _epoch(frame: pl.DataFrame, timezone: str) -> pl.Series:
    number = pl.col("text").str.extract(_EPOCH, 1).cast(pl.Int64, strict=False)
    milliseconds = pl.when(pl.col("text").str.len_chars() == 10).then(number * 1000).otherwise(number)
    utc = milliseconds.cast(pl.Datetime("ms")).dt.replace_time_zone("UTC").dt.convert_time_zone(timezone)
    return frame.select(utc.dt.replace_time_zone(None).cast(pl.Datetime("us"))).to_series()


def samples(column: Readings, limit: int = 3) -> list[tuple[str, dict[str, str]]]:
    """Texts whose meaning differs between the readings, with each meaning: what a question shows."""
    shown: list[tuple[str, dict[str, str]]] = []
    for index in column.texts.arg_sort():
        text = column.texts[index]
        meant = {name: found[index] for name, found in column.read.items()}
        if len(set(meant.values())) > 1:
            shown.append((text, {name: f"{moment:%Y-%m-%d}" if moment else "?" for name, moment in meant.items()}))
        if len(shown) == limit:
            break
    return shown


def differ(column: Readings) -> bool:
    """Whether the readings that are left disagree on any value."""
    first, *rest = column.read.values()
    return any(not first.equals(other, null_equal=True) for other in rest)
