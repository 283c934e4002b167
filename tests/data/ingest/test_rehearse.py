"""A dry run counts as the load will, and leaves nothing."""

from __future__ import annotations

from pathlib import Path

from data.ingest import plan, rehearse, run
from data.store import open_store
from tests.command_line import Company

FIRST = "deal_id,deal,status,amount,closed_on\n1,x,won,5,2026-01-05\n2,y,open,6,\n3,z,open,7,\n"
SECOND = (
    "deal_id,deal,status,amount,closed_on\n1,x,won,5,2026-01-05\n2,y,open,9,\n4,n,open,1,\n"
    ",no key,open,1,\nTotal,,,16,\n"
)
COUNTS = ("read", "new", "changed", "same", "refused", "set_aside")


def test_a_dry_run_counts_as_the_load_will_and_leaves_nothing(tmp_path: Path) -> None:
    company = Company(tmp_path / "company.duckdb")
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(FIRST)
    second.write_text(SECOND)
    empty = company("import", first, "--part", "--dry-run").json["uploads"][0]
    assert [empty[name] for name in COUNTS] == [3, 3, 0, 0, 0, 0]
    assert not company.path.exists(), "a dry run makes no store"
    company.load(first, "--part", "--as-of", "2026-01-10")
    before = company.everything()
    wishes = (second, "--part", "--as-of", "2026-01-20")
    dry = company("import", *wishes, "--dry-run").json["uploads"][0]
    assert [dry[name] for name in COUNTS] == [4, 1, 1, 1, 1, 1]
    assert dry["id"] is None
    assert company.everything() == before
    assert not list(tmp_path.glob("company.duckdb.d/originals/*.part"))
    loaded = company.load(*wishes)[0]
    assert [loaded[name] for name in COUNTS] == [dry[name] for name in COUNTS]
    company.close()


def test_a_dry_run_tells_which_cells_change_from_what_to_what(tmp_path: Path) -> None:
    first, second = tmp_path / "first 2026-01-10.csv", tmp_path / "second 2026-01-20.csv"
    first.write_text(FIRST)
    second.write_text("deal_id,status,amount,closed_on,next_step\n2,won,9,2026-01-19,call\n3,open,7,,\n4,open,1,,\n")
    store = open_store(tmp_path / "company.duckdb")
    run(store, plan([first]))
    version = store.version()
    (counts,) = rehearse(store, plan([second]), most_cells=10)
    assert (counts.new, counts.changed, counts.same) == (1, 1, 1)
    assert counts.cells is not None
    assert counts.cells.rows() == [
        ("2", None, "amount", "6.0000", "9.0000"),
        ("2", None, "closed_on", None, "2026-01-19"),
        ("2", None, "next_step", None, "call"),
        ("2", None, "status", "open", "won"),
    ]
    assert store.version() == version
    (limited,) = rehearse(store, plan([second]), most_cells=2)
    assert limited.cells is not None
    assert limited.cells.height == 2
    (plain,) = rehearse(store, plan([second]))
    assert plain.cells is None
    store.close()


def test_an_older_file_is_compared_with_what_held_before_its_day_in_counts_and_cells(tmp_path: Path) -> None:
    """Deals 3 and 4 are known of a later day only: new to the 10th. The amount of 2 was 6 on the 5th."""
    header = "deal_id,status,amount\n"
    files = {"a 2026-01-05.csv": "2,open,6\n", "c 2026-01-20.csv": "2,open,9\n3,open,7\n4,open,1\n"}
    store = open_store(tmp_path / "company.duckdb")
    for name, rows in files.items():
        (tmp_path / name).write_text(header + rows)
        run(store, plan([tmp_path / name]))
    older = tmp_path / "b 2026-01-10.csv"
    older.write_text(f"{header}2,open,8\n3,open,7\n4,open,2\n")
    (counts,) = rehearse(store, plan([older]), most_cells=10)
    assert (counts.new, counts.changed, counts.same) == (2, 1, 0)
    assert counts.cells is not None
    assert counts.cells.rows() == [("2", None, "amount", "6.0000", "8.0000")]
    store.close()
