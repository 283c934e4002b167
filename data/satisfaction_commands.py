"""The command of `python -m data` about what customers say."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


class AboutSatisfaction(StrEnum):
    """What is asked about what customers say."""

    TREND = "trend"
    MEMBERS = "members"
    DETRACTORS = "detractors"
    COMPLAINTS = "complaints"
    CLOSING = "closing"
    OPEN = "open"
    AFTER_SURVEY = "after-survey"
    AFTER_COMPLAINT = "after-complaint"


class SurveyGrain(StrEnum):
    """Spans of time that answers are told by."""

    MONTH = "month"
    QUARTER = "quarter"


class ComplaintsBy(StrEnum):
    """What complaints are told apart by."""

    PRODUCT = "product"
    KIND = "kind"
    SEVERITY = "severity"


class Tickets(StrEnum):
    """Which tickets count."""

    COMPLAINTS = "complaints"
    TICKETS = "tickets"


@app.command()
def satisfaction(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    about: Annotated[
        AboutSatisfaction,
        typer.Option(
            help="NPS and CSAT over time; by salesperson, team, region, industry and tier; who is not content and says"
            " why; complaints against what was sold; how long tickets take; which are open longest; or who buys again"
            " after an answer or a complaint."
        ),
    ] = AboutSatisfaction.TREND,
    grain: Annotated[SurveyGrain, typer.Option(help="Span of time (trend).")] = SurveyGrain.QUARTER,
    by: Annotated[ComplaintsBy, typer.Option(help="What complaints are told apart by.")] = ComplaintsBy.PRODUCT,
    of: Annotated[Tickets, typer.Option(help="Complaints only, or all tickets.")] = Tickets.COMPLAINTS,
    within: Annotated[int, typer.Option(min=1, max=730, help="Days within which a customer buys again.")] = 90,
    from_on: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="First day: by default the first of the data.")
    ] = None,
    to_on: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Last day, included.")] = None,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Customers' answers and complaints: NPS, CSAT, response rate, complaint rate, and who buys again."""
    from data.asking import Asked, answer_to
    from data.satisfaction import Wanted, satisfaction_question, satisfaction_report

    session = at(context, store, lang, is_json=json)
    asked = Asked(
        from_on=day_of(from_on), to_on=day_of(to_on), where=tuple(where or ()), as_of=day_of(as_of), email=viewer
    )
    wanted = Wanted(about=about.value, grain=grain.value, by=by.value, of=of.value, within=within)
    satisfaction_report(session, answer_to(session, asked, satisfaction_question(wanted)), about.value, only_sql=sql)
    return LOADED
