"""The commands of `python -m data`. Each says what it takes; what it does is elsewhere."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from data.arguments import (
    DAY,
    Compared,
    DemoLanguage,
    Json,
    Lang,
    Scope,
    SeenOn,
    Sql,
    StorePath,
    UploadId,
    Viewer,
    Where,
    day_of,
)
from data.terminal import LOADED, Session

app = typer.Typer(
    name="data",
    help="Load CRM exports, ask questions, and look after the store.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def at(context: typer.Context, store: Path | None, lang: str | None, *, is_json: bool) -> Session:
    """The session of a command, told of what every command can be told."""
    session: Session = context.obj
    return session.prepare(store, lang, is_json=is_json)


from data import import_command  # noqa: E402, F401 - first in the list of commands; it registers itself with the app


@app.command()
def ask(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    measures: Annotated[list[str], typer.Argument(help="Measure ids, for example won_amount win_rate.")],
    by: Annotated[list[str] | None, typer.Option(help="Dimension or grain to cut by; may be repeated.")] = None,
    from_on: Annotated[datetime | None, typer.Option("--from", formats=DAY, help="First day.")] = None,
    to_on: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Last day, included.")] = None,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    compare: Annotated[
        Compared | None,
        typer.Option(help="Beside each number the one of the period before, or of the same days last year."),
    ] = None,
    rows: Annotated[bool, typer.Option("--rows", help="The rows the numbers stand on.")] = False,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Ask for measures, cut by dimensions, over a period."""
    from data.asking import Asked, answer
    from data.reports import ask_report

    session = at(context, store, lang, is_json=json)
    asked = Asked(
        measures=tuple(measures),
        by=tuple(by or ()),
        from_on=day_of(from_on),
        to_on=day_of(to_on),
        where=tuple(where or ()),
        as_of=day_of(as_of),
        email=viewer,
        compare=compare.value if compare else "none",
        rows=rows,
    )
    ask_report(session, answer(session, asked), only_sql=sql)
    return LOADED


@app.command()
def demo(
    context: typer.Context,
    names: Annotated[
        DemoLanguage, typer.Option("--lang", help="Language of the demo company's names.")
    ] = DemoLanguage.EN,
    deals: Annotated[
        int, typer.Option(min=100, max=5_000_000, help="How many deals; the rest grows with them.")
    ] = 20_000,
    no_stories: Annotated[
        bool,
        typer.Option("--no-stories", help="Plant nothing: what pages call beyond chance is then a false alarm."),
    ] = False,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Another number is another company; by default always the same.")
    ] = None,
    store: StorePath = None,
    json: Json = False,
) -> int:
    """Make the demo company, in a store of its own."""
    from data.reports import make_demo

    session = at(context, store, None, is_json=json)
    make_demo(session, names.value, deals, stories=not no_stories, seed=seed)
    return LOADED


@app.command()
def uploads(context: typer.Context, store: StorePath = None, json: Json = False, lang: Lang = None) -> int:
    """List every upload, undone ones too."""
    from data.reports import uploads_report

    uploads_report(at(context, store, lang, is_json=json))
    return LOADED


@app.command()
def undo(
    context: typer.Context,
    upload: UploadId,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Take an upload back; any one, not only the last."""
    return _flag(at(context, store, lang, is_json=json), upload, is_undone=True)


@app.command()
def redo(
    context: typer.Context,
    upload: UploadId,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Let an undone upload count again."""
    return _flag(at(context, store, lang, is_json=json), upload, is_undone=False)


def _flag(session: Session, upload: int, *, is_undone: bool) -> int:
    from data import truth
    from data.reports import flag_report

    change, code = (truth.undo, "undone") if is_undone else (truth.redo, "redone")
    store = session.store()
    with store.snapshot() as seen:
        is_so = any(one.id == upload and one.is_undone == is_undone for one in truth.uploads(seen))
    flag_report(session, f"{code}_already" if is_so else code, change(store, upload, who="command line"))
    return LOADED


@app.command()
def aliases(
    context: typer.Context,
    accept: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND:ALIAS=CANONICAL", help="Take two names as one, or give a new name."),
    ] = None,
    accept_all: Annotated[bool, typer.Option("--accept-all", help="Accept what differs only in spelling.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what accepting would do, and do nothing.")] = False,
    forget: Annotated[list[str] | None, typer.Option(metavar="KIND:ALIAS", help="Keep two names apart again.")] = None,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Rename and join salespeople, customers, products, stages, teams and managers; list names that look alike."""
    from data.afterwards import preview_report
    from data.reports import aliases_report, change_aliases, read_alias

    session = at(context, store, lang, is_json=json)
    if dry_run:
        preview_report(session, [read_alias(text) for text in accept or []])
        return LOADED
    change_aliases(session, accept or [], forget or [], accept_all=accept_all)
    aliases_report(session)
    return LOADED


@app.command()
def check(context: typer.Context, store: StorePath = None, json: Json = False, lang: Lang = None) -> int:
    """Say what is wrong with the data, with the rows and the money concerned."""
    from data.reports import quality_report

    quality_report(at(context, store, lang, is_json=json))
    return LOADED


@app.command()
def backup(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(help="Where to write; under the store's own folder or the setting backup_dir.")
    ],
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Write everything to a folder as Parquet files."""
    session = at(context, store, lang, is_json=json)
    written = session.store().backup(session.path(folder))
    session.say("backup_made", folder=written)
    if session.is_json:
        session.answer({"folder": written})
    return LOADED


@app.command()
def restore(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="The folder of the backup.")],
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Take in a backup, into a store that holds nothing."""
    session = at(context, store, lang, is_json=json)
    session.store(create=True).restore(session.path(folder))
    session.say("restored", folder=session.path(folder), store=session.store_path)
    if session.is_json:
        session.answer({"store": session.store_path})
    return LOADED


@app.command()
def viewers(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    add: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="Let somebody look, or change what they may see.")
    ] = None,
    scope: Annotated[Scope, typer.Option(help="What they may see.")] = Scope.ALL,
    team: Annotated[
        list[str] | None, typer.Option(help="A team they may see, for --scope teams; may be repeated.")
    ] = None,
    rep: Annotated[str | None, typer.Option(help="Whose rows they may see, for --scope rep.")] = None,
    name: Annotated[str | None, typer.Option(help="Their name.")] = None,
    remove: Annotated[str | None, typer.Option(metavar="EMAIL", help="Let somebody look no longer.")] = None,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """List, add or remove the people who may look."""
    from data.reports import viewers_report
    from data.viewers import add_viewer, remove_viewer

    session = at(context, store, lang, is_json=json)
    if add:
        add_viewer(session.store(), add, scope.value, name=name, teams=tuple(team or ()), rep=rep)
    if remove:
        remove_viewer(session.store(), remove)
    viewers_report(session)
    return LOADED


@app.command()
def dimensions(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    promote: Annotated[
        str | None, typer.Option(metavar="TABLE:COLUMN", help="Make a column that nobody mapped a dimension.")
    ] = None,
    name: Annotated[str | None, typer.Option("--id", help="Its id; made of the column's name unless given.")] = None,
    label_en: Annotated[str | None, typer.Option(help="What it is called in English.")] = None,
    label_zh: Annotated[str | None, typer.Option(help="What it is called in Chinese.")] = None,
    withdraw: Annotated[str | None, typer.Option(metavar="ID", help="Take a dimension away again.")] = None,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """List, add or take away dimensions made of columns of your own."""
    from data import dimensions as own
    from data.reports import dimensions_report

    session = at(context, store, lang, is_json=json)
    if promote:
        table, _, column = promote.partition(":")
        own.promote(session.store(), table, column, name, label_en, label_zh)
    if withdraw:
        own.withdraw(session.store(), withdraw)
    dimensions_report(session)
    return LOADED


@app.command()
def profiles(
    context: typer.Context,
    show: Annotated[str | None, typer.Option(metavar="NAME", help="Write this profile out, as a file has it.")] = None,
    forget: Annotated[
        str | None, typer.Option(metavar="NAME", help="Ask again about files that a remembered answer settles.")
    ] = None,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """List the CRMs that are recognised, and the answers remembered for files of the same columns."""
    from data.profiles_report import profiles_report

    profiles_report(at(context, store, lang, is_json=json), show, forget)
    return LOADED


from data import (  # noqa: E402 - their commands are these too, of the same app
    action_commands,  # noqa: F401
    activity_commands,  # noqa: F401
    alert_commands,  # noqa: F401
    call_commands,  # noqa: F401
    channel_commands,  # noqa: F401
    contest_commands,  # noqa: F401
    customer_commands,  # noqa: F401
    driver_commands,  # noqa: F401
    file_commands,  # noqa: F401
    forecast_commands,  # noqa: F401
    funnel_commands,  # noqa: F401
    offer_commands,  # noqa: F401
    pay_commands,  # noqa: F401
    pipeline_commands,  # noqa: F401
    process_commands,  # noqa: F401
    product_commands,  # noqa: F401
    rates_command,  # noqa: F401
    rep_commands,  # noqa: F401
    report_command,  # noqa: F401
    reps_commands,  # noqa: F401
    retention_commands,  # noqa: F401
    review_commands,  # noqa: F401
    satisfaction_commands,  # noqa: F401
    segment_commands,  # noqa: F401
    stages_command,  # noqa: F401
    target_commands,  # noqa: F401
    trend_commands,  # noqa: F401
    value_commands,  # noqa: F401
)
from data.review import (  # noqa: E402 - those of the weekly review, too
    hygiene_command,  # noqa: F401
)
