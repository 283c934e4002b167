"""Records, streaks, contests and trainings of a company small enough to be worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest

from metrics.contests import Contest, ContestQuery, checked, race, scored, standing
from metrics.errors import BadPeriod, ContestNeedsName, MeasureNotAddedUp, NotPersonal, SalesError, UnknownRule
from metrics.improved import improved
from metrics.query import Query
from metrics.records import records
from metrics.runs import run_chance
from metrics.streaks import streaks, won_streaks
from metrics.training import Training, trained
from metrics.view import View
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view

ANN = Viewer(email="a@example.com", scope="rep", rep_keys=(1,))
MONTHS = [date(2025, month, 1) for month in range(7, 13)] + [date(2026, 1, 1), date(2026, 2, 1)]
SOLD = {"Ann": [10, 30, 30, 5, 0, 20, 25, 30], "Bob": [9, 8, 9, 50, 60, 70, 80, 90], "Cid": [5, 0, 0, 0, 0, 0, 0, 5]}


@pytest.fixture
def sales(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Ann and Bob of North, Cid of South: one deal a month, on the tenth, of so much (in thousands)."""
    people = [(1, "Ann", "North"), (2, "Bob", "North"), (3, "Cid", "South")]
    for key, name, team in people:
        empty.execute(
            "insert into crm.reps (rep_key, rep, team, is_implied) values ($key, $name, $team, false)",
            {"key": key, "name": name, "team": team},
        )
        for month, amount in zip(MONTHS, SOLD[name], strict=True):
            if amount:
                _close(empty, key, team, month.replace(day=10), amount * 1000)
    return empty


def _close(at: duckdb.DuckDBPyConnection, rep: int, team: str, day: date, amount: int, status: str = "won") -> None:
    at.execute(
        "insert into crm.deals (deal_id, deal, rep_key, team, status, amount, closed_on, created_on, push_count,"
        " is_gone) select 'd' || lpad((count(*) + 1)::varchar, 4, '0'), 'Deal ' || (count(*) + 1), $rep, $team,"
        " $status, $amount, $day, $day, 0, false from crm.deals",
        {"rep": rep, "team": team, "status": status, "amount": amount, "day": day},
    )


def rows(at: duckdb.DuckDBPyConnection, query: Query, *keys: str, **options: Any) -> dict[Any, dict[str, Any]]:
    """The rows of an answer by some of its columns."""
    frame = answered(at, query, **options).frame
    return {tuple(row[key] for key in keys) if len(keys) > 1 else row[keys[0]]: row for row in frame.to_dicts()}


def behind(at: duckdb.DuckDBPyConnection, query: Query, row: dict[str, Any]) -> int:
    """How many rows lie behind one of an answer."""
    return answered(at, query.rows(None, **{name: row[name] for name in query.by})).frame.height


# -------------------------------------------------------------------------------------------------------------- records


def test_the_best_month_is_the_first_of_equals_and_a_record_needs_a_past(sales: duckdb.DuckDBPyConnection) -> None:
    query = records("won_amount", view(from_on=date(2026, 2, 1), to_on=date(2026, 2, 28)))
    found = rows(sales, query, "whose", "member", "record")
    ann, bob = found["rep", "Ann", "month"], found["rep", "Bob", "month"]
    assert (ann["from_on"], ann["value"], ann["ties"], ann["is_new"]) == (date(2025, 8, 1), 30_000, 2, False)
    assert (bob["to_on"], bob["value"], bob["best_before"], bob["is_new"]) == (date(2026, 2, 28), 90_000, 80_000, True)
    assert found["rep", "Ann", "month"]["of_many"] == 8  # July to February, the last month looked at
    assert found["team", "North", "month"]["value"] == 120_000
    assert found["company", "", "month"]["value"] == 125_000
    assert ("rep", "Bob", "quarter") not in found  # of three quarters the best is no record
    assert ("rep", "Ann", "largest") not in found  # seven deals are no past
    assert found["company", "", "largest"]["value"] == 90_000
    assert found["company", "", "largest"]["what"] == "Deal 15"
    assert behind(sales, query, bob) == 1
    assert behind(sales, query, found["team", "North", "month"]) == 2
    _close(sales, 2, "North", date(2025, 5, 2), 1000)
    quarter = rows(sales, query, "whose", "member", "record")["rep", "Bob", "quarter"]
    assert (quarter["from_on"], quarter["value"], quarter["of_many"]) == (date(2025, 10, 1), 180_000, 4)
    assert behind(sales, query, quarter) == 3


