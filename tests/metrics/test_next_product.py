"""What to offer next: the rule by hand, offers that hold what is promised, the look at the past, and placebos."""

from __future__ import annotations

from datetime import date, timedelta
from math import erfc, exp, lgamma, log, sqrt

import duckdb
import numpy as np
import polars as pl
import pytest

from metrics import bought_next
from metrics import next_product as next_product_of
from metrics.bought_next import STRENGTH, State, learn
from metrics.errors import NoSuchColumn
from metrics.next_product import LEAST_JUDGED, METHODS, begun, longest, next_past, next_product, next_rules
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.sold import Sale, sell

TODAY = date(2026, 3, 15)
THEN, BEFORE = TODAY - timedelta(days=180), TODAY - timedelta(days=360)
OLD = date(2024, 9, 1)


def _state(has: list[str], got: list[str], lines: list[float] | None = None) -> State:
    """Customers by the letters of what they have, and of what they buy then."""
    names = "ABC"
    flags = [np.array([[name in one for name in names] for one in side]) for side in (has, got)]
    return State(flags[0], np.array(lines or [2.0] * len(has)), flags[1])


def test_a_rule_by_hand() -> None:
    """Of 40 with A 20 buy C; of 60 without it 6. Of all 100 alike 26 do, so 10.4 of 40 were expected.

    Variance 40 · 60 · 26 · 74 ÷ (100² · 99) = 4.664: (20 − 0.5 − 10.4) ÷ 2.16 is beyond chance.
    """
    has, got = ["A"] * 40 + ["B"] * 60, ["C"] * 20 + [""] * 20 + ["C"] * 6 + [""] * 54
    learned = learn(_state(has, got))
    rule = next(rule for rule in learned.rules if (rule.because, rule.offer) == ((0,), 2))
    assert (rule.such, rule.bought, rule.expected, rule.stands) == (40, 20, pytest.approx(10.4), True)
    assert rule.factor == pytest.approx((20 + STRENGTH) / (10.4 + STRENGTH))
    assert (learned.lacking[2], learned.bought[2]) == (100, 26)


def test_few_expected_is_judged_as_poisson_would() -> None:
    """Five against 0.8: 1.4 in a thousand of one side, not the 2 in a hundred thousand of the normal curve."""
    for bought, expected in ((5, 0.8), (8, 2.0), (9, 2.0), (15, 6.1), (140, 100.0)):
        exact = 1 - sum(exp(at * log(expected) - expected - lgamma(at + 1)) for at in range(bought))
        told = bought_next._chance(bought - 0.5 - expected, expected, expected)
        assert 0.9 < told / (2 * exact) < 2
    assert bought_next._chance(4.2, 0.8, 0.0) == pytest.approx(erfc(4.2 / sqrt(1.6)))
    assert bought_next._chance(-0.1, 0.8, 0.8) == 1


def test_placebo_of_rare_offers_makes_hardly_a_rule() -> None:
    """Customers of very different sizes who buy rare products by chance."""
    found = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        lines = np.minimum(rng.lognormal(2.5, 1.1, 900).astype(int) + 1, 400)
        popular = rng.lognormal(0, 0.5, 25)
        seen = np.outer(lines, popular / popular.sum() * 0.25)
        has = rng.random(seen.shape) < 1 - np.exp(-seen)
        got = (rng.random(seen.shape) < 1 - np.exp(-seen * 0.07)) & ~has
        found += any(rule.stands for rule in learn(State(has, lines.astype(float), got)).rules)
    assert found <= 3  # of 30, each at 5 %


def test_who_buys_much_is_held_against_who_buys_much() -> None:
    """A is had by the busy, of whom half buy C, whether they have A or not: no rule, though few of all others do."""
    busy = ["A"] * 60 + ["B"] * 60
    has, got = busy + ["B"] * 400, (["C", ""] * 60) + ["C"] * 4 + [""] * 396
    learned = learn(_state(has, got, [9.0] * 120 + [1.0] * 400))
    rule = next(rule for rule in learned.rules if (rule.because, rule.offer) == ((0,), 2))
    assert (rule.bought, rule.expected, rule.stands) == (30, pytest.approx(30), False)


