"""Columns of a company's own: promoted, asked, filtered, scoped, folded again, and taken away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data.dimensions import columns, promote, withdraw
from data.errors import DimensionInvalid, UnknownPromoted
from data.store import Store, open_store
from data.truth import Load, load, undo
from metrics.catalog import catalog
from metrics.cuts import breakdown, total
from metrics.errors import UnknownDimension
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from tests.small import empty_at, made_at

DAY = date(2026, 3, 1)


def _load(store: Store, table: str, rows: list[dict[str, object]], key: str, day: date = DAY) -> int:
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        key=pl.col(key), line=pl.int_range(1, len(rows) + 1, dtype=pl.Int64)
    )
    [made] = load(store, [Load(table=table, profile="p", file=f"{table}.csv", as_of=day, rows=frame, original=b"x")])
    return made.id


def _deal(number: int, rep: str, amount: int, **own: object) -> dict[str, object]:
    said = {"deal_id": f"d{number}", "rep": rep, "status": "won", "amount": amount, "closed_on": date(2026, 2, 1)}
    return {**said, "customer": f"c{number % 2}", "extra": json.dumps(own, ensure_ascii=False)}


def _made(path: Path) -> None:
    made = open_store(empty_at(path))
    deals = [
        _deal(1, "Ann", 100, **{"Segment/行业~": "gov", "Ship": " air "}),
        _deal(2, "Bob", 50, **{"Segment/行业~": "edu", "Ship": ""}),
        _deal(3, "Bob", 30, Ship="sea"),
    ]
    _load(made, "deals", deals, "deal_id")
    accounts = [{"customer": f"c{one}", "extra": json.dumps({"Zone": f"z{one}"})} for one in (0, 1)]
    _load(made, "customers", accounts, "customer")
    made.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three deals and two customers with columns that nobody mapped."""
    opened = open_store(made_at(tmp_path / "own.duckdb", "columns of its own", _made))
    yield opened
    opened.close()


def _by(store: Store, dim: str, viewer: Viewer = EVERYTHING, **chosen: str) -> dict[object, float]:
    with store.snapshot() as seen:
        view = View(as_of=DAY)
        for name, value in chosen.items():
            view = view.with_filter(name, value)
        return dict(seen.ask(breakdown("won_amount", dim, view), viewer).frame.iter_rows())


def test_a_column_nobody_mapped_becomes_a_dimension_of_its_store(store: Store) -> None:
    with store.snapshot() as seen:
        found = {(one.table, one.field): (one.rows, one.values) for one in columns(seen)}
    assert found["deals", "Segment/行业~"] == (2, 2)
    promote(store, "deals", "Segment/行业~", "segment", "Segment", "行业细分")
    assert promote(store, "deals", "Ship") == "ship"
    assert _by(store, "segment") == {"gov": 100, "edu": 50, None: 30}
    assert _by(store, "ship") == {"air": 100, None: 50, "sea": 30}
    assert _by(store, "rep", segment="edu") == {"Bob": 50}
    with store.snapshot() as seen:
        assert seen.values("segment", EVERYTHING) == ["edu", "gov", None]
        assert catalog().dimensions["segment"].label.text("zh-CN") == "行业细分"
        view, notes = View.from_url({"segment": "gov"}, DAY)
        assert (view.chosen("segment"), notes) == (("gov",), [])
        rows = seen.ask(breakdown("won_amount", "segment", view).rows(segment="gov"), EVERYTHING).frame
        assert rows["deal_id"].to_list() == ["d1"]
        open_now = seen.ask(breakdown("open_deals", "segment", View(as_of=DAY)), EVERYTHING).frame
        assert open_now.is_empty()
    assert "segment" not in catalog().dimensions  # another store knows nothing of it
    with pytest.raises(UnknownDimension):
        breakdown("won_amount", "segment", View(as_of=DAY))


def test_a_column_of_customers_cuts_what_points_to_them(store: Store) -> None:
    promote(store, "customers", "Zone")
    assert _by(store, "zone") == {"z1": 130, "z0": 50}
    assert _by(store, "rep", zone="z1") == {"Ann": 100, "Bob": 30}


def test_row_scope_holds(store: Store) -> None:
    promote(store, "deals", "Segment/行业~", "segment")
    with store.snapshot() as seen:
        [key] = seen.frame("select rep_key from crm.reps where rep = 'Ann'")["rep_key"]
        ann = Viewer(scope="rep", rep_keys=(key,))
        assert seen.values("segment", ann) == ["gov"]
        assert seen.ask(total("won_amount", View(as_of=DAY).with_filter("segment", "edu")), ann).frame.row(0) == (0,)
    assert _by(store, "segment", ann) == {"gov": 100}


def test_the_fold_keeps_the_column_up_to_date(store: Store) -> None:
    promote(store, "deals", "Segment/行业~", "segment")
    changed = _load(store, "deals", [_deal(2, "Bob", 50, **{"Segment/行业~": "gov"})], "deal_id", date(2026, 3, 8))
    assert _by(store, "segment") == {"gov": 150, None: 30}
    undo(store, changed)
    assert _by(store, "segment") == {"gov": 100, "edu": 50, None: 30}


def test_what_is_withdrawn_is_gone(store: Store) -> None:
    promote(store, "deals", "Ship")
    promote(store, "deals", "Segment/行业~", "segment")
    withdraw(store, "ship")
    assert _by(store, "segment")["gov"] == 100
    with store.snapshot():
        assert "ship" not in catalog().dimensions
    with pytest.raises(UnknownPromoted, match="segment"):
        withdraw(store, "segmnt")


def test_a_viewer_of_teams_that_nobody_is_known_to_belong_to_is_told(store: Store) -> None:
    with store.snapshot() as seen:
        stranger = Viewer(scope="teams", teams=("North",))
        assert [remark.code for remark in seen.ask(total("won_amount", View(as_of=DAY)), stranger).notes] == [
            "nobody_in_scope"
        ]
        assert seen.ask(total("won_amount", View(as_of=DAY)), EVERYTHING).notes == ()


@pytest.mark.parametrize(
    ("table", "field", "name"),
    [
        ("deals", "Ship", "team"),
        ("deals", "Ship", "won_amount"),
        ("deals", "Ship", "amount"),
        ("deals", "Ship", "period"),
        ("deals", "Ship", 'x"; drop table crm.deals; --'),
        ("deals", "Shp", "ship"),
        ("payments", "Ship", "ship"),
    ],
)
def test_a_clash_is_refused(store: Store, table: str, field: str, name: str) -> None:
    with pytest.raises(DimensionInvalid) as refused:
        promote(store, table, field, name)
    assert refused.value.text("zh-CN") != refused.value.text("en")
    with store.snapshot() as seen:
        assert seen.frame("select count(*) from ops.dimensions").item() == 0
