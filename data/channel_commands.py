"""The command of `python -m data` about channels, campaigns, competitors and the market."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


class What(StrEnum):
    """The questions about where business comes from, and against whom it is won."""

    STEPS = "steps"
    QUALITY = "quality"
    TURNED = "turned"
    PAYBACK = "payback"
    TOUCHES = "touches"
    CAMPAIGNS = "campaigns"
    COMPETITORS = "competitors"
    MARKET = "market"


class Touch(StrEnum):
    """Which channel of a deal is believed."""

    FIRST = "first"
    LAST = "last"


class Reached(StrEnum):
    """How far a lead came."""

    QUALIFIED = "qualified"
    DEAL = "deal"
    WON = "won"


class Grain(StrEnum):
    """Buckets of time in which leads were created."""

    MONTH = "month"
    QUARTER = "quarter"


class Own(StrEnum):
    """What counts as sold."""

    ORDERS = "orders"
    DEALS = "deals"


@app.command()
def channels(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    what: Annotated[
        What,
        typer.Argument(
            help="steps: leads, qualified, deals and won by channel, and what each cost; quality: of their leads over"
            " time, at one age; turned: channels that have changed; payback: months until the cost is won back;"
            " touches: the lead's channel beside the deal's; campaigns and their cost; competitors: win rates;"
            " market: shares."
        ),
    ] = What.STEPS,
    touch: Annotated[
        Touch, typer.Option(help="Whose channel or campaign counts: the lead's or the deal's.")
    ] = Touch.FIRST,
    reached: Annotated[Reached, typer.Option(help="How far leads came (quality).")] = Reached.QUALIFIED,
    grain: Annotated[Grain, typer.Option(help="When leads were created (quality).")] = Grain.MONTH,
    own: Annotated[Own, typer.Option(help="What counts as sold (market): order lines, or deals won.")] = Own.ORDERS,
    by_margin: Annotated[
        bool, typer.Option("--by-margin", help="What was earned on deals won, instead of their amount (payback).")
    ] = False,
    from_on: Annotated[datetime | None, typer.Option("--from", formats=DAY, help="First day of the period.")] = None,
    to_on: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Its last day, included.")] = None,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Where business comes from and what it costs: channels, campaigns, competitors, shares of the market."""
    from data.asking import Asked, answer_to
    from data.channels import channels_question, channels_report

    session = at(context, store, lang, is_json=json)
    asked = Asked(
        from_on=day_of(from_on), to_on=day_of(to_on), where=tuple(where or ()), as_of=day_of(as_of), email=viewer,
    )  # fmt: skip
    question = channels_question(what, touch, reached, grain, own, by_margin=by_margin)
    channels_report(session, answer_to(session, asked, question), only_sql=sql)
    return LOADED
