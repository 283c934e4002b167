"""Lists of sales without order numbers that speak of the same days: what one of them says otherwise than those before.

A line that was corrected cannot be told from one that was added, and both would count. What is here of the days of a
list, from uploads before or from another file of the import, and what the list lacks, is asked about where the list may
say it otherwise: it takes the place of those lines, or both hold.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from data.ingest.check import money_of
from data.ingest.places import PLACE, place_of, tell_apart, with_places
from data.ingest.remarks import Question, Remark
from data.ingest.sales_by_day import is_by_day

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan
    from data.store import Snapshot

_WHO = ("ordered_on", "customer", "customer_id", "rep")
_WHAT = ("product", "product_id", "quantity", "amount")
_CHANGED = (("ordered_on",), ("customer", "customer_id"), ("rep",))
_CHANGED_TOO = (*_CHANGED, ("product", "product_id"), ("quantity", "amount"))
_SAME_LIST = 0.5
"""A list that holds so many of the lines of its days is another state of the same list."""
_SHOWN = 5
_SAMPLES = 3
_HELD = """
with listed as (
    select rows.*, uploads.id as upload, uploads.as_of
    from ops.order_lines_rows as rows join ops.order_lines_seen using (row_no)
        join ops.uploads on uploads.id = upload_id
    where profile = $profile and not is_undone and mapping->>'$.section' = $section
        and not coalesce(rows.is_deleted, false)
), listing as (
    select key, list(distinct upload) as uploads from listed group by key
), latest as (
    select * from listed qualify row_number() over (partition by key order by as_of desc nulls last, upload desc) = 1
)
select * exclude (upload) from latest join listing using (key) semi join crm.order_lines using (order_id, line_no)
"""
_NAMES = "select id, id || ' \"' || file || '\"' as name from ops.uploads where list_contains($ids, id)"


class _Held(NamedTuple):
    """`lines` that are here, as they stand, each with the `uploads` that list it; and what these are called."""

    lines: pl.DataFrame
    names: dict[int, str]


class _Lacking(NamedTuple):
    """`lines` of its days that a list lacks, the `new` ones that it has, and the uploads that brought the former."""

    lines: pl.DataFrame
    new: pl.DataFrame
    uploads: str


def settle_days(files: list[FilePlan], seen: Snapshot | None) -> None:
    """Ask of each such list what becomes of lines of its days that it says otherwise; take them back where it was said.

    Args:
        files: all lists of the import. Of two of them the one that speaks of a later day is the later one.
        seen: what the store holds; None: nothing.
    """
    lists = [file for file in files if file.match and file.checked and not file.questions and is_by_day(file.match)]
    lists.sort(key=lambda file: str(file.as_of or ""))
    for place, file in enumerate(lists):
        mine = [other for other in lists[:place] if _list_of(other) == _list_of(file)]
        held = _held(file, mine, seen)
        if file.checked is not None:
            rows = tell_apart(with_places(file.checked.rows), with_places(held.lines))
            file.checked.rows = rows.drop(PLACE)
        lacking = None if file.options.orders == "both" else _lacking(file, held)
        if lacking is None:
            continue
        if file.options.orders == "replace":
            _take_back(file, lacking)
        else:
            file.questions.append(_question(file, lacking))


def _list_of(file: FilePlan) -> tuple[str | None, str]:
    return file.profile, file.match.section if file.match else ""


def _held(file: FilePlan, mine: list[FilePlan], seen: Snapshot | None) -> _Held:
    """The lines that are here of such lists: those of the store, and those of lists before it in the import."""
    held, names = pl.DataFrame(schema={"key": pl.String, "uploads": pl.List(pl.Int64)}), {}
    if seen is not None:
        held = seen.frame(_HELD, dict(zip(("profile", "section"), _list_of(file), strict=True)))
        ids = held["uploads"].explode(empty_as_null=False).unique().to_list()
        names = dict(seen.frame(_NAMES, {"ids": ids}).rows())
    for place, other in enumerate(mine):
        if other.checked is None:
            continue
        if other.withdrawn is not None:
            held = held.join(other.withdrawn, on="key", how="anti")
        listed = other.checked.rows.join(held.select("key", before="uploads"), on="key", how="left")
        named = listed.drop("before").with_columns(
            listed["before"].fill_null([]).list.concat([place - len(mine)]).cast(pl.List(pl.Int64)).alias("uploads"),
            as_of=pl.lit(other.as_of, pl.Date),
        )
        names[place - len(mine)] = f'"{other.file}"'
        held = pl.concat([held.join(listed, on="key", how="anti"), named], how="diagonal_relaxed")
    return _Held(held, names)


def _lacking(file: FilePlan, here: _Held) -> _Lacking | None:
    """The lines that a list lacks and may say otherwise; None where there are none.

    It may where it has other lines of the same orders, lines that differ in their day, customer or salesperson alone,
    or most of the lines of its days. Said to be a part, it lacks nothing but what a line of it may correct. Lines of
    people whom it does not name, and of uploads of which it has neither a line nor what may be one, are other lists.
    Of other days than its own it may say lines of the uploads that it repeats.
    """
    held, rows = here.lines, file.checked.rows if file.checked else pl.DataFrame(schema={"key": pl.String})
    lacking = held.join(rows, on="key", how="anti")
    if lacking.is_empty() or rows.is_empty():
        return None
    new, again = rows.join(held, on="key", how="anti"), held.join(rows, on="key", how="semi")
    is_part = file.options.is_full is False  # said of this very list: what it lacks has not ended, nor moved
    every, lacking = lacking, _of_its_people(lacking, rows, new)
    common = [on for on in _alike(new, lacking) if not is_part or "order_id" in on or "ordered_on" in on]
    is_moved = _is_listed(lacking, _lists(again)) & _any_in(lacking, new, common)
    is_of_its_days = lacking["ordered_on"].is_between(rows["ordered_on"].min(), rows["ordered_on"].max())
    lacking = lacking.filter(is_of_its_days | is_moved)
    is_alike = _any_in(lacking, new, common)
    days = lacking.height + again.height
    if not is_alike.any() and again.is_empty():
        return None if is_part else _twice_corrected(here, _of_its_places(every, rows), lacking, new)
    if not is_alike.any() and (is_part or lacking.height > (1 - _SAME_LIST) * days):
        return None
    found = pl.concat([again, lacking.filter(is_alike)], how="diagonal_relaxed")
    is_meant = is_alike if is_part else is_alike | _is_listed(lacking, _same_lists(found, lacking.filter(~is_alike)))
    return _found(here, lacking.filter(is_meant), new)


def _found(here: _Held, lines: pl.DataFrame, new: pl.DataFrame) -> _Lacking | None:
    if lines.is_empty():
        return None
    names = [here.names[one] for one in sorted(_lists(lines))]
    return _Lacking(lines, new, ", ".join(names[:_SHOWN]) + ("…" if len(names) > _SHOWN else ""))


def _twice_corrected(here: _Held, every: pl.DataFrame, lacking: pl.DataFrame, new: pl.DataFrame) -> _Lacking | None:
    """The lines of an upload where a list may have corrected most of both in the same two ways: an amount and a name.

    Args:
        here: what is here. every: lines of its shops that the list lacks; a customer in common is enough to be its own.
        lacking: those of its days and its people. new: all lines of the list.
    """
    is_of_its_days = every["ordered_on"].is_between(new["ordered_on"].min(), new["ordered_on"].max())
    for on in _alike_but_two(new, lacking):
        lines = every.filter(is_of_its_days) if {"customer", "customer_id"} & {*on} else lacking
        nth = pl.int_range(pl.len()).over(on).alias("#nth")  # one of the list's lines corrects one that was here
        is_alike = _is_in(lines.with_columns(nth), new.with_columns(nth), [*on, "#nth"])
        of_list, found = (
            Counter(one["uploads"].explode(empty_as_null=False).to_list()) for one in (lines, lines.filter(is_alike))
        )
        least = _SAME_LIST * new.height
        same = {one for one, count in found.items() if count >= max(_SAME_LIST * of_list[one], least)}
        if same:
            return _found(here, lines.filter(_is_listed(lines, same)), new)
    return None


def _of_its_people(lacking: pl.DataFrame, rows: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """The lines of salespeople and shops whom a list names, of nobody, and those that it gives to somebody else."""
    lacking, rows, new = (with_places(lines) for lines in (lacking, rows, new))
    for who in ("rep", PLACE):
        if who in rows.columns and who in lacking.columns and rows[who].is_not_null().any():
            on = [name for name in (*_WHO, *_WHAT) if name != who and name in new.columns and name in lacking.columns]
            is_its = _is_in(lacking, rows, [who]) | lacking[who].is_null()
            lacking = lacking.filter(is_its | _is_in(lacking, new, on))
    return lacking.drop(PLACE)


def _of_its_places(lines: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The lines of shops that a list names, and of none: two corrections leave the shop as it was."""
    placed, named = with_places(lines), with_places(rows)[PLACE]
    is_its = placed[PLACE].is_null() | placed[PLACE].is_in(named.drop_nulls().implode())
    return lines.filter(is_its) if named.is_not_null().any() else lines


