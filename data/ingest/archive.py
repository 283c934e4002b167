"""ZIP files: every list inside, as if it had been given by itself; within limits, however small the file looks."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from data.ingest.errors import FileDamaged, FileProtected, UnpackedTooLarge
from data.ingest.source import Source
from data.settings import settings

_CHUNK = 1 << 20
_NO_FILES = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")
_MOST_FILES = 1000
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, KeyError)


def unpacked(source: Source) -> Iterator[tuple[str, Source]]:
    """The files inside, one after the other, with their paths.

    Raises:
        FileProtected: one of them needs a password.
        UnpackedTooLarge: together they grow beyond the setting max_unpacked_mb, or there are too many.
        FileDamaged: the ZIP file is cut off or otherwise broken.
    """
    limit = settings().max_unpacked_mb
    left = limit << 20
    try:
        with zipfile.ZipFile(io.BytesIO(source.content)) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir() and not _is_chaff(entry.filename)]
            if len(entries) > _MOST_FILES:
                raise UnpackedTooLarge(file=source.name, limit=limit)
            for entry in entries:
                if entry.flag_bits & 1:
                    raise FileProtected(file=source.name)
                content = io.BytesIO()
                with packed.open(entry) as part:
                    while chunk := part.read(_CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            raise UnpackedTooLarge(file=source.name, limit=limit)
                        content.write(chunk)
                yield _name(entry), Source(f"{source.name} / {_name(entry)}", content.getvalue())
    except _BROKEN as error:
        raise FileDamaged(file=source.name, kind="ZIP", detail=str(error)[:120]) from error


def _is_chaff(name: str) -> bool:
    """What operating systems put beside the files."""
    lowered = name.lower()
    return lowered.startswith(_NO_FILES) or lowered.rsplit("/", 1)[-1].startswith((*_NO_FILES, "._", "~$"))


def _name(entry: zipfile.ZipInfo) -> str:
    """The file's name; Chinese Windows writes it in GBK and does not say so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    raw = entry.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename
