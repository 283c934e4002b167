"""From their columns to our fields: texts still, but under our names and in our words."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from data.ingest.compute import compute
from data.ingest.decimal_sign import Decimal
from data.ingest.ended import mark_ended, words_met
from data.ingest.header_units import name_half_said, row_units
from data.ingest.match import Match
from data.ingest.names import normal, says_unit, unit_of_title, without_unit
from data.ingest.narrow import holds
from data.ingest.numbers import NOTHING
from data.ingest.remarks import Remark
from data.ingest.stage_variants import is_asking, variant
from data.ingest.texttable import LINE, TextTable
from data.ingest.won_amount import take_won_amount
from data.ingest.words import STATUSES, dictionary
from data.tables import tables
from metrics.catalog import catalog, measure

_NAMED = 20
"""So many columns are named in one sentence."""


@dataclass
class Mapped:
    """A file under our names.

    `texts`: our field -> its texts, one per row. `factors`: field -> what a header's unit multiplies by. `by_row`:
    fields of which each row says its unit. `percent`: fields whose header says per cent. `sources`: field -> their
    column names. `unknown`: columns kept as they are. `strange`: what deals say for their status and nobody knows ->
    rows; the empty text is a blank. `told`: what the user said of such words. `computed`: fields whose texts we wrote,
    with a point before decimals. `doubtful`: words of a status that may mean that a record is void -> their column, and
    the rows. `subtracted`: words of money paid back, as a person said -> their rows.
    `met`: of the stages that the user spoke of, those that are there.
    """

    match: Match
    table: TextTable
    texts: dict[str, pl.Series]
    factors: dict[str, int] = field(default_factory=dict)
    by_row: set[str] = field(default_factory=set)
    percent: set[str] = field(default_factory=set)
    sources: dict[str, list[str]] = field(default_factory=dict)
    unknown: list[int] = field(default_factory=list)
    strange: dict[str, int] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    doubtful: dict[str, tuple[str, pl.Series]] = field(default_factory=dict)
    subtracted: dict[str, pl.Series] = field(default_factory=dict)
    computed: set[str] = field(default_factory=set)
    met: set[str] = field(default_factory=set)
    warnings: list[Remark] = field(default_factory=list)

    @property
    def height(self) -> int:
        """Rows in the file."""
        return self.table.frame.height


def apply(
    table: TextTable,
    match: Match,
    statuses: dict[str, str] | None = None,
    decimal: Decimal | None = None,
    *,
    is_decimal_said: bool = True,
    counts: dict[str, str] | None = None,
) -> Mapped:
    """Put every column the profile knows under our name, translate words, and keep the rest.

    Args:
        table: the file, narrowed to the section's rows.
        match: which section, and which column fills which field.
        statuses: what the user says of stages: their word -> open, won or lost. `*` stands for all that nobody knows.
        decimal: the decimal sign they named, for what is computed from several columns.
        is_decimal_said: they named it for this file; else for the layout before.
        counts: what was said of words that are nearly void, now or before: yes, no or subtract.
    """
    mapped = Mapped(match=match, table=table, texts={})
    _take_columns(mapped)
    _fill_either(mapped)
    for ours, sign in match.spec.first.items():
        if ours in mapped.texts:
            mapped.texts[ours] = mapped.texts[ours].str.split(sign).list.first().str.strip_chars()
    for ours, parts in match.joined.items():
        mapped.texts[ours] = _joined(table, parts).alias(ours)
        mapped.sources[ours] = [table.headers[index] for index in parts]
    _drop_applied_currency(mapped)
    _fill_constants(mapped)
    _read_status_from_stage(mapped)
    compute(mapped, decimal, is_said=is_decimal_said)
    _choose(mapped)
    _clear_placeholders(mapped)
    _clear_blanks(mapped)
    _fill_only_when(mapped)
    _translate(mapped, {normal(word): ours for word, ours in (statuses or {}).items()}, statuses or {})
    take_won_amount(mapped)
    mark_ended(mapped, {normal(word): said for word, said in (counts or {}).items()})
    mapped.met |= words_met(mapped, counts or {})
    _number_repeats(mapped)
    _number_rows(mapped)
    used = {index for index, header in enumerate(table.headers) for names in mapped.sources.values() if header in names}
    if match.spec.beside is None:  # else they are kept with the section that the file was recognised as
        mapped.unknown = [index for index in range(len(table.headers)) if index not in used]
    _say_what_was_guessed(mapped)
    return mapped


def _take_columns(mapped: Mapped) -> None:
    """The columns that fill a field by themselves, with the unit that their names or a title line say."""
    match, table = mapped.match, mapped.table
    kinds, of_title = tables()[match.table].fields, unit_of_title(table.unit_lines)
    of_rows = row_units(table.headers, table.frame)
    for ours, index in match.columns.items():
        header = table.headers[index]
        mapped.texts[ours] = table.column(index).alias(ours)
        mapped.sources[ours] = [header]
        if (factor := without_unit(header)[1]) > 1:
            mapped.factors[ours] = factor
            if kinds[ours] in ("money", "number", "integer"):
                said: dict[str, str | int] = {"column": header, "factor": f"{factor:,}"}
                mapped.warnings.append(Remark(code="unit_of_header", params=said))
        elif of_rows and _is_money(match, ours) and not says_unit(header):
            told, half_said = name_half_said(header, mapped.texts[ours], of_rows.behind != "")
            mapped.texts[ours], mapped.warnings = of_rows.written(told), mapped.warnings + half_said
            mapped.by_row.add(ours)
        elif of_title.factor > 1 and _is_money(match, ours) and not says_unit(header):
            mapped.factors[ours] = of_title.factor
        if ours in mapped.factors and _is_money(match, ours):
            mapped.texts[ours], half_said = name_half_said(header, mapped.texts[ours])
            mapped.warnings += half_said
        if "%" in header or "％" in header:
            mapped.percent.add(ours)
    if any(not says_unit(mapped.sources[ours][0]) for ours in mapped.factors):
        mapped.warnings.append(
            Remark(code="unit_of_title", params={"unit": of_title.base, "factor": f"{of_title.factor:,}"})
        )
    if of_rows and mapped.by_row:
        mapped.warnings.append(of_rows.remark)


def _is_money(match: Match, ours: str) -> bool:
    """Whether a field holds money; goals do where the profile itself says so, and no column names other measures."""
    of = match.spec.constants.get("measure", "") if ours == "value" and "measure" not in match.columns else ""
    return tables()[match.table].fields[ours] == "money" or (of in catalog().measures and measure(of).unit == "money")


def _fill_either(mapped: Mapped) -> None:
    """Row by row the first column that says something: a deal has a won time or a lost time."""
    for ours in mapped.match.spec.either:
        others = mapped.match.rivals.get(ours, [])
        if ours in mapped.texts and others:
            columns = [pl.col(str(index)) for index in (mapped.match.columns[ours], *others)]
            mapped.texts[ours] = mapped.table.frame.select(pl.coalesce(columns).alias(ours)).to_series()
            mapped.sources[ours] += [mapped.table.headers[index] for index in others]


def _drop_applied_currency(mapped: Mapped) -> None:
    """Amounts that the CRM itself brought into the company's own currency have none of their row.

    The field stays, blank: an earlier upload may have said one, which would be applied to these amounts.
    """
    named = {normal(name) for name in mapped.match.spec.own_currency}
    (amount,) = mapped.sources.get(tables()[mapped.match.table].money or "", [""])[:1]
    if normal(amount) not in named or "currency" not in mapped.texts:
        return
    params: dict[str, str | int] = {"column": amount, "currency": mapped.sources["currency"][0]}
    mapped.warnings.append(Remark(code="own_currency", params=params))
    mapped.texts["currency"] = pl.repeat(None, mapped.height, dtype=pl.String, eager=True).alias("currency")


def _fill_constants(mapped: Mapped) -> None:
    for ours, value in mapped.match.spec.constants.items():
        if ours not in mapped.texts:
            mapped.texts[ours] = pl.repeat(value, mapped.height, dtype=pl.String, eager=True).alias(ours)


def _read_status_from_stage(mapped: Mapped) -> None:
    """A deal whose status no column says is open, won or lost by its stage, under whatever name that was found."""
    if mapped.match.table == "deals" and "stage" in mapped.texts and "status" not in mapped.texts:
        mapped.texts["status"] = mapped.texts["stage"].alias("status")
        mapped.sources["status"] = list(mapped.sources["stage"])


def _choose(mapped: Mapped) -> None:
    """Words by condition; where none holds, what the column says."""
    for ours, choices in mapped.match.spec.choose.items():
        said = mapped.texts.get(ours, pl.repeat(None, mapped.height, dtype=pl.String, eager=True))
        frame = mapped.table.frame.with_columns(said.alias("said"))
        chosen: pl.Expr = pl.col("said")
        for choice in reversed(choices):
            chosen = pl.when(holds(mapped.table, choice.where)).then(pl.lit(choice.word)).otherwise(chosen)
        mapped.texts[ours] = frame.select(chosen.alias(ours)).to_series()
        tested = {normal(column) for choice in choices for column in choice.where}
        headers = [header for header in mapped.table.headers if normal(header) in tested]
        if headers:
            mapped.sources[ours] = list(dict.fromkeys([*mapped.sources.get(ours, []), *headers]))


def _joined(table: TextTable, parts: list[int]) -> pl.Series:
    columns = [pl.col(str(index)) for index in parts]
    text = pl.concat_str(columns, separator=" ", ignore_nulls=True)
    return table.frame.select(pl.when(text != "").then(text)).to_series()


PLACEHOLDERS = tuple(
    variant
    for word in (*NOTHING, "none")
    if word not in ("na", "nan", "0000-00-00", "0000-00-00 00:00:00", "1900-01-00")  # NA is a region, Nan a name
    for variant in dict.fromkeys((word, word.upper(), word.capitalize(), word.title()))
)
"""What systems and people write into a text cell that has no value."""


def _clear_placeholders(mapped: Mapped) -> None:
    """`NULL`, `N/A`, `Select` are no customers and no sources: blanks, and said."""
    kinds = tables()[mapped.match.table].fields
    for ours, texts in mapped.texts.items():
        if kinds[ours] != "text" or not (found := texts.is_in(PLACEHOLDERS)).any():
            continue
        words = ", ".join(texts.filter(found).unique().sort().head(3))
        params: dict[str, str | int] = {"field": ours, "words": words, "rows": int(found.sum())}
        mapped.warnings.append(Remark(code="placeholders", params=params))
        mapped.texts[ours] = texts.to_frame().select(pl.when(~pl.col(ours).is_in(PLACEHOLDERS)).then(ours)).to_series()


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


def _translate(mapped: Mapped, told: dict[str, str], raw: dict[str, str]) -> None:
    """Their words for a status, a kind, a flag become ours; words that no list names are said."""
    fields = tables()[mapped.match.table].fields
    for ours, texts in mapped.texts.items():
        words = dictionary(mapped.match, ours, is_flag=fields[ours] == "flag")
        if (mapped.match.table, ours) == ("deals", "status"):
            mapped.texts[ours] = _status(mapped, texts, words | told, raw)
            there = {normal(text or "") for text in texts.unique()}
            mapped.met = {word for word in raw if normal(word) in there}
            said = ["", *texts.drop_nulls().unique()] if "*" in raw else [*raw]
            news = [word for word in said if _is_news(word, words, told)]
            mapped.told = {word: told.get(normal(word), raw.get("*", "")) for word in news}
        elif words:
            mapped.texts[ours] = _translated(mapped, ours, texts, words)


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


def _is_news(word: str, words: dict[str, str], told: dict[str, str]) -> bool:
    """Whether a word's meaning is known from the user alone."""
    return word != "*" and (normal(word) in told or normal(word) not in words)


