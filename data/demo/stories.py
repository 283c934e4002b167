"""The planted facts: everything that is wrong or remarkable in the demo company, in one place.

The generator reads its effects from here, and analyses are tested to find what is listed here. A company built with
`stories=False` has none of it, and in its sales process nothing else that could be found either: all people, channels,
customers, products and months pass a stage equally often, so that whatever a page calls beyond chance there is a false
alarm.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from pydantic import BaseModel, ConfigDict

from data.demo.company import KEY_ACCOUNTS, SILENT_CUSTOMER, WEAK_REP
from data.demo.lists import customer_names
from data.demo.rhythm import AS_OF, SPRING_FESTIVALS, START
from data.demo.words import LANGS, Words, facts

NEGOTIATION = 3
BAD_CHANNEL, SLOW_INDUSTRY = 4, 5
WEAK_PRODUCT = 7

WEAK_ODDS = 0.28
"""Factor on the odds that the weak rep gets a deal through negotiation."""
CHANNEL_SINCE, CHANNEL_ODDS, CHANNEL_SHARE = date(2026, 1, 1), 0.45, 0.35
"""Factor on the odds of passing the first two stages, and on the share of the channel's leads that qualify."""
SILENT_SINCE = date(2026, 2, 2)
MISSED_FROM, MISSED_TO, MISSED_SHARE = date(2026, 4, 1), date(2026, 6, 30), 0.25
"""Share of the wins of that quarter that slip into the next."""
PRODUCT_SINCE, PRODUCT_SHARE = date(2026, 1, 1), 0.55
"""Share of the product's deals and order lines that go to another product of its category."""
SLOW_SINCE, SLOW_DAYS = date(2025, 7, 1), 48
FESTIVAL_WORK = 0.3
"""What is left of the usual work two weeks before and after the Spring Festival."""


class Story(BaseModel):
    """One planted fact.

    `where` gives, for each language, the dimension values it is planted at; `measures` are those that show it;
    `from_on` and `to_on` (included) are its days. `found_by` is the question of a page whose own rule names it.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    en: str
    zh: str
    measures: tuple[str, ...]
    from_on: date
    to_on: date
    where: dict[str, dict[str, str]]
    found_by: str | None = None

    def text(self, lang: str) -> str:
        """The story in one sentence."""
        return self.en if lang == "en" else self.zh


def _where(**indices: tuple[list[str], list[str]]) -> dict[str, dict[str, str]]:
    """Turn dimension=(English, Chinese) pairs of one name each into one dictionary per language."""
    return {lang: {dim: pair[side][0] for dim, pair in indices.items()} for side, lang in enumerate(LANGS)}


def _both(section: str, index: int) -> tuple[list[str], list[str]]:
    return [Words("en").of(section)[index]], [Words("zh-CN").of(section)[index]]


def _rep() -> tuple[list[str], list[str]]:
    return Words("en").people(np.array([WEAK_REP])), Words("zh-CN").people(np.array([WEAK_REP]))


def _customer() -> tuple[list[str], list[str]]:
    index = np.array([SILENT_CUSTOMER])
    trade = (index * 5 + index // 7) % len(facts()["industries"])
    names = [customer_names(index, index % KEY_ACCOUNTS, trade, Words(lang)).to_list() for lang in LANGS]
    return names[0], names[1]


def _of_people() -> tuple[Story, ...]:
    """Stories of one rep, one channel and one customer."""
    rep, customer = _rep(), _customer()
    channel, stage = _both("channels", BAD_CHANNEL), _both("stages", NEGOTIATION)
    return (
        Story(
            id="weak_stage",
            en=f"{rep[0][0]} brings deals as far as {stage[0][0]} like everyone, and loses far too many there.",
            zh=f"{rep[1][0]} 前几个阶段与同事相当，却在“{stage[1][0]}”阶段丢单明显偏多。",
            measures=("win_rate",),
            from_on=START,
            to_on=AS_OF,
            where=_where(rep=rep, stage=stage),
            found_by="split_rep",
        ),
        Story(
            id="bad_channel",
            en=f"Since January 2026 {channel[0][0]} brings leads that rarely qualify and deals that are rarely won.",
            zh=f"2026年1月起，{channel[1][0]}带来的线索合格率和商机赢单率明显下降。",
            measures=("win_rate", "lead_conversion"),
            from_on=CHANNEL_SINCE,
            to_on=AS_OF,
            where=_where(source=channel),
            found_by="channels",
        ),
        Story(
            id="silent_account",
            en=f"The key account {customer[0][0]} bought every month and has been silent since February 2026.",
            zh=f"重点客户{customer[1][0]}过去每月下单，2026年2月起再无音讯。",
            measures=("revenue", "activities"),
            from_on=SILENT_SINCE,
            to_on=AS_OF,
            where=_where(customer=customer),
            found_by="quiet",
        ),
    )


def _of_plans() -> tuple[Story, ...]:
    """Stories of a quarter, a product and an industry."""
    product, industry = _both("products", WEAK_PRODUCT), _both("industries", SLOW_INDUSTRY)
    return (
        Story(
            id="missed_quarter",
            en="The second quarter of 2026 will be missed: one in four of its wins slips into the next quarter.",
            zh="2026年第二季度将无法达成目标：四分之一本应赢下的商机推迟到下一季度。",
            measures=("won_amount", "attainment"),
            from_on=MISSED_FROM,
            to_on=MISSED_TO,
            where=_where(),
            found_by="landing",
        ),
        Story(
            id="product_under_plan",
            en=f"{product[0][0]} sells about half of its plan since January 2026.",
            zh=f"2026年1月起，{product[1][0]}的销售额只有计划的一半左右。",
            measures=("revenue", "attainment:revenue"),
            from_on=PRODUCT_SINCE,
            to_on=AS_OF,
            where=_where(product=product),
            found_by="segments_revenue",
        ),
        Story(
            id="slow_payers",
            en=f"Customers in {industry[0][0]} pay about seven weeks later on invoices since July 2025.",
            zh=f"2025年7月起，{industry[1][0]}行业客户的回款比以往晚约七周。",
            measures=("overdue", "collected"),
            from_on=SLOW_SINCE,
            to_on=AS_OF,
            where=_where(industry=industry),
        ),
    )


def _of_festivals() -> tuple[Story, ...]:
    """One story for each Spring Festival."""
    return tuple(
        Story(
            id=f"spring_festival_{day.year}",
            en=f"Around the Spring Festival of {day.year} ({day:%d %b}) work falls to a third for four weeks.",
            zh=f"{day.year}年春节（{day.month}月{day.day}日）前后四周，业务量降至平时的三成。",
            measures=("created_deals", "activities", "orders"),
            found_by="pace",
            from_on=date.fromordinal(day.toordinal() - 14),
            to_on=date.fromordinal(day.toordinal() + 14),
            where=_where(),
        )
        for day in SPRING_FESTIVALS
    )


STORIES: tuple[Story, ...] = (*_of_people(), *_of_plans(), *_of_festivals())
