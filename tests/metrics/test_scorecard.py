"""Scores add up exactly, a weight of nothing is no component, and no currency changes a rank."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.errors import NoSuchColumn
from metrics.scorecard import MOST_OF_TARGET, components, results, scored, weights_of
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view

COLUMNS = [*components(), "win_rate.n", "nps.n", "csat.n", "peer.n"]
number = st.one_of(st.none(), st.floats(0, 1e7, allow_nan=False))
rate = st.one_of(st.none(), st.integers(0, 20).map(lambda part: part / 20))
KINDS = {"win_rate": rate, "csat": rate, "nps": st.one_of(st.none(), st.floats(-100, 100, allow_nan=False)),
         "peer": st.one_of(st.none(), st.floats(1, 5, allow_nan=False))}  # fmt: skip
person = st.fixed_dictionaries(
    {name: st.integers(0, 50) if name.endswith(".n") else KINDS.get(name, number) for name in COLUMNS}
)
weight = st.dictionaries(st.sampled_from(list(components())), st.integers(0, 40).map(float))


def _found(people: list[dict[str, object]]) -> pl.DataFrame:
    schema = {name: pl.Int64 if name.endswith(".n") else pl.Float64 for name in COLUMNS}
    named = [{"rep": f"r{at}", **one} for at, one in enumerate(people)]
    return pl.DataFrame(named, {"rep": pl.String, **schema})


@settings(max_examples=60)
@given(st.lists(person, min_size=1, max_size=8), weight)
def test_contributions_add_up_and_weights_of_nothing_are_gone(
    people: list[dict[str, object]], weights: dict[str, float]
) -> None:
    card = scored(_found(people), weights)
    used = {name for name, one in weights_of(weights).items() if one > 0}
    assert set(card["component"]) <= used
    for _, one in card.group_by("rep"):
        parts = [round(10 * part) for part in one["contribution"].drop_nulls()]
        score = one["score"][0]
        assert (score is None) == (not parts)
        assert score is None or sum(parts) == round(10 * score)
        if parts:
            assert one["share"].drop_nulls().sum() == pytest.approx(1)
        assert one["contribution"].null_count() == one["share"].null_count() == one["normalised"].null_count()
    assert card["normalised"].drop_nulls().is_between(0, MOST_OF_TARGET).all()


@settings(max_examples=40)
@given(st.lists(person, min_size=2, max_size=8), st.sampled_from([0.1389, 7.2, 1000.0]))
def test_another_currency_changes_nothing(people: list[dict[str, object]], times: float) -> None:
    found = _found(people)
    other = found.with_columns(pl.col("won_amount") * times)
    kept = ["rep", "component", "contribution", "score", "rank"]
    assert scored(found).select(kept).equals(scored(other).select(kept))


def _people(**columns: list[object]) -> pl.DataFrame:
    count = len(next(iter(columns.values())))
    return _found([{name: columns.get(name, [None] * count)[at] for name in COLUMNS} for at in range(count)])


def test_a_card_by_hand() -> None:
    """Three people; a target reached by half, all and twice; of 10, 20 and 20 deals made."""
    found = _people(attainment=[0.5, 1.0, 2.0], created_deals=[10, 20, 20])
    card = scored(found, {**dict.fromkeys(components(), 0.0), "attainment": 60.0, "created_deals": 20.0})
    rows = card.select("normalised", "contribution").rows()
    # Better than nobody is 0; like one of two others and better than the other is 75.
    assert rows == [(50, 37.5), (0, 0), (100, 75), (75, 18.8), (120, 90), (75, 18.8)]
    assert card["score"].to_list() == [37.5, 37.5, 93.8, 93.8, 108.8, 108.8]
    assert card["rank"].to_list() == [3, 3, 2, 2, 1, 1]


def test_what_is_not_known_is_left_out_and_its_weight_spread() -> None:
    found = _people(attainment=[0.5, None], created_deals=[10, 20])
    card = scored(found, {**dict.fromkeys(components(), 0.0), "attainment": 60.0, "created_deals": 20.0})
    second = card.filter(pl.col("rep") == "r1")
    assert second["share"].to_list() == [None, 1.0]
    assert second["contribution"].to_list() == [None, 100.0]
    assert second["raw"].to_list() == [None, 20.0]


def test_two_of_two_is_not_better_than_sixty_of_a_hundred() -> None:
    """A rate of fewer cases than a rank takes is not known, and so neither best nor worst."""
    found = _people(**{"win_rate": [1.0, 0.6, 0.2, 0.4], "win_rate.n": [2, 100, 100, 100]})
    card = scored(found, {**dict.fromkeys(components(), 0.0), "win_rate": 1.0})
    assert card["contribution"].to_list() == [None, 100.0, 0.0, 50.0]


def test_the_numbers_are_those_of_the_measures(company: duckdb.DuckDBPyConnection) -> None:
    """Of the hand-made company Ann has won d01 and d02, Bob d04 and Cem d06; all customers were won before."""
    query = results(view())
    frame = answered(company, query).frame
    assert frame.select("rep", "won_amount", "created_deals").rows() == [
        ("Ann", 350.55, 4), ("Bob", 40.0, 2), ("Cem", 500.0, 3),
    ]  # fmt: skip
    assert frame["nps"].null_count() == 3
    assert answered(company, query.rows("won_amount", rep="Ann")).frame["deal_id"].sort().to_list() == ["d01", "d02"]
    with pytest.raises(NoSuchColumn):
        query.rows("height", rep="Ann")


def test_scores_are_on_the_scale_of_the_company_and_those_off_it_say_nothing(
    company: duckdb.DuckDBPyConnection,
) -> None:
    """CSAT is on 10 here: of Ann's 8, 5 and 77 one of two is satisfied, in a view of hers alone as well."""
    company.execute(
        "insert into crm.surveys (survey_id, kind, answered_on, rep_key, score)"
        " select 'b' || n, 'csat', date '2026-02-01', 2, 9 from range(60) as numbers(n)"
        " union all select 'a' || score, 'csat', date '2026-02-01', 1, score from (values (8), (5), (77)) as a(score)"
    )
    for seen in (view(), view().with_filter("rep", "Ann")):
        ann = answered(company, results(seen)).frame.row(0, named=True)
        assert (ann["rep"], ann["csat"], ann["csat.n"]) == ("Ann", 0.5, 2)


def test_nobody_gets_a_card_of_others(company: duckdb.DuckDBPyConnection) -> None:
    only = Viewer(email="a@example.com", scope="rep", rep_keys=(1,))
    found = answered(company, results(view()), only).frame
    assert found["rep"].to_list() == ["Ann"]
    card = scored(found, {"won_amount": 10.0})
    assert (
        card.filter(pl.col("rule") == "peers")["contribution"].null_count()
        == card.filter(pl.col("rule") == "peers").height
    )


def test_weights_are_the_products_unless_set() -> None:
    assert sum(weights_of().values()) == 100
    assert weights_of({"attainment": 5.0})["attainment"] == 5
