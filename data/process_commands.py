"""The commands of `python -m data` about the open pipeline: the bridge of two days, where a period ends."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


@app.command()
def bridge(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    since: Annotated[datetime, typer.Option("--from", formats=DAY, help="The first of the two days.")],
    until: Annotated[
        datetime | None, typer.Option("--to", formats=DAY, help="The last of them; by default the store's day.")
    ] = None,
    due_from: Annotated[
        datetime | None, typer.Option("--due-from", formats=DAY, help="Only deals expected to close from this day on.")
    ] = None,
    due_to: Annotated[
        datetime | None, typer.Option("--due-to", formats=DAY, help="Only deals expected to close until this day.")
    ] = None,
    rows: Annotated[
        str | None, typer.Option(metavar="CAUSE", help="The deals of one cause, for example pushed_out.")
    ] = None,
    where: Where = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """What changed between two days: the open amount of the one turned into that of the other, cause by cause."""
    from data.asking import Asked, answer_to
    from data.process import bridge_question, bridge_report

    session = at(context, store, lang, is_json=json)
    question = bridge_question(since.date(), day_of(until), day_of(due_from), day_of(due_to), rows)
    asked = Asked(where=tuple(where or ()), email=viewer)
    bridge_report(session, answer_to(session, asked, question), only_sql=sql)
    return LOADED


class Until(StrEnum):
    """The end of which running period."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    FISCAL_QUARTER = "fiscal_quarter"
    FISCAL_YEAR = "fiscal_year"


class About(StrEnum):
    """The forecast itself, or whether forecasts and chances of the past came true."""

    LANDING = "landing"
    BACKTEST = "backtest"
    CALIBRATION = "calibration"


@app.command()
def landing(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    until: Annotated[Until, typer.Option(help="The end of which running period.")] = Until.FISCAL_QUARTER,
    about: Annotated[
        About, typer.Option(help="The forecast; past forecasts beside what came; or chances beside what came true.")
    ] = About.LANDING,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Where the won amount of the running period will end, with its range, the target and the chance of it."""
    from data.asking import Asked, answer_to
    from data.process import landing_question, landing_report

    session = at(context, store, lang, is_json=json)
    asked = Asked(where=tuple(where or ()), as_of=day_of(as_of), email=viewer)
    landing_report(session, answer_to(session, asked, landing_question(until, about)), only_sql=sql)
    return LOADED
