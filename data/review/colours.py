"""The light colours of the house for files that are taken away: those of the pages (.streamlit/config.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parents[2] / ".streamlit" / "config.toml"


@dataclass(frozen=True)
class Colours:
    """Each as "RRGGBB"."""

    accent: str
    text: str
    muted: str
    line: str
    ground: str
    good: str
    bad: str
    before: str
    soft_good: str
    soft_bad: str


@cache
def colours() -> Colours:
    """Those of the light theme: paper and projectors are light."""
    light = tomllib.loads(_FILE.read_text("utf-8"))["theme"]["light"]
    told = Colours(
        accent=light["primaryColor"],
        text=light["textColor"],
        muted=light["grayColor"],
        line=light["borderColor"],
        ground=light["secondaryBackgroundColor"],
        good=light["chartDivergingColors"][8],
        bad=light["chartDivergingColors"][1],
        before=light["chartDivergingColors"][6],
        soft_good=light["chartDivergingColors"][6],
        soft_bad=light["chartDivergingColors"][3],
    )
    return Colours(**{name: str(value).removeprefix("#") for name, value in vars(told).items()})
