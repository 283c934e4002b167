"""Stages as configuration: laid over what uploads say, previewed exactly, taken back without a trace."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from data.errors import StagesInvalid, StageValueInvalid, UnknownStageField
from data.fold import fold
from data.presets import fitted, preset
from data.stage_list import Stage, from_toml, stage_of
from data.stages import among, apply, as_configuration, guessed, preview, standing
from data.store import Store, open_store
from data.truth import Load, load, redo, undo, uploads
from metrics.funnel import funnel
from metrics.odds import weighted
from metrics.signals import signals
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.command_line import Company, dump, run


def _company(path: Path) -> Store:
    """Four deals of two pipelines: in A, one in "1. Prospecting", one in "Lead", one won; in B one in "Odd"."""
    store = open_store(path)
    rows = pl.DataFrame(
        {
            "key": ["1", "2", "3", "4"],
            "deal_id": ["1", "2", "3", "4"],
            "pipeline": ["A", "A", "A", "B"],
            "stage": ["1. Prospecting", "Lead", "Closed Won", "Odd"],
            "status": ["open", "open", "won", "open"],
            "amount": [100, 20, 5, 7],
            "probability": [0.1, 0.2, 1.0, 0.3],
            "created_on": [date(2026, 1, 1)] * 4,
            "closed_on": [None, None, date(2026, 1, 9), None],
        }
    )
    load(store, [Load(table="deals", profile="p", file="deals.csv", rows=rows, as_of=date(2026, 1, 10))])
    return store


def _stages(store: Store) -> dict[tuple[str | None, str], tuple[str | None, int]]:
    with store.snapshot() as seen:
        return {(one.pipeline, one.stage): (one.told_by, one.deals) for one in standing(seen)}


def test_a_preset_groups_the_same_deals_otherwise_and_is_taken_back(tmp_path: Path) -> None:
    store = _company(tmp_path / "s.duckdb")
    before = dump(store.path, "crm")
    totals = "select count(*) as n, sum(amount) as money, count(distinct stage) as stages from crm.deals"
    with store.snapshot() as seen:
        now, first = standing(seen), seen.frame(totals).row(0)
    assert all(one.told_by is None for one in now)
    six = fitted(preset("six_steps"), now)
    discovery = six[0]
    assert {discovery.stage, *discovery.means} == {"1. Prospecting", "Lead"}
    assert discovery.label_zh == "客户发现"
    made = apply(store, six, "six steps")
    with store.snapshot() as seen:
        n, money, stages = seen.frame(totals).row(0)
        assert (n, money) == first[:2], "the same deals, the same money"
        assert stages == first[2] - 1, "two of their stages are one now"
        place = seen.frame("select place, label_zh from crm.places where pipeline = 'A' and stage = $stage",
                           {"stage": discovery.stage})  # fmt: skip
    assert place.rows() == [(1, "客户发现")]
    assert _stages(store)["B", "Odd"] == (None, 1), "what nobody configured shows as such"
    undo(store, made.id)
    assert dump(store.path, "crm") == before
    redo(store, made.id)
    assert _stages(store)[None, discovery.stage] == ("settings", 2)
    store.close()


def test_a_preview_is_what_comes_of_it_and_leaves_nothing(tmp_path: Path) -> None:
    store = _company(tmp_path / "s.duckdb")
    everything = dump(store.path, "crm") | dump(store.path, "ops")
    with store.snapshot() as seen:
        wished = fitted(preset("five_steps"), standing(seen))
    found = preview(store, wished)
    assert dump(store.path, "crm") | dump(store.path, "ops") == everything
    assert {one.stage for one in found.untold} == {"Odd"}
    apply(store, wished, "five steps")
    with store.snapshot() as seen:
        assert standing(seen) == list(found.after)
    store.close()


def test_the_configuration_is_laid_over_files_whichever_came_last(tmp_path: Path) -> None:
    store = _company(tmp_path / "s.duckdb")
    apply(store, [Stage(stage="Lead", max_days=9, required=("amount",), label_zh="线索")], "mine")
    rows = pl.DataFrame(
        {"key": ["L", "N"], "stage": ["Lead", "Never"], "status": ["lost", "open"], "max_days": [90, 30]}
    )
    load(store, [Load(table="stages", profile="crm", file="stages.csv", rows=rows)])
    with store.snapshot() as seen:
        found = {one.stage: one for one in standing(seen)}
        lead = seen.frame("select max_days, required from crm.places where pipeline = 'A' and stage = 'Lead'").rows()
    assert (found["Lead"].told_by, found["Lead"].max_days, found["Lead"].status) == ("settings", 9, "open")
    assert (found["Never"].told_by, found["Never"].max_days) == ("file", 30)
    assert lead == [(9, "amount")]
    store.close()


def test_a_stage_of_its_pipeline_beats_the_one_of_all(tmp_path: Path) -> None:
    store = _company(tmp_path / "s.duckdb")
    apply(store, [Stage(stage="Lead", max_days=9), Stage(stage="Lead", pipeline="A", max_days=3)], "mine")
    with store.snapshot() as seen:
        held = seen.frame("select pipeline, max_days from crm.places where stage = 'Lead' order by pipeline").rows()
    assert held == [("A", 3), ("B", 9)]
    store.close()


def _two_pipelines(path: Path, told: list[dict[str, object]], *met: tuple[str, str]) -> Store:
    """A file's list of stages, and an open deal for each pipeline and stage that is met."""
    store = open_store(path)
    stages = pl.DataFrame([{"key": f"{n}", "status": "open"} | one for n, one in enumerate(told)])
    deals = pl.DataFrame([
        {"key": f"{n}", "deal_id": f"{n}", "pipeline": line, "stage": stage, "status": "open", "amount": n,
         "created_on": date(2026, 1, 1)}
        for n, (line, stage) in enumerate(met, 1)
    ])  # fmt: skip
    if told:
        load(store, [Load(table="stages", profile="p", file="stages.csv", rows=stages)])
    load(store, [Load(table="deals", profile="p", file="deals.csv", rows=deals, as_of=date(2026, 1, 10))])
    return store


