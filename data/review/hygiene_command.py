"""The command of `python -m data` about the hygiene of open deals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from data.arguments import Json, Lang, SeenOn, StorePath, Viewer, day_of
from data.commands import app, at
from data.terminal import LOADED


@app.command()
def hygiene(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    rep: Annotated[str | None, typer.Option(metavar="NAME", help="The list of this salesperson.")] = None,
    team: Annotated[str | None, typer.Option(metavar="TEAM", help="Of this team and those below it.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the list to send: .csv, .html or .md; with --rep.")
    ] = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """What is missing or out of date on open deals, per salesperson: to be put right before the meeting."""
    from data.review.hygiene_report import Wanted, hygiene_report

    session = at(context, store, lang, is_json=json)
    hygiene_report(session, Wanted(rep, team, out, day_of(as_of), viewer))
    return LOADED
