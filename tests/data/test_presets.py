"""Presets of stages: fitted to those that deals are in, one after another, and as the order of stages nobody listed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data.errors import UnknownPreset
from data.presets import fitted, kept_apart, preset, presets
from data.stage_list import Stage, from_toml, to_toml
from data.stage_order import LEAST_MOVES, is_against
from data.stages import apply, check, standing
from data.store import open_store
from data.truth import Load, load
from tests.data.test_stages import _company, _fit, _places, _stages, _two_pipelines
from tests.small import empty_at


def test_stages_of_a_preset_that_nobody_met_yet_are_known_in_both_languages(tmp_path: Path) -> None:
    store = _company(tmp_path / "s.duckdb")
    with store.snapshot() as seen:
        apply(store, fitted(preset("six_steps"), standing(seen)), "six")
    rows = pl.DataFrame({"key": ["9"], "deal_id": ["9"], "stage": ["提案演示"], "status": ["open"], "amount": [3]})
    load(store, [Load(table="deals", profile="p", file="later.csv", rows=rows, as_of=date(2026, 1, 12))])
    assert _stages(store)[None, "Proposal and demo"] == ("settings", 1)
    store.close()


def test_a_preset_of_one_pipeline_leaves_the_names_of_others(tmp_path: Path) -> None:
    """In X two names of the first step, one of which Y says, too; in Y besides one that X has not met."""
    met = [("X", "Prospecting"), ("X", "Prospecting"), ("X", "Lead"), ("X", "Discovery"), ("Y", "Lead"), ("Y", "谈判")]
    store = _two_pipelines(tmp_path / "s.duckdb", [], *met)
    with store.snapshot() as seen:
        now = standing(seen)
    assert kept_apart(preset("six_steps"), now, "X") == ["Lead"]
    assert kept_apart(preset("six_steps"), now, None) == []
    found = _fit(store, "six_steps", "X")
    assert [(one.stage, one.means) for one in found[:2]] == [("Prospecting", ("Discovery",)), ("Lead", ())]
    assert not any(one.means for one in found[1:])
    assert set(_places(store, "Y")) == {"Lead", "谈判"}
    assert _places(store, "X")[:2] == ["Prospecting", "Lead"]
    store.close()


def test_presets_can_be_changed_back_and_forth(tmp_path: Path) -> None:
    met = [("X", stage) for stage in ("Prospecting", "Qualification", "Proposal", "Negotiation", "Lead")]
    store = _two_pipelines(tmp_path / "s.duckdb", [], *met)
    first = _fit(store, "six_steps")
    for name in ("five_steps", "six_steps", "salesforce", "five_steps", "espocrm"):
        _fit(store, name)
    again = _fit(store, "six_steps")
    assert [one.label_en for one in again[:7]] == [one.label_en for one in first]
    assert [one.stage for one in again[:4]] == [one.stage for one in first[:4]]
    assert {"Lead", "Prospecting"} <= {again[0].stage, *again[0].means}
    assert _places(store, "X")[:4] == ["Prospecting", "Qualification", "Proposal", "Negotiation"]
    store.close()


def test_a_preset_keeps_configured_stages_that_it_does_not_name(tmp_path: Path) -> None:
    store = _two_pipelines(tmp_path / "s.duckdb", [], ("X", "Prospecting"), ("X", "Legal"), ("X", "Odd"))
    legal = Stage(stage="Legal", max_days=7, required=("amount",), label_zh="法务", probability=0.8, means=("Jurists",))
    apply(store, [Stage(stage="Prospecting"), legal], "mine")
    found = _fit(store, "six_steps")
    assert found[-1] == legal.model_copy(update={"label_en": "Legal"})
    assert len(found) == len(preset("six_steps").stages) + 1, "what nobody told is left alone"
    assert _places(store, "X") == ["Prospecting", "Qualification", "Proposal and demo", "Negotiation", "Legal", "Odd"]
    store.close()


@pytest.mark.parametrize(
    ("met", "order"),
    [
        (["Negotiation", "proposal", "2. Qualification", "Prospecting"],
         ["Prospecting", "2. Qualification", "proposal", "Negotiation"]),
        (["Engaging", "Prospecting"], ["Prospecting", "Engaging"]),
        (["谈判", "提案演示", "客户发现"], ["客户发现", "提案演示", "谈判"]),
        (["Prospecting", "Legal", "Qualification"], ["Legal", "Prospecting", "Qualification"]),
        (["Prospecting", "Lead", "Closing"], ["Closing", "Lead", "Prospecting"]),
    ],
)  # fmt: skip
def test_stages_whose_order_nothing_tells_are_in_that_of_a_known_list(
    tmp_path: Path, met: list[str], order: list[str]
) -> None:
    store = _two_pipelines(tmp_path / "s.duckdb", [], *(("X", stage) for stage in met))
    assert _places(store, "X") == order
    store.close()


def test_what_tells_an_order_beats_a_known_list(tmp_path: Path) -> None:
    """Many deals that went from Qualification to Prospecting; probabilities; a list in a file."""
    for told in ("steps", "probabilities", "list"):
        store = open_store(empty_at(tmp_path / f"{told}.duckdb"))
        for day, stage in ((1, "Qualification"), (2, "Prospecting")):
            probability = None if told == "steps" else {"Qualification": 0.1, "Prospecting": 0.5}[stage]
            ids = [str(at) for at in range(LEAST_MOVES if told == "steps" else 1)]
            rows = pl.DataFrame({
                "key": ids, "deal_id": ids, "pipeline": "X", "stage": stage, "status": "open",
                "probability": probability, "created_on": date(2026, 1, 1),
            }, schema_overrides={"probability": pl.Float64})  # fmt: skip
            if told != "steps":
                rows = rows.with_columns(key=pl.lit(f"{day}"), deal_id=pl.lit(f"{day}"))
            if told == "list":
                rows = rows.drop("probability")
            load(store, [Load(table="deals", profile="p", file=f"{day}.csv", rows=rows, as_of=date(2026, 1, day))])
        if told == "list":
            stages = pl.DataFrame({
                "key": ["Q", "P"], "stage": ["Qualification", "Prospecting"], "status": ["open"] * 2,
                "position": [1, 2],
            })  # fmt: skip
            load(store, [Load(table="stages", profile="p", file="stages.csv", rows=stages)])
        assert _places(store, "X") == ["Qualification", "Prospecting"], told
        store.close()


def test_a_few_deals_that_were_moved_otherwise_leave_a_known_list_as_it_is(tmp_path: Path) -> None:
    """Three of many: one over a stage, one back, one forth; the order was turned about by them."""
    store = open_store(empty_at(tmp_path / "s.duckdb"))
    for day, moved in ((1, {}), (2, {"1": "Negotiation", "2": "Discovery", "3": "Proposal"})):
        stages = {"1": "Discovery", "2": "Proposal", "3": "Negotiation", "4": "Discovery"} | moved
        rows = pl.DataFrame({
            "key": list(stages), "deal_id": list(stages), "pipeline": "X", "stage": list(stages.values()),
            "status": "open", "created_on": date(2026, 1, 1),
        })  # fmt: skip
        load(store, [Load(table="deals", profile="p", file=f"{day}.csv", rows=rows, as_of=date(2026, 1, day))])
        assert _places(store, "X") == ["Discovery", "Proposal", "Negotiation"], day
    store.close()


def test_a_list_stands_until_many_deals_go_the_other_way_beyond_chance() -> None:
    assert not is_against([])
    assert not is_against([(0, LEAST_MOVES - 1)])
    assert is_against([(0, LEAST_MOVES), (30, 2)])
    assert not is_against([(8, 12)]), "chance does that"
    assert not is_against([(LEAST_MOVES, 0)])


def test_every_preset_can_be_applied_and_says_both_languages() -> None:
    for one in presets().values():
        wished = fitted(one, [])
        check(wished)
        assert all(stage.label_en and stage.label_zh for stage in wished)
        assert from_toml(to_toml(wished)) == wished
        assert sum(stage.status == "open" for stage in wished) >= 3, one.id
    assert {"six_steps", "five_steps", "salesforce", "hubspot", "zoho", "pipedrive", "fxiaoke", "odoo"} <= set(
        presets()
    )
    with pytest.raises(UnknownPreset):
        preset("salesfore")
