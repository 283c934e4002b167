"""The command of `python -m data` about the register of risks."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from data.arguments import Json, Lang, SeenOn, StorePath, Viewer, day_of
from data.commands import app, at
from data.terminal import LOADED


class AboutAlerts(StrEnum):
    """What is asked of the register."""

    LIST = "list"
    HISTORY = "history"
    RULES = "rules"


class AlertState(StrEnum):
    """How an alert stands."""

    NEW = "new"
    TAKEN = "taken"
    WATCHED = "watched"
    CLOSED = "closed"


@app.command()
def alerts(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    what: Annotated[
        AboutAlerts,
        typer.Argument(help="list: the risks; history: what happened to one; rules: what is looked for, and limits."),
    ] = AboutAlerts.LIST,
    number: Annotated[int | None, typer.Argument(metavar="[ID]", help="The number of an alert.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only alerts of this rule.")] = None,
    cleared: Annotated[bool, typer.Option("--cleared", help="Those that cleared or were closed, too.")] = False,
    owner: Annotated[str | None, typer.Option(help="Say first who looks after alert ID.")] = None,
    plan: Annotated[str | None, typer.Option(help="Write down first what is planned about alert ID.")] = None,
    state: Annotated[AlertState | None, typer.Option(help="Say first how alert ID stands.")] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE.NAME=N", help="Set a limit of a rule first (nothing after =: the usual one)."),
    ] = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Risks: which rules fire on what, since when, what is at stake, whose it is, and what is planned."""
    from data.alert_report import Wanted, alerts_report

    session = at(context, store, lang, is_json=json)
    said = {"owner": owner, "plan": plan, "state": state.value if state else None}
    wanted = Wanted(
        what.value, number, rule, cleared, {name: text for name, text in said.items() if text is not None},
        tuple(limit or ()), day_of(as_of), viewer,
    )  # fmt: skip
    alerts_report(session, wanted)
    return LOADED