def _places(store: Store, line: str) -> list[str]:
    with store.snapshot() as seen:
        asked = "select stage from crm.places where pipeline = $line order by place"
        return list(seen.frame(asked, {"line": line})["stage"])


def test_a_change_of_one_stage_leaves_the_order_of_all(tmp_path: Path) -> None:
    """Of all pipelines: C, then A, then B; of X besides: one that nobody told; of Y: one told between A and B."""
    told: list[dict[str, object]] = [
        {"stage": "C", "position": 1}, {"stage": "A", "position": 2}, {"stage": "B", "position": 4},
    ]  # fmt: skip
    between = {"stage": "Between", "pipeline": "Y", "position": 3}
    met = [("X", stage) for stage in "ABCD"] + [("Y", stage) for stage in ("A", "Between", "B", "Extra")]
    store = _two_pipelines(tmp_path / "s.duckdb", [one | {"pipeline": None} for one in told] + [between], *met)
    ways = {"X": ["C", "A", "B", "D"], "Y": ["C", "A", "Between", "B", "Extra"]}
    assert {line: _places(store, line) for line in ways} == ways
    with store.snapshot() as seen:
        now = standing(seen)
    apply(store, [one.model_copy(update={"max_days": 30}) for one in as_configuration(now)], "all")
    assert {line: _places(store, line) for line in ways} == ways
    here = [one for one in now if one.pipeline in (None, "X")]
    apply(store, among(as_configuration(here), now, [one for one in now if one not in here]), "the sheet of X")
    assert {line: _places(store, line) for line in ways} == ways
    store.close()


def test_an_older_configuration_is_counted_through_at_once(tmp_path: Path) -> None:
    """It counted the stages of each pipeline by themselves: of all C 1, A 2; of Y Between 1, Late 2."""
    store = _two_pipelines(tmp_path / "s.duckdb", [], *(("Y", stage) for stage in ("A", "Between", "C", "Late")))
    stages = [
        Stage(stage="C"),
        Stage(stage="Between", pipeline="Y"),
        Stage(stage="A"),
        Stage(stage="Late", pipeline="Y"),
    ]
    apply(store, stages, "mine")
    with store.writing() as cursor:
        cursor.execute("update ops.stages_rows set position = case when stage in ('C', 'Between') then 1 else 2 end")
        fold(cursor, {"stages"})
    with store.snapshot() as seen:
        held = seen.frame("select stage, position from crm.stages where told_by = 'settings' order by position").rows()
    assert held == [("Between", 1), ("C", 2), ("A", 3), ("Late", 4)]
    assert _places(store, "Y") == ["Between", "C", "A", "Late"]
    store.close()


