"""JSON: every list in it is read, no cell is dropped, and a salesperson inside an object is found."""

from __future__ import annotations

import json

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
