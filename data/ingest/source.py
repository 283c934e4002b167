"""A file as it was given, and what its content says it is: endings lie, the first bytes do not."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from data.ingest.errors import FileAbsent

_MAGIC = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\xd0\xcf\x11\xe0": "ole",
    b"PAR1": "parquet",
    b"PARE": "parquet",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "gzip",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"SQLite format 3": "SQLite",
    b"\x7fELF": "ELF",
    b"ARROW1": "Arrow",
    b"OggS": "Ogg",
    b"{\\rtf": "RTF",
}
_NO_TABLE_PARTS = {"word/": "Word", "ppt/": "PowerPoint", "Index/": "Numbers", "META-INF/MANIFEST.MF": "Java"}
_CONTROL = bytes((*range(1, 9), *range(14, 26), *range(28, 32)))  # TAB, LF, VT, FF, CR, SUB and ESC occur in texts
_SAMPLE_BYTES = 1 << 18
UTF16 = ("utf-16-le", "utf-16-be")


@dataclass(frozen=True)
class Source:
    """A file as it was given: its name and its bytes. `id` tells it from others of the same name."""

    name: str
    content: bytes
    id: str = ""

    def names(self, part: str = "") -> list[str]:
        """What a list in it is called where something is said of it alone, the narrowest name last."""
        own = list(dict.fromkeys(name for name in (self.name, self.id) if name))
        return [*own, *(f"{name} / {part}" for name in own if part)]

    @classmethod
    def of(cls, path: Path) -> Source:
        """Read a file from disk.

        Raises:
            FileAbsent: it is not there, or may not be read.
        """
        try:
            return cls(path.name, path.read_bytes(), str(path))
        except OSError as error:
            raise FileAbsent(file=str(path)) from error


def kind_of(source: Source) -> str:
    """What the content is: `workbook`, `zip`, `parquet`, `json`, `html`, `text`; else the name of what is no list."""
    content = source.content
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            if kind == "zip":
                return _kind_of_zip(content)
            return "workbook" if kind == "ole" else kind
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _kind_of_text(content[:8192].decode("utf-16", "ignore").encode())
    if unmarked := utf16_without_mark(content):
        return _kind_of_text(content[:8192].decode(unmarked, "ignore").encode())
    sample = content[:_SAMPLE_BYTES]
    if len(sample) - len(sample.translate(None, _CONTROL + b"\0")) > max(len(sample) // 100, 2):
        return "?"
    return _kind_of_text(sample)


def lines_of(source: Source) -> int:
    """How many lines a text file has, before it is read; 0 of any other form, which must be unpacked first."""
    return source.content.count(b"\n") if kind_of(source) == "text" else 0


def _kind_of_text(sample: bytes) -> str:
    head = sample[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head and head.startswith(b"<?xml"):
        return "XML"
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<meta")) or (
        head.startswith(b"<") and re.search(rb"<(html|table)[\s>]", head)
    ):
        return "html"
    if head.startswith(b"<?xml"):
        return "XML"
    return "json" if re.match(rb"\{\s*(\"|\}|$)|\[\s*(\{|\]|\[|$)", head) else "text"


def _kind_of_zip(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
            if "mimetype" in names and b"spreadsheet" in packed.read("mimetype")[:100]:
                return "workbook"
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        # Damaged: what stands in clear text inside says what it was meant to be.
        return "workbook" if b"xl/" in content or b"[Content_Types].xml" in content[:4096] else "zip"
    if any(re.match(r"/?xl/workbook\.(xml|bin)$", name, re.IGNORECASE) for name in names):
        return "workbook"
    return next((kind for part, kind in _NO_TABLE_PARTS.items() if any(name.startswith(part) for name in names)), "zip")


def utf16_without_mark(content: bytes) -> str | None:
    """UTF-16 that lacks its byte order mark shows in its line ends and delimiters: one byte of each is zero."""
    sample = content[: _SAMPLE_BYTES & ~1]
    zeros = sample.count(0)
    for name, low, high in ((UTF16[0], sample[::2], sample[1::2]), (UTF16[1], sample[1::2], sample[::2])):
        signs = sum(1 for sign, zero in zip(low[:4000], high, strict=False) if not zero and sign in b"\n\r,;\t|")
        if signs > 1 and high.count(0) > 0.9 * zeros:
            try:
                sample.decode(name)
            except UnicodeDecodeError:
                continue
            return name
    return None