def test_an_order_that_nobody_told_is_known_as_a_guess(tmp_path: Path) -> None:
    met = [("X", "Lead"), ("X", "Talks"), ("Y", "Only")]
    store = _two_pipelines(tmp_path / "s.duckdb", [], *met)
    with store.snapshot() as seen:
        assert guessed(standing(seen)) == ["Lead", "Talks"]  # one stage has no order
    told = run("stages", "--store", store.path, lang="zh-CN").out
    assert "Lead, Talks" in told
    apply(store, [Stage(stage="Lead", pipeline="X")], "mine")
    with store.snapshot() as seen:
        assert guessed(standing(seen)) == ["Talks"]
    assert "Talks" in run("stages", "--store", store.path).out
    store.close()


def test_statuses_of_deals_stay_what_their_export_says(tmp_path: Path) -> None:
    store = _company(tmp_path / "s.duckdb")
    found = preview(store, [Stage(stage="Lead", status="won")])
    assert [(one.stage, one.differing) for one in found.differing] == [("Lead", 1)]
    apply(store, [Stage(stage="Lead", status="won")], "won")
    with store.snapshot() as seen:
        assert seen.frame("select status from crm.deals where stage = 'Lead'")["status"].to_list() == ["open"]
    store.close()


def _fit(store: Store, name: str, pipeline: str | None = None) -> tuple[Stage, ...]:
    with store.snapshot() as seen:
        found = fitted(preset(name), standing(seen), pipeline)
    apply(store, found, name)
    return found


@pytest.mark.parametrize(
    "stages",
    [
        [],
        [Stage(stage="A"), Stage(stage="A")],
        [Stage(stage="A", means=("B",)), Stage(stage="B")],
        [Stage(stage="A", means=("C",)), Stage(stage="B", means=("C",))],
    ],
)
def test_what_cannot_stand_together_is_refused(stages: list[Stage], tmp_path: Path) -> None:
    store = _company(tmp_path / "s.duckdb")
    everything = dump(store.path, "crm") | dump(store.path, "ops")
    for change in (lambda: apply(store, stages, "x"), lambda: preview(store, stages)):
        with pytest.raises(StagesInvalid) as told:
            change()
        assert "未做任何更改" in told.value.text("zh-CN")
    assert dump(store.path, "crm") | dump(store.path, "ops") == everything
    store.close()


@pytest.mark.parametrize(
    ("changes", "is_other"),
    [
        ([], False),
        ([("Lead", {"max_days": 3}), ("Qualified", {"label_zh": "资格"}), ("Won", {"probability": 1.0})], False),
        ([("Lead", {"status": "won"})], True),
        ([("Won", {"status": "lost"})], True),
        ([("Lead", {"stage": "Fresh", "means": ("Lead",)})], True),
        ([("Nobody", None)], True),
    ],
)
def test_a_preview_says_whether_the_funnel_gets_other_steps(
    tmp_path: Path, changes: list[tuple[str, dict[str, object] | None]], is_other: bool
) -> None:
    stages = ("Lead", "Qualified", "Won")
    store = _two_pipelines(tmp_path / "s.duckdb", [], *(("X", stage) for stage in stages))
    apply(store, [Stage(stage=name, status="won" if name == "Won" else "open") for name in stages], "mine")
    made = dict(changes)
    wished = [Stage(stage=name, status="won" if name == "Won" else "open").model_copy(update=made.get(name) or {})
              for name in stages] + [Stage(stage=name) for name, how in changes if how is None]  # fmt: skip
    assert preview(store, wished).has_other_steps is is_other
    assert preview(store, wished[::-1]).has_other_steps, "another order"
    store.close()


