"""Targets of divisions that have none of their own: the sum of those of the teams below them, for exactly these days.

The rule is that of metrics/bearers.py, which all numbers that are held against targets follow: each of the teams below
has one, or a team over it has; and nobody works in the division itself. Here the targets are those for exactly these
days: where one of the teams has only others (months in place of the quarter), there is nothing to add up.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from metrics.catalog import Measure
from metrics.target_owners import Tree, below, owners
from metrics.target_pace import holds

_DEEPEST = 4
"""Teams over one another, as in metrics/bearers.py."""


def summed(held: pl.DataFrame, people: pl.DataFrame, teams: pl.DataFrame, names: Iterable[str], one: Measure) -> Tree:
    """The tree of owners with a row for each of these divisions for which the sum counts, and `of_teams` they are of.

    Args:
        held, people, teams: as `owners`; of teams also `is_worked` and `is_set` (targets_divisions.sql).
        names: the divisions. one: the measure; of rates there is no sum.
    """
    tree = owners(held, people, teams)
    if one.additive != "all":
        return Tree(tree.rows.with_columns(of_teams=pl.lit(None, pl.Int64)), tree.below)
    own = tree.rows.filter(pl.col("is_own") & holds(one) & (pl.col("scope") == "team"))
    made: list[pl.DataFrame] = []
    counts: dict[str, int] = {}
    for name in names:
        parts = _bearers(name, teams)
        told = own.filter(pl.col("name").is_in(parts))
        if parts and told.height == len(parts):
            counts[name] = len(parts)
            made.append(_versions(name, told, held))
    found = owners(pl.concat([held, *made]), people, teams) if made else tree
    told_of = pl.DataFrame({"name": [*counts], "of_teams": [*counts.values()]}, _COUNTED).with_columns(scope=_TEAM)
    return Tree(found.rows.join(told_of, on=["scope", "name"], how="left", maintain_order="left"), found.below)


_TEAM = pl.lit("team")
_COUNTED = {"name": pl.String, "of_teams": pl.Int64}


def _bearers(name: str, teams: pl.DataFrame) -> list[str]:
    """The teams below a division whose targets are those of all of it; none where it has its own, or some have none."""
    known = {row["team"]: row for row in teams.iter_rows(named=True)}
    parents = {team: row["parent"] for team, row in known.items()}
    if name not in known or known[name]["is_set"]:
        return []
    parts = set(below(parents, set()).filter(pl.col("team") == name).get_column("part"))
    found: set[str] = set()
    for part in parts:
        path = _up_to(name, part, parents)
        set_for = [team for team in path if team in known and known[team]["is_set"]]
        if set_for:
            found.add(set_for[-1])
        elif known[part]["is_worked"] or part not in parents.values():
            return []
    return sorted(found) if all(len(_up_to(name, part, parents)) <= 1 + _DEEPEST for part in parts) else []


def _up_to(name: str, part: str, parents: dict[str, str | None]) -> list[str]:
    """A team, and those over it up to the division."""
    path, at = [part], part
    while at != name and (over := parents.get(at)) is not None and over not in path:
        path.append(over)
        at = over
    return path


def _versions(name: str, parts: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """The sum as if it had been set: of the first targets and, where these were changed, of those that hold."""
    sums = [parts.get_column("original").sum()]
    if parts.get_column("target").sum() != sums[0]:
        sums.append(parts.get_column("target").sum())
    return pl.DataFrame(
        {
            "scope": "team", "scope_value": name, "is_own": True, "value": sums,
            "version": list(range(1, len(sums) + 1)), "reason": None, "set_on": parts.get_column("set_on").max(),
        },
    ).select(pl.col(column).cast(kind) for column, kind in held.schema.items())  # fmt: skip
