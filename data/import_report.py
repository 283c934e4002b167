"""What the command line says of an import: what became of each file, or would, and what is odd about its rows."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from data.aliases import aliases
from data.errors import StoreError
from data.ingest.odd import look, names_alike
from data.reports import COUNTS
from data.tables import tables
from data.terminal import Session
from data.truth import after_change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.aliases import Alias
    from data.ingest import Counts, FilePlan, Plan
    from data.ingest.odd import Odd
    from data.store import Store
    from data.truth import Upload


def import_report(
    session: Session,
    plan: Plan,
    uploads: list[Upload],
    store: Store | None = None,
    *,
    rehearsed: Sequence[Counts] = (),
) -> None:
    """What became of each file, or would: counts that add up, warnings, and the questions that stop the import."""
    loaded: list[Upload | Counts | None] = [*uploads] or [*rehearsed] or [None] * len(plan.files)
    with session.seen() as seen:
        odd = look(plan.files, seen)
        alike = [] if uploads else names_alike(plan.files, seen)
    entries = [
        _entry(session, file, upload) | _looked(session, found, upload)
        for file, upload, found in zip(plan.files, loaded, odd, strict=True)
    ]
    warnings = [remark.text(session.lang) for remark in plan.warnings]
    warnings += [_alike_text(session, alias) for alias in alike]
    if store is not None:
        warnings += _after_loading(session, store)
    if not uploads and plan.files and not plan.questions:
        warnings.append(_remark(session, "dry_run"))
    if session.is_json:
        suggested = [alias.model_dump(exclude={"is_accepted"}) for alias in alike]
        session.answer({"uploads": entries, "alike": suggested, "warnings": warnings})
        return
    if entries:
        session.say("questions" if plan.questions else "loaded" if uploads else "planned", store=session.store_path)
        columns = ("id", "file", "table", "profile", "as_of", *COUNTS)
        session.table(entries, {name: session.word(name) for name in columns})
    for entry in entries:
        _file_in_words(session, entry)
    for text in warnings:
        session.write(text)
    if uploads and not after_change:  # where the app loads, it looks at the risks by itself
        session.say("risks_later")
    if not uploads:
        _mapping(session, plan)


MOST_CELLS = 2_000
"""Changed cells that a dry run lists; the counts know all rows."""
_SHOWN_CELLS = 20
"""Those that a terminal shows; JSON has all that are listed."""


def _looked(session: Session, found: list[Odd], upload: Upload | Counts | None) -> dict[str, Any]:
    """What is odd about a file, the money of its refused rows, and what a load would change from what to what."""
    refused = [one.money.get("", Decimal(0)) for one in found if one.code == "odd_refused"]
    looked: dict[str, Any] = {
        "odd": [
            one.model_dump(include={"code", "rows", "money", "lines"}) | {"text": one.text(session.lang)}
            for one in found
        ],
        "refused_money": sum(refused, Decimal(0)),
    }
    cells = getattr(upload, "cells", None)
    return looked if cells is None else looked | {"changes": cells.to_dicts()}


def _file_in_words(session: Session, entry: dict[str, Any]) -> None:
    for text in (*entry["questions"], *entry["warnings"]):
        session.write(f"{entry['file']}: {text}")
    for one in entry["odd"]:
        facts = [session.word("odd_rows", rows=f"{one['rows']:,}")]
        facts += [f"{code} {money:,.2f}".strip() for code, money in one["money"].items()]
        facts += [session.word("odd_lines", lines=", ".join(one["lines"]))] if one["lines"] else []
        session.write(f"{entry['file']}: {one['text']} ({'; '.join(facts)})")
    changes = entry.get("changes") or []
    if changes:
        session.say("would_change", file=entry["file"], shown=min(len(changes), _SHOWN_CELLS), cells=len(changes))
        named = any(change["name"] for change in changes)
        names = ("key", *(("name",) if named else ()), "field", "old", "new")
        session.table(changes[:_SHOWN_CELLS], {name: session.word(f"cell_{name}") for name in names})


def _mapping(session: Session, plan: Plan) -> None:
    """What was recognised with which score, and why each column was taken for its field: before anything is loaded."""
    for file in plan.files:
        if not file.columns:
            continue
        scores = "; ".join(f"{one.table} ({one.profile.name}) {one.score:.0%}" for one in file.scores)
        session.write("")
        session.say("mapping", file=file.file, scores=scores or "—")
        shown = [entry | {"why": session.word(f"why_{entry['why']}")} for entry in file.columns]
        names = ("column", "field", "why", "confidence", "format")
        session.table(shown, {name: session.word(f"map_{name}") for name in names})


def _entry(session: Session, file: FilePlan, upload: Upload | Counts | None) -> dict[str, Any]:
    warnings = [remark.text(session.lang) for remark in file.warnings]
    if (
        file.options.is_full is None
        and file.is_full is None
        and file.table
        and not file.is_correction
        and file.checked
        and tables()[file.table].dated
    ):
        warnings.append(_remark(session, "part_assumed"))
    counts: dict[str, Any] = {name: getattr(upload, name) if upload else None for name in COUNTS}
    if upload is None and file.checked is not None:
        counts |= {"read": file.read, "refused": file.refused, "set_aside": file.set_aside}
    return {
        "id": getattr(upload, "id", None),
        "file": file.file,
        "table": file.table,
        "profile": file.profile,
        "encoding": file.encoding,
        "as_of": file.as_of,
        "as_of_from": file.as_of_from,
        **counts,
        **({"withdrawn": file.withdrawn.height} if file.withdrawn is not None else {}),
        "warnings": warnings,
        "questions": [question.text(session.lang) for question in file.questions],
    }


def _remark(session: Session, code: str, **params: object) -> str:
    from data.ingest.remarks import Remark  # with all that reads files, which most commands do without

    return Remark(code=code, params=params).text(session.lang)


def _after_loading(session: Session, store: Store) -> list[str]:
    """What the store says once the files are in; they stay in when it cannot say it."""
    try:
        return [*_alike(session, store), *_without_rate(session, store)]
    except StoreError as error:
        return [_remark(session, "names_unchecked", problem=error.code)]


def _without_rate(session: Session, store: Store) -> list[str]:
    from data.truth import problems

    with store.snapshot() as seen:
        rows = sum(problem.rows for problem in problems(seen) if problem.code == "no_rate")
    return [_remark(session, "deals_without_rate", rows=rows)] if rows else []


def _alike(session: Session, store: Store) -> list[str]:
    with store.snapshot() as seen:
        return [_alike_text(session, alias) for alias in aliases(seen) if not alias.is_accepted]


def _alike_text(session: Session, alias: Alias) -> str:
    return _remark(
        session,
        f"names_{alias.why}",
        alias=alias.alias,
        canonical=alias.canonical,
        kind=session.word(f"kind_{alias.kind}"),
        rows=alias.rows,
        money=f"{alias.money or 0:,.2f}",
        command=f'python -m data aliases --accept "{alias.kind}:{alias.alias}={alias.canonical}"',
    )