def test_the_command_line_lists_sets_takes_and_gives(tmp_path: Path) -> None:
    path, file = tmp_path / "s.duckdb", tmp_path / "stages.toml"
    _company(path).close()
    company = Company(path)
    assert company("stages", "--preset", "zoho", "--dry-run").json["has_other_steps"] is True
    apart = run("stages", "--preset", "six_steps", "--dry-run", "--store", path, lang="zh-CN").out
    assert "历史转化率" in apart
    assert company("stages").json["stages"][0]["told_by"] is None
    said = company("stages", "--set", "Lead:max_days=14", "--set", "Lead:required=amount,next_step",
                   "--set", "Lead:label_zh=线索").json["stages"]  # fmt: skip
    lead = next(one for one in said if one["stage"] == "Lead")
    assert (lead["max_days"], lead["required"], lead["label_zh"]) == (14, ["amount", "next_step"], "线索")
    assert company("stages", "--export", file).code == 0
    assert company("stages", "--export", file).code == 1, "a file in the way stays"
    with open_store(path).snapshot() as seen:
        number, kept = uploads(seen)[-1].id, as_configuration(standing(seen))
    assert company("undo", number).code == 0
    assert from_toml(file.read_text("utf-8")) == kept
    company("stages", "--import", file)
    with open_store(path).snapshot() as seen:
        assert as_configuration(standing(seen)) == kept
    for wrong in ("Lead:max_days=soon", "Nobody:max_days=3", "Lead:colour=red", "Lead", "Lead:required=shoe_size"):
        ran = run("stages", "--set", wrong, "--store", path)
        assert ran.code == 1, wrong
        assert "Nothing was changed" in ran.err
    company.close()


def test_a_field_is_cleared_by_saying_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    _company(path).close()
    company = Company(path)
    said = {"required": "amount", "means": "Old", "max_days": "3", "probability": "0.5", "forecast_category": "commit"}
    company("stages", *(word for name, value in said.items() for word in ("--set", f"Lead:{name}={value}")))
    rows = company("stages", *(word for name in said for word in ("--set", f"Lead:{name}="))).json["stages"]
    lead = next(one for one in rows if one["stage"] == "Lead")
    assert {name: lead[name] for name in said} == {
        "required": [], "means": [], "max_days": None, "probability": None, "forecast_category": None,
    }  # fmt: skip
    company.close()


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("status", "half", "open | won | lost"),
        ("status", None, "open | won | lost"),
        ("probability", 1.5, "0–1 (0 %–100 %)"),
        ("max_days", "soon", "1, 2 … 3650"),
        ("max_days", 2.5, "1, 2 … 3650"),
        ("required", ["shoe_size"], "rep, customer"),
        ("forecast_category", "closed", "omitted | pipeline | best_case | commit."),
        ("stage", "", "1–200"),
        ("means", "Old", "…"),
    ],
)
def test_a_value_that_a_field_cannot_have_is_told_in_the_readers_language(
    field: str, value: object, allowed: str
) -> None:
    with pytest.raises(StageValueInvalid) as told:
        stage_of({"stage": "Lead", field: value})
    for lang, words in (("en", "Nothing was changed"), ("zh-CN", "不能为")):
        said = told.value.text(lang).replace("允许的取值：", "").replace("。未做", ".").replace("Input", "!")
        assert field in said
        assert allowed in said
        assert words in said
        assert "!" not in said, "the checker's own words"
    with pytest.raises(UnknownStageField):
        stage_of({"stage": "Lead", "colour": "red"})


def test_a_category_that_a_file_says_and_nothing_reads_is_none(tmp_path: Path) -> None:
    told: list[dict[str, object]] = [{"stage": "Lead", "forecast_category": "closed"}]
    store = _two_pipelines(tmp_path / "s.duckdb", told, ("X", "Lead"))
    with store.snapshot() as seen:
        assert [one.forecast_category for one in standing(seen)] == [None]
    store.close()