def _status(mapped: Mapped, texts: pl.Series, words: dict[str, str], told: dict[str, str]) -> pl.Series:
    """Open, won or lost. What nobody knows stays as it is and is counted: only a person can say it."""
    counted = texts.value_counts()
    name = counted.columns[0]
    rows = {text or "": int(count) for text, count in counted.select(name, "count").iter_rows()}
    rest = told.get("*")
    said = {*told, *(word for theirs in mapped.match.spec.values.get("status", {}).values() for word in theirs)}
    asking = {text for text in rows if is_asking(text) and text not in said}
    target = {text: "" if text in asking else words.get(normal(text), "") for text in rows if text}
    varied = {text: status for text, word in target.items() if not word and (status := variant(text, words))}
    target = {text: word or varied.get(text) or rest or text for text, word in target.items()}
    if varied:
        shown = _some([f"{text} = {status}" for text, status in sorted(varied.items())], "; ")
        mapped.warnings.append(Remark(code="stages_varied", params={"stages": shown}))
    blank = told.get("", words.get("", rest)) if "" in rows else None
    mapped.strange = {text: rows[text] for text, word in target.items() if word not in STATUSES}
    if "" in rows and blank is None and 2 * rows[""] > mapped.height:
        mapped.strange[""] = rows[""]
    read = texts.replace_strict(target, default=None, return_dtype=pl.String) if target else texts
    return read.fill_null(blank) if blank else read


