"""Calls by hand: which word stands, sums of people, accuracy and bias, habits beyond chance, whose word was nearer."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from metrics.calls import CALLS, beside_people, beside_teams, judged, looked_back, nearer, standing, stood
from metrics.scores import by_signs

Q2 = (date(2026, 4, 1), date(2026, 6, 30))


def said(*words: tuple[object, ...]) -> pl.DataFrame:
    """Words as (day, scope, name, commit, best), numbered in their order; of the second quarter or the days given."""
    rows = []
    for number, (day, scope, name, commit, best, *span) in enumerate(words, 1):
        from_on, to_on = span or Q2
        rows.append((number, None, day, from_on, to_on, scope, name, commit, best, None, "boss", datetime(2026, 1, 1)))
    return pl.DataFrame(rows, schema=CALLS, orient="row")


def test_the_last_word_of_a_day_stands_and_earlier_days_stay() -> None:
    calls = said(
        (date(2026, 6, 1), "rep", "Ann", 100, 120), (date(2026, 6, 8), "rep", "Ann", 90, 120),
        (date(2026, 6, 8), "rep", "Ann", 95, 130), (date(2026, 6, 1), "company", None, 300, None),
        (date(2026, 6, 8), "company", None, None, None),
    )  # fmt: skip
    last = stood(calls, date(2026, 6, 10))
    assert last.select("name", "commit", "best_case").rows() == [("Ann", 95, 130)]  # the company took its word back
    before = stood(calls, date(2026, 6, 7)).sort("scope")
    assert before.select("name", "commit").rows() == [(None, 300), ("Ann", 100)]
    assert stood(calls, date(2026, 5, 31)).is_empty()


def test_a_word_is_new_old_or_missing_and_its_change_is_since_the_review() -> None:
    owners = pl.DataFrame({"scope": ["company", "rep", "rep"], "name": [None, "Ann", "Bob"]})
    calls = said(
        (date(2026, 6, 1), "rep", "Ann", 100, 120), (date(2026, 6, 9), "rep", "Ann", 80, 120),
        (date(2026, 6, 1), "company", None, 300, None),
    )  # fmt: skip
    rows = standing(owners, calls, date(2026, 6, 10), date(2026, 6, 3)).select(
        "name", "state", "commit_before", "change"
    )
    assert rows.rows() == [(None, "old", 300, None), ("Ann", "new", 100, -20), ("Bob", "missing", None, None)]
    again = standing(owners, calls, date(2026, 6, 9), date(2026, 6, 9))  # a second meeting on the day itself
    assert again.select("state", "change").rows()[1] == ("new", -20)


def test_the_words_of_people_are_summed_beside_the_teams_own_and_never_added() -> None:
    rows = pl.DataFrame(
        [
            ("company", None, None, 500.0, None),
            ("team", "East", None, 200.0, 260.0),
            ("rep", "Ann", "East", 100.0, 150.0),
            ("rep", "Bob", "East", 80.0, None),
            ("team", "West", None, 90.0, None),
            ("rep", "Cid", "West", None, None),
        ],
        schema=["scope", "name", "team", "commit", "best_case"],
        orient="row",
    )
    told = beside_people(rows, {"East": ["East"], "West": ["West"]})
    columns = ["commit", "people", "people_said", "people_commit", "people_best", "apart"]
    by_name = {row[0]: row[1:] for row in told.select("name", *columns).iter_rows()}
    assert by_name["East"] == (200, 2, 2, 180, 230, 20)  # where Bob has no best case, it is his commit
    assert by_name[None] == (500, 3, 2, 180, 230, None)  # Cid said nothing: no difference is told
    assert by_name["West"] == (90, 1, 0, None, None, None)
    assert by_name["Ann"] == (100, None, None, None, None, None)


def test_the_words_of_teams_are_summed_beside_the_one_above_them() -> None:
    rows = pl.DataFrame(
        [
            ("company", None, None, 500.0),
            ("team", "East", None, 200.0),
            ("team", "Far East", "East", 120.0),
            ("rep", "Ann", "Far East", 100.0),
            ("team", "West", None, 250.0),
            ("team", "West coast", "West", None),
        ],
        schema=["scope", "name", "parent", "commit"],
        orient="row",
    )
    told = beside_teams(rows)
    by_name = {row[0]: row[1:] for row in told.select(
        "name", "teams", "teams_said", "teams_commit", "teams_apart").iter_rows()}  # fmt: skip
    assert by_name[None] == (2, 2, 450, 50)
    assert by_name["East"] == (1, 1, 120, 80)
    assert by_name["West"] == (1, 0, None, None), "its one team said nothing"
    assert by_name["Far East"] == by_name["Ann"] == (None, None, None, None)


def test_accuracy_and_bias_by_hand() -> None:
    calls = said((date(2026, 6, 1), "rep", "Ann", 120, 140), (date(2026, 6, 20), "rep", "Ann", 90, 95))
    came = pl.DataFrame(
        [("rep", "Ann", *Q2, 100.0)], schema=["scope", "name", "from_on", "to_on", "came"], orient="row"
    )
    rows = looked_back(calls, came, (4, 2, 1)).select("weeks", "commit", "accuracy", "bias", "is_kept", "is_within")
    assert rows.rows() == [  # four weeks before 30 June is the 2nd, two the 16th, one the 23rd
        (4, 120, pytest.approx(0.8), pytest.approx(0.2), False, False),
        (2, 120, pytest.approx(0.8), pytest.approx(0.2), False, False),
        (1, 90, pytest.approx(0.9), pytest.approx(-0.1), True, False),
    ]
    less = looked_back(said((date(2026, 6, 1), "rep", "Ann", 400, 500)), came.with_columns(came=106.0), (4,))
    assert less.select("is_kept", "is_within").rows() == [(False, False)], "106 is not between 400 and 500"
    nothing = looked_back(calls, came.with_columns(came=0.0), (1,))
    assert nothing.select("accuracy", "bias").rows() == [(None, None)]
    silent = judged(nothing).row(0, named=True)
    assert (silent["periods"], silent["nothing"], silent["kept"], silent["accuracy"], silent["habit"]) == (
        1, 1, 0, None, "few",
    )  # fmt: skip
    assert looked_back(calls, came, (12, 30)).is_empty()  # nobody had spoken; before the period began


def ended(biases: list[float], name: str = "Ann") -> pl.DataFrame:
    """Quarters that each brought 100, of which somebody said 100 and so much more, a week before their ends."""
    rows = [
        ("rep", name, date(2020 + place, 1, 1), date(2020 + place, 3, 31), 1, None, 100 * (1 + bias), None, 100.0,
         1 - abs(bias), bias, bias <= 0, None)
        for place, bias in enumerate(biases)
    ]  # fmt: skip
    names = [
        "scope", "name", "from_on", "to_on", "weeks", "said_on", "commit", "best_case", "came", "accuracy", "bias",
        "is_kept", "is_within",
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row")


def test_a_habit_is_named_only_beyond_chance() -> None:
    habits = {
        "few": [-0.2, -0.21, -0.19, -0.2],
        "low": [-0.2, -0.25, -0.15, -0.22, -0.18],
        "high": [0.3, 0.25, 0.35, 0.28, 0.32],
        "chance": [-0.3, 0.28, 0.05, -0.1, 0.12],
    }
    told = judged(pl.concat([ended(biases, habit) for habit, biases in habits.items()]))
    assert dict(told.select("name", "habit").iter_rows()) == {habit: habit for habit in habits}
    low = told.row(1, named=True)
    # By hand: mean −0.20, s = 0.0380789, t(0.975; 4) = 2.7764, half-width 2.7764 · 0.0380789 ÷ √5 = 0.0472812
    assert (low["bias"], low["bias.low"]) == (pytest.approx(-0.2), pytest.approx(-0.2 - 0.0472812, abs=1e-5))
    assert (low["periods"], low["kept"], low["accuracy"]) == (5, 5, pytest.approx(0.8))
    assert told.row(0, named=True)["bias.low"] is None
    assert judged(ended([0.0] * 6)).row(0, named=True)["habit"] == "chance"


def test_periods_in_which_nothing_came_count_as_not_kept() -> None:
    """Left out they made whoever brought nothing look as near as those who brought what they said."""
    none = pl.when(pl.col("from_on").dt.year() < 2022)
    told = judged(ended([0.0] * 6).with_columns(
        came=none.then(0.0).otherwise("came"), is_kept=none.then(pl.lit(False)).otherwise("is_kept"),
        accuracy=none.then(None).otherwise("accuracy"), bias=none.then(None).otherwise("bias"),
    )).row(0, named=True)  # fmt: skip
    assert (told["periods"], told["nothing"], told["kept"], told["accuracy"]) == (6, 2, 4, 1.0)
    assert told["habit"] == "few", "four periods tell a share"


def test_one_of_many_who_stands_out_by_chance_is_not_named() -> None:
    """A bias whose own interval leaves 0 out just so is no habit among twenty who are looked at."""
    just = [-0.2, -0.05, -0.3, -0.02, -0.15]
    assert judged(ended(just)).row(0, named=True)["habit"] == "low"
    others = [ended([-0.3, 0.28, 0.05, -0.1, 0.12], f"other {place}") for place in range(20)]
    told = judged(pl.concat([ended(just), *others]))
    assert set(told.get_column("habit")) == {"chance"}
    assert told.row(0, named=True)["bias.high"] < 0


def test_whose_word_was_nearer_by_the_sign_test() -> None:
    each = ended([0.1] * 6).with_columns(
        landing=pl.Series([105.0] * 6),
        weighted=pl.Series([130.0] * 5 + [100.0]),
        category=pl.Series([110.0] * 3 + [None] * 3),
    )
    told = {row["system"]: row for row in nearer(each).iter_rows(named=True)}
    assert (told["landing"]["people"], told["landing"]["by_system"], told["landing"]["verdict"]) == (0, 6, "system")
    assert told["landing"]["people_off"] == pytest.approx(0.1)
    assert told["landing"]["system_off"] == pytest.approx(0.05)
    assert (told["weighted"]["people"], told["weighted"]["by_system"], told["weighted"]["verdict"]) == (5, 1, "chance")
    assert (told["category"]["periods"], told["category"]["people"], told["category"]["verdict"]) == (3, 0, "few")
    assert by_signs(6, 0) == pytest.approx(2 / 64)
    assert by_signs(5, 1) == pytest.approx(2 * 7 / 64)
    assert by_signs(0, 0) == 1
