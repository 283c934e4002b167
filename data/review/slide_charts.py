"""Pictures of a review as charts of PowerPoint: with their data, to be edited there."""

from __future__ import annotations

from copy import deepcopy
from math import isfinite
from typing import TYPE_CHECKING, Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from data import numerals
from data.punctuation import ended
from data.review import formats
from data.review.colours import colours
from data.review.floating import PARTS, bars, span, stacked
from data.review.letters import clean, ems, one_line
from data.review.slide_text import INCH, styled, with_fonts
from data.review.slide_xml import child

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pptx.slide import Slide

    from data.review.chapter import Picture, Series
    from data.review.floating import Bar, Part
    from data.review.said import Said

_TYPES = {
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
    "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "waterfall": XL_CHART_TYPE.COLUMN_STACKED,
    "line": XL_CHART_TYPE.LINE,
}
_SIGNS = {"good": "✓ ", "bad": "! ", "plain": ""}
_LETTERS, _LABEL = 12, 12  # points
_CHARTS_2012 = "http://schemas.microsoft.com/office/drawing/2012/chart"
_LEADERS = "{CE6537A1-D6FC-4f65-9D91-7224C49458BB}"
"""Of labels, what came after the standard: whether lines lead to them."""
_GAP = 0.12
"""Inches between a name or a number and what stands beside it."""
_LOW = 0.045
"""Of a chart's height: a bar that is lower has its number above it instead of on it."""


def holds(picture: Picture) -> bool:
    """Whether there is anything to draw."""
    return any(_finite(value) is not None for one in picture.series for value in one.values)


def chart(slide: Slide, picture: Picture, box: tuple[float, float, float, float], said: Said) -> None:
    """Put the picture onto a slide. `box`: left, top, width and height in inches."""
    data = CategoryChartData(number_format=formats.of_cell(picture.unit))
    room = 26 if picture.kind == "bars" else max(4.0, 2.2 * box[2] * INCH / len(picture.labels) / _LETTERS)
    data.categories = [one_line(clean(label, 200), room) for label in picture.labels]
    steps = bars(picture) if picture.kind == "waterfall" else []
    parts: list[Part] = [part for part in PARTS if any(part in stacked(bar) for bar in steps)]
    if steps:
        for part in parts:
            data.add_series(said.word(part), [stacked(bar).get(part) for bar in steps])
    else:
        for one in picture.series:
            data.add_series(clean(one.name, 80) or clean(picture.title, 80), [_finite(value) for value in one.values])
    frame = slide.shapes.add_chart(_TYPES[picture.kind], *(Inches(side) for side in box), data)
    named = frame._element.nvGraphicFramePr.cNvPr  # noqa: SLF001 - python-pptx has no alternative texts
    named.set("descr", clean(ended(picture.title, said.lang) + picture.rule, 600))
    made = frame.chart
    _whole(made, picture, said)
    if steps:
        _floating(made, picture, steps, parts, said)
    elif picture.kind == "line":
        _lines(made, picture)
    else:
        _standing(made, picture, said, box[2])


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def _largest(picture: Picture) -> float:
    known = [abs(value) for one in picture.series for value in one.values if value is not None and isfinite(value)]
    return max(known, default=0.0)


def _format(picture: Picture, said: Said) -> str:
    return formats.of_chart(picture.unit, _largest(picture), said.lang)


def _whole(made: Any, picture: Picture, said: Said) -> None:  # noqa: ANN401 - charts of python-pptx have no types
    """Letters, axes and key."""
    of = colours()
    made.has_title = False
    made.font.size, made.font.color.rgb = Pt(_LETTERS), RGBColor.from_string(of.text)
    with_fonts(made.font._element)  # noqa: SLF001
    told = [one for one in picture.series if picture.kind == "line" or one.role not in ("low", "high")]
    made.has_legend = len(told) > 1 and picture.kind != "waterfall"
    if made.has_legend:
        made.legend.position, made.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    names, values = made.category_axis, made.value_axis
    names.format.line.color.rgb = RGBColor.from_string(of.muted)
    names.tick_label_position, names.major_tick_mark = XL_TICK_LABEL_POSITION.LOW, XL_TICK_MARK.NONE
    names.has_major_gridlines = False
    values.major_tick_mark = XL_TICK_MARK.NONE
    values.format.line.fill.background()
    written = formats.of_axis(picture.unit, _largest(picture), said.lang)
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = written, False
    values.has_major_gridlines = picture.kind != "bars"
    if values.has_major_gridlines:
        values.major_gridlines.format.line.color.rgb = RGBColor.from_string(of.line)
        values.major_gridlines.format.line.width = Pt(0.75)
    if picture.kind == "bars":
        names.reverse_order = True  # the first one at the top
        values.visible = False  # every bar has its number


