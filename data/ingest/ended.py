"""Records that a list marks as void, cancelled or deleted, in a column of its own or by their status: in no number.

A CRM has its own mark, which its profile names. Lists that people keep call such a column 作废 or `Is Deleted`, and an
order, an invoice or a payment is often only cancelled by its status. What these are called is data (generic.toml).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.names import normal
from data.ingest.nearly_void import is_doubtful, is_void
from data.ingest.profile import profiles
from data.ingest.refunds import kind_columns, may_subtract, mixed_kinds, outright, unsure_kinds
from data.ingest.remarks import Remark
from data.ingest.words import FLAGS

if TYPE_CHECKING:
    from data.ingest.map import Mapped
    from data.ingest.match import Columns

FIELD = "is_deleted"
_BY_STATUS = ("order_lines", "quotes", "contracts", "invoices", "payments", "payment_plans")
"""Where a status of its own says that a record counts no more. A cancelled deal is lost, which its stages say; of deals
and all others only the status of the record itself (单据状态) does, and 是否有效 of a lead is what was found of it."""
_DAY = r"^(?:19|20)\d\d[-/.年]?\d{1,2}|^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
_SHOWN = 3


def marking_column(columns: Columns) -> int | None:
    """The column that is called as such marks are and holds nothing else; None where there is none."""
    for index in columns.all(profiles()["generic"].anywhere[FIELD]):
        if not _strange(columns.table.column(index)):
            return index
    return None


def _strange(texts: pl.Series) -> list[str]:
    """What a column says besides yes, no, void, valid and the day of deletion."""
    words = {
        normal(word) for said in (FLAGS, profiles()["generic"].values[FIELD]) for each in said.values() for word in each
    }
    said = texts.drop_nulls().unique()
    return [text for text in said.filter(~said.str.contains(_DAY)) if normal(text) not in words]


def mark_ended(mapped: Mapped, counts: Mapping[str, str]) -> None:
    """Fill the mark from a day of deletion and from statuses, and say which rows count in no number by it.

    Args:
        mapped: the file; words that may mean that a record is void are noted here.
        counts: such words, normalised -> yes, no or subtract, as a person said.
    """
    if not may_subtract(mapped):  # nothing goes back there: such an answer is none, and it is asked again
        counts = {word: said for word, said in counts.items() if said != "subtract"}
    if FIELD in mapped.texts:
        texts = mapped.texts[FIELD]
        is_day = pl.col(FIELD).str.contains(_DAY)
        mapped.texts[FIELD] = texts.to_frame().select(pl.when(is_day).then(pl.lit("true")).otherwise(FIELD)).to_series()
        _say(mapped, ", ".join(mapped.sources.get(FIELD, [FIELD])), mapped.texts[FIELD] == "true", _written(mapped))
    elif mapped.match.table != "deal_stages" and (strange := _unread(mapped)):
        mapped.warnings.append(strange)
    void = profiles()["generic"].values["status_ended"]["true"]
    if mapped.match.table in _BY_STATUS:
        _by_words(mapped, "status", void, counts)
        _by_words(mapped, "is_valid", [*void, *FLAGS["false"]], counts)
    else:
        _by_words(mapped, "record_status", void, counts)
    for index in kind_columns(mapped):
        _by_kinds(mapped, index, counts)
    if FIELD not in mapped.texts and _is_overruled(mapped):  # said of each row: an earlier upload may have marked some
        mapped.texts[FIELD] = pl.repeat("false", mapped.height, dtype=pl.String, eager=True).alias(FIELD)


def words_met(mapped: Mapped, words: Collection[str]) -> set[str]:
    """Of words of which a person said whether their rows count, those that a column says in which that is looked at."""
    called = ("status", "is_valid") if mapped.match.table in _BY_STATUS else ("record_status",)
    names = {normal(name) for one in called for name in profiles()["generic"].anywhere[one]}
    at = {at for at, header in enumerate(mapped.table.headers) if normal(header) in names} - {*mapped.match.left}
    looked_at = [mapped.table.column(one) for one in at | {*kind_columns(mapped)}] if words else []
    said = {normal(text) for column in looked_at for text in column.drop_nulls().unique()}
    return {word for word in words if normal(word) in said}


def _written(mapped: Mapped) -> pl.Series:
    """What the marking column itself says; what a profile made of it, where it is several columns."""
    headers = mapped.sources.get(FIELD, [])
    is_one = len(headers) == 1 and headers[0] in mapped.table.headers
    return mapped.table.column(mapped.table.headers.index(headers[0])) if is_one else mapped.texts[FIELD]


def _unread(mapped: Mapped) -> Remark | None:
    """A column called like such a mark that says something else is kept, and that its rows count is said."""
    names = {normal(name) for name in profiles()["generic"].anywhere[FIELD]}
    used = {header for headers in mapped.sources.values() for header in headers}
    for index, header in enumerate(mapped.table.headers):
        if normal(header) in names and header not in used and index not in mapped.match.left:
            words = _strange(mapped.table.column(index))
            if words:
                params: dict[str, str | int] = {"column": header, "words": ", ".join(sorted(words)[:_SHOWN])}
                return Remark(code="ended_unread", params=params)
    return None


def _is_overruled(mapped: Mapped) -> bool:
    """Whether a person left a column out that may mark records."""
    names = {normal(name) for called in profiles()["generic"].anywhere.values() for name in called}
    return any(normal(mapped.table.headers[index]) in names for index in mapped.match.left)


def _by_words(mapped: Mapped, called: str, words_of_void: list[str], counts: Mapping[str, str]) -> None:
    """Rows whose column of these names says that they are void; the stage of a record is no such column."""
    names = {normal(name) for name in profiles()["generic"].anywhere[called]}
    void = {normal(word) for word in words_of_void}
    for index, header in enumerate(mapped.table.headers):
        if normal(header) not in names or index in mapped.match.left:
            continue
        texts = mapped.table.column(index)
        said = texts.drop_nulls().unique()
        words = [text for text in said if counts.get(normal(text), "no" if is_void(text, void) else "") == "no"]
        if called != "is_valid" and mapped.match.table != "deal_stages":
            _note_doubts(
                mapped, header, texts, [text for text in said if text not in words and normal(text) not in counts]
            )
        _mark(mapped, header, texts, words)
        _subtract(mapped, texts, [text for text in said if counts.get(normal(text)) == "subtract"])


def _by_kinds(mapped: Mapped, index: int, counts: Mapping[str, str]) -> None:
    """Rows that may be money paid back or spent: asked, and subtracted or in no number where a person said so."""
    header, texts = mapped.table.headers[index], mapped.table.column(index)
    unsure, sure = unsure_kinds(mapped, index), outright(mapped, counts)
    _mark(mapped, header, texts, [text for text in texts.drop_nulls().unique() if counts.get(normal(text)) == "no"])
    _subtract(mapped, texts, [text for text in texts.drop_nulls().unique() if counts.get(normal(text)) == "subtract"])
    for text in mixed_kinds(mapped, index, counts):
        mapped.doubtful[text] = (header, sure[text])
    for text in unsure:
        rows = (texts == text).fill_null(value=False)
        for one in sure.values():
            rows = rows & ~one  # subtracted already by what another column says
        if normal(text) not in counts and rows.any():
            mapped.doubtful[text] = (header, rows)


def _subtract(mapped: Mapped, texts: pl.Series, words: list[str]) -> None:
    """Note the rows of words that a person said are to be subtracted, in lists in which that may be."""
    for word in words if may_subtract(mapped) else ():
        mapped.subtracted[word] = (texts == word).fill_null(value=False)


def _mark(mapped: Mapped, header: str, texts: pl.Series, words: list[str]) -> None:
    """Mark the rows of a column that say one of these words, and say which."""
    if not words:
        return
    before = mapped.texts.get(FIELD, pl.repeat(None, mapped.height, dtype=pl.String, eager=True))
    rows = (texts.is_in(words) & before.ne_missing(pl.Series(["true"]))).fill_null(value=False)
    both = pl.DataFrame([before.alias(FIELD), rows.alias("is_void")])
    void_or_before = pl.when("is_void").then(pl.lit("true")).otherwise(FIELD)
    mapped.texts[FIELD] = both.select(void_or_before.alias(FIELD)).to_series()
    _say(mapped, header, rows, texts)


def _note_doubts(mapped: Mapped, header: str, texts: pl.Series, said: list[str]) -> None:
    """Words that are nearly void, of rows that nothing else marks."""
    has_status = mapped.match.table in _BY_STATUS
    living = mapped.texts[FIELD].ne_missing(pl.Series(["true"])) if FIELD in mapped.texts else None
    for text in said:
        if is_doubtful(text, mapped.match.table, has_status=has_status):
            rows = (texts == text).fill_null(value=False)
            rows = rows if living is None else rows & living
            if rows.any():
                mapped.doubtful[text] = (header, rows)


def _say(mapped: Mapped, column: str, rows: pl.Series, texts: pl.Series) -> None:
    count = int(rows.sum() or 0)
    if count:
        words = texts.filter(rows.fill_null(value=False)).drop_nulls().unique().sort()
        shown = ", ".join(words.head(_SHOWN)) + ("…" if len(words) > _SHOWN else "")
        params: dict[str, str | int] = {"rows": count, "column": column, "words": shown or "-"}
        is_own = FIELD in mapped.match.spec.choose or FIELD in mapped.match.spec.fields
        mapped.warnings.append(Remark(code="rows_ended_own" if is_own else "rows_ended", params=params))
