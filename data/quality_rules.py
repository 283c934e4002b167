"""The rules of `quality_rules.toml`, and the questions they become: how many rows are bad, and which.

Both are questions of the metrics layer, so a viewer's row scope holds for them, and their answers are remembered with
the version of the store like any other.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from data.facts import columns
from data.tables import tables
from metrics.catalog import Text
from metrics.catalog import table as catalog_table
from metrics.query import Column, Query, Step, before, used

Aspect = Literal["completeness", "validity", "uniqueness", "freshness", "consistency"]
ASPECTS: tuple[Aspect, ...] = ("completeness", "validity", "uniqueness", "freshness", "consistency")
_CARRIED = "carried"
_KEY_OF = {"reps": "rep_key", "customers": "customer_key", "products": "product_key"}
"""Tables of members carry the money of the deals that point to them; without deals, of their order lines."""
_NAMES = {"rep_key": ("reps", "rep"), "customer_key": ("customers", "customer"), "product_key": ("products", "product")}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Rule(_Frozen):
    """One thing that is looked for; the fields are explained in quality_rules.toml."""

    code: str
    aspect: Aspect
    table: str
    where: str | None = None
    rows: str | None = None
    reads: tuple[str, ...] = ()
    among: str = "true"
    column: str | None = None
    measures: tuple[str, ...] = ()
    effect: str
    en: str
    zh_CN: str = Field(alias="zh-CN")  # noqa: N815 - the language's own tag

    @property
    def title(self) -> Text:
        """What is wrong, in words."""
        return Text(**{"en": self.en, "zh-CN": self.zh_CN})

    @property
    def money_column(self) -> str | None:
        """The column that says what is at stake."""
        return tables()[self.table].money or (_CARRIED if self.table in _KEY_OF else None)

    @property
    def is_alone(self) -> bool:
        """It cannot share one look at its table with others."""
        return self.rows is not None


class Other(_Frozen):
    """A finding that is not looked up in one table's rows."""

    aspect: Aspect
    effect: str
    en: str
    zh_CN: str = Field(alias="zh-CN")  # noqa: N815

    @property
    def title(self) -> Text:
        """What is wrong, in words with places to fill."""
        return Text(**{"en": self.en, "zh-CN": self.zh_CN})


class Rules(_Frozen):
    """All of quality_rules.toml."""

    rules: dict[str, Rule]
    others: dict[str, Other]
    effects: dict[str, Text]
    unlocks: dict[str, Text]


@cache
def known() -> Rules:
    """The rules, read once."""
    content = tomllib.loads(Path(__file__).with_name("quality_rules.toml").read_text(encoding="utf-8"))
    content["rules"] = {code: {"code": code} | entry for code, entry in content["rules"].items()}
    return Rules.model_validate(content)


@cache
def rules_of(table: str) -> tuple[Rule, ...]:
    """The rules about a table, in their order."""
    return tuple(rule for rule in known().rules.values() if rule.table == table)


@cache
def shared_question(table: str, day: date) -> Query:
    """One look at a table for all rules that are conditions on one row.

    The answer is one row: `n` rows, `<code>` bad rows of each rule, `<code>.money` of them, `of.<place>` rows for each
    condition that rules look among (see `among_column`), and `filled.<column>`: how many rows have that column.
    """
    rules = [rule for rule in rules_of(table) if not rule.is_alone]
    money = [f'{_money(rule)} as "{rule.code}.money"' for rule in rules if rule.money_column]
    filled = [f'count({column}) as "filled.{column}"' for column in columns(table)]
    return _look(table, [*_counts(table, rules), *money, *filled], day)


@cache
def counted_question(table: str, day: date) -> Query:
    """The same without money and columns, which take most of the time: what a load can afford."""
    rules = [rule for rule in rules_of(table) if not rule.is_alone]
    needed = dict.fromkeys(rule.column for rule in rules if rule.column)
    return _look(table, [*_counts(table, rules), *(f'count({name}) as "filled.{name}"' for name in needed)], day)


@cache
def money_question(table: str, rules: tuple[Rule, ...], day: date) -> Query:
    """What is at stake by some rules of a table: one row, `<code>` of each. Asked for those that found something."""
    return _look(table, [f'{_money(rule)} as "{rule.code}"' for rule in rules], day)