def _lists(lines: pl.DataFrame) -> set[int]:
    """The uploads that list any of these lines."""
    return set(lines["uploads"].explode(empty_as_null=False).to_list())


def _is_listed(lines: pl.DataFrame, uploads: set[int]) -> pl.Series:
    """Which of the lines any of these uploads lists."""
    return lines["uploads"].list.eval(pl.element().is_in(list(uploads))).list.any()


def _same_lists(found: pl.DataFrame, others: pl.DataFrame) -> set[int]:
    """The uploads of which a list has most lines of its days, or may correct them; else those of which it has any.

    Args:
        found: lines that it has or may correct. others: lines of its days that it does not have.
    """
    here, missing = (Counter(one["uploads"].explode(empty_as_null=False).to_list()) for one in (found, others))
    most = {one for one, count in here.items() if count >= _SAME_LIST * (count + missing[one])}
    return most or set(here)


def _is_in(lines: pl.DataFrame, others: pl.DataFrame, on: list[str]) -> pl.Series:
    """Which of the lines agree with one of others in these columns."""
    found = others.select(on).unique().with_columns(is_found=pl.lit(value=True))
    return lines.join(found, on=on, how="left", nulls_equal=True, maintain_order="left")["is_found"].is_not_null()


def _any_in(lines: pl.DataFrame, others: pl.DataFrame, choices: list[list[str]]) -> pl.Series:
    """Which of the lines agree with one of others in any of these choices of columns."""
    found = pl.repeat(value=False, n=lines.height, dtype=pl.Boolean, eager=True)
    for on in choices:
        found |= _is_in(lines, others, on)
    return found


