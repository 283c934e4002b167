"""Sales of customers with a column for every month: once each month is a row, one order of the customer's in it.

Nothing in such a list says on which day of the month anything was sold, nor, often, that its numbers are sales: both
are asked in one question (data/ingest/short_dates.py), which the whole month in place of a day brings up.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from data.ingest.header_units import split_unit
from data.ingest.month_columns import GOAL
from data.ingest.months import PLAIN
from data.ingest.names import normal
from data.ingest.numbers import numbers
from data.ingest.profile import profiles
from data.ingest.remarks import Remark
from data.ingest.texttable import Reading, TextTable

_NAMES = (("Order ID", "Order Date", "Sales"), ("订单编号", "订单日期", "销售额"))
_OF_WHOM = ("customer", "customer_id", "rep", "product", "product_id", "source")
"""What tells orders of one month apart."""


def with_month_sales(reading: Reading) -> Reading:
    """Lists of customers whose months became rows, as lists of orders."""
    reading.tables = [_as_sales(table) if _is_of_customers(table) else table for table in reading.tables]
    return reading


def _is_of_customers(table: TextTable) -> bool:
    """Whether months became rows, each of a customer, and the numbers are no goals."""
    if not table.own_headers or len(table.headers) < 1 + len(_NAMES[0]):
        return False
    base, _ = split_unit(table.headers[-1])
    may_be = base in PLAIN or normal(base) in _names("amount")
    is_goal = any(GOAL.search(place) for place in (base, *table.title, table.part, table.file))
    return may_be and not is_goal and bool(_columns(table, "customer", "customer_id"))


def _columns(table: TextTable, *fields: str) -> list[int]:
    """Their columns that are usually called so in lists of orders, but for the days and the number."""
    names = _names(*fields)
    return [at for at, header in enumerate(table.headers[:-3]) if normal(header) in names]


def _names(*fields: str) -> set[str]:
    of = profiles()["generic"].tables["order_lines"].fields
    return {normal(name) for ours in fields for name in of[ours]}


def _as_sales(table: TextTable) -> TextTable:
    """Days from and to as one period; an order for each customer and month; no order where nothing was sold."""
    keys, value = len(table.headers) - 3, str(len(table.headers) - 1)
    first, last = (pl.col(str(keys + place)) for place in range(2))
    order_id, period, sales = _NAMES["\u4e00" <= table.headers[keys][0] <= "\u9fff"]
    of_whom = [pl.col(str(at)) for at in _columns(table, *_OF_WHOM)]
    is_none = (numbers(table.frame[value], money=True).values == 0).fill_null(value=False)
    frame = table.frame.filter(~is_none).with_columns(
        pl.concat_str([*of_whom, first.str.slice(0, 7)], separator=" ", ignore_nulls=True).alias(str(keys)),
        pl.concat_str([first, last], separator="…").alias(str(keys + 1)),
    )
    base, unit = split_unit(table.headers[-1])
    named = f"{sales}{unit}" if base in PLAIN else table.headers[-1]
    remark = Remark(code="months_of_sales", params={"rows": frame.height, "none": int(is_none.sum())})
    headers = [*table.headers[:keys], order_id, period, named]
    return replace(table, headers=headers, frame=frame, remarks=[*table.remarks, remark])
