"""How near the calls of ended periods were to what came, and whose word was nearer: that of people or of the deals.

What came is the won amount by closing date as it is known today; a salesperson's by the measure's own credit. What the
deals said on a day is asked as of that day: the landing as metrics/backtest.py does, won and the category commit, and
won and the weighted pipeline. The last two are known only for days on which open deals were seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from data.errors import StoreHoldsNothing
from data.review.call_table import owner_view
from data.review.calls import GRAINS, calls
from metrics.calls import LEAST_PERIODS, OWNER, SPAN, SYSTEMS, WEEKS, judged, looked_back, nearer
from metrics.cuts import breakdown, total
from metrics.landing import landing
from metrics.notes import Note, note
from metrics.number import number
from metrics.odds import weighted
from metrics.outlook import forecast
from metrics.period import Period
from metrics.target import Span, grain_of
from metrics.target_owners import below
from metrics.target_standing import without_filters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.store import Snapshot
    from metrics.view import View
    from metrics.viewer import Viewer

MOST_PERIODS = 12
"""Ended periods that are looked back at, the latest ones."""


@dataclass(frozen=True)
class Accuracy:
    """`each`: every word of an ended period beside what came (`metrics.calls.looked_back`); `judged`: by owner."""

    each: pl.DataFrame
    judged: pl.DataFrame
    notes: tuple[Note, ...] = ()


def accuracy(seen: Snapshot, viewer: Viewer, view: View, grain: str = "quarter") -> Accuracy:
    """The calls of ended months, quarters or years beside what came, of everybody whose calls the viewer may read.

    Args:
        view: its day. grain: "month", "quarter" or "year"; fiscal ones where a call was for one.

    Raises:
        StoreHoldsNothing.
    """
    if seen.as_of is None:
        raise StoreHoldsNothing(path=str(seen.store.path))
    plain = without_filters(view)
    said, spans = _ended(seen, viewer, plain, grain)
    frames = [_came(seen, viewer, plain, span) for span in spans]
    came = pl.concat(frames) if frames else pl.DataFrame(schema=_CAME)
    # Whose sum over the period is nothing is in no answer: 0 came.
    asked = said.select(*OWNER, *SPAN).unique(maintain_order=True).join(
        came, on=[*OWNER, *SPAN], how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(pl.col("came").fill_null(0.0))  # fmt: skip
    each = looked_back(said, asked, WEEKS)
    found = judged(each)
    few = found.height and bool((found.get_column("habit") == "few").any())
    return Accuracy(each, found, (note("calls_few", least=LEAST_PERIODS),) if few else ())


_CAME = {"scope": pl.String, "name": pl.String, "from_on": pl.Date, "to_on": pl.Date, "came": pl.Float64}


def _ended(seen: Snapshot, viewer: Viewer, view: View, grain: str) -> tuple[pl.DataFrame, list[Span]]:
    """The words for periods of a grain that are over by the view's day, and these periods, the latest last."""
    said = calls(seen, viewer).filter((pl.col("to_on") < view.as_of) & (pl.col("said_on") <= view.as_of))
    wanted = (grain, f"fiscal_{grain}")
    spans = [
        span
        for span in sorted(Span(*row) for row in said.select(SPAN).unique().iter_rows())
        if grain_of(span, view.fiscal_start, view.week_start) in wanted and wanted[0] in GRAINS
    ][-MOST_PERIODS:]
    kept = pl.DataFrame(spans, schema={"from_on": pl.Date, "to_on": pl.Date}, orient="row")
    return said.join(kept, on=list(SPAN), how="semi", maintain_order="left"), spans


