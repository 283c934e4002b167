"""What the demo company's managers keep beside its CRM: contests, one of them settled, and trainings without effect.

Who was trained is drawn by lot among those who had come long before and stayed, whatever they had won: the trainings
have brought nothing, and the page must not say that they have. They change no other number.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from data.contests import make, settle
from data.demo.company import Size, reps_of
from data.demo.rhythm import AS_OF, number
from data.demo.words import Words
from data.store import Store
from data.trainings import add

_TRAININGS = (
    (date(2025, 10, 20), {"en": "Negotiation workshop", "zh-CN": "谈判技巧训练营"}),
    (date(2026, 2, 25), {"en": "Product knowledge: edge computing", "zh-CN": "产品知识：边缘计算"}),
)
_SHARE, _BEFORE = 0.3, 270
"""Of the people a third was at each training; all had come so many days before it."""
_CONTESTS: tuple[dict[str, Any], ...] = (
    {"name": {"en": "First quarter of the teams", "zh-CN": "一季度团队赛"}, "unit": "team", "rule": "target",
     "from_on": date(2026, 1, 1), "to_on": date(2026, 3, 31), "measure": "won_amount",
     "prizes": {"en": "A weekend outing for the winning team", "zh-CN": "冠军团队周末团建"}},
    {"name": {"en": "Spring sprint", "zh-CN": "春季冲刺赛"}, "unit": "rep", "rule": "target", "is_open": True,
     "from_on": date(2026, 4, 1), "to_on": date(2026, 6, 30), "measure": "won_amount",
     "prizes": {"en": "1st: a bicycle, 2nd and 3rd: headphones", "zh-CN": "第一名：自行车；第二、三名：耳机"}},
    {"name": {"en": "Busy in June", "zh-CN": "六月勤奋赛"}, "unit": "rep", "rule": "own", "measure": "activities",
     "from_on": date(2026, 6, 1), "to_on": date(2026, 6, 30), "prizes": {"en": "Lunch with the director",
                                                                        "zh-CN": "与总监共进午餐"}},
)  # fmt: skip


def recognition(store: Store, size: Size, lang: str) -> None:
    """Keep contests and trainings in a store that holds the company's files."""
    words = Words(lang)
    for told in _CONTESTS:
        made = make(store, {name: value[lang] if isinstance(value, dict) else value for name, value in told.items()})
        if made.to_on < AS_OF.replace(month=4, day=1):
            settle(store, made.name)
    reps, rng = reps_of(size), size.rng("trainings")
    for held_on, name in _TRAININGS:
        day = number(held_on)
        there = np.flatnonzero((reps.hired <= day - _BEFORE) & (reps.left > number(AS_OF)))
        chosen = rng.choice(there, max(1, round(_SHARE * there.size)), replace=False)
        add(store, name[lang], held_on, words.people(np.sort(chosen)))
