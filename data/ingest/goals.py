"""Lists of goals with a row for each month, quarter or year: whose, of which measure and for which days each is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl
from rapidfuzz import fuzz

from data.clock import now
from data.ingest.currencies import in_header
from data.ingest.goal_names import GOAL, is_goal, length_of, measure_of, plain
from data.ingest.goals_by_values import Roles, by_values
from data.ingest.layout import goals_before, months_before
from data.ingest.months import PLAIN, year_of
from data.ingest.names import normal, says_unit, unit_of_title, unit_written, without_unit
from data.ingest.options import read_maps
from data.ingest.remarks import Question, Remark
from data.ingest.spans import Span, days, parts, spans
from data.ingest.texttable import LINE, Reading, TextTable, Wishes
from data.settings import settings
from metrics.catalog import Measure, catalog, measure

_PERIODS = {
    **dict.fromkeys(("month", "yearmonth", "月份", "月", "年月", "月度", "目标月份"), 1),
    **dict.fromkeys(("quarter", "qtr", "yearquarter", "fiscalquarter", "季度", "季", "财季"), 3),
    **dict.fromkeys(("year", "年份", "年度", "年"), 12),
    **dict.fromkeys(("period", "fiscalperiod", "期间", "周期", "时间"), 0),
}
"""What a column of periods is called -> the months of each; 0 where its cells say so."""
_SCOPES = {
    "rep": (
        *("rep", "salesrep", "owner", "salesperson", "employee", "accountexecutive", "quotaowner"),
        *("员工", "负责人", "销售", "销售人员", "销售员", "销售代表", "业务员", "客户经理", "销售经理", "姓名"),
    ),
    "product": ("product", "产品", "产品名称"),
    "team": ("team", "salesteam", "department", "团队", "部门", "销售团队"),
    "region": ("region", "territory", "区域", "大区", "地区"),
}
"""Whose goal it is, the narrowest first."""
_MEASURE = ("measure", "metric", "kpi", "指标", "考核指标", "指标名称", "考核项目")
"""What a column is called whose cells say of which measure each goal is."""
_COMPANY = ("company", "thecompany", "全公司", "公司", "公司整体")
_BESIDE = {
    "actual", "achieved", "attainment", "quotatype", "targettype", "note", "reason", "no",
    "备注", "原因", "说明", "序号",
    "完成值", "完成额", "完成率", "实际", "实际值", "实际完成", "达成率",
}  # fmt: skip
"""Columns that lists of goals have beside; they are kept and not read."""
_SHOWN = 8


@dataclass(frozen=True)
class _Goals:
    """Columns of a list of goals.

    `goals`: column -> measure. `unknown`: goals of what nobody knows. `periods`: one, or a year and its part. `scopes`.
    `lengths`: column -> the months that its goals are for, where it says so itself. `whose`: a column of names of which
    nobody knows what they name. `said`: the column whose cells say the measure of each goal.
    """

    goals: Mapping[int, str]
    unknown: tuple[int, ...]
    periods: tuple[int, ...]
    scopes: Mapping[str, int]
    beside: tuple[int, ...]
    unit: str
    lengths: Mapping[int, int] = field(default_factory=dict)
    whose: int | None = None
    said: int | None = None


def with_goals(reading: Reading, wishes: Wishes) -> Reading:
    """Lists of goals by period as rows of `targets`; what leaves a year or the kind of quarter open is asked."""
    tables: list[TextTable] = []
    for table in reading.tables:
        said = wishes.of(table.part).goals or goals_before(table.own_headers or table.headers, wishes.known)
        found = _find(table, {normal(column): of for column, of in said.items()})
        if found and (found.unknown or found.whose is not None):
            reading.questions += [_of_what(table, at) for at in found.unknown]
            reading.questions += [_whose_names(table, found.whose)] if found.whose is not None else []
            tables.append(table)
            continue
        told = wishes.of(table.part).months or months_before(table.headers, wishes.known, wishes.year or 0)
        read = _periods(table, found) if found and told != "columns" else None
        if found is None or read is None:
            tables.append(table)
            continue
        question = _open(table, found, read, told, wishes.year or now().year)
        if question:
            reading.questions.append(question)
            tables.append(table)
        else:
            year = int(told) if told and told.isdigit() else year_of(table)
            tables.append(_in_rows(table, found, read, year))
            if told:
                tables[-1].told["months"] = told
    reading.tables = tables
    return reading


def _find(table: TextTable, told: Mapping[str, str]) -> _Goals | None:
    """The columns of a list of goals; None where it is something else, or one of its columns is unknown.

    Args:
        table: the list.
        told: what a person said: a column's name, normalised -> the measure, or whose its names are; empty: no goal.
    """
    names = [normal(without_unit(header)[0]) for header in table.headers]
    if table.own_headers:
        return _after_months(table, names, told)
    if roles := by_values(table):
        return _unnamed(table, roles, told)
    periods = tuple(at for at, name in enumerate(names) if name in _PERIODS)
    scopes = _scopes(names)
    goals = {at: of for at, header in enumerate(table.headers) if (of := measure_of(header, told))}
    beside = tuple(at for at, name in enumerate(names) if name in _BESIDE or told.get(normal(table.headers[at])) == "")
    said = next((at for at, name in enumerate(names) if name in _MEASURE), None)
    rest = {*range(len(names))} - {*periods, *scopes.values(), *goals, *beside, said}
    unknown = tuple(at for at in sorted(rest) if is_goal(table.headers[at]))
    if not (goals or unknown) or not _is_period([_PERIODS[names[at]] for at in periods]):
        return None
    units = {_unit(table, table.headers[at], of) for at, of in goals.items()}
    lengths = {at: length for at in goals if (length := length_of(table.headers[at]))}
    is_once = len({(of, lengths.get(at)) for at, of in goals.items()}) == len(goals) and len(units) <= 1
    is_one = said is None or (len(goals) == 1 and not unknown)
    if rest - {*unknown} or not is_once or not is_one or {"rep", "product"} <= set(scopes):
        return None
    return _Goals(goals, unknown, periods, scopes, beside, next(iter(units), ""), lengths, said=said)


def _unnamed(table: TextTable, roles: Roles, told: Mapping[str, str]) -> _Goals | None:
    """Names, periods and numbers whose columns are called nothing: whose and of what is asked, or was told."""
    header = table.headers[roles.value]
    if told.get(normal(header)) == "":
        return None
    of, whose = measure_of(header, told), told.get(normal(table.headers[roles.names]), "")
    return _Goals(
        {roles.value: of} if of else {},
        () if of else (roles.value,),
        (roles.period,),
        {whose: roles.names} if whose in _SCOPES else {},
        (),
        _unit(table, header, of) if of else "",
        whose=None if whose in _SCOPES else roles.names,
    )


def _scopes(names: Sequence[str]) -> dict[str, int]:
    return {scope: at for scope, called in _SCOPES.items() for at, name in enumerate(names) if name in called}


def _after_months(table: TextTable, names: Sequence[str], told: Mapping[str, str]) -> _Goals | None:
    """A list whose months have just become rows; None where a profile reads it as it is: plain goals of people."""
    value, first = len(names) - 1, len(names) - 3
    header, scopes = table.headers[value], _scopes(names)
    of = measure_of(header, told)
    is_read = names[value] in ("目标值", "targetvalue") and "rep" in scopes and of == "won_amount"
    may_be = is_goal(header) or (header in PLAIN and first == len(scopes))  # nothing but names and numbers
    is_left = told.get(normal(header)) == "" or not (of or may_be)
    if is_left or not scopes or is_read or {"rep", "product"} <= set(scopes):
        return None
    beside = tuple(at for at in range(first) if at not in scopes.values())
    if of is None:
        return _Goals({}, (value,), (first,), scopes, beside, "")
    return _Goals({value: of}, (), (first,), scopes, beside, _unit(table, header, of))


def _of_what(table: TextTable, at: int) -> Question:
    """Which measure is meant by goals whose name is that of none: the most alike first."""
    header = table.headers[at]
    found = GOAL.match(plain(header))
    said = (found["of"] if found else header).strip()
    named = {
        of.id: (of.label.text("en"), of.label.text("zh-CN")) for of in catalog().measures.values() if _has_goals(of)
    }
    nearest = sorted(named, key=lambda of: -max(fuzz.ratio(said, name) for name in (of, *named[of])))
    params: dict[str, str | int] = {
        "file": f"{table.file} / {table.part}" if table.part else table.file,
        "column": header, "choices": ", ".join(nearest[:_SHOWN]),
    }  # fmt: skip
    return Question(
        code="ask_goal" if is_goal(header) else "ask_goal_value",
        params=params,
        flag="--goal",
        choices=(*nearest, ""),
        part=table.part,
        columns=tuple(table.own_headers or table.headers),
    )


def _whose_names(table: TextTable, at: int) -> Question:
    """Whose goals they are: of people, teams, products or regions."""
    shown = ", ".join(table.column(at).drop_nulls().unique(maintain_order=True).head(3))
    params: dict[str, str | int] = {"column": table.headers[at], "samples": shown, "choices": ", ".join(_SCOPES)}
    return Question(
        code="ask_goal_whose", params=params, flag="--goal", choices=tuple(_SCOPES), part=table.part,
        columns=tuple(table.own_headers or table.headers),
    )  # fmt: skip


def _has_goals(of: Measure) -> bool:
    return of.goal_of is None and of.deprecated is None


def read_goals(given: Iterable[str]) -> dict[str, str]:
    """`COLUMN=MEASURE` texts as a dictionary; `COLUMN=` says that it holds no goals, `COLUMN=team` whose they are.

    Raises:
        MapInvalid: one has no `=`. UnknownMeasure: there is no such measure.
    """
    goals = read_maps(given)
    for of in filter(None, goals.values()):
        if of not in _SCOPES:
            measure(of)
    return goals


def _is_period(lengths: Sequence[int]) -> bool:
    """One column of periods, or a year beside a month or a quarter."""
    return len(lengths) == 1 or sorted(lengths) in ([1, 12], [3, 12])


def _unit(table: TextTable, header: str, of: str) -> str:
    """The unit as a header says it: its own, else that of a title line, which only money has."""
    if says_unit(header):
        return unit_written(header)
    said = unit_of_title(table.unit_lines)
    return f"({said.base})" if said.factor > 1 and catalog().measures[of].unit == "money" else ""


def _periods(table: TextTable, found: _Goals) -> dict[str, Span] | None:
    """What the cells of the period say -> the span; None where one is none."""
    if table.own_headers:
        pairs = table.frame.select(str(found.periods[0]), str(found.periods[0] + 1)).unique(maintain_order=True).rows()
        days_of = {first: (date.fromisoformat(first), date.fromisoformat(last)) for first, last in pairs}
        return {first: Span(one.year, one.month, last.month - one.month + 1) for first, (one, last) in days_of.items()}
    names = [normal(table.headers[at]) for at in found.periods]
    length = min(_PERIODS.get(name, 0) for name in names)  # of a column that is called nothing, as its cells say
    return spans(_said(table, found).drop_nulls().unique(maintain_order=True).to_list(), length)


def _said(table: TextTable, found: _Goals) -> pl.Series:
    """The period of each row as one text, its year first."""
    if table.own_headers:
        return table.column(found.periods[0]).alias("said")
    years_first = sorted(found.periods, key=lambda at: -_PERIODS.get(normal(table.headers[at]), 0))
    year, *part = [pl.col(str(at)) for at in years_first]
    if not part:
        return table.frame.select(year.alias("said")).to_series()
    return table.frame.select(
        pl.concat_str(year.str.strip_suffix("年"), part[0], separator="-").alias("said")
    ).to_series()


def _open(
    table: TextTable, found: _Goals, read: Mapping[str, Span], told: str | None, this_year: int
) -> Question | None:
    """What a person must say first: the year of months without one, or whose quarters and years are meant."""
    needs_year = any(span.year is None for span in read.values()) and year_of(table) is None
    is_long = any(length > 1 for length in (*found.lengths.values(), *(span.months for span in read.values())))
    is_fiscal = not table.own_headers and settings().fiscal_start != 1 and is_long
    if (not needs_year and not is_fiscal) or (told and (told.isdigit() or not needs_year)):
        return None
    answers = [str(this_year + step) for step in (0, 1, -1)] if needs_year else ["rows"]
    samples = {answer: _shown(read, int(answer) if needs_year else year_of(table)) for answer in answers}
    return Question(
        code="ask_goal_year" if needs_year else "ask_goal_quarters",
        params={
            "file": f"{table.file} / {table.part}" if table.part else table.file,
            "column": table.headers[found.periods[0]],
            "samples": "; ".join(samples[answers[0]]),
        },
        flag="--months",
        choices=(*answers, "columns"),
        samples=samples,
        part=table.part,
        columns=tuple(table.headers),
    )


def _shown(read: Mapping[str, Span], year: int | None) -> list[str]:
    """What the first periods mean: `1月 = 2026-01-01…2026-01-31`."""
    return [f"{said} = {first}…{last}" for said, (first, last) in list(days(read, year).items())[:3]]


def _in_rows(table: TextTable, found: _Goals, read: Mapping[str, Span], year: int | None) -> TextTable:
    """One row per goal with a value: its measure, whose it is, and its days."""
    long = pl.concat([_of_column(table, found, at, days(read, year)) for at in found.goals])
    long = long.sort(LINE, maintain_order=True)
    filled = long.filter(pl.col("5").is_not_null())
    is_chinese = any("\u4e00" <= sign <= "\u9fff" for header in table.headers for sign in header)
    remark = Remark(
        code="goals_in_rows",
        params={
            "columns": ", ".join(table.headers[at] for at in found.goals), "measures": _measures(table, found),
            "first": str(long["3"].min()), "last": str(long["4"].max()),
            "rows": filled.height, "blank": long.height - filled.height,
        },
    )  # fmt: skip
    headers = [*(_CHINESE if is_chinese else _ENGLISH), *(table.headers[at] for at in found.beside)]
    headers[5] += found.unit
    return replace(
        table,
        headers=headers,
        own_headers=table.own_headers or table.headers,
        frame=filled,
        text=b"",
        remarks=[*table.remarks, remark, *_in_another_currency(table, found)],
    )


def _measures(table: TextTable, found: _Goals) -> str:
    if found.said is None:
        return ", ".join(found.goals.values())
    return ", ".join(table.column(found.said).drop_nulls().unique(maintain_order=True).head(_SHOWN))


def _in_another_currency(table: TextTable, found: _Goals) -> list[Remark]:
    """Goals are in the company's currency and have no day to convert them on: that they say another one is said."""
    money = [table.headers[at] for at, of in found.goals.items() if catalog().measures[of].unit == "money"]
    named = {currency for header in money if (currency := in_header(header, table.unit_lines))}
    others = sorted(named - {settings().currency})
    return [Remark(code="goals_currency", params={"currencies": ", ".join(others)})] if others else []


