"""How a month, quarter or year adds up day by day, beside its target and last year. Result → figure."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from metrics.query import Result
from ui import numbers
from ui.look import Look
from ui.sheet import Sheet
from ui.trends import along, floats, marks, measured, on_axis, says


def cumulative(result: Result, look: Look) -> go.Figure | None:
    """What has come in until each day, the target that was due by then, and last year's after as many working days."""
    part, frame = measured(result), result.frame
    value = floats(frame, part.value)
    if np.isnan(value).all():
        return None
    shown, sheet = on_axis(frame, "day", part, look), Sheet()
    target, before = floats(frame, "target_due"), floats(frame, "last_year")
    known = ~np.isnan(value)
    if not np.isnan(target).all():
        sheet.add_scatter(
            x=shown.place, y=target, mode="lines", name=look.words("column.target_due"), hoverinfo="text",
            line={"color": look.palette.text, "width": 1.8, "dash": "dash"}, showlegend=True,
            hovertext=says(shown.labels, target, part, look, [look.words("column.target_due")] * frame.height),
            customdata=[mark if is_known else None for mark, is_known in zip(shown.marks, known, strict=True)],
        )  # fmt: skip
    if not np.isnan(before).all():
        days = [numbers.day(day, look.lang) for day in frame.get_column("last_year.to_on")]
        sheet.add_scatter(
            x=shown.place, y=before, mode="lines+markers", name=look.words("value.series.last_year"), hoverinfo="text",
            line={"color": look.palette.neutral, "width": 1.8}, marker={"size": 3},
            customdata=marks(frame, days, "last_year", "last_year."), hovertext=says(days, before, part, look),
        )  # fmt: skip
    sheet.add_scatter(
        x=shown.place[known], y=value[known], mode="lines+markers", name=look.words("value.series.now"),
        line={"color": look.colour(0), "width": 3}, marker={"size": 4}, hoverinfo="text",
        customdata=[mark for mark, is_known in zip(shown.marks, known, strict=True) if is_known],
        hovertext=[text for text, is_known in zip(says(shown.labels, value, part, look), known, strict=True)
                   if is_known],
    )  # fmt: skip
    return along(sheet, shown, [value, target, before], part, look)


def how_far(result: Result, look: Look) -> str | None:
    """Where it stands on the view's day: against the target due by then, and against last year."""
    part, frame = measured(result), result.frame
    there = frame.filter(frame.get_column(part.value).is_not_null())
    if there.is_empty():
        return None
    row, end = there.row(-1, named=True), frame.row(-1, named=True)
    text = look.words(
        "question.trend_cumulative_found", day=numbers.day(row["day"], look.lang), gone=row["workdays"],
        all=end["workdays"], value=look.written(row[part.value], part),
    )  # fmt: skip
    if row["target_due"]:
        share = numbers.share(row[part.value] / row["target_due"], look.lang, 0)
        whole = frame.get_column("target_due").drop_nulls().to_list()[-1]
        text += look.words("question.trend_target", share=share, target=look.written(row["target_due"], part),
                           whole=look.written(whole, part))  # fmt: skip
    change = numbers.change(row[part.value], row["last_year"], part.unit, look.lang)
    if change != numbers.NOTHING:
        text += look.words("question.trend_last_year", change=change)
    return text + look.words("question.trend_stop")
