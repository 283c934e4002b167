"""Pay on the command line: plans, statements, settling, what later uploads change, and who may see what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Thread

import pytest

from data import pay as kept
from data.errors import NothingToSettle
from data.store import open_store
from metrics.viewer import EVERYTHING
from tests.command_line import Company, run

PLANS = """
[[plans]]
id = "north"
label = { en = "Commission", zh-CN = "提成" }
measure = "won_amount"
teams = ["North"]
from_on = 2026-01-01
tiers = [{ at = 0, rate = 0.1 }, { at = 1000, rate = 0.2 }]
leave = [{ rep = "Bob", from_on = 2025-02-01, to_on = 2025-02-10 }]

[[plans]]
id = "south"
measure = "collected"
credit = "booked"
teams = ["South"]
period = "month"
from_on = 2026-01-01
tiers = [{ at = 0, rate = 0.5 }]
"""
FILES = {
    "reps": """rep_id,rep,team
1,Ann,North
2,Bob,North
3,Cem,South
""",
    "deals": """deal_id,deal,rep,pipeline,stage,status,amount,created_on,closed_on
a,first,Ann,P,Won,won,600,2026-01-01,2026-01-20
b,second,Ann,P,Won,won,800,2026-01-01,2026-02-20
c,third,Bob,P,Won,won,300,2026-01-01,2026-03-20
d,fourth,Ann,P,Talk,open,500,2026-03-01,
""",
    "payments": """payment_id,rep,paid_on,amount
p,Cem,2026-02-03,40
""",
}
LATER = """deal_id,deal,rep,pipeline,stage,status,amount,created_on,closed_on
a,first,Ann,P,Won,won,900,2026-01-01,2026-01-20
b,second,Ann,P,Won,won,800,2026-01-01,2026-02-20
c,third,Bob,P,Lost,lost,300,2026-01-01,2026-03-20
d,fourth,Ann,P,Talk,open,500,2026-03-01,
e,late,Bob,P,Won,won,100,2026-01-01,2026-03-30
"""
Q1 = ("--from", "2026-01-01", "--to", "2026-03-31")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company with two plans, closed."""
    folder = tmp_path_factory.mktemp("pay")
    made = Company(folder / "company.duckdb")
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text)
        made.load(folder / f"{name}.csv", "--table", name, "--as-of", "2026-04-10", "--full", "--stage", "Talk=open",
                  "--currency", "CNY")  # fmt: skip
    (folder / "plans.toml").write_text(PLANS)
    assert made("pay", "plans", "--import", folder / "plans.toml").code == 0
    made.close()
    return made.path


@pytest.fixture
def company(first: Path, tmp_path: Path) -> Iterator[Company]:
    made = Company(first).copied_to(tmp_path / "company.duckdb")
    yield made
    made.close()


def pays(company: Company, *argv: object) -> dict[str, float]:
    ran = company("pay", *argv)
    assert ran.code == 0, ran.err
    return {row["rep"]: row["pay"] for row in ran.json["rows"]}


def load_later(company: Company, folder: Path) -> None:
    (folder / "later.csv").write_text(LATER)
    company.load(folder / "later.csv", "--table", "deals", "--as-of", "2026-04-20", "--full")


def test_pay_by_two_plans(company: Company) -> None:
    """Ann: 1,000 at 10 % and 400 at 20 %; Cem: half of what came in, in February; the other months bring nothing."""
    rows = company("pay", "payouts", *Q1).json["rows"]
    assert {(row["rep"], row["from_on"]): row["pay"] for row in rows} == {
        ("Ann", "2026-01-01"): 180, ("Bob", "2026-01-01"): 30, ("Cem", "2026-01-01"): 0, ("Cem", "2026-02-01"): 20,
        ("Cem", "2026-03-01"): 0,
    }  # fmt: skip
    assert company("pay", "statement", *Q1).json["error"]["code"] == "PayOfWhom"
    statement = company("pay", "statement", "--rep", "Ann", "--from", "2026-02-01").json["rows"]
    assert [(row["deal_id"], row["money"], row["pay"]) for row in statement] == [
        ("a", 600, 60), ("b", 400, 40), ("b", 400, 80),
    ]  # fmt: skip
    (deal,) = company("pay", "what-if", "--rep", "Ann", "--from", "2026-02-01").json["rows"]
    assert (deal["deal_id"], deal["pay"]) == ("d", 100)
    more = company("pay", "what-if", "--rep", "Bob", "--from", "2026-02-01", "--more", "1,000").json["rows"]
    assert {row["what"]: row["pay"] for row in more if row["what"] != "line"} == {"now": 30, "then": 160}


def test_what_is_settled_stays_and_what_changes_is_an_adjustment(company: Company, tmp_path: Path) -> None:
    made = company("pay", "settle", *Q1).json["settled"]
    assert {(row["rep"], row["from_on"]): row["amount"] for row in made}["Ann", "2026-01-01"] == 180
    again = company("pay", "settle", *Q1)
    assert (again.code, again.json["error"]["code"]) == (1, "NothingToSettle")
    (tmp_path / "new.toml").write_text(PLANS.replace("rate = 0.1 ", "rate = 0.3 "))
    assert company("pay", "plans", "--import", tmp_path / "new.toml").code == 0
    assert pays(company, "payouts", *Q1)["Ann"] == 380
    assert company("pay", "adjustments").json["adjustments"] == []  # another plan makes no other past
    said = company("pay", "payouts", *Q1).json["notes"]
    assert any("settled otherwise, at 210.00 instead of " in one for one in said), said
    said = company("pay", "statement", "--rep", "Ann", *Q1).json["notes"]
    assert [one for one in said if "settled otherwise, at 180.00 instead of 380.00" in one]

    load_later(company, tmp_path)
    ann = next(row["id"] for row in made if row["rep"] == "Ann")
    lines = company("pay", "settled", "--statement", ann).json["lines"]
    assert [(row["deal_id"], row["money"], row["pay"]) for row in lines] == [
        ("a", 600, 60),
        ("b", 400, 40),
        ("b", 400, 80),
    ]
    found = {
        row["rep"]: (row["amount"], row["now"], row["change"])
        for row in company("pay", "adjustments").json["adjustments"]
    }
    assert found == {"Ann": (180, 240, 60), "Bob": (30, 10, -20)}
    changed = company("pay", "adjustments", "--statement", ann).json["lines"]
    assert [(row["line_id"], row["money_then"], row["money_now"], row["change"]) for row in changed] == [
        ("a", 600, 900, 30), ("b", 800, 800, 30),
    ]  # fmt: skip
    bob = next(row["id"] for row in made if row["rep"] == "Bob")
    changed = {row["line_id"]: row["change"] for row in company("pay", "adjustments", "--statement", bob).json["lines"]}
    assert changed == {"c": -30, "e": 10}

    # The difference is paid by the plan that the pay was settled by, whatever holds today.
    settled = company("pay", "settle", *Q1, "--rep", "Ann").json["settled"]
    assert [(row["rep"], row["amount"]) for row in settled] == [("Ann", 240)]
    left = company("pay", "adjustments").json["adjustments"]
    assert [row["rep"] for row in left] == ["Bob"]
    assert len(company("pay", "settled", "--rep", "Ann").json["settled"]) == 2  # the first stays what it was


def test_only_what_is_over_is_settled(company: Company) -> None:
    ran = company("pay", "settle", "--from", "2026-04-01", "--to", "2026-06-30")
    assert ran.json["error"]["code"] == "NothingToSettle"
    assert company("pay", "settled").json["settled"] == []


