"""Which rows a viewer may see, as the conditions that metrics/base.py puts before every question (decision 0023)."""

from __future__ import annotations

from collections.abc import Iterable

from metrics.viewer import Viewer

Value = object


def select_from(source: str, columns: tuple[str, ...] = ()) -> str:
    """These columns of a table, or all."""
    return f"select {', '.join(f't.{name}' for name in columns) or 't.*'} from {source} as t"


def is_one_of(column: str, prefix: str, values: tuple[str | None, ...], params: dict[str, Value]) -> str:
    """`column` is one of the values; None among them means that it has none."""
    named = {f"{prefix}_{place}": value for place, value in enumerate(values) if value is not None}
    params.update(named)
    choices = [f"{column} in ({', '.join(f'${name}' for name in named)})"] if named else []
    if None in values:
        choices.append(f"{column} is null")
    return f"({' or '.join(choices)})" if choices else "true"


def in_scope(row: str, viewer: Viewer) -> str:
    """A row with a `team` and a `rep_key` is in scope: done in one of the teams, by whomever, or by the one person."""
    if viewer.scope != "teams":
        return of_person(f"{row}.rep_key", viewer)
    bound = ", ".join(f"${_TEAM}{place}" for place in range(len(viewer.teams)))
    return f"{row}.team in ({bound})" if bound else "false"


_TEAM = "in_team_"
"""The parameters that hold a viewer's teams."""


def teams_bound(texts: Iterable[str], viewer: Viewer) -> dict[str, Value]:
    """The values of a viewer's teams, where a step asks for them: engines refuse a value that is not used."""
    if viewer.scope != "teams" or not any(f"${_TEAM}" in text for text in texts):
        return {}
    return {f"{_TEAM}{place}": team for place, team in enumerate(viewer.teams)}


def of_person(column: str, viewer: Viewer) -> str:
    """The key is of somebody in scope today. Keys are integers of our own making, so they are written in."""
    return "true" if viewer.sees_all else is_key(column, viewer.rep_keys)


def is_key(column: str, keys: Iterable[int]) -> str:
    """The column is one of these keys."""
    listed = ", ".join(str(int(key)) for key in keys)
    return f"{column} in ({listed})" if listed else "false"
