"""Every owner's call beside what the deals say: one row for the company, each team and each person.

What a row says of an owner is what the pages say of them: categories as metrics/outlook.py, weighted as
metrics/odds.py, the landing as metrics/landing.py, won and target as the measures. Filters other than of team and
salesperson do not apply: a call is for all that its owner brings.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from data.errors import StoreHoldsNothing
from data.review.calls import calls, owners_of, span_of
from data.viewers import with_below
from metrics.attainment import is_whole
from metrics.calls import OWNER, beside_people, beside_teams, standing
from metrics.calls_beside import beside, by_category, by_stage, has_categories, known_odds, untold
from metrics.catalog import measure
from metrics.cuts import breakdown, total
from metrics.landing import landing
from metrics.notes import Note, note
from metrics.number import number
from metrics.outlook import outlook
from metrics.period import Period
from metrics.query import Result, from_file
from metrics.target import Span, grain_of
from metrics.target_owners import owners
from metrics.target_standing import without_filters

if TYPE_CHECKING:
    from data.store import Snapshot
    from metrics.view import View
    from metrics.viewer import Viewer

GOAL = "attainment:won_amount"
USUAL_DAYS = 7
"""How far back the last word is looked for where no review was held."""
MONEY = (
    "commit", "best_case", "commit_before", "best_before", "change", "people_commit", "people_best", "apart",
    "teams_commit", "teams_apart", "won",
    "commit_due", "best_due", "pipeline_due", "commit_rolled", "best_rolled", "pipeline_rolled", "weighted_due",
    "weighted", "by_crm_due", "landing", "landing.low", "landing.high", "target", "to_target", "gap",
)  # fmt: skip
"""The columns of a table that are money."""


@dataclass(frozen=True)
class Table:
    """The calls of one period.

    `frame`: one row per owner, the company first, each team before its people: `scope`, `name`, `parent`, `depth`,
    `team`; the word and the one before it (`metrics.calls.standing`), the sums of people (`beside_people`) and of
    the teams right below (`beside_teams`), what the deals say (`metrics.calls_beside.beside`), each category rolled up
    (`commit_rolled`: won and commit; `best_rolled`: these and best case, both null where nobody put a deal into a
    category; `pipeline_rolled`: all that is open), `weighted` (won and weighted), `landing` with `landing.low` and
    `.high`, `target` (null where it is for some working days only), `to_target` (target less won), `gap` (commit less
    target), and `doubt`: "below_won" (commits to less than is won), "above_due" (commits to more than is won and due in
    the period).
    `span`: the period. `since`: the day whose word is last week's.
    """

    frame: pl.DataFrame
    span: Span
    since: date
    day: date
    notes: tuple[Note, ...] = ()


def table(
    seen: Snapshot,
    viewer: Viewer,
    view: View,
    *,
    span: Span | None = None,
    since: date | None = None,
    landings: Collection[str] = ("company", "team"),
) -> Table:
    """The calls of a period beside what the deals say, as a viewer may see them.

    Args:
        view: its day; its period is that of the calls (`calls.span_of`); its filters of team and salesperson choose
        rows. span: another period. since: the day of the review before; by default a week before the view's day.
        landings: for whose scopes the landing is worked out: it takes a tenth of a second each.

    Raises:
        StoreHoldsNothing.
    """
    if seen.as_of is None:
        raise StoreHoldsNothing(path=str(seen.store.path))
    days, plain, day = span or span_of(view), without_filters(view), view.as_of
    looked_back = since or day - timedelta(days=USUAL_DAYS)
    said = calls(seen, viewer, days)
    due = Period(days.starts_on, days.ends_on)
    found = seen.ask(by_category(plain, due, day), viewer).frame
    rows, parts = members(seen, viewer, view, days, said, found)
    partly = _partly(rows)
    rows = standing(rows, said, day, looked_back)
    rows = beside_teams(beside_people(rows, parts))
    stages = seen.ask(by_stage(plain, due, day), viewer).frame
    due_now = found.filter(pl.col("forecast_category") != "closed")
    unknown = untold(seen.ask(outlook(plain, day), viewer).raw) if due_now.is_empty() else ()
    rows = beside(rows, parts, found, stages, seen.ask(known_odds(plain, day), viewer).frame, unknown)
    rows, notes = _with_landing(seen, viewer, plain, days, rows, landings)
    notes += partly
    if "pipeline_due" in unknown:
        notes.append(note("calls_without_close"))
    elif unknown or not has_categories(due_now):
        notes.append(note("calls_without_category"))
    if any(name not in ("team", "rep") for name, _ in view.filters):
        notes += [note("targets_not_filtered", dimension=name) for name, _ in view.filters if name not in OWNERS]
    return Table(_told(rows).drop("is_partly"), days, looked_back, day, tuple(notes))


OWNERS = ("team", "rep")


# --------------------------------------------------------------------------------------------------------------- whose


def members(
    seen: Snapshot, viewer: Viewer, view: View, span: Span, said: pl.DataFrame, found: pl.DataFrame
) -> tuple[pl.DataFrame, dict[str, list[str]]]:
    """Whose word is asked for, in the order of the tree, and each team's own parts.

    People are those in scope who have deals won or due in the period, a target for it, or said a word, and had not left
    before it. Teams are theirs, and those with a target or a word; the company is for whoever sees everything.
    """
    mine, targets = owners_of(seen, viewer), _targets(seen, viewer, view, span)
    told = pl.concat([
        targets.select(OWNER), said.select(OWNER),
        found.select(pl.lit("rep").alias("scope"), pl.col("rep").alias("name")),
    ]).unique()  # fmt: skip
    plain = without_filters(view)
    at = min(span.ends_on, view.as_of)
    people = seen.ask(from_file("targets_people", plain, day=at), viewer).frame
    people = people.filter(pl.col("left_on").is_null() | (pl.col("left_on") >= span.starts_on))
    people = people.unique("rep", keep="first", maintain_order=True).join(
        told.filter(pl.col("scope") == "rep"), left_on="rep", right_on="name", how="semi", maintain_order="left"
    )
    teams = seen.frame("select team, parent from crm.teams")
    known = {*people.get_column("team").drop_nulls(), *told.filter(pl.col("scope") == "team").get_column("name")}
    rows = [("rep", name) for name in people.get_column("rep")] + [("team", name) for name in known if name]
    asked = pl.DataFrame([("company", None), *rows], schema=dict.fromkeys(OWNER, pl.String), orient="row")
    asked = asked.join(mine, on=list(OWNER), how="semi", nulls_equal=True)
    held = asked.join(targets, on=list(OWNER), how="left", nulls_equal=True).select(
        "scope", pl.col("name").alias("scope_value"), pl.col("target").alias("value"), version=1, is_own=True,
        reason=None, set_on=None,
    )  # fmt: skip
    tree = owners(held, people, teams)
    listed = _chosen(tree.rows, tree.below, view).sort("place", "name")
    parts = {team: group.get_column("part").to_list() for (team,), group in tree.below.group_by("team")}
    partly = targets.select(*OWNER, is_partly=pl.col("target").is_null())
    listed = listed.join(partly, on=list(OWNER), how="left", nulls_equal=True, maintain_order="left")
    return listed.select(*OWNER, "parent", "depth", "team", "target", "is_partly"), parts


def _targets(seen: Snapshot, viewer: Viewer, view: View, span: Span) -> pl.DataFrame:
    """Who has a target in the period: `scope`, `name`, `target`, which is null where it is for some days only."""
    plain = without_filters(view).with_period(None, span.starts_on, span.ends_on)
    asked = [("company", total(GOAL, plain)), *((scope, breakdown(GOAL, scope, plain)) for scope in OWNERS)]
    return pl.concat([_of_whole_days(seen.ask(cut, viewer), scope) for scope, cut in asked])


def _of_whole_days(result: Result, scope: str) -> pl.DataFrame:
    """What some of the days should have brought is held against nothing that all of them did."""
    cut, raw = (scope,) if scope in OWNERS else (), result.raw
    name = pl.col(scope) if cut else pl.lit(None, pl.String)
    whole = raw.select(*cut, is_whole(_WON, raw).alias("is_whole"))
    goals = result.frame.join(whole, on=scope, nulls_equal=True) if cut else pl.concat(
        [result.frame, whole], how="horizontal"
    )  # fmt: skip
    goal = pl.col(f"{GOAL}.target").cast(pl.Float64)
    return goals.filter(goal.is_not_null()).select(
        pl.lit(scope).alias("scope"), name.alias("name"), pl.when("is_whole").then(goal).alias("target")
    )


_WON = measure("won_amount")


def _partly(rows: pl.DataFrame) -> list[Note]:
    """That targets of some rows are for some working days of the period."""
    count = rows.filter("is_partly").height
    return [note("calls_target_partly", count=count)] if count else []


def _chosen(rows: pl.DataFrame, under: pl.DataFrame, view: View) -> pl.DataFrame:
    """What filters of team and salesperson leave; the company only where nothing is chosen."""
    for scope, values in view.filters:
        if scope not in OWNERS:
            continue
        names = [value for value in values if value is not None]
        parts = under.filter(pl.col("team").is_in(names)).get_column("part").to_list() if scope == "team" else []
        is_it = (pl.col("scope") == scope) & pl.col("name").is_in([*names, *parts])
        is_under = (pl.col("scope") == "rep") & pl.col("team").is_in([*names, *parts]) & (scope == "team")
        rows = rows.filter(is_it | is_under)
    return rows


def owner_view(seen: Snapshot, view: View, scope: str, name: str | None) -> View:
    """A view of one owner's deals: of a team, with all teams below it."""
    if scope == "company" or name is None:
        return view
    return view.with_filter(scope, (with_below(seen, (name,)) or (name,)) if scope == "team" else (name,))


