"""The same list saved otherwise gives the same rows: encodings, delimiters, formats, orders, junk around it, dates.

Demo exports in both languages, and every real list where there are any (SALES_REAL_DATA), cut to so few rows that many
ways are tried. Of every file the rows are compared, of the largest lists of each CRM the whole stores.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import ingest
from data.demo import Size, exports
from data.ingest import FilePlan, Options, Plan, Source
from data.ingest.errors import OnlyDocumentation
from data.ingest.read import read
from data.ingest.recognise import known_headers
from data.store import open_store
from tests.command_line import dump
from tests.data.ingest import mutations
from tests.real.conftest import FOLDER

MOST_ROWS = 300
SIZE = Size(200, stories=False, seed=1, weeks=1)
_BEGINNING = 400_000  # bytes of a large text file, of which whole lines are taken
REAL = [
    str(file.relative_to(FOLDER))
    for file in sorted(FOLDER.rglob("*"))
    if file.suffix in (".csv", ".txt", ".xls", ".xlsx", ".zip")
]
STORES = [
    name
    for name in (
        "maven_crm/original/sales_pipeline.csv", "zoho_crm/Potentials.csv", "uci_online_retail/online_retail_all.zip",
        "tmall_orders/tmall_order_report.csv", "cdnow/CDNOW_master.txt", "basudev_crm/Opportunity.csv",
    )
    if name in REAL
]  # fmt: skip
DATES = (
    "", "%Y/%m/%d", "%Y.%m.%d", "%d-%b-%Y", "%Y年%-m月%-d日", "%Y%m%d", "%b %d, %Y", "%d.%m.%Y", "%m/%d/%Y", "cells",
)  # fmt: skip
_NAMELESS = ("cdnow/CDNOW_sample.txt",)  # without column names; they are asked for
_NEEDS_PROOF = ("%d.%m.%Y", "%m/%d/%Y")  # which place is the month shows only where a day is beyond the twelfth


@dataclass(frozen=True)
class Saving:
    """How a list is saved once more. `dates`: how days are written, empty as they were, `cells` as Excel keeps them."""

    form: str
    encoding: str
    delimiter: str
    seed: int
    is_permuted: bool
    is_reordered: bool
    title_lines: int
    footer_lines: int
    dates: str = ""


SAVINGS = st.builds(
    Saving,
    form=st.sampled_from(("text", "text", "zip", "xlsx", "json", "html")),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "gb18030")),
    delimiter=st.sampled_from((",", ";", "\t", "|")),
    seed=st.integers(0, 1000),
    is_permuted=st.booleans(),
    is_reordered=st.booleans(),
    title_lines=st.integers(0, 3),
    footer_lines=st.integers(0, 3),
    dates=st.sampled_from(DATES),
)


@dataclass(frozen=True)
class Sample:
    """A list as texts."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@cache
def demo_samples() -> tuple[Sample, ...]:
    found = []
    for lang in ("en", "zh-CN"):
        for export in exports(SIZE, lang):
            if export.table in ("deals", "customers", "activities", "order_lines", "targets"):
                frame = export.rows.head(MOST_ROWS)
                texts = frame.with_columns(pl.all().cast(pl.String).fill_null("")).rows()
                found.append(Sample(f"{export.table} {lang}", tuple(frame.columns), tuple(texts)))
    return tuple(found)


@cache
def real_sample(name: str) -> Sample:
    table = read(_beginning(FOLDER / name), known_headers()).tables[0]
    texts = table.frame.drop("#line").head(MOST_ROWS).with_columns(pl.all().fill_null("")).rows()
    return Sample(name, tuple(table.headers), tuple(texts))


def _beginning(file: Path) -> Source:
    """A file, or the first lines of one that is large; of a ZIP file, those of the list in it."""
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as whole, whole.open(whole.namelist()[0]) as inside:
            return Source(whole.namelist()[0], _whole_lines(inside.read(_BEGINNING)))
    if file.suffix in (".csv", ".txt") and file.stat().st_size > _BEGINNING:
        with file.open("rb") as opened:
            return Source(file.name, _whole_lines(opened.read(_BEGINNING)))
    return Source.of(file)


def _whole_lines(content: bytes) -> bytes:
    return content[: content.rindex(b"\n") + 1]