def _of_column(table: TextTable, found: _Goals, at: int, spans_of: Mapping[str, tuple[date, date]]) -> pl.DataFrame:
    """The goals of one column, each once: that of a year may stand in the row of each of its months."""
    length = found.lengths.get(at, 0)
    each = [(said, *part) for said, span in spans_of.items() for part in parts(*span, length)]
    periods = pl.DataFrame(
        [(said, first.isoformat(), last.isoformat()) for said, first, last in each],
        ["said", "first", "last"],
        orient="row",
    )
    scope, value = _whose(found)
    measure_said = pl.lit(found.goals[at]) if found.said is None else pl.col(str(found.said))
    rows = table.frame.with_columns(_said(table, found)).join(periods, on="said", how="left", maintain_order="left")
    made = rows.select(
        pl.col(LINE), measure_said.alias("0"), scope.alias("1"), value.alias("2"),
        pl.col("first").alias("3"), pl.col("last").alias("4"),
        pl.col(str(at)).alias("5"), *(pl.col(str(one)).alias(str(6 + place)) for place, one in enumerate(found.beside)),
    )  # fmt: skip
    return made.unique(["0", "1", "2", "3", "4", "5"], keep="first", maintain_order=True) if length > 1 else made


_ENGLISH = ("Measure", "Scope", "Scope Value", "Start Date", "End Date", "Target Value")
_CHINESE = ("指标", "范围", "对象", "开始日期", "结束日期", "目标值")


def _whose(found: _Goals) -> tuple[pl.Expr, pl.Expr]:
    """The scope of each row and its name: the narrowest column that says one; a list without such is the company's."""
    if not found.scopes:
        return pl.lit("company"), pl.lit(None, dtype=pl.String)
    columns = {scope: pl.col(str(at)) for scope in _SCOPES for at in [found.scopes.get(scope)] if at is not None}
    value = pl.coalesce(*columns.values())
    is_company = value.str.replace_all(r"[\s_-]", "").str.to_lowercase().is_in(_COMPANY)
    narrowest = [pl.when(column.is_not_null()).then(pl.lit(scope)) for scope, column in columns.items()]
    scope = pl.when(is_company).then(pl.lit("company")).otherwise(pl.coalesce(*narrowest, pl.lit(next(iter(columns)))))
    return scope, pl.when(~is_company).then(value)
