"""Standing of targets by hand-written SQL, and many spans at once against one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl
import pytest

from data.store import Snapshot
from metrics import cuts
from metrics.catalog import measure
from metrics.query import Query, Result
from metrics.target import Span, earlier
from metrics.target_standing import behind, standing
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from metrics.windows import in_spans, windows
from metrics.workdays import Workdays, calendar
from tests.check.by_hand import shared_out
from tests.small import small_store

QUARTER = Span(date(2026, 4, 1), date(2026, 6, 30))

# What is to be reached: of each owner the first and the last version for exactly these days.
AIMED = """
select scope, scope_value as name, min_by(value, version) as original, max_by(value, version) as target
from crm.targets where measure = $measure and starts_on = $from_on and ends_on = $to_on group by all
"""
WON = """
select {by} as name, sum(t.amount)::double as actual, min(t.closed_on) as any_day
from {deals} as t left join crm.reps as r on r.rep_key = t.rep_key
where t.status = 'won' and t.closed_on between $from_on and $to_on group by 1
"""
WORKED = (
    "select count(*) filter (where day <= $at), count(*) from crm.calendar where is_workday and day between $a and $b"
)


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as snapshot:
        yield snapshot


@pytest.fixture(scope="module")
def stood(seen: Snapshot) -> Result:
    assert seen.as_of is not None
    view = View(as_of=seen.as_of)
    days = Workdays.of(seen.ask(calendar(view), EVERYTHING).frame)
    return seen.ask(standing("won_amount", QUARTER, view, days), EVERYTHING)


def test_targets_and_what_was_reached_of_them(seen: Snapshot, stood: Result) -> None:
    days = {"from_on": QUARTER.starts_on, "to_on": QUARTER.ends_on}
    aimed = seen.frame(AIMED, {"measure": "won_amount", **days})
    by_hand = {(scope, name): (first, last) for scope, name, first, last in aimed.iter_rows()}
    told = stood.frame
    assert {(row["scope"], row["name"]): (row["original"], row["target"]) for row in told.to_dicts()} == by_hand
    for scope, by in (("company", "null"), ("team", "t.team"), ("rep", "r.rep")):
        won = dict(
            seen.frame(WON.format(by=by, deals=shared_out("crm.deals", scope)), days).select("name", "actual").rows()
        )
        for name, actual in told.filter(pl.col("scope") == scope).select("name", "actual").iter_rows():
            assert actual == pytest.approx(won.get(name, 0.0)), (scope, name)


def test_pace_by_working_days_counted_by_hand(seen: Snapshot, stood: Result) -> None:
    ((gone, whole),) = seen.frame(WORKED, {"at": seen.as_of, "a": QUARTER.starts_on, "b": QUARTER.ends_on}).rows()
    row = stood.frame.row(0, named=True)
    assert row["pace"] == pytest.approx(row["actual"] / (row["target"] * gone / whole))
    assert row["required"] == pytest.approx((row["target"] - row["actual"]) / (whole - gone))


def test_ends_and_boldness_from_the_spans_before(seen: Snapshot, stood: Result) -> None:
    """The company's: six pairs of sums over days picked by hand, by weighted least squares; and eleven quarters."""
    left = seen.frame(
        "select day from crm.calendar where is_workday and day > $at and day <= $b",
        {"at": seen.as_of, "b": QUARTER.ends_on},
    ).height
    rests, wholes, lengths = [], [], []
    for before in earlier(QUARTER, 11):
        days = {"from_on": before.starts_on, "to_on": before.ends_on}
        won = seen.frame("select closed_on, amount::double as a from crm.deals where status = 'won'"
                         " and closed_on between $from_on and $to_on", days)  # fmt: skip
        worked = seen.frame("select day from crm.calendar where is_workday and day between $from_on and $to_on"
                            " order by day", days)["day"]  # fmt: skip
        rests.append(won.filter(pl.col("closed_on") > worked[-left - 1])["a"].sum())
        wholes.append(won["a"].sum())
        lengths.append(len(worked))
    row = stood.frame.row(0, named=True)
    weight = 0.5 ** (np.arange(1, 7) / 2)
    spread, level = 0.0, 0.0
    starts = np.array(wholes[:6]) - np.array(rests[:6])
    for sums, days in ((starts, np.array(lengths[:6]) - left), (np.array(rests[:6]), np.full(6, left))):
        roots = np.sqrt(sums)
        level = (weight * np.sqrt(days) * roots).sum() / (weight * days).sum()
        spread += (weight * (roots - level * np.sqrt(days)) ** 2).sum()
    effective = 2 * weight.sum() ** 2 / (weight**2).sum()
    spread *= effective / (effective - 2) / (2 * weight.sum())
    assert row["projected"] == pytest.approx(row["actual"] + left * level**2 + spread)
    assert (row["spans"], row["reached"]) == (11, sum(whole >= row["target"] for whole in wholes))


