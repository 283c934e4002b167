"""A report as a file of the kind that its name says."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from data.review.errors import ReportFolderMissing, ReportFormatUnknown, ReportUnwritable
from data.review.letters import clean
from data.review.said import Said

if TYPE_CHECKING:
    from data.review.taken import Report

_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"/\\|?*', "_"))


class Format(NamedTuple):
    """A kind of file. `made_by`: the module and function that write it, loaded only when asked."""

    ending: str
    mime: str
    made_by: tuple[str, str]


FORMATS: Mapping[str, Format] = {
    one.ending: one
    for one in (
        Format(
            ".pptx",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            ("slides", "slides"),
        ),
        Format(".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("workbook", "workbook")),
        Format(".html", "text/html", ("printed", "page")),
        Format(".md", "text/markdown", ("minutes", "minutes")),
    )
}


def content(report: Report, ending: str) -> bytes:
    """The file's bytes.

    Args:
        ending: one of FORMATS.

    Raises:
        ReportFormatUnknown.
    """
    module, name = known(Path(f"report{ending}")).made_by
    make = cast("Callable[[Report], str | bytes]", getattr(import_module(f"data.review.{module}"), name))
    made = make(report)
    return made.encode("utf-8") if isinstance(made, str) else made


def known(file: Path) -> Format:
    """The format that a file's ending names.

    Raises:
        ReportFormatUnknown: none.
    """
    found = FORMATS.get(file.suffix.lower())
    if found is None:
        raise ReportFormatUnknown(file=file.name, known=", ".join(FORMATS))
    return found


def name(report: Report, ending: str) -> str:
    """What a file is called: what it is, of which team, of which day; in letters that every system admits."""
    told = f"{Said(report).title.replace(' · ', ' ')} {report.view.as_of.isoformat()}"
    return f"{clean(told.translate(_FORBIDDEN), 120).strip('. ')}{ending}"


def write(report: Report, place: Path) -> int:
    """Write a report, whole or not at all: what stood there before stays until it is done. Returns its bytes.

    Raises:
        ReportFormatUnknown, and what `writable` raises.
    """
    writable(place)
    made = content(report, place.suffix)
    try:
        with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".report-", delete=False) as draft:
            draft.write(made)
        try:
            Path(draft.name).chmod(0o666 & ~_umask())
            Path(draft.name).replace(place)
        except OSError:
            Path(draft.name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ReportUnwritable(path=str(place), problem=error.strerror or type(error).__name__) from error
    return len(made)


def writable(place: Path) -> None:
    """Find out, before anything is asked, that a report can be written there.

    Raises:
        ReportFormatUnknown. ReportFolderMissing: nor is it made. ReportUnwritable: it is a folder, or read-only.
    """
    known(place)
    if not place.parent.is_dir():
        raise ReportFolderMissing(path=str(place), folder=str(place.parent))
    if place.is_dir():
        raise ReportUnwritable(path=str(place), problem="is a directory")
    if not os.access(place if place.exists() else place.parent, os.W_OK):
        raise ReportUnwritable(path=str(place), problem="read-only")


def _umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now