# ------------------------------------------------------------------------------------------------------------- landing


def _with_landing(
    seen: Snapshot, viewer: Viewer, view: View, span: Span, rows: pl.DataFrame,
    scopes: Collection[str],
) -> tuple[pl.DataFrame, list[Note]]:  # fmt: skip
    """Rows with `landing`, `landing.low` and `landing.high`; null with a note for a period that is not running."""
    notes: list[Note] = []
    told: list[tuple[float | None, float | None, float | None]] = []
    grain = grain_of(span, view.fiscal_start, view.week_start)
    is_running = grain is not None and span.starts_on <= view.as_of <= span.ends_on
    for scope, name in rows.select(OWNER).iter_rows():
        if not is_running or scope not in scopes or grain is None:
            told.append((None, None, None))
            continue
        found = seen.ask(landing(owner_view(seen, view, scope, name), grain), viewer)
        row = found.frame.row(-1, named=True)
        told.append((number(row["amount"]), number(row["at_least"]), number(row["at_most"])))
        notes += [one for one in found.notes if one.code.startswith("landing_") and one not in notes]
    if not is_running:
        notes.append(note("calls_not_running"))
    schema = dict.fromkeys(("landing", "landing.low", "landing.high"), pl.Float64)
    return rows.hstack(pl.DataFrame(told, schema=schema, orient="row")), notes


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    """What follows from the numbers beside each other."""
    won, commit = pl.col("won"), pl.col("commit")
    rolled = rows.with_columns(
        commit_rolled=won + pl.col("commit_due"),
        best_rolled=won + pl.col("commit_due") + pl.col("best_due"),
        pipeline_rolled=pl.when(pl.col("pipeline_due").is_not_null()).then(
            pl.sum_horizontal("commit_due", "best_due", "pipeline_due")
        ),
        weighted=won + pl.col("weighted_due"),
        to_target=pl.col("target") - won,
        gap=commit - pl.col("target"),
    )
    above = won + pl.col("pipeline_rolled")
    return rolled.with_columns(
        doubt=pl.when(commit < won.round(2)).then(pl.lit("below_won")).when(commit > above).then(pl.lit("above_due"))
    )