def test_new_records_are_held_against_chance(sales: duckdb.DuckDBPyConnection) -> None:
    query = records("won_amount", view(from_on=date(2026, 1, 1), to_on=date(2026, 3, 31)))
    (told,) = [one for one in answered(sales, query).notes if one.code == "records_by_chance"]
    assert (told["new"], told["of"], told["expected"]) == (1, 3, "1.0")  # three of nine months, of three people


def test_a_rate_has_no_record(sales: duckdb.DuckDBPyConnection) -> None:
    for of in ("win_rate", "open_amount", "attainment"):
        with pytest.raises(MeasureNotAddedUp):
            records(of, view())


def test_a_record_is_within_a_scope(sales: duckdb.DuckDBPyConnection) -> None:
    found = rows(sales, records("won_amount", view()), "whose", "member", "record", viewer=ANN)
    assert {key[:2] for key in found} == {("rep", "Ann"), ("team", "North"), ("company", "")}
    assert found["company", "", "month"]["value"] == 30_000


# -------------------------------------------------------------------------------------------------------------- streaks


def test_months_over_the_own_target(sales: duckdb.DuckDBPyConnection) -> None:
    for month in MONTHS[:7]:  # none for February
        sales.execute(
            "insert into crm.targets (measure, scope, scope_value, starts_on, ends_on, value, version)"
            " values ('won_amount', 'rep', 'Bob', $first, last_day($first), 9000, 1)",
            {"first": month},
        )
    query = streaks("won_amount", "rep", view())
    found = rows(sales, query, "member")
    bob = found["Bob"]  # 9 8 9 50 60 70 80 and 90 without a target
    assert (bob["held_against"], bob["months_judged"], bob["months_over"], bob["longest"]) == ("target", 7, 6, 5)
    assert (bob["from_on"], bob["to_on"]) == (date(2025, 9, 1), date(2026, 1, 31))
    assert (bob["running"], bob["running_from"]) == (0, None)  # nothing is known of February: as of who left
    january = rows(sales, streaks("won_amount", "rep", View(as_of=date(2026, 2, 15))), "member")["Bob"]
    assert (january["running"], january["running_from"]) == (5, date(2025, 9, 1))
    assert bob["luck"] == pytest.approx(run_chance(7, 6 / 7, 5)[0])
    ann = found["Ann"]  # median of 10 30 30 5 0 20 25 30 is 22.5
    assert (ann["held_against"], ann["months_judged"], ann["months_over"], ann["longest"], ann["running"]) == (
        "median",
        8,
        4,
        2,
        2,
    )
    assert behind(sales, query, bob) == 5
    sales.execute("update crm.reps set left_on = date '2026-03-02' where rep = 'Ann'")
    gone = rows(sales, query, "member")["Ann"]
    assert (gone["longest"], gone["running"], gone["running_from"]) == (2, 0, None)
    before = rows(sales, streaks("won_amount", "rep", View(as_of=date(2026, 3, 1))), "member")["Ann"]
    assert before["running"] == 2  # the day looked at is before the one on which Ann left


def test_the_company_and_its_teams_have_streaks_too(sales: duckdb.DuckDBPyConnection) -> None:
    north = rows(sales, streaks("won_amount", "team", view()), "member")["North"]
    assert (north["months_judged"], north["longest"], north["from_on"]) == (8, 4, date(2025, 11, 1))  # over 57.5
    (whole,) = rows(sales, streaks("won_amount", "company", view()), "member").values()
    assert (whole["whose"], whole["longest"]) == ("company", 4)
    with pytest.raises(SalesError):
        streaks("won_amount", "product", view())


