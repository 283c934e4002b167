"""What columns of goals are called: of which measure they say they are, and for how many months."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from data.ingest.names import normal, without_unit
from data.settings import settings
from metrics.catalog import catalog

GOAL = re.compile(
    r"^(?P<of>.*?)[\s_-]*(?:目标|任务|target|quota|goal)s?[\s_-]*(?:值|额|金额|value|amount)?$", re.IGNORECASE
)
_ANY = {"", "sales", "销售", "业绩", "月度", "季度", "年度", "monthly", "quarterly", "annual", "本月", "个人", "团队"}
"""A goal of nothing in particular: of the headline measure."""
_LENGTHS = (
    *((word, 12) for word in ("年度", "全年", "年", "annual", "yearly", "fullyear", "year")),
    *((word, 3) for word in ("季度", "quarterly", "quarter")),
    *((word, 1) for word in ("月度", "每月", "本月", "monthly", "month")),
)
"""How goals begin that say for how many months they are, whatever the period of their row is."""
_CALLED = {
    "won_amount": ("赢单", "签单", "签约", "成交", "成单", "成交额", "签约额", "won", "bookings", "closed won"),
    "won_deals": ("赢单数量", "签单数", "成交数", "won deals"),
    "collected": ("回款", "回款额", "收款", "collection", "collections", "cash"),
    "invoiced": ("开票", "开票额", "invoicing"),
    "created_deals": ("新商机", "新增商机", "new deals"),
    "leads": ("线索", "新线索", "lead"),
}
"""What goals of a measure are called, besides its own name."""


def plain(header: str) -> str:
    """A column's name without its unit, in half width."""
    return unicodedata.normalize("NFKC", without_unit(header)[0]).strip()


def is_goal(header: str) -> bool:
    """Whether a column is called a goal of something."""
    return GOAL.match(plain(header)) is not None


def measure_of(header: str, told: Mapping[str, str]) -> str | None:
    """The measure that a column holds goals of; None where it holds none, or of what nobody knows."""
    if normal(header) in told:
        return told[normal(header)] or None
    found = GOAL.match(plain(header))
    if found is None:
        return None
    whole = normal(found["of"])
    for said in (whole, _without_length(whole)):
        if said in _ANY:
            return settings().headline_measure
        for of in catalog().measures.values():
            names = (of.id, of.label.text("en"), of.label.text("zh-CN"), *_CALLED.get(of.id, ()))
            if of.goal_of is None and said in {normal(name) for name in names}:
                return of.id
    return None


def length_of(header: str) -> int:
    """For how many months a goal is that says so itself; 0 where it says nothing."""
    found = GOAL.match(plain(header))
    said = normal(found["of"]) if found else ""
    return next((length for word, length in _LENGTHS if said.startswith(word)), 0)


def _without_length(said: str) -> str:
    return next((said.removeprefix(word) for word, _ in _LENGTHS if said.startswith(word)), said)
