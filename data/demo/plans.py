"""The demo company's plans of pay: its teams on money won, by their targets; its key accounts on money collected.

The plan of the teams was changed with the year 2026, so that the page has two versions to hold against each other.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from data.demo.company import BASE_DEALS, KEY_ACCOUNTS
from data.demo.rhythm import START
from data.demo.words import Words
from metrics.pay_file import plan_of
from metrics.pay_plan import Plan

_TEAMS: dict[str, Any] = {
    "id": "sales",
    "label": {"en": "Sales commission", "zh-CN": "销售提成方案"},
    "measure": "won_amount",
    "tiers_by": "attainment",
    "ramp": ["0.25", "0.5", "0.75"],
}
_OLD, _NEW = date(START.year, 4, 1), date(2026, 1, 1)
_FLATTER = [{"at": 0, "rate": "0.006"}, {"at": "0.6", "rate": "0.010"}, {"at": 1, "rate": "0.014"}]
_STEEPER = [{"at": 0, "rate": "0.005"}, {"at": "0.6", "rate": "0.010"}, {"at": 1, "rate": "0.018"}]
_STAGES = ((0, "0.003"), (3_000_000, "0.005"), (6_000_000, "0.006"))


def plans(lang: str, deals: int) -> tuple[Plan, ...]:
    """The plans, with the team names of a language; thresholds in money grow with what one person sells."""
    names = Words(lang).of("teams")
    teams = [name for place, name in enumerate(names) if place != KEY_ACCOUNTS]
    grown = Decimal(str(round((max(deals, 1) / BASE_DEALS) ** 0.5, 2)))
    collected = [{"at": int(grown * at), "rate": rate} for at, rate in _STAGES]
    faster = [{"over": "1.2", "times": "1.25"}]
    return (
        plan_of(_TEAMS | {"teams": teams, "tiers": _FLATTER, "from_on": _OLD}),
        plan_of(_TEAMS | {"teams": teams, "tiers": _STEEPER, "accelerators": faster, "from_on": _NEW,
                          "cap": int(grown * 120_000)}),
        plan_of({"id": "key accounts", "label": {"en": "Key accounts: pay on collection", "zh-CN": "大客户回款提成"},
                 "measure": "collected", "mode": "whole", "teams": [names[KEY_ACCOUNTS]], "tiers": collected,
                 "from_on": _OLD}),
    )  # fmt: skip
