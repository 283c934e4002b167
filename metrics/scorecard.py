"""A scorecard of salespeople: results and habits, each brought onto 0–100 by a stated rule, weighed and added up.

Rules: `target`: the share of the target reached, in hundredths, at most MOST_OF_TARGET, so that luck does not hide
everything else; `peers`: the share of the others it is better than, equal ones counting half, so that neither the
unit nor the currency matters; `scale`: where it lies on the scale of its answers, from its lowest (0) to its highest
(100). Rates, and what few have answered, are drawn towards that of all first (metrics/shrinkage.py), and rates of fewer
cases than a rank takes (metrics/reps_standing.py) are not known: two of two is not better than sixty of a hundred. Of a
period that is not over the target is that of the working days gone by.

A component that a person has no number for is left out for this person, and its weight is spread over the others in
proportion: what nobody measured is neither good nor bad. A weight of 0 removes a component. Contributions are tenths of
a point that add up to the score exactly (largest remainder).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import polars as pl

from metrics.catalog import Text, measure
from metrics.cuts import breakdown
from metrics.errors import NoSuchColumn, nearest
from metrics.notes import Note
from metrics.number import number
from metrics.period import FIRST
from metrics.query import Column, Query, from_file
from metrics.reps_standing import LEAST_CASES
from metrics.shrinkage import Floats, shrunk_means, shrunk_rates
from metrics.together import answers
from metrics.view import View
from metrics.voices import said

MOST_OF_TARGET = 120.0
"""Points that reaching a target, or more than it, is worth at most."""
Rule = Literal["target", "peers", "scale"]
MEASURES = ("attainment", "won_amount", "win_rate", "created_deals", "activities")
"""The components that are measures of the catalogue."""
_ASKED = ("nps", "csat", "peer")
_OF_OTHERS = (
    "undated", "begins", "nothing_before", "no_target_of_rows", "target_partly_there", "target_of_those_there",
)  # fmt: skip
"""What the measures say of days, or of single people by name: a card is about one of them, and shows what it lacks."""
_DRAWN = ("win_rate", *_ASKED)
"""What stands on few cases, and is drawn towards that of all."""
_SPREAD = {"nps": 78.0, "peer": 0.8}
"""The standard deviation of one answer: of NPS where half promote and a fifth detract, of five points."""


@dataclass(frozen=True)
class Component:
    """One line of the card. `unit`: of its raw value. `weight`: unless a company sets another."""

    id: str
    rule: Rule
    weight: float
    unit: str
    label: Text

    @property
    def is_measure(self) -> bool:
        """Whether the catalogue defines it."""
        return self.id in MEASURES


def _component(id_: str, rule: Rule, weight: float, unit: str = "", en: str = "", zh: str = "") -> Component:
    known = measure(id_) if id_ in MEASURES else None
    label = known.label if known else Text.model_validate({"en": en, "zh-CN": zh})
    return Component(id_, rule, weight, unit or str(known.unit if known else "number"), label)


@lru_cache(maxsize=1)
def components() -> dict[str, Component]:
    """By id, in the order of a card: what was reached, whom it was won from, what they and colleagues say, the work."""
    made = (
        _component("attainment", "target", 30),
        _component("won_amount", "peers", 10),
        _component("customers", "peers", 15, "count", "Customers won for the first time", "新赢得客户数"),
        _component("nps", "scale", 15, "number", "Recommendation (NPS)", "客户推荐（NPS）"),
        _component("csat", "scale", 0, "share", "Satisfied customers (CSAT)", "客户满意率（CSAT）"),
        _component("peer", "scale", 10, "number", "Team work as colleagues see it", "同事评价（团队合作）"),
        _component("helped", "peers", 0, "count", "Deals of others helped to win", "协助同事赢单数"),
        _component("win_rate", "peers", 10),
        _component("created_deals", "peers", 5),
        _component("activities", "peers", 5),
    )
    return {one.id: one for one in made}


def weights_of(given: Mapping[str, float] | None = None) -> dict[str, float]:
    """The weight of every component: those given, else the product's own."""
    return {one.id: float((given or {}).get(one.id, one.weight)) for one in components().values()}


