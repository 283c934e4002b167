"""The command of `python -m data` about the coming months or weeks."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


class Forecast(StrEnum):
    """What is asked about the coming periods."""

    AHEAD = "ahead"
    METHODS = "methods"
    PAST = "past"
    QUARTER = "quarter"


class By(StrEnum):
    """Periods that are forecast."""

    MONTH = "month"
    WEEK = "week"


@app.command()
def predict(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    measure: Annotated[
        str | None,
        typer.Argument(
            help="The measure, by id: an amount or a number; by default the headline measure, else what was sold."
        ),
    ] = None,
    about: Annotated[
        Forecast,
        typer.Option(
            help="The coming periods; the methods that were tried on the past; what would have been said on days of the"
            " past, beside what came; or where the running quarter's won amount ends, by open deals and by its months."
        ),
    ] = Forecast.AHEAD,
    grain: Annotated[By, typer.Option(help="Period.")] = By.MONTH,
    steps: Annotated[
        int | None, typer.Option(min=1, max=26, help="How many periods ahead; by default 3 months or 4 weeks.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--if", metavar="FACTOR=PERCENT", help="What if a factor of its KPI tree were so much larger: win_rate=10."
        ),
    ] = None,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """What the coming months or weeks will bring: the mean of three smoothings, unless another was surely closer."""
    from data.asking import Asked, answer_to
    from data.forecasts import forecast_question, forecast_report, of_company, read_changes, what_if

    session = at(context, store, lang, is_json=json)
    asked = Asked(where=tuple(where or ()), as_of=day_of(as_of), email=viewer)
    of = measure or of_company(session, about)
    told = answer_to(session, asked, forecast_question(session, of, about, grain, steps))
    if changes and about is Forecast.AHEAD:
        told = what_if(session, asked, told, of, read_changes(changes))
    forecast_report(session, told, only_sql=sql)
    return LOADED
