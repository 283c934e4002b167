"""What the commands about contests and trainings answer."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import polars as pl

from data import contests as kept
from data import trainings as held
from data.asking import Answer, Asked, answer_to
from data.errors import RecognitionNotYours, StoreHoldsNothing
from data.pipeline import report
from data.settings import settings
from data.wording import wording
from metrics.catalog import catalog, measure
from metrics.errors import fill
from metrics.improved import improved
from metrics.records import records
from metrics.streaks import streaks, won_streaks
from metrics.training import Effect, outcome, trained
from metrics.view import View

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from data.store import Snapshot
    from data.terminal import Session
    from metrics.contests import Contest
    from metrics.query import Query
    from metrics.training import Training

_WORDS = "recognition"


def word(session: Session, code: str, **params: object) -> str:
    """A sentence of `data/recognition.toml` in the reader's language."""
    return fill(wording(_WORDS)["texts"][code], session.lang, params)


def recognised(session: Session, what: str, of: str, by: str, asked: Asked, *, only_sql: bool) -> None:
    """Records, streaks, wins in a row, or who has improved."""
    known: dict[str, Callable[[View], Query]] = {
        "records": lambda view: records(of, view), "streaks": lambda view: streaks(of, by, view),
        "wins": won_streaks, "improved": lambda view: improved(of, view),
    }  # fmt: skip
    report(session, answer_to(session, asked, known[what]), only_sql=only_sql, words_of=_WORDS)


# ------------------------------------------------------------------------------------------------------------- contests


def contests_listed(session: Session, email: str | None) -> None:
    """The contests that whoever asks may know of; standings are asked for one by one."""
    with session.store().snapshot() as seen:
        found = kept.visible(seen, seen.viewer(email))
    if session.is_json:
        session.answer({"contests": [one.model_dump(mode="json", exclude={"final"}) for one in found]})
    elif not found:
        session.write(word(session, "no_contests"))
    else:
        session.table([_line(session, one) for one in found], _headed(session, "name measure from_on to_on who rule "
                                                                      "prizes is_open as_of".split()))  # fmt: skip


def _line(session: Session, one: Contest) -> dict[str, Any]:
    who = ", ".join((*one.teams, *one.reps)) or word(session, f"every_{one.unit}")
    labels = {"measure": measure(one.measure).label.text(session.lang), "rule": word(session, f"rule_{one.rule}")}
    return one.model_dump() | labels | {"who": who}


def _headed(session: Session, names: list[str]) -> dict[str, str]:
    return {name: word(session, f"head_{name}") for name in names}


def _check_changes(session: Session, email: str | None) -> None:
    """Refuse who may not make, settle or delete contests and trainings.

    Raises:
        RecognitionNotYours: the viewer does not see everything.
    """
    with session.store().snapshot() as seen:
        if not seen.viewer(email).sees_all:
            raise RecognitionNotYours


def made(session: Session, email: str | None, told: dict[str, Any]) -> None:
    """Make a contest and say so."""
    _check_changes(session, email)
    one = kept.make(session.store(), told)
    _say(session, "contest_made", one)


def settled(session: Session, email: str | None, name: str) -> None:
    """Freeze a standing and show it."""
    _check_changes(session, email)
    one = kept.settle(session.store(), name)
    _say(session, "contest_settled", one)


def forgotten(session: Session, email: str | None, name: str) -> None:
    """Take a contest away and say so."""
    _check_changes(session, email)
    _say(session, "contest_deleted", kept.forget(session.store(), name))


def _say(session: Session, code: str, one: Contest) -> None:
    if session.is_json:
        session.answer({"contest": one.model_dump(mode="json")})
    else:
        session.write(word(session, code, name=one.name, as_of=one.as_of))


