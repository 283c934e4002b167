"""What a missing table would open is read from the pages themselves."""

from __future__ import annotations

from metrics.catalog import catalog
from ui.navigation import PAGES
from ui.needs import pages_on


def stems(table: str) -> list[str]:
    return [entry.stem for entry in pages_on(table)]


def test_pages_name_the_tables_of_their_measures_and_question_files() -> None:
    assert {"overview", "explore", "deal"} <= set(stems("deals"))
    assert "deal" in stems("deal_lines"), "its products are a question file"
    assert "overview" not in stems("deal_lines")
    assert {"activities", "rep"} <= set(stems("calendar")), "what is done per working day, and by day of the week"
    assert stems("fx_rates") == [], "no page asks for rates: amounts are converted already"


def test_every_table_with_measures_opens_at_least_explore() -> None:
    for measure in catalog().measures.values():
        for part in measure.parts if measure.goal_of is None else ():
            assert "explore" in stems(str(part.table)), measure.id
    assert "explore" in stems("targets")
    assert all(entry.section != "data" for table in catalog().tables for entry in pages_on(table))
    assert [entry for entry in PAGES if entry in pages_on("deals")] == pages_on("deals"), "in the order of the menu"
