"""The command that says exchange rates and lists them, with the currencies that lack one."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from data.arguments import Json, Lang, StorePath
from data.commands import app, at
from data.errors import RateInvalid
from data.terminal import LOADED, Session


@app.command()
def rates(
    context: typer.Context,
    told: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="CURRENCY:DAY=RATE", help="From DAY on, one CURRENCY is RATE of your own."),
    ] = None,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """List or set exchange rates into the company's own currency, and name the currencies that lack one."""
    from data.rates import set_rate

    session = at(context, store, lang, is_json=json)
    for currency, day, rate in [read_rate(text) for text in told or []]:
        upload = set_rate(session.store(create=True), currency, day, rate, who="command line")
        session.say("rate_set", file=upload.file, id=upload.id)
    _report(session)
    return LOADED


def read_rate(text: str) -> tuple[str, date, float]:
    """`USD:2026-01-01=7.1` taken apart.

    Raises:
        RateInvalid: it is not of that form.
    """
    before, _, rate = text.rpartition("=")
    currency, _, day = before.partition(":")
    try:
        return currency.strip(), date.fromisoformat(day.strip()), float(rate)
    except ValueError as error:
        raise RateInvalid(currency=currency or "?", rate=rate, problem=text) from error


def _report(session: Session) -> None:
    from data.rates import lacking, rates

    with session.seen() as seen:
        own = seen.currency if seen else None
        listed = [rate.model_dump() for rate in rates(seen)] if seen else []
        without = [one.model_dump() for one in lacking(seen)] if seen else []
    if session.is_json:
        session.answer({"currency": own, "rates": listed, "lacking": without})
        return
    session.say("own_currency", currency=own or "—")
    if listed:
        session.table(listed, {name: session.word(f"rate_{name}") for name in ("currency", "from_on", "rate")})
    if without:
        session.say("rates_lacking")
        session.table(without, {name: session.word(name) for name in ("currency", "table", "rows", "money")})
