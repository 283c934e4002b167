"""How salespeople look beside each other: ranks with their ranges, results beside process, rates on the same mix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from data import punctuation
from metrics.catalog import Dimension, Measure, catalog, dimension, measure, table
from metrics.query import Result
from metrics.reps_evidence import kind_of
from ui import answers, numbers
from ui.drawing import under_pointer
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.question import mark_of
from ui.ranges import Dot, Dots, ranges, rate
from ui.sheet import Sheet

_NAMED = 4
"""Names that a sentence lists."""


def offered() -> tuple[str, ...]:
    """The measures that people can be ranked by."""
    rep, known = dimension("rep"), catalog().measures.values()
    return tuple(one.id for one in known if not one.is_part and not one.deprecated and _by_rep(one, rep))


def _by_rep(one: Measure, rep: Dimension) -> bool:
    if one.goal_of is not None:
        return True
    return kind_of(one) != "none" and all(part.table and table(part.table).has(rep) for part in one.parts)


def named(rep: str | None, look: Look) -> str:
    """A salesperson as the reader sees it."""
    return answers.label(rep, "rep", look.lang)


def people(names: Sequence[str], look: Look) -> str:
    """Some names, and how many more there are."""
    shown = list(names[:_NAMED])
    if len(names) > _NAMED:
        return look.words("reps.and_more", names=punctuation.named(shown, look.lang),
                          count=len(names) - _NAMED)  # fmt: skip
    return numbers.listed(shown, look.lang)


def inside(of: Measure, look: Look) -> str:
    """A measure inside a sentence."""
    label = of.label.text(look.lang)
    return label[:1].lower() + label[1:]


# -------------------------------------------------------------------------------------------------------------- board


def board(result: Result, look: Look) -> go.Figure | None:
    """The best by the first measure: drawn towards the peers, with its range; hollow: the number as it is."""
    return _board(result, look, is_last=False)


def board_last(result: Result, look: Look) -> go.Figure | None:
    """The same of the last."""
    return _board(result, look, is_last=True)


def _board(result: Result, look: Look, *, is_last: bool) -> go.Figure | None:
    of = result.query.measures[0]
    known = result.frame.filter(pl.col("rep").is_not_null() & pl.col(f"{of.id}.rank").is_not_null())
    frame = (known.reverse() if is_last else known).head(look.top or 12)
    if known.height < 2:
        return None
    rows, sheet = frame.to_dicts(), Sheet()
    place, names = np.arange(len(rows)), [named(row["rep"], look) for row in rows]
    says = [_says(row, of, name, look) for row, name in zip(rows, names, strict=True)]
    marks = [mark_of(of.id, name, rep=row["rep"]) for row, name in zip(rows, names, strict=True)]
    shrunk, low, high, own = (
        np.array([row[f"{of.id}{part}"] for row in rows], dtype=float)
        for part in (".shrunk", ".shrunk_low", ".shrunk_high", "")
    )
    peers = rows[0][f"{of.id}.peers"]
    if peers is not None and len({row[f"{of.id}.peers"] for row in rows}) == 1:
        sheet.add_vline(float(peers), {"color": str(look.palette.muted), "width": 1, "dash": "dot"})
    sheet.add_scatter(
        x=own, y=place, mode="markers", hoverinfo="text", hovertext=says, customdata=marks, cliponaxis=False,
        name=look.words("reps.as_it_is"), marker={"size": 9, "symbol": "circle-open", "color": look.palette.muted},
    )  # fmt: skip
    sheet.add_scatter(
        x=shrunk, y=place, mode="markers", hoverinfo="text", hovertext=says, customdata=marks, cliponaxis=False,
        name=look.words("reps.drawn"),
        marker={"size": 13, "color": [_colour(row, of, look) for row in rows],
                "symbol": ["diamond" if row[f"{of.id}.is_apart"] else "circle" for row in rows]},
        error_x={"type": "data", "symmetric": False, "array": high - shrunk, "arrayminus": shrunk - np.maximum(low, 0),
                 "thickness": 1.5, "width": 4, "color": look.palette.muted},
    )  # fmt: skip
    texts = [_text(row, of, look) for row in rows]
    ends = np.fmax(np.fmax(own, high), 0)
    numbers_at(sheet, ends, texts, look)
    return in_rows(sheet, names, texts, (0.0, max(float(ends.max()), float(peers or 0.0)) or 1.0), look)


def _written(value: float | None, of: Measure, look: Look) -> str:
    return numbers.written(value, of.unit, look.lang, look.currency)


def _is_better(row: dict[str, Any], of: Measure) -> bool:
    more = float(row[of.id]) > float(row[f"{of.id}.others"])
    return more != (of.better == "lower")


def _colour(row: dict[str, Any], of: Measure, look: Look) -> str:
    if not row[f"{of.id}.is_apart"]:
        return look.colour(0)
    return str(look.palette.good if _is_better(row, of) else look.palette.bad)


def _text(row: dict[str, Any], of: Measure, look: Look) -> str:
    apart = " ≠" if row[f"{of.id}.is_apart"] else ""
    value = _written(row[of.id], of, look)
    if look.is_narrow:
        return f"{value}{apart}"
    # Ranks go by the filled dot: without its number they would seem to contradict the one beside them.
    drawn = look.words("reps.rank_by", value=_written(row[f"{of.id}.shrunk"], of, look))
    return f"{value} · {_rank(row, of, look)} {drawn}{apart}"


def _rank(row: dict[str, Any], of: Measure, look: Look) -> str:
    rank, best, worst = (row[f"{of.id}.{name}"] for name in ("rank", "best", "worst"))
    return look.words("reps.rank", rank=rank, best=best, worst=worst)


def _says(row: dict[str, Any], of: Measure, name: str, look: Look) -> str:
    value, drawn, low, high, others = (
        _written(row[f"{of.id}{part}"], of, look) for part in ("", ".shrunk", ".shrunk_low", ".shrunk_high", ".others")
    )
    apart = row[f"{of.id}.is_apart"]
    key = "not_judged" if apart is None else "apart" if apart else "alike"
    lines = [
        value, look.words("reps.drawn_to", value=drawn, low=low, high=high), _rank(row, of, look),
        look.words(f"reps.{key}", others=others),
    ]  # fmt: skip
    about = [row["team"] or "", look.words("reps.partly") if row["is_partly"] else ""]
    return under_pointer(" · ".join([name, *filter(None, about)]), *lines)


def who_is_apart(result: Result, look: Look) -> str | None:
    """Who differs from the others beyond chance, above and below; else that nobody does."""
    of = result.query.measures[0]
    judged = result.frame.filter(pl.col(f"{of.id}.is_apart").is_not_null())
    if judged.height < 2:
        return None
    apart = judged.filter(f"{of.id}.is_apart").to_dicts()
    label = of.label.text(look.lang)
    if not apart:
        return look.words("question.reps_board_alike", measure=inside(of, look))
    sides = {side: [named(row["rep"], look) for row in apart if _is_better(row, of) == (side == "better")]
             for side in ("better", "worse")}  # fmt: skip
    sides["worse"].reverse()
    said = [
        look.words(f"question.reps_board_{side}", measure=label, names=people(names, look))
        for side, names in sides.items() if names
    ]  # fmt: skip
    rest = judged.height - len(apart)
    if rest:
        said.append(look.words("question.reps_board_rest", count=numbers.exact(rest, "count", look.lang)))
    return punctuation.sentences(said, look.lang)


def listing(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Everybody with every measure, what it is ranked by, its rank, and where they differ beyond chance."""
    ids = [name.removesuffix(".rank") for name in frame.columns if name.endswith(".rank")]
    marks = [_marks(row, ids, look) for row in frame.iter_rows(named=True)]
    tenure = [None if name is None else answers.label(name, "tenure", look.lang) for name in frame.get_column("tenure")]
    shown = frame.with_columns(
        pl.Series("rep", [named(name, look) for name in frame.get_column("rep")], pl.String),
        pl.Series("tenure", tenure, pl.String), pl.Series("apart_in", marks, pl.String),
    )  # fmt: skip
    known = [name for name in ids if frame.get_column(name).null_count() < frame.height]
    columns = [column for name in known for column in (name, f"{name}.shrunk", f"{name}.rank")]
    about = ["team", "tenure", "left_on", *(["is_partly"] if frame.get_column("is_partly").any() else [])]
    told = [name for name in about if shown.get_column(name).null_count() < shown.height]
    return shown.select("rep", *columns, "apart_in", *told)