def saved(sample: Sample, how: Saving) -> bytes:
    chance = random.Random(how.seed)
    order = list(range(len(sample.header)))
    rows = redated(sample, how)
    if how.is_permuted:
        chance.shuffle(order)
    if how.is_reordered:
        chance.shuffle(rows)
    header = [sample.header[at] for at in order]
    body = [[row[at] for at in order] for row in rows]
    if how.form == "json":
        return json.dumps({"data": mutations.objects(body, header)}, ensure_ascii=False).encode()
    junk = [["Export of the list"], ["All records 全部记录", "by Ann"], []][: how.title_lines]
    below = [[], ["Total 合计", *[""] * (len(header) - 1)], ["Confidential - do not distribute"]][: how.footer_lines]
    grid = [*junk, header, *body, *below]
    if how.form == "xlsx":
        return mutations.workbook(grid[1:], grid[0])
    if how.form == "html":
        return mutations.web_page(grid[1:], grid[0])
    text = mutations.text(grid[1:], grid[0], how.delimiter, how.encoding)
    return zipped(text) if how.form == "zip" else text


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("list.csv", content)
    return out.getvalue()


def redated(sample: Sample, how: Saving) -> list[list[object]]:
    """The rows with their days written in the saving's form, where that form can be read in one way only."""
    rows: list[list[object]] = [list(row) for row in sample.rows]
    if not how.dates:
        return rows
    for column, days in days_of(sample).items():
        is_proved = any(day.day > 12 for day in days.values())
        form = how.dates if is_proved or how.dates not in _NEEDS_PROOF else "%Y/%m/%d"
        for at, day in days.items():
            as_cell = day if how.form == "xlsx" else day.isoformat()
            rows[at][column] = as_cell if form == "cells" else day.strftime(form)
    return rows


@cache
def days_of(sample: Sample) -> dict[int, dict[int, date]]:
    """The columns that are read as days and nothing else: of each, its rows and their days."""
    row_at, line = {}, 2
    for at, row in enumerate(sample.rows):
        row_at[line] = at
        line += 1 + sum(cell.count("\n") for cell in row)
    days: dict[int, dict[int, date]] = {}
    others: set[int] = set()
    for file in plain_plan(sample).files:
        assert file.mapped is not None
        assert file.checked is not None
        for ours, theirs in file.mapped.sources.items():
            columns = [sample.header.index(name) for name in theirs]
            if file.checked.rows.schema.get(ours) != pl.Date or len(columns) > 1:
                others.update(columns)
                continue
            found = file.checked.rows.select("line", ours).drop_nulls().iter_rows()
            days.setdefault(columns[0], {}).update({row_at[line]: day for line, day in found})
    return {column: found for column, found in days.items() if found and column not in others}


def planned(content: bytes) -> Plan:
    made = ingest.plan([Source("list.dat", content)], Options(stages={"*": "open"}, without_rates=True))
    assert not made.questions, [question.text("en") for question in made.questions]
    return made


@cache
def plain_plan(sample: Sample) -> Plan:
    return planned(saved(sample, PLAIN))


def outcome(content: bytes, name: str) -> dict[str, object]:
    """What a file becomes: table, key, and its rows without their lines and their order."""
    return outcome_of(planned(content), name)


def outcome_of(made: Plan, name: str) -> dict[str, object]:
    return {f"{file.table} {place}": _rows(file) for place, file in enumerate(made.files)} | {"of": name}


def _rows(file: FilePlan) -> tuple[object, ...]:
    assert file.checked is not None
    rows = file.checked.rows.drop("line")
    extra = [json.dumps(json.loads(text), sort_keys=True) if text else None for text in rows["extra"]]
    plain = rows.with_columns(pl.Series("extra", extra, dtype=pl.String))
    columns = sorted(plain.columns)
    kept = sorted(plain.select(columns).rows(), key=repr)
    refused = sorted(
        reason for reasons in file.checked.refused.filter(~pl.col("is_set_aside"))["reasons"] for reason in reasons
    )
    return file.checked.key, columns, kept, refused, file.as_of


@cache
def expected(sample: Sample) -> dict[str, object]:
    return outcome_of(plain_plan(sample), sample.name)


PLAIN = Saving("text", "utf-8", ",", 0, is_permuted=False, is_reordered=False, title_lines=0, footer_lines=0)


