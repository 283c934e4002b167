"""Their words for a status, a kind, a flag -> ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.ingest.names import normal
from data.ingest.profile import profiles

if TYPE_CHECKING:
    from data.ingest.match import Match

STATUSES = ("open", "won", "lost")

FLAGS = {
    "true": ["true", "yes", "y", "1", "1.0", "t", "x", "on", "si", "sí", "oui", "ja", "是", "有", "真", "已", "√"],
    "false": ["false", "no", "n", "0", "0.0", "f", "off", "non", "nein", "否", "无", "假", "未"],
}
_SHARED_WORDS = ("status", "kind")
"""Fields that mean something else in every table: their lists are named `deals.status`, `activities.kind`."""


def dictionary(match: Match, ours: str, *, is_flag: bool = False) -> dict[str, str]:
    """Their words (normalised) -> ours, for one field: everybody's list, then the CRM's, then the section's own."""
    merged: dict[str, str] = {}
    lists = [FLAGS] if is_flag else []
    place = f"{match.table}.{ours}"
    lists += [
        profile.values[key]
        for profile in (profiles()["generic"], match.profile)
        for key in (ours, place)
        if key in profile.values and (key == place or ours not in _SHARED_WORDS)
    ]
    lists += [match.spec.values.get(ours, {})]
    for words in lists:
        for our_word, theirs in words.items():
            merged |= {normal(word): our_word for word in (our_word, *theirs)}
    return merged
