"""Names that try to act: on every page they are only read, in both languages, in words, charts and files."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from data.settings import settings
from data.store import Store
from metrics.lines import escaped, in_line, in_lines
from tests.command_line import run
from tests.hostile import NAMES, copied_to
from tests.pages.conftest import Open
from ui.drawing import literal, shorten, under_pointer
from ui.export import csv_bytes, xlsx_bytes
from ui.navigation import PAGES
from ui.text import LANGUAGES, plain

MARKS = [name for name in NAMES if plain(name) != name]
"""Names that would act, or look otherwise, in Markdown."""
PLACES = (
    *((lang, entry.stem, {}) for entry in PAGES for lang in LANGUAGES),
    ("en", "overview", {"period": "all"}),
    ("zh-CN", "explore", {"period": "all", "measures": "won_amount,win_rate", "by": "rep"}),
    ("en", "explore", {"period": "all", "measures": "won_amount", "by": "own"}),
    ("zh-CN", "explore", {"period": "all", "measures": "open_amount", "by": "team", "grain": "month"}),
    ("en", "explore", {"period": "all", "measures": "won_amount", "by": "team", "grain": "month", "as": "pivot"}),
    ("zh-CN", "explore", {"period": "all", "measures": "won_amount", "by": "customer", "as": "table"}),
    ("en", "funnel", {"period": "all", "by": "team"}),
    ("zh-CN", "pipeline", {"period": "all"}),
    ("en", "segments", {"period": "all", "about": "tiers", "months": "0"}),
    ("zh-CN", "segments", {"period": "all", "about": "moves", "months": "0", "scored": "won_amount"}),
)  # fmt: skip


@pytest.fixture(autouse=True)
def somebody(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A viewer with such a name looks on."""
    monkeypatch.setenv("SALES_VIEWER", "u2@example.com")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="module")
def store_of_names(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return copied_to(tmp_path_factory.mktemp("hostile") / "hostile.duckdb")


def elements(block: Any) -> Iterator[Any]:
    """Every element of a page."""
    for child in getattr(block, "children", {}).values():
        yield child
        yield from elements(child)


def markdown_of(page: AppTest) -> Iterator[str]:
    """Every text of a page that the browser reads as Markdown."""
    for element in elements(page._tree):
        proto = getattr(element, "proto", None)
        for part in (
            proto,
            getattr(proto, "expandable", None),
            getattr(proto, "tab", None),
            getattr(proto, "popover", None),
        ):
            for name in ("body", "label", "help"):
                text = getattr(part, name, "")
                if isinstance(text, str) and text and type(element).__name__ != "Code":
                    yield text
        if type(element).__name__ in {"ButtonGroup", "Radio"}:
            yield from (getattr(option, "content", option) for option in proto.options)


def figures_of(page: AppTest) -> Iterator[dict[str, Any]]:
    for chart in page.get("plotly_chart"):
        yield json.loads(chart.proto.spec)


def texts_of(part: Any) -> Iterator[str]:
    """All that a figure writes."""
    if isinstance(part, dict):
        for name, inner in part.items():
            if name not in {"customdata", "meta", "family"}:
                yield from texts_of(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from texts_of(inner)
    elif isinstance(part, str):
        yield part


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "stem", "params"), PLACES)
def test_names_do_nothing_on_a_page(
    lang: str, stem: str, params: dict[str, str], store_of_names: Store, shown: Callable[[Path], Store], open_page: Open
) -> None:
    shown(store_of_names.path)
    if stem == "deal":
        with store_of_names.snapshot() as seen:
            params = {
                "id": str(seen.frame("select deal_id from crm.deals where deal like '%<%' limit 1")["deal_id"][0])
            }
    page = open_page(stem, lang=lang, **params)
    assert not page.exception
    assert not page.error, [error.value for error in page.error]
    for text in markdown_of(page):
        acting = re.sub(r"\\.", "\0", text)
        raw = [name for name in MARKS if name in acting]
        assert not raw, (raw, text)
    for figure in figures_of(page):
        for text in texts_of(figure):
            left = re.sub(r"^<b>(.*?)</b>", r"\1", text.replace("<br>", ""))
            assert "<" not in left, text
            assert "<br>pwned" not in text
            assert not any(mark in text for mark in ("\u202e", "\x1b", "\n")), repr(text)


