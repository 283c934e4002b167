"""The command of `python -m data` about who comes back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import DAY, Compared, Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


class AboutRetention(StrEnum):
    """What is asked about customers who come back."""

    COHORTS = "cohorts"
    REPEAT = "repeat"
    CURVE = "curve"
    COURSE = "course"
    CHANGE = "change"
    CONTRACTS = "contracts"
    BRIDGE = "bridge"
    RENEWALS = "renewals"


class RetentionGrain(StrEnum):
    """How long a bucket of cohorts and of the course is."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    FISCAL_QUARTER = "fiscal_quarter"
    FISCAL_YEAR = "fiscal_year"


@app.command()
def retention(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    about: Annotated[
        AboutRetention,
        typer.Option(
            help="Cohorts by first purchase; who buys again and after how long, as numbers or as curves; new, returned"
            " and lost money bucket by bucket, or of a period against the days compared with; net, gross and logo"
            " retention of contracts with the renewal rate; what became of their worth; or renewals to come."
        ),
    ] = AboutRetention.COHORTS,
    measure: Annotated[
        str | None, typer.Option(help="revenue (orders) or won_amount (deals won): by default what there is.")
    ] = None,
    grain: Annotated[RetentionGrain, typer.Option(help="Of cohorts and course.")] = RetentionGrain.MONTH,
    buckets: Annotated[
        int | None, typer.Option(min=1, max=120, help="How many cohorts, or buckets of the course: the latest.")
    ] = None,
    from_on: Annotated[
        datetime | None,
        typer.Option("--from", formats=DAY, help="First day (change, contracts, bridge): by default twelve months."),
    ] = None,
    to_on: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Last day, included.")] = None,
    compare: Annotated[Compared, typer.Option(help="Change is told against these days.")] = Compared.LAST_YEAR,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Who comes back: cohorts, repeat rate and time between purchases, new and lost money, retention of contracts."""
    from data.asking import Asked, answer_to
    from data.retention import bought, retention_question, retention_report

    session = at(context, store, lang, is_json=json)
    asked = Asked(
        from_on=day_of(from_on), to_on=day_of(to_on), where=tuple(where or ()), as_of=day_of(as_of), email=viewer,
        compare=compare if about is AboutRetention.CHANGE else "none",
    )  # fmt: skip
    of = measure or bought(session)
    answered = answer_to(session, asked, retention_question(about, of, grain, buckets))
    retention_report(session, answered, of, only_sql=sql)
    return LOADED