def _came(seen: Snapshot, viewer: Viewer, view: View, span: Span) -> pl.DataFrame:
    """What a period brought by owner; a team's is that of all teams below it."""
    over = view.with_period(None, span.starts_on, span.ends_on)
    whole = seen.ask(total("won_amount", over), viewer).frame.item(0, "won_amount")
    frames = [pl.DataFrame([("company", None, number(whole))], _OWNED, orient="row")]
    for scope in ("team", "rep"):
        cut = seen.ask(breakdown("won_amount", scope, over), viewer).frame
        named = cut.select(pl.lit(scope).alias("scope"), name=scope, came=pl.col("won_amount").cast(pl.Float64))
        named = named.filter(pl.col("name").is_not_null())
        if scope == "team":
            teams = seen.frame("select team, parent from crm.teams")
            parts = below(dict(teams.iter_rows()), {*named.get_column("name"), *teams.get_column("team")})
            summed = parts.join(named, left_on="part", right_on="name").group_by("team", maintain_order=True).agg(
                pl.col("came").sum()
            )  # fmt: skip
            named = summed.select(pl.lit("team").alias("scope"), name="team", came="came")
        frames.append(named)
    ends = {"from_on": pl.lit(span.starts_on), "to_on": pl.lit(span.ends_on)}
    return pl.concat(frames).with_columns(**ends).select(list(_CAME))


_OWNED = {"scope": pl.String, "name": pl.String, "came": pl.Float64}


# ---------------------------------------------------------------------------------------------------- whose is nearer


@dataclass(frozen=True)
class Against:
    """The calls of one owner beside what the deals said.

    `each`: the words with what the deals said on the same day, a column each of SYSTEMS, and `landing.low` and `.high`.
    `nearer`: by weeks before the end and system (`metrics.calls.nearer`).
    """

    each: pl.DataFrame
    nearer: pl.DataFrame
    notes: tuple[Note, ...] = ()


def against(
    seen: Snapshot, viewer: Viewer, view: View, grain: str = "quarter", scope: str = "company", name: str | None = None,
    weeks: Sequence[int] = WEEKS,
) -> Against:  # fmt: skip
    """The words of one owner beside what the deals said on the same days, as it could be known then.

    Takes about two tenths of a second for each period and number of weeks.

    Raises:
        StoreHoldsNothing.
    """
    found = accuracy(seen, viewer, view, grain)
    mine = found.each.filter(
        (pl.col("scope") == scope) & pl.col("name").eq_missing(pl.lit(name, pl.String)) & pl.col("weeks").is_in(weeks)
    )
    since = first_seen(seen)
    looked = owner_view(seen, without_filters(view), scope, name)
    rows = [
        _then(seen, viewer, looked, Span(row["from_on"], row["to_on"]), row["weeks"], since)
        for row in mine.iter_rows(named=True)
    ]
    schema = dict.fromkeys((*SYSTEMS, "landing.low", "landing.high"), pl.Float64)
    each = mine.hstack(pl.DataFrame(rows, schema=schema))
    notes = found.notes
    if each.height and each.get_column("category").null_count() and since:
        notes = (*notes, note("calls_unseen", day=since))
    return Against(each, nearer(each), notes)


def first_seen(seen: Snapshot) -> date | None:
    """The first day that an export of deals speaks of: before it, open deals are rebuilt from what was known later."""
    found = seen.frame("select min(as_of) as day from ops.uploads where table_name = 'deals' and not is_undone")
    day: date | None = found.item()
    return day


def _then(seen: Snapshot, viewer: Viewer, view: View, span: Span, weeks: int, since: date | None) -> dict[str, Any]:
    """What the deals said so many weeks before the end of a period."""
    day = span.ends_on - timedelta(weeks=weeks)
    then = view.seen_on(day)
    grain = grain_of(span, view.fiscal_start, view.week_start) or "quarter"
    landed = seen.ask(landing(then, grain), viewer).frame.row(-1, named=True)
    told: dict[str, Any] = {
        "landing": number(landed["amount"]), "landing.low": number(landed["at_least"]),
        "landing.high": number(landed["at_most"]), "weighted": None, "category": None,
    }  # fmt: skip
    if since is None or day < since:
        return told
    due = Period(span.starts_on, span.ends_on)
    categories = dict(
        seen.ask(forecast(then, due, day), viewer).frame.select("forecast_category", "rolled_up").iter_rows()
    )
    won = number(categories["closed"]) or 0.0
    by_history = seen.ask(weighted(then, day, due), viewer).frame.get_column("by_history")
    known = by_history.null_count() == 0
    return told | {
        "category": number(categories["commit"]), "weighted": won + float(by_history.sum()) if known else None,
    }  # fmt: skip
