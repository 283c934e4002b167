"""Targets set on the command line: recorded with a reason, taken back, split to the cent, refused in both languages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data.errors import TargetsChanged
from data.store import open_store
from data.target_splits import year_before
from data.targets import NONE_HELD, Aim, set_targets
from data.truth import Load, load
from metrics.target import Span, TargetsOverlap
from tests.command_line import Company, run
from tests.small import made_at
from tests.targets import goals, made

MARCH = ("--from", "2026-03-01", "--to", "2026-03-31")
QUARTER = ("--from", "2026-01-01", "--to", "2026-03-31")
SPAN = Span(date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company = Company(made_at(tmp_path / "s.duckdb", "targets", made))
    yield company
    company.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The same with a target of 60 for March, for what changes nothing; whether it did is looked at in the end."""
    company = Company(made_at(tmp_path_factory.mktemp("kept") / "s.duckdb", "targets", made))
    assert company("targets", "set", *MARCH, "--value", 60).code == 0
    before = company.everything()
    yield company
    assert company.everything() == before
    company.close()


def test_a_target_is_recorded_with_its_reason_and_taken_back(company: Company) -> None:
    before = company.facts()
    made = company("targets", "set", "--scope", "team", "--name", "North", *MARCH, "--value", 100, "--on", "2026-02-20")
    assert made.code == 0, made.err
    raised = company(
        "targets", "set", "--scope", "team", "--name", "North", *MARCH, "--value", 150, "--reason", "a new man"
    )
    assert raised.json["rows"] == [{"scope": "team", "name": "North", "before": 100, "value": 150, "version": 2}]
    assert goals(company) == [("North", 100, 1, None), ("North", 150, 2, "a new man")]
    listed = [company("targets", "list", *given).json["rows"] for given in ((), ("--measure", "win_rate"))]
    assert [len(rows) for rows in listed] == [1, 0]
    assert company("targets", "list", "--scope", "company").json["rows"] == []
    (row,) = company("targets", "standing", *MARCH).json["rows"]
    assert (row["original"], row["target"], row["actual"]) == (100, 150, 40)
    assert row["attainment_original"] == pytest.approx(0.4)
    listed = company("uploads").json["uploads"]
    assert [(one["file"], one["who"]) for one in listed[-2:]] == [
        ("targets: won_amount 2026-03-01…2026-03-31", "command line")
    ] * 2
    assert company("undo", raised.json["upload"]).code == 0
    assert goals(company) == [("North", 100, 1, None)]
    assert company("undo", made.json["upload"]).code == 0
    assert company.facts() == before
    again = company("targets", "set", "--scope", "team", "--name", "North", *MARCH, "--value", 90)
    assert again.json["rows"][0]["version"] == 1


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--measure", "won_amuont", *MARCH, "--value", 1), "UnknownMeasure", "won_amount"),
        ((*MARCH, "--value", -1), "TargetNegative", "至少|不小于"),
        (("--measure", "win_rate", *MARCH, "--value", 30), "TargetOverOne", "100%"),
        (("--from", "2026-03-01", "--value", 1), "TargetWithoutEnd", "时限"),
        (("--from", "2026-03-31", "--to", "2026-03-01", "--value", 1), "BadPeriod", "早于"),
        (("--from", "2026-03-16", "--to", "2026-04-15", "--value", 1), "TargetsOverlap", "重叠"),
        ((*MARCH, "--value", 70), "TargetNeedsReason", "原因"),
        ((*MARCH, "--value", 60), "TargetsUnchanged", "相同"),
        (("--scope", "team", *MARCH, "--value", 60), "TargetOfNobody", "归属"),
    ],
)  # fmt: skip
def test_bad_targets_are_refused_with_the_reason(
    kept: Company, options: tuple[object, ...], code: str, says: str
) -> None:
    refused = kept("targets", "set", *options)
    assert (refused.code, refused.json["error"]["code"]) == (1, code)
    told = run("targets", "set", *options, "--store", kept.path, lang="zh-CN").err
    assert any(part in told for part in says.split("|"))


def test_an_unknown_owner_is_a_warning(company: Company) -> None:
    ran = company("targets", "set", "--scope", "rep", "--name", "Anne", *MARCH, "--value", 5)
    assert (ran.code, ran.json["unknown"]) == (0, {"Anne": "Ann"})


