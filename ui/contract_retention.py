"""How the retention of contracts looks: rates with their ranges, and what became of their worth."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from metrics.query import Result
from metrics.two_spans import END, START
from ui import numbers
from ui.drawing import under_pointer
from ui.look import Look
from ui.question import mark_of
from ui.ranges import Dot, Dots, ranges, rate
from ui.waterfall import Bar, stepwise


def rates(result: Result, look: Look) -> go.Figure | None:
    """Net, gross, logo retention and renewal rate below each other."""
    rows = [row for row in result.frame.iter_rows(named=True) if row["value"] is not None]
    if not rows:
        return None
    names = [look.words(f"value.rate.{row['rate']}") for row in rows]
    dots = [
        Dot(row["value"], row["value.low"], row["value.high"], row["value.n"],
            mark_of("value", name, rate=row["rate"]), under_pointer(name, _says(row, look)))
        for name, row in zip(names, rows, strict=True)
    ]  # fmt: skip
    texts = [rate(row["value"], row["value.low"], row["value.high"], look.lang) for row in rows]
    return ranges(names, [Dots("", look.colour(0), dots)], texts, look, look.words("retention.of_start"))


def _says(row: dict[str, object], look: Look) -> str:
    is_money = row["rate"] in {"net", "gross"}
    ends = [numbers.written(row[name], "money" if is_money else "count", look.lang,  # type: ignore[arg-type]
                            look.currency if is_money else None) for name in ("stayed", "initially")]  # fmt: skip
    return f"{ends[0]} / {ends[1]} · n = {row['value.n']}"


def how_much_stays(result: Result, look: Look) -> str | None:
    """Net and gross retention in one sentence, with how many customers they stand on."""
    told = {row["rate"]: row for row in result.frame.iter_rows(named=True)}
    if "net" not in told or told["net"]["value"] is None:
        return None
    shares = {name: numbers.share(told[name]["value"], look.lang, 0) for name in ("net", "gross", "logo")}
    count = numbers.exact(told["net"]["value.n"], "count", look.lang)
    return look.words("question.contract_retention_found", count=count, **shares)


def bridge(result: Result, look: Look) -> go.Figure | None:
    """From the worth of contracts on the eve of the period to that on its last day."""
    rows = result.frame.filter(pl.col("turned").is_in([START, END]) | (pl.col("annual") != 0)).rows(named=True)
    if not any(row["annual"] for row in rows):
        return None
    bars = []
    for row in rows:
        is_level, amount = row["turned"] in {START, END}, float(row["annual"])
        name = look.words(f"value.turned.{row['turned']}")
        text = ("+" if amount > 0 and not is_level else "") + look.money(amount)
        count = numbers.exact(row["customers"], "count", look.lang)
        colour = look.palette.neutral if is_level else look.palette.good if amount >= 0 else look.palette.bad
        says = (look.money(amount), look.labelled("column.customers", count))
        bars.append(Bar(name, amount, text if look.is_narrow else f"{text} · {count}", str(colour),
                        mark_of("annual", name, turned=row["turned"]), says, is_level))  # fmt: skip
    return stepwise(bars, look)


def what_ends(result: Result, look: Look) -> str | None:
    """How many contracts end soon without one that follows, what they are worth, and the next."""
    if result.frame.is_empty():
        return None
    worth = look.money(float(result.frame.get_column("annual").sum()))
    day = numbers.day(result.frame.item(0, "ends_on"), look.lang)
    count = numbers.exact(result.frame.height, "count", look.lang)
    return look.words("question.contract_renewals_found", count=count, worth=worth, day=day)


def upcoming(frame: pl.DataFrame, look: Look) -> pl.DataFrame:  # noqa: ARG001 - as every shape
    """What a person reads of contracts that end."""
    return frame.select("contract", "customer", "rep", "ends_on", "days_left", "amount", "annual")