def _company(seed: int, customers: int = 1_500, *, bond: float = 0.0) -> list[Sale]:
    """Customers of very different sizes who buy one of ten products by chance, over three years.

    bond: who has A buys H by this chance in each of the next half years, if it is not had.
    """
    rng = np.random.default_rng(seed)
    share = np.array([4, 4, 4, 3, 3, 3, 2, 1, 1, 1]) / 26
    sales: list[Sale] = []
    for number in range(customers):
        lines = 1 + rng.poisson(rng.choice([2, 5, 10]))
        names = rng.choice(list("ABCDEFGHIJ"), size=lines, p=share)
        days = rng.integers(0, 540, lines)
        for at, (name, day) in enumerate(zip(names, days, strict=True)):
            sales.append((f"o{number}.{at}", f"c{number}", str(name), OLD + timedelta(days=int(day))))
        for half, until in enumerate((BEFORE, THEN)):
            bought = zip(names, days, strict=True)
            had = any(name == "A" and OLD + timedelta(days=int(day)) <= until for name, day in bought)
            if had and rng.random() < bond:
                sales.append((f"h{number}.{half}", f"c{number}", "H", until + timedelta(days=int(rng.integers(5, 90)))))
    return sales


def test_a_bond_is_found_told_and_offered(empty: duckdb.DuckDBPyConnection) -> None:
    sales = _company(1, bond=0.5)
    sell(empty, [*sales, *(("z", f"c{at}", "Gone", OLD) for at in range(900))])
    rules = answered(empty, next_rules(view()))
    first = rules.frame.row(0, named=True)
    assert (first["because"], first["offer"], first["is_beyond_chance"]) == ("A", "H", True)
    assert first["share.low"] < first["share"] == first["bought"] / first["such_customers"] < first["share.high"]
    assert first["times"] == pytest.approx(first["share"] / first["share_of_all"])
    at = {name: first[name] for name in ("because", "because_too", "offer")}
    behind = answered(empty, rules.query.rows("bought", **at)).frame
    assert behind["customer_key"].n_unique() == first["bought"]
    assert set(behind["product"]) == {"H"}
    past = answered(empty, next_past(view())).frame
    assert past.filter(method="rules", offers=1)["is_beyond_chance"].item()
    hits = {(row["method"], row["offers"]): row["hits"] for row in past.to_dicts()}
    assert hits["rules", 1] > hits["popular", 1]
    told = answered(empty, next_product(view()))
    year = {(customer, name) for _, customer, name, day in sales if day > TODAY - timedelta(days=365)}
    listed = told.frame.to_dicts()
    assert not any((row["customer"], row["offer"]) in year for row in listed)
    assert "Gone" not in told.frame["offer"]  # not sold in the last half year
    by_rule = [row for row in listed if row["because"]]
    assert by_rule
    assert all((row["customer"], row["because"]) in year for row in by_rule)
    assert "next_popular" not in [said.code for said in told.notes]
    rows = answered(empty, told.query.rows("offer", customer=by_rule[0]["customer"])).frame
    assert {(by_rule[0]["customer"], name) for name in rows["product"]} <= year


def test_the_customers_behind_a_hit_rate_by_hand(empty: duckdb.DuckDBPyConnection) -> None:
    """Of each mark the customers judged: what they had and bought is counted again from the sales themselves."""
    sales = _company(1, bond=0.5)
    sell(empty, sales)
    past = answered(empty, next_past(view()))
    then, year = TODAY - timedelta(days=180), timedelta(days=364)
    had, since = ({(who, name) for _, who, name, day in sales if one <= day <= other}
                  for one, other in ((then - year, then), (then + timedelta(days=1), TODAY)))  # fmt: skip
    ends = {1: [""], 3: ["", "_2", "_3"]}
    for mark in past.frame.to_dicts():
        at = {"method": mark["method"], "offers": mark["offers"]}
        rows = answered(empty, past.query.rows("hit_rate", **at)).frame
        assert (rows.height, rows["customer"].n_unique(), int(rows["is_hit"].sum())) == (
            mark["customers"], mark["customers"], mark["hits"]
        )  # fmt: skip
        assert rows.filter("is_hit").equals(answered(empty, past.query.rows("hits", **at)).frame)
        for row in rows.to_dicts():
            who = row["customer"]
            offered = {row[f"offer{end}"] for end in ends[mark["offers"]]} - {None}
            assert offered
            assert not {(who, name) for name in offered} & had, "nobody is offered what they have"
            assert row["is_hit"] == any((who, name) in since for name in offered)
            anew = sorted(name for one, name in since - had if one == who)
            assert row["bought_anew"] == ("; ".join(anew) or None)
            for end in ends[mark["offers"]]:
                assert row[f"because{end}"] is None or (who, row[f"because{end}"]) in had
        assert (rows["because"].null_count() == rows.height) == (mark["method"] == "popular")
    whole = answered(empty, past.query.rows()).frame
    assert (
        whole.group_by("method", "offers")
        .agg(pl.col("is_hit").sum().cast(pl.Int64))
        .sort("method", "offers")
        .equals(past.frame.select("method", "offers", "hits").sort("method", "offers").rename({"hits": "is_hit"}))
    )
    for wrong in ({"method": "luck", "offers": 1}, {"method": "rules"}, {"customer": "c1"}):
        with pytest.raises(NoSuchColumn):
            past.query.rows("hit_rate", **wrong)


