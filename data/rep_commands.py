"""The command of `python -m data` about one salesperson."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


class What(StrEnum):
    """The questions about one person."""

    CARD = "card"
    COACHING = "coaching"
    VOICES = "voices"
    CREDIT = "credit"
    GOALS = "goals"
    NOTES = "notes"


class Peers(StrEnum):
    """Whom a person is held against."""

    TEAM = "team"
    ALL = "all"


@app.command()
def rep(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The salesperson, as in the list of salespeople.")],
    what: Annotated[
        What,
        typer.Argument(
            help="card: the scorecard; coaching: stages and habits beside the others; voices: NPS, CSAT, colleagues;"
            " credit: deals won together with others; goals: targets by quarter; notes: of coaching."
        ),
    ] = What.CARD,
    peers: Annotated[Peers, typer.Option(help="Held against the team, or against everybody in view.")] = Peers.TEAM,
    weight: Annotated[
        list[str] | None,
        typer.Option(metavar="COMPONENT=N", help="Set a weight of everybody's scorecard first; may be repeated."),
    ] = None,
    note: Annotated[str | None, typer.Option(help="Write down a note of coaching first.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the page to print, A4, as HTML.")] = None,
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
    """One salesperson: scorecard, coaching, what others say, shared deals, targets, notes; without a period, a year."""
    from data.asking import Asked
    from data.rep_report import Wanted, rep_report

    session = at(context, store, lang, is_json=json)
    asked = Asked(
        from_on=day_of(from_on), to_on=day_of(to_on), where=tuple(where or ()), as_of=day_of(as_of), email=viewer,
    )  # fmt: skip
    wanted = Wanted(name, what.value, tuple(weight or ()), note, html, in_team=peers is Peers.TEAM)
    rep_report(session, asked, wanted, only_sql=sql)
    return LOADED
