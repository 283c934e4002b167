"""The command of `python -m data` that writes a report of the review as a file."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, StorePath, Viewer, day_of
from data.commands import app, at
from data.terminal import LOADED


class ReportKind(StrEnum):
    """Of which days a report is."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


@app.command()
def report(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="Where it goes: slides (.pptx), workbook (.xlsx), .html or .md.")
    ],
    kind: Annotated[
        ReportKind,
        typer.Option(
            help="daily: this month, since the upload before; weekly: as the review; monthly, quarterly: the last"
            " one that is over."
        ),
    ] = ReportKind.WEEKLY,
    team: Annotated[str | None, typer.Option(help="Of one team.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=DAY, help="The day that changes are told from.")] = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Write a report: the steps of the review as slides, workbook, page to print or minutes."""
    from data.review.alerts import bring_up
    from data.review.files import writable, write
    from data.review.kinds import asked_as
    from data.review.taken import report as made

    session = at(context, store, lang, is_json=json)
    place = session.path(out)
    writable(place)
    kept = session.store()
    with kept.snapshot() as seen:
        seen.viewer(viewer)  # who may not look on is refused before anything is written
    bring_up(kept)
    with kept.snapshot() as seen:
        asked = asked_as(
            kind.value, seen, seen.viewer(viewer), session.lang,
            team=team, since=day_of(since), as_of=day_of(as_of),
        )  # fmt: skip
        told = made(asked, kind.value)
    size = write(told, place)
    period = told.view.period
    if session.is_json:
        session.answer({
            "file": place, "kind": told.kind, "bytes": size, "as_of": told.view.as_of, "since": told.since,
            "from_on": period and period.from_on, "to_on": period and period.to_on, "team": told.team,
            "steps": [{"step": one.step, "finding": one.finding} for one in told.chapters],
        })  # fmt: skip
    session.say("report_written", path=str(place), view=told.view.sentence(session.lang))
    return LOADED