# --------------------------------------------------------------------------------------------------- bars and columns


def _standing(made: Any, picture: Picture, said: Said, wide: float) -> None:  # noqa: ANN401
    plot = made.plots[0]
    shown = [one for one in picture.series if one.role not in ("low", "high")]
    plot.gap_width, plot.overlap = 45, 0
    of = colours()
    by_role = {"value": of.accent, "before": of.before, "target": of.text}
    meant = {"good": of.good, "bad": of.bad, "plain": of.muted}
    has_range = {"low", "high"} <= {one.role for one in picture.series}
    if has_range:  # numbers stand within the bars, out of the way of the ranges: dark on light
        by_role = {"value": of.soft_good, "before": of.line, "target": of.text}
        meant = {"good": of.soft_good, "bad": of.soft_bad, "plain": of.line}
    told = _format(picture, said)
    column = (wide - 0.8) * INCH / len(picture.labels) / (len(shown) + 0.45)
    letters = max(
        (ems(said.number(value, picture.unit)) for one in shown for value in one.values if value is not None),
        default=0.0,
    )  # fmt: skip
    is_labelled = picture.kind == "bars" or letters * _LABEL <= column * 1.1
    place = XL_LABEL_POSITION.INSIDE_BASE if has_range else XL_LABEL_POSITION.OUTSIDE_END
    for one, series in zip(picture.series, list(plot.series), strict=True):
        if one.role in ("low", "high"):
            continue
        usual = meant["plain"] if one.role == "value" and picture.colours else by_role[one.role]
        _fill(series, usual, is_open=one.role == "target")
        if is_labelled:
            _label(series, told, place)
        if one.role == "value" and picture.colours:
            for at, each in enumerate(picture.colours):
                if one.values[at] is not None:
                    _fill(series.points[at], meant[each])
                    if is_labelled and _SIGNS[each]:
                        _point_label(series, at, formats.marked(told, _SIGNS[each]))
    if has_range and picture.kind == "bars" and is_labelled:
        _clear_of_ranges(made, picture, said, told, wide)
    _ranges(plot, picture)


def _clear_of_ranges(made: Any, picture: Picture, said: Said, told: str, wide: float) -> None:  # noqa: ANN401
    """A number that has no room before the line of its range stands behind that line, at its far end.

    To know where that is, the names get as much room as they need, and the axis an end of its own. Of bars on both
    sides of zero all stays as it is.
    """
    by: dict[str, Series] = {one.role: one for one in picture.series}
    known = [value for one in picture.series for value in one.values if value is not None and isfinite(value)]
    if "value" not in by or not known or min(known) < 0 or max(known) <= 0:
        return
    names = min(0.3 * wide, max(ems(one_line(clean(label, 200), 26)) for label in picture.labels) * _LETTERS / INCH)
    room = wide - names - 2 * _GAP
    ranges = enumerate(zip(by["value"].values, by["low"].values, by["high"].values, strict=True))
    widths = {
        at: (low, high, ems(said.number(value, picture.unit) + _SIGNS[_meant(picture, at)]) * _LABEL / INCH + _GAP)
        for at, (value, low, high) in ranges
        if value is not None and low is not None and high is not None and low < high
    }
    span = 1.04 * max(known)
    crowded = {at: one for at, one in widths.items() if one[0] / span * room < one[2]}
    if not crowded:
        return
    span = max([span, *(high / (1 - width / room) for _, high, width in crowded.values() if width < room)])
    made.value_axis.minimum_scale, made.value_axis.maximum_scale = 0.0, span
    area = made._chartSpace.chart.plotArea  # noqa: SLF001 - python-pptx places no plots
    for layout in area.findall(qn("c:layout")):
        area.remove(layout)
    layout = area.makeelement(qn("c:layout"), {})
    area.insert(0, layout)
    placed = child(layout, "c:manualLayout")
    for tag, val in (("layoutTarget", "inner"), ("xMode", "edge"), ("yMode", "edge")):
        child(placed, f"c:{tag}", val=val)
    tall = 0.84 if made.has_legend else 0.96
    for tag, share in (("x", (names + _GAP) / wide), ("y", 0.02), ("w", room / wide), ("h", tall)):
        child(placed, f"c:{tag}", val=f"{share:.4f}")
    series = next(
        each for one, each in zip(picture.series, list(made.plots[0].series), strict=True) if one.role == "value"
    )
    for at, (_, high, _) in crowded.items():
        sign = _SIGNS[_meant(picture, at)]
        _point_label(
            series, at, formats.marked(told, sign) if sign else told, ((high / span * room + _GAP / 2) / wide, 0.0)
        )
    _without_leaders(series)


