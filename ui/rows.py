"""A table of rows on screen: columns in the reader's words, typed, the first thousand, each deal one click away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl
import streamlit as st

from metrics.query import Query
from ui import address, answers, clicks, export, numbers, session
from ui.device import on_phone
from ui.text import has, lang, t

MOST_ROWS = 1_000
"""Rows sent to the browser; the download holds all of them."""
ROLES = (
    "low", "high", "n", "before", "target", "actual", "elapsed", "pace", "best", "worst", "shrunk", "shrunk_low",
    "shrunk_high", "peers", "adjusted", "adjusted_low", "adjusted_high", "mix", "covered", "rank_of", "others_of",
    "is_apart_of", "expected_of",
)  # fmt: skip
SHARES = ("probability", "share", "share_2", "share_3", "discount")
OPEN = "open"
ROW_HEIGHT, MOST_HEIGHT = 35, 460
SENTENCES = {"evidence": 520, "why_told": 760, "comment": 480}
"""Columns of whole sentences, and how wide they are where some are longer: rows are as high as they take then."""
_WIDE_ON_PHONE, _NAME_ON_PHONE, _MOST_LINES_ON_PHONE = 270, 175, 8
"""A sentence wider than a phone is read in two halves, line by line; a name as wide leaves no number beside it."""
_HIGHEST_ON_PHONE = 620
"""A list as high as a phone would leave nowhere to push the page on."""
_WIDTHS = {"what": 360, "method": 250, "left_on": 110, "tenure": 165}
"""Columns that few rows fill: the browser looks at the first rows to find how wide they must be, and cuts others."""
_LINE, _AROUND, _LETTER, _MOST_LINES = 19, 17, 6.4, 4
"""Pixels of a line, around lines, and of a letter (a Chinese one takes two)."""
_FOLDED = 65
"""Pixels of a row from which on Streamlit folds texts: more than four letters of the page."""


def heading(column: str) -> str:
    """A column's name as the reader sees it: a measure's, a dimension's, a field's, else the name itself."""
    base, _, role = column.rpartition(".")
    role = role if role in ROLES else f"{role}_of"  # what a column alone is called otherwise
    if base and role in ROLES:
        return t(f"column.{role}", name=heading(base))
    known = answers.known_measure(column)
    if known is not None:
        return str(known.label.text(lang()))
    cut = answers.known_dimension(column)
    if cut is not None:
        return str(cut.label.text(lang()))
    return t(f"column.{column}") if has(f"column.{column}") else column


def presented(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns a person reads; keys, flags of the machinery and columns without any value stay out."""
    kept = [
        name
        for name in frame.columns
        if not name.startswith("in_") and not name.endswith("_key") and not _is_empty(frame, name)
    ]
    return frame.select(kept)


def _is_empty(frame: pl.DataFrame, name: str) -> bool:
    return bool(frame.height) and frame.get_column(name).null_count() == frame.height


