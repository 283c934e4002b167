"""The lists of members as exported: salespeople, teams, products, stages, accounts, contacts."""

from __future__ import annotations

import numpy as np
import polars as pl

from data.demo.company import KEY_ACCOUNTS, MOVED_ON, MOVED_REP, Customers, Reps, Size
from data.demo.rhythm import AS_OF, NEVER, number
from data.demo.words import Ints, Words, blank, column, dates, facts, ids, money, numbers


def rep_names(reps_n: int, words: Words) -> list[str]:
    """Names of the salespeople, all different."""
    return words.people(np.arange(reps_n))


def customer_names(index: Ints, region: Ints, industry: Ints, words: Words) -> pl.Series:
    """Names of companies: place, two syllables, trade, legal form; different by index, branches numbered."""
    first, second = words.pairs("first", "customers"), words.pairs("second", "customers")
    kinds = words.pairs("kinds", "customers")
    cities = [words.one(city) for team in facts()["teams"][:KEY_ACCOUNTS] for city in team["cities"]]
    trades = [words.one(word) for entry in facts()["industries"] for word in entry["words"]]
    brand = index * 7 % 900
    # 900 brands x 4 trades x 5 forms = 18,000 different names; from there on they are branches.
    city = column(cities, region * 5 + (index // 18_000 + index) % 5)
    name = column(first, brand // 30) + column(second, brand % 30)
    trade = column(trades, industry * 4 + index // 900 % 4)
    kind = column(kinds, index // 3_600 % 5)
    branch = index // 18_000
    if words.lang == "en":
        plain = city + " " + name + " " + trade + " " + kind
        suffix = " (Branch " + pl.Series(branch + 1).cast(pl.String) + ")"
    else:
        plain = city + name + trade + kind
        suffix = "第" + pl.Series(branch + 1).cast(pl.String) + "分公司"
    return plain + blank(suffix, branch == 0).fill_null("")


def reps_frame(reps: Reps, words: Words, *, before_move: bool) -> pl.DataFrame:
    """The list of salespeople, as exported before one of them changed teams, or today."""
    index = np.arange(reps.n)
    if before_move:
        index = index[reps.hired <= number(MOVED_ON) - 1]
    team = reps.team[index]
    if before_move:
        team = np.where(index == MOVED_REP, (team + 1) % KEY_ACCOUNTS, team)
    names = words.people(index)
    left = np.where(reps.left[index] <= number(MOVED_ON if before_move else AS_OF), reps.left[index], NEVER)
    return pl.DataFrame(
        {
            "rep_id": ids("R", index, 4),
            "rep": names,
            "email": ids("rep", index, 3).str.to_lowercase() + "@compass.example",
            "manager": column(words.people(np.arange(len(facts()["teams"])), shift=20), team),
            "team": column(words.of("teams"), team),
            "region": column(words.of("teams", "region"), np.where(team == KEY_ACCOUNTS, index % KEY_ACCOUNTS, team)),
            "hired_on": dates(reps.hired[index]),
            "left_on": dates(left),
        }
    )


def teams_frame(words: Words) -> pl.DataFrame:
    """The tree of teams: the whole, three divisions, six teams."""
    root, divisions = words.one(facts()["root"]), [words.one(pair) for pair in facts()["divisions"]]
    parents = [divisions[team["division"]] for team in facts()["teams"]]
    return pl.DataFrame(
        {
            "team": [root, *divisions, *words.of("teams")],
            "parent": pl.Series([None, *[root] * len(divisions), *parents], dtype=pl.String),
        }
    )


def products_frame(words: Words) -> pl.DataFrame:
    """The price list."""
    price = numbers("products", "list")
    return pl.DataFrame(
        {
            "product_id": ids("P", np.arange(len(price)), 3),
            "product": words.of("products"),
            "category": words.of("products", "category"),
            "list_price": money(price),
            "unit_cost": money((price * numbers("products", "cost")).round(2)),
        }
    )


def stages_frame(words: Words) -> pl.DataFrame:
    """The stages of the one pipeline."""
    n = len(facts()["stages"])
    return pl.DataFrame(
        {
            "pipeline": words.pairs("pipeline") * n,
            "stage": words.of("stages"),
            "position": pl.Series(range(1, n + 1), dtype=pl.Int32),
            "status": [stage["status"] for stage in facts()["stages"]],
            "probability": numbers("stages", "probability"),
            "max_days": pl.Series([stage.get("max_days") for stage in facts()["stages"]], dtype=pl.Int32),
            "label_en": Words("en").of("stages"),
            "label_zh": Words("zh-CN").of("stages"),
        }
    )


def customers_frame(size: Size, customers: Customers, reps: Reps, words: Words) -> pl.DataFrame:
    """The list of accounts, each with the rep who serves it today."""
    rng = size.rng("customer columns")
    index = np.arange(customers.n)
    today = np.full(customers.n, number(AS_OF))
    owner = reps.pick(customers.team, today, customers.loyalty)
    cities = [words.one(city) for team in facts()["teams"][:KEY_ACCOUNTS] for city in team["cities"]]
    staff = np.clip(customers.tier + rng.integers(-1, 2, customers.n), 0, 3)
    limit = np.array([50_000, 150_000, 500_000, 3_000_000])[customers.tier]
    return pl.DataFrame(
        {
            "customer_id": ids("C", index),
            "customer": customer_names(index, customers.region, customers.industry, words),
            "industry": column(words.of("industries"), customers.industry),
            "region": column(words.of("teams", "region"), customers.region),
            "city": column(cities, customers.region * 5 + (index // 18_000 + index) % 5),
            "size_band": column(words.pairs("sizes", "customers"), staff),
            "tier": column(words.pairs("tiers", "customers"), customers.tier),
            "created_on": dates(customers.born),
            "credit_limit": money(limit),
            "rep_id": ids("R", owner, 4),
        }
    )


def contacts_frame(size: Size, customers: Customers, words: Words) -> pl.DataFrame:
    """One person per account to call."""
    rng = size.rng("contacts")
    index = np.arange(customers.n)
    return pl.DataFrame(
        {
            "contact_id": ids("K", index),
            "contact": words.person_column(rng.integers(0, 1600, customers.n)),
            "email": ids("contact", index).str.to_lowercase() + "@customers.example",
            "title": column(words.pairs("titles"), rng.integers(0, 6, customers.n)),
            "created_on": dates(customers.born),
            "customer_id": ids("C", index),
        }
    )
