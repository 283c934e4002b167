"""The command of `python -m data` about why a measure changed between two spans of time."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import DAY, Compared, Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


class Why(StrEnum):
    """By what a change is told."""

    FACTORS = "factors"
    SEGMENTS = "segments"
    PRICES = "prices"
    PRODUCTS = "products"
    CUSTOMERS = "customers"
    WHO = "who"
    LAPSED = "lapsed"


class Quantities(StrEnum):
    """Whose quantities a price effect is counted at."""

    NOW = "now"
    THEN = "then"


@app.command()
def drivers(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    about: Annotated[
        Why,
        typer.Option(
            help="The factors of a KPI tree; the segments of all dimensions; price, volume and mix of revenue, in"
            " total or product by product; new, lost, expanding and shrinking customers, or who they are; or regular"
            " customers who have stopped ordering."
        ),
    ] = Why.FACTORS,
    tree: Annotated[str, typer.Option(help="The KPI tree (factors).")] = "won_amount",
    measure: Annotated[str, typer.Option(help="The measure (segments, customers, who).")] = "revenue",
    quantities: Annotated[
        Quantities, typer.Option(help="Price effects at the quantities sold now, or then (with a joint term).")
    ] = Quantities.NOW,
    from_on: Annotated[datetime | None, typer.Option("--from", formats=DAY, help="First day of the period.")] = None,
    to_on: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Last day of it, included.")] = None,
    compare: Annotated[
        Compared, typer.Option(help="With the period before, or the same days last year.")
    ] = Compared.PREVIOUS,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Why a measure changed from one period to another: contributions that add up to the change."""
    from data.asking import Asked, answer_to
    from data.drivers import drivers_question, drivers_report

    session = at(context, store, lang, is_json=json)
    asked = Asked(
        from_on=day_of(from_on), to_on=day_of(to_on), where=tuple(where or ()), as_of=day_of(as_of), email=viewer,
        compare=compare.value,
    )  # fmt: skip
    question = drivers_question(about, tree, measure, quantities)
    drivers_report(session, answer_to(session, asked, question), only_sql=sql)
    return LOADED
