"""Who changed a limit, when, and what it was: of the rules of the register, and of the agenda of reviews.

Kept as notes (ops.notes) about the limit, one for each change, and never written over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from data.clock import now
from data.numerals import NOTHING, day, written
from data.punctuation import paired
from data.wording import wording
from metrics.alerts import rules
from metrics.errors import fill

if TYPE_CHECKING:
    import duckdb

    from data.store import Snapshot

Area = Literal["alerts", "agenda"]
Said = float | bool | str | None


class Change(BaseModel):
    """One change. `name`: of the limit, as "stalled.share"; `was`, `becomes`: its values; `who`: None where unknown."""

    model_config = ConfigDict(frozen=True)

    name: str
    was: Said
    becomes: Said
    who: str | None
    noted_at: datetime


def note(
    cursor: duckdb.DuckDBPyConnection, area: Area, changed: Mapping[str, tuple[Said, Said]], who: str | None
) -> None:
    """Write down changes with the change itself: inside its transaction.

    Args:
        changed: by the name of the limit what it was and what it becomes; what stays is no change.
    """
    (last,) = cursor.execute("select coalesce(max(id), 0) from ops.notes").fetchall()[0]
    when = now()
    others = [(name, was, becomes) for name, (was, becomes) in changed.items() if was != becomes]
    for number, (name, was, becomes) in enumerate(others, last + 1):
        cursor.execute(
            "insert into ops.notes values ($id, $subject, $text, $who, $at)",
            {"id": number, "subject": f"{area}:{name}", "text": json.dumps({"was": was, "becomes": becomes}),
             "who": who or None, "at": when},
        )  # fmt: skip


def changes(seen: Snapshot, area: Area) -> list[Change]:
    """Every change of an area's limits, the latest first."""
    rows = seen.frame(
        "select subject, text, who, noted_at from ops.notes where starts_with(subject, $of)"
        " order by noted_at desc, id desc",
        {"of": f"{area}:"},
    )
    return [
        Change(name=subject.removeprefix(f"{area}:"), who=who, noted_at=at, **json.loads(text))
        for subject, text, who, at in rows.iter_rows()
    ]


def last(found: Sequence[Change]) -> dict[str, Change]:
    """Of each limit its last change. `found`: the latest first."""
    return {one.name: one for one in reversed(found)}


# --------------------------------------------------------------------------------------------------------------- words


def told(name: str, value: float, change: Change | None, lang: str) -> str:
    """A limit of a rule as it stands: "overdue for at least 45 days (since 3 Nov 2026, changed by …; before: 30 days)".

    Args:
        name: of the limit, as "receivables.days". value: as it is. change: the last one, if any.
    """
    rule, _, limit = name.partition(".")
    one = rules()[rule].limits[limit]
    said = f"{one.label.text(lang)} {written(value, one.unit, lang)}"
    if change is None:
        return said
    return f"{said}{_word('limit_since', lang, by=by(change, lang), was=_value(change.was, one.unit, lang))}"


def what(change: Change, lang: str) -> str:
    """A change of a rule's limit in words: "Overdue receivables, overdue for at least: 30 days → 45 days"."""
    rule, _, limit = change.name.partition(".")
    known = rules().get(rule)
    one = known.limits.get(limit) if known else None
    if known is None or one is None:
        return paired(change.name, f"{change.was} → {change.becomes}", lang)
    label = _word("limit_of", lang, rule=known.label.text(lang), limit=one.label.text(lang))
    return f"{label} {_value(change.was, one.unit, lang)} → {_value(change.becomes, one.unit, lang)}"


def by(change: Change, lang: str) -> str:
    """When, and by whom where that is known: "3 Nov 2026, changed by boss@x.com"."""
    on = day(change.noted_at.date(), lang)
    return on if change.who is None else _word("limit_by", lang, day=on, who=change.who)


def _value(value: Said, unit: str, lang: str) -> str:
    return written(value, unit, lang) if isinstance(value, float | int) else str(value or NOTHING)


def _word(name: str, lang: str, **params: object) -> str:
    return fill(wording("review/alerts")["words"][name], lang, params)
