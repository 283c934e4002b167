"""Look-alikes: traits by hand, points that add up and do not count twice, held out customers, and a placebo."""

from __future__ import annotations

from datetime import date
from math import exp, log

import duckdb
import numpy as np
import polars as pl
import pytest

from data.store import Snapshot
from metrics.look_alikes import best_traits, held_out, lead_look_alikes, look_alikes, reasons
from metrics.traits import LEAST_SCORE, SCORED, learn
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.sold import key
from tests.small import small_store

DAY = date(2026, 2, 10)


def _buyers(*cells: tuple[int, int, str | None, str | None]) -> pl.DataFrame:
    """Customers, best among them, industry, size."""
    rows = [
        {"customers": count, "best": best, "industry": industry, "size_band": size, "part": at}
        for at, (count, best, industry, size) in enumerate(cells)
    ]  # fmt: skip
    none = {"region": None, "source": None, "tier": None}
    return pl.DataFrame([row | none for row in rows], schema_overrides=dict.fromkeys(none, pl.String))


def test_a_trait_and_its_points_by_hand() -> None:
    """Of 100 in steel 50 are best, of 300 others 30: 80 of 400, so lift is 0.5 ÷ 0.2 = 2.5.

    Drawn towards 0.2 by ten customers: 52 of 110; ln(52/58) − ln(80/320).
    """
    learned = learn(_buyers((100, 50, "steel", None), (300, 30, "food", None)), SCORED)
    row = learned.found.filter(pl.col("value") == "steel").row(0, named=True)
    assert (row["customers"], row["best_customers"], row["share"], row["share_of_all"]) == (100, 50, 0.5, 0.2)
    assert row["lift"] == pytest.approx(2.5)
    assert row["lift.low"] > 1
    assert row["is_beyond_chance"]
    assert row["points"] == pytest.approx(log(52 / 58) - log(80 / 320), abs=0.15)  # times nearly one: what is its own
    assert row["points"] <= log(52 / 58) - log(80 / 320)


def test_two_traits_that_are_one_count_once() -> None:
    alone = learn(_buyers((100, 50, "steel", None), (300, 30, "food", None)), SCORED).points
    twice = learn(_buyers((100, 50, "steel", "large"), (300, 30, "food", "small")), SCORED).points
    both = twice["industry", "steel"] + twice["size_band", "large"]
    assert both == pytest.approx(alone["industry", "steel"], rel=0.15)


def test_unknown_is_no_trait() -> None:
    """Industry is known of the best only: that says nothing about any industry."""
    learned = learn(_buyers((60, 40, "steel", None), (60, 40, "food", None), (200, 0, None, None)), SCORED)
    assert not learned.found["is_beyond_chance"].any()
    assert not learned.points


def _put(connection: duckdb.DuckDBPyConnection, seed: int, *, bond: bool) -> None:
    """600 customers of whom 400 bought; with a bond, those in steel spend five times as much."""
    rng = np.random.default_rng(seed)
    rows = []
    for at in range(600):
        industry = str(rng.choice(["steel", "food", "paper", "glass"]))
        region, size = str(rng.choice(["north", "south", "east"])), str(rng.choice(["small", "large"]))
        amount = float(rng.lognormal(3, 0.7)) * (5 if bond and industry == "steel" else 1) if at < 400 else None
        rows.append((key(f"c{at}"), f"c{at}", industry, region, size, 1 + at % 2, amount))
    names = ["customer_key", "customer", "industry", "region", "size_band", "rep_key", "amount"]
    connection.register("made", pl.DataFrame(rows, schema=names, orient="row"))
    connection.execute(
        f"insert into crm.customers ({', '.join(names[:-1])}, is_implied)"
        f" select {', '.join(names[:-1])}, false from made"
    )
    connection.execute(
        "insert into crm.order_lines"
        " (order_id, line_no, ordered_on, customer_key, rep_key, amount, quantity, is_return)"
        " select customer, 1, ?, customer_key, 1, amount, 1, false from made where amount is not null", [DAY],
    )  # fmt: skip
    connection.unregister("made")
    for at, industry in enumerate(("steel", "food", "steel")):
        connection.execute(
            "insert into crm.leads (lead_id, lead, created_on, industry, status, rep_key) values (?, ?, ?, ?, ?, 1)",
            [f"l{at}", f"L{at}", DAY, industry, "Junk" if at == 2 else "new"],
        )