def _number_repeats(mapped: Mapped) -> None:
    """Texts that come again get a number: several purchases of one customer on one day are several purchases."""
    for ours in mapped.match.spec.serial:
        if ours in mapped.texts:
            nth = (pl.int_range(pl.len()) + 1).over(ours)
            text = pl.when(nth == 1).then(pl.col(ours)).otherwise(pl.format("{}-{}", pl.col(ours), nth))
            mapped.texts[ours] = mapped.texts[ours].to_frame().select(text.alias(ours)).to_series()


def _number_rows(mapped: Mapped) -> None:
    """Number the rows of one order or deal where the export does not."""
    for ours, within in mapped.match.spec.count.items():
        if ours not in mapped.texts and within in mapped.texts:
            counted = mapped.texts[within].to_frame().select((pl.int_range(pl.len()) + 1).over(within).cast(pl.String))
            mapped.texts[ours] = counted.to_series().alias(ours)


def _say_what_was_guessed(mapped: Mapped) -> None:
    match, headers = mapped.match, mapped.table.headers
    both = {ours: mapped.sources.get(ours) for ours in ("expected_close_on", "closed_on")}
    if both["closed_on"] and both["closed_on"] == both["expected_close_on"]:
        mapped.warnings.append(Remark(code="one_closing_date", params={"column": both["closed_on"][0]}))
    if "order_id" in match.joined:
        columns = ", ".join(headers[index] for index in match.joined["order_id"])
        mapped.warnings.append(Remark(code="orders_put_together", params={"columns": columns}))
    for ours, alike in match.guessed.items():
        theirs = mapped.sources[ours][0]
        mapped.warnings.append(Remark(code="column_guessed", params={"column": theirs, "field": ours, "alike": alike}))
    for header in match.strangers:
        mapped.warnings.append(Remark(code="column_of_days", params={"column": header}))
    for ours, others in match.rivals.items():
        left = [headers[index] for index in others if index in mapped.unknown]
        if left:
            params: dict[str, str | int] = {
                "field": ours, "taken": mapped.sources[ours][0], "columns": ", ".join(left)
            }  # fmt: skip
            mapped.warnings.append(Remark(code="columns_rival", params=params))
    _say_what_was_kept(mapped)


