"""Whose targets there are: the company, its teams, their people, products and regions, as one tree; and their numbers.

A team stands below the team it is part of, a person below the team of the last day of the span. A number of a team is
that of all teams below it.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from metrics.catalog import Measure
from metrics.known import is_unknown, sum_of
from metrics.target import SCOPES

OWNER = ("scope", "name")
"""The columns that say whose a row is; the company has no name."""


class Tree(NamedTuple):
    """Owners of targets.

    Attributes:
        rows: one per owner, with `target`, `original`, `versions`, `reason`, `set_on`, `is_own`, `parent`, `depth`,
            `place` (the order to show them in), of people `team`, `since_on`, `away_to` and `left_on`.
        below: `team` and each team `part` that its numbers hold, itself included.
    """

    rows: pl.DataFrame
    below: pl.DataFrame


def owners(held: pl.DataFrame, people: pl.DataFrame, teams: pl.DataFrame) -> Tree:
    """The tree of owners, from all versions of their targets, who is in which team, and which team is in which."""
    parents: dict[str, str | None] = dict(teams.select("team", "parent").rows())
    mine = held.sort("version", "value").group_by("scope", "scope_value", maintain_order=True).agg(
        pl.col("value").last().cast(pl.Float64).alias("target"),
        pl.col("value").first().cast(pl.Float64).alias("original"),
        pl.len().cast(pl.Int64).alias("versions"), pl.col("is_own", "reason", "set_on").last(),
    ).rename({"scope_value": "name"})  # fmt: skip
    found = mine.join(
        people.select(pl.lit("rep").alias("scope"), pl.col("rep").alias("name"), "team", "left_on", "away_to",
                      since_on=pl.max_horizontal("hired_on", "away_to")).unique(["scope", "name"], keep="first"),
        on=list(OWNER), how="left",
    )  # fmt: skip
    with_target = set(found.filter(pl.col("scope") == "team").get_column("name"))
    order = _in_order(with_target, parents)
    rows = [_placed(row, order, with_target, parents) for row in found.select(*OWNER, "team").iter_rows()]
    placed = pl.DataFrame(rows, schema={"parent": pl.String, "depth": pl.Int64, "place": pl.Int64}, orient="row")
    return Tree(pl.concat([found, placed], how="horizontal").sort("place", "name"), below(parents, with_target))


def _above(team: str | None, parents: dict[str, str | None]) -> list[str]:
    """The teams over one, the nearest first; a circle ends where it closes."""
    found: list[str] = []
    while team is not None and (team := parents.get(team)) is not None and team not in found:
        found.append(team)
    return found


def _in_order(teams: set[str], parents: dict[str, str | None]) -> dict[str, int]:
    """Each team's place: after the one it is part of, beside its sisters by name."""
    paths = {team: [*reversed(_above(team, parents)), team] for team in teams}
    return {team: place for place, team in enumerate(sorted(teams, key=paths.__getitem__), 1)}


def _placed(
    row: tuple[str, str | None, str | None], order: dict[str, int], listed: set[str], parents: dict[str, str | None]
) -> tuple[str | None, int, int]:
    """The parent of an owner, how deep it stands, its place: company, teams with their people, products, regions."""
    scope, name, team = row
    if scope == "company":
        return None, 0, 0
    if scope == "team" and name is not None:
        over = [one for one in _above(name, parents) if one in listed]
        return (over[0] if over else None), 1 + len(over), 2 * order[name]
    if scope == "rep":
        over = [one for one in (team, *_above(team, parents)) if one in listed]
        return (over[0] if over else None), 1 + len(over), 2 * order[over[0]] + 1 if over else 2 * len(order) + 2
    return None, 1, 2 * len(order) + 2 + (SCOPES.index(scope) if scope in SCOPES else 9)


def below(parents: dict[str, str | None], teams: set[str]) -> pl.DataFrame:
    """Each `team` and every `part` of it: itself and all teams below it. `teams`: those that the tree does not name."""
    known = {*parents, *teams}
    pairs = [(over, team) for team in known for over in (team, *_above(team, parents))]
    return pl.DataFrame(pairs, schema={"team": pl.String, "part": pl.String}, orient="row")


# ------------------------------------------------------------------------------------------------------------- numbers


def put_together(one: Measure) -> bool:
    """Whether the number of a team follows from those of the teams below it."""
    if one.additive == "all":
        return True
    return one.ratio is not None and all(part.additive == "all" for part in one.parts)


def by_owner(cut: pl.DataFrame, below: pl.DataFrame, one: Measure, keys: list[str]) -> pl.DataFrame:
    """The measure of every owner, a team's with all teams below it: `scope`, `name`, the keys, the parts, `value`.

    `is_unknown`: it stands on too small a part of what happened to be held against anything (metrics/known.py).

    Args:
        cut: rows with `scope`, `name`, the keys and the parts of the measure. below: from `owners`.
        keys: what the rows are told apart by besides: a span of time.
    """
    has_coverage = bool(one.coverage) and all(part.id in cut.columns for part in one.coverage)
    parts = [part.id for part in one.parts]
    values = [*parts, *(part.id for part in one.coverage if has_coverage)]
    plain = cut.select(*OWNER, *keys, *(pl.col(value).cast(pl.Float64) for value in values))
    is_team = pl.col("scope") == "team"
    joined = plain.filter(is_team).rename({"name": "part"}).join(below, on="part")
    grouped = joined.group_by("team", *keys, maintain_order=True)
    if put_together(one):
        teams = grouped.agg(sum_of(value) for value in values)
    else:  # a median, or a count of different things: only where one team alone has any
        teams = grouped.agg(pl.len().alias("n"), pl.col(values).first())
        teams = teams.with_columns(pl.when(pl.col("n") == 1).then(value).alias(value) for value in values)
    named = teams.select(pl.lit("team").alias("scope"), pl.col("team").alias("name"), *keys, *values)
    every = pl.concat([plain.filter(~is_team), named])
    every = every.with_columns(is_unknown=is_unknown(one) if has_coverage else pl.lit(value=False))
    if one.ratio is None:
        return every.with_columns(value=pl.col(parts[0]))
    top, under = (pl.col(value) for value in parts)
    return every.with_columns(value=top / pl.when(under != 0).then(under))
