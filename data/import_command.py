# ruff: noqa: ARG001 - what is said about files is read from the context, with what follows each --for
"""The command that loads exports: what can be said about them, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from data.arguments import (
    AcceptKeys,
    AsOf,
    BlankCells,
    Counts,
    Currency,
    DateOrder,
    DayNumbers,
    DecimalSign,
    Files,
    ForFile,
    Goals,
    Header,
    Json,
    Keys,
    Lang,
    Lines,
    Lists,
    Maps,
    MissingAmounts,
    Months,
    OfMonthNames,
    OfPeriod,
    OfYear,
    Orders,
    OwnDimensions,
    Renamed,
    Repeats,
    SeveralOwners,
    Shares,
    Stages,
    StorePath,
    StrangeUnit,
    Sums,
    WithoutRates,
    day_of,
)
from data.commands import app, at
from data.per_file import PerFile, told_of
from data.terminal import LOADED, QUESTION, Session
from metrics.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data import ingest
    from data.ingest.options import Answers


@app.command(name="import", cls=PerFile)
def import_(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    files: Files,
    table: Annotated[str | None, typer.Option(help="Which of our tables it is.")] = None,
    profile: Annotated[str | None, typer.Option(help="Which CRM it came from.")] = None,
    as_of: AsOf = None,
    is_full: Annotated[bool | None, typer.Option("--full/--part", help="A full export ends what it lacks.")] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet of a workbook.")] = None,
    date_order: Annotated[DateOrder | None, typer.Option("--date-order", help="Order of day, month and year.")] = None,
    decimal: Annotated[DecimalSign | None, typer.Option(help="The decimal sign.")] = None,
    shares: Shares = None,
    unit: StrangeUnit = None,
    year: OfYear = None,
    sums: Sums = None,
    day_numbers: DayNumbers = None,
    periods: OfPeriod = None,
    month_names: OfMonthNames = None,
    encoding: Annotated[str | None, typer.Option(help="The text encoding, where it cannot be told.")] = None,
    header: Header = None,
    lists: Lists = None,
    months: Months = None,
    goals: Goals = None,
    maps: Maps = None,
    stages: Stages = None,
    keys: Keys = None,
    repeats: Repeats = None,
    missing_amounts: MissingAmounts = None,
    own_dimensions: OwnDimensions = None,
    orders: Orders = None,
    lines: Lines = None,
    blanks: BlankCells = None,
    owners: SeveralOwners = None,
    nearly_void: Counts = None,
    currency: Currency = None,
    without_rates: WithoutRates = False,
    renamed: Renamed = None,
    accept_keys: AcceptKeys = False,
    for_file: ForFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check, write nothing.")] = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Load exports of a CRM. Exit 3: a question must be answered first; the flag that answers it is named."""
    from data import ingest

    session = at(context, store, lang, is_json=json)
    known = {str(file): str(session.path(file)) for file in files}
    told = {_name_of(name, known): _answers(said) for name, said in told_of(context).items()}
    options = ingest.Options(**_answers(context.params).said, files=told, who="command line")
    with session.seen() as seen:
        plan = ingest.plan([session.path(file) for file in files], options, seen)
    if plan.unmet:
        from data.ingest.errors import UnknownFile

        names = [file.file for file in plan.files]
        raise UnknownFile(file=plan.unmet[0], suggestion=nearest(plan.unmet[0], names), known=", ".join(names))
    return _settle(session, plan, dry_run=dry_run)


def _name_of(said: str, known: Mapping[str, str]) -> str:
    """A file, or a list in one (`FILE / SHEET`), as the import calls it: by its whole path."""
    for given, path in known.items():
        if said == given or said.startswith(f"{given} / "):
            return path + said.removeprefix(given)
    return said


def _answers(given: Mapping[str, Any]) -> Answers:
    """What the options say, of all files or of one: only those that were given."""
    from data import ingest
    from data.ingest.options import Answers

    said = {name: value for name, value in given.items() if name in Answers.model_fields}
    years = ingest.read_years(given["year"] or [])
    said |= {
        "as_of": day_of(given["as_of"]),
        "year": years.pop("", None),
        "years": years,
        "goals": ingest.read_goals(given["goals"] or []),
        "columns": ingest.read_maps(given["maps"] or []),
        "stages": ingest.read_stages(given["stages"] or []),
        "counts": ingest.read_counts(given["nearly_void"] or []),
        "keys": ingest.read_keys(given["keys"] or []),
        "dimensions": tuple(given["own_dimensions"] or ()),
    }
    return Answers(**{name: value for name, value in said.items() if value or (name == "is_full" and value is False)})


def _settle(session: Session, plan: ingest.Plan, *, dry_run: bool) -> int:
    """Load a plan, or say what must be answered first, or what loading would do."""
    from data.import_report import import_report

    if plan.questions:
        import_report(session, plan, [])
        return QUESTION
    if dry_run:
        import_report(session, plan, [], rehearsed=_rehearsed(session, plan))
        return LOADED
    return _load(session, plan)


def _rehearsed(session: Session, plan: ingest.Plan) -> list[ingest.Counts]:
    """What loading would count; where there is no store yet, in a new one that is thrown away."""
    from data.import_report import MOST_CELLS
    from data.ingest.rehearse import rehearse_or_anew

    return rehearse_or_anew(session.store() if session.store_path.exists() else None, plan, most_cells=MOST_CELLS)


def _load(session: Session, plan: ingest.Plan) -> int:
    from data import ingest
    from data.import_report import import_report

    opened = session.store(create=True)
    uploads = ingest.run(opened, plan)
    import_report(session, plan, uploads, opened)
    return LOADED