def _money(rule: Rule) -> str:
    return f"sum({rule.money_column}) filter (where {rule.where})"


def _counts(table: str, rules: list[Rule]) -> list[str]:
    among = [f'count(*) filter (where {where}) as "of.{place}"' for place, where in enumerate(_amongs(table))]
    return ["count(*) as n", *among, *(f'count(*) filter (where {rule.where}) as "{rule.code}"' for rule in rules)]


@cache
def _amongs(table: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.among for rule in rules_of(table) if rule.among != "true"))


def among_column(rule: Rule) -> str:
    """The column of the two questions above that says among how many rows a rule looked."""
    return "n" if rule.among == "true" else f"of.{_amongs(rule.table).index(rule.among)}"


def _look(table: str, parts: list[str], day: date) -> Query:
    answer = f"select {', '.join(parts)} from {table}"
    key = _KEY_OF.get(table)
    if key is None or not any(f"sum({_CARRIED})" in part for part in parts):
        return Query((), answer, used(answer, {"day": day}), (table,))
    facts = f"select {key}, amount, {{}} as is_deal from {{}}"
    both = f"{facts.format('true', 'deals')} union all {facts.format('false', 'order_lines')}"
    carried = f"select {key}, coalesce(sum(amount) filter (where is_deal), sum(amount)) as {_CARRIED}"
    step = Step("carried_by", f"{carried} from ({both}) as facts group by {key}")
    answer = f"{answer} left join carried_by using ({key})"
    return Query((step,), answer, used(answer, {"day": day}), (table, "deals", "order_lines"))


@cache
def own_question(rule: Rule, day: date) -> Query:
    """How many rows a rule finds that needs a look of its own: one row of `n`, `of` and `money`."""
    money = f"sum({rule.money_column})" if rule.money_column else "cast(null as decimal(18, 4))"
    of = f"(select count(*) from {rule.table} where {rule.among})"
    answer = f"select count(*) as n, {of} as among, {money} as money from population"
    steps, read = _bad_rows(rule)
    return Query(steps, answer, used(_text(steps, answer), {"day": day}), read)


@cache
def rows_question(rule: Rule, day: date) -> Query:
    """The bad rows themselves, those with most money first, with the names of the members they point to."""
    spec = catalog_table(rule.table)
    named, joins = [], list[str]()
    steps, tables_read = _bad_rows(rule)
    read = dict.fromkeys(tables_read)
    for key in spec.keys:
        lookup, column = _NAMES[key]
        if lookup == rule.table:
            continue
        read[lookup] = None
        named.append(f"{lookup}.{column}")
        joins.append(f"left join {lookup} on {lookup}.{key} = population.{key}")
    money = rule.money_column
    order = [f"population.{money} desc nulls last"] if money and money in columns(rule.table) else []
    order += [f"population.{name}" for name in spec.id]
    own = [f"population.{column}" for column in columns(rule.table) if _is_read(rule.table, column)]
    answer = "\n".join([f"select {', '.join([*named, *own])} from population", *joins, f"order by {', '.join(order)}"])
    shown = tuple(Column(name, "detail") for name in spec.shown)
    params = used(_text(steps, answer), {"day": day})
    return Query(steps, answer, params, tuple(read), columns=shown, finish="rows")


def _is_read(table: str, column: str) -> bool:
    """A column that people know: what a file brings, what cuts are made by, what is shown first; no marks of ours."""
    spec = catalog_table(table)
    return column in {*tables()[table].fields, *spec.own, *spec.shown, "cycle_days", "gone_on", "paid"}


def _text(steps: tuple[Step, ...], answer: str) -> str:
    return " ".join([*(step.sql for step in steps), answer])


def _bad_rows(rule: Rule) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """The bad rows as a step, after the shared ones that it reads; and the tables that they all read."""
    sql = rule.rows.strip() if rule.rows else f"select {rule.table}.* from {rule.table} where {rule.where}"
    shared, read = before(sql) if rule.rows else ((), ())
    return (*shared, Step("population", sql)), tuple(dict.fromkeys((rule.table, *rule.reads, *read)))
