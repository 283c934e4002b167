"""What customers say, by hand: NPS and CSAT by month and by member, who answered, which scale, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
import pytest

from metrics.cuts import total
from metrics.satisfaction import by_member, detractors, over_time
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view

SURVEYS = """
insert into crm.reps (rep_key, rep, is_implied) values (1, 'Ann', false), (2, 'Bob', false);
insert into crm.customers (customer_key, customer, industry, tier, is_implied) values
    (1, '<script>alert(1)</script>', 'steel', 'A', false), (2, 'Two', null, 'B', false);
insert into crm.customers (customer_key, customer, industry, tier, is_implied)
select n, 'C' || n, case when n < 200 then 'steel' end, case when n < 200 then 'A' else 'B' end, false
from range(100, 240) as numbers(n);
-- Sent in January to 50 of Ann's, of whom 20 answered: 10 in January and 10 in February.
insert into crm.surveys (survey_id, kind, sent_on, answered_on, score, rep_key, customer_key, team, region, comment)
select 'a' || n, ' NPS', date '2026-01-20',
    case when n < 10 then date '2026-01-25' when n < 20 then date '2026-02-03' end,
    case when n < 8 then 9 when n < 10 then 7 when n < 14 then 10 when n < 20 then 3 end,
    1, 100 + n, 'North', 'east', case when n = 15 then 'late again' end
from range(50) as numbers(n);
-- Bob's 40 answers of February say no sending day.
insert into crm.surveys (survey_id, kind, answered_on, score, rep_key, customer_key, team)
select 'b' || n, 'nps', date '2026-02-10', case when n < 30 then 2 else 10 end, 2, 200 + n, 'South'
from range(40) as numbers(n);
-- CSAT of five points: 6 of 10 are satisfied, and all that is on record was answered.
insert into crm.surveys (survey_id, kind, sent_on, answered_on, score, rep_key)
select 'c' || n, 'CSAT', date '2026-02-01', date '2026-02-02', case when n < 5 then 5 when n < 6 then 4 else 2 end, 2
from range(10) as numbers(n);
insert into crm.surveys (survey_id, kind, answered_on, score, rep_key) values
    ('p', 'peer', '2026-02-03', 1, 1), ('later', 'nps', '2026-04-01', 0, 1);