def test_a_target_is_split_looked_at_and_recorded(company: Company) -> None:
    assert company("targets", "set", *QUARTER, "--value", 100).code == 0
    seen = company("targets", "split", *QUARTER, "--over", "month", "--by", "equal").json
    assert [(row["part"], row["value"]) for row in seen["rows"]] == [
        ("2026-01-01", 33.34), ("2026-02-01", 33.33), ("2026-03-01", 33.33)
    ]  # fmt: skip
    assert (seen["left"], seen["upload"]) == (0, None)
    assert len(goals(company)) == 1
    done = company("targets", "split", *QUARTER, "--over", "month", "--by", "equal", "--reason", "plan").json
    assert done["upload"]
    assert len(goals(company)) == 4
    parts = company("targets", "parts", *QUARTER).json["rows"]
    assert [(row["part"], row["parts"], row["difference"]) for row in parts] == [("month", 100, 0)]


@pytest.mark.parametrize(
    ("options", "values", "left"),
    [
        # Ann won 300 and Cem 100 a year before; Bob was not there yet and counts as the average of the two
        (("--over", "rep", "--by", "history"), {"Ann": 300, "Bob": 200, "Cem": 100}, 0),
        (("--over", "rep", "--by", "workdays"), {"Ann": 235.72, "Bob": 128.57, "Cem": 235.71}, 0),
        (("--over", "team", "--by", "history"), {"North": 450, "South": 150}, 0),
        (("--over", "rep", "--by", "equal", "--keep", "Ann=500"), {"Ann": 500, "Bob": 200, "Cem": 200}, -300),
        (("--over", "rep", "--by", "equal", "--keep", "Ann=500", "--spread"), {"Ann": 500, "Bob": 50, "Cem": 50}, 0),
    ],
)  # fmt: skip
def test_by_each_way_by_hand(kept: Company, options: tuple[str, ...], values: dict[str, float], left: float) -> None:
    """March 2026 has 22 working days, Bob is there on 12 of them: 600 · 22/56 …"""
    found = kept("targets", "split", *MARCH, "--value", 600, *options).json
    assert {row["part"]: row["value"] for row in found["rows"]} == pytest.approx(values)
    assert found["left"] == left
    assert sum(row["value"] for row in found["rows"]) + left == pytest.approx(600)
    assert found["as_others"] == (["Bob"] if options[:4] == ("--over", "rep", "--by", "history") else [])


def test_a_part_whose_margin_nobody_knows_is_not_set_to_nothing(kept: Company, tmp_path: Path) -> None:
    """Of last February's order only half has a cost, of last March's none: January's margin of 300 is all there is."""
    own = Company(shutil.copyfile(kept.path, tmp_path / "s.duckdb"))
    rows = pl.DataFrame({
        "key": list("abcd"), "order_id": list("abcd"), "amount": [900.0, 500.0, 500.0, 400.0],
        "cost": [600.0, 10.0, None, None],
        "ordered_on": [date(2025, 1, 9), date(2025, 2, 3), date(2025, 2, 4), date(2025, 3, 3)],
    })  # fmt: skip
    store = open_store(own.path)
    load(store, [Load(table="order_lines", profile="p", file="o.csv", rows=rows)])
    store.close()
    margin = ("targets", "split", "--measure", "gross_margin", *QUARTER, "--value", 900, "--over", "month", "--by")
    found = own(*margin, "history").json
    assert [row["value"] for row in found["rows"]] == [300, 300, 300]
    assert found["as_others"] == ["2026-02-01", "2026-03-01"]
    assert "Of 2 parts what they reached a year before is not known" in run(*margin, "history", "--store", own.path).out


def test_a_rate_is_not_split_and_products_have_no_working_days(kept: Company) -> None:
    refused = kept("targets", "split", "--measure", "win_rate", *MARCH, "--value", 0.3)
    assert refused.json["error"]["code"] == "TargetNotSplit"
    absent = kept("targets", "split", *QUARTER)
    assert absent.json["error"]["code"] == "TargetAbsent"


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(company: Company) -> None:
    store = open_store(company.path, create=False)
    set_targets(store, [Aim("won_amount", "company", None, SPAN, 60)], "")
    with pytest.raises(TargetsChanged) as refused:
        set_targets(store, [Aim("won_amount", "company", None, SPAN, 80, was=50)], "late")
    assert "60" in refused.value.text("zh-CN")
    with pytest.raises(TargetsChanged):  # to who saw none, one that somebody set meanwhile is a change
        set_targets(store, [Aim("won_amount", "company", None, SPAN, 80, was=NONE_HELD)], "late")
    set_targets(store, [Aim("won_deals", "company", None, SPAN, 8, was=NONE_HELD)], "")
    with pytest.raises(TargetsChanged):  # undone meanwhile
        set_targets(store, [Aim("won_deals", "rep", "Ann", SPAN, 9, was=8)], "late")