def grid(
    frame: pl.DataFrame,
    *,
    key: str,
    alt: str,
    units: Mapping[str, str] | None = None,
    reads: Callable[[Any], object] | None = None,
    links: Sequence[str | None] | None = None,
    height: int = MOST_HEIGHT,
) -> None:
    """Draw a table.

    Args:
        frame: columns as they are named in answers and rows; at most MOST_ROWS of them are drawn.
        key: name of the widget.
        alt: what the table is, for a screen reader.
        units: column name → unit of a measure, which decides how its numbers are written.
        reads: what a click means (`chosen_row`, `chosen_cell`); it is kept under `key` for `clicks.take`.
        links: the address of each row's own page; of deals they are known.
        height: pixels beyond which it is scrolled.
    """
    shown = frame.head(MOST_ROWS)
    config = {name: _column(shown.get_column(name), (units or {}).get(name)) for name in shown.columns}
    small = on_phone()
    names = [name for name, dtype in shown.schema.items() if dtype == pl.String][:1] if small else []
    config |= {
        name: st.column_config.Column(heading(name), width=_NAME_ON_PHONE)
        for name in names
        if name not in SENTENCES.keys() | _WIDTHS.keys() and _lines(shown.get_column(name), _NAME_ON_PHONE) > 1
    }
    wide = {name: min(at, _WIDE_ON_PHONE) if small else at for name, at in SENTENCES.items() if name in shown.columns}
    most = _MOST_LINES_ON_PHONE if small else _MOST_LINES
    lines = {name: _lines(shown.get_column(name), at, most) for name, at in wide.items()}
    config |= {
        name: st.column_config.Column(heading(name), width=wide[name]) for name, count in lines.items() if count > 1
    }
    tallest = max(lines.values(), default=1)
    high = max(_FOLDED, tallest * _LINE + _AROUND) if tallest > 1 else ROW_HEIGHT
    highest = min(_highest(height, high), _HIGHEST_ON_PHONE) if small else _highest(height, high)
    if "deal_id" in shown.columns:
        links = address.links("deal", "id", shown.get_column("deal_id"))
    if links is not None:
        shown = shown.insert_column(0, pl.Series(OPEN, links[: shown.height], dtype=pl.String))
        config[OPEN] = st.column_config.LinkColumn("", display_text=":material/open_in_new:", width=44, pinned=True)
    shown = _readable(shown, units or {})
    options: dict[str, Any] = {}
    if reads is not None:
        # A phone has no room for a column of boxes, nor a finger for one: a row is touched anywhere.
        options = {"on_select": clicks.keeps(key, reads), "selection_mode": "single-cell" if small else MODES[reads]}
    st.dataframe(
        shown, hide_index=True, column_config=config, key=clicks.widget(key), alt=alt, row_height=high,
        placeholder="",
        height=min(highest, ROW_HEIGHT + high * shown.height + 3), **options,
    )  # fmt: skip


def _highest(height: int, high: int) -> int:
    """A height that was meant for rows of one line, for such as are higher; where it scrolls, some of them are seen."""
    return height * high // ROW_HEIGHT if height > MOST_HEIGHT else max(height, ROW_HEIGHT + 6 * high)


