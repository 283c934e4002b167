"""What the command about the funnel answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from data.reports import ask_report
from metrics.bottleneck import against_the_rest, worst
from metrics.errors import MeasureNotBy
from metrics.funnel import funnel
from metrics.funnel_bases import moved, standing
from metrics.funnel_spans import SPANS, against_before
from metrics.lead_funnel import lead_funnel
from metrics.losses import losses
from metrics.moves import WENT, moves

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.asking import Answer
    from data.terminal import Session
    from metrics.query import Query
    from metrics.view import View

_UNSAID = ("place", "label_en", "label_zh", "next_place", "next_label_en", "next_label_zh")
"""Columns that say nothing to a person beside the stage's name."""
_WHY = {"reasons": "lost_reason", "competitors": "competitor"}


def funnel_question(about: str, by: str | None) -> Callable[[View], Query]:
    """The question about the funnel, split by a dimension where one is named."""

    def question(view: View) -> Query:
        if about == "cohort":
            return funnel(view, by)
        if about == "period":
            return moved(view, by)
        if about == "leads":
            return lead_funnel(view, by)
        if by is not None:
            raise MeasureNotBy(measure="open_deals", dimension=by)
        if about == "before":
            return against_before(view)
        if about in _WHY:
            return losses(view, _WHY[about])
        return moves(view) if about == "moves" else standing(view)

    return question


def funnel_report(session: Session, answered: Answer, by: str | None, *, only_sql: bool) -> None:
    """The stages in order; where it is split, who loses more than the others beyond chance is said."""
    frame = answered.frame
    notes = list(answered.notes)
    if by is not None and frame.height and "entered_amount" in frame.columns:
        for (_,), one in frame.group_by(["pipeline"], maintain_order=True):
            found = worst(against_the_rest(one, by))
            if found is not None:
                notes.append(session.word("bottleneck", **_named(session, found, by)))
    named = [name for name in frame.columns if name not in (*_UNSAID, *answered.labels) and "." not in name]
    if not session.is_json and not only_sql:
        kept = [name for name in frame.columns if name not in _UNSAID and not _is_alike(name, answered)]
        label = "label_zh" if session.lang == "zh-CN" else "label_en"
        frame = frame.with_columns(stage=pl.coalesce(label, "stage"))
        if "went" in frame.columns:
            kinds = {kind: session.word(f"went_{kind}") for kind in WENT}
            frame = frame.with_columns(
                next_stage=pl.coalesce(f"next_{label}", "next_stage"), went=pl.col("went").replace(kinds)
            )
        if "span" in frame.columns:
            frame = frame.with_columns(pl.col("span").replace({span: session.word(f"span_{span}") for span in SPANS}))
        frame = frame.select(kept)
    labels = answered.labels | {name: session.word(f"process_{name}") for name in named}
    ask_report(session, replace(answered, frame=frame, notes=notes, labels=labels), only_sql=only_sql)


def _is_alike(name: str, answered: Answer) -> bool:
    """A pipeline where there is one only, or money other than what was lost: a table that people read has no room."""
    if name == "pipeline":
        return answered.frame.get_column("pipeline").n_unique() < 2
    return name.endswith("_amount") and name not in ("lost_amount", "won_amount", "conversion_amount")


def _named(session: Session, found: dict[str, object], by: str) -> dict[str, object]:
    """The facts of the sentence that names a bottleneck."""
    value = found[by] if found[by] is not None else session.word("unassigned")
    shares = {name: f"{100 * float(str(found[name])):.1f} %" for name in ("decided", "others")}
    return {"value": value, "stage": found["stage"], "loss": f"{float(str(found['expected_loss'])):,.0f}", **shares}
