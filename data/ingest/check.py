"""Named rules on typed rows. A refused row keeps its line, its text, its reasons and its money; nothing vanishes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from data.distinct import are_distinct
from data.ingest.amounts import Word, missing_amounts
from data.ingest.bad_goals import bad_goals, name_measures
from data.ingest.errors import KeysMissing
from data.ingest.keys import Key, find_key, key_question
from data.ingest.map import Mapped, extra
from data.ingest.numbers import MONEY
from data.ingest.parse import Parsed
from data.ingest.remarks import Offer, Question, Remark
from data.ingest.sales_by_day import is_by_day
from data.ingest.texttable import LINE
from data.tables import JOINT, Table, tables

REFUSED: dict[str, pl.DataType | type[pl.DataType]] = {
    "line": pl.Int64, "text": pl.String, "reasons": pl.List(pl.String), "money": MONEY, "is_set_aside": pl.Boolean
}  # fmt: skip
"""Columns of the frame of rows that are not loaded, as `truth.Load.refused` has them."""

NEEDED: dict[str, tuple[str, ...]] = {
    "teams": ("team",), "deal_lines": ("deal_id",), "deal_owners": ("deal_id",), "deal_stages": ("deal_id", "stage"),
    "order_lines": ("order_id",), "fx_rates": ("currency", "from_on"), "stages": ("stage",),
}  # fmt: skip
"""Parts of a key of several that each row must have: a filled other part must not hide that one is blank."""


@dataclass(frozen=True)
class Told:
    """What a person said about the rows of such a file, now or before.

    `key`: their columns that tell rows apart; empty: nobody said. `repeats`: whether exact repeats of rows without an
    id are records of their own. `missing_amounts`: what 0 and -1 of open deals are.
    """

    key: tuple[str, ...] = ()
    repeats: Literal["keep", "drop"] | None = None
    missing_amounts: Word | None = None


@dataclass
class Checked:
    """`rows`: what is loaded (fields, `key`, `extra`, `line`). `refused`: what is not, and what was set aside.

    `unread`: the keys that could be read of refused rows: what they name is listed, and does not end.
    """

    rows: pl.DataFrame
    refused: pl.DataFrame
    key: list[str]
    warnings: list[Remark] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    unread: tuple[str, ...] = ()


def check(mapped: Mapped, parsed: Parsed, told: Told | None = None) -> Checked:
    """Apply every rule to every row.

    Raises:
        KeysMissing: no row has what identifies it, and no columns would.
    """
    table, told = tables()[mapped.match.table], told or Told()
    if table.name == "deals":
        _close_only_what_is_closed(parsed)
    if table.name == "targets":
        name_measures(parsed)
    warnings, questions = missing_amounts(mapped, parsed, told.missing_amounts)
    key, said = find_key(mapped, parsed, table, told.key)
    frame = pl.DataFrame([series.alias(name) for name, series in parsed.columns.items()])
    frame = frame.with_columns(
        key.texts(mapped.height), extra(mapped, parsed.rounded), mapped.table.frame[LINE].alias("line")
    )
    if table.name == "targets" and "version" not in mapped.sources:  # which one it is, what was set before tells
        frame = frame.with_columns(pl.lit(None, pl.Int32).alias("version"))
    reasons = _unreadable(mapped, parsed) | parsed.refused | _unfinished(mapped, frame, table, parsed)
    bad = _any(reasons, frame.height)
    if told.repeats == "keep" and _may_repeat(table, key):
        frame = _numbered(frame, bad)
    repeated, same = _repeats(frame, bad)
    questions += _ask_key(mapped, parsed, key, frame["key"], repeated)
    reasons["key_repeated"] = repeated | _twice_under_one_id(frame, table, bad | repeated | same)
    refused = _refused(mapped, frame, table, reasons, same)
    kept = frame.filter(~(bad | reasons["key_repeated"] | same)) if refused.height else frame
    warnings += [*said, *_offer_repeats(table, key, frame, same, told), *_lines_again(mapped, table, kept)]
    unread = frame.filter(bad).join(kept, on="key", how="anti")["key"].drop_nulls().unique(maintain_order=True)
    return Checked(kept, refused, key.names, warnings, questions, tuple(unread))


def _ask_key(mapped: Mapped, parsed: Parsed, key: Key, texts: pl.Series, repeated: pl.Series) -> list[Question]:
    """Whether rows would stay out for want of a better key; an id of the CRM's own, or a person's choice, holds.

    Raises:
        KeysMissing.
    """
    has_none = texts.is_null().all() and len(texts) > 0
    if key.is_told and not has_none:
        return []
    if not has_none and (key.is_own or not repeated.any()):
        return []
    question = key_question(mapped, parsed, key, texts.is_null() if has_none else repeated)
    if has_none and (question is None or key.is_told):
        raise KeysMissing(file=mapped.table.file, table=mapped.match.table, fields=", ".join(key.names) or "-")
    return [question] if question else []


def _close_only_what_is_closed(parsed: Parsed) -> None:
    """Many CRMs have one date for "expected" and "actual": it is a closing day only where the deal is closed."""
    if {"closed_on", "status"} <= parsed.columns.keys():
        both = pl.DataFrame([parsed.columns["closed_on"].alias("day"), parsed.columns["status"].alias("status")])
        closed = pl.when(pl.col("status").is_in(["won", "lost"])).then(pl.col("day"))
        parsed.columns["closed_on"] = both.select(closed.alias("closed_on")).to_series()


# ------------------------------------------------------------------------------------------------------------ rules


def _unreadable(mapped: Mapped, parsed: Parsed) -> dict[str, pl.Series]:
    return {f"unreadable:{'+'.join(mapped.sources.get(name, [name]))}": rows for name, rows in parsed.unread.items()}


def _unfinished(mapped: Mapped, frame: pl.DataFrame, table: Table, parsed: Parsed) -> dict[str, pl.Series]:
    """Rules that a row must meet to mean anything."""
    rules = {"key_missing": frame["key"].is_null()}
    for name in NEEDED.get(table.name, ()):
        if name in frame.columns:  # what cannot be read is said as such, with what the cell says
            rules["key_missing"] |= _is_blank(frame, parsed, name)
    if table.name == "deals" and "status" in frame.columns:
        rules["status_missing"] = frame["status"].is_null()
        rules["status_unknown"] = frame["status"].is_not_null() & ~frame["status"].is_in(["open", "won", "lost"])
    if table.name == "fx_rates" and "rate" in frame.columns:
        rules[_blank(mapped, "rate")] = _is_blank(frame, parsed, "rate")
        rules["rate_not_positive"] = (frame["rate"] <= 0).fill_null(value=False)
    if table.name == "targets":
        rules |= bad_goals(frame)
        for name in ("measure", "starts_on", "ends_on", "value"):
            if name in frame.columns:
                rules[_blank(mapped, name)] = frame[name].is_null()
        if {"scope", "scope_value"} <= set(frame.columns):
            rules[_blank(mapped, "scope_value")] = frame["scope_value"].is_null() & frame["scope"].ne_missing("company")
    return {name: rows for name, rows in rules.items() if rows.any()}


def _blank(mapped: Mapped, name: str) -> str:
    """The reason that a field is blank, by the name of its column: people know that one, not ours."""
    return f"blank:{'+'.join(mapped.sources.get(name, [name]))}"


def _is_blank(frame: pl.DataFrame, parsed: Parsed, name: str) -> pl.Series:
    blank = frame[name].is_null()
    return blank & ~parsed.unread[name] if name in parsed.unread else blank


def _repeats(frame: pl.DataFrame, bad: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Of rows with one key the last holds: earlier ones with other content are refused, equal ones set aside."""
    none = pl.repeat(value=False, n=frame.height, dtype=pl.Boolean, eager=True)
    if are_distinct(frame["key"]):
        return none, none
    content = frame.drop("line").with_row_index("row").filter(~bad)
    again = content.filter(pl.col("key").is_duplicated())
    if again.is_empty():
        return none, none
    hashed = again.select("row", "key", again.drop("row").hash_rows().alias("hash"))
    last = pl.col("hash").last().over("key", order_by="row")
    earlier = hashed.with_columns((pl.col("hash") == last).alias("is_alike")).filter(
        pl.col("row") != pl.col("row").max().over("key")
    )
    rows = pl.int_range(frame.height, eager=True)
    alike, other = (earlier.filter(pl.col("is_alike") == is_alike)["row"].cast(pl.Int64) for is_alike in (True, False))
    return rows.is_in(other.implode()), rows.is_in(alike.implode())


