"""What moved, in words: as a person would say it, and adding up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from data.review.chapter import Asked
from data.review.steps import changes
from data.review.words import Words
from metrics.bridge import CAUSES, END, START
from metrics.view import View
from metrics.viewer import EVERYTHING

SEEN: Any = None
"""No answer is asked here."""


def _rows(**causes: tuple[int, float]) -> dict[str, dict[str, Any]]:
    """A bridge by hand: of each cause how many deals, and their money."""
    nothing = {"deals": 0, "amount": Decimal(0)}
    told = {cause: {"deals": deals, "amount": Decimal(str(money))} for cause, (deals, money) in causes.items()}
    return {cause: told.get(cause, nothing) for cause in (START, *CAUSES, END)}


def _bridged(rows: dict[str, dict[str, Any]], lang: str) -> tuple[str, tuple[str, ...]]:
    view = View(as_of=date(2026, 5, 19), preset="this_quarter", compare="previous")
    of = Asked(SEEN, EVERYTHING, view, date(2026, 5, 12), False, lang)
    words = Words(of, "changes")
    days = {"since": words.day(of.since), "day": words.day(of.view.as_of)}
    return changes._finding(of, words, rows, days), changes._in_words(words, rows, "due")


def test_a_bridge_without_an_end_is_said_as_a_person_would() -> None:
    """Maven's deals have neither a close date nor an amount until they close: "Won -299.8K", "27 lost, 0"."""
    rows = _rows(pulled_in=(155, 294_251), new=(3, 5_552), won=(131, -299_803), lost=(27, 0))
    finding, (said,) = _bridged(rows, "en")
    assert finding == (
        "Since 12 May 2026 131 deals worth 299.8K were won. "
        "On neither of these days was an open deal due in this period."
    )
    assert said == (
        "Of deals due in this period, in these days 131 deals worth 299.8K were won; 27 deals without amounts were "
        "lost; 3 deals worth 5,552 came new; 155 deals worth 294.25K moved forward into this period."
    )
    finding, (said,) = _bridged(rows, "zh-CN")
    assert finding.startswith("自2026年5月12日以来，赢单 131 个，共 29.98万。")
    assert "输单 27 个，均无金额" in said


def test_what_is_open_without_amounts_is_no_zero() -> None:
    rows = _rows(start=(4, 0), increased=(1, 500), won=(2, -700), end=(2, 0))
    finding, _ = _bridged(rows, "en")
    assert finding.startswith("Since 12 May 2026 2 deals worth 700 were won: no other change was larger.")
    assert finding.endswith("What is open has no amounts.")


def test_what_is_small_is_said_in_one() -> None:
    rows = _rows(
        start=(9, 10_000), won=(2, -4_000), lost=(1, -1_000), increased=(3, 1_500), decreased=(2, -200),
        reopened=(1, 300), revalued=(4, -50), end=(7, 6_550),
    )  # fmt: skip
    _, (said,) = _bridged(rows, "en")
    assert said == (
        "Of deals due in this period, in these days 2 deals worth 4,000 were won; "
        "one deal was lost that had stood open at 1,000; "
        "the amounts of 3 deals rose by 1,500; all else together makes +50."
    )
    assert _bridged(rows, "zh-CN")[1][0].endswith("金额上调 3 个，共 1,500；其余合计 +50。")


def test_every_cause_has_its_words() -> None:
    for lang in ("en", "zh-CN"):
        for cause in CAUSES:
            for deals in (1, 2):
                finding, (said,) = _bridged(_rows(start=(3, 100), **{cause: (deals, 50)}, end=(3, 150)), lang)
                assert "?" not in finding + said
                assert "{" not in finding + said


def test_what_was_lost_is_told_as_what_it_had_stood_for() -> None:
    """The step about losses tells the same deals by what was lost with them: two amounts, and each says which it is."""
    rows = _rows(start=(40, 9_000_000), lost=(34, -3_391_800), end=(6, 5_608_200))
    finding, (said,) = _bridged(rows, "en")
    assert finding.endswith("The largest part: 34 deals were lost that had stood open at 3.39M.")
    assert said == "Of deals due in this period, in these days 34 deals were lost that had stood open at 3.39M."
    assert _bridged(rows, "zh-CN")[1] == ("本期到期的商机，期间：输单 34 个，此前共计 339.18万。",)
