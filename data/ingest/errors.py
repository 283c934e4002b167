"""Why a file, or a wish about it, is refused. The texts, in both languages, are in errors.toml."""

from __future__ import annotations

from metrics.errors import SalesError


class FileRefused(SalesError):
    """One file cannot be loaded; nothing of the whole import is. Params: file, and what the subclass says."""


class FileAbsent(FileRefused):
    """There is no file at the path, or it may not be read. Params: file."""


class FileEmpty(FileRefused):
    """The file holds nothing, or only blank lines. Params: file."""


class FileTooLarge(FileRefused):
    """The file is larger than the setting max_upload_mb. Params: file, size, limit."""


class FileBinary(FileRefused):
    """The content is no table at all: a picture, a program, a damaged workbook. Params: file, kind."""


class FormatUnsupported(FileRefused):
    """A known format that holds no list, or that must be unpacked first. Params: file, kind."""


class FileProtected(FileRefused):
    """The workbook or the ZIP file needs a password. Params: file."""


class FileDamaged(FileRefused):
    """The file is cut off, or not what it says it is. Params: file, kind, detail."""


class WorkbookDamaged(FileRefused):
    """The workbook is cut off or not what it says it is. Params: file, detail."""


class UnpackedTooLarge(FileRefused):
    """A ZIP file or workbook grows beyond the setting max_unpacked_mb. Params: file, size, limit."""


class SheetTooLarge(FileRefused):
    """A sheet reaches beyond the setting max_cells. Params: file, rows, columns, limit."""


class ColumnsTooMany(FileRefused):
    """The list is wider than the setting max_columns. Params: file, columns, limit."""


class SheetHidden(FileRefused):
    """The sheet is hidden in the workbook. Params: file."""


class DashboardSheet(FileRefused):
    """The sheet has several blocks or scattered cells: a report to look at, not a list. Params: file, line."""


class ZipHoldsNothing(FileRefused):
    """No file inside the ZIP file is a list. Params: file, files."""


class JsonNoList(FileRefused):
    """The JSON holds no list of objects. Params: file, detail."""


class DayAhead(SalesError):
    """--as-of names a day that has not come yet. Params: day, today."""


class MonthsInvalid(SalesError):
    """--months is neither rows, columns nor a year. Params: given."""


class FilesRefused(FileRefused):
    """Several files cannot be loaded. Params: count, reasons (one line each)."""


class SheetUnknown(FileRefused):
    """The workbook has no sheet of that name. Params: file, sheet, sheets."""


class EncodingWrong(FileRefused):
    """The bytes are no text in the encoding that was named. Params: file, encoding."""


class HeaderOnly(FileRefused):
    """There are column names and no rows below them. Params: file, columns."""


class NamesMissing(FileRefused):
    """No row of a sheet names its columns, and others of the workbook hold lists. Params: file."""


class PivotReport(FileRefused):
    """The file is a summary (a pivot table, a cross table), not a list of records. Params: file, columns."""


class TableUnrecognised(FileRefused):
    """No profile knows these columns. Params: file, columns, suggestion (the nearest), missing."""


class CalledOtherwise(TableUnrecognised):
    """A list with the columns of sales is called something else by its file or title. Params: file, word."""


class ColumnsMissing(FileRefused):
    """The table that was named needs columns which the file lacks. Params: file, table, missing, columns."""


class KeysMissing(FileRefused):
    """No row of the file has what identifies it. Params: file, table, fields."""


class ColumnUnreadable(FileRefused):
    """Most of a column cannot be read as what it should be. Params: file, column, field, type, samples."""


class MostRefused(FileRefused):
    """More than half of the rows would be refused: hardly that table. Params: file, table, refused, rows, reason."""


class DealsUnknown(FileRefused):
    """A history names its deals, and no deal is called so. Params: file, column, names."""


class RatesRefused(FileRefused):
    """Most exchange rates of a list cannot be. Params: refused, rows, reason."""


class OnlyDocumentation(FileRefused):
    """Nothing but a description of tables was given. Params: file."""


class UnknownFile(SalesError):
    """--for names no file of the import and no list in one. Params: file, suggestion, known."""


class UnknownCurrency(SalesError):
    """--currency names no currency. Params: currency, suggestion."""


class UnknownTable(SalesError):
    """--table names no table. Params: table, suggestion, known."""


class UnknownProfile(SalesError):
    """--profile names no profile. Params: profile, suggestion, known."""


class AnswersNotKept(SalesError):
    """What was answered cannot be written beside the store, so nothing is loaded either. Params: folder, problem."""


class UnknownField(SalesError):
    """--map names a field that the table does not have. Params: field, table, suggestion, known."""


class UnknownColumn(SalesError):
    """--map names a column that no file has. Params: column, suggestion, known."""


class MapInvalid(SalesError):
    """A --map is not THEIRS=OURS. Params: given."""


class YearInvalid(SalesError):
    """What was said with --year is no year. Params: given."""


class CountsInvalid(SalesError):
    """A --counts is not WORD=yes, WORD=no or WORD=subtract. Params: given."""


class StageInvalid(SalesError):
    """A --stage is not THEIRS=open, won or lost. Params: given."""


class ProfileInvalid(SalesError):
    """A profile's TOML file has a mistake. Params: file, problem."""


class ImportCancelled(SalesError):
    """The import was cancelled; the store is as it was. Params: none."""


def refuse_all(refused: list[FileRefused]) -> None:
    """Name every file that cannot be loaded, not only the first.

    Raises:
        FileRefused: there are any.
    """
    if len(refused) == 1:
        raise refused[0]
    if refused:
        raise FilesRefused(count=len(refused), reasons=Several(refused))


class Several:
    """Errors as the text of another one, a line each."""

    def __init__(self, errors: list[FileRefused]) -> None:
        self._errors = errors

    def text(self, lang: str) -> str:
        """Each in `lang`."""
        return "\n".join(f"- {error.text(lang)}" for error in self._errors)

    def on_page(self, lang: str) -> str:
        """Each in `lang`, for a reader of a page."""
        return "\n".join(f"- {error.on_page(lang)}" for error in self._errors)
