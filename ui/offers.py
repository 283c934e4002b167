"""What to offer to whom: the next product with its reason, sets of products, and who looks like the best customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl
import streamlit as st

from metrics import next_product
from metrics.basket_sets import LEAST_HELD, NAMES
from metrics.catalog import dimension
from metrics.look_alikes import reasons
from metrics.query import Result
from metrics.traits import SCORED
from metrics.view import View
from ui import numbers, session
from ui.drawing import under_pointer
from ui.horizontal import in_rows, numbers_at
from ui.listed import Shape
from ui.look import Look
from ui.question import Find, mark_of
from ui.sheet import Sheet
from ui.text import lang, t

Row = Mapping[str, Any]
ON_DEMAND = 2_000_000
"""Order lines from which on customers are looked at one by one only when asked for."""
_LINES_A_SECOND = 1_500_000
"""Order lines that such a look takes in a second; measured on two cores."""
_DRAWN = 12
_COLON = {"en": ": ", "zh-CN": "："}


def goes_on(about: str) -> bool:
    """Whether to work it out now: of a large store only when asked for, with what that costs."""
    lines = session.once(
        "offers.lines", lambda seen: int(seen.frame("select count(*) as n from crm.order_lines").item())
    )
    asked = f"offers.asked.{about}"
    if lines < ON_DEMAND or st.session_state.get(asked):
        return True
    count = numbers.written(lines, "count", lang())
    st.info(t("offers.large", lines=count, seconds=-(-lines // _LINES_A_SECOND)), icon=":material/hourglass_empty:")
    st.button(t("offers.work_out"), key=f"{asked}.button", on_click=st.session_state.__setitem__, args=(asked, True))
    return False


def opens(view: View) -> str:
    """With how many days ahead the page opens: the most that can be answered."""
    return str(next_product.longest(_begun(), view.at))


def _begun() -> date | None:
    """The first day of sales that the viewer may see, of which offers are learned."""
    who = session.viewer()
    found: date | None = session.once(
        f"offers.begun {who.row_scope()}", lambda seen: seen.ask(next_product.begun(), who).frame.item()
    )
    return found


def why_fewer(view: View, within: int) -> None:
    """That the record is too short to look as far ahead as usual, where the page therefore opens on fewer days."""
    begun, usual = _begun(), next_product.WITHIN
    if begun is None or within == usual or next_product.longest(begun, view.at) != within:
        return
    known, least = (view.at - begun).days, 2 * usual + next_product.LEAST_KNOWN
    st.caption(t("offers.fewer", known=known, within=within, usual=usual, least=least))


def seen_on(view: View) -> None:
    """Which of the period's days matters, where only its last one does."""
    st.caption(t("offers.seen_on", day=numbers.day(view.at, lang())))


# --------------------------------------------------------------------------------------------------------------- next


def hits(result: Result, look: Look) -> go.Figure | None:
    """How often one of the offers was bought since, by rules and by what is most popular."""
    frame = result.frame.filter(pl.col("customers") > 0)
    if frame.is_empty():
        return None
    rows = frame.to_dicts()
    names = [_method(row, look) for row in rows]
    strong = [bool(row["is_beyond_chance"]) for row in rows]
    says = [_hits_say(row, look) for row in rows]
    marks = [
        mark_of("hit_rate", name, method=row["method"], offers=row["offers"])
        for name, row in zip(names, rows, strict=True)
    ]
    return _ranges(rows, "hit_rate", names, strong, says, marks, look, "share")


def _method(row: Row, look: Look) -> str:
    return look.words("offers.method", method=look.words(f"value.offered_by.{row['method']}"), count=row["offers"])


def _hits_say(row: Row, look: Look) -> str:
    ends = "–".join(numbers.share(row[f"hit_rate.{end}"], look.lang) for end in ("low", "high"))
    of = look.words("offers.hits_of", hits=_count(row["hits"], look), of=_count(row["customers"], look))
    return under_pointer(_method(row, look), f"{numbers.share(row['hit_rate'], look.lang)} ({ends})", of)


def whether_rules_hit(result: Result, look: Look) -> str | None:
    """Whether offers by rules would have been bought more often than the most popular product; said either way."""
    told = {row["method"]: row for row in result.frame.filter(offers=1).to_dicts()}
    if len(told) < 2 or told["rules"]["is_beyond_chance"] is None:  # a note says how many it takes
        return None
    rates = {name: numbers.share(row["hit_rate"], look.lang) for name, row in told.items()}
    name = f"question.next_past_{'better' if told['rules']['is_beyond_chance'] else 'alike'}"
    return look.words(name, count=_count(told["rules"]["customers"], look), **rates)