def test_deals_won_in_a_row_and_what_chance_brings(sales: duckdb.DuckDBPyConnection) -> None:
    sales.execute("delete from crm.deals")
    for place, letter in enumerate("LWWWLWWLLWLW"):
        _close(sales, 1, "North", date(2026, 1, 1 + place), 1, "won" if letter == "W" else "lost")
    _close(sales, 1, "North", date(2026, 4, 1), 1)  # after the view's day
    for day in range(1, 9):
        _close(sales, 2, "North", date(2026, 1, day), 1)  # eight are too few to tell
    query = won_streaks(view())
    found = rows(sales, query, "rep")
    assert set(found) == {"Ann"}
    ann = found["Ann"]
    assert (ann["closed"], ann["win_rate"], ann["longest"], ann["running"]) == (12, 7 / 12, 3, 1)
    assert (ann["from_on"], ann["to_on"]) == (date(2026, 1, 2), date(2026, 1, 4))
    assert ann["luck"] == pytest.approx(run_chance(12, 7 / 12, 3)[0])
    assert ann["is_beyond_chance"] is False
    sales.execute("update crm.reps set left_on = date '2026-01-20' where rep = 'Ann'")
    gone = rows(sales, query, "rep")["Ann"]  # the last deal was won, and none can follow
    assert (gone["closed"], gone["longest"], gone["running"], gone["running_from"]) == (12, 3, 0, None)
    sales.execute("update crm.reps set left_on = null")
    for status in ("won", "lost", "won"):  # of one day nobody knows the order: the row ends, its wins belong to none
        _close(sales, 1, "North", date(2026, 2, 1), 1, status)
    broken = rows(sales, query, "rep")["Ann"]
    assert (broken["closed"], broken["longest"], broken["running"], broken["running_from"]) == (15, 3, 0, None)
    deals = answered(sales, query.rows("longest", rep="Ann", stretch=ann["stretch"])).frame
    assert sorted(deals["closed_on"]) == [date(2026, 1, day) for day in (2, 3, 4)]


# ------------------------------------------------------------------------------------------------------------- contests

CONTEST = Contest(
    name="Spring", measure="won_amount", from_on=date(2026, 2, 2), to_on=date(2026, 2, 27), teams=("North",)
)


def test_a_standing_by_hand(sales: duckdb.DuckDBPyConnection) -> None:
    """Twenty working days; on the tenth of them is what was won; on 13 February ten have gone by."""
    seen = View(as_of=date(2026, 2, 13))
    query = standing(CONTEST, seen)
    found = rows(sales, query, "rep")
    assert list(found) == ["Bob", "Ann"]  # of South nobody takes part
    bob, ann = found["Bob"], found["Ann"]
    assert (bob["standing_rank"], bob["value"], bob["behind"], bob["needed_a_day"], bob["per_day"]) == (
        1,
        90_000,
        None,
        None,
        9_000,
    )
    # Bob ends at 180; Ann has 30: 150 over ten days.
    assert (ann["standing_rank"], ann["behind"], ann["needed_a_day"], ann["per_day"]) == (2, 60_000, 15_000, 3_000)
    assert behind(sales, query, ann) == 1
    course = answered(sales, race(CONTEST, seen)).frame
    assert course.filter((course["rep"] == "Ann") & (course["day"] == date(2026, 2, 9)))["score"].item() == 0
    assert course.filter((course["rep"] == "Ann") & (course["day"] == date(2026, 2, 12)))["score"].item() == 30_000
    assert course["day"].max() == date(2026, 2, 13)