def _twice_under_one_id(frame: pl.DataFrame, table: Table, out: pl.Series) -> pl.Series:
    """All but the last row of an id that a chosen key would let live under several keys: it would count each time."""
    none = pl.repeat(value=False, n=frame.height, dtype=pl.Boolean, eager=True)
    if len(table.key) != 1 or table.key[0] not in frame.columns:
        return none
    ids = frame.select(pl.col(table.key[0]).alias("id"), "key").with_row_index("row")
    if ids["id"].equals(ids["key"], null_equal=True):
        return none
    living = ids.filter(~out & pl.col("id").is_not_null())
    earlier = living.filter(pl.col("row") != pl.col("row").max().over("id"))["row"].cast(pl.Int64)
    return pl.int_range(frame.height, eager=True).is_in(earlier.implode())


def _may_repeat(table: Table, key: Key) -> bool:
    """Whether two equal rows may be two records: facts without an id. A list of people names each once."""
    return not key.is_own and bool(table.money or table.dated)


def _numbered(frame: pl.DataFrame, bad: pl.Series) -> pl.DataFrame:
    """Exact repeats get a number in their key; whichever comes first, the keys are the same."""
    hashed = frame.drop("line").hash_rows().alias("#hash")
    nth = (pl.int_range(pl.len()) + 1).over("key", "#hash", "#bad")
    numbered = pl.when((nth > 1) & ~pl.col("#bad")).then(pl.format("{}{}{}", "key", pl.lit(JOINT), nth))
    return (
        frame.with_columns(hashed, bad.alias("#bad"))
        .with_columns(numbered.otherwise("key").alias("key"))
        .drop("#hash", "#bad")
    )