def _marks(row: dict[str, Any], ids: Sequence[str], look: Look) -> str | None:
    found = []
    for name in ids:
        if row[f"{name}.is_apart"]:
            of = measure(name)
            arrow = "▲" if float(row[name]) > float(row[f"{name}.others"]) else "▼"
            found.append(f"{of.label.text(look.lang)} {arrow}")
    return punctuation.named(found, look.lang) or None


# ------------------------------------------------------------------------------------------------------- like for like


def adjusted(result: Result, look: Look) -> go.Figure | None:
    """Rates on the same mix with their range, beside the rates as they are; the best first."""
    of = result.query.measures[0]
    rows = result.frame.filter(pl.col(f"{of.id}.adjusted").is_not_null()).head(look.top or 12).to_dicts()
    if len(rows) < 2:
        return None
    names = [named(row["rep"], look) for row in rows]
    series = []
    for key, ends, colour, shift in (
        ("same_mix", _SAME_MIX, look.colour(0), -0.16), ("as_it_is", _AS_IT_IS, str(look.palette.muted), 0.16),
    ):  # fmt: skip
        dots = []
        for row, name in zip(rows, names, strict=True):
            value, low, high = (row[f"{of.id}{end}"] for end in ends)
            mark = mark_of(of.id, name, rep=row["rep"])
            dots.append(Dot(value, low, high, row[f"{of.id}.n"], mark, _mix_says(row, of, name, look)))
        series.append(Dots(look.words(f"reps.{key}"), colour, dots, shift))
    texts = [_mix_text(row, of, look) for row in rows]
    return ranges(names, series, texts, look)