def _without_leaders(series: Any) -> None:  # noqa: ANN401
    """No line from a number to its usual place: beside a range it would be taken for a part of that."""
    labels = series.data_labels._element  # noqa: SLF001
    held = child(child(labels, "c:extLst"), "c:ext", uri=_LEADERS)
    held.append(held.makeelement(f"{{{_CHARTS_2012}}}showLeaderLines", {"val": "0"}, {"c15": _CHARTS_2012}))


def _meant(picture: Picture, at: int) -> str:
    return picture.colours[at] if at < len(picture.colours) else "plain"


def _fill(part: Any, colour: str, *, is_open: bool = False) -> None:  # noqa: ANN401
    """The colour of a series or of one mark; an open one is an outline."""
    if is_open:
        part.format.fill.solid()
        part.format.fill.fore_color.rgb = RGBColor(255, 255, 255)
        part.format.line.color.rgb, part.format.line.width = RGBColor.from_string(colour), Pt(1.25)
    else:
        part.format.fill.solid()
        part.format.fill.fore_color.rgb = RGBColor.from_string(colour)
    if hasattr(part, "invert_if_negative"):
        part.invert_if_negative = False


def _label(series: Any, told: str, position: Any) -> None:  # noqa: ANN401
    labels = series.data_labels
    labels.show_value, labels.number_format, labels.number_format_is_linked = True, told, False
    labels.font.size = Pt(_LABEL)
    with_fonts(labels.font._element)  # noqa: SLF001
    if position is not None:
        labels.position = position


def _point_label(series: Any, at: int, told: str, moved: tuple[float, float] = (0.0, 0.0)) -> None:  # noqa: ANN401
    """A label of one mark with a format of its own; the number stays a number.

    Args:
        moved: how far to the right of and below its usual place it stands, as shares of the chart's width and height.
    """
    labels = series.data_labels._element  # noqa: SLF001 - python-pptx has texts for single labels, but no formats
    for told_before in labels.findall(qn("c:dLbl")):
        if told_before.find(qn("c:idx")).get("val") == str(at):
            labels.remove(told_before)
    made = labels.makeelement(qn("c:dLbl"), {})
    child(made, "c:idx", val=str(at))
    if any(moved):
        layout = child(child(made, "c:layout"), "c:manualLayout")
        for side, share in zip("xy", moved, strict=True):
            child(layout, f"c:{side}", val=f"{share:.4f}" if share else "0")
    child(made, "c:numFmt", formatCode=told, sourceLinked="0")
    child(made, "c:spPr")
    own = labels.find(qn("c:txPr"))
    if own is not None:
        made.append(deepcopy(own))
    position = labels.find(qn("c:dLblPos"))
    if position is not None:
        made.append(deepcopy(position))
    for tag, shown in (("showLegendKey", "0"), ("showVal", "1"), ("showCatName", "0"), ("showSerName", "0"),
                       ("showPercent", "0"), ("showBubbleSize", "0")):  # fmt: skip
        child(made, f"c:{tag}", val=shown)
    labels.insert(len(labels.findall(qn("c:dLbl"))), made)


