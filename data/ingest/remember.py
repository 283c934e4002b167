"""What a person said about a layout, kept for the next file with the same columns: a profile of its own.

It lies in `<store>.d/profiles`, never among the project's own; it can be downloaded and read like any other profile.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.ingest.agree import agreed
from data.ingest.errors import AnswersNotKept, UnknownProfile
from data.ingest.headers import names_of
from data.ingest.layout import AsRead, same_columns, stem
from data.ingest.names import normal
from data.ingest.options import day_of
from data.ingest.profile import Profile, TableProfile, load
from data.ingest.sales_by_day import is_by_day

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan, Plan
    from data.ingest.map import Mapped
    from data.ingest.match import Match

_RANK = 10  # before every CRM: it is this very layout
_FOLDER = "profiles"
_DRAFT, _BEFORE = ".draft", ".before"


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
        Writes it, as the last thing that can fail. Where the block fails after that, it is taken back; where the
        process ends, by the next one (`settle`).

    Raises:
        AnswersNotKept: by what was yielded: the folder cannot be written.
    """
    place = folder(store_folder)

    def write() -> None:
        for made in layouts(plan):
            for profile in (made, *_others(made, remembered(store_folder))):
                path = place / f"{profile.name}.toml"
                try:
                    _keep_before(path)
                    _write(path, toml(profile).encode()) if profile.read else path.unlink(missing_ok=True)
                except OSError as error:
                    raise AnswersNotKept(folder=str(place), problem=error.strerror or str(error)) from error

    try:
        yield write
    except BaseException:
        settle(store_folder, is_loaded=False)
        raise
    settle(store_folder, is_loaded=True)