def test_what_is_worth_expecting(empty: duckdb.DuckDBPyConnection) -> None:
    sell(empty, _company(1, bond=0.5), amount=40)
    frame = answered(empty, next_product(view())).frame.filter(pl.col("because").is_not_null())
    row = frame.row(0, named=True)
    expected = row["share_of_all"] * row["such_customers"]
    share = (row["bought"] + STRENGTH) / (expected + STRENGTH) * row["share_of_all"]
    assert row["expected_share"] == pytest.approx(share)
    assert row["expected_amount"] == pytest.approx(row["expected_share"] * row["usual_amount"])
    assert row["usual_amount"] >= 40
    assert frame["expected_amount"].is_sorted(descending=True)


@pytest.mark.parametrize("seed", range(4))
def test_shuffled_products_make_no_rule_and_popularity_stays(empty: duckdb.DuckDBPyConnection, seed: int) -> None:
    sell(empty, _company(seed))
    assert not answered(empty, next_rules(view())).frame["is_beyond_chance"].any()
    past = answered(empty, next_past(view())).frame
    assert not past["is_beyond_chance"].any()
    told = answered(empty, next_product(view()))
    assert told.frame["because"].null_count() == told.frame.height > 0
    assert "next_popular" in [said.code for said in told.notes]


def test_of_few_customers_it_is_not_said_which_offers_are_right(empty: duckdb.DuckDBPyConnection) -> None:
    """Of 29 judged rules might be right every time and popularity never: that is no verdict; of 30 it is one."""
    sell(empty, _company(1, bond=0.5))
    query = next_past(view())
    read = next_product_of.read_from(query, answered(empty, query).raw, [])
    assert read is not None
    past = next_product_of.looked_back(query, read)
    for count, verdict in ((29, None), (30, True)):
        hits = {name: np.full((count, 3), name == "rules") for name in METHODS}
        few = past._replace(asked=past.asked[:count], hits=hits)
        told = next_product_of._past_told(few).filter(method="rules")
        assert told["is_beyond_chance"].to_list() == [verdict, verdict]
        assert told["hit_rate"].to_list() == [1, 1], "what was seen is shown either way"


def test_of_a_small_company_the_answer_says_how_many_it_takes(empty: duckdb.DuckDBPyConnection) -> None:
    sold = [sale for sale in _company(1) if int(sale[1].removeprefix("c")) < 29]
    sell(empty, sold)
    past = answered(empty, next_past(view()))
    judged = int(past.frame.item(0, "customers"))
    assert judged < LEAST_JUDGED
    assert not past.frame["is_beyond_chance"].is_not_null().any()
    for query in (next_past(view()), next_product(view())):
        said = {one.code: one["count"] for one in answered(empty, query).notes if one.code.startswith("next")}
        assert said == {"next_few": judged}
    assert "next_few" not in {one.code for one in answered(empty, next_rules(view())).notes}


def test_the_past_is_told_by_what_was_known_then(empty: duckdb.DuckDBPyConnection) -> None:
    """As asked half a year ago, the same offers: nothing bought since changes them."""
    sales = _company(1, bond=0.5)
    sell(empty, [sale for sale in sales if sale[3] <= THEN])
    then = view(as_of=THEN)
    known = answered(empty, next_product(then, within=90)).frame
    sell(empty, [sale for sale in sales if sale[3] > THEN])
    assert answered(empty, next_product(then, within=90)).frame.equals(known)
    assert known.height


def test_what_sells_today_was_not_known_then(empty: duckdb.DuckDBPyConnection) -> None:
    """A product popular only now that would tell who buys H, and today's order, change nothing of the look back."""
    sell(empty, _company(1, bond=0.5))
    query = next_past(view())
    read = next_product_of.read_from(query, answered(empty, query).raw, [])
    assert read is not None
    by_then = read.products.sort("rank_then").get_column("place").to_numpy() - 1
    customers_then = read.then.has.sum(axis=0)[by_then]
    assert (np.diff(customers_then) <= 0).all()
    place = read.products.get_column("product").to_list().index("H")
    hints = {name: getattr(read, name).got[:, [place]] for name in ("before", "then")}
    now_only = pl.concat([read.products, read.products[:1].with_columns(is_then=pl.lit(value=False))])[::-1]
    states = {
        name: State(np.hstack([one.has, hints[name]])[:, ::-1], one.lines, np.hstack([one.got, ~hints[name]])[:, ::-1])
        for name, one in (("before", read.before), ("then", read.then))
    }
    told, as_known = (
        next_product_of._past_told(next_product_of.looked_back(query, one))
        for one in (read._replace(products=now_only, **states), read)
    )
    assert told.equals(as_known)
    assert told.height