def _ranges(plot: Any, picture: Picture) -> None:  # noqa: ANN401
    """Low and high as a line across each mark of the first series, instead of bars of their own."""
    by: dict[str, Series] = {one.role: one for one in picture.series}
    if "low" not in by or "high" not in by:
        return
    values = next((one for one in picture.series if one.role == "value"), None)
    if values is None:
        return
    told = list(zip(picture.series, list(plot.series), strict=True))
    ends = {"plus": by["high"].values, "minus": by["low"].values}
    series = next(each for one, each in told if one is values)._element  # noqa: SLF001
    made = series.makeelement(qn("c:errBars"), {})
    for tag, told_by in (("errBarType", "both"), ("errValType", "cust"), ("noEndCap", "1")):
        child(made, f"c:{tag}", val=told_by)
    for tag, end in ends.items():
        held = child(child(made, f"c:{tag}"), "c:numLit")
        child(held, "c:formatCode").text = "General"
        child(held, "c:ptCount", val=str(len(end)))
        for at, (value, reached) in enumerate(zip(values.values, end, strict=True)):
            if value is not None and reached is not None:  # a mark without a range has no line, not even a short one
                child(child(held, "c:pt", idx=str(at)), "c:v").text = repr(abs(reached - value))
    line = child(child(made, "c:spPr"), "a:ln", w="15875")
    child(child(line, "a:solidFill"), "a:srgbClr", val=colours().text)
    series.find(qn("c:cat")).addprevious(made)
    for one, each in told:
        if one.role in ("low", "high"):
            each._element.getparent().remove(each._element)  # noqa: SLF001


# --------------------------------------------------------------------------------------------------------------- lines


def _lines(made: Any, picture: Picture) -> None:  # noqa: ANN401
    of = colours()
    looks = {
        "value": (of.accent, MSO_LINE.SOLID, 2.5), "before": (of.before, MSO_LINE.DASH, 2.0),
        "target": (of.text, MSO_LINE.ROUND_DOT, 1.75), "low": (of.muted, MSO_LINE.ROUND_DOT, 1.25),
        "high": (of.muted, MSO_LINE.ROUND_DOT, 1.25),
    }  # fmt: skip
    shades = (of.accent, of.bad, of.good, of.muted)
    several = 0
    for one, series in zip(picture.series, made.plots[0].series, strict=True):
        colour, dash, width = looks[one.role]
        if one.role == "value":
            colour, several = shades[several % len(shades)], several + 1
        series.smooth = False
        series.format.line.color.rgb, series.format.line.width = RGBColor.from_string(colour), Pt(width)
        series.format.line.dash_style = dash
        if sum(value is not None for value in one.values) > 1:
            series.marker.style = XL_MARKER_STYLE.NONE


# ---------------------------------------------------------------------------------------------------------- waterfalls


def _floating(made: Any, picture: Picture, steps: Sequence[Bar], parts: Sequence[Part], said: Said) -> None:  # noqa: ANN401
    of, plot, told = colours(), made.plots[0], _format(picture, said)
    plot.gap_width, plot.overlap = 40, 100
    low, high = span(list(steps))
    if low > 0:
        made.value_axis.minimum_scale = numerals.ticks(low, high, picture.unit, said.lang)[0][0]
    # Light, so that dark letters can be read where a bar is too low for its number.
    usual = {
        "level": of.line, "up": of.soft_good, "down": of.soft_bad, "up_below": of.soft_good, "down_below": of.soft_bad
    }  # fmt: skip
    meant = {"good": of.soft_good, "bad": of.soft_bad, "plain": of.line}
    for part, series in zip(parts, plot.series, strict=True):
        if part == "base":
            series.format.fill.background()
            series.format.line.fill.background()
            continue
        _fill(series, usual[part])
        if not part.endswith("_below"):
            sign = {"level": "", "up": "+", "down": "−"}[part]
            _label(series, formats.signed(told, sign), None)
            series.data_labels.font.bold = True
        for at, bar in enumerate(steps):
            if part not in stacked(bar):
                continue
            if bar.kind != "level" and at < len(picture.colours):
                _fill(series.points[at], meant[picture.colours[at]])
            if part in ("up", "down") and bar.value and bar.high - bar.low < _LOW * (high - low):
                sign = "+" if part == "up" else "−"
                _point_label(series, at, formats.signed(told, sign), (0.0, -_LOW))
                continue
            crosses = {"up", "up_below"} <= stacked(bar).keys() or {"down", "down_below"} <= stacked(bar).keys()
            if part in ("up", "down") and crosses and bar.value is not None:
                label = series.points[at].data_label  # its two parts say nothing: the whole change is written
                sign = "+" if bar.value > 0 else ""
                run = label.text_frame.paragraphs[0].add_run()
                run.text = sign + said.number(bar.value, picture.unit)
                styled(run, _LABEL, said.lang, bold=True)