def test_a_rep_sees_their_own_a_manager_the_teams_and_nobody_settles_for_themselves(
    company: Company, tmp_path: Path
) -> None:
    company("pay", "settle", *Q1)
    for argv in (("a@x.cn", "rep", "--rep", "Ann"), ("n@x.cn", "teams", "--team", "North"), ("b@x.cn", "all")):
        email, scope, *more = argv
        assert company("viewers", "--add", email, "--scope", scope, *more).code == 0
    for email, seen in (("a@x.cn", {"Ann"}), ("n@x.cn", {"Ann", "Bob"}), ("b@x.cn", {"Ann", "Bob", "Cem"})):
        assert set(pays(company, "payouts", *Q1, "--as", email)) == seen
        assert {row["rep"] for row in company("pay", "settled", "--as", email).json["settled"]} == seen
    assert pays(company, "payouts", *Q1, "--as", "a@x.cn") == {"Ann": 180}
    refused = company("pay", "statement", "--rep", "Bob", *Q1, "--as", "a@x.cn")
    assert (refused.code, refused.json["error"]["code"]) == (1, "PayOfNobody")
    assert "Bob" not in (refused.json["error"]["params"].get("suggestion") or "")
    assert company("pay", "statement", *Q1, "--as", "a@x.cn").json["rows"][0]["deal_id"] == "a"  # their own, unnamed
    others = [row["id"] for row in company("pay", "settled", "--as", "b@x.cn").json["settled"] if row["rep"] != "Ann"]
    for number in others:
        assert company("pay", "settled", "--statement", number, "--as", "a@x.cn").json["lines"] == []
    assert [plan["id"] for plan in company("pay", "plans", "--as", "a@x.cn").json["plans"]] == ["north"]
    assert "Bob" not in str(company("pay", "plans", "--as", "a@x.cn").json)  # who is on leave
    for argv in (("settle", *Q1), ("plans", "--withdraw", "north"), ("plans", "--example"), ("compare", *Q1)):
        ran = company("pay", *argv, "--as", "n@x.cn")
        assert (ran.code, ran.json["error"]["code"]) == (1, "PayNotYours")
    assert company("pay", "questions", *Q1, "--as", "a@x.cn").json["rows"] == []
    by_name = PLANS.replace('teams = ["North"]', 'reps = ["Ann", "Bob"]').replace('teams = ["South"]', 'reps = ["Cem"]')
    (tmp_path / "named.toml").write_text(by_name)
    assert company("pay", "plans", "--import", tmp_path / "named.toml", "--as", "b@x.cn").code == 0
    assert [plan["reps"] for plan in company("pay", "plans", "--as", "a@x.cn").json["plans"]] == [["Ann"]]
    told = company("pay", "periods", *Q1, "--as", "a@x.cn")
    assert "Bob" not in told.out
    assert told.json["rows"][0]["pay"] == 180


