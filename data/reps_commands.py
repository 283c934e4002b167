"""The command of `python -m data` about salespeople beside each other."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


class What(StrEnum):
    """The questions about salespeople beside each other."""

    BOARD = "board"
    QUADRANT = "quadrant"
    LIKE = "like"
    TENURE = "tenure"
    SPREAD = "spread"
    COURSE = "course"
    HANDOVER = "handover"


class Peers(StrEnum):
    """Who is compared with whom."""

    COMPANY = "company"
    TEAM = "team"
    MANAGER = "manager"
    TENURE = "tenure"


class Grain(StrEnum):
    """Buckets of time."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@app.command()
def reps(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    what: Annotated[
        What,
        typer.Argument(
            help="board: ranks on any measures, drawn towards the peers; quadrant: results beside process; like: rates"
            " on the same mix of deals; tenure: joiners beside old hands; spread: who brings how much; course: over"
            " time; handover: what leavers still have in their names."
        ),
    ] = What.BOARD,
    measure: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MEASURE",
            help="What is compared; may be repeated. Of quadrant the first is the result, the others are the process.",
        ),
    ] = None,
    peers: Annotated[Peers, typer.Option(help="Who is compared with whom (board, quadrant).")] = Peers.COMPANY,
    by: Annotated[
        list[str] | None, typer.Option(metavar="DIM", help="Segments of the mix (like); may be repeated.")
    ] = None,
    grain: Annotated[Grain, typer.Option(help="Buckets of time (course).")] = Grain.MONTH,
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
    """Salespeople beside each other: who stands out beyond chance, on what mix, and what leavers leave behind."""
    from data.asking import Asked, answer_to, dimension_id
    from data.reps import reps_question, reps_report

    session = at(context, store, lang, is_json=json)
    asked = Asked(
        from_on=day_of(from_on), to_on=day_of(to_on), where=tuple(where or ()), as_of=day_of(as_of), email=viewer,
    )  # fmt: skip
    segments = tuple(dimension_id(name) for name in by or ())
    question = reps_question(what, tuple(measure or ()), peers, segments, grain)
    reps_report(session, answer_to(session, asked, question), only_sql=sql)
    return LOADED
