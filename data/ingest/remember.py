"""What a person said about a layout, kept for the next file with the same columns: a profile of its own.

It lies in `<store>.d/profiles`, never among the project's own; it can be downloaded and read like any other profile.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.ingest.errors import AnswersNotKept, UnknownProfile
from data.ingest.names import normal
from data.ingest.profile import Profile, load

if TYPE_CHECKING:
    from data.ingest.options import Options
    from data.ingest.plan import FilePlan, Plan

_RANK = 10  # before every CRM: it is this very layout
_FOLDER = "profiles"
DRAFT = ".draft"


def folder(store_folder: Path) -> Path:
    """Where a store's remembered layouts are."""
    return store_folder / _FOLDER


def remembered(store_folder: Path) -> tuple[Profile, ...]:
    """Every remembered layout, by name.

    Raises:
        ProfileInvalid: somebody changed one and it is no profile any more.
    """
    return tuple(load(path) for path in sorted(folder(store_folder).glob("*.toml")))


@contextmanager
def remembering(store_folder: Path, plan: Plan) -> Iterator[Callable[[], None]]:
    """Keep what was said about the files of a plan together with them: both or neither.

    Yields:
        Writes it, as the last thing that can fail. Where the block fails after that, it is taken back.

    Raises:
        AnswersNotKept: by what was yielded: the folder cannot be written.
    """
    before: dict[Path, bytes | None] = {}

    def write() -> None:
        for profile in layouts(plan):
            path = folder(store_folder) / f"{profile.name}.toml"
            try:
                before[path] = path.read_bytes() if path.exists() else None
                _write(path, toml(profile).encode())
            except OSError as error:
                raise AnswersNotKept(folder=str(path.parent), problem=error.strerror or str(error)) from error

    try:
        yield write
    except BaseException:
        for path, content in before.items():
            with suppress(OSError):
                path.unlink(missing_ok=True) if content is None else _write(path, content)
        raise


def layouts(plan: Plan) -> list[Profile]:
    """What was said about each file of a plan, as profiles; nothing where nothing was said."""
    options = plan.options
    told = (options.columns, options.stages, options.keys, options.date_order, options.decimal)
    if not any((*told, options.without_rates, options.repeats, options.missing_amounts, options.is_full is not None)):
        return []
    return [
        layout(file, options)
        for file in plan.files
        if file.match is not None and file.match.spec.beside is None and file.mapped is not None
    ]


def forget(store_folder: Path, name: str) -> None:
    """Let a layout be asked about again.

    Raises:
        UnknownProfile: nothing of that name is remembered.
    """
    known = {profile.name: profile for profile in remembered(store_folder)}
    if name not in known:
        raise UnknownProfile(profile=name, suggestion=None, known=", ".join(known))
    (folder(store_folder) / f"{name}.toml").unlink()


def layout(file: FilePlan, options: Options) -> Profile:
    """A file's mapping as a profile: each field its one column, and the user's words for stages."""
    if file.match is None or file.mapped is None:
        raise ValueError(f"{file.file} was not understood")
    match, headers = file.match, file.mapped.table.headers
    spec = match.spec
    fields = {ours: [headers[index]] for ours, index in match.columns.items()}
    for ours in spec.either:
        fields[ours] = [*fields.get(ours, []), *(headers[index] for index in match.rivals.get(ours, []))]
    values = {ours: {our: list(theirs) for our, theirs in words.items()} for ours, words in spec.values.items()}
    for theirs, ours in file.mapped.told.items():
        values.setdefault("status", {}).setdefault(ours, []).append(theirs)
    chosen = [list(key) for key in options.keys if set(key) <= set(headers)]
    section = spec.model_copy(
        update={
            "fields": fields,
            "join": {ours: [headers[index] for index in parts] for ours, parts in match.joined.items()},
            "needs": [*fields] or [[*match.joined]],
            "values": values,
            "marks": [],
            "never": [],
            "spare": [headers[index] for index in file.mapped.unknown],
            "key_columns": chosen[-1] if chosen else spec.key_columns,
        }
    )
    beside = {name: match.profile.tables[name] for name in match.profile.beside(match.section)}
    digest = hashlib.sha256("\n".join(sorted(normal(header) for header in headers)).encode()).hexdigest()
    name = f"{match.profile.origin}-{match.table.replace('_', '-')}-{digest[:8]}"
    return match.profile.model_copy(
        update={
            "name": name,
            "label": {"en": f"As answered for {file.file}", "zh-CN": f"按“{file.file}”的回答"},
            "rank": _RANK,
            "based_on": match.profile.origin,
            "columns": list(headers),
            "left_out": [],
            "values": {} if match.profile.origin == "generic" else match.profile.values,
            "is_full": match.profile.is_full if options.is_full is None else options.is_full,
            "date_order": options.date_order or match.profile.date_order,
            "decimal": options.decimal or match.profile.decimal,
            "without_rates": file.unrated if options.without_rates else match.profile.without_rates,
            "repeats": options.repeats or match.profile.repeats,
            "missing_amounts": options.missing_amounts or match.profile.missing_amounts,
            "tables": {match.section: section, **beside},
        }
    )


# ------------------------------------------------------------------------------------------------------------- TOML


def toml(profile: Profile) -> str:
    """A profile as the text of its file."""
    raw = profile.model_dump(exclude_defaults=True, by_alias=True, exclude={"tables", "values"})
    lines = ["# Written by Sales Compass after a person's answers. docs/adding-a-crm.md explains every word.", ""]
    lines += _entries(raw)
    for name, words in profile.values.items():
        lines += ["", f"[values.{_key(name)}]", *_entries(words)]
    for name, section in profile.tables.items():
        raw = section.model_dump(exclude_defaults=True, by_alias=True)
        lines += ["", f"[tables.{_key(name)}]", *_entries(raw)]
    return "\n".join(lines) + "\n"


def _entries(raw: Mapping[str, Any]) -> list[str]:
    return [f"{_key(name)} = {_inline(value)}" for name, value in raw.items()]


def _inline(value: Any) -> str:  # noqa: ANN401 - whatever a profile holds
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_inline(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if is_bare else json.dumps(name, ensure_ascii=False)


def _write(path: Path, content: bytes) -> None:
    """All or nothing: a half-written profile would stop every import."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(DRAFT)
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
