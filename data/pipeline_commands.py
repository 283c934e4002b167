"""The commands of `python -m data` about open deals: what stages ask of them, when their money comes, how sure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED

if TYPE_CHECKING:
    from metrics.query import Query
    from metrics.view import View

_DueFrom = Annotated[
    datetime | None, typer.Option("--due-from", formats=DAY, help="Only deals expected to close from this day on.")
]
_DueTo = Annotated[
    datetime | None, typer.Option("--due-to", formats=DAY, help="Only deals expected to close until this day.")
]


@app.command()
def breaches(
    context: typer.Context,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Open deals over their stage's time limit, or without a field that it requires; each reason by itself."""
    from data.asking import Asked, answer_to
    from data.pipeline import report
    from metrics.standards import breaches as question

    session = at(context, store, lang, is_json=json)
    asked = Asked(where=tuple(where or ()), as_of=day_of(as_of), email=viewer)
    report(session, answer_to(session, asked, question), only_sql=sql)
    return LOADED


@app.command()
def outlook(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    due_from: _DueFrom = None,
    due_to: _DueTo = None,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Open amount by stage, month of the expected close, and forecast category, as of any day."""
    from data.asking import Asked, answer_to
    from data.pipeline import report
    from metrics.outlook import outlook as asked_of
    from metrics.period import FIRST, LAST, Period

    session = at(context, store, lang, is_json=json)
    due = Period(day_of(due_from) or FIRST, day_of(due_to) or LAST) if due_from or due_to else None
    asked = Asked(where=tuple(where or ()), as_of=day_of(as_of), email=viewer)
    report(session, answer_to(session, asked, lambda view: asked_of(view, due=due)), only_sql=sql)
    return LOADED


@app.command()
def forecast(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    from_on: Annotated[
        datetime | None,
        typer.Option("--from", formats=DAY, help="First day; by default of the running fiscal quarter."),
    ] = None,
    to_on: Annotated[
        datetime | None, typer.Option("--to", formats=DAY, help="Last day; by default of the running fiscal quarter.")
    ] = None,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """What a period is forecast to bring, by forecast category: each by itself, and rolled up."""
    from data.asking import Asked, answer_to
    from data.pipeline import report
    from metrics.outlook import forecast as asked_of
    from metrics.period import DAY as ONE_DAY
    from metrics.period import Period, bucket_next, bucket_start

    def question(view: View) -> Query:
        start = bucket_start(view.at, "fiscal_quarter", view.fiscal_start)
        first, last = day_of(from_on) or start, day_of(to_on) or bucket_next(start, "fiscal_quarter") - ONE_DAY
        return asked_of(view, Period(first, max(first, last)))

    session = at(context, store, lang, is_json=json)
    asked = Asked(where=tuple(where or ()), as_of=day_of(as_of), email=viewer)
    report(session, answer_to(session, asked, question), only_sql=sql)
    return LOADED
