"""The uploaded files as they were, compressed, beside the store; and their refused rows as a file to be corrected."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from data.errors import DiskFull, FolderReadOnly, NothingRefused, OriginalAbsent, StoreError
from data.progress import unwatched

if TYPE_CHECKING:
    from data.ingest.texttable import TextTable
    from data.store import Snapshot, Store
    from data.truth import Upload


class Kept(NamedTuple):
    """The SHA-256 of a file's bytes, and the name they are kept under; None if there is nothing to keep."""

    digest: str
    name: str | None


def keep(store: Store, original: bytes) -> Kept:
    """Keep a file's bytes, compressed, under their own hash; equal files are kept once.

    Raises:
        FolderReadOnly, DiskFull: there is no place for it.
    """
    digest = hashlib.sha256(original).hexdigest()
    if not original:
        return Kept(digest, None)
    folder = store.folder / "originals"
    name = f"{digest}.zst"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / name).exists():
            partial = folder / f"{name}.part"
            with partial.open("wb") as file:
                file.write(pa.Codec("zstd", 1).compress(original, asbytes=True))
                file.flush()
                os.fsync(file.fileno())
            partial.rename(folder / name)
    except PermissionError as error:
        raise FolderReadOnly(path=str(folder), folder=str(folder)) from error
    except OSError as error:
        raise DiskFull(path=str(folder), detail=str(error)) from error
    return Kept(digest, name)


@contextmanager
def no_strays(store: Store) -> Iterator[None]:
    """Where the block fails, no file stays that no upload refers to. Inside a turn of the writer's."""
    try:
        yield
    except BaseException:
        sweep(store)
        raise


def sweep(store: Store) -> None:
    """Take away what a load that did not come to its end has kept, or begun to keep."""
    folder = store.folder / "originals"
    if not folder.is_dir():
        return
    with unwatched(), suppress(OSError, StoreError), store.snapshot() as seen:
        kept = set(seen.frame("select distinct kept from ops.uploads where kept is not null")["kept"])
        for path in folder.iterdir():
            if path.name not in kept:
                path.unlink()


def original(store: Store, kept: str) -> bytes:
    """The bytes of an upload's file, as they were."""
    with pa.input_stream(str(store.folder / "originals" / kept)) as file:
        content: bytes = file.read()
        return content


class Named(NamedTuple):
    """A file to take away."""

    name: str
    content: bytes


def original_file(store: Store, upload: Upload) -> Named:
    """The file of an upload as it was; of a list in a workbook or a ZIP file, the whole of it.

    Raises:
        OriginalAbsent: it was not kept: what the demo company uploads are no files.
    """
    if not upload.kept or not (store.folder / "originals" / upload.kept).exists():
        raise OriginalAbsent(id=str(upload.id), file=upload.file)
    return Named(Path(upload.file.split(_PART)[0]).name, original(store, upload.kept))


def refused_file(seen: Snapshot, upload: Upload, lang: str) -> Named:
    """The refused rows of an upload in the layout of its file, with reasons and lines in columns of our own before.

    Corrected, it can be uploaded as it is: our columns are ignored then. Its name says the day of the upload, so that
    it falls into the same place in time.

    Raises:
        NothingRefused: no row was refused.
        OriginalAbsent: the file was not kept, so its layout is not known.
    """
    from data.ingest.corrections import Refusal, as_text, as_workbook, rows_of, titles_of

    found = seen.frame(_REFUSED, {"upload": upload.id})
    if found.is_empty():
        raise NothingRefused(id=str(upload.id), file=upload.file)
    given = original_file(seen.store, upload)
    table = _table(given, upload)
    titles = titles_of(table)
    rows = [*titles, *rows_of(table, [Refusal(*row) for row in found.iter_rows()], lang)]
    is_text = Path(refused_name(upload)).suffix in _TEXTS
    delimiter = table.delimiter if table.text else ","
    content = as_text(rows, delimiter) if is_text else as_workbook(rows, header=len(titles))
    return Named(refused_name(upload), content)


_REFUSED = """
    select line, reasons from ops.refused_rows
    where upload_id = $upload and not is_set_aside and line is not null order by line
"""
_PART = " / "
_DAY = re.compile(r"(?:19|20)\d\d[-_.年]?\d\d[-_.月]?\d\d")
_TEXTS = {".csv", ".tsv", ".txt"}


def _table(given: Named, upload: Upload) -> TextTable:
    """The list in the file that the upload was made of, read as it was read then."""
    from data.ingest.read import Source, Wishes, read
    from data.ingest.recognise import known_headers

    told = json.loads(upload.mapping).get("read", {})
    header = tuple(next(csv.reader([told["header"]]))) if told.get("header") else ()
    said = (told.get("encoding"), told.get("delimiter"), told.get("sheet"), header, told.get("months"))
    wishes = Wishes(*said, lists=told.get("lists"))
    tables = read(Source(given.name, given.content), known_headers(), wishes).tables
    part = upload.file.partition(_PART)[2]
    for table in tables:
        if table.part == part:
            return table
    return tables[0]


def refused_name(upload: Upload) -> str:
    """What the file of refused rows is called: texts stay texts, everything else becomes a workbook.

    It says the day of the upload, unless the name says one already.
    """
    suffix = Path(upload.file.split(_PART)[-1]).suffix.lower() or Path(upload.file.split(_PART)[0]).suffix.lower()
    stem = upload.file.replace(_PART, " ").replace("/", " ").removesuffix(Path(upload.file).suffix)
    day = f" {upload.as_of}" if upload.as_of and not _DAY.search(stem) else ""
    return f"{stem}{day} refused{suffix if suffix in _TEXTS else '.xlsx'}"