def _alike(new: pl.DataFrame, lacking: pl.DataFrame) -> list[list[str]]:
    """What two lines have in common of which one may correct the other: their order, or all but who or when."""
    both = [name for name in (*_WHO, *_WHAT) if name in new.columns and name in lacking.columns]
    rests = ([name for name in both if name not in one] for one in _CHANGED)
    return [["order_id"], *(rest for rest in rests if len(rest) < len(both))]


def _alike_but_two(new: pl.DataFrame, lacking: pl.DataFrame) -> list[list[str]]:
    """What is left of two lines when two things are corrected, of which one makes another order of it.

    Two columns at least, of which one says who or how much: days and products alone agree by chance.
    """
    both = [name for name in (*_WHO, *_WHAT) if name in new.columns and name in lacking.columns]
    pairs = [(one, other) for at, one in enumerate(_CHANGED) for other in _CHANGED_TOO[at + 1 :]]
    pairs = [(one, other) for one, other in pairs if {*one} & {*both} and {*other} & {*both}]
    rests = ([name for name in both if name not in (*one, *other)] for one, other in pairs)
    return [rest for rest in rests if len(rest) > 1 and {"customer", "customer_id", "amount"} & {*rest}]


def _take_back(file: FilePlan, lacking: _Lacking) -> None:
    """Lines that a list takes the place of: the upload that brings the list says that they are deleted.

    It then counts from the last day of the uploads that listed them, or these would go on to hold.
    """
    if file.checked is None:
        return
    rows = file.checked.rows
    fields = [name for name in rows.columns if name in lacking.lines.columns and name not in ("is_deleted", "line")]
    file.withdrawn = lacking.lines.select(
        *(pl.col(name).cast(rows.schema[name]) for name in fields), pl.lit(value=True).alias("is_deleted")
    )
    latest = lacking.lines["as_of"].max()
    if isinstance(latest, date) and (file.as_of is None or latest > file.as_of):
        file.as_of = latest
    params = {**_money(lacking.lines), "uploads": lacking.uploads, "day": str(file.as_of or "—")}
    file.warnings.append(Remark(code="sales_replaced", params=params))


def _money(lines: pl.DataFrame) -> dict[str, str | int]:
    return {"rows": lines.height, "money": f"{money_of(lines):,.2f}"}


def _question(file: FilePlan, lacking: _Lacking) -> Question:
    """Does the list take the place of what it lacks? With the first of these lines, and what stands there instead."""
    shown = lacking.lines.head(_SAMPLES).rows(named=True)
    samples = {
        "replace": [f"{_text(line)} → {_instead(line, lacking)}" for line in shown],
        "both": [_text(line) for line in shown],
    }
    params: dict[str, str | int] = {
        "file": file.file, **_money(lacking.lines), "uploads": lacking.uploads, "new": _money(lacking.new)["money"],
        "others": lacking.new.height, "sample": "; ".join(samples["replace"]),
    }  # fmt: skip
    return Question(code="ask_sales_held", params=params, flag="--orders", choices=("replace", "both"), samples=samples)


def _instead(line: dict[str, Any], lacking: _Lacking) -> str:
    """What the list says where a line stood: the line that says most of it."""
    for on in [*_alike(lacking.new, lacking.lines), *_alike_but_two(lacking.new, lacking.lines)]:
        for names in ([*on, "product"], on):
            if set(names) <= set(lacking.new.columns):
                is_it = [pl.col(name).eq_missing(pl.lit(line[name], lacking.new.schema[name])) for name in names]
                found = lacking.new.filter(*is_it)
                if found.height:
                    return _text(found.row(0, named=True))
    return "—"


def _text(line: dict[str, Any]) -> str:
    names = ("ordered_on", "customer", "rep", "product", "quantity", "amount")
    said = (*(line.get(name) for name in names), place_of(line.get("extra")) or line.get("source"))
    return " ".join(
        f"{float(one):,.15g}" if isinstance(one, Decimal | float) else str(one) for one in said if one is not None
    )
