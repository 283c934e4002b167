"""The company's clock: every time stamp the store keeps or shows is in the company's time zone (data/schema.sql)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from data.settings import settings


def now() -> datetime:
    """This moment as the company's clocks show it, as the columns `…_at` hold it: without a zone.

    Not the database's `now()`: that is in the zone of the machine, which in a container is rarely the company's.
    """
    return datetime.now(ZoneInfo(settings().timezone)).replace(tzinfo=None)


def local(moment: datetime) -> datetime:
    """A moment with a zone, as the company's clocks show it."""
    return moment.astimezone(ZoneInfo(settings().timezone)).replace(tzinfo=None)
