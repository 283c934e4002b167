"""What a person says about files, brought to the files: which wish holds for which list, and which none meets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from data.ingest.errors import SheetUnknown, UnknownColumn, UnknownField
from data.ingest.headers import names_of
from data.ingest.names import normal
from data.ingest.options import Answers, Options
from data.ingest.profile import Profile
from data.ingest.recognise import Wish, check_wish
from data.ingest.source import Source
from data.ingest.texttable import Reading, Wishes
from data.tables import tables
from metrics.errors import nearest


def wish_of(options: Options, layouts: tuple[Profile, ...]) -> Wish:
    """What is said about recognising a list.

    Raises:
        UnknownTable, UnknownProfile, UnknownField: it names nothing that exists.
    """
    wish = Wish(options.table, options.profile, options.columns, layouts, has_key=bool(options.keys))
    check_wish(wish)
    for ours in wish.columns.values():
        known = tables()[wish.table].fields if wish.table else {f: 1 for t in tables().values() for f in t.fields}
        if ours and ours not in known:
            raise UnknownField(
                field=ours, table=wish.table or "-", suggestion=nearest(ours, known), known=", ".join(known)
            )
    return wish


def wishes_of(options: Options, source: Source, layouts: Iterable[Profile], year: int) -> Wishes:
    """What is said about reading a file, and about each sheet or file in it, now and before."""
    before = tuple(one for layout in layouts for one in layout.read)
    own = [f"{name} / " for name in source.names()]
    parts = {name.removeprefix(start) for name in options.files for start in own if name.startswith(start)}

    def told(part: str) -> Wishes:
        said = options.of(source.names(part))
        header = names_of(said.header) if said.header else ()
        wished = (said.encoding, said.delimiter, said.sheet, header, said.months)
        return Wishes(*wished, known=before, year=year, goals=said.goals, lists=said.lists, sums=said.sums)

    whole = told("")
    return Wishes(**{**vars(whole), "parts": {part: told(part) for part in parts}})


class Met:
    """What the files of an import have, by what they are called: wishes that none of them meets are mistakes."""

    def __init__(self) -> None:
        self._headers: dict[str, set[str]] = {}
        self._sheets: dict[str, set[str]] = {}

    def read(self, source: Source, found: Reading) -> None:
        """Note the lists of a file, and what in it is none."""
        for part in ("", *(part for part, _ in found.left), *(question.part for question in found.questions)):
            for name in source.names(part):
                self._headers.setdefault(name, set())
        for table in found.tables:
            sheets = [place for _, place in table.places] or [table.part]
            for name in (name for part in (table.part, *sheets) for name in source.names(part)):
                self._headers.setdefault(name, set()).update(table.headers)
            self._note_sheets(source, sheets)
        self._note_sheets(source, [question.part for question in found.questions])

    def _note_sheets(self, source: Source, parts: Collection[str]) -> None:
        for name in source.names():
            self._sheets.setdefault(name, set()).update(part.split(" / ")[-1] for part in parts if part)
        for part in filter(None, parts):  # a hidden sheet is read where its name is said, or its book in a ZIP file
            book, _, sheet = part.rpartition(" / ")
            for name in (*source.names(part), *(source.names(book) if book else ())):
                self._sheets.setdefault(name, set()).add(sheet)

    def unknown(self, names: Iterable[str]) -> list[str]:
        """Those that are no file of the import and no list in one."""
        return [name for name in names if name not in self._headers]

    @property
    def names(self) -> list[str]:
        """What the files and their lists are called."""
        return [*self._headers]

    def check(self, options: Options) -> None:
        """Refuse wishes that no file meets: of all files, or of the one that they were said of.

        Raises:
            UnknownColumn, SheetUnknown.
        """
        everywhere = {header for headers in self._headers.values() for header in headers}
        _check_columns(options, everywhere)
        _check_sheet(options, self._sheets)
        for name, said in options.files.items():
            _check_columns(said, self._headers.get(name, set()))
            _check_sheet(said, {name: self._sheets.get(name, set())})


def _check_columns(said: Answers, headers: set[str]) -> None:
    known = {normal(header) for header in headers}
    unmet = [theirs for theirs in said.columns if normal(theirs) not in known]
    unmet += [theirs for names in (*said.keys, said.dimensions) for theirs in names if theirs not in headers]
    for theirs in unmet if headers else ():
        raise UnknownColumn(column=theirs, suggestion=nearest(theirs, headers), known=", ".join(sorted(headers)))


def _check_sheet(said: Answers, sheets: Mapping[str, set[str]]) -> None:
    """A workbook that lacks the sheet was refused when it was read; here, files that have no sheets at all."""
    known = sorted({one for found in sheets.values() for one in found})
    if said.sheet is not None and said.sheet not in known:
        raise SheetUnknown(
            file=", ".join(sheets) or "-", sheet=said.sheet, sheets=", ".join(known) or "-", suggestion=None
        )