def test_plans_are_compared_written_and_withdrawn(company: Company, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(PLANS.replace("at = 1000", "at = 500"))
    rows = company("pay", "compare", "--import", tmp_path / "other.toml", *Q1).json["rows"]
    assert [(row["rep"], row["change"]) for row in rows] == [("Ann", 50), ("Bob", 0), ("Cem", 0)]
    assert company("pay", "plans", "--export", tmp_path / "out.toml").code == 0
    assert company("pay", "plans", "--export", tmp_path / "out.toml").json["error"]["code"] == "FileInTheWay"
    assert company("pay", "plans", "--withdraw", "south").code == 0
    assert company("pay", "plans", "--withdraw", "soth").json["error"]["code"] == "PlanUnknown"
    assert set(pays(company, "payouts", *Q1)) == {"Ann", "Bob"}
    assert company("pay", "plans", "--import", tmp_path / "out.toml").code == 0
    assert set(pays(company, "payouts", *Q1)) == {"Ann", "Bob", "Cem"}


def test_what_cannot_be_used_is_refused_and_changes_nothing(company: Company, tmp_path: Path) -> None:
    before = company("pay", "plans").json
    for old, new, said in (
        ('"South"', '"Soth"', "South"),
        ('teams = ["South"]', 'reps = ["Cm"]', "Cem"),
        ('teams = ["South"]', 'reps = ["Ann"]', "Ann"),
        ("at = 1000", "at = 0", "must rise"),
    ):
        (tmp_path / "bad.toml").write_text(PLANS.replace(old, new))
        for more in ((), ("--dry-run",)):
            ran = company("pay", "plans", "--import", tmp_path / "bad.toml", *more)
            assert (ran.code, ran.json["error"]["code"]) == (1, "PlanInvalid")
            assert said in ran.json["error"]["text"]
    assert company("pay", "plans", "--import", tmp_path / "nowhere.toml").json["error"]["code"] == "PlanInvalid"
    assert company("pay", "what-if", "--rep", "Ann", "--more", "much").json["error"]["code"] == "PlanInvalid"
    assert company("pay", "plans").json == before


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_people_read_names_not_columns(company: Company, lang: str) -> None:
    assert run("pay", "settle", *Q1, "--store", company.path, lang=lang).code == 0
    asked = (
        ("payouts", *Q1), ("periods",), ("statement", "--rep", "Ann", *Q1), ("questions", *Q1), ("settled",),
        ("plans",), ("adjustments",), ("what-if", "--rep", "Ann", *Q1), ("what-if", "--rep", "Ann", "--more", "5", *Q1),
    )  # fmt: skip
    for argv in asked:
        ran = run("pay", *argv, "--store", company.path, lang=lang)
        assert ran.code == 0, (argv, ran.err)
        assert "_" not in ran.out, (argv, ran.out)


def test_without_a_plan_it_says_what_to_do(first: Path, tmp_path: Path) -> None:
    company = Company(first).copied_to(tmp_path / "company.duckdb")
    for name in ("north", "south"):
        company("pay", "plans", "--withdraw", name)
    ran = company("pay")
    assert (ran.code, ran.json["error"]["code"]) == (1, "PlansLacking")
    (tmp_path / "example.toml").write_text(company("pay", "plans", "--example").json["toml"])
    assert company("pay", "plans", "--import", tmp_path / "example.toml").code == 0
    assert pays(company, "payouts", *Q1)["Ann"] > 0
    company.close()


def test_a_renamed_person_keeps_what_was_settled(company: Company) -> None:
    company("pay", "settle", *Q1)
    assert company("aliases", "--accept", "rep:Ann=Anna").code == 0
    store = open_store(company.path)
    with store.snapshot() as seen:
        assert {one.rep for one in kept.settled(seen, EVERYTHING)} == {"Anna", "Bob", "Cem"}
        assert not any(one.change for one in kept.adjustments(seen, EVERYTHING))


def test_two_who_settle_at_once_pay_nobody_twice(company: Company) -> None:
    store, failed = open_store(company.path), []

    def settle() -> None:
        try:
            kept.settle(store, EVERYTHING, date(2026, 1, 1), date(2026, 3, 31))
        except NothingToSettle as error:
            failed.append(error)

    both = [Thread(target=settle) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    with store.snapshot() as seen:
        paid = [(one.rep, one.from_on) for one in kept.settled(seen, EVERYTHING)]
    store.close()
    assert len(failed) == 1
    assert len(paid) == len(set(paid)) > 2


@pytest.mark.parametrize(
    "told", [PLANS.replace('"north"', '"other"'), PLANS.replace('"North"]', '"North"]\nperiod = "month"')]
)
def test_days_that_are_settled_are_paid_by_no_other_plan_or_period(company: Company, tmp_path: Path, told: str) -> None:
    assert company("pay", "settle", *Q1).code == 0
    before = company("pay", "settled").json["settled"]
    assert company("pay", "plans", "--withdraw", "north").code == 0
    (tmp_path / "told.toml").write_text(told)
    assert company("pay", "plans", "--import", tmp_path / "told.toml").code == 0
    refused = company("pay", "settle", *Q1)
    assert (refused.code, refused.json["error"]["code"]) == (1, "SettledOtherwise")
    assert company("pay", "settled").json["settled"] == before
