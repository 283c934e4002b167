"""NPS as published, the share that answered, and what is not known where a file holds answers only."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.intervals import wilson, wilson_of
from metrics.voices import nps, said, voices
from tests.metrics.conftest import answered, view


def test_half_promote_and_a_fifth_detract() -> None:
    """0.5 − 0.2 = 30; variance 0.7 − 0.09 = 0.61, of 100 answers ± 1.96 · √0.0061 = ± 15.3."""
    found = nps(50, 30, 20)
    assert (found.value, found.n) == (pytest.approx(30), 100)
    assert (found.low, found.high) == (pytest.approx(14.69, abs=0.01), pytest.approx(45.31, abs=0.01))
    assert nps(0, 0, 0).value is None
    assert nps(3, 0, 0)[:3] == (100, 100, 100)


@settings(max_examples=50)
@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_it_stays_within_its_range(promoters: int, passives: int, detractors: int) -> None:
    found = nps(promoters, passives, detractors)
    if found.value is not None:
        assert -100 <= float(found.low or 0) <= found.value + 1e-9
        assert found.value - 1e-9 <= float(found.high or 0) <= 100


@settings(max_examples=50)
@given(st.integers(0, 300), st.integers(1, 300))
def test_one_interval_is_that_of_many(some: int, of: int) -> None:
    low, high = wilson(pl.lit(min(some, of)), pl.lit(of))
    assert wilson_of(min(some, of), of) == pytest.approx(pl.select(low=low, high=high).row(0))


def test_scores_are_read_by_their_kind() -> None:
    assert said("nps", [(9, 2), (10, 3), (7, 3), (8, 0), (6, 1), (0, 1)], 10).value == pytest.approx(30)
    satisfied = said("csat", [(5, 5), (4, 1), (3.9, 4)], 5)
    assert (satisfied.value, satisfied.n) == (0.6, 10)
    mean = said("peer", [(3, 1), (5, 1)], 5)
    assert mean.value == 4
    assert said("self", [(3, 1)], 5)[:3] == (3, None, None)


SURVEYS = """
insert into crm.reps (rep_key, rep, is_implied) values (1, 'Ann', false), (2, 'Bob', false);
insert into crm.surveys (survey_id, kind, sent_on, answered_on, score, rep_key)
select 'a' || n, 'NPS', date '2026-02-01', case when n < 20 then date '2026-02-03' end,
    case when n < 10 then 9 when n < 16 then 8 when n < 20 then 3 end, 1
from range(50) as numbers(n);                       -- Ann: 50 asked, 20 answered: 10 promote, 6 are passive, 4 detract
insert into crm.surveys (survey_id, kind, sent_on, answered_on, score, rep_key)
select 'b' || n, 'nps', date '2026-02-01', date '2026-02-03', case when n < 30 then 2 else 10 end, 2
from range(40) as numbers(n);
insert into crm.surveys (survey_id, kind, answered_on, score, rep_key) values
    ('p1', 'peer', '2026-02-03', 4, 1), ('p2', 'peer', '2026-02-03', 5, 1), ('old', 'nps', '2020-02-03', 0, 1),
    ('none', 'csat', '2026-02-03', 5, null);
"""


def test_who_said_nothing_is_counted(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute(SURVEYS)
    query = voices("Ann", view(from_on="2026-01-01", to_on="2026-12-31"))
    result = answered(empty, query)
    assert result.frame["kind"].to_list() == ["nps", "peer"]
    row = result.frame.row(0, named=True)
    assert (row["sent"], row["answered"], row["response_rate"]) == (50, 20, 0.4)
    assert (row["promoters"], row["passives"], row["detractors"]) == (10, 6, 4)
    assert (row["value"], row["others"]) == (pytest.approx(30), pytest.approx(-50))
    assert row["is_beyond_chance"]
    peers = result.frame.row(1, named=True)
    assert (peers["value"], peers["response_rate"], peers["is_beyond_chance"]) == (4.5, None, False)
    assert answered(empty, query.rows("answered", kind="nps")).frame.height == 20
    assert answered(empty, query.rows("sent", kind="nps")).frame.height == 50
    assert result.notes == ()


def test_a_file_of_answers_alone_tells_no_rate(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute(SURVEYS)
    result = answered(empty, voices("Bob", view()))
    assert result.frame["response_rate"].to_list() == [None]
    assert [one.code for one in result.notes] == ["answers_only"]


def test_a_score_outside_of_its_scale_is_left_out_and_counted(empty: duckdb.DuckDBPyConnection) -> None:
    """NPS of 50 is no promoter, and where everybody answered it is no silence either."""
    empty.execute(SURVEYS)
    empty.execute(
        "insert into crm.surveys (survey_id, kind, sent_on, answered_on, score, rep_key) values"
        " ('much', 'nps', '2026-02-01', '2026-02-03', 50, 1), ('less', 'nps', '2026-02-01', '2026-02-03', -1, 2)"
    )
    ann, bob = (
        answered(empty, voices(name, view(from_on="2026-01-01", to_on="2026-12-31"))) for name in ("Ann", "Bob")
    )
    row = ann.frame.row(0, named=True)
    assert (row["promoters"], row["answered"], row["sent"]) == (10, 20, 51)
    assert row["response_rate"] == pytest.approx(21 / 51)
    assert (bob.frame.row(0, named=True)["response_rate"], bob.frame.row(0, named=True)["detractors"]) == (None, 30)
    assert [(one.code, dict(one.params)["count"]) for one in ann.notes] == [("scores_unread", 2)]


def test_answers_of_one_customer_are_one_opinion(empty: duckdb.DuckDBPyConnection) -> None:
    """Twenty answers of one customer each: far apart, but of two customers nothing can be told."""
    empty.execute(SURVEYS)
    assert answered(empty, voices("Ann", view(from_on="2026-01-01", to_on="2026-12-31"))).frame.row(0, named=True)[
        "is_beyond_chance"
    ]
    empty.execute("update crm.surveys set customer_key = rep_key")
    row = answered(empty, voices("Ann", view(from_on="2026-01-01", to_on="2026-12-31"))).frame.row(0, named=True)
    assert row["value"] == pytest.approx(30)
    assert not row["is_beyond_chance"]
