"""How pay looks: who is paid how much, over time, how it rises with money, and what other plans would have paid."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from metrics.pay import asked_of
from metrics.query import Query, Result
from ui import numbers
from ui.drawing import legend, literal, shorten, under_pointer
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.question import Subject, mark_of
from ui.sheet import Sheet

HEADS = {
    "plan": "pay_plan", "rate": "pay_rate", "lines": "pay_lines", "target": "pay_target", "relief": "pay_relief",
    "share": "pay_share", "from_on": "pay_from", "to_on": "pay_to", "bucket": "pay_bucket", "state": "pay_state",
    "measure": "pay_measure", "what": "pay_point", "change": "pay_change",
}  # fmt: skip
"""What columns of answers about pay are headed by: elsewhere the same words mean something else."""
_MOST = 12
_SHOWN_CHANGES = 6
"""Of those who gain and those who lose most, how many are drawn each."""


class PayOf(Subject):
    """What is looked behind in a block about pay."""

    def figures(self, result: Result) -> tuple[pl.DataFrame, dict[str, str]]:
        """The answer headed by the words of pay; numbers by which its rows are told apart only stay out."""
        frame, units = super().figures(result)
        shown = frame.drop([name for name in ("source", "line_id") if name in frame.columns])
        return headed(shown), {HEADS.get(name, name): unit for name, unit in units.items()}


def headed(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns by their names of pay."""
    return frame.rename({name: HEADS[name] for name in frame.columns if name in HEADS})


def period_name(query: Query, plan: str, first: date, look: Look) -> str:
    """The period of a plan that begins on a day: "Q1 2026"."""
    grain = next(
        (one.period for one in (*asked_of(query).plans, *asked_of(query).instead) if one.id == plan), "quarter"
    )
    return numbers.bucket(first, grain, look.lang, look.fiscal_start)


def plan_name(query: Query, plan: str, look: Look) -> str:
    """A plan as people call it: the name of its last version."""
    labels = [one.label.text(look.lang) for one in asked_of(query).plans if one.id == plan]
    return labels[-1] if labels else plan


# ---------------------------------------------------------------------------------------------------------------- paid


def paid(result: Result, look: Look) -> go.Figure | None:
    """Those who are paid most: pay as a bar, with the share that it is of the money counted."""
    frame = result.frame.filter(pl.col("pay") > 0)
    if frame.is_empty():
        return None
    rows = frame.sort("pay", "rep", descending=[True, False]).head(look.top or _MOST).to_dicts()
    has_several = frame.get_column("from_on").n_unique() > 1
    names = [row["rep"] + (f" · {period_name(result.query, row['plan'], row['from_on'], look)}" if has_several else "")
             for row in rows]  # fmt: skip
    texts = [f"{look.money(float(row['pay']))} · {_rate(row['rate'], look)}" for row in rows]
    sheet = Sheet()
    sheet.add_bar(
        x=[float(row["pay"]) for row in rows], y=np.arange(len(rows)), orientation="h", width=0.66, hoverinfo="text",
        showlegend=False, marker={"color": look.colour(0)},
        customdata=[mark_of("pay", name, plan=row["plan"], rep=row["rep"], from_on=row["from_on"].isoformat())
                    for name, row in zip(names, rows, strict=True)],
        hovertext=[under_pointer(name, *_says(row, result.query, look))
                   for name, row in zip(names, rows, strict=True)],
    )  # fmt: skip
    ends = [float(row["pay"]) for row in rows]
    numbers_at(sheet, ends, texts, look)
    return in_rows(sheet, names, texts, (0.0, max(ends)), look)


def _rate(rate: float | None, look: Look) -> str:
    return numbers.share(rate, look.lang, 2)


def _says(row: dict[str, Any], query: Query, look: Look) -> list[str]:
    lines = [
        literal(plan_name(query, row["plan"], look)),
        look.words("pay.of_money", pay=look.money(float(row["pay"])), money=look.money(float(row["money"]))),
    ]
    if row["attainment"] is not None:
        share = numbers.share(row["attainment"], look.lang, 0)
        lines.append(look.words("pay.attained", share=share, target=look.money(float(row["target"]))))
    if row["to_next"] is not None:
        lines.append(look.words("pay.to_next", money=look.money(float(row["to_next"]))))
    return lines


