"""How a period's funnel looks beside the one before: stage by stage a dot for each, with its range. Result → figure."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl

from metrics.bottleneck import worst
from metrics.funnel_spans import SPANS, judged
from metrics.query import Result
from ui import numbers
from ui.drawing import under_pointer
from ui.funnel import names_of
from ui.look import Look
from ui.question import mark_of
from ui.ranges import Dot, Dots, ranges, rate


def beside(result: Result, look: Look) -> go.Figure | None:
    """The share of decided deals that moved on, of both cohorts; the numbers at the end are now ← before."""
    known = _known(result)
    if known.is_empty() or known.get_column("span").n_unique() < len(SPANS):
        return None
    stages = known.unique(["pipeline", "place"], maintain_order=True).sort("pipeline", "place")
    keys = stages.select("pipeline", "place").rows()
    names = names_of(stages, look)
    cells = {(row["span"], row["pipeline"], row["place"]): row for row in known.iter_rows(named=True)}
    looks = {"before": (look.before, str(look.palette.neutral), 0.16), "now": (look.now, look.colour(0), -0.16)}
    series = [
        Dots(text, colour, [_dot(cells.get((span, *key)), span, name, look)
                            for key, name in zip(keys, names, strict=True)], shift)
        for span, (text, colour, shift) in looks.items()
    ]  # fmt: skip
    texts = [" ← ".join(_share(cells.get((span, *key)), look) for span in SPANS) for key in keys]
    return ranges(names, series, texts, look)


def _known(result: Result) -> pl.DataFrame:
    return result.frame.filter(pl.col("place").is_not_null() & pl.col("decided.n").is_not_null())


def _dot(row: dict[str, Any] | None, span: str, name: str, look: Look) -> Dot:
    if row is None or not row["decided.n"]:
        return Dot(None, None, None, 0, "", "")
    mark = mark_of("decided", name, pipeline=row["pipeline"], span=span, place=row["place"])
    shown = rate(row["decided"], row["decided.low"], row["decided.high"], look.lang)
    says = under_pointer(f"{name} · {look.now if span == 'now' else look.before}", shown, f"n = {row['decided.n']}")
    return Dot(row["decided"], row["decided.low"], row["decided.high"], row["decided.n"], mark, says)


def _share(row: dict[str, Any] | None, look: Look) -> str:
    return "—" if row is None else numbers.written(row["decided"], "share", look.lang)


def what_changed(result: Result, look: Look) -> str | None:
    """The stage that lost most against before, beyond chance; else that none did, or which one gained."""
    losses: list[tuple[float, dict[str, object], pl.DataFrame]] = []
    gains = 0
    for _, one in _known(result).group_by("pipeline", maintain_order=True):
        verdict = judged(one)
        gains += verdict.filter(pl.col("is_beyond_chance") & (pl.col("expected_loss") < 0)).height
        found = worst(verdict)
        if found is not None:
            losses.append((float(str(found["expected_loss"])), found, one))
    if not losses:
        return look.words("question.versus_gained" if gains else "question.versus_alike")
    loss, found, one = max(losses, key=lambda each: each[0])
    stage = names_of(one.filter(pl.col("place") == found["place"]).head(1), look)[0]
    shared = {name: numbers.written(float(str(found[name])), "share", look.lang) for name in ("decided", "others")}
    return look.words("question.versus_found", stage=stage, loss=look.money(loss), **shared)
