"""What the command about forecast calls answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from data.errors import StoreHoldsNothing
from data.review import calls as kept
from data.review.asking import asked as asked_of
from data.review.asking import usual_view
from data.review.call_accuracy import accuracy, against
from data.review.call_course import course
from data.review.call_table import table
from data.wording import wording
from metrics.errors import fill
from metrics.period import DAY, bucket_next, bucket_start
from metrics.target import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from data.review.calls import Call, Scope, Spoken
    from data.store import Snapshot
    from data.terminal import Session
    from metrics.notes import Note
    from metrics.view import View

_LISTED = (
    "who", "commit", "best_case", "said_on", "state", "commit_before", "change", "people_said", "people_commit",
    "apart", "teams_said", "teams_commit", "teams_apart",
    "won", "commit_rolled", "best_rolled", "weighted", "landing", "target", "gap", "doubt",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What was asked for: whose calls, for which period, from which day."""

    rep: str | None = None
    team: str | None = None
    period: str = "quarter"
    from_on: date | None = None
    since: date | None = None
    as_of: date | None = None
    email: str | None = None

    @property
    def owner(self) -> tuple[Scope, str | None]:
        """Whose call: the salesperson's, else the team's, else the company's."""
        if self.rep is not None:
            return "rep", self.rep
        return ("team", self.team) if self.team is not None else ("company", None)


def _view(seen: Snapshot, wanted: Wanted) -> View:
    if seen.as_of is None:
        raise StoreHoldsNothing(path=str(seen.store.path))
    view = usual_view(seen.as_of)
    return view.seen_on(wanted.as_of) if wanted.as_of else view


def _span(view: View, wanted: Wanted) -> Span:
    """The running period, or the one that holds the day that was named."""
    running = kept.span_of(view, wanted.period)
    if wanted.from_on is None:
        return running
    grain = wanted.period if wanted.period == "month" or view.fiscal_start == 1 else f"fiscal_{wanted.period}"
    first = bucket_start(wanted.from_on, grain, view.fiscal_start, view.week_start)
    return Span(first, bucket_next(first, grain) - DAY)


def listed(session: Session, wanted: Wanted, *, with_people: bool) -> None:
    """Everybody's call beside what the deals say."""
    with session.store().snapshot() as seen:
        viewer, view = seen.viewer(wanted.email), _view(seen, wanted)
        asked = asked_of(seen, viewer, session.lang, view=view, since=wanted.since, team=wanted.team)
        looked = asked.view.with_filter("rep", (wanted.rep,)) if wanted.rep else asked.view
        landings = (
            ("company", "team", "rep")
            if with_people or (not viewer.teams and not viewer.sees_all)
            else ("company", "team")
        )
        found = table(seen, viewer, looked, span=_span(view, wanted), since=asked.since, landings=landings)
    if session.is_json:
        session.answer({
            "rows": found.frame.to_dicts(), "span": list(found.span), "since": found.since, "day": found.day,
            "notes": _notes(session, found.notes),
        })  # fmt: skip
        return
    session.write(_word(session, "span", from_on=found.span.starts_on, to_on=found.span.ends_on, since=found.since))
    if found.frame.is_empty():
        session.write(_word(session, "nobody"))
    else:
        _table(session, found.frame, _LISTED)
    _remark(session, found.notes)


def said(session: Session, wanted: Wanted, amounts: Sequence[str], remark: str) -> None:
    """Say a word."""
    store = session.store()
    with store.snapshot() as seen:
        viewer, span = seen.viewer(wanted.email), _span(_view(seen, wanted), wanted)
    scope, name = wanted.owner
    word = kept.Word(scope, name, amounts[0], amounts[1] if len(amounts) > 1 else None, remark)
    _spoken(session, kept.say(store, viewer, [word], span), "said")


def withdrawn(session: Session, wanted: Wanted) -> None:
    """Take back what stands."""
    store = session.store()
    with store.snapshot() as seen:
        viewer, span = seen.viewer(wanted.email), _span(_view(seen, wanted), wanted)
    _spoken(session, kept.withdraw(store, viewer, *wanted.owner, span), "withdrawn")


def _spoken(session: Session, spoken: Spoken, code: str) -> None:
    if session.is_json:
        session.answer({name: [one.model_dump() for one in getattr(spoken, name)] for name in ("written", "overtaken")})
        return
    for one in spoken.written:
        session.write(_word(session, code, who=_who(session, one.scope, one.name), **_amounts(one),
                            from_on=one.from_on, to_on=one.to_on, said_on=one.said_on))  # fmt: skip
    if not spoken.written:
        session.write(_word(session, "same"))


def _amounts(one: Call) -> dict[str, str]:
    return {name: "—" if value is None else f"{value:,.0f}"
            for name, value in (("commit", one.commit), ("best", one.best_case))}  # fmt: skip