def test_a_store_from_before_stages_could_be_configured(tmp_path: Path) -> None:
    """Schema 5: rows of stages have three fields fewer; the same file is then still the same."""
    path = tmp_path / "s.duckdb"
    store = _company(path)
    rows = pl.DataFrame({"key": ["L"], "stage": ["Lead"], "status": ["open"], "max_days": [9]})
    file = Load(table="stages", profile="crm", file="stages.csv", rows=rows)
    load(store, [file])
    expected = _stages(store)
    store.close()
    with duckdb.connect(path) as database:  # as schema 5 had it
        columns = "pipeline, stage, position, status, probability, max_days, label_en, label_zh"
        database.execute(
            f"""create table kept as select row_no, key_no, key, {columns}, is_deleted, merged_into, extra,
                hash({columns}, is_deleted, merged_into, extra) as hash from ops.stages_rows"""
        )
        for made in (
            "drop table ops.stages_rows", "create table ops.stages_rows as from kept", "drop table kept",
            "drop table fold.stage_names",
            *(f"alter table crm.stages drop column {name}" for name in ("required", "forecast_category", "told_by")),
            *(f"alter table crm.places drop column {name}"
              for name in ("probability", "max_days", "required", "forecast_category")),
            "update ops.version set schema = 5",
        ):  # fmt: skip
            database.execute(made)
    store = open_store(path)
    assert _stages(store) == expected
    with store.snapshot() as seen:
        assert seen.frame("select max_days from crm.places where stage = 'Lead' and pipeline = 'A'").rows() == [(9,)]
    again = load(store, [file])[0]
    assert (again.new, again.changed, again.same) == (0, 0, 1)
    apply(store, [Stage(stage="Lead", max_days=2)], "mine")
    assert _stages(store)[None, "Lead"] == ("settings", 1)
    store.close()


def test_stages_of_the_same_name_in_two_pipelines_are_two(tmp_path: Path) -> None:
    """In A "Check" is the second open stage, in B it is where deals are won: neither takes anything from the other."""
    store = open_store(tmp_path / "s.duckdb")
    told = [
        {"stage": "Talk", "pipeline": "A", "status": "open", "position": 1},
        {"stage": "Check", "pipeline": "A", "status": "open", "position": 2, "probability": 0.6, "max_days": 9},
        {"stage": "Check", "pipeline": "B", "status": "open", "position": 1, "probability": 0.1, "max_days": 30},
        {"stage": "Talk", "pipeline": "B", "status": "open", "position": 2},
        {"stage": "Done", "pipeline": "A", "status": "open", "position": 3},
        {"stage": "Done", "pipeline": "B", "status": "won", "position": 3},
    ]
    stages = pl.DataFrame([{"key": f"{n}"} | one for n, one in enumerate(told)])
    deals = pl.DataFrame([
        {"key": f"{line}{stage}", "deal_id": f"{line}{stage}", "pipeline": line, "stage": stage, "amount": 100,
         "status": "won" if (line, stage) == ("B", "Done") else "open", "created_on": date(2026, 1, 1),
         "closed_on": date(2026, 1, 9) if (line, stage) == ("B", "Done") else None}
        for line in "AB" for stage in ("Talk", "Check", "Done")
    ])  # fmt: skip
    load(store, [Load(table="stages", profile="p", file="stages.csv", rows=stages)])
    load(store, [Load(table="deals", profile="p", file="deals.csv", rows=deals, as_of=date(2026, 1, 10))])
    assert (_places(store, "A"), _places(store, "B")) == (["Talk", "Check", "Done"], ["Check", "Talk"])
    view = View(as_of=date(2026, 1, 10), preset="all")
    with store.snapshot() as seen:
        found = seen.ask(signals(view), EVERYTHING).frame.select("pipeline", "stage", "max_days").rows()
        weighed = seen.ask(weighted(view), EVERYTHING).frame.select("pipeline", "place", "stage", "deals").rows()
        steps = seen.ask(funnel(view), EVERYTHING).frame.select("pipeline", "place", "stage", "entered").rows()
    assert sorted(one for one in found if one[1] == "Check") == [("A", "Check", 9), ("B", "Check", 30)]
    assert weighed == [
        ("A", 1, "Talk", 1), ("A", 2, "Check", 1), ("A", 3, "Done", 1), ("B", 1, "Check", 1), ("B", 2, "Talk", 1),
    ]  # fmt: skip
    assert [one[:3] for one in steps] == [one[:3] for one in weighed]
    store.close()
