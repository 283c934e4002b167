"""Every word that questions may use is asked of DuckDB and of Sail; refusals say why in both languages."""

from __future__ import annotations

import tomllib
from pathlib import Path

import duckdb
import pytest
import sqlglot

from data.engines.connection import Connection
from data.engines.translate import translate
from metrics import portable
from tests.engines.same import differences

WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))

# 20,000 rows with missing values, an empty text, a quote, a backslash, Chinese, dates and times, ties.
ROWS = r"""
create table crm.deals as select
    cast(i as varchar) as deal_id,
    case when i % 7 = 0 then null else 'rep ' || (i % 5) end as rep,
    cast(case when i % 11 = 0 then null else (i * 37) % 100003 end as bigint) as rep_key,
    cast((i * 7919) % 100000 / 3.0 as decimal(18, 4)) as amount,
    cast((i % 13) / 13.0 as double) as share,
    date '2024-01-01' + cast((i * 17) % 900 as integer) as closed_on,
    case when i % 9 = 0 then null else date '2024-01-01' + cast((i * 3) % 700 as integer) end as created_on,
    timestamp '2024-01-01 00:00:00' + interval (i * 977) second as done_at,
    case i % 3 when 0 then 'won' when 1 then 'lost' else 'open' end as status,
    i % 5 = 0 as is_gone,
    cast(i % 90 as integer) as days,
    case when i % 4 = 0 then '华东' when i % 4 = 1 then 'O''Neil \n x' else '' end as team
from range(20000) as numbers(i)
"""


@pytest.mark.engines
def test_every_allowed_word_gives_the_same_answer_on_both_engines(sail: str, tmp_path: Path) -> None:
    here = duckdb.connect()
    here.execute("create schema crm")
    here.execute(ROWS)
    (tmp_path / "crm").mkdir()
    here.execute("copy crm.deals to $file (format parquet)", {"file": str(tmp_path / "crm" / "deals.parquet")})
    there = Connection(sail, str(tmp_path))
    wrong = {}
    for name, sql in WORDS["agreed"].items():
        asked = _of_the_table(sql)
        found = differences(here.sql(asked).pl(), there.frame(translate(asked, {}, there.name_of, "spark")))
        if found:
            wrong[name] = found[:3]
    there.close()
    assert not wrong


def _of_the_table(sql: str) -> str:
    """Questions name their tables alone; here there is no step in between that would give them."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    steps = {step.alias for step in tree.find_all(sqlglot.exp.CTE)}
    for table in tree.find_all(sqlglot.exp.Table):
        if table.name == "deals" and "deals" not in steps:
            table.set("db", sqlglot.to_identifier("crm"))
    return tree.sql(dialect="duckdb")


@pytest.mark.parametrize("name", WORDS["agreed"])
def test_words_that_agree_may_be_used(name: str) -> None:
    portable.check(WORDS["agreed"][name])


@pytest.mark.parametrize("name", WORDS["refused"])
def test_other_words_are_refused_with_their_reason(name: str) -> None:
    entry = WORDS["refused"][name]
    with pytest.raises(portable.NotPortable) as refused:
        portable.check(entry["sql"])
    reason = portable._words().reasons[entry["reason"]]
    assert reason.en in refused.value.text("en")
    assert reason.zh_CN in refused.value.text("zh-CN")


def test_every_function_on_the_list_was_asked() -> None:
    asked = {
        type(node).__name__ for sql in WORDS["agreed"].values() for node in sqlglot.parse_one(sql, read="duckdb").walk()
    }
    placeholders = {"Placeholder", "Parameter", "DateTrunc"}  # values are written in; DateTrunc: of a literal day
    assert portable._words().allowed - asked <= placeholders


@pytest.mark.parametrize(
    ("sql", "key"),
    [
        ("select sum(amount from deals", "syntax"),
        ("select 1; drop table crm.deals", "statement"),
        ("drop table crm.deals", "statement"),
        ("copy deals to 'x'", "statement"),
        ("", "statement"),
        ("select read_csv('x') from t", "unlisted"),
        ("select * from read_csv('/etc/passwd')", "unlisted"),
        ("select nextval('s') from t", "unknown"),
        ("select pragma_x(1) from t", "unknown"),
    ],
)
def test_what_is_no_question_is_refused(sql: str, key: str) -> None:
    with pytest.raises(portable.NotPortable) as refused:
        portable.check(sql)
    assert refused.value.params["reason"] == portable._words().reasons[key]


def test_a_checked_question_is_not_read_again() -> None:
    sql = "select count(*) as n from deals where status = $status"
    portable.check(sql)
    before = portable.check.cache_info().hits
    portable.check(sql)
    assert portable.check.cache_info().hits == before + 1
