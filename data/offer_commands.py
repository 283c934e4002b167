"""The command of `python -m data` about what to offer to whom."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


class AboutOffers(StrEnum):
    """What is asked about offers."""

    NEXT = "next"
    PAST = "past"
    RULES = "rules"
    SETS = "sets"
    CUSTOMERS = "customers"
    TRAITS = "traits"
    ALIKE = "alike"
    LEADS = "leads"
    HELD_OUT = "held-out"


@app.command()
def offers(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    about: Annotated[
        AboutOffers,
        typer.Option(
            help="What to offer to each customer next, and why; whether such offers would have been right before; what"
            " goes with what over time; small sets of products in one order, or bought by the same customers; what the"
            " best customers share; which customers and leads look like them; whether that holds of customers not"
            " learned from."
        ),
    ] = AboutOffers.NEXT,
    within: Annotated[
        int | None,
        typer.Option(
            min=30,
            max=365,
            help="Days that are looked ahead (next, past, rules); else 180, or the most that the record allows.",
        ),
    ] = None,
    from_on: Annotated[
        datetime | None,
        typer.Option("--from", formats=DAY, help="First day (sets); by default twelve months."),
    ] = None,
    to_on: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Last day, included.")] = None,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    rows: Annotated[
        bool,
        typer.Option(
            "--rows",
            help="What the numbers of --about past stand on: each customer judged, what would have been offered and"
            " why, and what was bought since.",
        ),
    ] = False,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Offers: the next product of each customer and why, sets of products, look-alikes of the best customers."""
    from data.asking import Asked, answer_to
    from data.offers import offer_question, offer_report

    if rows and about != AboutOffers.PAST:
        raise typer.BadParameter("--rows: --about past")
    session = at(context, store, lang, is_json=json)
    asked = Asked(
        from_on=day_of(from_on), to_on=day_of(to_on), where=tuple(where or ()), as_of=day_of(as_of), email=viewer
    )
    question = offer_question(session, about, within, viewer)
    answered = answer_to(session, asked, (lambda view: question(view).rows()) if rows else question)
    offer_report(session, answered, only_sql=sql)
    return LOADED
