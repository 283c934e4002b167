"""What must add up for any period, filter and scope, on the demo company: loaded from weekly exports as uploads are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.demo import AS_OF
from data.store import Snapshot
from metrics.bridge import CAUSES, END, START, bridge
from metrics.cuts import total
from metrics.funnel import funnel
from metrics.funnel_bases import moved
from metrics.period import Period
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from tests.small import small_store

SOME = settings(max_examples=max(settings().max_examples // 16, 5))  # each asks several statements of a whole company
DIMENSIONS = ("team", "rep", "manager", "region", "source", "product", "industry", "customer", "stage")
SPLITS = (None, "team", "source", "product", "industry")


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as snapshot:
        yield snapshot


@st.composite
def views(draw: st.DrawFn, seen: Snapshot) -> View:
    """A period, or none, and up to two filters of one or two values that exist, or are unassigned."""
    view = View(
        as_of=AS_OF, preset=draw(st.sampled_from(("all", "this_quarter", "last_12_months", "ytd", "last_year")))
    )
    for name in draw(st.lists(st.sampled_from(DIMENSIONS), max_size=2, unique=True)):
        values = seen.values(name, EVERYTHING)
        view = view.with_filter(
            name, tuple(draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)))
        )
    return view


@st.composite
def viewers(draw: st.DrawFn, seen: Snapshot) -> Viewer:
    """Who sees everything, one team, or the own deals only."""
    scope = draw(st.sampled_from(("all", "teams", "rep")))
    reps = seen.frame("select rep_key, team from crm.reps where team is not null order by rep_key", {})
    if scope == "teams":
        team = draw(st.sampled_from(reps.get_column("team").unique().sort().to_list()))
        mine = reps.filter(pl.col("team") == team).get_column("rep_key")
        return Viewer(scope="teams", teams=(team,), rep_keys=tuple(mine))
    return (
        EVERYTHING
        if scope == "all"
        else Viewer(scope="rep", rep_keys=(draw(st.sampled_from(reps["rep_key"].to_list())),))
    )


@SOME
@given(data=st.data(), by=st.sampled_from(SPLITS))
def test_what_entered_a_stage_moved_on_was_lost_or_is_there(
    seen: Snapshot, data: st.DataObject, by: str | None
) -> None:
    view, viewer = data.draw(views(seen)), data.draw(viewers(seen))
    cohort = seen.ask(funnel(view, by), viewer).frame
    for kind in ("", "_amount"):
        parts = pl.sum_horizontal(pl.col(f"{name}{kind}").fill_null(0) for name in ("moved_on", "lost", "still_there"))
        assert cohort.filter(pl.col(f"entered{kind}").fill_null(0) != parts).is_empty(), kind
    done = seen.ask(moved(view), viewer).frame
    came, went = pl.col("at_start") + pl.col("entered"), pl.col("moved_on") + pl.col("lost") + pl.col("at_end")
    assert done.filter(came != went).is_empty()


@SOME
@given(
    data=st.data(), days=st.lists(st.integers(0, 140), min_size=2, max_size=2),
    due=st.sampled_from((None, Period(AS_OF - timedelta(days=77), AS_OF + timedelta(days=13)))),
)  # fmt: skip
def test_start_and_causes_are_the_end_and_both_the_open_amount(
    seen: Snapshot, data: st.DataObject, days: list[int], due: Period | None
) -> None:
    """Some of the days lie before the first export: what was open then is known from dates."""
    view, viewer = data.draw(views(seen)).with_period("all"), data.draw(viewers(seen))
    last, first = (AS_OF - timedelta(days=number) for number in sorted(days))
    asked = bridge(view, first, last, due)
    rows = {row["cause"]: row for row in seen.ask(asked, viewer).frame.iter_rows(named=True)}
    assert rows[START]["amount"] + sum(rows[cause]["amount"] for cause in CAUSES) == rows[END]["amount"]
    if due is None:
        for side, day in ((START, first), (END, last)):
            stood = seen.ask(total(("open_amount", "open_deals"), view.seen_on(day)), viewer).raw
            assert rows[side]["amount"] == (stood["open_amount"].item() or 0), side
    cause = data.draw(st.sampled_from((START, *CAUSES, END)))
    behind = seen.ask(asked.rows(cause=cause), viewer).frame
    assert (behind.get_column("moved").sum() or 0) == rows[cause]["amount"], cause
