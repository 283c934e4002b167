"""The command of `python -m data` about what customers are worth, and who is overdue."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


class AboutValue(StrEnum):
    """What is asked about the value of customers."""

    RANKING = "ranking"
    LOST = "lost"
    BANDS = "bands"
    CHECK = "check"
    PARAMETERS = "parameters"
    OVERDUE = "overdue"


class Purchase(StrEnum):
    """What customers buy, by the measure of its money."""

    REVENUE = "revenue"
    WON_AMOUNT = "won_amount"


class Horizon(StrEnum):
    """Weeks ahead, and back."""

    QUARTER = "13"
    HALF = "26"
    YEAR = "52"


@app.command()
def value(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    about: Annotated[
        AboutValue,
        typer.Option(
            help="Customers by their value in the weeks ahead (BG/NBD, gamma-gamma); those of worth who are likely"
            " lost; how many are of each band; how the model held when looking back; its parameters; or who buys in a"
            " rhythm and is overdue."
        ),
    ] = AboutValue.RANKING,
    horizon: Annotated[
        Horizon, typer.Option(help="Weeks ahead; as many are looked back to check the model.")
    ] = Horizon.QUARTER,
    discount: Annotated[float, typer.Option(min=0, max=1, help="Of a year: 0.1 takes 10 % off.")] = 0.1,
    of: Annotated[
        Purchase | None,
        typer.Option(help="What customers are overdue with: orders (revenue), by default, or won deals (won_amount)."),
    ] = None,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """What customers will be worth: who still buys, how often, for how much; who is likely lost, or overdue."""
    from data.asking import Asked, answer_to
    from data.value import value_question, value_report

    session = at(context, store, lang, is_json=json)
    asked = Asked(where=tuple(where or ()), as_of=day_of(as_of), email=viewer)
    question = value_question(session, about, int(horizon), discount, of, viewer)
    value_report(session, answer_to(session, asked, question), only_sql=sql)
    return LOADED
