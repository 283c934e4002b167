"""What the command line says of uploads afterwards: what they did to the numbers, their files, names to be joined."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.effects import changes, of_upload
from data.errors import FileInTheWay, UnknownUpload
from data.merging import preview
from data.originals import Named, original_file, refused_file
from data.terminal import Session
from data.truth import Upload, uploads
from metrics.catalog import measure

if TYPE_CHECKING:
    from data.merging import Preview
    from data.store import Snapshot


def effects(seen: Snapshot) -> dict[int, dict[str, Any]]:
    """What each upload did, by its number: values before and after by measure, and what was loaded together with it."""
    known = changes(seen)
    together = {change.upload_id: change.together for change in known if change.action == "load"}
    return {
        upload_id: {
            "effect": {one.measure: {"before": one.before, "after": one.after} for one in of_upload(known, upload_id)},
            "together": [other for other in others if other != upload_id],
        }
        for upload_id, others in together.items()
    }


def effects_report(session: Session, listed: list[dict[str, Any]]) -> None:
    """The headline numbers before and after each upload; files that were loaded together are one line."""
    lines = {
        tuple(sorted([entry["id"], *entry.get("together", [])])): entry.get("effect", {})
        for entry in listed
        if any(value["before"] != value["after"] for value in entry.get("effect", {}).values())
    }
    if not lines:
        return
    names = dict.fromkeys(name for effect in lines.values() for name in effect)
    rows = [
        {"id": ", ".join(str(one) for one in ids)} | {name: _change(name, effect.get(name)) for name in names}
        for ids, effect in lines.items()
    ]
    session.say("effects")
    session.table(rows, {"id": session.word("id")} | {name: measure(name).label.text(session.lang) for name in names})


def _change(name: str, effect: dict[str, float | None] | None) -> str:
    if effect is None:
        return "—"
    return f"{_written(name, effect['before'])} → {_written(name, effect['after'])}"


def _written(name: str, value: float | None) -> str:
    if value is None:
        return "—"
    return f"{100 * value:.2f} %" if measure(name).unit == "share" else f"{value:,.2f}".removesuffix(".00")


# ------------------------------------------------------------------------------------------------------------- files


def original_report(session: Session, upload_id: int, target: Path | None) -> None:
    """Write the file of an upload as it was.

    Raises:
        UnknownUpload, OriginalAbsent, FileInTheWay.
    """
    with session.store().snapshot() as seen:
        upload = _upload(seen, upload_id)
        _write(session, original_file(seen.store, upload), target, "original_written")


def refused_report(session: Session, upload_id: int, target: Path | None) -> None:
    """Write the refused rows of an upload, to be corrected and loaded again.

    Raises:
        UnknownUpload, NothingRefused, OriginalAbsent, FileInTheWay.
    """
    with session.store().snapshot() as seen:
        upload = _upload(seen, upload_id)
        _write(session, refused_file(seen, upload, session.lang), target, "refused_written")


def _upload(seen: Snapshot, upload_id: int) -> Upload:
    for upload in uploads(seen):
        if upload.id == upload_id:
            return upload
    raise UnknownUpload(id=str(upload_id))


def _write(session: Session, named: Named, target: Path | None, code: str) -> None:
    path = session.path(target or Path(named.name))
    path = path / named.name if path.is_dir() else path
    try:
        with path.open("xb") as out:
            out.write(named.content)
    except FileExistsError as error:
        raise FileInTheWay(file=str(path)) from error
    session.say(code, file=path)
    if session.is_json:
        session.answer({"file": path})


# ------------------------------------------------------------------------------------------------------------- names


def preview_report(session: Session, wanted: list[tuple[str, str, str]]) -> None:
    """What would come of each name; nothing is changed."""
    with session.store().snapshot() as seen:
        told = [preview(seen, *one) for one in wanted]
    if session.is_json:
        session.answer({"previews": [one.model_dump() for one in told]})
        return
    for one in told:
        _tell(session, one)


def _tell(session: Session, one: Preview) -> None:
    code = "would_rename" if one.is_new_name else "would_join"
    session.say(code, alias=one.alias, canonical=one.canonical, rows=f"{one.rows:,}", money=f"{one.money:,.2f}")
    rows = [
        {
            "measure": measure(number.measure).label.text(session.lang),
            **{side: _written(number.measure, getattr(number, side)) for side in ("alias", "canonical", "together")},
        }
        for number in one.numbers
    ]
    if rows:
        headings = {"measure": "", "alias": one.alias, "canonical": one.canonical, "together": session.word("together")}
        session.table(rows, headings)
