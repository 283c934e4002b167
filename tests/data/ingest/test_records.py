"""JSON: every list in it is read, no cell is dropped, and a salesperson inside an object is found."""

from __future__ import annotations

import json

import pytest

from data import ingest
from data.ingest import Options, Source
from data.ingest.read import read

DEAL = {"id": 1, "name": "A", "stage": "Won", "amount": 1, "close_date": "2026-01-05"}


def test_each_of_several_lists_is_one_of_its_own() -> None:
    said = {"deals": [DEAL, {**DEAL, "id": 2}], "contacts": [{"id": 1, "name": "Acme"}], "errors": [], "version": 3}
    found = read(Source("a.json", json.dumps(said).encode()), frozenset())
    assert [(table.part, table.frame.height) for table in found.tables] == [("deals", 2), ("contacts", 1)]
    alone = read(Source("a.json", json.dumps({"data": [DEAL], "errors": []}).encode()), frozenset())
    assert [(table.part, table.frame.height) for table in alone.tables] == [("", 1)]


def test_cells_beyond_the_names_are_kept() -> None:
    (table,) = read(Source("a.json", b'[["a","b"],["1","2"],["3","4","5"],["6"]]'), frozenset()).tables
    assert table.headers == ["a", "b", "column 3"]
    assert table.frame.drop("#line").rows() == [("1", "2", None), ("3", "4", "5"), ("6", None, None)]


def test_the_name_of_an_owner_inside_an_object_is_the_salesperson() -> None:
    for name, value in (("owner", {"name": "Ann"}), ("owner_name", "Ann")):
        content = json.dumps([{**DEAL, name: value}]).encode()
        (file,) = ingest.plan([Source("a.json", content)], Options(), None).files
        assert file.checked is not None
        assert file.checked.rows["rep"].to_list() == ["Ann"]


DEALS = [
    {"deal_id": "1", "deal": "A", "amount": 5, "stage": "Won", "closed_on": "2026-01-02"},
    {"deal_id": "2", "deal": "B", "amount": 6, "stage": "Open", "closed_on": "2026-03-02"},
]
PEOPLE = [{"rep": "Ann", "team": "East", "manager": "Zoe"}, {"rep": "Bob", "team": "West", "manager": "Yan"}]


@pytest.mark.parametrize(
    ("content", "lists"),
    [
        ({"result": {"deals": DEALS}}, {"": 2}),
        ({"result": {"deals": DEALS, "people": PEOPLE}}, {"deals": 2, "people": 2}),
        ({"data": {"page": {"deals": DEALS}, "other": {"people": {"items": PEOPLE}}}}, {"deals": 2, "people": 2}),
        ({"data": [{"deals": DEALS[:1]}, {"deals": DEALS[1:]}]}, {"": 2}),
        ({"a": {"items": DEALS}, "b": {"items": DEALS}}, {"a": 2, "b": 2}),
        ([DEALS, PEOPLE], {"1": 2, "2": 2}),
        ({"total": 2, "items": [{**DEALS[0], "lines": [{"x": 1}]}, DEALS[1]]}, {"": 2}),
        (DEALS[0], {"": 1}),
        ({"rows": [["deal_id", "stage"], ["1", "Won"]]}, {"": 1}),
    ],
)
def test_lists_at_any_depth(content: object, lists: dict[str, int]) -> None:
    found = read(Source("a.json", json.dumps(content).encode()), frozenset())
    assert {table.part: table.frame.height for table in found.tables} == lists
