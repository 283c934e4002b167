"""Named rules on typed rows. A refused row keeps its line, its text, its reasons and its money; nothing vanishes."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from data.ingest.errors import KeysMissing
from data.ingest.map import Mapped, extra
from data.ingest.numbers import MONEY
from data.ingest.parse import Parsed
from data.ingest.remarks import Remark
from data.ingest.texttable import LINE
from data.tables import Table, tables

_ID_REPEATED = 0.1  # of the rows: beyond that it is no id of these rows
_JOINT = "\x1f"
REFUSED: dict[str, pl.DataType | type[pl.DataType]] = {
    "line": pl.Int64, "text": pl.String, "reasons": pl.List(pl.String), "money": MONEY, "is_set_aside": pl.Boolean
}  # fmt: skip
"""Columns of the frame of rows that are not loaded, as `truth.Load.refused` has them."""


@dataclass
class Checked:
    """`rows`: what is loaded (fields, `key`, `extra`, `line`). `refused`: what is not, and what was set aside."""

    rows: pl.DataFrame
    refused: pl.DataFrame
    key: list[str]
    warnings: list[Remark] = field(default_factory=list)


def check(mapped: Mapped, parsed: Parsed) -> Checked:
    """Apply every rule to every row.

    Raises:
        KeysMissing: no row has what identifies it.
    """
    table = tables()[mapped.match.table]
    if table.name == "deals":
        _close_only_what_is_closed(parsed)
    key, warnings = choose_key(mapped, parsed, table)
    frame = pl.DataFrame([series.alias(name) for name, series in parsed.columns.items()])
    frame = frame.with_columns(_key(frame, key), extra(mapped), mapped.table.frame[LINE].alias("line"))
    reasons = _unreadable(mapped, parsed) | _unfinished(frame, table)
    bad = _any(reasons, frame.height)
    if frame.filter(pl.col("key").is_not_null()).is_empty() and frame.height:
        raise KeysMissing(file=mapped.table.file, table=table.name, fields=", ".join(key))
    repeated, same = _repeats(frame, bad)
    reasons["key_repeated"] = repeated
    refused = _refused(mapped, frame, table, reasons, same)
    kept = frame.filter(~(bad | repeated | same)) if refused.height else frame
    warnings += _warn(kept, table)
    return Checked(kept, refused, key, warnings)


def choose_key(mapped: Mapped, parsed: Parsed, table: Table) -> tuple[list[str], list[Remark]]:
    """What identifies a row: the profile's first choice that is there and unique in this file; what to say of it.

    An id of the CRM's own stays the key although a few rows repeat it: the next file must meet the same rows again.
    """
    choices = [*mapped.match.spec.key, list(table.key)]
    present = [[name for name in choice if name in parsed.columns] for choice in choices]
    whole = [choice for choice, found in zip(choices, present, strict=True) if choice == found and choice]
    partly = [found for found in present if found]
    if not whole and not partly:
        return list(table.key), []
    candidates = whole or partly[:1]
    shares: list[float] = []
    for choice in candidates:  # the first one that is unique ends the search: on a million rows each look costs
        shares.append(_repeated_share(parsed, choice))
        is_own = choice == choices[0] and len(choice) == 1
        if shares[-1] <= (_ID_REPEATED if is_own else 0):
            break
    share = min(shares)
    key = candidates[shares.index(share)]
    said = []
    if key != choices[0]:
        sources = ", ".join(" + ".join(mapped.sources.get(name, [name])) for name in key)
        said.append(Remark(code="key_chosen", params={"columns": sources, "percent": f"{100 * (1 - share):.1f}"}))
    return key, said


def _repeated_share(parsed: Parsed, key: list[str]) -> float:
    values = pl.DataFrame([parsed.columns[name].alias(name) for name in key])
    filled = values.filter(~pl.all_horizontal(pl.all().is_null()))
    return 1 - filled.n_unique() / filled.height if filled.height else 1.0


def _key(frame: pl.DataFrame, key: list[str]) -> pl.Expr:
    """The key as one text; null where it has none: a single field is blank, or all of several are."""
    parts = [pl.col(name).cast(pl.String) for name in key if name in frame.columns]
    if not parts:
        return pl.lit(None, dtype=pl.String).alias("key")
    if len(parts) == 1:
        return parts[0].alias("key")
    joint = pl.concat_str([part.fill_null("") for part in parts], separator=_JOINT)
    return pl.when(~pl.all_horizontal(part.is_null() for part in parts)).then(joint).alias("key")


def _close_only_what_is_closed(parsed: Parsed) -> None:
    """Many CRMs have one date for "expected" and "actual": it is a closing day only where the deal is closed."""
    if {"closed_on", "status"} <= parsed.columns.keys():
        both = pl.DataFrame([parsed.columns["closed_on"].alias("day"), parsed.columns["status"].alias("status")])
        closed = pl.when(pl.col("status").is_in(["won", "lost"])).then(pl.col("day"))
        parsed.columns["closed_on"] = both.select(closed.alias("closed_on")).to_series()


# ------------------------------------------------------------------------------------------------------------ rules


def _unreadable(mapped: Mapped, parsed: Parsed) -> dict[str, pl.Series]:
    return {f"unreadable:{'+'.join(mapped.sources.get(name, [name]))}": rows for name, rows in parsed.unread.items()}


def _unfinished(frame: pl.DataFrame, table: Table) -> dict[str, pl.Series]:
    """Rules that a row must meet to mean anything."""
    rules = {"key_missing": frame["key"].is_null()}
    if table.name == "deals" and "status" in frame.columns:
        rules["status_missing"] = frame["status"].is_null()
        rules["status_unknown"] = frame["status"].is_not_null() & ~frame["status"].is_in(["open", "won", "lost"])
    if table.name == "targets":
        for name in ("measure", "starts_on", "ends_on", "value"):
            if name in frame.columns:
                rules[f"blank:{name}"] = frame[name].is_null()
    return {name: rows for name, rows in rules.items() if rows.any()}


def _repeats(frame: pl.DataFrame, bad: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Of rows with one key the last holds: earlier ones with other content are refused, equal ones set aside."""
    none = pl.repeat(value=False, n=frame.height, dtype=pl.Boolean, eager=True)
    if frame["key"].n_unique() == frame.height:
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


# --------------------------------------------------------------------------------------------------------- warnings


def _warn(rows: pl.DataFrame, table: Table) -> list[Remark]:
    """What is loaded and still looks wrong."""
    names = set(rows.columns)
    found = {}
    if table.name == "deals":
        closed = pl.col("status").is_in(["won", "lost"]) if "status" in names else pl.lit(value=False)
        found = {
            "closed_before_created": pl.col("closed_on") < pl.col("created_on"),
            "closed_without_day": closed & pl.col("closed_on").is_null(),
            "won_without_amount": (pl.col("status") == "won") & pl.col("amount").is_null(),
        }
    needed = {
        "closed_before_created": {"closed_on", "created_on"},
        "closed_without_day": {"status", "closed_on"},
        "won_without_amount": {"status", "amount"},
    }
    able = {code: rule for code, rule in found.items() if needed[code] <= names}
    counts = rows.select(rule.sum().alias(code) for code, rule in able.items()).row(0) if able else ()
    return [Remark(code=code, params={"rows": count}) for code, count in zip(able, counts, strict=True) if count]
