"""The uploaded files as they were, compressed, beside the store."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pyarrow as pa

from data.errors import DiskFull, FolderReadOnly

if TYPE_CHECKING:
    from data.store import Store


def keep(store: Store, digest: str, original: bytes) -> str | None:
    """Keep a file's bytes, compressed, under their own hash; equal files are kept once.

    Returns:
        The name it is kept under; None if there is nothing to keep.

    Raises:
        FolderReadOnly, DiskFull: there is no place for it.
    """
    if not original:
        return None
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
    return name


def original(store: Store, kept: str) -> bytes:
    """The bytes of an upload's file, as they were."""
    with pa.input_stream(str(store.folder / "originals" / kept)) as file:
        content: bytes = file.read()
        return content
