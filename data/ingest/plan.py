"""An import before anything is written: every file read, recognised, mapped, parsed and checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.asked import Met, wish_of, wishes_of
from data.ingest.asof import as_of_day, day_said
from data.ingest.check import Told, check
from data.ingest.decided import against_what_holds
from data.ingest.discount_paid import folds_as_percent, turn_paid
from data.ingest.document_lines import document_lines
from data.ingest.earlier import compare
from data.ingest.errors import (
    ColumnsMissing,
    FileRefused,
    FileTooLarge,
    MostRefused,
    OnlyDocumentation,
    RatesRefused,
    TableUnrecognised,
    refuse_all,
)
from data.ingest.fileplan import FilePlan, Plan
from data.ingest.fullness import join_parts
from data.ingest.lookup import look_up
from data.ingest.map import apply
from data.ingest.match import Match, match
from data.ingest.merged_records import merged_records, merged_remark
from data.ingest.named_deals import known_deals, name_deals
from data.ingest.named_records import name_records
from data.ingest.narrow import narrowed
from data.ingest.net import net_question
from data.ingest.options import Options, day_of
from data.ingest.order_amounts import order_amounts
from data.ingest.orders import count_once
from data.ingest.owners import owner_shares, several_owners
from data.ingest.parse import Hints, parse
from data.ingest.product_lines import ProductLines, lines_remark, product_lines
from data.ingest.profile import Profile
from data.ingest.promote import check_dimensions
from data.ingest.questions import (
    columns_questions,
    counts_question,
    rivals_question,
    status_question,
    which_column,
)
from data.ingest.rates import check_rates
from data.ingest.read import Source, read
from data.ingest.recognise import Wish, is_documentation, known_headers, left_out, recognise
from data.ingest.refunds import turn_refunds
from data.ingest.remarks import LeftOut, Question, Reason, Remark
from data.ingest.remember import remembered
from data.ingest.said_once import said_once
from data.ingest.sales_by_day import number_sales
from data.ingest.same_days import settle_days
from data.ingest.source import lines_of
from data.ingest.stage_columns import stage_visits
from data.ingest.texttable import TextTable
from data.ingest.unmet import unmet_answers
from data.ingest.values import members
from data.progress import part, tell
from data.settings import settings

if TYPE_CHECKING:
    from data.store import Snapshot

__all__ = ["FilePlan", "Plan", "plan"]


def plan(
    files: Sequence[Path | Source],
    options: Options | None = None,
    seen: Snapshot | None = None,
    *,
    keep_refused: bool = False,
) -> Plan:
    """Read, recognise, map, parse and check every file. Writes nothing.

    Args:
        files: what to load.
        options: what a person says about it.
        seen: what the store holds: layouts it remembers, and what the same CRM brought before. None: an empty store.
        keep_refused: keep a file that is read and not understood, with its error, instead of refusing the import.

    Raises:
        FileRefused: a file cannot be loaded, so none is.
        UnknownTable, UnknownProfile, UnknownField, UnknownColumn: a wish names nothing that exists.
    """
    said = options or Options()
    layouts = remembered(seen.store.folder) if seen else ()
    made = Plan([], said, seen=seen, keeps_refused=keep_refused)
    met = Met()
    refused: list[FileRefused] = []
    sources: list[Source] = []
    for given in files:
        try:
            sources.append(given if isinstance(given, Source) else Source.of(given))
        except FileRefused as error:
            refused.append(error)
    _check_wishes(said, layouts)
    for place, source in enumerate(sources):
        others = [Path(other.name).stem for other in sources]
        try:
            with part(0.95 * place / len(sources), 0.95 * (place + 1) / len(sources)):
                made.files += _plan_file(source, made, layouts, others, met)
        except FileRefused as error:
            refused.append(error)
    refuse_all(refused)
    if not made.files:
        raise OnlyDocumentation(file=", ".join(made.skipped))
    met.check(said)
    made.unmet = met.unknown(said.files)
    made.remarks += unmet_answers(said, made.files)
    check_dimensions(made.files)
    _settle_together(made, seen)
    made.seen = None  # a plan waits for people, a snapshot must not
    return made


def _check_wishes(options: Options, layouts: tuple[Profile, ...]) -> None:
    """Refuse what names no table, no profile and no field, whatever the files are."""
    for names in ((), *((name,) for name in options.files)):
        wish_of(options.of(names), layouts)


def _settle_together(made: Plan, seen: Snapshot | None) -> None:
    """What the files of an import say of each other, and the store of them."""
    tell("comparing", 0.95, rows=sum(file.read for file in made.files))
    waiting = [
        file for file in made.files if file.match and file.match.spec.lookup and not (file.questions or file.error)
    ]
    for file in waiting:
        file.warnings += look_up(file, made.files)
    for file in waiting:
        _check(file)
    _name_deals(made, seen)
    name_records(made.files, seen)
    made.files = count_once(made, seen)
    settle_days(made.files, seen)
    if seen:
        compare(made.files, seen)
    against_what_holds(made.files, seen)
    join_parts(made.files)
    check_rates(made.files, seen)


def _name_deals(made: Plan, seen: Snapshot | None) -> None:
    """Check the lists that name deals, once the deals of all files are known: not while one of those is asked about."""
    waiting = [file for file in made.files if _is_by_name(file) and not (file.questions or file.error)]
    if not waiting or any(file.table == "deals" and file.checked is None for file in made.files):
        return
    deals = known_deals(made.files, seen)
    for file in waiting:
        try:
            file.warnings += name_deals(file, deals)
            _check(file)
        except FileRefused as error:
            if not made.keeps_refused:
                raise
            file.error, file.read_columns = error, file.headers


def _is_by_name(file: FilePlan) -> bool:
    return file.match is not None and bool(file.match.spec.by_name)


def _plan_file(source: Source, made: Plan, layouts: tuple[Profile, ...], others: list[str], met: Met) -> list[FilePlan]:
    """Every list in a file: one in a text file, several in a workbook or a ZIP file."""
    limit = settings().max_upload_mb
    if len(source.content) > limit * 1024 * 1024:
        raise FileTooLarge(file=source.name, size=len(source.content) // (1024 * 1024), limit=limit)
    options = made.options
    tell("reading", 0.0, file=source.name, of=len(source.content), rows=lines_of(source))
    found = read(source, known_headers(), wishes_of(options, source, layouts, day_of(options).year))
    met.read(source, found)
    if found.questions:
        return _asked(source, options, found.questions)
    planned: list[FilePlan] = []
    failed: list[FilePlan] = []
    is_alone = len(found.tables) + len(found.left) == 1
    for place, table in enumerate(found.tables):
        names = source.names(table.part)
        file = _file(source, options.of(names), source.names() if is_alone else names, table)
        if not file.options.table and (is_documentation(table, others) or left_out(table)):
            made.skipped.append(file.file)
            continue
        try:
            with part(0.5 + 0.5 * place / len(found.tables), 0.5 + 0.5 * (place + 1) / len(found.tables)):
                planned += _understand(file, table, wish_of(file.options, layouts), made.seen)
        except FileRefused as error:
            file.error, file.read_columns = error, list(table.headers)
            failed.append(file)
    return planned + _without_lists(source, made, found.left, failed, is_all=not planned)


def _without_lists(
    source: Source, made: Plan, left: list[tuple[str, FileRefused]], failed: list[FilePlan], *, is_all: bool
) -> list[FilePlan]:
    """Say which parts of a file are no list. Where something was said of one, or no part is a list, it is an error.

    Args:
        source: the file.
        made: the import.
        left: the parts that could not be read, with the reason.
        failed: the lists that were not understood.
        is_all: nothing of the file was understood.

    Returns:
        The lists that a person may say more about, where the plan keeps them.
    """
    is_wrong = is_all and not made.skipped
    asked = [
        file
        for file in failed
        if is_wrong or any(name in made.options.files for name in file.names[len(source.names()) :])
    ]
    wrong = [error for _, error in left if is_wrong and not asked] + [file.error for file in asked if file.error]
    if wrong and not (made.keeps_refused and asked):
        raise wrong[0]
    shown = {id(file) for file in asked}
    parts = [(f"{source.name} / {part}", why, source.names(part)[-1]) for part, why in left]
    parts += [(file.file, file.error, file.names[-1]) for file in failed if file.error and id(file) not in shown]
    made.left += [LeftOut(code="sheet_left", params={"part": part}, why=why, name=name) for part, why, name in parts]
    return asked


def _file(source: Source, options: Options, names: list[str], table: TextTable | None, part: str = "") -> FilePlan:
    """One list; where it is alone in its file, it is called as the file is."""
    is_alone = len(names) == len(source.names())
    part = table.part if table else part
    file = FilePlan(source.name if is_alone else f"{source.name} / {part}", source.content, tuple(names), options)
    if table is not None:
        file.encoding, file.warnings = table.encoding, list(table.remarks)
    return file


def _asked(source: Source, options: Options, questions: list[Question]) -> list[FilePlan]:
    """The lists of a file about whose reading something is asked, each with its questions."""
    planned: dict[str, FilePlan] = {}
    for question in questions:
        names = source.names(question.part)
        file = planned.setdefault(question.part, _file(source, options.of(names), names, None, question.part))
        file.questions.append(question)
    return list(planned.values())


def _understand(planned: FilePlan, table: TextTable, wish: Wish, seen: Snapshot | None) -> list[FilePlan]:
    """Every section that reads the file: the one it was recognised as, and those that read the same file beside it."""
    tell("recognising", 0.0, file=planned.file, rows=table.frame.height)
    try:
        recognised = recognise(table, wish)
    except (TableUnrecognised, ColumnsMissing):
        questions = columns_questions(table, wish, members(seen), day_of(planned.options))
        if not questions:
            raise
        planned.questions += questions
        return [planned]
    planned.scores = recognised.scores
    if recognised.rivals:
        planned.questions.append(rivals_question(recognised))
        return [planned]
    best = recognised.best
    lines = product_lines(table, best, planned.options.lines or best.profile.lines)
    if lines is None:
        blanks = planned.options.blanks
        once = said_once(table, best, blanks or best.profile.blanks, is_now=blanks is not None)
        table, planned.warnings = once.table, planned.warnings + once.remarks
        whose = order_amounts(table, best, planned.options.lines or best.profile.lines)
        table, best, planned.warnings = whose.table, whose.match, planned.warnings + whose.remarks
        planned.questions += [asked for asked in (once.question, whose.question, net_question(table, best)) if asked]
    files = [_read_section(planned, lines.deals if lines else table, best, lines)]
    for section in best.profile.beside(best.section):
        beside = match(table, best.profile, section, wish.columns)
        if not beside.missing:
            files.append(_read_section(planned.another(), table, beside))
    beside_it = [found for found in (stage_visits(table, best), lines.lines if lines else None) if found]
    files += [_read_section(planned.another(), *found) for found in beside_it]
    if shares := owner_shares(files[0], planned.options.owners or best.profile.owners, seen):
        files.append(_read_section(planned.another(is_part=shares.are_back), shares.table, shares.match))
    merged = _merged(planned, table, best)
    for file in [*files, *merged]:
        if not file.questions and not (file.match and file.match.spec.lookup) and not _is_by_name(file):
            _check(file)
    for file in [*merged, *(one for one in files[1:] if one.table == "deal_owners")]:  # their rows tell no day
        file.as_of, file.as_of_from = planned.as_of, planned.as_of_from
    files += merged
    return files


def _merged(planned: FilePlan, table: TextTable, best: Match) -> list[FilePlan]:
    """The records that were merged into those of a list: a part of them, or it would end all others."""
    found = merged_records(table, best)
    if found is None:
        return []
    planned.warnings.append(merged_remark(found[0]))
    return [_read_section(planned.another(is_part=True), *found)]


def _read_section(planned: FilePlan, table: TextTable, found: Match, lines: ProductLines | None = None) -> FilePlan:
    options = planned.options
    planned.match, planned.is_full = found, found.profile.is_full
    order, decimal = options.date_order or found.profile.date_order, options.decimal or found.profile.decimal
    said = (options.date_order is not None, options.decimal is not None)
    own, counts = narrowed(table, found), {**found.profile.counts, **options.counts}
    planned.mapped = apply(own, found, options.stages, decimal, is_decimal_said=said[1], counts=counts)
    shares = options.shares or found.profile.shares
    unit, periods = options.unit or found.profile.unit, options.periods or found.profile.periods
    of_days = (options.year, periods, options.day_numbers)
    hints = Hints(
        day_of(options), settings().timezone, order, decimal, shares, unit, *of_days, *said, options.years,
        options.month_names or found.profile.month_names,
        day_said(planned.file, table.title, options.as_of, day_of(options)),
    )  # fmt: skip
    folds = folds_as_percent(planned.mapped)
    with part(0.3, 0.7):
        planned.parsed = parse(planned.mapped, hints)
    repeats = options.repeats or found.profile.repeats
    planned.questions += document_lines(planned, options.lines or found.profile.lines, repeats)
    planned.warnings += turn_paid(planned.mapped, planned.parsed, folds)
    planned.warnings += turn_refunds(planned.mapped, planned.parsed, counts)
    if lines:
        planned.mapped, planned.parsed = lines.once(planned.mapped, planned.parsed)
        planned.warnings.append(lines_remark(lines, planned.mapped.height))
        planned.questions += [lines.question] if lines.question else []
    planned.questions += several_owners(planned, options.owners or found.profile.owners)
    planned.questions += [*planned.parsed.questions, *which_column(planned.mapped)]
    if planned.mapped.doubtful:
        planned.questions.append(counts_question(planned.mapped, planned.parsed))
    if planned.mapped.strange:
        planned.questions.append(status_question(planned.mapped, planned.parsed))
    planned.warnings += planned.mapped.table.remarks + planned.mapped.warnings + planned.parsed.warnings
    planned.warnings += number_sales(planned)
    return planned


def _check(planned: FilePlan) -> None:
    """The rules on the typed rows, and the day they speak of."""
    if planned.mapped is None or planned.parsed is None:
        return
    table, options = planned.mapped.table, planned.options
    tell("checking", 0.7, file=planned.file, rows=table.frame.height)
    planned.checked = check(planned.mapped, planned.parsed, _told(planned))
    planned.questions += planned.checked.questions
    if not (options.table or planned.is_correction or planned.checked.questions):
        _refuse_a_wrong_table(planned)
    planned.warnings += planned.checked.warnings
    if planned.refused:
        planned.warnings.append(Remark(code="rows_refused", params={"rows": planned.refused}))
    planned.as_of, planned.as_of_from = as_of_day(planned, table, options.as_of, day_of(options))
    _let_go(planned, table)


def _told(planned: FilePlan) -> Told:
    """What was said about the rows of such a file: now, else before."""
    if planned.match is None or planned.mapped is None:
        return Told()
    options, profile, headers = planned.options, planned.match.profile, set(planned.mapped.table.headers)
    keys = [key for key in options.keys if set(key) <= headers]
    return Told(
        key=keys[-1] if keys else tuple(planned.match.spec.key_columns),
        repeats=options.repeats or profile.repeats,
        missing_amounts=options.missing_amounts or profile.missing_amounts,
    )


def _refuse_a_wrong_table(planned: FilePlan) -> None:
    """A list of which most rows would stay out was taken for something that it is not.

    Raises:
        MostRefused: more than half of the rows cannot be loaded.
    """
    if planned.checked is None or 2 * planned.refused <= planned.read:
        return
    reasons = planned.checked.refused.filter(~pl.col("is_set_aside"))["reasons"].list.first()
    if planned.table == "fx_rates":  # its columns are what they are called: these are rates, and wrong
        reason = Reason(str(reasons.mode().sort()[0]))
        raise RatesRefused(file=planned.file, refused=planned.refused, rows=planned.read, reason=reason)
    raise MostRefused(
        file=planned.file,
        table=planned.table,
        refused=planned.refused,
        rows=planned.read,
        reason=Reason(str(reasons.mode().sort()[0])),
    )


def _let_go(planned: FilePlan, table: TextTable) -> None:
    """Keep the typed rows and forget the texts they were made of: a plan waits for people, and loading needs room."""
    if planned.mapped is not None and planned.parsed is not None:
        planned.mapped.texts.clear()
        planned.parsed.columns.clear()
        planned.parsed.unread.clear()
    table.frame, table.text = table.frame.clear(), b""
