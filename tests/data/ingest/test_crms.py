"""Every CRM's export, a few rows made by hand: which profile and table it is, what is kept and what is refused.

`crms/<profile>-<table>-<which>.csv` is the export, the `.json` beside it what must become of it. Write them anew with
`pytest tests/data/ingest/test_crms.py --update` and read the difference.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from data import ingest
from data.ingest import FilePlan, Options, Source
from data.ingest.profile import profiles

FOLDER = Path(__file__).parent / "crms"
EXPORTS = sorted(FOLDER.glob("*.csv"))
TODAY = date(2026, 11, 21)
GENERAL = {"generic", "sales-compass", "maven", "retail"}


def planned(export: Path) -> FilePlan:
    return ingest.plan([Source(export.name, export.read_bytes())], Options(today=TODAY)).files[0]


def told(plan: FilePlan) -> dict[str, object]:
    """What became of a file, as text."""
    assert plan.checked is not None, [question.text("en") for question in plan.questions]
    kept = plan.checked.rows.drop("line")
    return {
        "columns": {
            entry["field"]: f"{entry['column']} ({entry['why']} {entry['confidence']})" for entry in plan.columns
        },
        "key": plan.checked.key,
        "kept": [{name: str(value) for name, value in row.items() if value is not None} for row in kept.to_dicts()],
        "refused": [
            {"line": line, "reasons": reasons, "aside": aside}
            for line, reasons, aside in plan.checked.refused.select("line", "reasons", "is_set_aside").rows()
        ],
        "said": [remark.text("en") for remark in plan.warnings],
    }


def test_every_crm_has_an_export() -> None:
    assert {export.name.split("-")[0] for export in EXPORTS} == set(profiles()) - GENERAL


@pytest.mark.parametrize("export", EXPORTS, ids=lambda path: path.stem)
def test_an_export_is_recognised_and_read(export: Path, pytestconfig: pytest.Config) -> None:
    profile, table, _ = export.stem.split("-")
    plan = planned(export)
    assert (plan.profile, plan.table) == (profile, table), [(m.profile.name, m.section, m.score) for m in plan.scores]
    assert not plan.questions
    golden = export.with_suffix(".json")
    found = told(plan)
    if pytestconfig.getoption("--update"):
        golden.write_text(json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n", "utf-8")
    assert json.loads(golden.read_text("utf-8")) == json.loads(json.dumps(found, default=str))