def test_shares_of_targets_are_fairer_and_said_to_be(sales: duckdb.DuckDBPyConnection) -> None:
    for name, goal in (("Ann", 20_000), ("Bob", 200_000)):
        sales.execute(
            "insert into crm.targets (measure, scope, scope_value, starts_on, ends_on, value, version)"
            " values ('won_amount', 'rep', $name, date '2026-02-01', date '2026-02-28', $goal, 1)",
            {"name": name, "goal": goal},
        )
    seen = View(as_of=date(2026, 2, 13))
    plain = answered(sales, standing(CONTEST, seen)).notes
    (unequal,) = [one for one in plain if one.code == "contest_unequal_target"]
    assert (unequal["times"], unequal["member"]) == ("10.0", "Ann")
    query = standing(CONTEST.model_copy(update={"rule": "target", "teams": ()}), seen)
    result = answered(sales, query)
    found = {row["rep"]: row for row in result.frame.to_dicts()}
    assert (found["Ann"]["standing_rank"], found["Ann"]["score"]) == (1, 1.5)
    # All of February's working days lie in the contest. Ann ends at 3 times her target; Bob's is 600, he has 90.
    assert (found["Bob"]["behind"], found["Bob"]["needed_a_day"]) == (210_000, 51_000)
    assert (found["Cid"]["standing_rank"], found["Cid"]["score"]) == (None, None)
    assert "contest_without_target" in {one.code for one in result.notes}


def test_against_the_own_year_before(sales: duckdb.DuckDBPyConnection) -> None:
    seen = View(as_of=date(2026, 2, 13))
    found = rows(sales, standing(CONTEST.model_copy(update={"rule": "own", "teams": ()}), seen), "rep")
    worked = 260  # 2 February 2025 to 1 February 2026
    usual = sum(SOLD["Ann"][:7]) * 1000 / worked
    assert found["Ann"]["yardstick"] == pytest.approx(usual * 20)
    assert found["Ann"]["score"] == pytest.approx(30_000 / 10 / usual)


def test_teams_compete_and_a_contest_that_has_not_begun_has_no_leader(sales: duckdb.DuckDBPyConnection) -> None:
    teams = CONTEST.model_copy(update={"unit": "team", "teams": ()})
    found = rows(sales, standing(teams, view()), "team")
    assert [(name, row["value"], row["standing_rank"]) for name, row in found.items()] == [
        ("North", 120_000, 1),
        ("South", 5_000, 2),
    ]
    assert found["South"]["needed_a_day"] is None  # it is over
    early = answered(sales, standing(CONTEST, View(as_of=date(2026, 1, 20))))
    assert early.frame["per_day"].null_count() == early.frame.height
    assert {one.code for one in early.notes} == {"contest_not_begun"}
    assert answered(sales, race(CONTEST, View(as_of=date(2026, 1, 20)))).frame.is_empty()


def test_whoever_sees_a_part_gets_no_rank(sales: duckdb.DuckDBPyConnection) -> None:
    result = answered(sales, standing(CONTEST, view(), is_part=True), ANN)
    (ann,) = result.frame.to_dicts()
    assert (ann["rep"], ann["value"], ann["standing_rank"], ann["behind"], ann["needed_a_day"]) == (
        "Ann",
        30_000,
        None,
        None,
        None,
    )
    assert "contest_in_scope" in {one.code for one in result.notes}


def test_equals_share_the_better_rank() -> None:
    import polars as pl

    listed = pl.DataFrame({"member": ["a", "b", "c"], "value": [5.0, 9.0, 9.0], "yardstick": [1.0, None, 3.0]})
    assert scored(listed, "absolute", 5, 10)["standing_rank"].to_list() == [1, 1, 3]
    shares = scored(listed, "target", 5, 10)
    assert dict(shares.select("member", "standing_rank").iter_rows()) == {"a": 1, "c": 2, "b": None}


