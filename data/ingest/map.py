"""From their columns to our fields: texts still, but under our names and in our words."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from data.ingest.names import normal, without_unit
from data.ingest.profile import profiles
from data.ingest.recognise import Match
from data.ingest.remarks import Remark
from data.ingest.texttable import LINE, TextTable
from data.tables import tables

_FLAGS = {
    "true": ["true", "yes", "y", "1", "t", "x", "on", "是", "有", "真", "已"],
    "false": ["false", "no", "n", "0", "f", "off", "否", "无", "假", "未"],
}


@dataclass
class Mapped:
    """A file under our names.

    `texts`: our field -> its texts, one per row. `factors`: field -> what a header's unit multiplies by.
    `percent`: fields whose header says per cent. `sources`: field -> their column names. `unknown`: columns kept
    as they are.
    """

    match: Match
    table: TextTable
    texts: dict[str, pl.Series]
    factors: dict[str, int] = field(default_factory=dict)
    percent: set[str] = field(default_factory=set)
    sources: dict[str, list[str]] = field(default_factory=dict)
    unknown: list[int] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    @property
    def height(self) -> int:
        """Rows in the file."""
        return self.table.frame.height


def apply(table: TextTable, match: Match) -> Mapped:
    """Put every column the profile knows under our name, translate words, and keep the rest."""
    mapped = Mapped(match=match, table=table, texts={})
    for ours, index in match.columns.items():
        header = table.headers[index]
        mapped.texts[ours] = table.column(index).alias(ours)
        mapped.sources[ours] = [header]
        if (factor := without_unit(header)[1]) > 1:
            mapped.factors[ours] = factor
        if "%" in header or "％" in header:
            mapped.percent.add(ours)
    for ours, parts in match.joined.items():
        mapped.texts[ours] = _joined(table, parts).alias(ours)
        mapped.sources[ours] = [table.headers[index] for index in parts]
    for ours, value in match.spec.constants.items():
        if ours not in mapped.texts:
            mapped.texts[ours] = pl.repeat(value, table.frame.height, dtype=pl.String, eager=True).alias(ours)
    _clear_blanks(mapped)
    _fill_only_when(mapped)
    _translate(mapped)
    _number_rows(mapped)
    used = {*match.columns.values(), *(index for parts in match.joined.values() for index in parts)}
    mapped.unknown = [index for index in range(len(table.headers)) if index not in used]
    _say_what_was_guessed(mapped)
    return mapped


def _joined(table: TextTable, parts: list[int]) -> pl.Series:
    columns = [pl.col(str(index)) for index in parts]
    text = pl.concat_str(columns, separator=" ", ignore_nulls=True)
    return table.frame.select(pl.when(text != "").then(text)).to_series()


def _clear_blanks(mapped: Mapped) -> None:
    for ours, words in mapped.match.spec.blank.items():
        if ours in mapped.texts:
            texts = mapped.texts[ours]
            mapped.texts[ours] = (
                texts.to_frame().select(pl.when(~pl.col(ours).is_in(words)).then(pl.col(ours))).to_series()
            )


def _fill_only_when(mapped: Mapped) -> None:
    headers = [normal(header) for header in mapped.table.headers]
    for ours, when in mapped.match.spec.when.items():
        if ours not in mapped.texts:
            continue
        if normal(when.column) not in headers:
            del mapped.texts[ours], mapped.sources[ours]
            continue
        said = mapped.table.column(headers.index(normal(when.column))).alias("said")
        both = pl.DataFrame([mapped.texts[ours], said])
        mapped.texts[ours] = both.select(pl.when(pl.col("said").is_in(when.words)).then(pl.col(ours))).to_series()


def _translate(mapped: Mapped) -> None:
    """Their words for a status, a kind, a flag become ours; words that no list names are said."""
    fields = tables()[mapped.match.table].fields
    for ours, texts in mapped.texts.items():
        words = dictionary(mapped.match, ours, is_flag=fields[ours] == "flag")
        if words:
            mapped.texts[ours] = _translated(mapped, ours, texts, words)


def dictionary(match: Match, ours: str, *, is_flag: bool = False) -> dict[str, str]:
    """Their words (normalised) -> ours, for one field: everybody's list, then the CRM's, then the table's own."""
    merged: dict[str, str] = {}
    lists = [_FLAGS] if is_flag else []
    place = f"{match.table}.{ours}"
    lists += [
        profile.values[key]
        for profile in (profiles()["generic"], match.profile)
        for key in (ours, place)
        if key in profile.values and (key == place or ours not in _SHARED_WORDS)
    ]
    lists += [match.spec.values.get(ours, {})]
    for words in lists:
        for our_word, theirs in words.items():
            merged |= {normal(word): our_word for word in (our_word, *theirs)}
    return merged


_SHARED_WORDS = ("status", "kind")
"""Fields that mean something else in every table: their lists are named `deals.status`, `activities.kind`."""


def _translated(mapped: Mapped, ours: str, texts: pl.Series, words: dict[str, str]) -> pl.Series:
    distinct = texts.drop_nulls().unique(maintain_order=True)
    other = mapped.match.spec.other.get(ours)
    meant = {text: words.get(normal(text)) for text in distinct}
    strange = [text for text, word in meant.items() if word is None]
    if strange and other is not None:
        rows = int(texts.is_in(strange).sum())
        shown = ", ".join(strange[:5]) + ("…" if len(strange) > 5 else "")
        mapped.warnings.append(
            Remark(code="words_other", params={"field": ours, "words": shown, "rows": rows, "other": other})
        )
    target = {text: word if word is not None else (other or text) for text, word in meant.items()}
    return texts.replace_strict(target, default=None, return_dtype=pl.String) if target else texts


def _number_rows(mapped: Mapped) -> None:
    """Number the rows of one order or deal where the export does not."""
    for ours, within in mapped.match.spec.count.items():
        if ours not in mapped.texts and within in mapped.texts:
            counted = mapped.texts[within].to_frame().select((pl.int_range(pl.len()) + 1).over(within).cast(pl.String))
            mapped.texts[ours] = counted.to_series().alias(ours)


def _say_what_was_guessed(mapped: Mapped) -> None:
    both = {ours: mapped.sources.get(ours) for ours in ("expected_close_on", "closed_on")}
    if both["closed_on"] and both["closed_on"] == both["expected_close_on"]:
        mapped.warnings.append(Remark(code="one_closing_date", params={"column": both["closed_on"][0]}))
    for ours, alike in mapped.match.guessed.items():
        theirs = mapped.sources[ours][0]
        mapped.warnings.append(Remark(code="column_guessed", params={"column": theirs, "field": ours, "alike": alike}))
    spare = {normal(header) for header in mapped.match.spec.spare}
    unknown = [mapped.table.headers[index] for index in mapped.unknown]
    strange = [header for header in unknown if normal(header) not in spare]
    known = [header for header in unknown if normal(header) in spare]
    if strange:
        mapped.warnings.append(Remark(code="columns_unknown", params={"columns": ", ".join(strange)}))
    if known:
        mapped.warnings.append(Remark(code="columns_kept", params={"columns": ", ".join(known)}))


def extra(mapped: Mapped) -> pl.Series:
    """The columns nobody mapped, as one JSON object per row."""
    if not mapped.unknown:
        return pl.repeat(None, mapped.height, dtype=pl.String, eager=True).alias("extra")
    columns = [pl.col(str(index)).alias(mapped.table.headers[index]) for index in mapped.unknown]
    return mapped.table.frame.drop(LINE).select(pl.struct(columns).struct.json_encode().alias("extra")).to_series()
