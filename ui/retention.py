"""What the page of retention asks besides its questions: what there is, and in which periods."""

from __future__ import annotations

from data.contents import filled
from metrics.view import View
from ui import numbers, session
from ui.text import lang, t


def has_contracts() -> bool:
    """Whether anybody uploaded contracts."""
    with session.reading() as seen:
        return "contracts" in filled(seen)


def grain_name(grain: str) -> str:
    """A length of periods in words."""
    return t(f"retention.each_{grain}")


def compared(view: View) -> View:
    """The view beside other days: over its period, else over the last twelve months beside those before."""
    spanned = view.spanned()
    return spanned if spanned.before else spanned.with_compare("last_year")


def told_by(bought: str, about: str, view: View) -> str:
    """What is bought; where all of the record counts, that what the page's title says of periods does not matter."""
    said = t(f"retention.by_{bought}")
    if about == "course" or (view.period is None and view.compare == "none"):
        return said
    return f"{said} {t('retention.until', day=numbers.day(view.at, lang()))}"