def results(view: View, among: Sequence[str] = ()) -> Query:
    """What a card is made of: one row per `rep`, a column per component, `<rate>.some` and `.n` of rates.

    Args:
        view: whose period and filters apply. among: only these people; without any, everybody in view.

    `rows(component, rep=…)` are the deals, answers or activities behind a number.
    """
    view = view.with_compare("none").with_filter("rep", tuple(among))
    days = {"from_on": view.period.from_on if view.period else FIRST, "to_on": view.at}
    # What was said and what somebody helped with has no owner of its own to be filtered by: people are taken out after.
    inner = {
        "measures": breakdown(MEASURES, "rep", view),
        "customers": from_file("rep_customers", view, **days),
        "helped": from_file("rep_helped", view.with_filter("rep", ()), **days),
        "voices": from_file("rep_voices", view, **days),
    }
    first, *rest = [part for one in inner.values() for part in (replace(one, others=()), *one.others)]
    columns = (Column("rep", "by"), *(Column(one.id, "value", unit=one.unit) for one in components().values()))
    return replace(
        first, view=view, others=tuple(rest), inner=tuple(inner.items()), by=("rep",), columns=columns,
        finish="scorecard", measures=(), population=None, limit=None, notes=(),
    )  # fmt: skip


def rows(query: Query, column: str | None, at: Mapping[str, object]) -> Query:
    """What a component of a person stands on."""
    if column not in components():
        raise NoSuchColumn(name=column, suggestion=nearest(column or "", components()))
    inner = dict(query.inner)
    if column in MEASURES:
        return inner["measures"].rows(column, rep=at.get("rep"))
    said_of = column not in ("customers", "helped")
    part = inner["voices" if said_of else column]
    names = ("rep", "kind") if said_of else ("rep",)
    keys = tuple(Column(name, "detail") for name in ("customer_key",))
    named = replace(part, columns=(*(Column(name, "by") for name in names), *keys), by=names)
    where: dict[str, Any] = {"rep": at.get("rep"), **({"kind": column} if said_of else {})}
    return named.rows(**where)


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """All components of everybody side by side, by name."""
    found = answers(query, frames)
    measures = found["measures"]
    notes += [one for one in measures.notes if one.code not in _OF_OTHERS]
    frame = measures.frame.filter(pl.col("rep").is_not_null()).with_columns(
        attainment=pl.coalesce("attainment.pace", "attainment")
    )
    frame = frame.select("rep", *map(_if_any, MEASURES), "win_rate.n")
    for name in ("customers", "helped"):
        frame = frame.join(found[name].frame.select("rep", name), on="rep", how="full", coalesce=True)
        is_known = bool(found[name].frame.height)
        frame = frame.with_columns(pl.col(name).fill_null(0) if is_known else pl.col(name))
    frame = frame.join(_said(found["voices"].frame), on="rep", how="full", coalesce=True)
    among = query.view.chosen("rep") if query.view else ()
    if among:
        frame = frame.filter(pl.col("rep").is_in(list(among)))
    return frame.select("rep", *components(), *(f"{name}.n" for name in _DRAWN)).sort("rep")


def _if_any(name: str) -> pl.Expr:
    """A number of everybody; unknown where it is 0 for all of them: what nobody has, nobody writes down."""
    return pl.when((pl.col(name) != 0).any()).then(name).alias(name)


def _said(scores: pl.DataFrame) -> pl.DataFrame:
    """What the scores about everybody come to, kind by kind; means are brought onto five points."""
    frame = scores.select("rep").unique()
    for kind in _ASKED:
        part = scores.filter(pl.col("kind") == kind)
        values = []
        for (rep, scale), one in part.group_by(["rep", "scale"]):
            told = said(kind, list(one.select("score", "surveys").iter_rows()), scale)
            value = told.value if told.value is None or kind != "peer" else told.value * 5 / scale
            values.append((rep, value, told.n))
        schema = {"rep": pl.String, kind: pl.Float64, f"{kind}.n": pl.Int64}
        frame = frame.join(pl.DataFrame(values, schema, orient="row"), on="rep", how="left")
    return frame


# ------------------------------------------------------------------------------------------------------------- scoring


def scored(found: pl.DataFrame, weights: Mapping[str, float] | None = None) -> pl.DataFrame:
    """Everybody's card: a row per person and component.

    Args:
        found: frame of `results`. weights: by component; those that are not given are the product's own.

    Returns:
        `rep`, `component`, `rule`, `raw` (null: unknown), `normalised` (0–100, `target` 0–MOST_OF_TARGET), `weight`,
        `share` (0–1, of the weights that count for this person; null where left out), `contribution` (points),
        `score` (Σ contributions; null where nothing is known), `rank` (1 is best, equal ones alike), `of` (how many
        are ranked). Components of weight 0 are not there.
    """
    weighed = {name: weight for name, weight in weights_of(weights).items() if weight > 0}
    points = {name: _normalised(name, found) for name in weighed}
    scores, parts = _added(points, weighed, found.height)
    rank, of = _ranked(scores)
    rows = []
    for at, rep in enumerate(found.get_column("rep")):
        known = sum(weight for name, weight in weighed.items() if np.isfinite(points[name][at]))
        for name, weight in weighed.items():
            is_known = bool(np.isfinite(points[name][at]))
            rows.append(
                (rep, name, components()[name].rule, number(found.get_column(name)[at]),
                 float(points[name][at]) if is_known else None, weight, weight / known if is_known else None,
                 parts[at].get(name), scores[at], rank[at], of)
            )  # fmt: skip
    return pl.DataFrame(rows, _CARD, orient="row")


