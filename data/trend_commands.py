"""The command of `python -m data` about a measure over time."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


class Trend(StrEnum):
    """What is asked about a measure over time."""

    COURSE = "course"
    SO_FAR = "so-far"
    USUAL = "usual"
    CUMULATIVE = "cumulative"
    FESTIVAL = "festival"


class Grain(StrEnum):
    """Buckets of time."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    FISCAL_QUARTER = "fiscal_quarter"
    FISCAL_YEAR = "fiscal_year"


class Against(StrEnum):
    """What a course is compared with."""

    PREVIOUS = "previous"
    LAST_YEAR = "last_year"
    TWO_YEARS = "two_years"


class Within(StrEnum):
    """What is added up towards its target."""

    MONTH = "month"
    FISCAL_QUARTER = "fiscal_quarter"
    FISCAL_YEAR = "fiscal_year"


@app.command()
def trends(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    measure: Annotated[str, typer.Argument(help="The measure, by id.")],
    about: Annotated[
        Trend,
        typer.Option(
            help="Its buckets beside those of other times; the running one beside earlier ones after as many working"
            " days; what is usual, and which buckets are signals; added up day by day towards its target; or by weeks"
            " from the Spring Festival, all years laid on each other."
        ),
    ] = Trend.COURSE,
    grain: Annotated[Grain | None, typer.Option(help="Bucket: by default what suits the period.")] = None,
    against: Annotated[
        list[Against] | None, typer.Option(help="What a course is compared with; may be repeated.")
    ] = None,
    within: Annotated[Within, typer.Option(help="What is added up (cumulative).")] = Within.FISCAL_QUARTER,
    from_on: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="First day of the period: by default some buckets.")
    ] = None,
    to_on: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Last day of it, included.")] = None,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """A measure over time: beside other times, its usual limits, towards its target, around the Spring Festival."""
    from data.asking import Asked, answer_to
    from data.trends import trend_question, trend_report

    session = at(context, store, lang, is_json=json)
    asked = Asked(
        from_on=day_of(from_on), to_on=day_of(to_on), where=tuple(where or ()), as_of=day_of(as_of), email=viewer,
    )  # fmt: skip
    question = trend_question(session, measure, about, grain, tuple(against or ()), within)
    trend_report(session, answer_to(session, asked, question), only_sql=sql)
    return LOADED
