"""What the command about targets answers, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

import polars as pl

from data.asking import Answer, answer_to
from data.asking import Asked as Question
from data.divisions import divisions
from data.errors import FileInTheWay, FilterInvalid, StoreHoldsNothing, TargetsNeedOwner
from data.pipeline import report
from data.settings import settings
from data.target_files import tall_book, wide_book
from data.target_splits import proposal
from data.targets import Aim, changes, set_targets, strangers, tall
from data.targets import targets as listed
from metrics.catalog import measure
from metrics.known import MOST_NAMED
from metrics.period import bucket_next, bucket_start
from metrics.target import Span, TargetWithoutEnd, held
from metrics.target_smart import smart
from metrics.target_standing import standing
from metrics.target_trees import reconciled, spans
from metrics.workdays import Workdays, calendar

if TYPE_CHECKING:
    from data.store import Snapshot
    from data.targets import Change
    from data.terminal import Session
    from metrics.query import Query
    from metrics.target_split import Way
    from metrics.view import View
    from metrics.viewer import Viewer


@dataclass(frozen=True)
class Asked:
    """The options of the command, as in data/target_commands.py."""

    measure: str | None
    from_on: date | None
    to_on: date | None
    scope: str | None
    name: str | None
    value: float | None
    over: str
    by: str
    keep: tuple[str, ...]
    spread: bool
    reason: str | None
    decided: date | None
    file: Path | None
    wide: bool
    as_of: date | None
    email: str | None

    @property
    def of(self) -> str:
        """The measure."""
        return measure(self.measure or settings().headline_measure).id

    def span(self, today: date) -> Span:
        """The days; without any the quarter that runs."""
        if self.from_on and self.to_on:
            return Span(self.from_on, self.to_on)
        if self.from_on or self.to_on:
            raise TargetWithoutEnd(who=self.name or self.of)
        start = bucket_start(today, "fiscal_quarter", settings().fiscal_start)
        return Span(start, date.fromordinal(bucket_next(start, "fiscal_quarter").toordinal() - 1))


def answer(session: Session, what: str, asked: Asked) -> None:
    """Answer or do what is asked."""
    done: dict[str, Callable[[Session, Asked], None]] = {
        "list": _list, "standing": _standing, "parts": _parts, "versions": _versions, "check": _check, "split": _split,
        "set": _set, "export": _export,
    }  # fmt: skip
    done[what](session, asked)


def _ask(
    session: Session, asked: Asked, question: Callable[[View], Query], columns: tuple[str, ...] = (),
    only: dict[str, str | None] | None = None,
) -> None:  # fmt: skip
    answered = answer_to(session, Question(as_of=asked.as_of, email=asked.email), question)
    for name, value in (only or {}).items():
        if value is not None:
            answered = replace(answered, frame=answered.frame.filter(pl.col(name) == value))
    if columns and not session.is_json:
        answered = replace(answered, frame=answered.frame.select(columns))
    report(session, answered, only_sql=False, words_of="targets")


def _list(session: Session, asked: Asked) -> None:
    _ask(session, asked, spans, only={"measure": asked.of if asked.measure else None, "scope": asked.scope})


_SHORT = ("scope", "name", "target", "original", "actual", "attainment", "pace", "gap", "required", "projected",
          "projected.low", "projected.high", "verdict")  # fmt: skip
"""Of the standing, what a terminal has room for; JSON has all."""


def _standing(session: Session, asked: Asked) -> None:
    scopes = ("team", "rep") if asked.scope in (None, "company") else (asked.scope,)
    with session.store().snapshot() as seen:
        today = asked.as_of or _day(seen)
        days = _workdays(seen, asked, today)
        over = tuple(divisions(seen, seen.viewer(asked.email))) if "team" in scopes else ()
    _ask(session, asked, lambda view: standing(asked.of, asked.span(today), view, days, scopes, over), _SHORT)


def _parts(session: Session, asked: Asked) -> None:
    with session.store().snapshot() as seen:
        today = asked.as_of or _day(seen)
    _ask(session, asked, lambda view: reconciled(asked.of, asked.span(today), view))


def _day(seen: Snapshot) -> date:
    if seen.as_of is None:
        raise StoreHoldsNothing(path=str(seen.store.path))
    return seen.as_of


def _workdays(seen: Snapshot, asked: Asked, today: date) -> Workdays:
    from metrics.view import View

    span = asked.span(today)
    view = View(as_of=today, from_on=span.starts_on, to_on=span.ends_on)
    return Workdays.of(seen.ask(calendar(view), seen.viewer(asked.email)).frame)


def _versions(session: Session, asked: Asked) -> None:
    with session.store().snapshot() as seen:
        found = listed(seen, asked.of, seen.viewer(asked.email))
    mine = [
        one for one in found
        if asked.scope in (None, one.scope) and asked.name in (None, one.scope_value)
        and (asked.from_on is None or one.starts_on >= asked.from_on)
        and (asked.to_on is None or one.ends_on <= asked.to_on)
    ]  # fmt: skip
    _tell(session, pl.DataFrame([one.model_dump() for one in mine], infer_schema_length=None))


def _check(session: Session, asked: Asked) -> None:
    scopes = ("team", "rep") if asked.scope in (None, "company") else (asked.scope,)
    with session.store().snapshot() as seen:
        today, viewer = asked.as_of or _day(seen), seen.viewer(asked.email)
        span, one = asked.span(today), measure(asked.of)
        from metrics.view import View

        view = View(as_of=today, is_past=today < _day(seen), fiscal_start=settings().fiscal_start)
        rows = seen.ask(standing(asked.of, span, view, _workdays(seen, asked, today), scopes), viewer).frame
        aimed = seen.ask(spans(view), viewer).frame
        others = aimed.filter((pl.col("starts_on") == span.starts_on) & (pl.col("ends_on") == span.ends_on))["measure"]
        has_data = any(part.table in seen.filled() for part in one.parts)
    told = []
    for row in rows.iter_rows(named=True):
        if asked.name in (None, row["name"]):
            for check in smart(asked.of, span, row, today, has_data, set(others)):
                text = check.text(session.lang, lambda value: f"{value:,.2f}".rstrip("0").rstrip("."))
                told.append({"scope": row["scope"], "name": row["name"], "letter": check.letter, "holds": check.holds,
                             "says": text})  # fmt: skip
    _tell(session, pl.DataFrame(told, infer_schema_length=None))


def _tell(session: Session, frame: pl.DataFrame, **more: object) -> None:
    """Rows that are no answer to one question."""
    if session.is_json:
        session.answer({"rows": frame.to_dicts(), **more})
        return
    from metrics.query import Query

    report(session, Answer(frame, [], "", Query((), "")), only_sql=False, words_of="targets")


# ----------------------------------------------------------------------------------------------------------- doing


def _split(session: Session, asked: Asked) -> None:
    opened = session.store()
    with opened.snapshot() as seen:
        viewer, today = seen.viewer(asked.email), _day(seen)
        scope = asked.scope or ("team" if asked.name else "company")
        whole = asked.of, scope, asked.name, asked.span(today)
        aim = Aim(*whole, asked.value) if asked.value is not None else whole
        made = proposal(seen, viewer, aim, asked.over, cast("Way", asked.by), _fixed(asked.keep), spread=asked.spread)
    rows = pl.DataFrame(
        [{"part": part.label, "before": part.before, "value": part.aim.value, "weight": part.weight}
         for part in made.parts],
        schema={"part": pl.String, "before": pl.Float64, "value": pl.Float64, "weight": pl.Float64},
    )  # fmt: skip
    uploaded = _record(session, [part.aim for part in made.parts], asked, viewer) if asked.reason is not None else None
    _tell(session, rows, whole=made.whole.value, left=made.left, as_others=made.unknown, upload=uploaded)
    if made.is_by_nothing:
        session.say("targets_alike")
    if made.unknown:
        names = ", ".join(made.unknown[:MOST_NAMED]) + ("…" if len(made.unknown) > MOST_NAMED else "")
        session.say("targets_as_others", count=len(made.unknown), names=names)
    if made.left:
        code = "targets_unallocated" if made.left > 0 else "targets_over"
        session.say(code, left=f"{abs(made.left):,.15g}", whole=f"{made.whole.value:,.15g}")
    if asked.reason is None:
        session.say("targets_proposed")


def _fixed(texts: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for text in texts:
        label, sign, value = text.rpartition("=")
        try:
            found[label] = float(value)
        except ValueError as error:
            raise FilterInvalid(given=text) from error
        if not sign or not label:
            raise FilterInvalid(given=text)
    return found


def _set(session: Session, asked: Asked) -> None:
    scope = asked.scope or "company"
    if not (asked.from_on and asked.to_on):
        raise TargetWithoutEnd(who=" · ".join(filter(None, (asked.name, asked.of))))
    value = asked.value if asked.value is not None else float("nan")
    aim = Aim(asked.of, scope, asked.name, Span(asked.from_on, asked.to_on), value)
    opened = session.store()
    with opened.snapshot() as seen:
        viewer = seen.viewer(asked.email)
        made = changes(seen, [aim], viewer, asked.reason, asked.decided)
        warned = strangers(seen, [aim], viewer)
    uploaded = _record(session, [aim], asked, viewer)
    _tell(session, _before_after(made), upload=uploaded, unknown=dict(warned))
    for name, suggestion in warned.items():
        session.say("targets_stranger", name=name, suggestion=suggestion)


def _before_after(made: list[Change]) -> pl.DataFrame:
    rows = [
        {"scope": one.target.scope, "name": one.target.scope_value, "before": one.before.value if one.before else None,
         "value": one.target.value, "version": one.target.version}
        for one in made
    ]  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)


def _record(session: Session, aims: list[Aim], asked: Asked, viewer: Viewer) -> int:
    if not viewer.sees_all:
        raise TargetsNeedOwner
    who = asked.email or "command line"
    made = set_targets(session.store(), aims, asked.reason or "", who=who, on=asked.decided, viewer=viewer)
    session.say("targets_recorded", id=made.id, rows=made.read)
    return made.id


def _export(session: Session, asked: Asked) -> None:
    with session.store().snapshot() as seen:
        viewer, today = seen.viewer(asked.email), _day(seen)
        whole = Span(asked.from_on or date(1, 1, 1), asked.to_on or date(9999, 12, 31))
        found = [one for one in listed(seen, asked.of, viewer, whole) if asked.scope in (None, one.scope)]
        names = [name for name in seen.values("rep", viewer) if name is not None] if asked.wide else []
    kept = held(found)
    if asked.file is None:
        session.out.write(tall([one.current for one in kept]))
        return
    path = session.path(asked.file)
    if path.exists():
        raise FileInTheWay(file=str(path))
    first = asked.from_on or bucket_start(today, "month")
    if asked.wide:
        path.write_bytes(wide_book(names, first.replace(day=1), kept, session.lang))
    elif path.suffix == ".csv":
        path.write_text(tall([one.current for one in kept]), "utf-8")
    else:
        path.write_bytes(tall_book([one.current for one in kept]))
    _tell(session, pl.DataFrame({"file": [str(path)], "rows": [len(names) if asked.wide else len(kept)]}))
