"""The command of `python -m data` about the funnel, on each of its bases."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


class About(StrEnum):
    """What is asked about the funnel."""

    COHORT = "cohort"
    PERIOD = "period"
    SNAPSHOT = "snapshot"
    LEADS = "leads"
    REASONS = "reasons"
    COMPETITORS = "competitors"
    MOVES = "moves"
    BEFORE = "before"


@app.command()
def funnel(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    about: Annotated[
        About,
        typer.Option(
            help="How far deals created in the period came; what was done within it; what stands in the stages (no"
            " conversion); how far the leads created in it came, from lead to win; why deals were lost within it, or"
            " against whom, by stage; all moves between stages, back and over stages too; or the deals created in the"
            " period against those of the one before, each seen after as many days."
        ),
    ] = About.COHORT,
    by: Annotated[str | None, typer.Option(help="Dimension to split it by.")] = None,
    from_on: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="First day of the period: by default all time.")
    ] = None,
    to_on: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Last day of it, included.")] = None,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """How far deals or leads come: of every stage how many entered, moved on, were lost there, are still there."""
    from data.asking import Asked, answer_to
    from data.funnels import funnel_question, funnel_report

    session = at(context, store, lang, is_json=json)
    asked = Asked(
        by=(by,) if by else (), from_on=day_of(from_on), to_on=day_of(to_on), where=tuple(where or ()),
        as_of=day_of(as_of), email=viewer,
    )  # fmt: skip
    funnel_report(session, answer_to(session, asked, funnel_question(about, by)), by, only_sql=sql)
    return LOADED
