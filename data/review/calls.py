"""The forecast call: what people say a period will bring, kept by date in ops.forecast_calls.

Words are only ever added: of a day the last one stands, earlier days stay as they were said, and so does who said what
when two people write at once. A salesperson says and reads the own word; a manager those of their teams and of
the people in them; the company's is for whoever sees everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

import polars as pl
from pydantic import BaseModel, ConfigDict

from data.clock import now
from data.effects import unsaved
from data.errors import StoreHoldsNothing
from data.review.amounts import Amount, amount_of
from data.review.errors import (
    BestBelowCommit,
    CallEmpty,
    CallForNobody,
    CallNotYours,
    CallPeriodOver,
    CallPeriodUnknown,
    CallRemarkTooLong,
)
from data.settings import settings
from metrics.calls import CALLS, OWNER, stood
from metrics.catalog import Text
from metrics.errors import nearest
from metrics.period import DAY, bucket_next, bucket_start
from metrics.target import Span, grain_of

if TYPE_CHECKING:
    from data.store import Snapshot, Store
    from metrics.view import View
    from metrics.viewer import Viewer

Scope = Literal["company", "team", "rep"]
MOST_LETTERS = 500
"""Of a remark."""
GRAINS = ("month", "quarter", "year", "fiscal_quarter", "fiscal_year")
"""Spans that a call can be for."""


class Call(BaseModel):
    """One word. `commit` and `best_case` are None where it takes back the one before; `who` said it, for whomever."""

    model_config = ConfigDict(frozen=True)

    id: int
    review_id: int | None
    said_on: date
    from_on: date
    to_on: date
    scope: Scope
    name: str | None
    commit: float | None
    best_case: float | None
    remark: str | None
    who: str | None
    noted_at: datetime


class Word(NamedTuple):
    """What somebody wants to say for an owner: amounts as they were typed, or numbers.

    `was`: the id of the word that stood when they looked, 0 where there was none; None: they did not look.
    """

    scope: Scope
    name: str | None
    commit: Amount | None
    best_case: Amount | None = None
    remark: str | None = None
    was: int | None = None


class Spoken(NamedTuple):
    """What was written, and the words that others had said meanwhile: for those owners nothing was written."""

    written: tuple[Call, ...]
    overtaken: tuple[Call, ...]


# ------------------------------------------------------------------------------------------------------------- reading


def calls(seen: Snapshot, viewer: Viewer, span: Span | None = None) -> pl.DataFrame:
    """Every word that a viewer may read, in the order in which they were said: the columns of metrics.calls.CALLS.

    Names are those of today. `span`: of one period only.
    """
    found = seen.frame(
        """
        select id, review_id, said_on, from_on, to_on, scope, scope_value as name,
            cast(commit_amount as double) as commit, cast(best_case as double) as best_case, remark, who, noted_at
        from ops.forecast_calls
        where from_on >= $first and from_on <= $last and to_on >= $first and to_on <= $last
        order by id
        """,
        {"first": span.starts_on if span else date.min, "last": span.ends_on if span else date.max},
    )
    if span is not None:
        found = found.filter((pl.col("from_on") == span.starts_on) & (pl.col("to_on") == span.ends_on))
    called = {kind: _renamed(seen, kind, found) for kind in ("team", "rep")}
    named = found.with_columns(
        name=pl.when(pl.col("scope") == "team")
        .then(pl.col("name").replace(called["team"]))
        .when(pl.col("scope") == "rep")
        .then(pl.col("name").replace(called["rep"]))
    ).select(pl.col(column).cast(kind) for column, kind in CALLS.items())
    if viewer.sees_all:
        return named
    mine = owners_of(seen, viewer)
    return named.join(mine, on=list(OWNER), how="semi", maintain_order="left") if named.height else named


def _renamed(seen: Snapshot, kind: str, found: pl.DataFrame) -> dict[str, str]:
    """Names that were said under another one than today's, whatever they have been called in between."""
    held = dict(seen.frame("select alias, canonical from ops.aliases where kind = $kind", {"kind": kind}).iter_rows())
    names: dict[str, str] = {}
    for name in found.filter(pl.col("scope") == kind).get_column("name").drop_nulls().unique():
        last, known = str(name), set[str]()
        while last in held and last not in known:
            known.add(last)
            last = held[last]
        names[str(name)] = last
    return names


def owners_of(seen: Snapshot, viewer: Viewer) -> pl.DataFrame:
    """Whose words a viewer may say and read: `scope` and `name`."""
    reps = seen.frame(
        "select rep from crm.reps where $sees_all or rep_key in (select unnest($keys)) order by rep",
        {"sees_all": viewer.sees_all, "keys": list(viewer.rep_keys)},
    ).get_column("rep")
    teams: list[str] = list(viewer.teams) if viewer.scope == "teams" else []
    if viewer.sees_all:
        told = "select team from crm.teams union select team from crm.reps where team is not null order by team"
        teams = seen.frame(told).get_column("team").to_list()
    rows = [
        *([("company", None)] if viewer.sees_all else []),
        *(("team", team) for team in teams),
        *(("rep", str(rep)) for rep in reps),
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(OWNER, pl.String), orient="row")


def span_of(view: View, period: str | None = None) -> Span:
    """The period that a call is for: that of the view, where it is a month, quarter or year; else the running quarter.

    Args:
        period: "month", "quarter" or "year": the running one instead. Quarters and years are fiscal ones where the
            company's year begins in another month than January.
    """
    if period is None and view.period is not None:
        named = Span(view.period.from_on, view.period.to_on)
        if grain_of(named, view.fiscal_start, view.week_start) in GRAINS:
            return named
    grain = period or "quarter"
    if grain != "month" and view.fiscal_start != 1:
        grain = f"fiscal_{grain}"
    first = bucket_start(view.as_of, grain, view.fiscal_start, view.week_start)
    return Span(first, bucket_next(first, grain) - DAY)


