"""Which table of which CRM a file is, by its column names, with the score shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from data.ingest.errors import (
    CalledOtherwise,
    ColumnsMissing,
    PivotReport,
    TableUnrecognised,
    UnknownProfile,
    UnknownTable,
)
from data.ingest.layout import same_columns, stem
from data.ingest.match import GENERAL_RANK, Columns, Match, match
from data.ingest.names import normal
from data.ingest.profile import Profile, profiles
from data.ingest.texttable import TextTable
from data.ingest.words import dictionary
from data.tables import tables
from metrics.errors import nearest

_LEAST_SCORE = 0.3
_MANY = 6
_MANY_MARKED = 3
CLEAR = 0.1
"""By this much a score must be better than another one that would read the file otherwise."""
_NAMED = 3
"""So many columns must be known by name for a list to be called the nearest one beside what is met by chance."""
_HALF = 0.5
_OWN_COLUMNS = 0.2
"""The part of a CRM's columns that a company may have added before usual names count as the better reading."""
SHOWN = 4
_PERIOD = re.compile(
    r"^((fy)?\s?(19|20)\d\d|q[1-4].*|h[12]|\d{1,2}月|第?[一二三四1-4]季度|.*\d{4}年.*|(grand |sub)?totals?|合计|总计"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?([ -]?\d{2,4})?"
    r"|row labels|column labels|行标签|列标签|(sum|count|average) of .*|(求和项|计数项|平均值项)[:：].*)$",
    re.IGNORECASE,
)
"""Column names of pivot tables: periods, totals, and what spreadsheets call their axes."""


@dataclass(frozen=True)
class Wish:
    """What the user says about recognition: table, profile, and `theirs -> ours` columns; and remembered layouts.

    `has_key`: columns that tell rows apart were named.
    """

    table: str | None = None
    profile: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    remembered: tuple[Profile, ...] = ()
    has_key: bool = False


@dataclass(frozen=True)
class Recognised:
    """`best` is taken unless there are `rivals`: other matches as good, which would read the file otherwise.

    `scores` are the best ones, for people to see.
    """

    best: Match
    rivals: list[Match]
    scores: list[Match]


@cache
def known_headers() -> frozenset[str]:
    """Every column name that any profile knows, normalised: tells a header row from title rows."""
    known = frozenset(header for profile in profiles().values() for header in profile.headers())
    return known | _CALLED_TABLE | _CALLED_FIELD


def check_wish(wish: Wish) -> None:
    """Refuse a table or profile that does not exist, naming the nearest.

    Raises:
        UnknownTable, UnknownProfile.
    """
    if wish.table is not None and wish.table not in tables():
        raise UnknownTable(table=wish.table, suggestion=nearest(wish.table, tables()), known=", ".join(tables()))
    known = [*(profile.name for profile in wish.remembered), *profiles()]
    if wish.profile is not None and wish.profile not in known:
        raise UnknownProfile(profile=wish.profile, suggestion=nearest(wish.profile, known), known=", ".join(known))


