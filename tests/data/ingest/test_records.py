"""JSON: every list in it is read, no cell is dropped, and a salesperson inside an object is found."""

from __future__ import annotations

import json

import pytest

from data import ingest
from data.ingest import Options, Source
from data.ingest.read import read
from data.ingest.recognise import known_headers

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


HEAD, LINE = [*DEALS[0]], [str(value) for value in DEALS[0].values()]


@pytest.mark.parametrize(
    ("content", "lists", "refused", "left"),
    [
        ({"deals": [DEALS[0], None, DEALS[1]], "people": PEOPLE}, {"deals": 2, "people": 2}, ["null"], []),
        ({"deals": [DEALS[0], "broken", DEALS[1]]}, {"": 2}, ['"broken"'], []),
        ({"people": PEOPLE, "deals": [HEAD, LINE]}, {"people": 2, "deals": 1}, [], []),
        ({"people": PEOPLE, "more": [["x", "y"], [1, 2]]}, {"": 2}, [], ["more"]),
        ({"people": PEOPLE, "more": [1, 2, {"x": 1}]}, {"": 2}, [], ["more"]),
        ({"deals": {"1": DEALS[0], "2": DEALS[1]}, "people": PEOPLE}, {"deals": 2, "people": 2}, [], []),
        ({"1": DEALS[0], "2": DEALS[1]}, {"": 2}, [], []),
        ({**DEALS[0], "products": [{"product": "X", "quantity": 2}]}, {"": 1}, [], []),
        ({"deal": DEALS[0], "people": PEOPLE}, {"deal": 1, "people": 2}, [], []),
        ([{"deals": DEALS[:1]}, {"deals": DEALS[1:]}, {"deals": []}], {"": 2}, [], []),
        ({"result": {"deals": [{"next": 1, "items": DEALS[:1]}, {"next": 2, "items": DEALS[1:]}]}}, {"": 2}, [], []),
    ],
    ids=str,
)
def test_nothing_in_a_document_is_lost_silently(
    content: object, lists: dict[str, int], refused: list[str], left: list[str]
) -> None:
    found = read(Source("a.json", json.dumps(content).encode()), known_headers())
    assert {table.part: table.frame.height for table in found.tables} == lists
    assert [one.text for table in found.tables for one in table.broken] == refused
    assert [name for name, _ in found.left] == left
    if "products" in content:
        assert "deal_id" in found.tables[0].headers, "the record itself, not its children"


def test_a_record_under_its_id_that_does_not_say_it_keeps_it() -> None:
    nameless = {"7": {"deal": "A", "stage": "Won", "amount": 5}, "8": {"deal": "B", "stage": "Won", "amount": 6}}
    (table,) = read(Source("a.json", json.dumps(nameless).encode()), known_headers()).tables
    assert dict(zip(table.headers, table.frame.row(1), strict=False))["key"] == "8"


def test_records_inside_a_record_are_no_field_of_it() -> None:
    """`products` is what a column with the product's name may be called; here it holds two records."""
    deals = [{"Deal ID": "D1", "products": [{"Product Name": "X"}, {"Product Name": "Y"}]}]
    (table,) = read(Source("a.json", json.dumps(deals).encode()), known_headers()).tables
    assert table.headers == ["Deal ID", "products: JSON"]
