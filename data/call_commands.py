"""The command of `python -m data` about forecast calls."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, StorePath, Viewer, day_of
from data.commands import app, at
from data.terminal import LOADED


class AboutCalls(StrEnum):
    """What is asked or done about forecast calls."""

    LIST = "list"
    SAY = "say"
    WITHDRAW = "withdraw"
    WORDS = "words"
    COURSE = "course"
    ACCURACY = "accuracy"


class CalledFor(StrEnum):
    """The period of a call."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@app.command()
def call(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    what: Annotated[
        AboutCalls,
        typer.Argument(
            help="list: everybody's call beside what the deals say; say: COMMIT and BEST CASE of --rep or --team, of"
            " the company without either; withdraw; words: everything that was said; course: one owner's over the"
            " weeks; accuracy: of ended periods, and whose word was nearer."
        ),
    ] = AboutCalls.LIST,
    amounts: Annotated[
        list[str] | None, typer.Argument(metavar="[COMMIT] [BEST]", help="say: 1.2M, 120万 or 1200000.")
    ] = None,
    rep: Annotated[str | None, typer.Option(metavar="NAME", help="Whose call: a salesperson's.")] = None,
    team: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose call: a team's; list: only this team.")
    ] = None,
    period: Annotated[CalledFor, typer.Option(help="The running month, quarter or year.")] = CalledFor.QUARTER,
    from_on: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="First day of another month, quarter or year.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=DAY, help="Last week's word is that of this day; by default of the last review."),
    ] = None,
    remark: Annotated[str, typer.Option(help="say: why.")] = "",
    people: Annotated[bool, typer.Option("--people", help="list: the landing of every salesperson, too.")] = False,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Forecast calls: what people commit to, beside what the deals say, and how near earlier words were."""
    from data.review import call_report as told

    session = at(context, store, lang, is_json=json)
    asked = told.Wanted(rep, team, period.value, day_of(from_on), day_of(since), day_of(as_of), viewer)
    if what is AboutCalls.LIST:
        told.listed(session, asked, with_people=people)
    elif what is AboutCalls.SAY:
        if not amounts or len(amounts) > 2:
            raise typer.BadParameter("COMMIT [BEST]")
        told.said(session, asked, amounts, remark)
    elif what is AboutCalls.WITHDRAW:
        told.withdrawn(session, asked)
    elif what is AboutCalls.WORDS:
        told.words(session, asked)
    elif what is AboutCalls.COURSE:
        told.gone(session, asked)
    else:
        told.accurate(session, asked)
    return LOADED
