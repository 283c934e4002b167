"""Names that may be one: what is asked about, and what is left alone."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.alike import alike, pairs
from data.demo import Size, exports
from data.spelling import companies, company, spelling, spellings


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("GTXPro", "GTX Pro", "spelling"),
        ("ＡＢＣ　Foods", "abc-foods", "spelling"),
        ("华东电子有限公司", "华东电子公司", "form"),
        ("华东电子有限公司", "华东电子有限责任公司", "form"),
        ("Acme Corp", "Acme Corporation", "form"),
        ("Acme Co., Ltd.", "Acme Limited", "form"),
        ("Initech", "Initech LLC", "form"),
        ("Liberty Wealth Planner", "Liberty Wealth Planners", "letter"),
        ("深圳市腾飞科技有限公司", "深圳腾飞科技有限公司", "letter"),
        ("Jonh Smithson", "John Smithson", "letter"),
        # two of a kind
        ("Acme Ltd", "Acme GmbH", None),
        ("华东电子有限公司", "华东电子股份有限公司", None),
        ("上海明华贸易有限公司", "上海明辉贸易有限公司", None),
        ("上海明华贸易一公司", "上海明华贸易二公司", None),
        ("北京华信分公司", "北京华信公司", None),
        ("Store 12 North", "Store 13 North", None),
        ("Terminal Type II", "Terminal Type III", None),
        ("Wholesale A", "Wholesale B", None),
        ("Baker Stone", "Maker Stone", None),
        ("Ann Lee", "Anne Lee", None),
    ],
)
def test_names_that_may_be_one_and_names_that_are_two(one: str, other: str, why: str | None) -> None:
    assert alike(one, other, "customer") == why
    assert alike(other, one, "customer") == why
    assert [found for *_, found in pairs([one, "Something Else", other], "customer")] == ([why] if why else [])


def test_legal_forms_are_those_of_companies_and_characters_are_missing_in_companies_only() -> None:
    assert alike("Acme Corp", "Acme Corporation", "product") is None
    assert alike("高级文件装订机", "高级文件装订机盖", "product") is None


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_the_demo_company_s_names_raise_no_false_alarm_by_spelling_or_form(lang: str) -> None:
    for export in exports(Size(1_000, stories=False, seed=1, weeks=1), lang):
        if export.table == "customers":
            names = export.rows["customer" if "customer" in export.rows.columns else export.rows.columns[1]].to_list()
            assert not [pair for pair in pairs(list(dict.fromkeys(names)), "customer") if pair[2] != "letter"]


def test_a_series_and_very_long_texts_cost_nothing() -> None:
    series = [f"Customer Number {number}" for number in range(3_000)]
    assert not list(pairs([*series, "x" * 100_000, "y" * 100_000], "customer"))


@given(st.lists(st.text("Acmeorp Ltd公司有限华东电子", min_size=1, max_size=24), unique=True, max_size=8))
def test_what_is_found_together_is_what_each_pair_is(names: list[str]) -> None:
    found = {frozenset(pair[:2]) for pair in pairs(names, "customer")}
    each = {
        frozenset((one, other))
        for place, one in enumerate(names)
        for other in names[place + 1 :]
        if alike(one, other, "customer")
    }
    assert found == each


@given(
    st.lists(
        st.text("Acme Corp'Ltd.-_ß公司股份有限责任华ＡＢ　\n İΣς²é\u0301（）", max_size=16), unique=True, max_size=6
    )
)
def test_a_whole_column_reads_as_its_names_do(names: list[str]) -> None:
    column = pl.Series(names, dtype=pl.String)
    assert spellings(column).to_list() == [spelling(name) for name in names]
    assert companies(column).to_list() == [company(name)[0] for name in names]


def test_of_pairs_that_nobody_asks_about_nothing_is_said() -> None:
    names = ["Acme Corp", "Acme Corporation", "Globex Ltd", "Globex Limited"]
    asked = pl.Series([False, True, False, False])
    assert [*pairs(names, "customer", asked)] == [("Acme Corp", "Acme Corporation", "form")]