_CARD = {
    "rep": pl.String, "component": pl.String, "rule": pl.String, "raw": pl.Float64, "normalised": pl.Float64,
    "weight": pl.Float64, "share": pl.Float64, "contribution": pl.Float64, "score": pl.Float64, "rank": pl.Int64,
    "of": pl.Int64,
}  # fmt: skip


def _normalised(name: str, found: pl.DataFrame) -> Floats:
    """The points of everybody for one component; NaN where there is no number."""
    worth = _worth(name, found)
    match components()[name].rule:
        case "target":
            return np.clip(100 * worth, 0.0, MOST_OF_TARGET)
        case "scale":
            low, high = _SCALES[name]
            return np.clip((worth - low) / (high - low) * 100, 0.0, 100.0)
        case _:
            return _better_than(worth)


_SCALES = {"nps": (-100.0, 100.0), "csat": (0.0, 1.0), "peer": (1.0, 5.0)}
"""The lowest and the highest that there can be."""


def _worth(name: str, found: pl.DataFrame) -> Floats:
    """The number of everybody; one of few cases drawn towards that of all."""
    raw = found.get_column(name).cast(pl.Float64).fill_null(float("nan")).to_numpy()
    if name not in _DRAWN:
        return raw
    of = found.get_column(f"{name}.n").cast(pl.Float64).fill_null(0.0).to_numpy()
    if name not in _SPREAD:
        drawn = shrunk_rates(np.nan_to_num(raw * of), of).value
        return np.where(of >= LEAST_CASES, drawn, np.nan) if name in MEASURES else drawn
    return shrunk_means(raw, np.where(of > 0, _SPREAD[name] ** 2 / np.maximum(of, 1), np.nan)).value


def _better_than(values: Floats) -> Floats:
    """The share of the others that are worse, equal ones by half, in hundredths; NaN where there are no others."""
    known = np.isfinite(values)
    points = np.full(values.shape, np.nan)
    others = int(known.sum()) - 1
    if others < 1:
        return points
    rounded = np.array(
        [float(f"{value:.12g}") for value in values[known]]
    )  # a currency's last digits are no difference
    ordered = np.sort(rounded)
    below, upto = (np.searchsorted(ordered, rounded, side=side) for side in ("left", "right"))
    points[known] = 100 * (below + (upto - below - 1) / 2) / others
    return points


def _added(
    points: Mapping[str, Floats], weighed: Mapping[str, float], count: int
) -> tuple[list[float | None], list[dict[str, float]]]:
    """Scores and their parts in tenths of a point: the parts of each add up to it exactly."""
    scores: list[float | None] = []
    parts: list[dict[str, float]] = []
    for at in range(count):
        known = {name: weight for name, weight in weighed.items() if np.isfinite(points[name][at])}
        whole = sum(known.values())
        exact = {name: 10 * float(points[name][at]) * weight / whole for name, weight in known.items()}
        tenths = round(sum(exact.values()))
        shared = _largest_remainder(exact, tenths)
        parts.append({name: part / 10 for name, part in shared.items()})
        scores.append(tenths / 10 if known else None)
    return scores, parts


def _largest_remainder(exact: Mapping[str, float], whole: int) -> dict[str, int]:
    """Whole numbers next to the exact ones that add up to `whole`; those with the largest remainders are rounded up."""
    down = {name: int(value // 1) for name, value in exact.items()}
    order = sorted(exact, key=lambda name: (down[name] - exact[name], name))
    for name in order[: whole - sum(down.values())]:
        down[name] += 1
    return down


def _ranked(scores: Sequence[float | None]) -> tuple[list[int | None], int]:
    known = sorted((score for score in scores if score is not None), reverse=True)
    first = {score: place for place, score in reversed([*enumerate(known, 1)])}  # equals share the better rank
    return [None if one is None else first[one] for one in scores], len(known)
