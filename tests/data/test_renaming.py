"""Renaming and merging: members without and with ids, stages, the goals that name them; forgetting is exact."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from data import truth
from data.errors import AliasInvalid
from data.merging import names, preview
from data.store import Store
from data.viewers import add_viewer
from metrics.cuts import cut
from metrics.view import View
from metrics.viewer import EVERYTHING

DAY = date(2026, 6, 30)
TABLES = (
    "reps",
    "customers",
    "products",
    "deals",
    "deal_versions",
    "deal_stages",
    "stages",
    "rep_teams",
    "targets",
    "teams",
)


def put(store: Store, table: str, *rows: dict[str, Any], day: date | None = DAY) -> None:
    filled = dict.fromkeys(name for row in rows for name in row)
    frame = pl.DataFrame([{"key": str(place)} | dict.fromkeys(filled) | row for place, row in enumerate(rows)])
    truth.load(store, [truth.Load(table=table, profile="p", file="f", rows=frame, as_of=day)])


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.snapshot() as seen:
        return {table: sorted(seen.frame(f"from crm.{table}").rows(), key=repr) for table in TABLES}


def won(store: Store, kind: str) -> dict[str | None, int]:
    sql = f"""
        select m.{kind} as name, sum(amount)::bigint as won
        from crm.deals left join crm.{kind}s as m on m.{kind}_key = deals.{kind}_key
        where status = 'won' group by all"""
    with store.snapshot() as seen:
        return dict(seen.frame(sql).iter_rows())


def deal(rep: str | None, amount: int, rep_id: str | None = None, **more: Any) -> dict[str, Any]:
    return {"rep": rep, "rep_id": rep_id, "amount": amount, "status": "won", "closed_on": DAY} | more


def test_two_members_with_ids_become_the_one_that_keeps_its_name_and_its_row(store: Store) -> None:
    put(store, "reps", {"rep_id": "1", "rep": "Ann", "team": "North"}, {"rep_id": "2", "rep": "Anne", "team": "South"})
    put(store, "deals", deal(None, 10, "1"), deal(None, 5, "2"), deal("Anne", 2))
    before = everything(store)
    assert won(store, "rep") == {"Ann": 10, "Anne": 7}
    truth.accept_alias(store, "rep", "Anne", "Ann")
    assert won(store, "rep") == {"Ann": 17}
    with store.snapshot() as seen:
        assert seen.frame("select rep_id, rep, team, is_implied from crm.reps").rows() == [("1", "Ann", "North", False)]
    truth.forget_alias(store, "rep", "Anne")
    assert everything(store) == before


def test_a_new_name_keeps_the_member_and_all_that_is_known_of_it(store: Store) -> None:
    put(store, "reps", {"rep_id": "1", "rep": "Ann", "team": "North"}, {"rep_id": None, "rep": "Bob", "team": "South"})
    put(store, "deals", deal("Ann", 10, "1"), deal("Bob", 5), deal("Cy", 1))
    keys = {row[0] for row in everything(store)["reps"] if row[1] == "1"}
    for old, new in (("Ann", "Ann North"), ("Bob", "Robert"), ("Cy", "Cyril")):
        truth.accept_alias(store, "rep", old, new)
    assert won(store, "rep") == {"Ann North": 10, "Robert": 5, "Cyril": 1}
    with store.snapshot() as seen:
        told = seen.frame("select rep, team from crm.reps order by rep").rows()
    assert told == [("Ann North", "North"), ("Cyril", None), ("Robert", "South")]
    assert keys == {row[0] for row in everything(store)["reps"] if row[1] == "1"}


def test_one_of_several_of_a_name_is_meant_by_its_id(store: Store) -> None:
    put(store, "reps", *({"rep_id": number, "rep": "Li Wei"} for number in ("7", "8")), {"rep_id": "9", "rep": "Li"})
    put(store, "deals", deal(None, 1, "7"), deal(None, 10, "8"), deal(None, 100, "9"), deal("Li Wei", 1000))
    assert won(store, "rep") == {"Li Wei (7)": 1, "Li Wei (8)": 10, "Li": 100, "ambiguous: Li Wei": 1000}
    truth.accept_alias(store, "rep", "Li", "Li Wei (8)")
    assert won(store, "rep") == {"Li Wei (7)": 1, "Li Wei (8)": 110, "ambiguous: Li Wei": 1000}
    truth.forget_alias(store, "rep", "Li")
    truth.accept_alias(store, "rep", "Li Wei (7)", "Li")
    assert won(store, "rep") == {"Li Wei": 1010, "Li": 101}, "who is left has the name for itself"


def test_names_without_ids_and_a_chain_of_them(store: Store) -> None:
    put(store, "deals", *(deal(None, amount, product=name) for name, amount in (("A", 1), ("B", 10), ("C", 100))))
    truth.accept_alias(store, "product", "A", "B")
    truth.accept_alias(store, "product", "B", "C")
    assert won(store, "product") == {"C": 111}
    with pytest.raises(AliasInvalid):
        truth.accept_alias(store, "product", "C", "A")
    truth.forget_alias(store, "product", "B")
    assert won(store, "product") == {"B": 11, "C": 100}


def test_stages_are_one_on_deals_in_history_and_in_the_list(store: Store) -> None:
    def state(stage: str) -> dict[str, Any]:
        return {"deal_id": "d", "stage": stage, "status": "open", "amount": 5, "created_on": date(2026, 6, 2)}

    put(store, "deals", state("Talk"), day=date(2026, 6, 10))
    put(store, "deals", state("talking"), day=date(2026, 6, 20))
    put(store, "stages", {"stage": "Talk", "position": 1}, {"stage": "talking", "position": 2}, day=None)
    before = everything(store)
    truth.accept_alias(store, "stage", "talking", "Talk")
    with store.snapshot() as seen:
        assert seen.frame("select stage, stage_since from crm.deals").rows() == [("Talk", None)]
        assert seen.frame("select stage from crm.deal_stages").rows() == [("Talk",)]
        assert seen.frame("select stage from crm.deal_versions where not is_reconstructed").rows() == [("Talk",)]
        assert [row[0] for row in seen.frame("select stage from crm.stages").rows()] == ["Talk"]
    truth.forget_alias(store, "stage", "talking")
    assert everything(store) == before


def test_a_file_loaded_later_is_counted_as_it_was_uploaded(store: Store) -> None:
    put(store, "deals", {"stage": "A", "amount": 1, "status": "open"})
    truth.accept_alias(store, "stage", "A", "B")
    rows = pl.DataFrame({"key": ["0"], "stage": ["A"], "deal": ["x"]})
    truth.load(store, [truth.Load(table="deals", profile="p", file="f", rows=rows, as_of=date(2026, 7, 1))])
    rows = pl.DataFrame({"key": ["0"], "stage": ["A"], "amount": [1], "status": ["open"]})
    (again,) = truth.load(store, [truth.Load(table="deals", profile="p", file="f", rows=rows, as_of=date(2026, 7, 2))])
    assert (again.changed, again.same) == (0, 1)


def test_targets_follow_the_name(store: Store) -> None:
    put(store, "deals", deal("Anne", 10))
    put(store, "targets", {"measure": "won_amount", "scope": "rep", "scope_value": "Anne", "value": 20,
                           "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}, day=None)  # fmt: skip
    truth.accept_alias(store, "rep", "Anne", "Ann")
    with store.snapshot() as seen:
        assert seen.frame("select scope_value from crm.targets").rows() == [("Ann",)]


def test_the_preview_says_what_then_comes_true(store: Store) -> None:
    lost = {"status": "lost"}
    put(store, "deals", deal("Ann", 10), deal("Ann", 20, **lost), deal("Anne", 5), deal("Anne", 1, status="open"))
    with store.snapshot() as seen:
        told = preview(seen, "rep", "Anne", "Ann")
        assert (told.rows, told.money, told.members, told.is_new_name) == (2, 6, 2, False)
        numbers = {one.measure: (one.alias, one.canonical, one.together) for one in told.numbers}
        assert numbers["won_amount"] == (5, 10, 15)
        assert numbers["win_rate"] == (1, 0.5, 2 / 3)
        assert preview(seen, "rep", "Anne", "Anna").is_new_name
        with pytest.raises(AliasInvalid):
            preview(seen, "rep", "Nobody", "Ann")
    truth.accept_alias(store, "rep", "Anne", "Ann")
    assert won(store, "rep") == {"Ann": 15}
    with store.snapshot() as seen:
        assert names(seen, "rep") == ["Ann"]
        (accepted,) = [alias for alias in truth.aliases(seen) if alias.is_accepted]
    assert (accepted.rows, accepted.money) == (2, 6)


# -------------------------------------------------------------------------------------------------- teams, managers


def by(store: Store, dim: str) -> dict[str | None, float]:
    with store.snapshot() as seen:
        assert seen.as_of is not None
        return dict(seen.ask(cut(("won_amount",), (dim,), View(as_of=seen.as_of)), EVERYTHING).frame.iter_rows())


def _company(store: Store) -> None:
    put(
        store,
        "reps",
        {"rep_id": "1", "rep": "Ann", "team": "North ", "manager": "Zoe"},
        {"rep_id": "2", "rep": "Bob", "team": "North", "manager": "zoe"},
        {"rep_id": "3", "rep": "Cy", "team": "South", "manager": "Max"},
    )
    put(store, "teams", {"team": "North", "parent": "All"}, {"team": "North ", "parent": "North"})
    put(store, "targets", {
        "measure": "won_amount", "scope": "team", "scope_value": "North ", "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31), "value": 100.0, "version": 1,
    })  # fmt: skip
    put(store, "deals", deal(None, 10, "1"), deal(None, 5, "2"), deal(None, 1, "3"))


def test_teams_are_joined_and_their_goals_parents_and_viewers_follow(store: Store) -> None:
    _company(store)
    add_viewer(store, "ann@example.org", "teams", teams=("North ",))
    before = everything(store)
    assert by(store, "team") == {"North ": 10, "North": 5, "South": 1}
    with store.snapshot() as seen:
        told = preview(seen, "team", "North ", "North")
        suggested = {(one.kind, frozenset((one.alias, one.canonical))) for one in truth.aliases(seen)}
    assert (told.rows, told.is_new_name) == (1, False)
    assert next(one for one in told.numbers if one.measure == "won_amount").together == 15
    assert {("team", frozenset(("North ", "North"))), ("manager", frozenset(("zoe", "Zoe")))} <= suggested
    truth.accept_alias(store, "team", "North ", "North")
    assert by(store, "team") == {"North": 15, "South": 1}
    with store.snapshot() as seen:
        assert dict(seen.frame("select team, parent from crm.teams").iter_rows())["North"] == "All"
        assert seen.frame("select scope_value from crm.targets")["scope_value"].to_list() == ["North"]
        viewer = seen.viewer("ann@example.org")
    assert (viewer.teams, len(viewer.rep_keys)) == (("North",), 2)
    truth.forget_alias(store, "team", "North ")
    assert everything(store) == before


def test_managers_are_joined_and_renamed(store: Store) -> None:
    _company(store)
    before = everything(store)
    with store.snapshot() as seen:
        assert names(seen, "manager") == ["Max", "Zoe", "zoe"]
        assert preview(seen, "manager", "zoe", "Zoe").rows == 1
    truth.accept_alias(store, "manager", "zoe", "Zoe")
    truth.accept_alias(store, "manager", "Max", "Maximilian")
    assert by(store, "manager") == {"Zoe": 15, "Maximilian": 1}
    with store.snapshot() as seen:
        held = {(one.alias, one.rows) for one in truth.aliases(seen) if one.kind == "manager" and one.is_accepted}
    assert held == {("zoe", 1), ("Max", 1)}
    truth.forget_alias(store, "manager", "zoe")
    truth.forget_alias(store, "manager", "Max")
    assert everything(store) == before