_AS_IT_IS = ("", ".low", ".high")
_SAME_MIX = (".adjusted", ".adjusted_low", ".adjusted_high")


def _mix_text(row: dict[str, Any], of: Measure, look: Look) -> str:
    return numbers.share(row[f"{of.id}.adjusted"], look.lang, 0) + (" ≠" if row[f"{of.id}.is_apart"] else "")


def _mix_says(row: dict[str, Any], of: Measure, name: str, look: Look) -> str:
    said = {}
    for key, ends in (("same_mix", _SAME_MIX), ("as_it_is", _AS_IT_IS)):
        value, low, high = (row[f"{of.id}{end}"] for end in ends)
        said[key] = rate(value, low, high, look.lang)
    lines = [look.labelled(f"reps.{key}", text) for key, text in said.items()]
    expected, covered = (numbers.share(row[f"{of.id}.{part}"], look.lang, 0) for part in ("expected", "covered"))
    apart = row[f"{of.id}.is_apart"]
    key = "not_judged" if apart is None else "apart" if apart else "alike"
    lines += [look.words("reps.covered", share=covered), look.words(f"reps.{key}", others=expected)]
    return under_pointer(name, *lines)


def who_differs_on_the_mix(result: Result, look: Look) -> str | None:
    """Who differs from all others within the segments, beyond chance; else that nobody does."""
    of = result.query.measures[0]
    judged = result.frame.filter(pl.col(f"{of.id}.is_apart").is_not_null())
    if judged.height < 2:
        return None
    apart = judged.filter(f"{of.id}.is_apart")
    if apart.is_empty():
        return look.words("question.like_for_like_alike", measure=inside(of, look))
    above = pl.col(f"{of.id}.adjusted") > pl.col(f"{of.id}.expected")
    sides = {"better": apart.filter(above), "worse": apart.filter(~above).reverse()}
    said = [
        look.words(f"question.like_for_like_{side}", measure=inside(of, look),
                   names=people([named(rep, look) for rep in rows.get_column("rep")], look))
        for side, rows in sides.items() if rows.height
    ]  # fmt: skip
    return punctuation.sentences(said, look.lang)


# ------------------------------------------------------------------------------------------------------------- tenure


def tenures(result: Result, look: Look) -> go.Figure | None:
    """The win rate of joiners and old hands with its range; at the end what they reached of their targets."""
    rows = [row for row in result.frame.to_dicts() if row["win_rate"] is not None]
    if len(rows) < 2:
        return None
    names = [_band(row["tenure"], look) for row in rows]
    dots = [
        Dot(row["win_rate"], row["win_rate.low"], row["win_rate.high"], row["win_rate.n"],
            mark_of("win_rate", name, tenure=row["tenure"]), under_pointer(name, *_band_says(row, look)))
        for row, name in zip(rows, names, strict=True)
    ]  # fmt: skip
    texts = [
        numbers.share(row["win_rate"], look.lang, 0) + (" ≠" if row["is_apart"] else "")
        + ("" if row["attainment"] is None else " · " + look.words(
            "reps.attained", share=numbers.share(row["attainment"], look.lang, 0)))
        for row in rows
    ]  # fmt: skip
    return ranges(names, [Dots("", look.colour(0), dots)], texts, look)


def _band(name: str | None, look: Look) -> str:
    return look.words("reps.tenure_unknown") if name is None else answers.label(name, "tenure", look.lang)


def _band_says(row: dict[str, Any], look: Look) -> list[str]:
    counts = {name: numbers.exact(row[name], "count", look.lang) for name in ("people", "closed_deals")}
    return [
        look.words("reps.band", **counts), rate(row["win_rate"], row["win_rate.low"], row["win_rate.high"], look.lang),
        look.words("reps.per_person", money=look.money(row["won_per_person"])),
    ]  # fmt: skip


def which_band(result: Result, look: Look) -> str | None:
    """The band whose win rate differs most from the others' beyond chance; else that none can be told apart."""
    judged = result.frame.filter(pl.col("is_apart").is_not_null())
    if judged.height < 2:
        return None
    found = judged.filter("is_apart").sort((pl.col("win_rate") - pl.col("others")).abs(), descending=True)
    if found.is_empty():
        return look.words("question.tenure_alike")
    row = found.row(0, named=True)
    shares = {name: numbers.share(row[of], look.lang, 0) for name, of in (("rate", "win_rate"), ("others", "others"))}
    key = "above" if row["win_rate"] > row["others"] else "below"
    return look.words(f"question.tenure_{key}", band=_band(row["tenure"], look), **shares)
