"""What a scorecard says of what it leaves out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import polars as pl

from metrics.query import Result
from metrics.scorecard import components
from tests.ui.answered import EN, ZH
from ui.scorecard import Told

_CASES = ("win_rate.n", "nps.n", "csat.n", "peer.n")


def _told(*people: dict[str, Any]) -> tuple[str, str]:
    blank = dict.fromkeys([*components(), *_CASES])
    frame = pl.DataFrame(
        [{"rep": f"r{at}", **blank, **one} for at, one in enumerate(people)],
        {"rep": pl.String, **dict.fromkeys(blank, pl.Float64)},
    )
    result = cast(Result, SimpleNamespace(frame=frame))
    said = [Told("r0", ())(result, look) for look in (EN, ZH)]
    return said[0] or "", said[1] or ""


def test_what_is_known_but_has_nobody_to_be_compared_with_is_not_called_unknown() -> None:
    """Who sees own rows only has the win rate above the card: it is known, and not scored."""
    alone = {"win_rate": 0.5, "win_rate.n": 40, "nps": 20.0, "nps.n": 30}
    english, chinese = _told(alone)
    assert "Not scored, since you see nobody to compare with: Win rate." in english
    assert "Win rate" not in english.partition("Not known, and left out: ")[2].partition("Not scored")[0]
    assert "未计分：赢单率。" in chinese
    few, _ = _told(alone | {"win_rate.n": 3}, {"win_rate": 0.25, "win_rate.n": 40, "nps": 1.0, "nps.n": 30})
    assert "Not scored, of too few cases or of nobody else: Win rate" in few