def _keep_before(path: Path) -> None:
    """Keep a layout as it was beside itself until the load is committed; an empty file where there was none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.with_suffix(_BEFORE)
    if not before.exists():
        before.write_bytes(path.read_bytes() if path.exists() else b"")


def settle(store_folder: Path, *, is_loaded: bool) -> None:
    """Keep or take back the layouts that a load has written, and take away what it needed for that."""
    place = folder(store_folder)
    with suppress(OSError):
        for before in place.glob(f"*{_BEFORE}"):
            if is_loaded:
                before.unlink()
            elif before.stat().st_size:
                before.replace(before.with_suffix(".toml"))
            else:  # there was none
                before.with_suffix(".toml").unlink(missing_ok=True)
                before.unlink()
        for draft in place.glob(f"*{_DRAFT}"):
            draft.unlink()


def layouts(plan: Plan) -> list[Profile]:
    """What was said about each file of a plan, as profiles; nothing of those about which nothing was said."""
    made: dict[str, Profile | None] = {}
    for file in (*plan.files, *plan.dropped):
        if not file.is_beside and _is_told(file):
            one = layout(file)
            other = made.get(one.name, one)
            made[one.name] = agreed(other, one) if other else None
    return [profile for profile in made.values() if profile]


_OF_LAYOUT = (
    *("table", "profile", "date_order", "decimal", "shares", "unit", "encoding", "header", "months", "sheet", "lists"),
    *("repeats", "missing_amounts", "without_rates", "is_full", "lines", "blanks", "periods", "month_names", "owners"),
)
"""Answers that hold for all files of a layout; a day or few rows that are found again are of one file."""


def _is_told(file: FilePlan) -> bool:
    """Whether something was said that concerns this very list."""
    if file.mapped is None:
        return False
    options, headers = file.options, file.headers
    known = {normal(header) for header in headers}
    return (
        any(getattr(options, name) not in (None, False) for name in _OF_LAYOUT)
        or options.is_full is False
        or any(normal(theirs) in known for theirs in options.columns)
        or any(set(key) <= set(headers) for key in options.keys)
        or bool(options.stages and file.mapped.told)
        or bool(options.goals)
        or bool(options.counts)
        or "only" in file.mapped.table.told
        or bool(options.orders and file.table == "order_lines" and file.match and not is_by_day(file.match))
    )


def _others(made: Profile, known: Iterable[Profile]) -> list[Profile]:
    """Other layouts of the same columns, without the files that this one speaks of; without any, it goes."""
    mine = {name for read in made.read for name in read.files}
    found = []
    for other in known:
        if other.name == made.name or not same_columns(other.columns, made.columns):
            continue
        reads = [
            read.model_copy(update={"files": [file for file in read.files if file not in mine]}) for read in other.read
        ]
        found.append(other.model_copy(update={"read": [read for read in reads if read.files]}))
    return found


def forget(store_folder: Path, name: str) -> None:
    """Let a layout be asked about again.

    Raises:
        UnknownProfile: nothing of that name is remembered.
    """
    known = {profile.name: profile for profile in remembered(store_folder)}
    if name not in known:
        raise UnknownProfile(profile=name, suggestion=None, known=", ".join(known))
    (folder(store_folder) / f"{name}.toml").unlink()


def layout(file: FilePlan) -> Profile:
    """A file's mapping as a profile: each field its one column, and the user's words for stages."""
    if file.match is None or file.mapped is None:
        raise ValueError(f"{file.file} was not understood")
    match, options = file.match, file.options
    headers = file.mapped.table.headers
    digest = hashlib.sha256("\n".join(sorted(normal(header) for header in headers)).encode()).hexdigest()
    beside = {name: match.profile.tables[name] for name in match.profile.beside(match.section)}
    return match.profile.model_copy(
        update={
            "name": f"{match.profile.origin}-{match.table.replace('_', '-')}-{digest[:8]}",
            "label": {"en": f"As answered for {file.file}", "zh-CN": f"按“{file.file}”的回答"},
            "rank": _RANK,
            "based_on": match.profile.origin,
            "columns": list(headers),
            "left_out": [],
            "values": {} if match.profile.origin == "generic" else match.profile.values,
            "is_full": match.profile.is_full if options.is_full is None else options.is_full,
            "date_order": options.date_order or match.profile.date_order,
            "decimal": options.decimal or match.profile.decimal,
            "shares": options.shares or match.profile.shares,
            "periods": options.periods or match.profile.periods,
            "month_names": options.month_names or match.profile.month_names,
            "unit": options.unit or match.profile.unit,
            "without_rates": file.unrated if options.without_rates else match.profile.without_rates,
            "repeats": options.repeats or match.profile.repeats,
            "missing_amounts": options.missing_amounts or match.profile.missing_amounts,
            "orders": match.profile.orders if is_by_day(match) else options.orders or match.profile.orders,
            "lines": options.lines or match.profile.lines,
            "blanks": options.blanks or match.profile.blanks,
            "owners": options.owners or match.profile.owners,
            "counts": {**match.profile.counts, **options.counts},
            "read": _reads(file, match.profile.read),
            "tables": {match.section: _section(file, match, file.mapped), **beside},
        }
    )


def _section(file: FilePlan, match: Match, mapped: Mapped) -> TableProfile:
    """The section a file was read by, with its very columns."""
    spec, headers = match.spec, mapped.table.headers
    fields = {ours: [headers[index]] for ours, index in match.columns.items()}
    for ours in spec.either:
        fields[ours] = [*fields.get(ours, []), *(headers[index] for index in match.rivals.get(ours, []))]
    values = {ours: {our: list(theirs) for our, theirs in words.items()} for ours, words in spec.values.items()}
    for theirs, ours in mapped.told.items():
        values.setdefault("status", {}).setdefault(ours, []).append(theirs)
    chosen = [list(key) for key in file.options.keys if set(key) <= set(headers)]
    return spec.model_copy(
        update={
            "fields": fields,
            "join": {ours: [headers[index] for index in parts] for ours, parts in match.joined.items()},
            "needs": [*fields] or [[*match.joined]],
            "values": values,
            "marks": [],
            "never": [],
            "spare": [headers[index] for index in mapped.unknown],
            "ignored": [headers[index] for index in sorted(match.left)],
            "key_columns": chosen[-1] if chosen else spec.key_columns,
        }
    )


def _reads(file: FilePlan, before: list[AsRead]) -> list[AsRead]:
    """How files of this layout were read, each form of its columns once; this file's last."""
    if file.mapped is None:
        return before
    table = file.mapped.table
    own = table.own_headers or table.headers
    mine = [read for read in before if same_columns(read.columns, own)]
    others = [read for read in before if not same_columns(read.columns, own)]
    files = [name for read in mine for name in read.files if name != stem(file.file)]
    read = AsRead(
        columns=list(own),
        files=[*files, stem(file.file)],
        encoding=table.told.get("encoding") or next((read.encoding for read in mine if read.encoding), None),
        months=table.told.get("months"),
        months_in=day_of(file.options).year if table.told.get("months", "").isdigit() else None,
        header=table.told.get("header"),
        kinds=table.kinds,
        sheet=table.told.get("sheet"),
        is_only="only" in table.told,
        goals=file.options.goals or next((read.goals for read in mine if read.goals), {}),
        lists=table.told.get("lists"),
        beside=list(names_of(table.told["beside"])) if "beside" in table.told else [],
    )
    return [*others, read]


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
    draft = path.with_suffix(_DRAFT)
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