def test_who_looks_like_the_best(empty: duckdb.DuckDBPyConnection) -> None:
    _put(empty, 1, bond=True)
    empty.execute("insert into crm.reps (rep_key, rep, is_implied) values (1, 'Ann', false), (2, 'Bob', false)")
    traits = answered(empty, best_traits(view()))
    row = traits.frame.row(0, named=True)
    assert (row["trait"], row["value"], row["is_beyond_chance"]) == ("industry", "steel", True)
    assert traits.frame.filter("is_beyond_chance", pl.col("lift") > 1).height == 1
    for column in ("customers", "best_customers"):
        behind = answered(empty, traits.query.rows(column, trait="industry", value="steel")).frame
        assert behind.height == row[column]
    tested = answered(empty, held_out(view())).frame.to_dicts()
    assert [one["traits_of"] for one in tested] == ["customers", "leads"]
    assert tested[0]["best_customers"] == 80  # a fifth of 400
    assert tested[0]["lift"] == pytest.approx(tested[0]["called_best"] / tested[0]["called"] * 5)
    assert tested[0]["is_beyond_chance"]
    result = answered(empty, look_alikes(view()))
    listed = result.frame.to_dicts()
    assert {one["kind"] for one in listed} == {"small", "none"}
    assert {one["industry"] for one in listed} == {"steel"}
    for one in listed:
        assert one["score"] == pytest.approx(sum(one[f"{name}_points"] or 0 for name in SCORED))
        assert one["score"] >= LEAST_SCORE
        assert one["odds"] == pytest.approx(exp(one["score"]))
    assert reasons(listed[:1], {"industry": "Industry"})[0].startswith("Industry: steel +")
    assert answered(empty, result.query.rows("score", customer=listed[0]["customer"])).frame.height == 1
    of_bob = answered(empty, look_alikes(view().with_filter("rep", ("Bob",)))).frame
    assert set(of_bob["rep"]) == {"Bob"}
    assert of_bob.equals(result.frame.filter(pl.col("rep") == "Bob"))
    leads = answered(empty, lead_look_alikes(view()))
    assert leads.frame["lead_id"].to_list() == ["l0"]  # in steel, and not found to be none
    assert answered(empty, leads.query.rows("score", lead_id="l0")).frame.height == 1
    said = answered(empty, look_alikes(view().with_filter("product", ("A",)))).notes
    assert "look_alikes_not_filtered" in [one.code for one in said]


@pytest.mark.parametrize("seed", range(2, 5))
def test_a_placebo_has_no_look_alikes(empty: duckdb.DuckDBPyConnection, seed: int) -> None:
    _put(empty, seed, bond=False)
    assert not answered(empty, best_traits(view())).frame["is_beyond_chance"].any()
    result = answered(empty, look_alikes(view()))
    assert result.frame.is_empty()
    assert [said.code for said in result.notes] == ["look_alikes_none"]
    leads = answered(empty, lead_look_alikes(view()))  # customers have more traits: of leads less is said
    assert [said.code for said in leads.notes] == ["look_alikes_none_leads"]


def test_too_few_say_so(empty: duckdb.DuckDBPyConnection) -> None:
    for ask in (best_traits, look_alikes, lead_look_alikes, held_out):
        result = answered(empty, ask(view()))
        assert result.frame.is_empty()
        assert "look_alikes_few" in [said.code for said in result.notes]
    _put(empty, 1, bond=True)
    assert answered(empty, look_alikes(view()), Viewer(scope="rep", rep_keys=(7,))).frame.is_empty()


def test_the_demo_company_holds() -> None:
    """Features F9: those called look-alikes are among the best more often than all, also where nothing was learned."""
    with small_store().snapshot() as seen:
        _holds(seen)


def _holds(seen: Snapshot) -> None:
    assert seen.as_of is not None
    asked = View(as_of=seen.as_of)
    tested = seen.ask(held_out(asked), EVERYTHING).frame.filter(pl.col("traits_of") == "customers").row(0, named=True)
    listed = seen.ask(look_alikes(asked), EVERYTHING).frame
    assert bool(listed.height) <= tested["is_beyond_chance"]
    if tested["is_beyond_chance"]:
        assert tested["lift.low"] > 1
