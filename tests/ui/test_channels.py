"""What the channels page draws: every mark opens its rows, sentences claim only what is beyond chance."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics.brought import brought, first_last
from metrics.channel_quality import quality
from metrics.competitors import competitors
from metrics.market import market
from metrics.payback import payback
from metrics.query import Query, Result
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.ui.answered import EN, ZH
from ui import channel_quality, channels, market_course, numbers
from ui import market as rivals
from ui.look import Look

Case = tuple[Callable[[View], Query], Callable[[Result, Look], go.Figure | None], Callable[[Result, Look], str | None]]
DRAWN: dict[str, Case] = {
    "channel_steps": (brought, channels.steps, channels.who_stands_out),
    "payback": (payback, channels.paid_back, channels.slowest_back),
    "channel_quality": (
        lambda view: quality(view, "qualified", "quarter"), channel_quality.over_time, channel_quality.turned,
    ),
    "competitors": (competitors, rivals.against, rivals.hardest),
    "market": (market, rivals.shares, rivals.our_share),
    "market_course": (market, market_course.over_time, market_course.gone),
}  # fmt: skip


def marks(figure: go.Figure) -> list[str]:
    """The marks of all that can be pointed at; each of them has one."""
    found = []
    for trace in figure.data:
        if trace.type == "heatmap" or trace.hoverinfo == "skip":
            continue
        is_lying = getattr(trace, "orientation", None) == "h"
        values = trace.x if is_lying else trace.y
        for value, mark in zip(values, trace.customdata, strict=True):
            assert mark is not None or (is_lying and not value)  # a bar of no length
            found += [mark] if mark else []
    return found


@pytest.mark.parametrize("look", [EN, ZH, replace(ZH, is_narrow=True)], ids=["en", "zh", "phone"])
@pytest.mark.parametrize("name", list(DRAWN))
def test_every_mark_opens_its_rows_and_something_is_said(seen: Snapshot, view: View, name: str, look: Look) -> None:
    ask, draw, say = DRAWN[name]
    query = ask(view.with_period("last_12_months"))
    result = seen.ask(query, EVERYTHING)
    figure = draw(result, look)
    assert figure is not None
    quiet = ("channel_quality", "market_course")  # which speak only of what has turned, and of a single market
    assert say(result, look) or name in quiet
    drawn = sorted(set(marks(figure)))
    assert drawn
    if look is not EN:
        return
    for mark in drawn[:: max(len(drawn) // 10, 1)]:
        column, where, at = json.loads(mark)
        subject = rivals.Market(query, name, view, column=column, at=tuple(at.items()))
        assert seen.ask(subject.rows().first(1), EVERYTHING).frame.height == 1, (name, where)


def test_first_and_last_touch_are_drawn_where_they_differ(seen: Snapshot, view: View) -> None:
    query = first_last(view)
    result = seen.ask(query, EVERYTHING)
    assert channels.touched(result, EN) is None  # the demo company's leads and deals agree
    columns = {"lead_source": ["web", "web", "fair"], "deal_source": ["web", "fair", "fair"], "deals": [6, 3, 1]}
    frame = pl.DataFrame(columns).with_columns(won=pl.col("deals"), lost_deals=0, won_money=pl.lit(5.0))
    torn = replace(result, frame=frame)
    figure = channels.touched(torn, EN)
    assert figure is not None
    assert len(marks(figure)) == 3
    assert "3 of 10" in (channels.how_many_differ(torn, EN) or "")


def test_nothing_is_drawn_of_nothing(seen: Snapshot, view: View) -> None:
    for ask, draw, say in DRAWN.values():
        nothing = replace(seen.ask(ask(view), EVERYTHING), frame=seen.ask(ask(view), EVERYTHING).frame.clear())
        assert draw(nothing, EN) is None
        assert say(nothing, EN) is None


def test_a_cost_that_is_not_known_is_no_zero(seen: Snapshot, view: View) -> None:
    frame = seen.ask(brought(view), EVERYTHING).frame
    shown = channels.priced(frame, EN)
    assert 0 < shown["cost"].null_count() == frame["cost"].null_count()
    assert shown["cost"].dtype.is_numeric()  # so that a click on its head sorts it
    assert shown["cost"].drop_nulls().is_sorted(descending=True)
    nameless = frame.with_columns(source=pl.lit(None, pl.String))
    assert set(channels.priced(nameless, EN)["source"]) == {"Unassigned"}


def test_the_course_of_a_single_market_is_said_and_one_span_is_none(seen: Snapshot, view: View) -> None:
    result = seen.ask(market(view), EVERYTHING)
    first = pl.col("region").eq_missing(result.frame["region"][0]) & (pl.col("market") == result.frame["market"][0])
    one = result.frame.filter(first & pl.col("share").is_not_null() & pl.col("seller").is_null())
    assert one.height > 1
    first_share, last_share = (
        numbers.written(share, "share", "en") for share in one.sort("starts_on")["share"][[0, -1]]
    )
    told = market_course.gone(replace(result, frame=one), EN) or ""
    assert told.index(first_share) < told.rindex(last_share)
    assert market_course.over_time(replace(result, frame=one.head(1)), EN) is None
    assert market_course.gone(replace(result, frame=one.head(1)), EN) is None


def test_of_markets_that_overlap_only_one_is_said(seen: Snapshot, view: View) -> None:
    """Of Total 100 of 1000; of Total in N, which is a part of it, 50 of 200; of A, which is another part, 20 of 50."""
    result = seen.ask(market(view), EVERYTHING)
    day = result.frame["starts_on"][0]
    rows = [("Total", None, 100.0, 1000.0), ("Total", "N", 50.0, 200.0), ("A", None, 20.0, 50.0)]
    listed = {"market": pl.String, "region": pl.String, "amount": pl.Float64, "size": pl.Float64}
    frame = pl.DataFrame(rows, schema=listed, orient="row").with_columns(
        starts_on=pl.lit(day), ends_on=pl.lit(day), seller=pl.lit(None, pl.String),
        share=pl.col("amount") / pl.col("size"), share_before=pl.lit(None, pl.Float64), is_partial=pl.lit(value=False),
    )  # fmt: skip

    def said(*places: int) -> str:
        return rivals.our_share(replace(result, frame=frame[list(places)]), EN) or ""

    assert said(0, 1, 2).startswith("Total · all regions: our share is 10")
    apart = frame.with_columns(region=pl.Series(["N", "S", "W"]), market=pl.lit("Total"))
    assert (rivals.our_share(replace(result, frame=apart), EN) or "").startswith(
        "Total: our share is 13.6"
    )  # 170 of 1250


def test_a_rate_stands_beside_the_count_it_is_the_rate_of(seen: Snapshot, view: View) -> None:
    """Deals without a lead are in the count of deals, and not in the share of leads that became one."""
    result = seen.ask(brought(view.with_period("last_12_months")), EVERYTHING)
    figure = channels.steps(result, EN)
    assert figure is not None
    said = {json.loads(mark)[1].split(" · ")[1]: text for mark, text in zip(
        figure.data[1].customdata, figure.data[1].text, strict=True)}  # fmt: skip
    sums = {name: int(result.frame[name].sum()) for name in ("leads", "became", "deals")}
    share = f"{sums['became'] / sums['leads']:.0%}".replace("%", " %")
    assert said["Became a deal"].replace("\u202f", " ").replace("\u00a0", " ") in {
        f"{sums['became']:,} · {share}", f"{sums['became']:,} · {share.replace(' ', '')}",
    }  # fmt: skip
    assert said["Deals"] == f"{sums['deals']:,}"
    assert sums["deals"] > sums["became"]
