"""Charts of a workbook that stand on the cells beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data import numerals
from data.review import formats
from data.review.colours import colours
from data.review.floating import bars, span
from data.review.letters import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter import Workbook

    from data.review.chapter import Picture
    from data.review.floating import Part
    from data.review.said import Said

_TYPES = {"bars": "bar", "columns": "column", "waterfall": "column", "line": "line"}


def chart(book: Workbook, sheet: str, picture: Picture, said: Said, *, first: int, parts: Sequence[Part]) -> Any:  # noqa: ANN401
    """The chart of a picture, or None where it has no label.

    Args:
        sheet: where its numbers stand: labels in the first column from the row `first` on, beside them each series, and
            of a waterfall the `parts` of its stack.
    """
    if not picture.labels or not picture.series:
        return None
    last = first + len(picture.labels) - 1
    kind: dict[str, str] = {"type": _TYPES[picture.kind]}
    made = book.add_chart(kind | ({"subtype": "stacked"} if picture.kind == "waterfall" else {}))
    largest = max((abs(value) for one in picture.series for value in one.values if value is not None), default=0.0)
    told = formats.of_axis(picture.unit, largest, said.lang)
    columns = _floating(picture, parts) if picture.kind == "waterfall" else _plain(picture)
    for column, look in columns:
        made.add_series({
            "name": [sheet, first - 1, column], "categories": [sheet, first, 0, last, 0],
            "values": [sheet, first, column, last, column], **look,
        })  # fmt: skip
    _axes(made, picture, told)
    wide = picture.kind == "waterfall" or len(picture.labels) > 8
    made.set_size({"width": 720 if wide else 560, "height": 330})
    made.set_title({"name": clean(picture.title, 200), "name_font": {"size": 12, "bold": True}, "overlay": False})
    if len(picture.series) > 1 and picture.kind != "waterfall":
        made.set_legend({"position": "bottom"})
    else:
        made.set_legend({"none": True})
    return made


def _axes(made: Any, picture: Picture, told: str) -> None:  # noqa: ANN401
    grid = {"visible": True, "line": {"color": f"#{colours().line}"}}
    values: dict[str, Any] = {"num_format": told, "major_gridlines": grid, "line": {"none": True}}
    names: dict[str, Any] = {"label_position": "low", "major_gridlines": {"visible": False}}
    if picture.kind == "bars":
        names["reverse"] = True  # the first one at the top
    low, high = span(bars(picture)) if picture.kind == "waterfall" else (0.0, 0.0)
    if low > 0:
        values["min"] = numerals.ticks(low, high, picture.unit, "en")[0][0]
    # Of a lying chart XlsxWriter calls the axis of names x, as of a standing one.
    made.set_x_axis(names)
    made.set_y_axis(values)
    made.show_blanks_as("gap")


def _paint(colour: str) -> dict[str, Any]:
    return {"fill": {"color": f"#{colour}"}, "border": {"none": True}}


def _plain(picture: Picture) -> list[tuple[int, dict[str, Any]]]:
    of = colours()
    by_role = {"value": of.accent, "before": of.before, "target": of.text, "low": of.muted, "high": of.muted}
    meant = {"good": of.good, "bad": of.bad, "plain": of.muted}
    made = []
    for at, one in enumerate(picture.series):
        colour = by_role[one.role]
        if picture.kind == "line":
            dash = {"value": "solid", "before": "dash", "target": "round_dot"}.get(one.role, "square_dot")
            look: dict[str, Any] = {"line": {"color": f"#{colour}", "width": 2.0, "dash_type": dash}}
        else:
            look = _paint(colour)
            if one.role == "value" and picture.colours:
                look["points"] = [_paint(meant[each]) for each in picture.colours]
        made.append((at + 1, look))
    return made


def _floating(picture: Picture, parts: Sequence[Part]) -> list[tuple[int, dict[str, Any]]]:
    of, steps = colours(), bars(picture)
    kinds = {"level": of.accent, "up": of.good, "down": of.bad, "up_below": of.good, "down_below": of.bad}
    meant = {"good": of.good, "bad": of.bad, "plain": of.muted}
    first = len(picture.series) + 1
    made: list[tuple[int, dict[str, Any]]] = []
    for at, part in enumerate(parts):
        if part == "base":
            look: dict[str, Any] = {"fill": {"none": True}, "border": {"none": True}, "gap": 40}
        else:
            look = _paint(kinds[part])
            if picture.colours and part != "level":
                look["points"] = [
                    _paint(meant[each] if bar.kind != "level" else of.accent)
                    for each, bar in zip(picture.colours, steps, strict=False)
                ]
        made.append((first + at, look))
    return made