def stood(session: Session, name: str, as_of: date | None, email: str | None, *, by_day: bool, only_sql: bool) -> None:
    """How a contest stands for whoever asks; a settled one as it was settled."""
    with session.store().snapshot() as seen:
        one, viewer = kept.contest(seen, name), seen.viewer(email)
        if one.final is not None and not by_day and not only_sql:
            _final(session, one, kept.final(seen, one, viewer))
            return
        standing, race, who = kept.asked(seen, one, _view(seen, as_of), viewer)
        shown = race if by_day else standing
        result = seen.ask(shown, who)
        labels = {name: known.label.text(session.lang) for name, known in catalog().dimensions.items()}
        notes = [remark.text(session.lang) for remark in result.notes]
        sql = shown.text(viewer=who) if viewer.sees_all or only_sql else ""
        answered = Answer(result.frame, notes, sql, shown, labels, viewer.sees_all)
    report(session, answered, only_sql=only_sql, words_of=_WORDS)


def _view(seen: Snapshot, as_of: date | None) -> View:
    day = seen.as_of
    if day is None:
        raise StoreHoldsNothing(path=str(seen.store.path))
    known = settings()
    view = View(as_of=day, fiscal_start=known.fiscal_start, week_start=known.week_start)
    return view.seen_on(as_of) if as_of else view


def _final(session: Session, one: Contest, listed: pl.DataFrame) -> None:
    rows = listed.to_dicts()
    if session.is_json:
        session.answer({"rows": rows, "as_of": one.as_of, "contest": one.name})
        return
    session.table(rows, _headed(session, ["rank", "member", "team", "value", "line", "score"]))
    session.write(word(session, "contest_settled", name=one.name, as_of=one.as_of))


# ------------------------------------------------------------------------------------------------------------ trainings


def trainings_listed(session: Session, email: str | None) -> None:
    """All trainings that whoever asks may see."""
    with session.store().snapshot() as seen:
        found = held.visible(seen, seen.viewer(email))
    if session.is_json:
        session.answer({"trainings": [one.model_dump(mode="json") for one in found]})
    elif not found:
        session.write(word(session, "no_trainings"))
    else:
        session.table([one.model_dump() for one in found], _headed(session, ["id", "training", "held_on", "reps"]))


def training_added(session: Session, email: str | None, name: str, held_on: date, reps: list[str]) -> None:
    """Keep a training and say so."""
    _check_changes(session, email)
    _told(session, "training_made", held.add(session.store(), name, held_on, reps))


def training_removed(session: Session, email: str | None, number: int) -> None:
    """Take a training away and say so."""
    _check_changes(session, email)
    _told(session, "training_deleted", held.remove(session.store(), number))


def _told(session: Session, code: str, one: Training) -> None:
    if session.is_json:
        session.answer({"training": one.model_dump(mode="json")})
    else:
        session.write(word(session, code, name=one.training, number=one.id, count=len(one.reps)))


def training_effect(session: Session, number: int, of: str, asked: Asked, *, only_sql: bool) -> None:
    """What a training has brought: everybody judged, and in a sentence what it comes to."""
    with session.store().snapshot() as seen:
        one, every = held.training(seen, number), held.trainings(seen)
    answered = answer_to(session, asked, lambda view: trained(of, one, view, every))
    found = None
    if answered.frame.height:
        found = outcome(answered.frame, is_rate=measure(of).ratio is not None)
    if session.is_json and not only_sql:
        effect = None if found is None else {name: _finite(value) for name, value in found._asdict().items()}
        session.answer({"rows": answered.frame.to_dicts(), "notes": answered.notes, "effect": effect})
        return
    report(session, answered, only_sql=only_sql, words_of=_WORDS)
    if found is not None and not only_sql:
        session.write(_in_words(session, found, of))


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _in_words(session: Session, found: Effect, of: str) -> str:
    """The effect in a sentence: points of a rate, or so much per working day."""
    is_rate = measure(of).ratio is not None
    values = {
        name: f"{100 * value:+.1f}" if is_rate else f"{value:+,.2f}"
        for name, value in (("effect", found.effect), ("low", found.low), ("high", found.high))
    }
    code = "effect_beyond" if found.low > 0 or found.high < 0 else "effect_none"
    unit = word(session, "unit_points" if is_rate else "unit_per_day")
    return word(session, code, measure=measure(of).label.text(session.lang), unit=unit, **values)