def test_what_makes_no_contest_is_refused() -> None:
    told = {"name": "x", "measure": "won_amount", "from_on": date(2026, 1, 1), "to_on": date(2026, 1, 31)}
    assert checked(told).rule == "absolute"
    for change, error in (
        ({"name": "  "}, ContestNeedsName), ({"to_on": date(2025, 1, 1)}, BadPeriod),
        ({"rule": "targets"}, UnknownRule), ({"unit": "desk"}, UnknownRule),
        ({"measure": "win_rate"}, MeasureNotAddedUp), ({"measure": "wins"}, SalesError),
    ):  # fmt: skip
        with pytest.raises(error) as refused:
            checked(told | change)
        for lang in ("en", "zh-CN"):
            assert refused.value.text(lang)


def test_two_contests_of_one_shape_are_two_questions() -> None:
    one, other = standing(CONTEST, view()), standing(CONTEST.model_copy(update={"rule": "target"}), view())
    assert isinstance(one, ContestQuery)
    assert one != other


# --------------------------------------------------------------------------------------- improved, and before and after


@pytest.fixture
def many(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Twelve people, nine deals of one size each half year; the first three win thrice as many after 15 September."""
    for key in range(1, 13):
        empty.execute(
            "insert into crm.reps (rep_key, rep, team, hired_on, is_implied) values ($key, $name, 'T', $hired, false)",
            {"key": key, "name": f"P{key:02}", "hired": date(2025, 8, 1) if key == 12 else date(2024, 1, 1)},
        )
        for span, first in enumerate((date(2025, 4, 1), date(2025, 9, 15))):
            for place in range((27 if key <= 3 and span else 9) + key % 3):
                _close(empty, key, "T", date.fromordinal(first.toordinal() + 6 * (place % 25)), 1000)
    return empty


def test_who_has_improved_is_named_with_the_level_to_be_expected(many: duckdb.DuckDBPyConnection) -> None:
    query = improved("won_deals", View(as_of=date(2026, 3, 13), from_on=date(2025, 9, 15), to_on=date(2026, 3, 13)))
    found = rows(many, query, "rep")
    assert "P12" not in found  # who came in between
    assert {name for name, row in found.items() if row["is_beyond_chance"]} <= {"P01", "P02", "P03"}
    assert next(iter(found)) in {"P01", "P02", "P03"}
    assert found["P04"]["gained"] < 0 < found["P01"]["gained"]
    assert behind(many, query, found["P05"]) == 11
    with pytest.raises(NotPersonal):
        improved("cycle_days", view())


def test_a_training_is_judged_beside_those_who_were_not_there(many: duckdb.DuckDBPyConnection) -> None:
    held = Training(id=1, training="Talks", held_on=date(2025, 9, 15), reps=("P01", "P02", "P03", "P12"))
    query = trained("won_deals", held, View(as_of=date(2026, 3, 13)), [held])
    result = answered(many, query)
    (people,) = [one for one in result.notes if one.code == "training_people"]
    assert (people["trained"], people["named"], people["others"]) == (3, 4, 8)
    assert [row["rep"] for row in result.frame.to_dicts() if row["is_trained"]]
    assert behind(many, query, result.frame.row(0, named=True)) >= 27
    other = Training(id=2, training="Law", held_on=date(2025, 12, 1), reps=("P03", "P04"))
    mixed = answered(many, trained("won_deals", held, View(as_of=date(2026, 3, 13)), [held, other]))
    assert {one.code for one in mixed.notes} >= {"training_mixed", "training_too_few"}
    assert mixed.frame.is_empty()
    early = answered(many, trained("won_deals", held, View(as_of=date(2025, 10, 1)), [held]))
    assert [one.code for one in early.notes] == ["training_too_early"]


def test_a_scope_leaves_too_few_to_judge_a_training(many: duckdb.DuckDBPyConnection) -> None:
    held = Training(id=1, training="Talks", held_on=date(2025, 9, 15), reps=("P01", "P02", "P03"))
    result = answered(many, trained("won_deals", held, View(as_of=date(2026, 3, 13))), ANN)
    assert result.frame.is_empty()
    assert "training_too_few" in {one.code for one in result.notes}