def _lines(texts: pl.Series, wide: int, most: int = _MOST_LINES) -> int:
    """How many lines the longest of some texts takes in a column so wide; no more than `most`."""
    if texts.dtype != pl.String:
        return 1
    letters = pl.select((texts.str.len_chars() + texts.str.len_bytes()).max()).item()  # Chinese ones take three bytes
    return int(min(most, max(1, -(-(letters or 0) * _LETTER // (2 * (wide - 16))))))


def chosen_row(state: Mapping[str, Any]) -> int | None:
    """The position of the row that was clicked, or touched beside the link to its own page."""
    chosen = state["selection"]
    found = chosen["rows"] or [row for row, column in chosen["cells"] if column != OPEN]
    return int(found[0]) if found else None


def chosen_cell(state: Mapping[str, Any]) -> tuple[int, str] | None:
    """The position of the row and the name of the column of the cell that was clicked."""
    found = state["selection"]["cells"]
    return (int(found[0][0]), str(found[0][1])) if found else None


MODES: dict[Callable[[Any], object], str] = {chosen_row: "single-row", chosen_cell: "single-cell"}


def said(name: str, value: object) -> str:
    """One field of a row in words."""
    if isinstance(value, bool):
        return t("show.yes") if value else t("show.no")
    if isinstance(value, datetime):
        return numbers.moment(value, lang())
    if isinstance(value, date):
        return numbers.day(value, lang())
    if isinstance(value, Decimal):
        return numbers.exact(value, "money", lang())
    if isinstance(value, int | float):
        known = answers.known_measure(name)
        return numbers.exact(value, "share" if name in SHARES else known.unit if known else "number", lang())
    return answers.label(value, name, lang())


def _readable(frame: pl.DataFrame, units: Mapping[str, str]) -> pl.DataFrame:
    """Values in the reader's words; decimals as numbers to sort, money and ratios to the cent: files have it whole."""
    named = []
    for name, dtype in frame.schema.items():
        if name == OPEN:
            continue
        if dtype.is_decimal():
            named.append(pl.col(name).cast(pl.Float64).round(2))
        elif dtype.is_float() and units.get(name) == "difference":  # in points, as its heading's format says
            named.append(pl.col(name) * 100)
        elif dtype.is_float() and units.get(name) == "money":
            named.append(pl.col(name).round(2))
        elif dtype.is_float() and units.get(name) == "number":  # what is less than one needs the third digit
            named.append(pl.when(pl.col(name).abs() < 1).then(pl.col(name).round(3)).otherwise(pl.col(name).round(2)))
        elif dtype.is_(pl.String) and any(has(f"value.{name}.{value}") for value in frame.get_column(name).head(1)):
            words = {v: t(f"value.{name}.{v}") for v in frame.get_column(name).unique() if has(f"value.{name}.{v}")}
            named.append(pl.col(name).replace(words))
    return frame.with_columns(named) if named else frame


def _column(values: pl.Series, unit: str | None) -> Any:  # noqa: ANN401 - Streamlit's own column types
    name, dtype = values.name, values.dtype
    title, wide = heading(name), _WIDTHS.get(name)
    if unit == "share" or name in SHARES:
        return st.column_config.NumberColumn(title, format="percent")
    if unit == "difference":
        return st.column_config.NumberColumn(title, format=t("show.points"))
    if (unit == "money" or dtype.is_decimal()) and _has_cents(values):  # else 9,951.8 stands under 10,197.49
        return st.column_config.NumberColumn(title, format="%,.2f")
    if dtype.is_numeric():
        return st.column_config.NumberColumn(title, format="localized")
    if dtype.is_(pl.Date):
        written = t(f"date.{name}") if has(f"date.{name}") else t("date.day")
        return st.column_config.DateColumn(title, width=wide, format=written)
    if isinstance(dtype, pl.Datetime):
        return st.column_config.DatetimeColumn(title, format=t("date.moment"))
    return st.column_config.Column(title, width=wide)


def _has_cents(values: pl.Series) -> bool:
    """Whether any of the amounts is not whole: all of their column are written with cents then."""
    return values.dtype.is_numeric() and bool((values != values.round(0)).any())


class File(NamedTuple):
    """What a file is called and says besides its rows.

    `headings`: column → heading. `units`: column → unit. `definitions`: (term, meaning) pairs of its second sheet.
    """

    name: str
    headings: dict[str, str]
    units: dict[str, str]
    definitions: Sequence[tuple[str, str]]


def headings(frame: pl.DataFrame) -> dict[str, str]:
    """Every column's heading in the reader's words."""
    return {column: heading(column) for column in frame.columns}


def asked_later(query: Query, shape: Callable[[pl.DataFrame], pl.DataFrame] = presented) -> Callable[[], pl.DataFrame]:
    """All rows of a question, asked when a file of them is wanted, as the viewer who looks on now."""
    store, viewer = session.store(), session.viewer()

    def ask() -> pl.DataFrame:
        with store.snapshot() as seen:
            return shape(seen.ask(query, viewer).frame)

    return ask


def downloads(file: File, frame: Callable[[], pl.DataFrame], *, key: str) -> None:
    """Two buttons: the whole table as CSV and as Excel, asked for and built only when pressed."""
    sheet, explained = t("show.data"), t("show.definitions")
    with st.container(horizontal=True, width="content", gap="small"):
        st.download_button(
            t("show.download_csv"), lambda: export.csv_bytes(frame(), file.headings), f"{file.name}.csv", "text/csv",
            key=f"{key}.csv", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            t("show.download_xlsx"),
            lambda: export.xlsx_bytes(
                frame(), file.headings, sheet=sheet, units=file.units, definitions=file.definitions,
                definitions_sheet=explained,
            ),
            f"{file.name}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key=f"{key}.xlsx", icon=":material/table_view:", on_click="ignore",
        )  # fmt: skip
