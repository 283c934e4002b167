"""Plans of pay: what is refused and why, versions, who is paid twice, and the file they are written in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from metrics.pay_file import from_toml, plan_of, to_toml
from metrics.pay_plan import BASES, Plan, PlanInvalid, words
from metrics.pay_plans import checked, in_force
from metrics.pay_tiers import Ruler

TIERS = [{"at": 0, "rate": "0.01"}, {"at": 1000, "rate": "0.02"}]
Q1 = date(2026, 1, 1)


def told(**changes: object) -> dict[str, object]:
    return {"id": "p", "measure": "won_amount", "from_on": Q1, "tiers": TIERS} | changes


def plan(**changes: object) -> Plan:
    return plan_of(told(**changes))


REFUSED = {
    "measure": ({"measure": "won_amout"}, "won_amount"),
    "no measure": ({"measure": "salary"}, "collected"),
    "on": ({"on": "paid_on"}, "closed_on"),
    "credit": ({"measure": "revenue", "credit": "shares"}, "booked"),
    "no tiers": ({"tiers": []}, "no tiers"),
    "first tier": ({"tiers": [{"at": 10, "rate": 0}]}, "begin at 0"),
    "not rising": ({"tiers": [*TIERS, {"at": 1000, "rate": "0.03"}]}, "must rise"),
    "rate above 1": ({"tiers": [{"at": 0, "rate": 5}]}, "0.05"),
    "rate below 0": ({"tiers": [{"at": 0, "rate": -1}]}, "0.05"),
    "accelerator": ({"accelerators": [{"over": 1, "times": 0}]}, "accelerator"),
    "accelerators": ({"accelerators": [{"over": 1, "times": 2}, {"over": 1, "times": 3}]}, "accelerator"),
    "cap": ({"cap": -1}, "cap"),
    "two targets": ({"quota": 5, "target": "won_amount"}, "quota"),
    "quota": ({"quota": 0}, "above 0"),
    "target": ({"target": "wonamount"}, "won_amount"),
    "target of a rate": ({"target": "win_rate"}, "add up"),
    "ramp": ({"ramp": [25]}, "0.75"),
    "span": ({"to_on": date(2025, 12, 31)}, "before it begins"),
    "leave": ({"leave": [{"rep": "A", "from_on": Q1, "to_on": date(2025, 1, 1)}]}, "leave of A"),
    "unknown field": ({"tires": TIERS}, "tiers"),
    "a word for money": ({"cap": "much"}, "cap"),
    "not a number": ({"cap": "NaN"}, "cap"),
    "period": ({"period": "decade"}, "period"),
    "no id": ({"id": " "}, "id"),
    "tiers without a rate": ({"tiers": [{"at": 0}]}, "rate"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_plan_that_cannot_be_paid_is_refused_with_the_reason(name: str) -> None:
    changes, reason = REFUSED[name]
    with pytest.raises(PlanInvalid) as error:
        plan(**changes)
    assert reason in error.value.text("en")
    chinese = error.value.text("zh-CN")
    assert "提成方案" in chinese
    assert "{" not in error.value.text("en") + chinese


def test_what_is_missing_is_named() -> None:
    for field in ("measure", "tiers", "from_on"):
        given = told()
        del given[field]
        with pytest.raises(PlanInvalid, match=field):
            plan_of(given)


def test_what_is_usual_need_not_be_said() -> None:
    for measure, basis in BASES.items():
        made = plan(measure=measure)
        assert (made.on, made.credit, made.target) == (basis.days[0], basis.credits[0], basis.target)
        assert {measure} <= set(words()["measures"])
        assert set(basis.days) <= set(words()["days"])
        assert set(basis.credits) <= set(words()["credits"])
    assert plan(label="Plan").label.zh_CN == "Plan"
    assert plan(quota=5).target is None


def test_a_version_holds_until_the_next() -> None:
    first, second = plan(), plan(from_on=date(2026, 7, 1))
    held = checked([second, first])
    assert [(one.from_on, one.to_on) for one in held] == [(Q1, date(2026, 6, 30)), (date(2026, 7, 1), None)]
    assert held[0].holds(date(2026, 4, 1), date(2026, 6, 30))
    assert not held[0].holds(date(2026, 7, 1), date(2026, 9, 30))
    assert in_force([plan(), plan(cap=5)])[0].cap == 5  # told again for the same day: the later one holds


def test_plans_begin_and_end_with_their_periods() -> None:
    for changes in ({"from_on": date(2026, 2, 1)}, {"to_on": date(2026, 2, 28)}):
        with pytest.raises(PlanInvalid, match="within one of its periods"):
            checked([plan(**changes)])
    checked([plan(period="month", from_on=date(2026, 2, 1), to_on=date(2026, 2, 28))])
    checked([plan(period="fiscal_quarter", from_on=date(2026, 2, 1))], fiscal_start=2)
    with pytest.raises(PlanInvalid, match="within"):  # the next version would cut a quarter of the first in two
        checked([plan(), plan(from_on=date(2026, 2, 1), period="month")])


TEAMS = {"Ann": [("North", date.min, date.max)], "Bob": [("South", date.min, Q1), ("North", Q1, date.max)]}


@pytest.mark.parametrize(
    ("one", "other", "who"),
    [
        ({}, {}, "*"),
        ({}, {"teams": ["North"]}, "North"),
        ({}, {"reps": ["Ann"]}, "Ann"),
        ({"teams": ["North"]}, {"teams": ["South", "North"]}, "North"),
        ({"reps": ["Ann"]}, {"teams": ["North"]}, "Ann"),
        ({"reps": ["Bob", "Cem"]}, {"reps": ["Cem"]}, "Cem"),
        ({"without": ["Ann"]}, {"reps": ["Ann"]}, None),
        ({"teams": ["North"], "without": ["Ann"]}, {"reps": ["Ann"]}, None),
        ({"teams": ["North"]}, {"teams": ["South"]}, None),
        ({"teams": ["South"]}, {"reps": ["Bob"]}, None),  # he was of the south until the plan began
        ({"to_on": date(2026, 3, 31)}, {"from_on": date(2026, 4, 1)}, None),
    ],
)
def test_nobody_is_paid_by_two_plans_at_once(one: dict[str, object], other: dict[str, object], who: str | None) -> None:
    pair = [plan(**one), plan(id="q", **other)]
    if who is None:
        assert len(checked(pair, TEAMS)) == 2
        return
    with pytest.raises(PlanInvalid) as error:
        checked(pair, TEAMS)
    assert f"({who})" in error.value.text("en")


def test_plans_are_written_as_they_are_read() -> None:
    full = plan(
        label={"en": 'A "plan"', "zh-CN": "提成方案"}, measure="collected", on="closed_on", teams=["North"],
        reps=["李伟"],
        without=["Ann"], period="month", mode="whole", tiers_by="attainment", target="won_amount", cap="1234.50",
        accelerators=[{"over": "1.2", "times": "1.5"}], ramp=["0.25"], is_prorated=True, clawback=False,
        leave=[{"rep": "Ann", "from_on": Q1, "to_on": Q1}], to_on=date(2026, 12, 31),
    )  # fmt: skip
    plain = plan(quota=1_000_000, id="q")
    assert from_toml(to_toml([full, plain])) == (full, plain)
    assert Plan.model_validate_json(full.model_dump_json(by_alias=True)) == full


def test_rates_are_taken_to_the_digit() -> None:
    (read,) = from_toml(
        '[[plans]]\nid = "p"\nmeasure = "won_amount"\nfrom_on = 2026-01-01\ntiers = [{at = 0, rate = 0.1}]'
    )
    assert read.tiers[0].rate == Decimal("0.1")


@pytest.mark.parametrize("text", ["", "plans = 1", "plans = [1]", "[[plans", "[[plan]]\nid = 1", "[[plans]]\nid = 1"])
def test_a_file_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(PlanInvalid):
        from_toml(text)


@pytest.mark.parametrize(
    "made", [{}, {"teams": ["North"]}, {"reps": ["Ann"]}, {"teams": ["North"], "reps": ["Cem"], "without": ["Bob"]}]
)
def test_a_plan_made_ready_is_for_the_same_people(made: dict[str, object]) -> None:
    told = plan(**made)
    for rep in ("Ann", "Bob", "Cem"):
        for team in ("North", "South", None):
            assert Ruler(told).is_for(rep, team) is told.is_for(rep, team)