def test_days_that_cross_are_refused_within_one_batch_and_beside_older_crossings(company: Company) -> None:
    store = open_store(company.path, create=False)
    days = [(date(2026, 1, 1), date(2026, 2, 15)), (date(2026, 2, 1), date(2026, 3, 15)),
            (date(2026, 3, 10), date(2026, 4, 20))]  # fmt: skip
    aims = [Aim("won_deals", "company", None, Span(*span), 5) for span in days]
    with pytest.raises(TargetsOverlap):
        set_targets(store, aims[:2], "")
    rows = pl.DataFrame([
        {"key": str(aim.span), "measure": aim.measure, "scope": "company", "starts_on": aim.span.starts_on,
         "ends_on": aim.span.ends_on, "value": 5.0, "version": 1} for aim in aims[:2]
    ])  # fmt: skip
    load(store, [Load(table="targets", profile="p", file="t.csv", rows=rows)])  # as an older list brought them
    with pytest.raises(TargetsOverlap) as refused:
        set_targets(store, aims[2:], "")
    assert "2026-03-10…2026-04-20" in refused.value.text("en")
    store.close()


@pytest.mark.parametrize("value", ["nan", "inf", "-5", "1e25"])
def test_a_part_set_by_hand_is_a_number_that_can_be(company: Company, value: str) -> None:
    refused = company("targets", "split", *QUARTER, "--value", 100, "--keep", f"2026-01-01={value}", "--spread")
    assert refused.json["error"]["code"] in {"TargetNegative", "TargetAbsurd"}


def test_smart(company: Company) -> None:
    company("targets", "set", *MARCH, "--value", 60)
    company("targets", "set", "--scope", "team", "--name", "North", *MARCH, "--value", 50)
    rows = company("targets", "check", *MARCH).json["rows"]
    told = {(row["name"], row["letter"]): (row["holds"], row["says"]) for row in rows}
    assert told["North", "measurable"][0] is True
    assert told["North", "relevant"] == (True, "Part of the company's target.")
    assert told["North", "timed"][1].endswith("it is running.")
    assert told[None, "achievable"] == (
        True, "Bold: reached in only 1 of the 12 spans of this length before; the best was 400."
    )  # fmt: skip


@pytest.mark.parametrize("wide", [False, True])
def test_an_export_is_read_again(company: Company, tmp_path: Path, wide: bool) -> None:
    company("targets", "set", "--scope", "rep", "--name", "Ann", *MARCH, "--value", 77)
    company("targets", "set", "--scope", "rep", "--name", "Ann", *MARCH, "--value", 88, "--reason", "more")
    file = tmp_path / "targets.xlsx"
    ran = company("targets", "export", "--file", file, *(["--wide", *MARCH] if wide else []))
    assert ran.code == 0, ran.err
    before = company.facts()["targets"]
    (upload,) = company.load(file, *(["--months", "rows"] if wide else []))
    assert upload["table"] == "targets"
    held = company("targets", "standing", *MARCH).json["rows"]
    assert [(row["name"], row["target"]) for row in held] == [("Ann", 88)]
    assert company("undo", upload["id"]).code == 0
    assert company.facts()["targets"] == before


def test_only_who_sees_everything_sets_targets(company: Company) -> None:
    company("targets", "set", *MARCH, "--value", 60)
    assert company("viewers", "--add", "ann@x.com", "--scope", "rep", "--rep", "Ann").code == 0
    refused = company("targets", "set", *MARCH, "--value", 1, "--as", "ann@x.com")
    assert refused.json["error"]["code"] == "TargetsNeedOwner"
    told = company("targets", "check", *MARCH, "--as", "ann@x.com").json["rows"]
    assert [row["says"] for row in told if row["letter"] == "achievable"] == [
        "What was reached of it is out of your view."
    ]
    whole = company("targets", "split", *MARCH, "--over", "rep", "--by", "equal", "--as", "ann@x.com")
    assert whole.json["error"]["code"] == "TargetOutOfView"
    own = ("--scope", "rep", "--name", "Ann", "--value", 9, "--over", "week", "--by", "equal")
    assert company("targets", "split", *MARCH, *own, "--as", "ann@x.com").code == 0


def test_a_split_by_nothing_is_said(company: Company) -> None:
    weekend = ("--from", "2026-03-14", "--to", "2026-03-15", "--value", 9, "--over", "rep", "--by", "workdays")
    assert "alike" in run("targets", "split", *weekend, "--store", company.path).out


def test_weeks_of_a_year_before_begin_on_the_same_weekday() -> None:
    week = Span(date(2026, 3, 2), date(2026, 3, 8))
    assert year_before(week, "week") == (date(2025, 3, 3), date(2025, 3, 9))
    assert year_before(SPAN, "month") == (date(2025, 3, 1), date(2025, 3, 31))