def test_of_equal_offers_the_largest_customers_come_first(empty: duckdb.DuckDBPyConnection) -> None:
    sell(empty, _company(0))
    frame = answered(empty, next_product(view())).frame
    assert frame.height > 100
    for _, same in frame.group_by("expected_amount"):
        assert same["year_amount"].is_sorted(descending=True)
    empty.execute("create temp table bought as select customer_key, sum(amount) as amount from crm.order_lines"
                  f" where ordered_on > date '{TODAY}' - 365 group by 1")  # fmt: skip
    rows = empty.execute(
        "select customer, bought.amount from bought join crm.customers using (customer_key)"
    ).fetchall()
    amounts = {name: float(amount) for name, amount in rows}
    assert all(row["year_amount"] == amounts[row["customer"]] for row in frame.to_dicts())


def test_too_short_a_record_says_what_it_takes(empty: duckdb.DuckDBPyConnection) -> None:
    sell(empty, [(f"o{at}", f"c{at}", "AB"[at % 2], TODAY - timedelta(days=at)) for at in range(200)])
    for ask in (next_past, next_product, next_rules):
        result = answered(empty, ask(view()))
        assert result.frame.is_empty()
        assert [(said.code, said["count"], said["least"]) for said in result.notes] == [("next_short", 199, 450)]
    assert answered(empty, next_past(view()).rows()).frame.is_empty()


def test_filters_choose_who_is_listed_not_what_is_learned(empty: duckdb.DuckDBPyConnection) -> None:
    sell(empty, _company(1, bond=0.5))
    whole, one = answered(empty, next_product(view())), view().with_filter("customer", ("c7",))
    frame = answered(empty, next_product(one)).frame
    assert frame["customer"].to_list() == ["c7"]
    assert frame.equals(whole.frame.filter(pl.col("customer") == "c7"))
    nobody = Viewer(scope="rep", rep_keys=(2,))
    assert answered(empty, next_product(view()), nobody).frame.is_empty()


def test_nothing_sold_at_all(empty: duckdb.DuckDBPyConnection) -> None:
    for ask in (next_past, next_product, next_rules):
        result = answered(empty, ask(view()))
        assert result.frame.is_empty()
        assert [(said.code, said["count"]) for said in result.notes] == [("next_no_products", 0)]


def test_the_longest_span_that_can_be_answered() -> None:
    """Looked ahead twice (to learn, to check) after 90 days of record: 450, 270 and 150 days for 180, 90 and 30."""
    told = {known: longest(TODAY - timedelta(days=known), TODAY) for known in (450, 449, 270, 269, 150, 149, -3)}
    assert told == {450: 180, 449: 90, 270: 90, 269: 30, 150: 30, 149: 180, -3: 180}, "180 says what is missing"
    assert longest(None, TODAY) == 180


def test_the_record_begins_where_the_viewer_sees_a_product_sold(empty: duckdb.DuckDBPyConnection) -> None:
    """By the row's team for who leads one; orders without a product are none, and leave deals won uncounted."""
    empty.execute("""
        insert into crm.reps (rep_key, rep, team, is_implied) values (1, 'Ann', 'North', false);
        insert into crm.customers (customer_key, customer, is_implied) values (1, 'c', false);
        insert into crm.products (product_key, product, is_implied) values (1, 'p', false);
        insert into crm.deals
            (deal_id, rep_key, team, customer_key, product_key, status, closed_on, push_count, is_gone)
        values ('d', 1, 'North', 1, 1, 'won', date '2023-01-01', 0, false), ('e', 1, 'South', 1, null, 'won',
            date '2020-01-01', 0, false);
    """)
    lead, south = Viewer(scope="teams", teams=("North",)), Viewer(scope="teams", teams=("South",), rep_keys=(1,))
    assert answered(empty, begun(), lead).frame.item() == date(2023, 1, 1)
    assert answered(empty, begun(), south).frame.item() is None, "no product"
    empty.execute("""
        insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, product_key, rep_key, team, is_return)
        values ('o', 1, date '2024-01-01', 1, null, 1, 'North', false),
            ('p', 1, date '2024-03-01', 1, 1, 1, 'North', false);
    """)
    assert answered(empty, begun(), lead).frame.item() == date(2024, 3, 1)
    assert answered(empty, begun(), south).frame.item() is None, "her rows are of the other team"
