"""The demo company is the same every time, hangs together, and holds exactly what was planted."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import pairwise

import polars as pl
import pytest

from data.demo import AS_OF, START, Size, exports
from data.tables import SQL_TYPES, tables

SEED = 7
HAPPENED = {
    "deals": "created_on closed_on",
    "deal_stages": "entered_on left_on",
    "order_lines": "ordered_on",
    "invoices": "issued_on",
    "payments": "paid_on",
    "activities": "done_at",
    "leads": "created_at qualified_on converted_on first_touch_at",
    "surveys": "sent_on",
    "tickets": "opened_on closed_on",
}
Files = dict[str, list[pl.DataFrame]]


@cache
def company(lang: str = "en", stories: bool = True, deals: int = 3_000) -> Files:
    files: Files = {}
    for export in exports(Size(deals, stories, SEED), lang):
        files.setdefault(export.table, []).append(export.rows)
    return files


def last(table: str, **which: object) -> pl.DataFrame:
    return company(**which)[table][-1]  # type: ignore[arg-type]


def whole(table: str, **which: object) -> pl.DataFrame:
    return pl.concat(company(**which)[table])  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_files() -> None:
    again: Files = {}
    for export in exports(Size(3_000, True, SEED), "en"):
        again.setdefault(export.table, []).append(export.rows)
    for table, frames in company().items():
        assert all(one.equals(other) for one, other in zip(frames, again[table], strict=True)), table


def test_another_seed_is_another_company() -> None:
    other = next(e.rows for e in exports(Size(3_000, True, SEED + 1), "en") if e.table == "customers")
    assert not other.equals(last("customers"))


def test_both_languages_tell_the_same_numbers() -> None:
    for table, frames in company().items():
        for english, chinese in zip(frames, company("zh-CN")[table], strict=True):
            assert english.columns == chinese.columns
            spoken = [name for name, kind in english.schema.items() if kind == pl.String and not name.endswith("_id")]
            assert english.drop(spoken).equals(chinese.drop(spoken)), table


@pytest.mark.parametrize("table", ["reps", "customers", "products", "campaigns"])
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_members_have_names_of_their_own(table: str, lang: str) -> None:
    names = last(table, lang=lang)[table.removesuffix("s")]
    assert names.n_unique() == len(names)
    assert names.null_count() == 0


def test_names_stay_apart_in_a_large_company() -> None:
    import numpy as np

    from data.demo.company import customers_of
    from data.demo.lists import customer_names
    from data.demo.words import Words

    found = customers_of(Size(100_000, True, SEED))
    for lang in ("en", "zh-CN"):
        names = customer_names(np.arange(found.n), found.region, found.industry, Words(lang))
        assert names.n_unique() == found.n


def test_every_column_is_a_field_of_its_table() -> None:
    kinds = {
        "varchar": pl.String,
        "date": pl.Date,
        "timestamp": pl.Datetime("us"),
        "decimal(18,4)": pl.Decimal(18, 4),
        "double": pl.Float64,
        "integer": pl.Int32,
        "boolean": pl.Boolean,
    }
    for table, frames in company().items():
        fields = tables()[table].fields
        for frame in frames:
            for name, kind in frame.schema.items():
                assert kind == kinds[SQL_TYPES[fields[name]]], f"{table}.{name}"


def test_every_table_is_there() -> None:
    assert set(tables()) == set(company())


def test_lines_cover_all_of_a_deal_some_of_it_or_more() -> None:
    said = last("deal_lines").group_by("deal_id").agg(pl.col("amount").sum().alias("said"), pl.len())
    both = last("deals").join(said, on="deal_id")
    assert len(both) == len(said)
    assert 0.3 < len(both) / len(last("deals")) < 0.45
    kinds = (both["said"] - both["amount"]).sign().value_counts(normalize=True).sort("said")["proportion"]
    assert len(kinds) == 3
    assert kinds[1] == pytest.approx(0.7, abs=0.05)
    assert set(both["len"]) == {1, 2, 3}
    own = last("deal_lines").filter(pl.col("line_no") == 1).join(last("deals"), on="deal_id", suffix="_own")
    assert (own["product_id"] == own["product_id_own"]).all()


def test_two_owners_have_the_whole_deal() -> None:
    owners = last("deal_owners")
    deals = owners.group_by("deal_id").agg(pl.len(), pl.col("share").sum(), pl.col("rep_id").n_unique().alias("people"))
    assert set(deals["len"]) == set(deals["people"]) == {2}
    assert (deals["share"] - 1).abs().max() < 1e-9  # type: ignore[operator]
    named = owners.filter(pl.col("role") == "Owner").join(last("deals"), on="deal_id", suffix="_own")
    assert (named["rep_id"] == named["rep_id_own"]).all()


def test_foreign_money_has_a_rate_on_every_day() -> None:
    deals, rates = last("deals"), last("fx_rates")
    foreign = deals.filter(pl.col("currency") != "CNY")
    assert 0.01 < len(foreign) / len(deals) < 0.1
    assert set(foreign["currency"]) == set(rates["currency"]) == {"USD", "EUR"}
    assert rates["from_on"].min() <= deals["created_on"].min()  # type: ignore[operator]
    assert rates["rate"].n_unique() > 20


def test_keys_are_unique() -> None:
    for table, frames in company().items():
        keys = [name for name in tables()[table].key if name in frames[0].columns]
        joined = whole(table) if table not in ("deals", "reps") else last(table)
        assert joined.select(keys).n_unique() == len(joined), table


@pytest.mark.parametrize(
    ("field", "owner"),
    [("rep_id", "reps"), ("customer_id", "customers"), ("product_id", "products"), ("lead_id", "leads")],
)
def test_whoever_is_named_exists(field: str, owner: str) -> None:
    known = last(owner)[field]
    for table in company():
        if table == "contacts" or field not in whole(table).columns:
            continue
        named = whole(table)[field].drop_nulls()
        assert named.is_in(known.implode()).all(), table


def test_deals_that_are_named_exist() -> None:
    known = whole("deals")["deal_id"].unique()
    today = AS_OF
    for table in ("activities", "quotes", "contracts", "invoices", "payments", "payment_plans", "deal_stages"):
        rows = whole(table)
        assert rows["deal_id"].drop_nulls().is_in(known.implode()).mean() > 0.999, (table, today)


def test_reps_sell_only_while_they_are_there() -> None:
    deals = last("deals").join(last("reps").select("rep_id", "left_on"), on="rep_id")
    assert deals.filter((pl.col("status") == "open") & (pl.col("left_on") <= AS_OF)).is_empty()


def test_status_stage_and_dates_agree() -> None:
    for deals in company()["deals"]:
        closed = deals["status"] != "open"
        assert (deals["closed_on"].is_not_null() == closed).all()
        assert ((deals["stage"] == "Won") == (deals["status"] == "won")).all()
        assert ((deals["stage"] == "Lost") == (deals["status"] == "lost")).all()
        assert (deals["lost_reason"].is_not_null() == (deals["status"] == "lost")).all()
        assert deals.filter(pl.col("closed_on") < pl.col("created_on")).is_empty()
        assert deals.filter(closed)["amount"].null_count() == 0


def test_nothing_lies_in_the_future() -> None:
    for table, fields in HAPPENED.items():
        for field in fields.split():
            assert whole(table)[field].cast(pl.Date).max() <= AS_OF, (table, field)  # type: ignore[operator]


def test_history_leads_to_the_present_stage() -> None:
    visits = last("deal_stages")
    present = visits.filter(pl.col("left_on").is_null())
    joined = last("deals").join(present, on="deal_id", suffix="_now")
    assert len(joined) == len(last("deals"))
    assert (joined["stage"] == joined["stage_now"]).all()
    first = visits.group_by("deal_id").agg(pl.col("entered_on").min())
    begun = last("deals").join(first, on="deal_id")
    assert (begun["created_on"] == begun["entered_on"]).all()
    ended = joined.filter(pl.col("status") != "open")
    assert (ended["closed_on"] == ended["entered_on"]).all()


def test_visits_follow_each_other() -> None:
    visits = last("deal_stages").with_columns(following=pl.col("entered_on").shift(-1).over("deal_id"))
    assert (visits["left_on"].eq_missing(visits["following"])).all()
    assert visits.filter(pl.col("left_on") < pl.col("entered_on")).is_empty()


def test_snapshots_move_as_deals_do() -> None:
    moves: dict[str, int] = dict.fromkeys(["new", "gone", "won", "lost", "pushed", "repriced", "handed over"], 0)
    snapshots = company()["deals"]
    assert len(snapshots) == 8
    for before, after in pairwise(snapshots):
        both = before.join(after, on="deal_id", suffix="_now")
        assert (both["status"] == "open").sum() >= (both["status_now"] == "open").sum(), "nothing is opened again"
        moves["new"] += len(after) - len(both)
        moves["gone"] += len(before) - len(both)
        was_open = both.filter(pl.col("status") == "open")
        still = was_open.filter(pl.col("status_now") == "open")
        moves["won"] += (was_open["status_now"] == "won").sum()
        moves["lost"] += (was_open["status_now"] == "lost").sum()
        moves["pushed"] += (still["expected_close_on_now"] > still["expected_close_on"]).sum()
        moves["repriced"] += (still["amount_now"] != still["amount"]).sum()
        moves["handed over"] += (still["rep_id_now"] != still["rep_id"]).sum()
    assert all(moves.values()), moves


def test_payments_do_not_exceed_invoices() -> None:
    invoices = whole("invoices").select("invoice_id", "amount", "issued_on")
    paid = whole("payments").group_by("invoice_id").agg(paid=pl.col("amount").sum(), first=pl.col("paid_on").min())
    joined = invoices.join(paid, on="invoice_id")
    assert len(joined) == len(paid)
    assert joined.filter(pl.col("paid") > pl.col("amount")).is_empty()
    assert joined.filter(pl.col("first") < pl.col("issued_on")).is_empty()


def test_invoices_add_up_to_the_orders() -> None:
    sold = whole("order_lines").filter(~pl.col("is_return")).group_by("order_id").agg(pl.col("amount").sum())
    joined = whole("invoices").join(sold, on="order_id", suffix="_sold")
    assert len(joined) == len(whole("invoices"))
    assert (joined["amount"] == joined["amount_sold"]).all()


def test_targets_add_up() -> None:
    targets = last("targets").filter((pl.col("measure") == "won_amount") & (pl.col("version") == 1))
    targets = targets.filter((pl.col("ends_on") - pl.col("starts_on")).dt.total_days() > 80)
    sums = targets.group_by("scope", "starts_on").agg(pl.col("value").sum()).pivot("scope", values="value")
    assert (sums["company"] == sums["team"]).all()
    assert (sums["company"] == sums["rep"]).all()


def test_months_add_up_to_their_quarter() -> None:
    targets = last("targets").filter((pl.col("measure") == "won_amount") & (pl.col("scope") == "team"))
    days = (pl.col("ends_on") - pl.col("starts_on")).dt.total_days()
    months = (
        targets.filter(days < 40)
        .group_by("scope_value", pl.col("starts_on").dt.truncate("1q"))
        .agg(pl.col("value").sum(), pl.len())
    )
    quarters = targets.filter(days > 80).join(months, on=["scope_value", "starts_on"], suffix="_months")
    assert len(quarters) == len(months)
    assert (quarters["value"] == quarters["value_months"]).all()
    assert (months["len"] == 3).all()


def test_it_looks_like_a_company() -> None:
    deals = last("deals", deals=20_000)
    closed = deals.filter(pl.col("status") != "open")
    assert 0.25 <= (closed["status"] == "won").mean() <= 0.35  # type: ignore[operator]
    won = closed.filter(pl.col("status") == "won")
    days = (won["closed_on"] - won["created_on"]).dt.total_days()
    assert 20 <= days.quantile(0.05) < days.quantile(0.95) <= 150  # type: ignore[operator]
    weekday = deals["created_on"].dt.weekday().value_counts().sort("created_on")["count"]
    assert weekday[:5].min() > 10 * weekday[5:].max()  # type: ignore[operator]
    by_channel = closed.group_by("source").agg((pl.col("status") == "won").mean()).sort("status")["status"]
    assert by_channel[-1] > 1.2 * by_channel[0]
    assert last("reps", deals=20_000).height == 40
    assert len(whole("order_lines", deals=20_000)) == pytest.approx(200_000, rel=0.1)
    assert deals["created_on"].min() == START or deals["created_on"].min() <= date(2023, 4, 5)  # type: ignore[operator]
