"""Rules of the register of risks: what can be said in a table, and when one fires."""

from __future__ import annotations

import polars as pl
import pytest
from pydantic import ValidationError

from metrics.alerts import beyond_chance, read, rules
from metrics.view import View

RATE = """
[rules.low]
label = { en = "Low", zh-CN = "低" }
meaning = { en = "Low.", zh-CN = "低。" }
sentence = { en = "{value} of {win_rate.n}", zh-CN = "{value}" }
judged = "chance"
measure = "win_rate"
by = "team"
beside = ["won_amount"]
p_value = "p_value"
fires = { value = { under = "rate" } }
amount = "won_amount"
[rules.low.limits.rate]
usual = 0.6
most = 1
unit = "share"
label = { en = "under", zh-CN = "低于" }
"""


def test_every_rule_says_what_it_needs() -> None:
    assert {"pace", "silent", "falling", "dry", "concentration", "stalled", "slips", "leavers", "quality",
            "receivables", "complaint"} <= rules().keys()  # fmt: skip
    for rule in rules().values():
        for text in (rule.label, rule.meaning):
            assert text.text("en").strip()
            assert text.text("zh-CN").strip()
        assert all(one.least <= one.usual <= one.most for one in rule.limits.values()), rule.id
        if rule.sentence is not None:
            for lang in ("en", "zh-CN"):
                texts = [rule.sentence.text(lang), rule.further.text(lang) if rule.further else ""]
                said = " ".join(texts).format_map(dict.fromkeys(rule.units, "x"))
                assert "{" not in said


def test_people_of_a_team_that_is_short_are_told_with_it() -> None:
    """The team's alert names them, and theirs name the team; somebody of a team that is not short has an own one."""
    kinds, subjects = ["company", "team", "team", "rep", "rep", "rep", "rep"], [None, "A", "B", "Bo", "Al", "Cy", "Di"]
    rows = pl.DataFrame({
        "kind": kinds, "subject": subjects, "team": [None, None, None, "A", "A", "B", None],
        "verdict": ["open", "unlikely", "open", "unlikely", "unlikely", "unlikely", "unlikely"],
        "elapsed": [0.5] * 7, "short_share": [0.2] * 7,
    })  # fmt: skip
    told = rules()["pace"].fired(rows, {"elapsed": 0.25, "short": 0.1})
    assert told.select("subject", "people", "of_team").rows() == [
        ("A", ["Al", "Bo"], None), ("Bo", None, "A"), ("Al", None, "A"), ("Cy", None, None), ("Di", None, None),
    ]  # fmt: skip


def test_the_chance_of_so_few_or_fewer_is_binomial() -> None:
    """Of 5 with 0.6 each: none 0.4⁵ = 0.01024, one 5 × 0.6 × 0.4⁴ = 0.0768."""
    assert beyond_chance(1, 5, 0.6, is_under=True) == pytest.approx(0.08704)
    assert beyond_chance(5, 5, 0.6, is_under=False) == pytest.approx(0.6**5)
    assert beyond_chance(0, 5, 0.6, is_under=False) == 1
    assert beyond_chance(5, 5, 0.6, is_under=True) == 1


def test_a_rate_under_its_limit_fires_only_beyond_chance() -> None:
    """40 of 100 under 60 % is beyond chance (1e-5); 1 of 5 is not (0.087); nobody's is not told apart."""
    (rule,) = read(RATE).values()
    frame = pl.DataFrame({
        "team": ["A", "B", "C", None], "win_rate": [0.4, 0.2, 0.7, 0.0], "win_rate.n": [100, 5, 50, 90],
        "won_amount": [1.0, 2.0, 3.0, 4.0],
    })  # fmt: skip
    rows = rule.rows(frame, rule.usual())
    assert rule.fired(rows, rule.usual()).get_column("subject").to_list() == ["A"]
    assert rule.fired(rows, {"rate": 0.3}).is_empty()
    assert rule.of == "team"
    assert rule.query(View.model_validate({"as_of": "2026-03-15"})).by == ("team",)


def test_shares_and_changes_are_told_of_any_measure() -> None:
    text = (
        RATE.replace("win_rate", "overdue")
        .replace('beside = ["won_amount"]\n', "")
        .replace('p_value = "p_value"\n', "")
    )
    (rule,) = read(text).values()
    frame = pl.DataFrame({"team": ["A", "B"], "overdue": [30.0, 10.0], "overdue.before": [20.0, 0.0]})
    rows = rule.rows(frame, rule.usual())
    assert rows.get_column("share").to_list() == [0.75, 0.25]
    assert rows.get_column("change").to_list() == [0.5, None]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('measure = "win_rate"\n', ""),
        ('measure = "win_rate"', 'measure = "win_rate"\nlook = "pace"'),
        ('under = "rate"', 'under = "other"'),
        ('under = "rate"', 'under = "rate", at_least = "rate"'),
        ("usual = 0.6", "usual = 0.6\nsurplus = 1"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(old: str, new: str) -> None:
    with pytest.raises(ValidationError):
        read(RATE.replace(old, new))
