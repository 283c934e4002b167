"""What an import says on a page is in the reader's language and in words: no flags, no ids of ours, no raw reasons."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from data import ingest
from data.ingest import Options, Source, reason_text
from data.ingest.odd import look
from data.tables import tables
from metrics.catalog import catalog
from metrics.errors import SalesError
from tests.rules.repository import ROOT
from ui.text import texts
from ui.wording import remarked, worded

LANGUAGES = ("en", "zh-CN")
CATALOGUES = {
    name: tomllib.loads((ROOT / "data" / "ingest" / name).read_text("utf-8"))
    for name in ("remarks.toml", "errors.toml")
}
ENTRIES = [
    (code, entry) for entries in CATALOGUES.values() for code, entry in entries.items() if isinstance(entry, dict)
]
COMMAND_LINE = {
    "part_assumed",
    "dry_run",
    "names_form",
    "names_letter",
    "names_spelling",
    "CountsInvalid",
    "MapInvalid",
    "StageInvalid",
    "UnknownFile",
    "UnknownCurrency",
}
"""What only the command line says: on the pages these are buttons, or cannot happen."""
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_FLAG = re.compile(r"(?<![\w-])--[a-z]|python -m")


@pytest.mark.parametrize(("code", "entry"), ENTRIES, ids=[code for code, _ in ENTRIES])
def test_every_text_is_in_its_own_language_and_pages_name_no_flags(code: str, entry: dict[str, str]) -> None:
    for key, text in entry.items():
        outside = re.sub(r"\{\w+\}|`[^`]*`|\"[^\"]*\"|[（(][^（）()]*[）)]", "", text)
        assert bool(_CHINESE.search(outside)) == key.endswith("zh-CN"), f"{code}.{key}: {text}"
    if code in COMMAND_LINE:
        return
    for lang in LANGUAGES:
        on_page = entry.get(f"page-{lang}", entry[lang])
        is_asked = f"upload.{code}" in texts(lang) or code in ("ask_columns", "ask_reading")
        assert is_asked or not _FLAG.search(on_page), f"{code} names a flag on a page: {on_page}"


IDS = {
    name
    for name in (*tables(), *catalog().measures, *(field for table in tables().values() for field in table.fields))
    if "_" in name
}
"""Names of ours that no text of a person has."""
LISTS = {
    "商机.csv": "商机编号,商机名称,客户名称,金额(万元),阶段,预计成交日期,创建日期,负责人,备注列\n"
    "1,甲项目,甲公司,10,赢单,2026-01-05,2026-02-01,张三,x\n2,乙项目,乙公司,N/A,赢单,2026-13-45,2026-01-01,李四,y\n"
    "3,丙项目,丙公司,-1,谈判,2026-01-07,2026-01-01,李四,y\n1,甲项目,甲公司,12,输单,2026-01-05,2026-01-01,张三,x\n",
    "目标.csv": "销售人员,月份,目标\n张三,2026-01,5\n,2026-01,6\n王五,2026-02,7\n",
    "回款.csv": "客户名称,回款金额,回款日期,回款状态\n甲公司,100,2026-01-05,已完成\n甲公司,100,2026-01-05,已完成\n"
    "乙公司,abc,2026-01-06,已作废\n",
    "汇率.csv": "币种,生效日期,汇率\nUSD,2026-01-01,7.1\nGBP,2026-01-01,9\nEUR,2026-01-01,\nJPY,2026-01-01,-1\n",
    "订单.csv": "订单编号,客户名称,产品名称,数量,金额,下单日期\n"
    "O1,甲公司,A,1,100,2026-01-05\n,乙公司,B,2,50,2026-01-06\n",
}


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.text._asked", lambda: "zh-CN")


def said(names: list[str], **options: object) -> list[str]:
    """Everything a page says of an import: remarks, reasons of refused rows, what is odd; of a refusal, its error."""
    sources = [Source(name, LISTS[name].encode()) for name in names]
    try:
        made = ingest.plan(sources, Options.model_validate(options))
    except SalesError as error:
        return [error.on_page("zh-CN", worded(error.params))]
    found = [remarked(remark) for file in made.files for remark in file.warnings]
    found += [remarked(question) for question in made.questions if f"upload.{question.code}" not in texts("zh-CN")]
    for file in made.files:
        if file.checked is not None:
            reasons = file.checked.refused["reasons"].explode().drop_nulls().to_list()
            found += [reason_text(reason, "zh-CN") for reason in reasons]
    checked = [file for file in made.files if file.checked is not None]
    return found + [odd.text("zh-CN") for listed in look(checked, None) for odd in listed]


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("names", [[name] for name in LISTS] + [["商机.csv", "回款.csv"]], ids="+".join)
def test_an_import_speaks_chinese_without_our_ids(names: list[str]) -> None:
    texts_said = said(names, missing_amounts="keep", table=None)
    assert texts_said
    for text in texts_said:
        assert _CHINESE.search(text), text
        words = set(re.findall(r"[a-z]+(?:_[a-z]+)+", text))
        assert not words & IDS, text
        assert not re.search(r"\b(deals|targets|payments|status|amount|value|rate)\b", text), text


@pytest.mark.usefixtures("chinese")
def test_the_key_of_a_question_is_said_by_its_columns(company_of_payments: list[str]) -> None:
    (text,) = company_of_payments
    assert "客户名称" in text
    assert not re.search(r"[a-z]{4,}", text.replace("bare.csv", "").replace("first.csv", "")), text


@pytest.fixture
def company_of_payments(tmp_path: Path) -> list[str]:
    """What is asked of payments that are told apart by other columns than before."""
    from data.store import open_store
    from tests.command_line import Company

    company = Company(tmp_path / "company.duckdb")
    first = tmp_path / "first.csv"
    first.write_text("回款编号,客户名称,回款金额,回款日期\nR1,甲,100,2026-01-05\nR2,乙,200,2026-01-06\n", "utf-8")
    company.load(first)
    bare = Source("bare.csv", "客户名称,回款金额,回款日期\n甲,100,2026-01-05\n乙,200,2026-01-06\n".encode())
    with open_store(company.path, create=False).snapshot() as seen:
        (question,) = ingest.plan([bare], Options(), seen).questions
    return [remarked(question)]
