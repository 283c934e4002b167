"""The commands of `python -m data` about what salespeople do, and about the signs against open deals."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


class What(StrEnum):
    """The questions about activity."""

    PACE = "pace"
    WEEKS = "weeks"
    SILENCE = "silence"
    LONGEST = "longest"
    QUIET = "quiet"
    TOUCHES = "touches"
    EFFECT = "effect"
    RESPONSE = "response"


class Sign(StrEnum):
    """The signs against an open deal, as metrics/signals.py names them."""

    PAST_DUE = "past_due"
    SILENT = "silent"
    SLOW = "slow"
    OVERDUE = "overdue"
    LACKING = "lacking"
    PUSHED = "pushed"
    CUT = "cut"
    STEPLESS = "stepless"
    BIG = "big"


@app.command()
def activities(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    what: Annotated[
        What,
        typer.Argument(
            help="pace: per working day by week; weeks: by salesperson and week; silence, longest: open deals nobody"
            " touches; quiet: customers; touches: of won and lost deals; effect: of early activity; response: to leads."
        ),
    ] = What.PACE,
    by: Annotated[str | None, typer.Option(help="Dimension to split the response by.")] = None,
    within: Annotated[
        int, typer.Option(min=1, max=365, help="Days after creation whose activity counts for the effect.")
    ] = 14,
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
    """What salespeople do: how much, which deals nobody touches, how leads are answered, what it all brings."""
    from data.activities import activities_report, question
    from data.asking import Asked, answer_to

    session = at(context, store, lang, is_json=json)
    asked = Asked(
        by=(by,) if by else (), from_on=day_of(from_on), to_on=day_of(to_on), where=tuple(where or ()),
        as_of=day_of(as_of), email=viewer,
    )  # fmt: skip
    activities_report(session, answer_to(session, asked, question(what, by, within)), only_sql=sql)
    return LOADED


@app.command()
def signals(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    only: Annotated[Sign | None, typer.Option(help="Only the deals that show this sign.")] = None,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Open deals and why to look at them: each sign by itself, with its value and its threshold, never a score."""
    from data.activities import signals_question, signals_report
    from data.asking import Asked, answer_to

    session = at(context, store, lang, is_json=json)
    asked = Asked(where=tuple(where or ()), as_of=day_of(as_of), email=viewer)
    signals_report(session, answer_to(session, asked, signals_question(only)), only_sql=sql)
    return LOADED
