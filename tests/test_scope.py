"""Nobody gets another's row: not by an answer, its rows, a list of values, a search, or a link to another team."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import polars as pl
import polars.selectors as cs
import pytest
from polars.testing import assert_frame_equal

from data.store import Snapshot
from data.viewers import of_team
from metrics import portable
from metrics.base import READINGS, base_tables
from metrics.bridge import bridge
from metrics.catalog import GRAINS, catalog, measure, table
from metrics.cuts import breakdown, breakdowns, pivot, total, trend
from metrics.errors import SalesError
from metrics.landing import landing
from metrics.query import Query
from metrics.search import KINDS, search
from metrics.target import Span
from metrics.target_standing import standing
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from metrics.workdays import Workdays, calendar
from tests.small import small_store

MEASURES = [name for name, found in catalog().measures.items() if found.goal_of is None]
DIMENSIONS = [name for name, found in catalog().dimensions.items() if found.kind == "value"]


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as snapshot:
        yield snapshot


@pytest.fixture(scope="module")
def reps(seen: Snapshot) -> pl.DataFrame:
    return seen.frame("select rep_key, rep, team from crm.reps order by rep")


LEFT = """
select m.team from crm.rep_teams as m join crm.reps using (rep_key) where m.team <> reps.team
order by m.to_on desc limit 1
"""


def _teams(reps: pl.DataFrame) -> list[str]:
    return sorted(team for team in reps["team"].unique() if team)


@pytest.fixture(scope="module", params=["team", "rep", "nobody"])
def viewer(request: pytest.FixtureRequest, seen: Snapshot, reps: pl.DataFrame) -> Viewer:
    """Who leads the team that somebody has left for another, a salesperson with deals, and whose team has nobody."""
    if request.param == "team":
        return of_team(seen, seen.frame(LEFT).item())
    if request.param == "rep":
        busiest = "select rep_key from crm.deals where rep_key is not null group by 1 order by count(*) desc, 1 limit 1"
        return Viewer(email="r@example.com", scope="rep", rep_keys=(seen.frame(busiest).item(),))
    return Viewer(email="n@example.com", scope="teams", teams=("no such team",))


@pytest.fixture(scope="module")
def view(seen: Snapshot) -> View:
    assert seen.as_of is not None
    return View(as_of=seen.as_of)


def test_there_is_something_to_hide(seen: Snapshot, viewer: Viewer, view: View) -> None:
    everyone = seen.ask(total(("created_deals",), view), EVERYTHING).frame.item(0, 0)
    theirs = seen.ask(total(("created_deals",), view), viewer).frame.item(0, 0)
    assert 0 <= theirs < everyone
    assert (theirs > 0) == bool(viewer.rep_keys)


@pytest.mark.parametrize("name", MEASURES)
def test_an_answer_by_rep_is_a_part_of_everyones(seen: Snapshot, viewer: Viewer, view: View, name: str) -> None:
    query = breakdown((name,), "rep", view)
    mine, all_of_it = (dict(seen.ask(query, who).frame.select("rep", name).iter_rows()) for who in (viewer, EVERYTHING))
    today, ever = (
        set(seen.frame(f"select rep from crm.reps where rep_key in ({_listed(keys)})")["rep"])
        for keys in (viewer.rep_keys, (*viewer.rep_keys, *viewer.named))
    )
    assert set(mine) <= ever
    if measure(name).additive == "all":
        whole = seen.ask(total((name,), view), viewer).frame.item(0, 0)
        assert sum(map(float, mine.values())) == pytest.approx(float(whole or 0))
        assert all(float(mine[rep]) <= float(all_of_it[rep]) + 0.01 for rep in mine)
    assert {rep: number for rep, number in mine.items() if rep in today} == {
        rep: number for rep, number in all_of_it.items() if rep in today
    }  # of those who were never in another team


@pytest.mark.parametrize("name", MEASURES)
def test_rows_behind_a_number_are_their_own(seen: Snapshot, viewer: Viewer, view: View, name: str) -> None:
    for by in ("region", "month"):
        query = (trend if by in GRAINS else breakdown)((name,), by, view)
        rows = seen.ask(query.rows(name), viewer).frame
        assert _are_in_scope(rows, viewer)
        assert set(rows[by]) <= set(seen.ask(query, viewer).frame[by])
        for value in seen.ask(query, EVERYTHING).frame[by].head(2):
            drilled = seen.ask(query.rows(name, **{by: value}), viewer).frame
            assert _are_in_scope(drilled, viewer)


@pytest.mark.parametrize("name", [name for name in MEASURES if measure(name).agg in ("count", "distinct")])
def test_counts_are_no_more_than_everyones(seen: Snapshot, viewer: Viewer, view: View, name: str) -> None:
    for query in (
        total((name,), view),
        breakdowns((name,), ("region", "team"), view),
        pivot((name,), ("team", "quarter" if not measure(name).stock else "region"), view),
    ):
        by = list(query.by)
        mine, everyone = (seen.ask(query, who).frame for who in (viewer, EVERYTHING))
        both = mine.join(everyone, on=by, how="left", nulls_equal=True) if by else mine.join(everyone, how="cross")
        assert both.height == mine.height
        assert both.filter(pl.col(name) > pl.col(f"{name}_right").fill_null(0)).is_empty()


@pytest.mark.parametrize("by", DIMENSIONS)
def test_lists_of_values_hold_only_what_they_may_see(seen: Snapshot, viewer: Viewer, by: str) -> None:
    mine, everyone = seen.values(by, viewer), seen.values(by, EVERYTHING)
    assert set(mine) <= set(everyone)
    if by == "rep":
        assert set(mine) == set(seen.frame(f"select rep from crm.reps where rep_key in ({_keys(viewer)})")["rep"])
    if by == "customer":
        met = " union all ".join(
            f"select customer_key from crm.{spec.name} where {_in_scope(viewer)}"
            for spec in catalog().tables.values()
            if spec.scope == "rep" and "customer_key" in spec.keys
        )
        owned = f"rep_key in ({_keys(viewer)}) or customer_key in ({met})"
        assert set(mine) - {None} <= set(seen.frame(f"select customer from crm.customers where {owned}")["customer"])


def test_a_link_that_names_another_team_shows_nothing_of_it(
    seen: Snapshot, viewer: Viewer, view: View, reps: pl.DataFrame
) -> None:
    for team in _teams(reps)[:3]:
        link = view.with_filter("team", team).to_url()
        asked, _ = View.from_url(link, view.as_of)
        assert asked.chosen("team") == (team,)
        for name in ("won_amount", "open_deals", "outstanding"):
            rows = seen.ask(total((name,), asked).rows(), viewer).frame
            assert _are_in_scope(rows, viewer)
            number = seen.ask(total((name,), asked), viewer).frame[name].item()
            assert bool(number) <= bool(rows.height)


@pytest.mark.parametrize("kind", KINDS)
def test_a_search_finds_only_their_own(seen: Snapshot, viewer: Viewer, kind: str) -> None:
    every = seen.ask(search(kind, "", 100_000), EVERYTHING).frame
    mine = seen.ask(search(kind, "", 100_000), viewer).frame
    assert mine.height < every.height
    assert mine.join(every, on=mine.columns, how="anti", nulls_equal=True).is_empty()
    if kind == "reps":
        assert mine.height == len(viewer.rep_keys)


@pytest.mark.parametrize("name", [name for name, spec in catalog().tables.items() if spec.scope == "rep"])
def test_every_base_table_with_an_owner_is_cut_to_the_scope(seen: Snapshot, viewer: Viewer, name: str) -> None:
    """Not only the tables that measures read today: what is prepended to any question, for every table there is."""
    steps, params = base_tables((name,), (), viewer)
    named = ", ".join(f"{step.name} as ({step.sql})" for step in steps)
    rows = seen.frame(f"with {named} select * from {name}", params)
    if name == "deal_versions":  # a deal that came from elsewhere shows that it did, without saying from whom
        rows = rows.filter("is_in_scope")
    assert _are_in_scope(rows, viewer)
    assert None not in set(rows["rep_key"])


@pytest.mark.parametrize("name", [*catalog().tables, *READINGS])
def test_a_scope_is_said_in_words_that_every_engine_knows(viewer: Viewer, name: str) -> None:
    view = View(as_of=date(2026, 6, 17), filters=(("rep", ("x", None)), ("team", ("y",)), ("industry", (None,))))
    steps, _ = base_tables((name,), view.filters, viewer)
    for step in steps:
        portable.check(step.sql)


@pytest.mark.parametrize("name", list(catalog().tables))
def test_every_base_table_is_a_part_of_everyones(seen: Snapshot, viewer: Viewer, name: str) -> None:
    heights = []
    for who in (viewer, EVERYTHING):
        steps, params = base_tables((name,), (), who)
        named = ", ".join(f"{step.name} as ({step.sql})" for step in steps)
        heights.append(seen.frame(f"with {named} select count(*) as n from {name}", params).item())
    assert heights[0] <= heights[1]
    if table(name).scope == "all":
        assert heights[0] == 0


def test_a_scope_without_people_is_nobody_and_never_everybody(seen: Snapshot, view: View) -> None:
    for scope in ("teams", "rep"):
        nobody = Viewer(email="x@example.com", scope=scope)  # type: ignore[arg-type]
        frame = seen.ask(total(("created_deals", "won_amount", "revenue", "outstanding"), view), nobody).frame
        assert not any(value for value in frame.row(0))
        assert seen.values("rep", nobody) == []


def test_two_people_of_one_scope_share_an_answer_and_others_do_not(
    seen: Snapshot, viewer: Viewer, view: View, reps: pl.DataFrame
) -> None:
    """Answers are remembered under the statement, which holds the scope."""
    query: Query = total(("created_deals",), view)
    twin = viewer.model_copy(update={"email": "twin@example.com"})
    assert query.bound(viewer) == query.bound(twin)
    other = Viewer(email=viewer.email, scope="rep", rep_keys=(int(reps["rep_key"][-1]),))
    assert query.bound(viewer) != query.bound(other)


def test_a_measure_that_cannot_be_cut_says_so_before_it_is_asked(view: View) -> None:
    with pytest.raises(SalesError):
        breakdown(("won_amount",), "kind", view)


def test_a_lead_and_everybody_else_get_the_same_number_for_a_team(seen: Snapshot) -> None:
    """Whoever has left it or come to it, and whoever has a share in a deal of another team: in every measure."""
    assert seen.as_of is not None
    here = View(as_of=seen.as_of, preset="this_year", compare="previous")
    left = seen.frame(LEFT).item()
    joined = seen.frame(
        "select reps.team from crm.rep_teams as m join crm.reps using (rep_key) where m.team <> reps.team"
    )
    for team in (left, joined["team"][0]):
        lead, chosen = of_team(seen, team), here.with_filter("team", team)
        whole = seen.ask(total((*MEASURES, "attainment"), chosen), EVERYTHING).frame
        assert_frame_equal(seen.ask(total((*MEASURES, "attainment"), chosen), lead).frame, whole)
        assert_frame_equal(seen.ask(total(MEASURES, here), lead).frame, whole.drop(cs.starts_with("attainment")))
        for query in (landing(chosen), bridge(chosen, here.as_of - timedelta(days=28))):
            assert_frame_equal(seen.ask(query, lead).frame, seen.ask(query, EVERYTHING).frame)


def test_a_team_looks_on_under_its_own_target(seen: Snapshot) -> None:
    """The row of a team among the targets is the same for its lead and for who sees everything."""
    assert seen.as_of is not None
    here = View(as_of=seen.as_of, preset="this_quarter")
    days = Workdays.of(seen.ask(calendar(here), EVERYTHING).frame)
    assert here.period is not None
    asked = standing("won_amount", Span(here.period.from_on, here.period.to_on), here, days)
    team = seen.frame(LEFT).item()
    mine, everybodys = (
        seen.ask(asked, who).frame.filter((pl.col("scope") == "team") & (pl.col("name") == team))
        for who in (of_team(seen, team), EVERYTHING)
    )
    assert everybodys["actual"].item() > 0
    assert_frame_equal(mine.drop("parent", "depth"), everybodys.drop("parent", "depth"))


def _keys(viewer: Viewer) -> str:
    return _listed(viewer.rep_keys)


def _listed(keys: Iterable[int]) -> str:
    return ", ".join(str(key) for key in keys) or "null"


def _in_scope(viewer: Viewer) -> str:
    """The rule of row scope once more, in words of its own."""
    if viewer.scope == "teams":
        return f"list_contains([{', '.join(repr(team) for team in viewer.teams)}], team)"
    return f"rep_key in ({_keys(viewer)})"


def _are_in_scope(rows: pl.DataFrame, viewer: Viewer) -> bool:
    if viewer.scope == "teams":
        return set(rows["team"]) <= set(viewer.teams)
    return set(rows["rep_key"]) <= set(viewer.rep_keys)