# -------------------------------------------------------------------------------------------------------------- saying


def say(store: Store, viewer: Viewer, words: Sequence[Word], span: Span, *, review_id: int | None = None) -> Spoken:
    """Say words for a period, all or none of them; a word that is what stands already is not said again.

    Returns:
        Those that were written, and those that somebody else said since `Word.was`: these are not written over.

    Raises:
        CallNotYours, CallForNobody: for whom. CallPeriodUnknown, CallPeriodOver: the period. AmountRefused,
        BestBelowCommit, CallEmpty, CallRemarkTooLong: what. StoreHoldsNothing: no day to say it on.
    """
    with store.noting() as cursor:
        seen = unsaved(store, cursor)
        day = _day_for(seen, span)
        allowed = owners_of(seen, viewer)
        held = calls(seen, viewer, span)
        standing = {(row["scope"], row["name"]): row for row in stood(held, day).iter_rows(named=True)}
        number = int(seen.frame("select coalesce(max(id), 0) + 1 as id from ops.forecast_calls").item())
        written: list[Call] = []
        overtaken: list[Call] = []
        for word in words:
            made = _checked(seen, viewer, allowed, word)
            now_stands = standing.get((word.scope, word.name))
            if word.was is not None and (now_stands["id"] if now_stands else 0) != word.was:
                overtaken += [Call.model_validate(now_stands)] if now_stands else []
                if now_stands or word.was == 0:
                    continue
            if _is_same(now_stands, made, day):
                continue
            call = Call(
                id=number + len(written), review_id=review_id, said_on=day, from_on=span.starts_on, to_on=span.ends_on,
                scope=word.scope, name=word.name, commit=_float(made[0]), best_case=_float(made[1]), remark=made[2],
                who=viewer.email or None, noted_at=now().replace(microsecond=0),
            )  # fmt: skip
            cursor.execute(_INSERT, call.model_dump() | {"commit": made[0], "best_case": made[1]})
            written.append(call)
    return Spoken(tuple(written), tuple(overtaken))


_INSERT = """
insert into ops.forecast_calls by name
select $id as id, $review_id as review_id, $said_on as said_on, $from_on as from_on, $to_on as to_on, $scope as scope,
    $name as scope_value, cast($commit as decimal(18, 4)) as commit_amount,
    cast($best_case as decimal(18, 4)) as best_case, $remark as remark, $who as who, $noted_at as noted_at
"""
_Made = tuple[Decimal | None, Decimal | None, str | None]


def withdraw(store: Store, viewer: Viewer, scope: Scope, name: str | None, span: Span) -> Spoken:
    """Take back what was said for an owner, so that nothing stands from today on; what was said stays in the history.

    Raises:
        CallEmpty: nothing stands. What `say` raises.
    """
    with store.snapshot() as seen:
        held = calls(seen, viewer, span)
        mine = stood(held, seen.as_of or date.max).filter(
            (pl.col("scope") == scope) & pl.col("name").eq_missing(pl.lit(name, pl.String))
        )
        if mine.is_empty() and name in _names(owners_of(seen, viewer), scope):
            raise CallEmpty(who=_owner(name))
    return say(store, viewer, [Word(scope, name, None)], span)


def _day_for(seen: Snapshot, span: Span) -> date:
    """The day on which a word for a period is said: the store's."""
    if seen.as_of is None:
        raise StoreHoldsNothing(path=str(seen.store.path))
    if grain_of(span, settings().fiscal_start, settings().week_start) not in GRAINS:
        raise CallPeriodUnknown(from_on=span.starts_on, to_on=span.ends_on)
    if seen.as_of > span.ends_on:
        raise CallPeriodOver(from_on=span.starts_on, to_on=span.ends_on, day=seen.as_of)
    return seen.as_of


def _names(owners: pl.DataFrame, scope: str) -> list[str | None]:
    return owners.filter(pl.col("scope") == scope).get_column("name").to_list()


def _checked(seen: Snapshot, viewer: Viewer, allowed: pl.DataFrame, word: Word) -> _Made:
    """The amounts of a word, once it may be said."""
    mine = _names(allowed, word.scope)
    if word.name not in mine:
        if word.scope == "company" or not viewer.sees_all:
            raise CallNotYours(who=_owner(word.name))
        raise CallForNobody(name=word.name or "", suggestion=nearest(word.name or "", [one for one in mine if one]))
    remark = (word.remark or "").strip() or None
    if remark and len(remark) > MOST_LETTERS:
        raise CallRemarkTooLong(most=MOST_LETTERS)
    commit, best = (None if _is_blank(one) else amount_of(one, seen.currency) for one in (word.commit, word.best_case))  # type: ignore[arg-type]
    if commit is None and best is not None:
        raise CallEmpty(who=_owner(word.name))
    if commit is not None and best is not None and best < commit:
        raise BestBelowCommit(who=_owner(word.name), commit=f"{commit:,.2f}", best=f"{best:,.2f}")
    return commit, best, remark


def _owner(name: str | None) -> str | Text:
    return name or Text.model_validate({"en": "The company", "zh-CN": "公司"})


def _is_blank(given: Amount | None) -> bool:
    return given is None or (isinstance(given, str) and not given.strip())


def _is_same(stands: dict[str, object] | None, made: _Made, day: date) -> bool:
    """Whether a word of the same day says the same: to repeat last week's word today is to say it anew."""
    if stands is None:
        return made[0] is None and made[1] is None
    told = (stands["commit"], stands["best_case"], stands["remark"])
    return stands["said_on"] == day and told == (_float(made[0]), _float(made[1]), made[2])


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
