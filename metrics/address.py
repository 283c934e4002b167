"""A View as a link: query parameters out and in. What comes in may be hostile, so all of it is bounded and checked.

`period=this_month` or `from=2026-01-01&to=2026-03-31`, `compare=last_year`, `as_of=2026-02-01`, and one parameter per
chosen dimension: `team=华东;华南`, where `~` stands for "unassigned". Other parameters belong to the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import unquote

from metrics.catalog import catalog
from metrics.notes import Note, note
from metrics.period import FIRST, LAST

if TYPE_CHECKING:
    from metrics.view import Values, View

MOST_VALUES = 200
MOST_LETTERS = 300
_LONGEST = 20_000
_UNASSIGNED, _EMPTY = "~", "%00"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def to_url(view: View) -> dict[str, str]:
    """Parameters that lead back to `view`; defaults, and settings (which are not the reader's), are left out."""
    params: dict[str, str] = {}
    if view.preset == "custom":
        params |= {"from": view.from_on.isoformat()} if view.from_on else {}
        params |= {"to": view.to_on.isoformat()} if view.to_on else {}
    elif view.preset != "all":
        params["period"] = view.preset
    if view.compare != "none":
        params["compare"] = view.compare
    if view.is_past:
        params["as_of"] = view.as_of.isoformat()
    return params | {name: ";".join(_written(value) for value in values) for name, values in view.filters}


def from_url(params: Mapping[str, str], base: View) -> tuple[View, list[Note]]:
    """`base` changed by what the link asks for, and a note for everything that could not be read."""
    changes: dict[str, Any] = {}
    ignored: list[str] = []
    _read_period(params, changes, ignored)
    _read_compare(params, changes, ignored)
    as_of = _read_day(params, "as_of", ignored)
    if as_of is not None and as_of < base.as_of:
        changes |= {"as_of": as_of, "is_past": True}
    changes["filters"] = _read_filters(params, ignored)
    view = base.model_validate({**base.model_dump(), **changes})
    return view, [note("url_ignored", name=name) for name in ignored]


def _read_period(params: Mapping[str, str], changes: dict[str, Any], ignored: list[str]) -> None:
    from metrics.view import PRESETS

    preset = params.get("period")
    from_on, to_on = _read_day(params, "from", ignored), _read_day(params, "to", ignored)
    if from_on and to_on and to_on < from_on:
        ignored.append("to")
        to_on = None
    if preset is not None and preset not in PRESETS:
        ignored.append("period")
        preset = None
    if from_on or to_on:
        changes |= {"preset": "custom", "from_on": from_on, "to_on": to_on}
    elif preset not in (None, "custom"):
        changes["preset"] = preset


def _read_compare(params: Mapping[str, str], changes: dict[str, Any], ignored: list[str]) -> None:
    from metrics.view import Compare

    compare = params.get("compare")
    if compare in get_args(Compare):
        changes["compare"] = compare
    elif compare is not None:
        ignored.append("compare")


def _read_day(params: Mapping[str, str], name: str, ignored: list[str]) -> date | None:
    """A day between 1900 and 2199, or None."""
    text = params.get(name)
    if text is None:
        return None
    if _DAY.fullmatch(text):
        with suppress(ValueError):
            day = date.fromisoformat(text)
            if FIRST <= day <= LAST:
                return day
    ignored.append(name)
    return None


def _read_filters(params: Mapping[str, str], ignored: list[str]) -> tuple[tuple[str, Values], ...]:
    """Chosen values by dimension, at most MOST_VALUES of MOST_LETTERS each."""
    found: list[tuple[str, Values]] = []
    for name, text in params.items():
        known = catalog().dimensions.get(name)
        if known is None:
            continue
        if known.kind == "grain" or not 0 < len(text) <= _LONGEST:
            ignored.append(name)
            continue
        parts = text.split(";")
        read = tuple(dict.fromkeys(_read(part) for part in parts[:MOST_VALUES]))
        values = tuple(value for value in read if value is None or (len(value) <= MOST_LETTERS and "\0" not in value))
        if len(values) < len(read) or len(parts) > MOST_VALUES:
            ignored.append(name)
        if values:
            found.append((name, values))
    return tuple(found)


def _written(value: str | None) -> str:
    """One value as a link carries it; only what separates or has a meaning is escaped."""
    if value is None:
        return _UNASSIGNED
    if value == _UNASSIGNED:
        return "%7E"
    return value.replace("%", "%25").replace(";", "%3B") or _EMPTY


def _read(part: str) -> str | None:
    if part == _UNASSIGNED:
        return None
    return "" if part == _EMPTY else unquote(part, errors="replace")
