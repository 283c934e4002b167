"""The step about people: who needs which help, from whom others can learn, who fell quiet, is far behind, or left.

Nobody is ranked by noise. A difference is told where it is beyond chance, everybody and everything that was compared
counted, and "not distinguishable" is said in words. A salesperson sees only themselves, and is compared with nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from data.review.chapter import Chapter, Head, Listing, Picture, Series, Source, Subject, Value
from data.review.words import Words
from metrics.by_person import people
from metrics.coaching import LEAST
from metrics.coaching_words import name as claim_name
from metrics.coaching_words import told as claim_told
from metrics.cuts import total
from metrics.errors import MeasureNotBy
from metrics.funnel_bases import moved
from metrics.leavers import leavers
from metrics.number import number
from metrics.rep_claims import claims
from metrics.rep_quiet import broken, told_until, touches
from metrics.reps import leaderboard
from metrics.signals import signals
from metrics.target import Span
from metrics.target_standing import standing
from metrics.workdays import Workdays, calendar

if TYPE_CHECKING:
    from data.review.chapter import Asked
    from metrics.query import Query
    from metrics.view import View

MOST, MOST_EACH, MOST_FAR = 5, 2, 25
"""Rows of a list, of one person in it (somebody can work on one or two things), and of who will miss the target."""
_SPAN = "last_12_months"
"""Days over which stages are compared: within a quarter too few deals are decided."""
_FAR = ("unlikely", "missed")


def chapter(asked: Asked) -> Chapter:
    """Who needs which help, and what can be learnt from whom; of a salesperson only their own course."""
    said, found = Words(asked, "people"), _Found(asked)
    is_own = asked.viewer.scope == "rep"
    lists = [one for one in _lists(found, said, is_own=is_own) if one.rows]
    return Chapter(
        step="people",
        title=said.title,
        finding=_finding(found, said, is_own=is_own),
        is_good=_is_good(found, is_own=is_own),
        further=tuple(_further(found, said, is_own=is_own)),
        values=tuple(_values(found, said, is_own=is_own)),
        pictures=tuple(_pictures(found, said)),
        lists=tuple(lists),
        notes=tuple(_notes(found, said, is_own=is_own)),
    )


@dataclass(frozen=True)
class _Found:
    """What is known of people; each part asked when it is first needed."""

    asked: Asked

    def frame(self, query: Query) -> pl.DataFrame:
        return self.asked.seen.ask(query, self.asked.viewer).frame

    @cached_property
    def has(self) -> set[str]:
        return set(self.asked.seen.filled())

    @cached_property
    def staff(self) -> pl.DataFrame:
        return self.frame(people(self.asked.view))

    @cached_property
    def here(self) -> set[str]:
        """Those who have not left."""
        gone = pl.col("left_on") <= self.asked.view.at
        return set(self.staff.filter(~gone.fill_null(value=False)).get_column("rep"))

    @cached_property
    def year(self) -> View:
        return self.asked.view.with_compare("none").with_period(_SPAN)

    @cached_property
    def claims(self) -> pl.DataFrame:
        """Every difference that was judged or looked at, of those who are here."""
        if "deals" not in self.has:
            return claims(pl.DataFrame(schema=_MOVED), pl.DataFrame(schema=_OPEN))
        told = claims(self.frame(moved(self.year, "rep")), self.frame(signals(self.asked.view)))
        return told.filter(pl.col("rep").is_in(list(self.here)))

    def told(self, *, better: bool) -> pl.DataFrame:
        """Strengths or weaknesses, the largest first, at most MOST_EACH of one person."""
        kept = self.claims.filter(pl.col("is_beyond_chance") & (pl.col("is_better") == better))
        order = pl.col("expected_loss") * (-1 if better else 1)
        kept = kept.sort(order, "p_value", "rep", descending=[True, False, False], nulls_last=True)
        return kept.filter(pl.int_range(pl.len()).over("rep") < MOST_EACH)

    @cached_property
    def goals(self) -> pl.DataFrame:
        """The targets of people for the period: what was reached, where it will end, and whether somebody is apart."""
        view, period = self.asked.view, self.asked.view.period
        if period is None or "targets" not in self.has:
            return pl.DataFrame(schema=_GOALS)
        try:
            days = Workdays.of(self.frame(calendar(view)))
            rows = self.frame(standing(view.headline, Span(period.from_on, period.to_on), view, days, ("rep",)))
            mine = rows.filter((pl.col("scope") == "rep") & pl.col("verdict").is_not_null())
            board = self.frame(leaderboard((f"attainment:{view.headline}",), view))
        except MeasureNotBy:
            return pl.DataFrame(schema=_GOALS)
        one = f"attainment:{view.headline}"
        beside = board.select(name="rep", is_apart=f"{one}.is_apart", others=f"{one}.others")
        known = mine.join(beside, on="name", how="left").with_columns(pl.col("others").cast(pl.Float64))
        return known.filter(pl.col("name").is_in(list(self.here))).select(*_GOALS)

    @cached_property
    def far(self) -> pl.DataFrame:
        """Who will most likely miss the target: the furthest behind first."""
        missing = pl.col("target") - pl.coalesce("projected", "actual")
        kept = self.goals.filter(pl.col("verdict").is_in(_FAR))
        return kept.sort(missing, "name", descending=[True, False], nulls_last=True)

    @cached_property
    def behind(self) -> pl.DataFrame:
        """Who of them is apart from the others, too."""
        return self.far.filter(pl.col("is_apart") & (pl.col("attainment") < pl.col("others")))

    @cached_property
    def done(self) -> pl.DataFrame:
        return self.frame(touches(self.asked.view, self.asked.since)).filter(pl.col("rep").is_in(list(self.here)))

    @cached_property
    def until(self) -> date | None:
        """The last day with any activity since the last review."""
        return told_until(self.done, self.asked.since, self.asked.view.at) if "activities" in self.has else None

    @cached_property
    def rhythm(self) -> pl.DataFrame:
        """Everybody whose activity since the last review was judged."""
        if self.until is None:
            return pl.DataFrame(schema={"is_broken": pl.Boolean})
        came: dict[str, date | None] = dict(self.staff.select("rep", "hired_on").iter_rows())
        days = Workdays.of(self.frame(calendar(self.asked.view)))
        return broken(self.done, days, self.asked.since, self.until, came)

    @cached_property
    def gone(self) -> pl.DataFrame:
        """Who has left and still has open deals."""
        if "deals" not in self.has:
            return pl.DataFrame(schema={"rep": pl.String, "open_deals": pl.Int64, "open_amount": pl.Float64})
        return self.frame(leavers(self.asked.view)).filter(pl.col("open_deals") > 0)


_MOVED = {"rep": pl.String, "pipeline": pl.String, "place": pl.Int64, "decided.n": pl.Int64}
_OPEN = {"rep": pl.String} | dict.fromkeys(("is_past_due", "is_silent", "is_pushed", "is_stepless"), pl.Boolean)
_GOALS = {
    "name": pl.String, "target": pl.Float64, "actual": pl.Float64, "attainment": pl.Float64, "elapsed": pl.Float64,
    "projected": pl.Float64, "projected.low": pl.Float64, "projected.high": pl.Float64, "verdict": pl.String,
    "is_apart": pl.Boolean, "others": pl.Float64,
}  # fmt: skip


# --------------------------------------------------------------------------------------------------------------- saying


def _told(row: dict[str, Any], said: Words) -> str:
    return claim_told(row, said.lang, said.number)


def _is_good(found: _Found, *, is_own: bool) -> bool | None:
    if not is_own and (found.told(better=False).height or found.behind.height):
        return False
    return False if found.rhythm.filter("is_broken").height else None


def _finding(found: _Found, said: Words, *, is_own: bool) -> str:
    if is_own:
        return _own_finding(found, said)
    weak, strong = (found.told(better=better) for better in (False, True))
    if weak.height:
        row = weak.row(0, named=True)
        loss = row["expected_loss"]
        key = "finding_stage" if loss is not None and loss > 0 else "finding_sign"
        help_with = claim_name(row, said.lang)
        return said(key, rep=row["rep"], what=help_with, told=_told(row, said), loss=said.money(loss))
    if found.behind.height:
        row = found.behind.row(0, named=True)
        key = "finding_behind_over" if found.asked.is_over else "finding_behind"
        return said(key, rep=row["name"], **_goal_words(row, said))
    quiet = found.rhythm.filter("is_broken")
    if quiet.height:
        return said("finding_quiet", **_quiet_words(quiet.row(0, named=True), found, said))
    if strong.height:
        row = strong.row(0, named=True)
        return said("finding_strong", rep=row["rep"], what=claim_name(row, said.lang), told=_told(row, said))
    judged = found.claims.filter(pl.col("p_value").is_not_null())
    if judged.is_empty():
        return said("finding_few", least=LEAST) if "deals" in found.has else said("no_deals")
    return said("finding_alike", people=judged.get_column("rep").n_unique(), claims=judged.height)


def _own_finding(found: _Found, said: Words) -> str:
    quiet = found.rhythm.filter("is_broken")
    if quiet.height:
        return said("own_quiet", **_quiet_words(quiet.row(0, named=True), found, said))
    if found.goals.height:
        row = found.goals.row(0, named=True)
        return said(f"own_{row['verdict']}", **_goal_words(row, said))
    return said("own_nothing")


def _goal_words(row: dict[str, Any], said: Words) -> dict[str, str]:
    amounts = {name: said.money(row[name]) for name in ("target", "actual", "projected")}
    ends = {name: said.money(row[f"projected.{name}"]) for name in ("low", "high")}
    return {**amounts, **ends, "share": said.number(row["attainment"], "share"),
            "elapsed": said.number(row["elapsed"], "share")}  # fmt: skip


def _quiet_words(row: dict[str, Any], found: _Found, said: Words) -> dict[str, object]:
    return {
        "rep": row["rep"], "count": said.number(row["count"], "count"),
        "low": said.number(round(row["low"]), "count"), "high": said.number(round(row["high"]), "count"),
        "since": said.day(found.asked.since), "until": said.day(found.until or found.asked.view.at),
    }  # fmt: skip


def _further(found: _Found, said: Words, *, is_own: bool) -> list[str]:
    lines = []
    if found.goals.height > 1:
        far = found.far
        key = "goals_none" if far.is_empty() else "goals_most" if 2 * far.height > found.goals.height else "goals"
        key += "_over" if found.asked.is_over else ""
        apart = said.many("apart" if found.behind.height else "apart_none", found.behind.height)
        lines.append(said.many(key, far.height, of=said.number(found.goals.height, "count"), apart=apart))
    if not is_own and (strong := found.told(better=True)).height and found.told(better=False).height:
        row = strong.row(0, named=True)
        lines.append(said("learn", rep=row["rep"], what=claim_name(row, said.lang), told=_told(row, said)))
    quiet = found.rhythm.filter("is_broken")
    if quiet.height and not is_own:
        key = "quiet" if quiet.height == 1 else "quiet_more"
        lines.append(said(key, people=quiet.height, **_quiet_words(quiet.row(0, named=True), found, said)))
    elif "activities" in found.has and found.until is None:
        lines.append(said("no_activity", since=said.day(found.asked.since)))
    elif found.rhythm.height and not is_own:
        lines.append(said.many("quiet_none", found.rhythm.height, since=said.day(found.asked.since)))
    named = found.gone.filter(pl.col("rep").is_not_null())
    if named.height:
        amount = said.money(float(named.get_column("open_amount").sum() or 0))
        deals = said.number(int(named.get_column("open_deals").sum()), "count")
        lines.append(said.many("leavers", named.height, deals=deals, amount=amount))
    nobody = found.gone.filter(pl.col("rep").is_null())
    if nobody.height:
        row = nobody.row(0, named=True)
        lines.append(said.many("nobody", int(row["open_deals"]), amount=said.money(number(row["open_amount"]))))
    return lines


def _values(found: _Found, said: Words, *, is_own: bool) -> list[Value]:
    values = []
    if not is_own and "deals" in found.has:
        judged = found.claims.filter(pl.col("p_value").is_not_null())
        counts = {"compared": judged.get_column("rep").n_unique(), "help_count": found.told(better=False).height,
                  "learn_count": found.told(better=True).height}  # fmt: skip
        values += [Value(said(name), float(value), "count", meaning=said(f"{name}_rule", least=LEAST))
                   for name, value in counts.items()]  # fmt: skip
    if not is_own and found.goals.height:
        label = said("far_over" if found.asked.is_over else "far")
        values.append(Value(label, float(found.far.height), "count", meaning=said("far_rule"), better="lower"))
    if is_own:
        for row in found.goals.iter_rows(named=True):
            values += [
                Value(said("actual"), row["actual"], "money", meaning=said("actual_rule")),
                Value(said("target"), row["target"], "money", meaning=said("target_rule")),
                Value(said("projected"), row["projected"], "money", meaning=said("projected_rule"),
                      why="" if row["projected"] is not None else said("projected_why")),
            ]  # fmt: skip
    named = found.gone.filter(pl.col("rep").is_not_null())
    if named.height:
        source = Source(leavers(found.asked.view), "open_amount")
        rule = said("leavers_rule")
        values.append(
            Value(said("leavers_deals"), float(named["open_deals"].sum()), "count", meaning=rule, source=source)
        )
        amount = float(named["open_amount"].sum() or 0)
        values.append(Value(said("leavers_amount"), amount, "money", meaning=rule, source=source))
    return values


def _pictures(found: _Found, said: Words) -> list[Picture]:
    rows = found.told(better=False).head(MOST).to_dicts()
    if not rows:
        return []
    labels = tuple(f"{row['rep']} · {row['stage'] or claim_name(row, said.lang)}" for row in rows)
    series = (
        Series(said("own"), tuple(row["own"] for row in rows), "value"),
        Series(said("others"), tuple(row["others"] for row in rows), "target"),
        Series(said("low"), tuple(row["own.low"] for row in rows), "low"),
        Series(said("high"), tuple(row["own.high"] for row in rows), "high"),
    )
    sources = tuple(_source(found, row) for row in rows)
    rule = said("help_rule", least=LEAST)
    bad: tuple[Literal["bad"], ...] = tuple("bad" for _ in rows)
    return [Picture("help", said("list_help"), rule, "bars", labels, series, "share", sources, bad)]


def _source(found: _Found, row: dict[str, Any]) -> Source:
    """The deals of a claim: those decided in the stage, those closed, or the open ones with the sign."""
    if row["claim"] == "conversion":
        at = tuple((name, row[name]) for name in ("pipeline", "rep", "place"))
        return Source(moved(found.year, "rep"), "decided", at)
    if row["claim"] == "win_rate":
        mine = found.year.with_filter("rep", row["rep"]).with_filter("pipeline", (row["pipeline"],))
        return Source(total("win_rate", mine), "win_rate")
    return Source(signals(found.asked.view.with_filter("rep", row["rep"])), f"is_{row['claim']}")


def _lists(found: _Found, said: Words, *, is_own: bool) -> list[Listing]:
    if is_own:
        return [_leavers(found, said)]
    both = [_claims(said, name, found.told(better=better)) for name, better in (("help", False), ("learn", True))]
    far = said("far_over" if found.asked.is_over else "far")
    goals = [_goals(said, "behind", said("list_behind"), found.behind), _goals(said, "far", far, found.far)]
    return [both[0], *goals, _quiet(found, said), both[1], _leavers(found, said)]


def _claims(said: Words, name: str, frame: pl.DataFrame) -> Listing:
    heads = _heads(said, rep="text", what="text", own="share", others="share", cases="count", loss="money")
    rows = frame.head(MOST).to_dicts()
    return Listing(
        name, said(f"list_{name}"), said(f"{name}_rule", least=LEAST), heads,
        tuple(
            (row["rep"], claim_name(row, said.lang), row["own"], row["others"], row["own.n"],
             None if row["expected_loss"] is None else abs(row["expected_loss"]))
            for row in rows
        ),
        tuple(Subject("rep", row["rep"], row["rep"]) for row in rows), frame.height - len(rows),
    )  # fmt: skip


def _goals(said: Words, name: str, title: str, frame: pl.DataFrame) -> Listing:
    heads = _heads(said, rep="text", target="money", actual="money", attainment="share", projected="money", low="money",
                   high="money", others="share")  # fmt: skip
    rows = frame.head(MOST_FAR).to_dicts()
    fields = ("name", "target", "actual", "attainment", "projected", "projected.low", "projected.high", "others")
    return Listing(
        name, title, said(f"{name}_rule"), heads, tuple(tuple(row[one] for one in fields) for row in rows),
        tuple(Subject("rep", row["name"], row["name"]) for row in rows), frame.height - len(rows),
    )  # fmt: skip


def _quiet(found: _Found, said: Words) -> Listing:
    quiet = found.rhythm.filter("is_broken")
    rows = quiet.head(MOST).to_dicts()
    heads = _heads(said, rep="text", count="count", expected="number", low="number", high="number")
    last = found.until or found.asked.view.at
    rule = said("quiet_rule", since=said.day(found.asked.since), until=said.day(last))
    source = Source(touches(found.asked.view, found.asked.since), "activities")
    return Listing(
        "quiet", said("list_quiet"), rule, heads,
        tuple((row["rep"], row["count"], row["expected"], row["low"], row["high"]) for row in rows),
        tuple(Subject("rep", row["rep"], row["rep"]) for row in rows), quiet.height - len(rows), source,
    )  # fmt: skip


def _leavers(found: _Found, said: Words) -> Listing:
    named = found.gone.filter(pl.col("rep").is_not_null())
    rows = named.head(MOST).to_dicts()
    heads = _heads(said, rep="text", left_on="day", deals="count", amount="money")
    return Listing(
        "leavers", said("list_leavers"), said("leavers_rule"), heads,
        tuple((row["rep"], row["left_on"], row["open_deals"], number(row["open_amount"])) for row in rows),
        tuple(Subject("rep", row["rep"], row["rep"]) for row in rows), named.height - len(rows),
        Source(leavers(found.asked.view), "open_amount"),
    )  # fmt: skip


def _heads(said: Words, **units: str) -> tuple[Head, ...]:
    return tuple(Head(name, said(name), unit) for name, unit in units.items())


def _notes(found: _Found, said: Words, *, is_own: bool) -> list[str]:
    if is_own:
        return [said("own_note")]
    notes = [said("claims_note", least=LEAST)] if found.claims.height else []
    if "targets" not in found.has:
        notes.append(said("no_targets"))
    if "activities" not in found.has:
        notes.append(said("no_activities"))
    return notes
