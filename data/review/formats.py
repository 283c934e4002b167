"""Number formats of spreadsheets and charts, such as Excel, PowerPoint and LibreOffice read alike."""

from __future__ import annotations

DAY = "yyyy-mm-dd"
_CELLS = {"money": "#,##0.00", "count": "#,##0", "share": "0.0%", "days": "#,##0.0", "hours": "#,##0.0"}
_CHINESE = ((100_000_000, '0\\.00,,"亿"'), (10_000, '0\\.0,"万"'))
_ENGLISH = ((1_000_000_000, '0.00,,,"B"'), (1_000_000, '0.00,,"M"'), (10_000, '0.0,"K"'))


def of_cell(unit: str) -> str:
    """That of a number in full."""
    return _CELLS.get(unit, "#,##0.0#")


def of_axis(unit: str, largest: float, lang: str) -> str:
    """That of an axis: as `of_chart`, with fewer digits."""
    return "0%" if unit == "share" else of_chart(unit, largest, lang).replace("0.00,", "0.0,")


def of_chart(unit: str, largest: float, lang: str) -> str:
    """That of a chart's labels: large numbers in the reader's units, all of one chart in the same.

    Args:
        unit: of the values. largest: the one furthest from zero. lang: "en" or "zh-CN".
    """
    if unit == "share":
        return "0.0%"
    for size, told in _CHINESE if lang == "zh-CN" else _ENGLISH:
        if unit in ("money", "count") and abs(largest) >= size:
            return f"{told};-{told};0"
    if unit in ("money", "count"):
        return "#,##0"
    return "#,##0" if abs(largest) >= 100 else "#,##0.0"


def signed(told: str, sign: str) -> str:
    """A format that writes a sign of its own before a number, whatever its own sign is."""
    first = told.partition(";")[0]
    return f'"{sign}"{first};"{sign}"{first};0' if sign else told


def marked(told: str, sign: str) -> str:
    """A format with a sign before the number, which keeps its own."""
    return ";".join(f'"{sign}"{part}' for part in told.split(";"))