@cache
def offered(within: int) -> Shape:
    """The list of customers with what to offer and why, in words. within: days that were looked ahead.

    Where everybody is offered what is most popular, the finding says why, and each row the share of buyers only.
    """

    def shape(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
        why = [_why(row, within, look) for row in frame.to_dicts()]
        said = frame.with_columns(why=pl.Series(why, dtype=pl.String))
        is_popular = frame.get_column("because").null_count() == frame.height  # then both shares are one
        reasons = ("share",) if is_popular else ("why", "expected_share")
        return said.select("customer", "offer", *reasons, "usual_amount", "expected_amount", "year_amount")

    return shape


def _why(row: Row, within: int, look: Look) -> str:
    """40 % (32 %–49 %) of 120 with A and B bought it: long names are cut, where a list is narrow, no interval is."""
    ends = "–".join(numbers.share(row[f"share.{end}"], look.lang, 0) for end in ("low", "high"))
    known = {
        "such": _count(row["such_customers"], look), "share": numbers.share(row["share"], look.lang, 0),
        "ends": ends, "days": within,
    }  # fmt: skip
    if row["because"] is None:
        return look.words("offers.why_popular", **known)
    has = numbers.listed([one for one in (row["because"], row["because_too"]) if one], look.lang)
    return look.words("offers.why", has=has, all=numbers.share(row["share_of_all"], look.lang, 0), **known)


def what_to_offer(result: Result, look: Look) -> str | None:
    """To how many customers there is something to offer, and by which method."""
    frame = result.frame
    if frame.is_empty():
        return None
    by_rules = frame.height - frame.get_column("because").null_count()
    count = _count(frame.height, look)
    if not by_rules:
        first = frame.group_by("offer", maintain_order=True).agg(pl.len(), pl.all().first())
        row = first.sort("len", descending=True, maintain_order=True).row(0, named=True)
        known = {"offer": row["offer"], "most": _count(row["len"], look), "such": _count(row["such_customers"], look)}
        ends = "–".join(numbers.share(row[f"share.{end}"], look.lang, 0) for end in ("low", "high"))
        share = numbers.share(row["share"], look.lang, 0)
        return look.words("question.next_product_popular", count=count, share=share, ends=ends, **known)
    return look.words("question.next_product_found", count=count, rules=_count(by_rules, look))


def rules(frame: pl.DataFrame, look: Look) -> pl.DataFrame:  # noqa: ARG001 - as every shape
    """What a person reads of rules."""
    named = ("because", "because_too", "offer", "such_customers", "bought", "share", "share.low", "share.high")
    return _known(frame.select(*named, "share_of_all", "times", "is_beyond_chance"), ("because_too",))


def which_rule(result: Result, look: Look) -> str | None:
    """The rule that says most, beyond chance; where there is none, that there is none."""
    if result.frame.is_empty():
        return None
    found = result.frame.filter("is_beyond_chance")
    if found.is_empty():
        return look.words("question.next_rules_none", count=_count(result.frame.height, look))
    row = found.row(0, named=True)
    has = numbers.listed([one for one in (row["because"], row["because_too"]) if one], look.lang)
    shares = {name: numbers.share(row[name], look.lang, 0) for name in ("share", "share_of_all")}
    count = _count(found.height, look)
    return look.words("question.next_rules_found", has=has, offer=row["offer"], count=count, **shares)


# --------------------------------------------------------------------------------------------------------------- sets


def sets(frame: pl.DataFrame, look: Look) -> pl.DataFrame:  # noqa: ARG001 - as every shape
    """What a person reads of sets."""
    named = (*NAMES, "held_by", "support", "confidence", "lift", "lift.low", "lift.high", "expected_held", "excess")
    return _known(frame.select(*named, "is_beyond_chance"), NAMES[2:])


def _known(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Without those of the columns that hold nothing."""
    return frame.drop(name for name in names if frame.get_column(name).null_count() == frame.height)


@cache
def which_sets(of: str) -> Find:
    """The firmest set beyond chance, those of three and four first, as pairs are told on the page of products."""

    def found(result: Result, look: Look) -> str | None:
        if result.frame.is_empty():
            return None
        stand = result.frame.filter("is_beyond_chance")
        if stand.is_empty():
            return look.words(f"question.sets_{of}_none", count=_count(result.frame.height, look), least=LEAST_HELD)
        row = stand.sort(pl.col("products") > 2, descending=True, maintain_order=True).row(0, named=True)
        names = numbers.listed([row[name] for name in NAMES if row[name]], look.lang)
        return look.words(
            f"question.sets_{of}_found", names=names, held=_count(row["held_by"], look), times=f"{row['excess']:.1f}",
            count=_count(stand.height, look), larger=_count(stand.filter(pl.col("products") > 2).height, look),
        )  # fmt: skip

    return found


# --------------------------------------------------------------------------------------------------------- look-alikes


def traits(result: Result, look: Look) -> go.Figure | None:
    """How many times as often customers with a trait are among the best; those that stand first, the others after."""
    frame = result.frame.filter(pl.col("lift.high").is_not_null()).head(look.top or _DRAWN)
    if frame.is_empty():
        return None
    rows = frame.to_dicts()
    names = [_trait(row, look) for row in rows]
    says = [_trait_says(row, look) for row in rows]
    marks = [
        mark_of("best_customers", name, trait=row["trait"], value=row["value"])
        for name, row in zip(names, rows, strict=True)
    ]
    return _ranges(rows, "lift", names, [row["is_beyond_chance"] for row in rows], says, marks, look, "number")


def _trait(row: Row, look: Look) -> str:
    return f"{dimension(row['trait']).label.text(look.lang)}{_COLON[look.lang]}{row['value']}"


def _trait_says(row: Row, look: Look) -> str:
    ends = "–".join(numbers.written(row[f"lift.{end}"], "number", look.lang) for end in ("low", "high"))
    of = look.words(
        "offers.best_of", best=_count(row["best_customers"], look), of=_count(row["customers"], look),
        share=numbers.share(row["share"], look.lang, 0), all=numbers.share(row["share_of_all"], look.lang, 0),
    )  # fmt: skip
    return under_pointer(_trait(row, look), look.labelled("column.lift", f"{row['lift']:.2f} ({ends})"), of)


def what_they_share(result: Result, look: Look) -> str | None:
    """The trait that speaks most for being among the best, beyond chance; where there is none, that there is none."""
    if result.frame.is_empty():
        return None
    stand = result.frame.filter(pl.col("is_beyond_chance") & (pl.col("lift") > 1))
    if stand.is_empty():
        return look.words("question.best_traits_none")
    row = stand.sort(pl.col("points").is_null(), maintain_order=True).row(0, named=True)  # what a company did not set
    shares = {name: numbers.share(row[name], look.lang, 0) for name in ("share", "share_of_all")}
    return look.words("question.best_traits_found", trait=_trait(row, look), times=f"{row['lift']:.1f}", **shares)


def tested(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Whose traits, in words."""
    names = {one: look.words(f"value.traits_of.{one}") for one in ("customers", "leads")}
    return frame.with_columns(pl.col("traits_of").replace(names))


def whether_it_holds(result: Result, look: Look) -> str | None:
    """Whether customers called alike are better, among those not learned from; said either way."""
    row = next((one for one in result.frame.to_dicts() if one["traits_of"] == "customers"), None)
    if row is None:
        return None
    if not row["called"]:
        return look.words("question.held_out_none")
    shares = {name: numbers.share(row[name], look.lang, 0) for name in ("share", "share_of_all")}
    if not row["is_beyond_chance"]:
        return look.words("question.held_out_not", **shares)
    ends = "–".join(f"{row[f'lift.{end}']:.1f}" for end in ("low", "high"))
    return look.words("question.held_out_holds", times=f"{row['lift']:.1f}", ends=ends, **shares)


def alike(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Who looks like the best and why, in words."""
    kinds = {one: look.words(f"value.alike.{one}") for one in ("small", "none")}
    said = _with_reasons(frame, look).with_columns(pl.col("kind").replace(kinds))
    return said.select("customer", "why", "kind", "score", "odds", "year_amount", "rep")


def leads(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Leads that look like the best and why, in words."""
    return _with_reasons(frame, look).select("lead", "why", "score", "odds", "created_on", "rep")


def _with_reasons(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    labels = {name: dimension(name).label.text(look.lang) for name in SCORED if f"{name}_points" in frame.columns}
    return frame.with_columns(why=pl.Series(reasons(frame.to_dicts(), labels, _COLON[look.lang]), dtype=pl.String))


def who_is_alike(result: Result, look: Look) -> str | None:
    """How many customers look like the best."""
    if result.frame.is_empty():
        return None
    return look.words("question.look_alikes_found", count=_count(result.frame.height, look))


def which_leads(result: Result, look: Look) -> str | None:
    """How many open leads look like the best customers."""
    if result.frame.is_empty():
        return None
    return look.words("question.lead_look_alikes_found", count=_count(result.frame.height, look))


# -------------------------------------------------------------------------------------------------------------- shared


def _ranges(
    rows: Sequence[Row], column: str, names: Sequence[str], strong: Sequence[bool], says: Sequence[str],
    marks: Sequence[str], look: Look, unit: str,
) -> go.Figure:  # fmt: skip
    """A dot for each row, a line from end to end of its interval; those beyond chance in the strong colour."""
    sheet, at = Sheet(), np.arange(len(rows))
    value, low, high = (np.array([float(row[f"{column}{end}"]) for row in rows]) for end in ("", ".low", ".high"))
    sheet.add_scatter(
        x=value, y=at, mode="markers", hoverinfo="text", showlegend=False, hovertext=list(says), cliponaxis=False,
        customdata=list(marks),
        marker={"size": 13, "color": [look.colour(1) if one else look.colour(0) for one in strong],
                "symbol": ["diamond" if one else "circle" for one in strong]},
        error_x={"type": "data", "symmetric": False, "array": high - value, "arrayminus": value - low,
                 "color": str(look.palette.neutral), "thickness": 2},
    )  # fmt: skip
    texts = [numbers.share(one, look.lang) if unit == "share" else f"{one:.1f} ×" for one in value]
    numbers_at(sheet, high, texts, look, from_zero=False)
    if unit == "number":
        sheet.add_vline(1.0, {"color": str(look.palette.muted), "width": 1, "dash": "dot"})
    return in_rows(sheet, names, texts, (0.0, max(float(high.max()), 1.0 if unit == "number" else 0.0)), look)


def _count(value: float, look: Look) -> str:
    return numbers.exact(value, "count", look.lang)
