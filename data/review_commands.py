"""The commands of `python -m data` about the weekly review: what it says, and those that were held."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, StorePath, Viewer, day_of
from data.commands import app, at
from data.terminal import LOADED

_Team = Annotated[str | None, typer.Option(help="The review of this team; by default of all one may see.")]
_Since = Annotated[
    datetime | None,
    typer.Option(
        "--since", formats=DAY, help="The day to compare with; by default that of the last review held, else a week."
    ),
]
_Review = Annotated[int | None, typer.Option(metavar="ID", help="The number of a review, as listed.")]


@app.command()
def review(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    team: _Team = None,
    since: _Since = None,
    step: Annotated[list[str] | None, typer.Option(help="Only this step of the agenda; may be repeated.")] = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """What the weekly review says now, step by step: findings, numbers, and lists of what to talk about."""
    from data.review.report import Wanted, review_report

    session = at(context, store, lang, is_json=json)
    review_report(session, Wanted(team, day_of(since), tuple(step or ()), day_of(as_of), viewer))
    return LOADED


@app.command()
def reviews(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    begin: Annotated[bool, typer.Option("--begin", help="Begin a review, or come into the one that is open.")] = False,
    team: _Team = None,
    since: _Since = None,
    end: _Review = None,
    drop: _Review = None,
    viewer: Viewer = None,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """List the reviews that were begun and held; begin one, end it (the next one starts there), or drop it."""
    from data.review.report import Wanted, reviews_report

    session = at(context, store, lang, is_json=json)
    wanted = Wanted(team=team, since=day_of(since), email=viewer)
    reviews_report(session, wanted, begins=begin, ends=end, drops=drop)
    return LOADED
