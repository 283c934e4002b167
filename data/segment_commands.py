"""The command of `python -m data` about segments of customers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


class AboutSegments(StrEnum):
    """What is asked about customers."""

    SEGMENTS = "segments"
    CELLS = "cells"
    CUSTOMERS = "customers"
    MOVES = "moves"
    SLIPPED = "slipped"
    CLASSES = "classes"
    CURVE = "curve"
    TIERS = "tiers"
    MISFITS = "misfits"


class ScoredBy(StrEnum):
    """What customers are scored by."""

    ORDERS = "orders"
    DEALS = "deals"


@app.command()
def segments(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    about: Annotated[
        AboutSegments,
        typer.Option(
            help="Named segments by recency, frequency and money; how many customers have which scores; the customers"
            " of one segment; who went from which segment to which, and who slipped from the best ones; classes A, B"
            " and C; what the largest few bring; tiers beside classes, and whose tier does not fit."
        ),
    ] = AboutSegments.SEGMENTS,
    of: Annotated[
        ScoredBy | None, typer.Option(help="Orders or deals won: by default orders, where there are any.")
    ] = None,
    segment: Annotated[str, typer.Option(help="Whose customers are listed (customers), by id.")] = "champions",
    months: Annotated[int, typer.Option(min=0, max=240, help="Months looked at, up to the day; 0: all history.")] = 24,
    ago: Annotated[int, typer.Option(min=1, max=60, help="Months between the two days (moves, slipped).")] = 3,
    from_on: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="First day, instead of --months.")
    ] = None,
    to_on: Annotated[
        datetime | None, typer.Option("--to", formats=DAY, help="The day, by default that of the data.")
    ] = None,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Customers: their segments, how these changed, how few bring most, and whether their tiers fit."""
    from data.asking import Asked, answer_to
    from data.segments import scored_by, segment_question, segment_report

    session = at(context, store, lang, is_json=json)
    asked = Asked(
        from_on=day_of(from_on), to_on=day_of(to_on), where=tuple(where or ()), as_of=day_of(as_of), email=viewer
    )
    question = segment_question(about, scored_by(session, of), segment, months=months, ago=ago)
    segment_report(session, answer_to(session, asked, question), only_sql=sql)
    return LOADED
