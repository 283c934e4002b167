"""The command of `python -m data` about pay: plans, statements, what is open, what if, settling."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, Sql, StorePath, Viewer, day_of
from data.commands import app, at
from data.terminal import LOADED


class What(StrEnum):
    """What can be asked, and done, about pay."""

    PAYOUTS = "payouts"
    PERIODS = "periods"
    STATEMENT = "statement"
    QUESTIONS = "questions"
    WHAT_IF = "what-if"
    COMPARE = "compare"
    SETTLE = "settle"
    SETTLED = "settled"
    ADJUSTMENTS = "adjustments"
    PLANS = "plans"


@app.command()
def pay(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    what: Annotated[
        What,
        typer.Argument(
            help="payouts: everybody's pay; periods: all together over time; statement: of one person, line by line;"
            " questions: money that nobody is paid for, and why; what-if: what more money, and each open deal, would"
            " bring; compare: what other plans would have paid for the same history; settle: keep statements as they"
            " are; settled: those kept; adjustments: what has changed since; plans: list, load, write or withdraw them."
        ),
    ] = What.PAYOUTS,
    rep: Annotated[list[str] | None, typer.Option(help="The person; for settle, may be repeated.")] = None,
    from_on: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="Every period of pay that touches these days.")
    ] = None,
    to_on: Annotated[
        datetime | None, typer.Option("--to", formats=DAY, help="Their last day. Default: the running period.")
    ] = None,
    more: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="So much more money (what-if), for example 50000.")
    ] = None,
    statement: Annotated[
        int | None,
        typer.Option(metavar="ID", help="A settled statement: its lines, or what changed in them."),
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--import", metavar="FILE", help="Take in the plans of a TOML file (plans, compare).")
    ] = None,
    target: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", help="Write the plans to a TOML file.")
    ] = None,
    withdraw: Annotated[str | None, typer.Option(metavar="PLAN", help="Take a plan away.")] = None,
    example: Annotated[bool, typer.Option("--example", help="Print plans to begin with.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the plans of a file, and change nothing.")] = False,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """What people are paid, by plans of your own: on won, signed or collected money, revenue or margin."""
    from data.pay_report import Asked, Reports

    session = at(context, store, lang, is_json=json)
    asked = Asked(
        reps=tuple(rep or ()), from_on=day_of(from_on), to_on=day_of(to_on), more=more, statement=statement,
        email=viewer, source=source, target=target, withdraw=withdraw, example=example, dry_run=dry_run, only_sql=sql,
    )  # fmt: skip
    Reports(session, asked).say(what.value)
    return LOADED