def who_is_paid(result: Result, look: Look) -> str | None:
    """How much everybody is paid together, of how much money, and who most."""
    frame = result.frame.filter(pl.col("pay") > 0)
    if frame.is_empty():
        return None
    pay, money = (float(frame.get_column(name).sum()) for name in ("pay", "money"))
    by_rep = frame.group_by("rep").agg(pl.col("pay").sum()).sort("pay", "rep", descending=[True, False])
    first = by_rep.row(0, named=True)
    return look.words(
        "question.pay_paid_found", count=by_rep.height, pay=look.money(pay), name=first["rep"],
        rate=_rate(pay / money if money else None, look), most=look.money(float(first["pay"])),
    )  # fmt: skip


# ----------------------------------------------------------------------------------------------------------- over time


def over_periods(result: Result, look: Look) -> go.Figure | None:
    """Pay of all together, a bar per period, in parts by plan; what is not over is hatched."""
    frame = result.frame
    if frame.is_empty():
        return None
    as_of = result.query.view.as_of if result.query.view else date.max
    spans = sorted(frame.select("from_on", "to_on").unique().rows())
    names = [period_name(result.query, frame.filter(pl.col("from_on") == first)["plan"][0], first, look)
             for first, _ in spans]  # fmt: skip
    sheet = Sheet()
    for place, (plan,) in enumerate(frame.select("plan").unique(maintain_order=True).rows()):
        rows = frame.filter(pl.col("plan") == plan).to_dicts()
        where = [spans.index((row["from_on"], row["to_on"])) for row in rows]
        says = [f"{plan_name(result.query, plan, look)} · {names[at]}" for at in where]
        sheet.add_bar(
            x=where, y=[float(row["pay"]) for row in rows], width=0.72, hoverinfo="text",
            name=shorten(plan_name(result.query, plan, look)),
            marker={"color": look.colour(place), "line": {"width": 0.5, "color": look.palette.background},
                    "pattern": {"shape": ["/" if row["to_on"] > as_of else "" for row in rows]}},
            customdata=[mark_of("pay", text, plan=plan, from_on=row["from_on"].isoformat())
                        for text, row in zip(says, rows, strict=True)],
            hovertext=[under_pointer(text, _whole(row, look), look.words("pay.people", count=row["people"]))
                       for text, row in zip(says, rows, strict=True)],
        )  # fmt: skip
    totals = [float(frame.filter((pl.col("from_on") == one[0]) & (pl.col("to_on") == one[1]))["pay"].sum())
              for one in spans]  # fmt: skip
    places, texts = numbers.ticks(0, max(*totals, 1.0), "money", look.lang, at_most=5)
    step = max(1, -(-len(names) // (4 if look.is_narrow else 8)))
    sheet.update_yaxes(tickvals=places, ticktext=texts, range=[0, max(*places, *totals) * 1.06], showgrid=True,
                       gridcolor=look.palette.grid, zeroline=False, fixedrange=True, automargin=True)  # fmt: skip
    sheet.update_xaxes(tickvals=list(range(0, len(names), step)), ticktext=names[::step], fixedrange=True)
    sheet.update_layout(barmode="stack", height=look.height)
    return legend(sheet, shows=sheet.named > 1, look=look)


def _whole(row: dict[str, Any], look: Look) -> str:
    money = look.words("pay.of_money", pay=look.money(float(row["pay"])), money=look.money(float(row["money"])))
    return f"{money} · {_rate(row['rate'], look)}"


def last_finished(result: Result, look: Look) -> str | None:
    """What was paid in the last period that is over, as a share of the money, and in those before it."""
    as_of = result.query.view.as_of if result.query.view else date.max
    over = result.frame.filter(pl.col("to_on") <= as_of)
    if over.is_empty():
        return None
    last = over.filter(pl.col("to_on") == over.get_column("to_on").max())
    before = over.filter(pl.col("to_on") < over.get_column("to_on").max())
    name = period_name(result.query, last["plan"][0], last["from_on"][0], look)
    told = look.words("question.pay_periods_found", period=name, pay=look.money(float(last["pay"].sum())),
                      rate=_share_of(last, look))  # fmt: skip
    if before.is_empty():
        return told
    return told + look.words("question.pay_periods_before", rate=_share_of(before, look))


def _share_of(frame: pl.DataFrame, look: Look) -> str:
    money = float(frame["money"].sum())
    return _rate(float(frame["pay"].sum()) / money if money else None, look)


# --------------------------------------------------------------------------------------------------------------- curve


def curve(result: Result, look: Look) -> go.Figure | None:
    """How pay rises with money: a line with its bends, a dot where the person stands, and where more would lead."""
    frame = result.frame
    if frame.is_empty():
        return None
    line = frame.filter(pl.col("what") == "line")
    sheet = Sheet()
    sheet.add_scatter(
        x=line["money"].to_list(), y=line["pay"].to_list(), mode="lines", hoverinfo="skip", showlegend=False,
        line={"color": look.palette.neutral, "width": 2},
    )  # fmt: skip
    _bends(sheet, line, look)
    symbols = {"target": "line-ns-open", "now": "circle", "then": "diamond"}
    for place, what in enumerate(("now", "then", "target")):
        for row in frame.filter(pl.col("what") == what).iter_rows(named=True):
            name = look.words(f"pay.point_{what}")
            text = look.words("pay.of_money", pay=look.money(row["pay"]), money=look.money(row["money"]))
            sheet.add_scatter(
                x=[row["money"]], y=[row["pay"]], mode="markers", name=name, hoverinfo="text",
                marker={"symbol": symbols[what], "size": 13, "color": look.colour(place),
                        "line": {"width": 2, "color": look.colour(place)}},
                customdata=[mark_of("pay", name, plan=row["plan"], rep=asked_of(result.query).rep,
                                    from_on=row["from_on"].isoformat()) if what == "now" else None],
                hovertext=[under_pointer(name, text)],
            )  # fmt: skip
    for axis, values in ((sheet.update_xaxes, frame["money"]), (sheet.update_yaxes, frame["pay"])):
        high = max(float(values.max() or 0), 1.0)  # type: ignore[arg-type]
        low = min(float(values.min() or 0), 0.0)  # type: ignore[arg-type]
        places, texts = numbers.ticks(low, high, "money", look.lang, at_most=4 if look.is_narrow else 6)
        axis(tickvals=places, ticktext=texts, range=[low - 0.02 * high, high * 1.05], showgrid=True,
             gridcolor=look.palette.grid, zeroline=False, fixedrange=True, automargin=True)  # fmt: skip
    sheet.update_layout(height=look.height)
    return legend(sheet, shows=True, look=look)


def _bends(sheet: Sheet, line: pl.DataFrame, look: Look) -> None:
    """A small ring where a tier or an accelerator begins, which says its rate."""
    begins = line.filter((pl.col("money") > 0) & (pl.col("rate") != pl.col("rate").shift(1)))
    sheet.add_scatter(
        x=begins["money"].to_list(), y=begins["pay"].to_list(), mode="markers", hoverinfo="text", showlegend=False,
        marker={"symbol": "circle-open", "size": 8, "color": look.palette.neutral},
        hovertext=[under_pointer(look.words("pay.tier", at=look.money(row["money"]), rate=_rate(row["rate"], look)))
                   for row in begins.iter_rows(named=True)],
    )  # fmt: skip


def where_they_stand(result: Result, look: Look) -> str | None:
    """What is paid now, and what so much more would bring; else how far the next tier is."""
    points = {row["what"]: row for row in result.frame.iter_rows(named=True)}
    now, then = points.get("now"), points.get("then")
    if now is None:
        return None
    told = {"pay": look.money(now["pay"]), "money": look.money(now["money"])}
    if then is not None:
        more, pay = then["money"] - now["money"], then["pay"] - now["pay"]
        return look.words("question.pay_curve_more", **told, more=look.money(more), adds=look.money(pay),
                          then=look.money(then["pay"]))  # fmt: skip
    line = result.frame.filter((pl.col("what") == "line") & (pl.col("money") > now["money"])).sort("money")
    bends = line.filter(pl.col("rate") > now["rate"])
    if bends.is_empty():
        return look.words("question.pay_curve_top", **told, rate=_rate(now["rate"], look))
    following = bends.row(0, named=True)
    gap = look.money(following["money"] - now["money"])
    return look.words("question.pay_curve_next", **told, gap=gap, rate=_rate(following["rate"], look))


# --------------------------------------------------------------------------------------------------------------- lists

_LIST = ("rep", "pay", "pay_rate", "money", "attainment", "pay_target", "pay_relief", "to_next", "pay_lines", "team")
_LINES = (
    "earned_on", "line", "money", "pay_rate", "pay", "so_far", "customer", "whole_amount", "pay_share", "is_capped",
    "pay_state",
)  # fmt: skip


def as_list(frame: pl.DataFrame, look: Look) -> pl.DataFrame:  # noqa: ARG001 - the shape of all such functions
    """Everybody's pay: the person and the pay first; relief and periods only where they tell something."""
    names = [name for name in _LIST if frame.get_column(name).null_count() < frame.height]
    if not (frame.get_column("pay_relief") < 1).any():
        names = [name for name in names if name != "pay_relief"]
    if frame.get_column("pay_from").n_unique() > 1:
        names.insert(1, "pay_from")
    return frame.select(*names, "pay_plan")


def as_lines(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """A statement: what for, how much, at which rate; the way to the deal, and why something does not count."""
    names = [name for name in _LINES if frame.get_column(name).null_count() < frame.height]
    if look.is_narrow:  # what a phone shows without being pushed aside
        names.sort(key=lambda name: name not in ("pay", "money"))
    if not frame.get_column("is_capped").any():
        names = [name for name in names if name != "is_capped"]
    if (frame.get_column("pay_state") == "counted").all():
        names = [name for name in names if name != "pay_state"]
    has_deals = frame.get_column("deal_id").null_count() < frame.height
    return frame.select(*names, *(["deal_id"] if has_deals else []))


def as_deals(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Open deals with what each would add."""
    names = ["deal", "pay", "money", "pay_rate", "stage", "expected_close_on", "whole_amount", "deal_id"]
    return frame.select(
        names if not look.is_narrow else ["pay", "money", *(n for n in names if n not in ("pay", "money"))]
    )


# -------------------------------------------------------------------------------------------------------------- change


def changed(result: Result, look: Look) -> go.Figure | None:
    """Who would gain most by the other plans, and who would lose most."""
    moved = result.frame.filter(pl.col("change") != 0)
    if moved.is_empty():
        return None
    most = min(_SHOWN_CHANGES, (look.top or _MOST) // 2)
    gains, losses = moved.filter(pl.col("change") > 0), moved.filter(pl.col("change") < 0)
    rows = [*gains.head(most).to_dicts(), *losses.tail(most).to_dicts()]
    values = [float(row["change"]) for row in rows]
    texts = [("+" if value > 0 else "") + look.money(value) for value in values]
    sheet = Sheet()
    sheet.add_bar(
        x=values, y=np.arange(len(rows)), orientation="h", width=0.66, hoverinfo="text", showlegend=False,
        marker={"color": [look.palette.good if value > 0 else look.palette.bad for value in values],
                "pattern": {"shape": ["" if value > 0 else "/" for value in values]}},
        customdata=[mark_of("change", row["rep"], plan=row["plan"], rep=row["rep"]) for row in rows],
        hovertext=[under_pointer(row["rep"], look.words("pay.from_to", now=look.money(float(row["pay_now"])),
                                                        then=look.money(float(row["pay_instead"])))) for row in rows],
    )  # fmt: skip
    numbers_at(sheet, values, texts, look)
    return in_rows(sheet, [row["rep"] for row in rows], texts, (min(0.0, *values), max(0.0, *values)), look)


def who_gains(result: Result, look: Look) -> str | None:
    """What all together would have been paid instead, and how many gain and lose."""
    frame = result.frame
    if frame.is_empty():
        return None
    now, then = (float(frame[name].sum()) for name in ("pay_now", "pay_instead"))
    change = ("+" if then > now else "") + look.money(then - now)
    gain, lose = (frame.filter(rule).height for rule in (pl.col("change") > 0, pl.col("change") < 0))
    return look.words("question.pay_change_found", now=look.money(now), then=look.money(then), change=change, gain=gain,
                      lose=lose)  # fmt: skip
