"""The same list saved otherwise gives the same rows: encodings, delimiters, formats, orders, junk around it, dates.

Demo exports in both languages, and real ones where there are any (SALES_REAL_DATA), cut to so few rows that many ways
are tried.
"""

from __future__ import annotations

import io
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import ingest
from data.demo import Size, exports
from data.ingest import FilePlan, Options, Source
from data.ingest.read import read
from data.ingest.recognise import known_headers
from tests.command_line import Company
from tests.data.ingest import mutations
from tests.real.conftest import FOLDER

MOST_ROWS = 300
SIZE = Size(200, stories=False, seed=1, weeks=1)
_REAL = (
    "maven_crm/original/sales_pipeline.csv", "maven_crm/original/accounts.csv", "zoho_crm/Potentials.csv",
    "zoho_crm/Leads.csv", "zoho_crm/Invoices.csv", "tmall_orders/tmall_order_report.csv", "cdnow/CDNOW_master.txt",
)  # fmt: skip


@dataclass(frozen=True)
class Saving:
    """How a list is saved once more."""

    form: str
    encoding: str
    delimiter: str
    seed: int
    is_permuted: bool
    is_reordered: bool
    title_lines: int
    footer_lines: int
    dates: str = "%Y-%m-%d"


SAVINGS = st.builds(
    Saving,
    form=st.sampled_from(("text", "text", "xlsx", "json", "html")),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "gb18030")),
    delimiter=st.sampled_from((",", ";", "\t", "|")),
    seed=st.integers(0, 1000),
    is_permuted=st.booleans(),
    is_reordered=st.booleans(),
    title_lines=st.integers(0, 3),
    footer_lines=st.integers(0, 3),
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
    table = read(Source.of(FOLDER / name), known_headers()).tables[0]
    texts = table.frame.drop("#line").head(MOST_ROWS).with_columns(pl.all().fill_null("")).rows()
    return Sample(name, tuple(table.headers), tuple(texts))


def saved(sample: Sample, how: Saving) -> bytes:
    chance = random.Random(how.seed)
    order = list(range(len(sample.header)))
    rows = [list(row) for row in sample.rows]
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
    return mutations.text(grid[1:], grid[0], how.delimiter, how.encoding)


def outcome(content: bytes, name: str) -> dict[str, object]:
    """What a file becomes: table, key, and its rows without their lines and their order."""
    made = ingest.plan([Source("list.dat", content)], Options(stages={"*": "open"}, profile=None))
    assert not made.questions, [question.text("en") for question in made.questions]
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
    return outcome(saved(sample, PLAIN), sample.name)


PLAIN = Saving("text", "utf-8", ",", 0, is_permuted=False, is_reordered=False, title_lines=0, footer_lines=0)


@settings(max_examples=30)
@given(st.integers(0, 9), SAVINGS)
def test_a_demo_list_saved_otherwise_gives_the_same_rows(place: int, how: Saving) -> None:
    sample = demo_samples()[place]
    assert outcome(saved(sample, how), sample.name) == expected(sample)


@pytest.mark.real
@settings(max_examples=30)
@given(st.sampled_from(_REAL), SAVINGS)
def test_a_real_list_saved_otherwise_gives_the_same_rows(name: str, how: Saving) -> None:
    if not (FOLDER / name).exists():
        pytest.skip("no real exports")
    sample = real_sample(name)
    if how.is_reordered and not _has_key(sample):
        return  # rows without an id are told apart by their order
    assert outcome(saved(sample, how), name) == expected(sample)


def _has_key(sample: Sample) -> bool:
    return sample.name.startswith(("maven_crm", "zoho_crm/Leads", "tmall"))


@pytest.mark.parametrize(
    "how",
    [
        Saving("text", "gb18030", ";", 1, is_permuted=True, is_reordered=False, title_lines=2, footer_lines=3),
        Saving("text", "utf-16", "\t", 2, is_permuted=True, is_reordered=True, title_lines=0, footer_lines=2),
        Saving("xlsx", "utf-8", ",", 3, is_permuted=True, is_reordered=True, title_lines=3, footer_lines=3),
    ],
)
def test_the_store_is_the_same_however_the_list_was_saved(tmp_path: Path, how: Saving) -> None:
    deals = next(sample for sample in demo_samples() if sample.name == "deals zh-CN")
    stores = []
    for place, saving in enumerate((PLAIN, how)):
        company = Company(tmp_path / f"{place}.duckdb")
        file = tmp_path / f"{place}.dat"
        file.write_bytes(saved(deals, saving))
        company.load(file, "--full")
        stores.append({name: rows for name, rows in company.facts().items() if name != "deal_versions"})
        company.close()
    assert stores[0] == stores[1]


def written(rows: Sequence[Sequence[str]], days: Sequence[int], form: str) -> list[tuple[str, ...]]:
    """The rows with their ISO days written in another form."""
    texts = pl.DataFrame([list(row) for row in rows], orient="row", schema=[str(at) for at in range(len(rows[0]))])
    for at in days:
        day = pl.col(str(at)).str.to_date("%Y-%m-%d", strict=False)
        texts = texts.with_columns(
            pl.when(day.is_not_null()).then(day.dt.strftime(form)).otherwise(pl.col(str(at))).alias(str(at))
        )
    return texts.rows()


@pytest.mark.parametrize(
    "form", ["%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d-%b-%Y", "%Y年%-m月%-d日", "%Y%m%d", "%b %d, %Y"]
)
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_days_written_otherwise_are_the_same_days(form: str, lang: str) -> None:
    sample = next(sample for sample in demo_samples() if sample.name == f"deals {lang}")
    days = [at for at, name in enumerate(sample.header) if name.endswith("_on")]
    other = Sample(sample.name, sample.header, tuple(written(sample.rows, days, form)))
    assert outcome(saved(other, PLAIN), sample.name) == expected(sample)


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_a_workbook_with_typed_cells_is_the_same_as_its_texts(lang: str) -> None:
    sample = next(sample for sample in demo_samples() if sample.name == f"deals {lang}")
    export = next(one for one in exports(SIZE, lang) if one.table == "deals")
    out = io.BytesIO()
    export.rows.head(MOST_ROWS).write_excel(out)
    assert outcome(out.getvalue(), sample.name) == expected(sample)
