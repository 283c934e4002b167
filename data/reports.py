"""What the commands answer: JSON of the contract, or a table for people."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.aliases import KINDS
from data.errors import AliasUnreadable, StoreNotEmpty
from data.numerals import difference
from data.settings import settings
from data.terminal import Session
from metrics.sentence import bucket_in_words

if TYPE_CHECKING:
    from data.aliases import Alias
    from data.asking import Answer
    from data.store import Snapshot
    from data.truth import Upload

COUNTS = ("read", "new", "changed", "same", "refused", "set_aside")

# -------------------------------------------------------------------------------------------------------------- ask


def ask_report(session: Session, answered: Answer, *, only_sql: bool) -> None:
    """The answer, its notes and its SQL."""
    rows = answered.frame.to_dicts()
    if session.is_json:
        session.answer({"rows": rows, "notes": answered.notes, "sql": answered.sql})
        return
    if only_sql:
        session.write(answered.sql)
        return
    if rows:
        session.table([_shown(row, answered, session.lang) for row in rows[:_MOST_ROWS]], _headings(session, answered))
        if len(rows) > _MOST_ROWS:
            session.say("more_rows", rows=f"{len(rows) - _MOST_ROWS:,}")
    else:
        session.say("no_rows")
    for note in answered.notes:
        session.write(note)


def _headings(session: Session, answered: Answer) -> dict[str, str]:
    from metrics.catalog import catalog

    labels = {name: measure.label.text(session.lang) for name, measure in catalog().measures.items()} | answered.labels
    roles = {column.name: column.role for column in answered.query.columns}
    names = [name for name in answered.frame.columns if roles.get(name) not in _BESIDE]
    return {name: labels[name] if name in labels else _part(session, name) for name in names}


def _part(session: Session, name: str) -> str:
    """The heading of a column that belongs to a measure: `attainment.target` is "Target attainment: target"."""
    from metrics.catalog import measure
    from metrics.errors import UnknownMeasure

    owner, _, part = name.partition(".")
    try:
        label = measure(owner).label.text(session.lang)
    except UnknownMeasure:
        return name
    return session.word("part", measure=label, part=session.word(f"part_{part}")) if part in _PARTS else label


_PARTS = ("before", "target", "actual", "elapsed", "pace")


_MOST_ROWS = 500
"""Rows that a terminal shows; JSON has all of them."""

_BESIDE = ("low", "high", "n", "before_low", "before_high", "before_n")


def _shown(row: dict[str, Any], answered: Answer, lang: str) -> dict[str, Any]:
    """A row for people: shares in per cent; their interval and that of plain numbers beside; spans of time by name."""
    shown = dict(row)
    for name in answered.query.by:
        if isinstance(row.get(name), date):
            shown[name] = bucket_in_words(row[name], name, lang, settings().fiscal_start)
    for column in answered.query.columns:
        value = row.get(column.name)
        if column.role not in ("value", "before", "detail") or not isinstance(value, float):
            continue
        low, high = row.get(f"{column.name}.low"), row.get(f"{column.name}.high")
        between = (low, high) if isinstance(low, float) and isinstance(high, float) else None
        if column.unit == "share":
            interval = f" ({100 * between[0]:.1f}–{100 * between[1]:.1f})" if between else ""
            shown[column.name] = f"{100 * value:.2f} %{interval}"
        elif column.unit == "difference":
            ends = f" ({100 * between[0]:+.1f} … {100 * between[1]:+.1f})" if between else ""
            shown[column.name] = difference(value, lang) + ends
        elif column.unit == "number" and between:
            shown[column.name] = f"{value:.2f} ({between[0]:.2f}–{between[1]:.2f})"
    return shown


# ---------------------------------------------------------------------------------------------------------- uploads


def uploads_report(session: Session) -> None:
    """Every upload in the order of loading, and what it did to the headline numbers."""
    from data.afterwards import effects, effects_report
    from data.truth import uploads

    with session.store().snapshot() as seen:
        told = effects(seen)
        listed = [
            upload.model_dump(exclude={"mapping", "columns"}) | _gone(upload) | told.get(upload.id, {})
            for upload in uploads(seen)
        ]
    if session.is_json:
        session.answer({"uploads": listed})
    elif not listed:
        session.say("no_uploads")
    else:
        for entry in listed:
            entry["loaded_at"] = f"{entry['loaded_at']:%Y-%m-%d %H:%M}"
        columns = ("id", "file", "table", "as_of", *COUNTS, "is_undone", "loaded_at", "who")
        session.table(listed, {name: session.word(name) for name in columns})
        for entry in listed:
            if entry.get("withdrawn"):
                session.say("no_longer_count", **entry | {"withdrawn_money": f"{entry['withdrawn_money']:,.2f}"})
        effects_report(session, listed)


def _gone(upload: Upload) -> dict[str, Any]:
    """Lines of earlier uploads that this one took the place of, beside its counts; they are no rows of its own."""
    return dict(zip(("withdrawn", "withdrawn_money"), upload.withdrawn, strict=True)) if upload.withdrawn else {}


def flag_report(session: Session, code: str, upload: Upload) -> None:
    """An upload that was undone or redone."""
    session.say(code, id=upload.id, file=upload.file)
    if session.is_json:
        session.answer({"upload": upload.model_dump(exclude={"mapping", "columns"})})


def make_demo(session: Session, lang: str, deals: int, *, stories: bool, seed: int | None = None) -> None:
    """Make the demo company where --store says, else where the settings say; never over a company's own uploads.

    Raises:
        StoreNotEmpty: the store holds uploads that are not the demo's.
    """
    from data.demo import SEED, build

    path = session.path(session.chosen or settings().demo_store)
    if path.exists():
        _only_demo(session, path)
    build(path, lang=lang, deals=deals, stories=stories, seed=SEED if seed is None else seed)
    session.say("demo_made", store=path)
    session.say("risks_later")
    if session.is_json:
        session.answer({"store": path})


def _only_demo(session: Session, path: Path) -> None:
    from data.store import open_store
    from data.truth import uploads

    store = open_store(path, create=False)
    with store.snapshot() as seen:
        if any(upload.profile != "demo" for upload in uploads(seen)):
            raise StoreNotEmpty(path=str(path))
    if not session.is_inside_app:
        store.close()


# ---------------------------------------------------------------------------------------------------------- aliases


def _aliases(seen: Snapshot) -> list[Alias]:
    from data.aliases import aliases

    return aliases(seen)


def change_aliases(session: Session, accept: list[str], forget: list[str], *, accept_all: bool) -> None:
    """Accept and forget spellings.

    Raises:
        AliasUnreadable: a text is not KIND:ALIAS=CANONICAL (or KIND:ALIAS to forget).
    """
    from data.aliases import accept_alias, forget_alias

    wanted = [read_alias(text) for text in accept]
    unwanted = [read_alias(f"{text}={text}") for text in forget]
    store = session.store()
    if accept_all:
        with store.snapshot() as seen:
            wanted += [
                (alias.kind, alias.alias, alias.canonical) for alias in _aliases(seen) if alias.why == "spelling"
            ]
    for kind, alias, canonical in wanted:
        accept_alias(store, kind, alias, canonical)
    for kind, alias, _ in unwanted:
        forget_alias(store, kind, alias)


def read_alias(text: str) -> tuple[str, str, str]:
    """`product:GTXPro=GTX Pro` taken apart.

    Raises:
        AliasUnreadable: it is not of that form.
    """
    kind, colon, names = text.partition(":")
    alias, sign, canonical = names.partition("=")
    if not colon or not sign or not alias or not canonical or kind not in KINDS:
        raise AliasUnreadable(given=text)
    return kind, alias, canonical


def aliases_report(session: Session) -> None:
    """Accepted and suggested spellings with the money they carry."""
    with session.store().snapshot() as seen:
        listed = [alias.model_dump() for alias in _aliases(seen)]
    if session.is_json:
        session.answer({"aliases": listed})
    elif not listed:
        session.say("no_aliases")
    else:
        columns = ("kind", "alias", "canonical", "rows", "money", "is_accepted")
        session.table(listed, {name: session.word(name) for name in columns})


# ---------------------------------------------------------------------------------------------------------- quality


def quality_report(session: Session) -> None:
    """What is wrong with the data."""
    from data.quality import findings

    with session.store().snapshot() as seen:
        found = [finding.shown(session.lang) for finding in findings(seen)]
    if session.is_json:
        session.answer({"findings": found})
    elif not found:
        session.say("nothing_found")
    else:
        session.table(found, {name: session.word(name) for name in ("table", "rule", "rows", "money", "effect")})


def dimensions_report(session: Session) -> None:
    """The columns that were promoted to dimensions, and those that could be."""
    from data import dimensions as own

    with session.store().snapshot() as seen:
        listed = own.listed(seen)
        left = [one._asdict() for one in own.columns(seen)]
    taken = {(one["table"], one["field"]) for one in listed}
    left = [one for one in left if (one["table"], one["field"]) not in taken]
    if session.is_json:
        session.answer({"dimensions": listed, "columns": left})
        return
    session.say("own_dimensions" if listed else "no_own_dimensions")
    if listed:
        session.table(listed, {name: session.word(name) for name in ("id", "table", "field", "label_en", "label_zh")})
    if left:
        session.say("columns_left")
        session.table(left, {name: session.word(name) for name in ("table", "field", "rows", "values")})


def viewers_report(session: Session) -> None:
    """Who may look, and at what."""
    from data.viewers import viewers

    with session.store().snapshot() as seen:
        listed = viewers(seen).to_dicts()
    if session.is_json:
        session.answer({"viewers": listed})
    elif not listed:
        session.say("no_viewers")
    else:
        session.table(listed, {name: session.word(name) for name in ("email", "name", "scope", "teams", "rep")})