def recognise(table: TextTable, wish: Wish) -> Recognised:
    """The best table for a file, and those that come too near to it.

    Exact names first; resemblance ("Oportunity ID") only where no table is met exactly; usual names among hundreds of
    others only where neither meets one.

    Raises:
        PivotReport, TableUnrecognised, ColumnsMissing: there is none, with what was nearest.
    """
    found: list[Match] = []
    otherwise, word = "" if wish.table else _called_otherwise(table), ""
    for resemblance, is_known in ((False, _is_known), (True, _is_known), (False, _has_many)):
        found = [one for one in matches(table, wish, resemblance=resemblance) if not _may_be_sales(one, table, wish)]
        met = [one for one in found if not one.missing and (is_known(one) or wish.table)]
        if otherwise:
            sales = [one for one in met if "order_id" in one.joined and not one.spec.marks]
            met, word = [one for one in met if one not in sales], otherwise if sales else word
        if met:
            best = met[0]
            if not resemblance:
                best = match(table, best.profile, best.section, wish.columns, resemblance=True, has_key=wish.has_key)
            return Recognised(best, [rival for rival in met[1:] if _too_near(rival, best, table)], met[:SHOWN])
    own = table.own_headers or table.headers  # as the file has them, before months became rows
    columns = ", ".join(own[:30])
    if sum(1 for header in own if _PERIOD.match(header)) >= max(2, len(own) // 3):
        raise PivotReport(file=table.file, columns=columns)
    lacking = next((one for one in found if one.missing and one.named >= _NAMED), None)  # what lacks nothing is unknown
    nearest_one = lacking if found and not found[0].missing else next(iter(found), None)
    if wish.table and nearest_one:
        raise ColumnsMissing(file=table.file, table=wish.table, missing=", ".join(nearest_one.missing), columns=columns)
    if word:
        raise CalledOtherwise(file=table.file, word=word)
    raise TableUnrecognised(
        file=table.file,
        columns=columns,
        suggestion=f"{nearest_one.table} ({nearest_one.profile.name})"
        if nearest_one and nearest_one.missing and nearest_one.columns
        else "",
        missing=", ".join(nearest_one.missing) if nearest_one else "",
    )


_OF_WHOM = frozenset(("customer", "customer_id", "product", "product_id", "rep", "rep_id", "team", "region"))


def _may_be_sales(found: Match, table: TextTable, wish: Wish) -> bool:
    """Whether names of customers, products or people, of whom nothing else is said, stand beside a day and money."""
    if wish.table or found.profile.columns or found.table not in ("customers", "products", "reps"):
        return False
    sales = profiles()["generic"].tables["sales_by_day"].fields
    free = {normal(header) for header in table.headers} - {normal(theirs) for theirs in wish.columns}
    is_more = not {*found.columns} <= _OF_WHOM
    return not is_more and all(free & {normal(name) for name in sales[ours]} for ours in ("ordered_on", "amount"))


_NO_SALES = re.compile(
    r"回款|收款|付款|采购|进货|费用|报销|退款|退货|退换|报损|损耗|盘点|调拨|开票|发票|报价|库存|入库|计划|预测|预算|目标|赠品"
    r"|样品(?!.*销售)|(?<![a-z])(?:payments?|purchas(?:e|es|ed|ing)|expens(?:e|es)|invoic(?:e|es|ed|ing)"
    r"|quot(?:e|es|ation|ations)|stocks?|inventor(?:y|ies)|forecasts?|budgets?|plan(?:s|ned|ning)?|targets?"
    r"|refunds?|returns?|samples)(?![a-z])",
    re.IGNORECASE,
)


def _called_otherwise(table: TextTable) -> str:
    """The word by which the file, its sheet or a title calls a list that numbers no orders something else than sales.

    The empty text where none does.
    """
    found = (_NO_SALES.search(said) for said in (Path(table.file).stem, table.part, *table.title))
    return next((hit[0] for hit in found if hit), "")


def _is_known(found: Match) -> bool:
    """Enough of the file is understood: a good part of its columns, or some that only this CRM has, or many.

    A company adds dozens of columns of its own, so the share alone says too little.
    """
    return found.score >= _LEAST_SCORE or found.known >= (_MANY_MARKED if found.spec.marks else _MANY)


def _has_many(found: Match) -> bool:
    """Enough columns by usual names, where hundreds of a company's own stand beside them and nothing else is known."""
    return found.named >= _MANY


def matches(table: TextTable, wish: Wish, *, resemblance: bool = False) -> list[Match]:
    """Every section of every profile that the wish allows, best first."""
    headers = {normal(header) for header in table.headers}
    asked = {normal(theirs): ours for theirs, ours in wish.columns.items()}
    ours = {asked[header] for header in headers & set(asked)} - {""}
    columns = Columns(table, wish.columns)
    found = [
        match(
            table,
            profile,
            name,
            wish.columns,
            resemblance=resemblance,
            has_key=wish.has_key and wish.table == profile.table_of(name),
            columns=columns,
        )
        for profile in (*_of_layout(table, wish.remembered), *profiles().values())
        if wish.profile in (None, profile.name, profile.origin)
        for name, section in profile.tables.items()
        if section.beside is None
        if wish.table in (None, profile.table_of(name)) and ours <= set(tables()[profile.table_of(name)].fields)
    ]
    return sorted(found, key=_order)


def _of_layout(table: TextTable, known: Iterable[Profile]) -> list[Profile]:
    """What is remembered of these very columns; where that is several things, of files called like this one."""
    same = [profile for profile in known if same_columns(profile.columns, table.headers)]
    alike = [profile for profile in same if any(stem(table.file) in read.files for read in profile.read)]
    return alike or same


def _order(found: Match) -> tuple[int, bool, float, int, int, int]:
    """Needs met first, then what was remembered of this very layout, the score, the days read, the better known CRM.

    Usual names know nearly every column, a company's own ones too: that alone must not outdo the CRM it came from.
    """
    usual = _OWN_COLUMNS if found.profile.rank <= GENERAL_RANK and not found.profile.columns else 0
    score = round(found.score - usual, 2)
    days = sum(tables()[found.table].fields.get(ours) in ("date", "timestamp") for ours in found.columns)
    return (len(found.missing), not found.profile.columns, -score, -days, -found.profile.rank, -found.known)


def _too_near(rival: Match, best: Match, table: TextTable) -> bool:
    """Whether choosing between two matches would be a guess: as good a score, and the file would be read otherwise."""
    if bool(best.profile.columns) != bool(rival.profile.columns) or best.score - rival.score >= CLEAR:
        return False
    if best.score < _LEAST_SCORE and rival.score <= _HALF * best.score:
        return False  # among hundreds of columns of a company's own
    if best.table == rival.table and rival.profile.rank <= GENERAL_RANK:
        return False  # usual names never speak against a CRM that knows as much
    return not _reads_alike(rival, best, table)


def _reads_alike(one: Match, other: Match, table: TextTable) -> bool:
    """Whether two matches fill the fields that numbers stand on from the same columns, in the same words."""
    if one.table != other.table:
        return False
    fields = tables()[one.table].fields
    counted = [ours for ours, kind in fields.items() if kind != "text" or ours in _WEIGHTY]
    if any(one.columns.get(ours) != other.columns.get(ours) for ours in counted):
        return False
    if one.table != "deals" or "status" not in one.columns:
        return True
    said = [normal(text) for text in table.column(one.columns["status"]).drop_nulls().unique()]
    first, second = dictionary(one, "status"), dictionary(other, "status")
    return all(first.get(word) == second.get(word) for word in said)


_WEIGHTY = ("status", "stage", "rep", "rep_id", "customer", "customer_id")


def left_out(table: TextTable) -> str | None:
    """The profile that knows a file as a list which fills no table here; None where it may fill one."""
    headers = {normal(header) for header in table.headers}
    for profile in profiles().values():
        if any(_is_list_of(headers, columns) for columns in profile.left_out):
            return profile.name
    return None


def _is_list_of(headers: set[str], columns: list[str]) -> bool:
    absent = {normal(column) for column in columns if column.startswith("!")}
    return {normal(column) for column in columns} - absent <= headers and not absent & headers


_CALLED_TABLE = {"table", "tablename", "entity", "object", "表", "表名", "对象"}
_CALLED_FIELD = {"field", "fieldname", "column", "columnname", "attribute", "字段", "字段名", "列", "列名"}


def is_documentation(table: TextTable, others: Iterable[str]) -> bool:
    """Whether a small file describes tables instead of being one: most of its cells name columns or files.

    Args:
        table: the file.
        others: names of the other files of the import, without ending.
    """
    if table.frame.height > 500:
        return False
    headers = {normal(header) for header in table.headers}
    if headers & _CALLED_TABLE and headers & _CALLED_FIELD:
        return True
    names = known_headers() | {normal(other) for other in others if len(other) > 2}
    cells = [cell for row in table.frame.drop("#line").rows() for cell in row if isinstance(cell, str)]
    cells += [cell for line in table.title for cell in line.split() if cell]
    return len(cells) >= 4 and sum(1 for cell in cells if normal(cell) in names) >= 0.5 * len(cells)
