"""Bytes -> a table of texts. Nothing is typed here: every value is the text of its cell, every row knows its line."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from data.ingest.errors import EncodingWrong, FileAbsent, FileBinary, FileEmpty, FormatUnsupported
from data.ingest.textfile import read_text
from data.ingest.texttable import TextTable

_SAMPLE_BYTES = 1 << 18
_MAGIC = {
    b"PK\x03\x04": "zip",
    b"\xd0\xcf\x11\xe0": "xls",
    b"PAR1": "parquet",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "gzip",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"SQLite format 3": "SQLite",
}
_UNKNOWN = "?"
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(frozen=True)
class Source:
    """A file as it was given: its name and its bytes."""

    name: str
    content: bytes

    @classmethod
    def of(cls, path: Path) -> Source:
        """Read a file from disk.

        Raises:
            FileAbsent: it is not there, or may not be read.
        """
        try:
            return cls(path.name, path.read_bytes())
        except OSError as error:
            raise FileAbsent(file=str(path)) from error


def read(
    source: Source,
    known: AbstractSet[str],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> TextTable | None:
    """Read a file as a table of texts.

    Args:
        source: the file.
        known: column names that some profile knows, normalised; they tell the header row from title rows.
        encoding: what the user says it is; otherwise BOM, strict UTF-8, strict GB18030, in this order.
        delimiter: what the user says it is; otherwise proved on the first rows.
        sheet: the sheet of a workbook.

    Returns:
        The table, or None where the encoding must be asked for.

    Raises:
        FileRefused: there is no table to read (empty, binary, no header, no rows…).
    """
    if not source.content.strip(b"\0 \t\r\n"):
        raise FileEmpty(file=source.name)
    kind = _kind(source)
    if kind in ("xlsx", "xls"):
        from data.ingest.workbook import read_workbook

        return read_workbook(source, known, sheet)
    if kind in ("zip", "parquet"):
        raise FormatUnsupported(file=source.name, kind=kind)
    if kind:
        raise FileBinary(file=source.name, kind="" if kind == _UNKNOWN else f" ({kind})")
    decoded = decode(source, encoding)
    if decoded is None:
        return None
    text, name = decoded
    return read_text(source.name, text, name, known, delimiter)


def _kind(source: Source) -> str | None:
    head = source.content[:16]
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            if kind == "zip":
                return "xlsx" if b"xl/" in source.content or source.name.lower().endswith((".xlsx", ".xlsm")) else "zip"
            return kind
    if any(head.startswith(bom) for bom, _ in _BOMS):
        return None
    sample = source.content[:_SAMPLE_BYTES]
    control = sum(sample.count(bytes([code])) for code in (*range(9), *range(14, 27), *range(28, 32)))
    return _UNKNOWN if b"\0" in sample or control > len(sample) // 100 else None


def decode(source: Source, encoding: str | None = None) -> tuple[bytes, str] | None:
    """The content as UTF-8 with line ends LF or CRLF, and the encoding it had; None when it must be asked for.

    GB18030 accepts nearly any bytes, so its reading must also look like Chinese: most of what it decodes to has
    to be in GB 2312, the 6,763 characters in common use. "Müller" in Latin-1 would otherwise become "M黮ler".

    Raises:
        EncodingWrong: the named encoding does not fit.
    """
    content = source.content
    for bom, name in _BOMS:
        if content.startswith(bom):
            body = content[len(bom) :]
            return _unix(body if name == "utf-8" else _recoded(source.name, body, name)), name
    if encoding:
        return _unix(_recoded(source.name, content, encoding)), encoding
    if content.isascii():
        return _unix(content), "ascii"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return _unix(content), "utf-8"
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return None
    foreign = [character for character in text[:200_000] if ord(character) > 127]
    common = sum(1 for character in foreign if _is_common(character))
    return (_unix(text.encode()), "gb18030") if common >= 0.9 * len(foreign) else None


def _is_common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _recoded(file: str, content: bytes, encoding: str) -> bytes:
    try:
        return content.decode(encoding).encode()
    except (UnicodeDecodeError, LookupError) as error:
        raise EncodingWrong(file=file, encoding=encoding) from error


def _unix(content: bytes) -> bytes:
    """Old Mac line ends (a lone CR) become LF; CRLF stays, every reader here understands it."""
    return content.replace(b"\r", b"\n") if b"\r" in content and b"\n" not in content else content
