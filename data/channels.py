"""What the command about channels answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import polars as pl

from data.pipeline import report
from metrics.brought import brought, first_last
from metrics.campaigns import campaigns
from metrics.channel_quality import quality
from metrics.channels import channels
from metrics.competitors import competitors
from metrics.market import market
from metrics.payback import payback

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.asking import Answer
    from data.terminal import Session
    from metrics.brought import Touch
    from metrics.channel_quality import Reached
    from metrics.market import Own
    from metrics.query import Query
    from metrics.view import View


_UNSAID = ("qualified", "became", "direct", "lost_deals", "others", "cost_per_qualified", "cost_per_deal")
"""Of the steps, columns that a table for people has no room for; JSON has them."""


def channels_question(
    what: str, touch: str, reached: str, grain: str, own: str, *, by_margin: bool = False
) -> Callable[[View], Query]:
    """The question that a word of the command stands for."""
    side = cast("Touch", str(touch))
    asked: dict[str, Callable[[View], Query]] = {
        "steps": lambda view: brought(view, side),
        "quality": lambda view: quality(view, cast("Reached", str(reached)), str(grain)),
        "turned": channels,
        "payback": lambda view: payback(view, side, "margin" if by_margin else "amount"),
        "touches": first_last,
        "campaigns": lambda view: campaigns(view, side),
        "competitors": competitors,
        "market": lambda view: market(view, cast("Own", str(own))),
    }
    return asked[str(what)]


def channels_report(session: Session, answered: Answer, *, only_sql: bool) -> None:
    """The answer; to people the company itself by a word where sellers are listed."""
    frame = answered.frame
    if not session.is_json and not only_sql:
        if "seller" in frame.columns:
            frame = frame.with_columns(pl.col("seller").fill_null(session.word("own_company")))
        if "direct" in frame.columns:
            frame = frame.drop(_UNSAID)
    report(session, replace(answered, frame=frame), only_sql=only_sql, words_of="channels")
