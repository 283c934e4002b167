"""The command of `python -m data` about targets: how they stand, whether they add up, splitting and setting them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from data.arguments import DAY, Json, Lang, SeenOn, StorePath, Viewer, day_of
from data.commands import app, at
from data.terminal import LOADED


class What(StrEnum):
    """What is asked about targets, or done to them."""

    LIST = "list"
    STANDING = "standing"
    PARTS = "parts"
    VERSIONS = "versions"
    CHECK = "check"
    SPLIT = "split"
    SET = "set"
    EXPORT = "export"


class Scope(StrEnum):
    """Whose a target is."""

    COMPANY = "company"
    TEAM = "team"
    REP = "rep"
    PRODUCT = "product"
    REGION = "region"


class Over(StrEnum):
    """What a target is split over."""

    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"
    TEAM = "team"
    REP = "rep"
    PRODUCT = "product"
    REGION = "region"


class By(StrEnum):
    """By what a target is split."""

    EQUAL = "equal"
    HISTORY = "history"
    WORKDAYS = "workdays"


@app.command()
def targets(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    what: Annotated[
        What,
        typer.Argument(
            help="list: which targets there are; standing: attainment, pace, what each day left must bring, where it"
            " will end; parts: whether they add up; versions: what was decided when and why; check: SMART; split: into"
            " parts, recorded with --reason; set: one target; export: a workbook or text to fill in and upload."
        ),
    ] = What.LIST,
    measure: Annotated[str | None, typer.Option(help="Of which measure; by default the headline measure.")] = None,
    from_on: Annotated[datetime | None, typer.Option("--from", formats=DAY, help="First day of the target.")] = None,
    to_on: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Its last day, included.")] = None,
    scope: Annotated[Scope | None, typer.Option(help="Whose: company, team, rep, product or region.")] = None,
    name: Annotated[str | None, typer.Option(help="The name of the team, person, product or region.")] = None,
    value: Annotated[float | None, typer.Option(help="How much (set, split); shares between 0 and 1.")] = None,
    over: Annotated[Over, typer.Option(help="Into what a target is split.")] = Over.MONTH,
    by: Annotated[
        By, typer.Option(help="Split alike, by what was reached a year before, or by working days.")
    ] = By.WORKDAYS,
    keep: Annotated[
        list[str] | None, typer.Option(metavar="PART=VALUE", help="A part set by hand (split); may be repeated.")
    ] = None,
    spread: Annotated[
        bool, typer.Option("--spread", help="What parts set by hand take or leave is given to the others.")
    ] = False,
    reason: Annotated[str | None, typer.Option(help="Why: records the target, or the parts of a split.")] = None,
    decided: Annotated[
        datetime | None, typer.Option("--on", formats=DAY, help="The day it was decided; by default today.")
    ] = None,
    file: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write the export: .xlsx or .csv.")] = None,
    wide: Annotated[
        bool, typer.Option("--wide", help="Export people by months instead of a row for each target.")
    ] = False,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Targets: how they stand, whether they add up, what they are split into, and setting them with a reason."""
    from data.target_reports import Asked, answer

    session = at(context, store, lang, is_json=json)
    asked = Asked(
        measure=measure, from_on=day_of(from_on), to_on=day_of(to_on), scope=scope.value if scope else None, name=name,
        value=value, over=over.value, by=by.value, keep=tuple(keep or ()), spread=spread, reason=reason,
        decided=day_of(decided), file=file, wide=wide, as_of=day_of(as_of), email=viewer,
    )  # fmt: skip
    answer(session, what.value, asked)
    return LOADED
