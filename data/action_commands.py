"""The command of `python -m data` about what was decided in reviews, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, StorePath, Viewer, day_of
from data.commands import app, at
from data.terminal import LOADED


class What(StrEnum):
    """What is asked or done about decisions."""

    LIST = "list"
    ADD = "add"
    DONE = "done"
    DROPPED = "dropped"
    OVERRIDE = "override"
    UNDO = "undo"
    HISTORY = "history"
    KEEP = "keep"
    OUTCOMES = "outcomes"


class Shown(StrEnum):
    """Which decisions are listed."""

    OPEN = "open"
    ALL = "all"


_WHAT = (
    "list; add; done, dropped or override: say by hand what became of one; undo: take that back; history of one;"
    " keep: write down what the data say today of all; outcomes: what can be expected."
)
Target = Annotated[
    str | None,
    typer.Option(metavar="MEASURE", help="add: about a target: MEASURE, MEASURE:team:NAME or MEASURE:rep:NAME."),
]


@app.command()
def actions(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    what: Annotated[What, typer.Argument(help=_WHAT)] = What.LIST,
    number: Annotated[int | None, typer.Argument(metavar="ID", help="The number of a decision.")] = None,
    text: Annotated[str, typer.Option("--what", help="add: what is to be done, in words.")] = "",
    deal: Annotated[str | None, typer.Option(metavar="ID", help="add: about this deal.")] = None,
    rep: Annotated[str | None, typer.Option(metavar="NAME", help="add: about this salesperson.")] = None,
    customer: Annotated[str | None, typer.Option(metavar="NAME", help="add: about this customer.")] = None,
    target: Target = None,
    owner: Annotated[str | None, typer.Option(metavar="NAME", help="add: who does it.")] = None,
    due: Annotated[datetime | None, typer.Option(formats=DAY, help="add: until when; by default a week.")] = None,
    expect: Annotated[
        str | None, typer.Option(metavar="OUTCOME[=VALUE]", help="add: what the data should say by then.")
    ] = None,
    given: Annotated[
        list[str] | None, typer.Option("--with", metavar="NAME=VALUE", help="add: a parameter of it; may be repeated.")
    ] = None,
    review: Annotated[int | None, typer.Option(metavar="ID", help="add: in this review.")] = None,
    outcome: Annotated[str | None, typer.Option(help="override: done, dropped, moved, not_moved or overdue.")] = None,
    remark: Annotated[str, typer.Option(help="done, dropped, override: why.")] = "",
    shown: Annotated[Shown, typer.Option("--show", help="list: open ones, or all.")] = Shown.OPEN,
    team: Annotated[str | None, typer.Option(metavar="NAME", help="list: those about a team.")] = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """What was decided, and what the data say became of it."""
    from data import action_report as told

    session = at(context, store, lang, is_json=json)
    if what is What.LIST:
        told.listed(session, viewer, day_of(as_of), team, only_open=shown is Shown.OPEN)
    elif what is What.ADD:
        subjects = {"deal": deal, "rep": rep, "customer": customer, "target": target}
        named = [(kind, name) for kind, name in subjects.items() if name is not None]
        if len(named) > 1:
            raise typer.BadParameter("--deal, --rep, --customer, --target")
        kind, subject = named[0] if named else ("none", None)
        wanted = told.Wanted(text, kind, subject, owner, day_of(due), expect, tuple(given or ()), review)
        told.added(session, viewer, wanted)
    elif what is What.KEEP:
        told.verdicts_kept(session, viewer)
    elif what is What.OUTCOMES:
        told.outcomes_listed(session)
    elif number is None:
        raise typer.BadParameter("ID")
    elif what is What.HISTORY:
        told.history_listed(session, viewer, number)
    elif what is What.UNDO:
        told.taken_back(session, viewer, number)
    else:
        if what is What.OVERRIDE and outcome is None:
            raise typer.BadParameter("--outcome")
        told.said(session, viewer, number, outcome if what is What.OVERRIDE and outcome else what.value, remark)
    return LOADED