"""


@pytest.fixture
def said(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    empty.execute(SURVEYS)
    return empty


def test_by_month_answers_count_on_their_day_and_asking_on_its_own(said: duckdb.DuckDBPyConnection) -> None:
    """January: 8 promote, 2 passive: 80. February: 4 + 10 promote, 6 + 30 detract, of 50: −44. After today: nothing."""
    query = over_time(view(), "month")
    result = answered(said, query)
    assert result.frame.select("kind", "span", "sent", "sent_answered", "answered", "value", "is_partial").rows() == [
        ("nps", date(2026, 1, 1), 50, 20, 10, pytest.approx(80), False),
        ("nps", date(2026, 2, 1), 0, 0, 50, pytest.approx(-44), False),
        ("csat", date(2026, 2, 1), 10, 10, 10, pytest.approx(0.6), False),
    ]
    january, february, csat = result.frame.iter_rows(named=True)
    assert (january["response_rate"], february["response_rate"], csat["response_rate"]) == (0.4, None, None)
    assert january["response_rate.low"] == pytest.approx(0.2761, abs=1e-4)  # Wilson, 20 of 50
    assert (january["promoters"], january["passives"], january["detractors"]) == (8, 2, 0)
    assert (january["others"], january["others.n"], january["is_beyond_chance"]) == (pytest.approx(-44), 50, True)
    assert (csat["unit"], csat["scale"], csat["others"]) == ("share", 5, None)
    codes = [(note.code, dict(note.params).get("kind")) for note in result.notes]
    assert codes == [("survey_answers_only", "CSAT"), ("survey_scale", "CSAT")]
    counts = {"answered": 10, "sent": 50, "sent_answered": 20, "promoters": 8, "detractors": 0}
    for column, expected in counts.items():
        rows = answered(said, query.rows(column, kind="nps", span="2026-01-01")).frame
        assert rows.height == expected, column
    assert answered(said, query.rows("answered", kind="nps", span=date(2026, 2, 1))).frame.height == 50
    quarter = answered(said, over_time(view(), "quarter")).frame.row(0, named=True)
    assert (quarter["answered"], quarter["value"], quarter["is_partial"]) == (60, pytest.approx(100 * -14 / 60), True)


def test_the_catalogue_says_the_same(said: duckdb.DuckDBPyConnection) -> None:
    asked = total(
        ("nps", "response_rate", "survey_answers", "surveys_sent"), view(from_on="2026-01-01", to_on="2026-01-31")
    )
    row = answered(said, asked).frame.row(0, named=True)
    assert (row["nps"], row["survey_answers"], row["surveys_sent"], row["response_rate"]) == (80, 10, 50, 0.4)


def test_by_member_everybody_is_held_against_the_rest(said: duckdb.DuckDBPyConnection) -> None:
    """Ann: 12 promote and 6 detract of 20: 30. Bob: 10 and 30 of 40: −50."""
    query = by_member(view())
    frame = answered(said, query).frame
    nps = {(row["dimension"], row["member"]): row for row in frame.iter_rows(named=True) if row["kind"] == "nps"}
    assert nps[None, None]["answered"] == 60
    ann, bob = nps["rep", "Ann"], nps["rep", "Bob"]
    assert (ann["value"], ann["others"], ann["is_beyond_chance"]) == (pytest.approx(30), pytest.approx(-50), True)
    assert (ann["sent"], ann["response_rate"], bob["sent"], bob["response_rate"]) == (50, 0.4, 0, None)
    assert {member for dimension, member in nps if dimension == "industry"} == {"steel", None}
    assert not nps["industry", None]["is_beyond_chance"]  # of those without a value nothing is claimed
    assert nps["region", None]["answered"] == 40
    assert answered(said, query.rows("answered", kind="nps", rep="Ann")).frame.height == 20
    assert answered(said, query.rows("detractors", kind="nps", team="South")).frame.height == 30
    assert answered(said, query.rows("answered", kind="nps", industry=None)).frame.height == 40


def test_who_is_not_content_and_says_why_comes_first(said: duckdb.DuckDBPyConnection) -> None:
    frame = answered(said, detractors(view())).frame
    assert frame.height == 6 + 30 + 4
    first = frame.row(0, named=True)
    assert (first["survey_id"], first["comment"], first["score"]) == ("a15", "late again", 3)
    assert frame.filter(frame["kind"] == "csat")["score"].to_list() == [2] * 4


def test_the_scale_is_told_by_all_scores_whatever_is_filtered(said: duckdb.DuckDBPyConnection) -> None:
    said.execute(
        "insert into crm.surveys (survey_id, kind, answered_on, score, rep_key) values"
        " ('x', 'csat', '2020-01-01', 9, 1), ('y', 'csat', '2020-01-01', 8, 1)"
    )
    filtered = answered(said, over_time(view(filters=(("rep", ("Bob",)), ("product", ("Pump",)))), "month"))
    assert filtered.notes[0].code == "surveys_not_filtered"  # a survey names no product
    row = filtered.frame.filter(filtered.frame["kind"] == "csat").row(0, named=True)
    assert (row["scale"], row["value"]) == (10, 0)


def test_the_scale_is_the_same_for_every_viewer(said: duckdb.DuckDBPyConnection) -> None:
    """Ann's customers were asked on ten points, Bob's answers alone look like five."""
    said.execute(
        "insert into crm.surveys (survey_id, kind, answered_on, score, rep_key)"
        " select 'ten' || n, 'csat', date '2026-02-02', 7 + n % 4, 1 from range(10) as numbers(n)"
    )
    bob = Viewer(email="bob@x", name="Bob", scope="rep", rep_keys=(2,))
    own = answered(said, by_member(view()), bob)
    row = own.frame.filter((pl.col("kind") == "csat") & (pl.col("member") == "Bob")).row(0, named=True)
    assert (row["scale"], row["value"]) == (10, 0)
    everything = answered(said, by_member(view())).frame
    seen = everything.filter((pl.col("kind") == "csat") & (pl.col("member") == "Bob")).row(0, named=True)
    assert (seen["scale"], seen["value"]) == (10, 0)


def test_a_slip_of_the_pen_changes_no_scale_and_is_no_answer(said: duckdb.DuckDBPyConnection) -> None:
    """One 55 among answers of five points; NPS of 50, -3 and NaN: left out and counted, in the catalogue too."""
    said.execute(
        "insert into crm.surveys (survey_id, kind, sent_on, answered_on, score, rep_key) values"
        " ('slip', 'csat', '2026-02-01', '2026-02-02', 55, 2), ('much', 'nps', '2026-02-01', '2026-02-02', 50, 1),"
        " ('less', 'nps', '2026-02-01', '2026-02-02', -3, 1), ('none', 'nps', '2026-02-01', '2026-02-02', 'nan', 1)"
    )
    query = over_time(view())
    result = answered(said, query)
    csat = result.frame.filter(pl.col("kind") == "csat").row(0, named=True)
    assert (csat["scale"], csat["answered"], csat["value"]) == (5, 10, pytest.approx(0.6))
    assert (csat["sent"], csat["sent_answered"]) == (11, 11)
    nps = result.frame.filter(pl.col("kind") == "nps").row(1, named=True)
    assert (nps["answered"], nps["value"], nps["sent_answered"]) == (50, pytest.approx(-44), 3)
    assert {one.code: dict(one.params) for one in result.notes}["scores_unread"] == {"count": 4}
    assert answered(said, query.rows("promoters", kind="nps", span="2026-02-01")).frame.height == 14
    members = answered(said, by_member(view(), "nps"))
    assert members.frame.row(0, named=True)["answered"] == 60
    assert {one.code: dict(one.params) for one in members.notes} == {"scores_unread": {"count": 3}}
    assert not {"slip", "less"} & set(answered(said, detractors(view())).frame["survey_id"])
    asked = total(("nps", "nps_answers"), view(from_on="2026-02-01", to_on="2026-02-28"))
    row = answered(said, asked).frame.row(0, named=True)
    assert (row["nps"], row["nps_answers"]) == (pytest.approx(-44), 50)


def test_lasting_opinions_of_a_few_customers_are_no_discovery(empty: duckdb.DuckDBPyConnection) -> None:
    """Two hundred customers say eight times what they think, dealt out to salespeople, industries and tiers by lot.

    Judged answer by answer, each of twenty such companies was told of 1 to 14 members that differ.
    """
    empty.execute(
        "insert into crm.reps (rep_key, rep, is_implied) select n, 'R' || n, false from range(20) as numbers(n);"
        "insert into crm.customers (customer_key, customer, tier, industry, is_implied)"
        " select n, 'C' || n, 'ABC'[1 + n % 3], 'I' || (n % 5), false from range(200) as numbers(n)"
    )
    rng, told = np.random.default_rng(11), []
    for _ in range(8):
        mood, rep = np.repeat(rng.normal(size=200), 8), np.repeat(rng.integers(0, 20, 200), 8)
        scores = np.clip(np.round(7.7 + 1.8 * (0.85 * mood + 0.53 * rng.normal(size=1600))), 0, 10)
        days = [date(2026, 1, 1) - timedelta(days=int(back)) for back in rng.integers(0, 700, 1600)]
        rows = pl.DataFrame({  # noqa: F841 - read by name
            "id": [f"s{n}" for n in range(1600)], "customer": np.repeat(np.arange(200), 8), "rep": rep, "day": days,
            "score": scores,
        }).to_arrow()  # fmt: skip
        empty.execute(
            "delete from crm.surveys; insert into crm.surveys"
            " (survey_id, kind, customer_key, rep_key, sent_on, answered_on, score)"
            " select id, 'nps', customer, rep, day, day, score from rows"
        )
        told.append(
            sum(int(answered(empty, asked(view())).frame["is_beyond_chance"].sum()) for asked in (by_member, over_time))
        )
    assert sum(one > 0 for one in told) <= 1


def test_a_salesperson_sees_own_answers_only(said: duckdb.DuckDBPyConnection) -> None:
    own = Viewer(email="ann@x", name="Ann", scope="rep", rep_keys=(1,))
    frame = answered(said, by_member(view()), own).frame
    assert set(frame.filter(frame["dimension"] == "rep")["member"]) == {"Ann"}
    assert frame.row(0, named=True)["others"] is None
    assert answered(said, detractors(view()), own).frame.height == 6


def test_nothing_asked_is_an_empty_answer(empty: duckdb.DuckDBPyConnection) -> None:
    for query in (over_time(view()), by_member(view()), detractors(view())):
        assert answered(empty, query).frame.is_empty()
    empty.execute("insert into crm.surveys (survey_id, kind, sent_on) values ('a', null, '2026-01-05')")
    row = answered(empty, over_time(view())).frame.row(0, named=True)
    assert (row["kind"], row["sent"], row["answered"], row["response_rate"], row["value"]) == ("unknown", 1, 0, 0, None)