@settings(max_examples=max(20, settings.default.max_examples // 10))
@given(st.integers(0, 9), SAVINGS)
def test_a_demo_list_saved_otherwise_gives_the_same_rows(place: int, how: Saving) -> None:
    sample = demo_samples()[place]
    assert outcome(saved(sample, how), sample.name) == expected(sample)


@pytest.mark.real
@pytest.mark.parametrize("name", REAL)
def test_every_real_list_saved_otherwise_gives_the_same_rows(name: str) -> None:
    chance = random.Random(name)
    _compare(name, some_saving(chance))


@pytest.mark.real
@settings(max_examples=settings.default.max_examples // 20)
@given(st.integers(0, 1000), SAVINGS)
def test_a_real_list_saved_in_any_way_gives_the_same_rows(place: int, how: Saving) -> None:
    if not REAL:
        pytest.skip("no real exports")
    _compare(REAL[place % len(REAL)], how)


def _compare(name: str, how: Saving) -> None:
    if name in _NAMELESS:
        return
    sample = real_sample(name)
    try:
        rows = expected(sample)
    except OnlyDocumentation:
        return
    if how.is_reordered and not _has_key(rows):
        how = replace(how, is_reordered=False)  # rows without an id are told apart by their order
    assert outcome(saved(sample, how), name) == rows


def some_saving(chance: random.Random) -> Saving:
    return Saving(
        form=chance.choice(("text", "text", "zip", "xlsx", "json", "html")),
        encoding=chance.choice(("utf-8", "utf-16", "gb18030", "gb18030")),
        delimiter=chance.choice((",", ";", "\t", "|")),
        seed=chance.randrange(1000),
        is_permuted=True,
        is_reordered=True,
        title_lines=chance.randrange(4),
        footer_lines=chance.randrange(4),
        dates=chance.choice(DATES),
    )


def _has_key(rows: dict[str, object]) -> bool:
    return not any("line_no" in file[0] for file in rows.values() if isinstance(file, tuple))


def store_of(sample: Sample, how: Saving, path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table of the store that a list becomes, rows in an order of their own."""
    made = plain_plan(sample) if how == PLAIN else planned(saved(sample, how))
    store = open_store(path)
    ingest.run(store, made)
    rows = dump(path, "crm")
    store.close()
    return {name: sorted((tuple(map(_plain, row)) for row in found), key=repr) for name, found in rows.items()}


@cache
def plain_store(sample: Sample) -> dict[str, list[tuple[object, ...]]]:
    with TemporaryDirectory() as folder:
        return store_of(sample, PLAIN, Path(folder) / "plain")


def _plain(cell: object) -> object:
    """What nobody mapped stands in the order of the columns, which says nothing."""
    is_object = isinstance(cell, str) and cell.startswith('{"')
    return json.dumps(json.loads(cell), sort_keys=True) if is_object else cell  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "how",
    [
        Saving("text", "gb18030", ";", 1, is_permuted=True, is_reordered=False, title_lines=2, footer_lines=3),
        Saving("zip", "utf-16", "\t", 2, is_permuted=True, is_reordered=True, title_lines=0, footer_lines=2),
        Saving("xlsx", "utf-8", ",", 3, is_permuted=True, is_reordered=True, title_lines=3, footer_lines=3),
    ],
)
def test_the_store_is_the_same_however_the_list_was_saved(tmp_path: Path, how: Saving) -> None:
    deals = next(sample for sample in demo_samples() if sample.name == "deals zh-CN")
    assert plain_store(deals) == store_of(deals, how, tmp_path / "saved")


@pytest.mark.real
@pytest.mark.parametrize("name", STORES)
def test_the_store_of_a_real_list_is_the_same_however_it_was_saved(tmp_path: Path, name: str) -> None:
    _compare_stores(name, some_saving(random.Random(f"store {name}")), tmp_path)


@pytest.mark.real
@settings(max_examples=max(1, settings.default.max_examples // 100))
@given(st.integers(0, 1000), SAVINGS)
def test_the_store_of_any_real_list_saved_in_any_way_is_the_same(place: int, how: Saving) -> None:
    if not REAL:
        pytest.skip("no real exports")
    with TemporaryDirectory() as folder:
        _compare_stores(REAL[place % len(REAL)], how, Path(folder))


def _compare_stores(name: str, how: Saving, folder: Path) -> None:
    if name in _NAMELESS:
        return
    sample = real_sample(name)
    try:
        rows = expected(sample)
    except OnlyDocumentation:
        return
    if how.is_reordered and not _has_key(rows):
        how = replace(how, is_reordered=False)
    assert store_of(sample, how, folder / "saved") == plain_store(sample)


@pytest.mark.parametrize("dates", DATES[1:])
def test_days_written_otherwise_are_the_same_days(dates: str) -> None:
    place = DATES.index(dates) % 2
    sample = next(sample for sample in demo_samples() if sample.name == f"deals {('en', 'zh-CN')[place]}")
    assert len(days_of(sample)) == 3
    form = "xlsx" if dates == "cells" else "text"
    assert outcome(saved(sample, replace(PLAIN, form=form, dates=dates)), sample.name) == expected(sample)


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_a_workbook_with_typed_cells_is_the_same_as_its_texts(lang: str) -> None:
    sample = next(sample for sample in demo_samples() if sample.name == f"deals {lang}")
    export = next(one for one in exports(SIZE, lang) if one.table == "deals")
    out = io.BytesIO()
    export.rows.head(MOST_ROWS).write_excel(out)
    assert outcome(out.getvalue(), sample.name) == expected(sample)
