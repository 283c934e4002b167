"""The command of `python -m data` about products."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import DAY, Compared, Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


class AboutProducts(StrEnum):
    """What is asked about products."""

    PARETO = "pareto"
    GROWTH = "growth"
    PLAN = "plan"
    MARGINS = "margins"
    WINS = "wins"
    RETURNS = "returns"
    LIFE = "life"
    PAIRS = "pairs"


@app.command()
def products(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    about: Annotated[
        AboutProducts,
        typer.Option(
            help="Which few bring most, in classes A, B and C, and how concentrated it is; growth beside share; against"
            " their targets, with the lever; margin or win rate by depth of discount; what came back; their stage of"
            " life and how long stock lasts; or pairs bought together."
        ),
    ] = AboutProducts.PARETO,
    measure: Annotated[str, typer.Option(help="What is ranked (pareto), by id.")] = "revenue",
    by: Annotated[str, typer.Option(help="Whose ranking it is (pareto): a dimension.")] = "product",
    from_on: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="First day: by default the last twelve months.")
    ] = None,
    to_on: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Last day, included.")] = None,
    compare: Annotated[
        Compared, typer.Option(help="Growth and levers are told against these days.")
    ] = Compared.LAST_YEAR,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Products: which bring most, grow, miss their plan and why, are discounted, come back, are bought together."""
    from data.asking import Asked, answer_to
    from data.products import product_question, product_report

    session = at(context, store, lang, is_json=json)
    asked = Asked(
        from_on=day_of(from_on), to_on=day_of(to_on), where=tuple(where or ()), as_of=day_of(as_of), email=viewer,
        compare=compare,
    )  # fmt: skip
    answered = answer_to(session, asked, product_question(about, measure, by))
    product_report(session, answered, only_sql=sql)
    return LOADED
