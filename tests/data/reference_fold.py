"""The fold of deals once more, as naively as possible: day by day, one dictionary per deal, no SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

FOR_EVER = date(9999, 12, 31)
ALWAYS = date(1, 1, 1)


@dataclass(frozen=True)
class Sent:
    """One upload as a test writes it: rows by key, each a dictionary of the fields that the file carries."""

    profile: str
    as_of: date | None
    is_full: bool | None
    fields: tuple[str, ...]
    rows: dict[str, dict[str, Any]]


@dataclass
class Told:
    """What the reference says of one deal."""

    versions: list[dict[str, Any]] = field(default_factory=list)
    today: dict[str, Any] = field(default_factory=dict)


def reference(uploads: list[Sent], shown: tuple[str, ...]) -> dict[str, Told]:
    """Fold uploads given in the order of their loading; `shown` are the fields that versions have."""
    placed = sorted(uploads, key=lambda sent: (sent.as_of is not None, sent.as_of or ALWAYS))  # stable: then by number
    first_day = min((sent.as_of or ALWAYS for sent in placed), default=ALWAYS)
    keys = sorted({key for sent in placed for key in sent.rows})
    return {key: _deal(key, placed, first_day, shown) for key in keys}


def _deal(key: str, placed: list[Sent], first_day: date, shown: tuple[str, ...]) -> Told:
    state: dict[str, Any] = {}
    holders: set[str] = set()
    timeline: list[tuple[date, dict[str, Any] | None]] = []
    for sent in placed:
        day = sent.as_of or ALWAYS
        if key in sent.rows:
            state = state | {name: sent.rows[key].get(name) for name in sent.fields}
            holders.add(sent.profile)
            timeline.append((day, state))
        elif sent.is_full and holders == {sent.profile}:
            timeline.append((day, None))
    living = [(day, None if said is None or said.get("is_deleted") else said) for day, said in timeline]
    told = Told()
    told.versions = _reconstructed(living, first_day, shown) + _versions(living, shown)
    if not state.get("is_deleted"):  # else it is none any more
        told.today = {name: _shown(state, name) for name in shown} | _gone(living)
        told.today["push_count"] = _pushes(told.versions)
    return told


def _shown(state: dict[str, Any], name: str) -> Any:
    if name == "status":
        return state.get("status") or "open"
    if name == "closed_on" and (state.get("status") or "open") == "open":
        return None
    return state.get(name)


def _versions(living: list[tuple[date, dict[str, Any] | None]], shown: tuple[str, ...]) -> list[dict[str, Any]]:
    at_day_end = dict(living)  # the last of a day wins
    days = sorted(at_day_end)
    found: list[dict[str, Any]] = []
    for day, following in zip(days, [*days[1:], FOR_EVER], strict=True):
        said = at_day_end[day]
        if said is None:
            continue
        version = {name: _shown(said, name) for name in shown}
        if found and found[-1]["seen_to"] == day and all(found[-1][name] == version[name] for name in shown):
            found[-1]["seen_to"] = following
        else:
            found.append(version | {"seen_from": day, "seen_to": following, "is_reconstructed": False})
    return found


def _reconstructed(
    living: list[tuple[date, dict[str, Any] | None]], first_day: date, shown: tuple[str, ...]
) -> list[dict[str, Any]]:
    said = living[0][1]
    if said is None or said.get("created_on") is None or said["created_on"] >= first_day:
        return []
    is_open = _shown(said, "status") == "open"
    closed_on = said.get("closed_on")
    if not is_open and (closed_on is None or closed_on <= said["created_on"]):
        return []
    until = first_day if is_open else min(first_day, closed_on)
    version = {name: _shown(said, name) for name in shown} | {"status": "open", "closed_on": None}
    if not is_open:
        version["stage"] = None
    return [version | {"seen_from": said["created_on"], "seen_to": until, "is_reconstructed": True}]


def _gone(living: list[tuple[date, dict[str, Any] | None]]) -> dict[str, Any]:
    gone_on = None
    for day, said in living:
        gone_on = None if said is not None else gone_on or day
    return {"is_gone": gone_on is not None, "gone_on": gone_on}


def _pushes(versions: list[dict[str, Any]]) -> int:
    days = [version["expected_close_on"] for version in versions if not version["is_reconstructed"]]
    pairs = [(a, b) for a, b in pairwise(days) if a is not None and b is not None]
    return sum((b.year, b.month) > (a.year, a.month) for a, b in pairs)