def words(session: Session, wanted: Wanted) -> None:
    """Everything that was said, the last first; of one owner or period where one was named."""
    with session.store().snapshot() as seen:
        viewer, view = seen.viewer(wanted.email), _view(seen, wanted)
        found = kept.calls(seen, viewer).filter(pl.col("said_on") <= view.as_of)
    if wanted.rep or wanted.team:
        scope, name = wanted.owner
        found = found.filter((pl.col("scope") == scope) & (pl.col("name") == name))
    if wanted.from_on:
        span = _span(view, wanted)
        found = found.filter((pl.col("from_on") == span.starts_on) & (pl.col("to_on") == span.ends_on))
    found = found.reverse()
    if session.is_json:
        session.answer({"calls": found.to_dicts()})
    elif found.is_empty():
        session.write(_word(session, "nothing_said"))
    else:
        told = pl.concat_str(pl.lit(_word(session, "taken_back")), pl.col("remark"), separator=" ", ignore_nulls=True)
        is_gone = pl.col("commit").is_null() & pl.col("best_case").is_null()
        shown = found.rename({"who": "by"}).with_columns(remark=pl.when(is_gone).then(told).otherwise("remark"))
        _table(session, shown, ("said_on", "who", "from_on", "to_on", "commit", "best_case", "remark", "by"))


def gone(session: Session, wanted: Wanted) -> None:
    """One owner's call over the weeks."""
    with session.store().snapshot() as seen:
        viewer, view = seen.viewer(wanted.email), _view(seen, wanted)
        found = course(seen, viewer, view, *wanted.owner, span=_span(view, wanted))
    if session.is_json:
        session.answer({
            "rows": found.frame.to_dicts(), "target": found.target, "notes": _notes(session, found.notes),
        })  # fmt: skip
    else:
        _table(session, found.frame.with_columns(target=pl.lit(found.target, pl.Float64)), (
            "day", "commit", "best_case", "won", "landing", "landing.low", "landing.high", "target",
        ))  # fmt: skip
        _remark(session, found.notes)


def accurate(session: Session, wanted: Wanted) -> None:
    """How near ended calls were; of one owner also beside what the deals said on the same days."""
    scope, name = wanted.owner
    with session.store().snapshot() as seen:
        viewer, view = seen.viewer(wanted.email), _view(seen, wanted)
        found = accuracy(seen, viewer, view, wanted.period)
        beside = against(seen, viewer, view, wanted.period, scope, name)
    each, judged = found.each, found.judged
    if name is not None:
        is_it = (pl.col("scope") == scope) & (pl.col("name") == name)
        each, judged = each.filter(is_it), judged.filter(is_it)
    notes = tuple(dict.fromkeys((*found.notes, *beside.notes)))
    if session.is_json:
        session.answer({
            "owners": judged.to_dicts(), "each": each.to_dicts(), "against": beside.each.to_dicts(),
            "nearer": beside.nearer.to_dicts(), "notes": _notes(session, notes),
        })  # fmt: skip
        return
    if judged.is_empty():
        session.write(_word(session, "nothing_ended"))
        return
    _table(
        session,
        judged,
        ("who", "weeks", "periods", "nothing", "accuracy", "bias", "bias.low", "bias.high", "kept", "habit"),
    )
    _table(session, beside.nearer, ("weeks", "system", "periods", "people", "by_system", "people_off", "system_off",
                                    "verdict"))  # fmt: skip
    _remark(session, notes)


# -------------------------------------------------------------------------------------------------------------- writing


def _word(session: Session, code: str, **params: object) -> str:
    return fill(wording("review/calls")["texts"][code], session.lang, params)


def _who(session: Session, scope: str, name: str | None) -> str:
    return _word(session, "company") if scope == "company" else str(name)


def _notes(session: Session, notes: Iterable[Note]) -> list[str]:
    return [note.text(session.lang) for note in notes]


def _remark(session: Session, notes: Iterable[Note]) -> None:
    for text in _notes(session, notes):
        session.write(text)


_SHARES = ("accuracy", "bias", "bias.low", "bias.high", "people_off", "system_off")


def _table(session: Session, frame: pl.DataFrame, names: Sequence[str]) -> None:
    """Rows for people: names in their team, amounts without cents, shares in per cent, codes in words."""
    told = wording("review/calls")
    rows = [_row(session, row, told["values"]) for row in frame.iter_rows(named=True)]
    heads = {name: fill(told["columns"][name], session.lang, {}) for name in names}
    session.table(rows, {name: text for name, text in heads.items() if any(row.get(name) is not None for row in rows)})


def _row(session: Session, row: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in row.items():
        if name in _SHARES and value is not None:
            shown[name] = f"{100 * value:+.0f} %" if name.startswith("bias") else f"{100 * value:.0f} %"
        elif isinstance(value, float):
            shown[name] = round(value)
        elif name in values and value is not None:
            shown[name] = fill(values[name][value], session.lang, {})
        else:
            shown[name] = value
    if row.get("people") is not None and "people_said" in row:
        shown["people_said"] = f"{row['people_said']} / {row['people']}"
    if row.get("teams") is not None and "teams_said" in row:
        shown["teams_said"] = f"{row['teams_said']} / {row['teams']}"
    if "scope" in row:
        shown["who"] = "  " * int(row.get("depth") or 0) + _who(session, row["scope"], row["name"])
    return shown