@pytest.mark.parametrize("of", ["won_amount", "win_rate", "revenue", "won_deals", "cycle_days", "activities"])
def test_many_spans_at_once_are_what_each_is_by_itself(seen: Snapshot, of: str) -> None:
    assert seen.as_of is not None
    one, view, spans = (
        measure(of),
        View(as_of=seen.as_of),
        [QUARTER, *earlier(QUARTER, 2), Span(date(2026, 3, 20), QUARTER[1])],
    )
    answered = {name: seen.ask(query, EVERYTHING) for name, query in windows(one, ("team", "rep"), spans, view).items()}
    found = in_spans(answered, one, spans).with_columns(pl.col(part.id).cast(pl.Float64) for part in one.parts)
    for place, span in enumerate(spans):
        here = view.with_period(from_on=span.starts_on, to_on=span.ends_on)
        alone: dict[str, Query] = {scope: cuts.breakdown(one.parts, scope, here) for scope in ("team", "rep")}
        for scope, query in alone.items():
            frame = seen.ask(query, EVERYTHING).frame
            expected = {
                name: values for name, *values in frame.select(scope, *(part.id for part in one.parts)).iter_rows()
            }
            told = found.filter((pl.col("scope") == scope) & (pl.col("place") == place))
            for name, *values in told.select("name", *(part.id for part in one.parts)).iter_rows():
                then = [0 if value is None else float(value) for value in expected.get(name, [0] * len(values))]
                assert [0 if value is None else value for value in values] == pytest.approx(then), (scope, name, span)
            assert set(expected) - {None} <= set(told["name"])
        whole = seen.ask(cuts.total(one.parts, here), EVERYTHING).frame
        told = found.filter((pl.col("scope") == "company") & (pl.col("place") == place))
        for part in one.parts:
            assert told[part.id].to_list() == pytest.approx(whole[part.id].cast(pl.Float64).to_list())


def test_the_rows_behind_add_up_to_what_was_reached(seen: Snapshot, stood: Result) -> None:
    told = stood.frame.filter(pl.col("actual") > 0)
    shown = pl.concat([told.filter(pl.col("scope") == scope).head(3) for scope in ("company", "team", "rep")])
    for scope, name, actual in shown.select("scope", "name", "actual").iter_rows():
        rows = seen.ask(behind(stood.query, scope, [name] if name else []), EVERYTHING).frame
        assert float(rows["amount"].sum()) == pytest.approx(actual), (scope, name)


def test_a_manager_sees_what_is_below(seen: Snapshot) -> None:
    """The team's own numbers are the company's view of them; of the company and the other teams nothing is told."""
    assert seen.as_of is not None
    team = seen.frame("select team from crm.reps where team is not null group by 1 order by count(*) desc, 1")["team"][
        0
    ]
    keys = tuple(seen.frame("select rep_key from crm.reps where team = $team", {"team": team})["rep_key"])
    manager = Viewer(email="m@example.com", scope="teams", teams=(team,), rep_keys=keys)
    view = View(as_of=seen.as_of)
    days = Workdays.of(seen.ask(calendar(view), EVERYTHING).frame)
    query = standing("won_amount", QUARTER, view, days)
    mine, all_ = (seen.ask(query, viewer).frame for viewer in (manager, EVERYTHING))
    assert set(mine.filter(pl.col("scope") == "team")["name"]) == {team}
    whole = {(row["scope"], row["name"]): row["actual"] for row in all_.iter_rows(named=True)}
    for row in mine.iter_rows(named=True):
        if row["scope"] == "company":
            assert (row["actual"], row["projected"], row["reached"]) == (None, None, None)
        elif row["scope"] == "rep":
            assert row["actual"] == pytest.approx(whole[row["scope"], row["name"]])