def test_a_name_is_one_line_and_no_order() -> None:
    assert in_line("a\r\n\tb\x1b[31m\u202ec\x9bd\u200be") == "a b [31mc d\u200be"
    assert in_lines("a  b\n\x1b[2Jc\u2066d") == "a  b\n [2Jcd"
    assert json.loads(escaped(json.dumps(list(NAMES), ensure_ascii=False))) == list(NAMES)
    assert not _OBEYED.search(escaped(json.dumps(list(NAMES), ensure_ascii=False)))


def test_what_a_drawing_says_is_what_the_name_says() -> None:
    assert literal("<b>a</b> & <br>\nb") == "&lt;b&gt;a&lt;/b&gt; &amp; &lt;br&gt; b"
    assert shorten("<b>" + "x" * 60).startswith("&lt;b&gt;xxx")
    assert under_pointer("<i>", "1") == "<b>&lt;i&gt;</b><br>1"


@pytest.fixture(scope="module")
def said(store_of_names: Store) -> pl.DataFrame:
    """Everything that names can be, with numbers beside, as pages offer it for download."""
    with store_of_names.snapshot() as seen:
        return seen.frame(
            "select deal_id, deal, rep, stage, -amount as amount from crm.deals join crm.reps using (rep_key)"
        )


def is_formula(text: str) -> bool:
    return text.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_no_cell_of_a_csv_file_is_a_formula(said: pl.DataFrame) -> None:
    content = csv_bytes(said, {"deal": "=deal", "rep": "-rep"}).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(content, newline=""))
    assert header == ["deal_id", "'=deal", "'-rep", "stage", "amount"]
    assert len(rows) == said.height
    for row in rows:
        assert not [cell for cell in row[:4] if is_formula(cell)]
        assert not row[4] or row[4].lstrip("-").replace(".", "").isdigit(), "a negative number is no formula"
    names = {cell.removeprefix("'") if is_formula(cell[1:]) else cell for row in rows for cell in row[:4]}
    assert {name for name in said["stage"] if name} <= names, "nothing else is done to a name"


def test_no_cell_of_a_workbook_is_a_formula(said: pl.DataFrame) -> None:
    content = xlsx_bytes(said, {"deal": "=deal"}, definitions=[("=1+1", "@SUM(A1)")])
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        sheets = [whole.read(name).decode() for name in whole.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 2
        assert not any("<f>" in sheet or "hyperlink" in sheet for sheet in sheets)
        assert not any("externalLink" in name for name in whole.namelist())
    read = pl.read_excel(io.BytesIO(content), sheet_name="Data")
    kept = [name for name in said["deal"] if name and is_formula(name) and "\t" not in name and "\r" not in name]
    assert kept
    assert set(kept) <= set(read["=deal"])
    assert read["amount"].dtype.is_numeric()
    assert read["amount"].min() < 0


_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", [(), ("--json",)])
@pytest.mark.parametrize(
    "command",
    [
        ("ask", "won_amount", "--by", "rep"),
        ("ask", "won_amount", "--by", "own"),
        ("ask", "won_amount", "--rows"),
        ("ask", "won_amount", "--where", "rep=\x1b[31mpwned\x1b[0m", "--sql"),
        ("ask", "won_amount", "--where", "rep=\x1b]0;nobody\x07"),
        ("funnel", "--by", "team"),
        ("uploads",),
        ("aliases",),
        ("viewers",),
        ("dimensions",),
        ("check",),
        ("import", "\x1b]0;absent\x07.csv"),
    ],
    ids=" ".join,
)
def test_a_terminal_obeys_no_name(
    command: tuple[str, ...], form: tuple[str, ...], lang: str, store_of_names: Store
) -> None:
    ran = run(*command, *form, "--store", store_of_names.path, lang=lang)
    assert ran.out or ran.err
    assert not _OBEYED.search(ran.out + ran.err), (ran.out + ran.err)[:3000]
    if form and ran.out:
        json.loads(ran.out)
