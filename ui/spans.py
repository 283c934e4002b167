"""How a period's funnel looks beside the one before: stage by stage a dot for each, with its range. Result → figure."""

from __future__ import annotations

from typing import Any, NamedTuple

import plotly.graph_objects as go
import polars as pl

from metrics.bottleneck import worst
from metrics.funnel_spans import SPANS, judged
from metrics.query import Result
from ui import numbers
from ui.drawing import under_pointer
from ui.funnel import names_of
from ui.look import Look
from ui.question import Finding, mark_of
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
    found = _largest_loss(result)
    if found is None:
        gained = pl.col("is_beyond_chance") & (pl.col("expected_loss") < 0)
        gains = sum(judged(one).filter(gained).height for one in _pipelines(result))
        return look.words("question.versus_gained" if gains else "question.versus_alike")
    return look.words("question.versus_found", **_told(found, look))


def bottleneck(result: Result, look: Look) -> Finding:
    """The stage that costs most against the company's own history, with its deals; else why none is named."""
    compared = pl.col("decided.n") * pl.col("others.n") > 0
    if not any(judged(one).filter(compared).height for one in _pipelines(result)):
        return Finding(look.words("question.bottleneck_unknown", now=look.now, before=look.before))
    found = _largest_loss(result)
    if found is None:
        return Finding(look.words("question.bottleneck_none", now=look.now, before=look.before))
    told, row = _told(found, look), found.row
    sizes = {name: numbers.exact(row[f"{name}.n"], "count", look.lang) for name in ("decided", "others")}
    told |= {"n": sizes["decided"], "m": sizes["others"], "now": look.now, "before": look.before}
    at = {"pipeline": found.pipeline, "span": "now", "place": row["place"]}
    mark = mark_of("decided", f"{told['stage']} · {look.now}", **at)
    return Finding(look.words("question.bottleneck_found", **told), mark)


class _Loss(NamedTuple):
    """The stage that lost most against before, beyond chance: a row of `judged`, its pipeline, and its labels."""

    row: dict[str, Any]
    pipeline: str | None
    labelled: pl.DataFrame


def _pipelines(result: Result) -> list[pl.DataFrame]:
    return [one for _, one in _known(result).group_by("pipeline", maintain_order=True)]


def _largest_loss(result: Result) -> _Loss | None:
    """Of all pipelines, each judged by itself; None where no stage lost beyond chance."""
    losses = []
    for one in _pipelines(result):
        row = worst(judged(one))
        if row is not None:
            losses.append(_Loss(row, one.item(0, "pipeline"), one.filter(pl.col("place") == row["place"]).head(1)))
    return max(losses, key=lambda loss: float(loss.row["expected_loss"]), default=None)


def _told(found: _Loss, look: Look) -> dict[str, str]:
    """The stage, its share and that of before, and what the difference costs, in words."""
    shares = {name: numbers.written(found.row[name], "share", look.lang) for name in ("decided", "others")}
    return shares | {"stage": names_of(found.labelled, look)[0], "loss": look.money(found.row["expected_loss"])}