def _offer_repeats(table: Table, key: Key, frame: pl.DataFrame, same: pl.Series, told: Told) -> list[Remark]:
    """Exact repeats without an id count once unless somebody says that they are records of their own."""
    if not _may_repeat(table, key):
        return []
    taken = told.repeats or "drop"
    rows = int(same.sum()) if taken == "drop" else int(_is_numbered(frame, key).sum())
    if not rows:
        return []
    params: dict[str, str | int] = {"rows": rows}
    return [Offer(code=f"repeats_{taken}", params=params, flag="--repeats", choices=("drop", "keep"), taken=taken)]


def _lines_again(mapped: Mapped, table: Table, rows: pl.DataFrame) -> list[Remark]:
    """Lines of an order that are alike in every column, where nothing numbers them: each counts, and that is said."""
    if table.name != "order_lines" or "line_no" not in rows.columns or "line_no" in mapped.sources:
        return []
    if is_by_day(mapped.match):  # of those it is said already (data/ingest/sales_by_day.py)
        return []
    again = rows.filter(~rows.drop("key", "line", "line_no").hash_rows().is_first_distinct())
    if again.is_empty():
        return []
    lines = ", ".join(str(line) for line in again["line"].head(3)) + ("…" if again.height > 3 else "")
    params: dict[str, str | int] = {"rows": again.height, "money": f"{money_of(again):,.2f}", "lines": lines}
    return [Remark(code="lines_again", params=params)]


def money_of(rows: pl.DataFrame) -> float:
    """What rows of sales bring together, in the unit of their amounts; 0 where they have none."""
    return float(rows["amount"].cast(pl.Float64).sum()) if "amount" in rows.columns else 0.0


def _is_numbered(frame: pl.DataFrame, key: Key) -> pl.Series:
    return frame["key"].is_not_null() & (frame["key"] != key.texts(frame.height))


def _any(reasons: dict[str, pl.Series], height: int) -> pl.Series:
    bad = pl.repeat(value=False, n=height, dtype=pl.Boolean, eager=True)
    for rows in reasons.values():
        bad = bad | rows
    return bad


def _refused(
    mapped: Mapped, frame: pl.DataFrame, table: Table, reasons: dict[str, pl.Series], same: pl.Series
) -> pl.DataFrame:
    """Every row that is not loaded, with why, in the order of the file."""
    listed: list[tuple[int, str, list[str], object, bool]] = []
    marks = {name: set(rows.arg_true()) for name, rows in reasons.items() if rows.any()}
    twice = set(same.arg_true())
    for row in sorted(twice.union(*marks.values())):
        why = [_with_text(mapped, name, row) for name, rows in marks.items() if row in rows]
        money = frame[table.money][row] if table.money and table.money in frame.columns else None
        listed.append((frame["line"][row], mapped.table.original(row), why or ["row_repeated"], money, not why))
    listed += [(broken.line, broken.text, [broken.reason], None, False) for broken in mapped.table.broken]
    listed += [(aside.line, aside.text, [aside.reason], None, True) for aside in mapped.table.aside]
    return pl.DataFrame(sorted(listed, key=lambda item: item[0]), schema=REFUSED, orient="row")


def _with_text(mapped: Mapped, reason: str, row: int) -> str:
    """The reason with what the cell says: `unreadable:Amount:abc`."""
    code, _, column = reason.partition(":")
    if code != "unreadable" or column not in mapped.table.headers:
        return reason
    return f"{reason}:{mapped.table.column(mapped.table.headers.index(column))[row] or ''}"