def _say_what_was_kept(mapped: Mapped) -> None:
    spare = {normal(header) for header in mapped.match.spec.spare}
    unknown = [mapped.table.headers[index] for index in mapped.unknown]
    strange = [header for header in unknown if normal(header) not in spare]
    known = [header for header in unknown if normal(header) in spare]
    if strange:
        mapped.warnings.append(Remark(code="columns_unknown", params={"columns": _some(strange)}))
    if known:
        mapped.warnings.append(Remark(code="columns_kept", params={"columns": _some(known)}))


def _some(names: list[str], separator: str = ", ") -> str:
    """The first of many names and how many more there are: a list of hundreds is no sentence."""
    more = len(names) - _NAMED
    return separator.join(names[:_NAMED]) + (f"{separator}… (+{more})" if more > 0 else "")


def extra(mapped: Mapped, kept: dict[str, pl.Series] | None = None) -> pl.Series:
    """The columns nobody mapped, as one JSON object per row.

    Args:
        mapped: the file.
        kept: our field -> the rows whose own text of it is kept as well; in other rows it is not named.
    """
    spare = mapped.table.frame.drop(LINE).select(
        pl.col(str(index)).alias(mapped.table.headers[index]) for index in mapped.unknown
    )
    without = _as_json(spare, mapped.height)
    if not kept:
        return without
    is_kept = pl.DataFrame([rows.alias(ours) for ours, rows in kept.items()])
    texts = pl.DataFrame([mapped.texts[ours].alias(ours) for ours in kept])
    shown = texts.select(pl.when(is_kept[ours]).then(ours).alias(mapped.sources[ours][0]) for ours in kept)
    any_kept = is_kept.select(pl.any_horizontal(pl.all())).to_series()
    both = pl.DataFrame(
        [
            without.alias("no"),
            _as_json(pl.concat([spare, shown], how="horizontal") if spare.width else shown, mapped.height).alias("yes"),
        ]
    )
    return both.select(pl.when(any_kept).then("yes").otherwise("no").alias("extra")).to_series()


def _as_json(columns: pl.DataFrame, height: int) -> pl.Series:
    if not columns.width:
        return pl.repeat(None, height, dtype=pl.String, eager=True).alias("extra")
    return columns.select(pl.struct(pl.all()).struct.json_encode().alias("extra")).to_series()
