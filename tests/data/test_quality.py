"""What is wrong with the data: rules against rows written by hand, row scope, the trend, what every rule must have."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from data import truth
from data.facts import columns
from data.quality import Finding, findings, looked_at
from data.quality_rules import ASPECTS, known, rows_question, rules_of
from data.quality_trend import trend
from data.store import Store
from data.viewers import add_viewer
from metrics.catalog import catalog
from metrics.viewer import EVERYTHING
from tests.small import small_store

DAY = date(2026, 6, 30)


def put(store: Store, table: str, *rows: dict[str, Any], day: date | None = DAY, file: str = "f.csv") -> truth.Upload:
    names = dict.fromkeys(name for row in rows for name in row)
    frame = pl.DataFrame([{"key": str(place)} | dict.fromkeys(names) | row for place, row in enumerate(rows)])
    (upload,) = truth.load(store, [truth.Load(table=table, profile="p", file=file, rows=frame, as_of=day)])
    return upload


def found(store: Store, viewer: str | None = None) -> dict[str, Finding]:
    with store.snapshot() as seen:
        return {finding.code: finding for finding in findings(seen, seen.viewer(viewer) if viewer else EVERYTHING)}


DEALS: tuple[dict[str, Any], ...] = (
    {"status": "won", "amount": 100, "customer": "Acme", "rep": "Ann", "created_on": date(2026, 1, 1),
     "closed_on": date(2026, 2, 1), "deal": "x"},
    {"status": "won", "amount": 40, "customer": None, "rep": "Ann", "created_on": date(2026, 3, 1),
     "closed_on": date(2026, 2, 1), "deal": "a"},  # closed before created, no customer
    {"status": "won", "amount": None, "customer": "Acme", "rep": "Ann", "created_on": None,
     "closed_on": date(2027, 2, 1), "deal": "b"},  # no amount, not created, closes in future
    {"status": "lost", "amount": -5, "customer": "Acme", "rep": "Bob", "created_on": date(2026, 1, 1),
     "closed_on": None, "deal": "c"},  # negative, no closing day
    {"status": "open", "amount": 7, "customer": "Acme", "rep": "Bob", "created_on": date(2026, 1, 1),
     "expected_close_on": date(2026, 6, 1), "deal": "d"},  # overdue
    {"status": "won", "amount": 100, "customer": "Acme", "rep": "Ann", "created_on": date(2026, 1, 1),
     "closed_on": date(2026, 2, 1), "deal": "x"},  # the first one again
)  # fmt: skip


def test_rules_count_the_rows_and_the_money_of_what_was_planted(store: Store) -> None:
    put(store, "deals", *DEALS)
    told = {code: (one.rows, one.of, one.money) for code, one in found(store).items() if one.table == "deals"}
    assert told == {
        "deals_without_customer": (1, 6, 40),
        "deals_without_created": (1, 6, None),
        "won_without_amount": (1, 4, None),
        "closed_without_day": (1, 5, -5),
        "deals_negative": (1, 6, -5),
        "closed_in_future": (1, 5, None),
        "closed_before_created": (1, 5, 40),
        "deals_twice": (1, 6, 100),
        "open_overdue": (1, 1, 7),
    }


def test_a_won_deal_that_is_gone_while_its_like_is_new_was_renamed(store: Store) -> None:
    """Globex Corp became Globex Corporation: 50 counts twice. Initech has gone by itself, Hooli is new by itself."""
    day = {"created_on": date(2026, 1, 10), "closed_on": date(2026, 2, 20), "status": "won"}
    old = [("Phase 1", "Globex Corp", 50), ("Upgrade", "Initech", 20), ("Same", "Acme", 7)]
    new = [("Phase 1", "Globex Corporation", 50), ("Upgrade", "Hooli", 21), ("Same", "Acme", 7)]
    for file, deals, seen_on in (("a", old, date(2026, 3, 2)), ("b", new, date(2026, 3, 9))):
        frame = pl.DataFrame(
            [
                {"key": f"{name}/{who}", "deal": name, "customer": who, "amount": money} | day
                for name, who, money in deals
            ]
        )
        loaded = truth.Load(table="deals", profile="p", file=file, rows=frame, as_of=seen_on, is_full=True)
        truth.load(store, [loaded])
    told = found(store)["deals_renamed"]
    assert (told.rows, told.money) == (1, 50)
    with store.snapshot() as seen:
        (name,) = seen.ask(rows_question(known().rules["deals_renamed"], DAY), EVERYTHING).frame["customer"]
    assert name == "Globex Corp"


def test_a_finding_opens_its_rows(store: Store) -> None:
    put(store, "deals", *DEALS)
    with store.snapshot() as seen:
        for finding in findings(seen):
            question = finding.question(seen.as_of)
            if question is not None:
                rows = seen.ask(question, EVERYTHING).frame
                assert rows.height == finding.rows, finding.code
        overdue = seen.ask(rows_question(known().rules["open_overdue"], DAY), EVERYTHING).frame
        assert overdue.select("deal", "customer", "rep").rows() == [("d", "Acme", "Bob")]


def test_rules_across_tables(store: Store) -> None:
    put(store, "deals", {"deal_id": "1", "status": "won", "amount": 100, "closed_on": DAY})
    put(store, "deal_lines", {"deal_id": "1", "line_no": 1, "amount": 60})
    put(store, "activities", {"deal_id": "9", "done_at": date(2026, 1, 1)})
    put(store, "invoices", {"invoice_id": "i", "amount": 50, "issued_on": date(2026, 5, 1), "due_on": date(2026, 4, 1)})
    put(store, "payments", {"invoice_id": "j", "amount": 8, "paid_on": date(2026, 5, 1)},
        {"invoice_id": "i", "amount": 60, "paid_on": date(2026, 5, 1)})  # fmt: skip
    told = found(store)
    assert told["deal_lines_differ"].money == 100
    assert told["activities_of_unknown_deal"].rows == 1
    assert told["invoices_due_early"].rows == told["invoices_overpaid"].rows == 1
    assert told["payments_of_unknown_invoice"].money == 8


def test_refused_rows_spellings_and_late_uploads_are_findings_too(store: Store) -> None:
    put(store, "deals", *DEALS, {"status": "won", "amount": 9, "customer": "AC-ME", "rep": "Ann", "deal": "y",
                                 "created_on": DAY, "closed_on": DAY})  # fmt: skip
    put(store, "activities", {"rep": "Ann", "customer": "Acme", "done_at": date(2026, 1, 5)}, day=date(2026, 1, 5))
    refused = pl.DataFrame(
        [{"line": 2, "text": "x", "reasons": ["unreadable:Amount:ten"], "money": None, "is_set_aside": False}],
        schema_overrides={"money": pl.Decimal(18, 4)},
    )
    rows = pl.DataFrame({"key": ["9"], "amount": [1]})
    truth.load(store, [truth.Load(table="deals", profile="p", file="g.csv", rows=rows, as_of=DAY, refused=refused)])
    told = found(store)
    assert (told["unreadable:Amount"].rows, told["unreadable:Amount"].of) == (1, 9)
    assert (told["alike:customer"].rows, told["alike:customer"].money) == (1, 9)
    assert told["behind:activities"].params["days"] == "176"
    for finding in told.values():
        for lang in ("en", "zh-CN"):
            assert "{" not in finding.text(lang) + finding.effect_text(lang)


def test_a_row_refused_for_several_reasons_counts_once_and_what_stood_there_is_told(store: Store) -> None:
    written = ["ten:ten", "x" * 40, "a", "b", "a"]
    refused = pl.DataFrame(
        [{"line": 2 + place, "text": "x", "reasons": [f"unreadable:Amount:{value}", "key_missing"], "money": None,
          "is_set_aside": False} for place, value in enumerate(written)],
        schema_overrides={"money": pl.Decimal(18, 4)},
    )  # fmt: skip
    rows = pl.DataFrame({"key": ["9"], "amount": [1]})
    truth.load(store, [truth.Load(table="deals", profile="p", file="g.csv", rows=rows, as_of=DAY, refused=refused)])
    told = {code: finding for code, finding in found(store).items() if finding.kind == "refused"}
    assert {code: (finding.rows, finding.of) for code, finding in told.items()} == {"unreadable:Amount": (5, 6)}
    nameless = refused.head(1).with_columns(reasons=pl.Series([["key_missing"]]), line=9)
    truth.load(
        store,
        [truth.Load(table="leads", profile="p", file="h.csv", rows=rows.select("key"), as_of=DAY, refused=nameless)],
    )
    assert "the row has no key" in found(store)["key_missing"].text("en")  # a reason without a value
    assert "a · b · ten:ten · …" in told["unreadable:Amount"].text("en")


def test_scores_that_cannot_be_read_and_days_out_of_order(store: Store) -> None:
    """NPS is asked on 0 to 10; of 30 answers to CSAT one over 5 is a slip, which stands for nothing else."""
    day = date(2026, 3, 1)
    csat = [{"kind": "CSAT", "score": 4, "answered_on": day} for _ in range(29)]
    put(
        store, "surveys", *csat, {"kind": "csat", "score": 45, "answered_on": day},
        {"kind": "NPS", "score": 11, "answered_on": day}, {"kind": "nps", "score": -1, "answered_on": day},
        {"kind": "nps", "score": 10, "answered_on": day, "sent_on": date(2026, 3, 2)},
        {"kind": "nps", "score": None, "sent_on": day},
    )  # fmt: skip
    put(
        store, "tickets", {"opened_on": day, "closed_on": date(2026, 2, 1)}, {"opened_on": day, "closed_on": day},
        {"opened_on": day, "closed_on": None},
    )  # fmt: skip
    told = {code: (one.rows, one.of) for code, one in found(store).items() if one.table in ("surveys", "tickets")}
    assert told == {"scores_off_scale": (3, 33), "answered_before_sent": (1, 1), "closed_before_opened": (1, 2)}
    with store.snapshot() as seen:
        rule = known().rules["scores_off_scale"]
        assert sorted(seen.ask(rows_question(rule, DAY), EVERYTHING).frame["score"]) == [-1, 11, 45]


def test_a_narrow_view_hears_only_of_its_own_rows(store: Store) -> None:
    put(store, "deals", *DEALS)
    add_viewer(store, "bob@x.org", "rep", rep="Bob")
    told = found(store, "bob@x.org")
    assert "deals_without_customer" not in told
    assert "deals_ambiguous_rep" not in told
    assert (told["deals_negative"].rows, told["deals_negative"].of) == (1, 2)


def test_the_trend_keeps_what_was_wrong_after_each_load_that_counts(store: Store) -> None:
    first = put(store, "deals", *DEALS)
    fixed = ({**DEALS[0]}, {**DEALS[1], "customer": "Acme"}, *DEALS[2:])
    second = put(store, "deals", *fixed, day=date(2026, 7, 7))

    def points(code: str = "deals_without_customer") -> list[tuple[int, int, int, float | None]]:
        with store.snapshot() as seen:
            return [(p.upload_id, p.rows, p.of, p.money) for p in trend(seen) if p.code == code]

    assert points() == [(first.id, 1, 6, 40), (second.id, 0, 6, None)]
    assert points("won_without_amount") == [(first.id, 1, 4, None), (second.id, 1, 4, None)]
    truth.undo(store, second.id)
    assert points() == [(first.id, 1, 6, 40)]


def test_the_trend_has_what_is_there_twice(store: Store) -> None:
    first = put(store, "deals", *DEALS)
    second = put(store, "deals", *DEALS[:5], {**DEALS[5], "deal": "another"}, day=date(2026, 7, 7))
    with store.snapshot() as seen:
        points = [(p.upload_id, p.rows, p.of, p.money) for p in trend(seen) if p.code == "deals_twice"]
        assert {p.aspect for p in trend(seen)} >= {"uniqueness", "completeness", "validity", "consistency"}
    assert points == [(first.id, 1, 6, 100), (second.id, 0, 6, None)]


def test_members_carry_the_money_of_their_deals_else_of_their_orders(store: Store) -> None:
    put(store, "reps", {"rep": "Bob", "team": "East"})
    put(store, "deals", *DEALS)
    put(store, "order_lines", {"order_id": "o", "line_no": 1, "customer": "Acme", "product": "P", "amount": 11},
        {"order_id": "p", "line_no": 1, "customer": "Other", "product": "P", "amount": 4})  # fmt: skip
    told = found(store)
    assert (told["implied_reps"].rows, told["implied_reps"].money) == (1, 240)
    assert (told["implied_customers"].rows, told["implied_customers"].money) == (2, 100 - 5 + 7 + 100 + 4)
    assert told["implied_products"].money == 15
    with store.snapshot() as seen:
        assert [p.money for p in trend(seen) if p.code == "implied_reps"][-1] == 240


def test_every_rule_names_what_exists_and_can_be_asked() -> None:
    rules = known()
    with small_store().snapshot() as seen:
        for rule in rules.rules.values():
            assert rule.aspect in ASPECTS
            assert rule.effect in rules.effects
            assert rule.table in catalog().tables
            assert set(rule.measures) <= set(catalog().measures), rule.code
            assert rule.column is None or rule.column in columns(rule.table)
            assert (rule.where is None) != (rule.rows is None), rule.code
            seen.ask(rows_question(rule, DAY), EVERYTHING)
        assert {rule.code for table in catalog().tables for rule in rules_of(table)} == set(rules.rules)
        for looked in looked_at(seen):
            assert all(filled <= looked.rows for filled in looked.filled.values())
