"""The command of `python -m data` about one customer, and about those who need attention."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


class AboutCustomer(StrEnum):
    """What is asked about one customer."""

    PROFILE = "profile"
    NUMBERS = "numbers"
    FAMILY = "family"
    RHYTHM = "rhythm"
    SIGNALS = "signals"
    ACTIONS = "actions"
    TIMELINE = "timeline"
    CONTACTS = "contacts"
    ORDERS = "orders"
    DEALS = "deals"
    ACTIVITIES = "activities"
    CONTRACTS = "contracts"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    SURVEYS = "surveys"
    TICKETS = "tickets"


@app.command()
def customer(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="The customer, by name or id; without one, all who need attention."),
    ] = None,
    what: Annotated[
        AboutCustomer,
        typer.Argument(
            help="profile: who it is; numbers: the measures; family: accounts above and below; rhythm: pauses between"
            " purchases; signals: what speaks for attention; actions: what suggests itself; timeline; or a list."
        ),
    ] = AboutCustomer.PROFILE,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the page to print, A4, as HTML.")] = None,
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
    """One customer in full, or all who need attention: silent, out of touch, buying less, complaining, too large."""
    from data.asking import Asked
    from data.customer_report import Wanted, customer_report

    session = at(context, store, lang, is_json=json)
    asked = Asked(
        from_on=day_of(from_on), to_on=day_of(to_on), where=tuple(where or ()), as_of=day_of(as_of), email=viewer,
    )  # fmt: skip
    customer_report(session, asked, Wanted(name, what.value, html), only_sql=sql)
    return LOADED
