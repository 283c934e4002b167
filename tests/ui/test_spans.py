"""What a funnel is held against: the bottleneck by its rule, with its evidence, and nothing where it may be chance."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import duckdb
import polars as pl
import pytest

from metrics.funnel_spans import against_before
from metrics.query import Result
from metrics.view import View
from tests.metrics.conftest import ROOT, answered
from tests.metrics.stages import LADDER, put
from tests.ui.answered import EN, ZH
from ui.spans import bottleneck

JANUARY = View(as_of=date(2026, 3, 20), from_on=date(2026, 1, 1), to_on=date(2026, 1, 31), compare="previous")
BEFORE = replace(EN, before="December", now="January")


NONE = "Of deals created in January no stage stands out"


def _result(now: tuple[int, int], before: tuple[int, int]) -> Result:
    """One stage, in which so many of so many deals of 100 each moved on."""
    stage = {"pipeline": "P", "place": 1, "stage": "talk", "label_en": "Talk", "label_zh": "沟通"}
    rows = [
        {**stage, "span": span, "entered": of, "moved_on": moved, "lost": of - moved, "entered_amount": 100.0 * of,
         "decided.n": of}
        for span, (moved, of) in (("now", now), ("before", before)) if of
    ]  # fmt: skip
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return Result(frame, frame, against_before(JANUARY))


def test_the_bottleneck_is_named_with_what_it_costs() -> None:
    """100 deals × (60 % − 40 %) × 100 each = 2,000."""
    found = bottleneck(_result((40, 100), (120, 200)), BEFORE)
    assert found.text == (
        "Bottleneck: Talk. Of 100 deals created in January and decided there 40.0% moved on, against 60.0% of 200"
        " created in December; at that rate about 2,000 more would be won."
    )
    assert found.mark is not None
    assert json.loads(found.mark) == ["decided", "Talk · January", {"pipeline": "P", "span": "now", "place": 1}]
    assert "瓶颈：“沟通”" in bottleneck(_result((40, 100), (120, 200)), ZH).text


@pytest.mark.parametrize(
    ("now", "before", "says"),
    [
        ((50, 100), (110, 200), f"{NONE}: differences from those created in December are within chance."),
        ((1, 3), (5, 6), NONE),
        ((90, 100), (110, 200), NONE),  # better, beyond chance: no bottleneck
        ((40, 100), (0, 0), "No bottleneck can be named"),
    ],
)
def test_nothing_is_named_where_it_may_be_chance(now: tuple[int, int], before: tuple[int, int], says: str) -> None:
    found = bottleneck(_result(now, before), BEFORE)
    assert found.text.startswith(says)
    assert found.mark is None


def test_its_evidence_are_the_deals_decided_there() -> None:
    """40 of 60 are lost at the talk in January; of December's, 10 of 60."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute((ROOT / "data" / "schema.sql").read_text("utf-8"))
    connection.execute(LADDER)
    for span, lost, created in (("now", 40, date(2026, 1, 1)), ("before", 10, date(2025, 12, 1))):
        for number in range(60):
            end = "lost 9" if number < lost else "won 9"
            put(connection, f"{span}{number}", "talk 0", end, created_on=created)
    query = against_before(JANUARY)
    found = bottleneck(answered(connection, query), BEFORE)
    assert found.mark is not None
    column, _, at = json.loads(found.mark)
    rows = answered(connection, query.rows(column, **at)).frame
    assert rows.height == 60
    assert rows["deal_id"].str.starts_with("now").all()
    connection.close()
