"""Decisions: what was decided before and what became of it, and what is decided today."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from data import numerals
from data.punctuation import enumerated
from data.review.action_words import expected_of, promise_of, said_of, subject_of
from data.review.action_words import outcome_of as outcome_in_words
from data.review.action_words import word as word_of
from data.review.actions import standings
from data.review.chapter import Chapter, Head, Listing, Picture, Series, Subject, Value
from data.wording import wording
from metrics.errors import fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.review.chapter import Asked
    from data.review.decided import Standing

MOST = 12
"""So many decisions are listed; the others are counted."""
_SHOWN = ("overdue", "failed", "not_moved", "moved", "unknown", "done", "dropped")
_GOOD = {"overdue": "bad", "failed": "bad", "done": "good"}
_HEADS = ("outcome", "about", "what", "owner", "due_on", "evidence")


def chapter(asked: Asked) -> Chapter:
    """What became of the decisions that were open on the day of the last review, and what was decided since."""
    before, new = earlier_and_new(asked)
    every = [*before, *new]
    notes = () if asked.viewer.sees_all else (_text("hidden", asked),)
    return Chapter(
        step="decisions",
        title=_text("title", asked),
        finding=_finding(asked, before),
        is_good=_is_good(before),
        further=_further(asked, before, new),
        values=_values(asked, before, every),
        pictures=(_picture(asked, before),) if before else (),
        lists=tuple(
            _listing(asked, name, listed) for name, listed in (("before", before), ("new", new)) if listed
        ),
        notes=notes,
    )  # fmt: skip


def earlier_and_new(asked: Asked) -> tuple[list[Standing], list[Standing]]:
    """The decisions to look back on, and those of today, each with what became of it; overdue ones first.

    Of today are those made with the data of the day that belong to no review that is over. Those that were over before
    the day of the last review are in neither.
    """
    seen, day = asked.seen, asked.view.as_of
    now = standings(seen, asked.viewer, day=day, team=asked.team)
    was = standings(seen, asked.viewer, day=asked.since, team=asked.team)
    over = {one.action.id for one in was if not one.is_open}
    held = set(seen.frame("select id from ops.reviews where state = 'held'")["id"])
    new = [one for one in now if one.action.decided_on == day and one.action.review_id not in held]
    of_today = {one.action.id for one in new}
    before = [one for one in now if one.action.id not in of_today and one.action.id not in over]
    return before, new


def _finding(asked: Asked, before: Sequence[Standing]) -> str:
    if not before:
        return _text("finding_none", asked)
    counts = Counter(one.outcome for one in before)
    if len(before) == 1:
        return _text("finding_one", asked, parts=outcome_in_words(before[0], asked.lang))
    parts = enumerated(
        (_text("part", asked, count=counts[name], outcome=word_of("outcomes", name, asked.lang))
        for name in ("done", "moved", "not_moved", "overdue", "failed", "unknown", "dropped") if counts[name]),
        asked.lang,
    )  # fmt: skip
    return _text("finding_many", asked, count=len(before), parts=parts)


def _is_good(before: Sequence[Standing]) -> bool | None:
    """Bad where anything is overdue or cannot come any more; good where all is done; else neither."""
    outcomes = {one.outcome for one in before}
    return False if outcomes & {"overdue", "failed"} else True if outcomes == {"done"} else None


def _further(asked: Asked, before: Sequence[Standing], new: Sequence[Standing]) -> tuple[str, ...]:
    late = sum(one.outcome == "done" and one.by_hand is None and one.told.is_late for one in before)
    by_hand = sum(one.by_hand is not None for one in before)
    said = [_text("late", asked, count=late)] if late else []
    said += [_text("by_hand", asked, count=by_hand)] if by_hand else []
    if new:
        said.append(_text("new_one" if len(new) == 1 else "new_many", asked, count=len(new)))
    return tuple(said)


def _values(asked: Asked, before: Sequence[Standing], every: Sequence[Standing]) -> tuple[Value, ...]:
    counts = {
        "open": sum(one.is_open for one in every),
        "overdue": sum(one.outcome == "overdue" for one in before),
        "done": sum(one.outcome == "done" for one in before),
    }
    return tuple(
        Value(
            label=_text(f"label_{name}", asked), value=float(count), unit="count",
            meaning=_text(f"meaning_{name}", asked),
            better={"done": "higher", "overdue": "lower", "open": None}[name],
        )
        for name, count in counts.items()
    )  # fmt: skip


def _picture(asked: Asked, before: Sequence[Standing]) -> Picture:
    counts = Counter(one.outcome for one in before)
    names = [name for name in _SHOWN if counts[name]]
    return Picture(
        name="decisions", title=_text("course", asked), rule=_rule(asked, "before"), kind="bars",
        labels=tuple(word_of("outcomes", name, asked.lang) for name in names),
        series=(Series(_text("title", asked), tuple(float(counts[name]) for name in names)),),
        unit="count",
        colours=tuple(_GOOD.get(name, "plain") for name in names),  # type: ignore[misc]
    )  # fmt: skip


def _listing(asked: Asked, name: str, listed: Sequence[Standing]) -> Listing:
    shown = listed[:MOST]
    return Listing(
        name=name,
        title=_text(name, asked),
        rule=_rule(asked, name),
        heads=tuple(
            Head(head, word_of("columns", head, asked.lang), "day" if head == "due_on" else "text") for head in _HEADS
        ),
        rows=tuple(_row(asked, one) for one in shown),
        subjects=tuple(Subject(one.action.kind, one.action.subject, one.action.label) for one in shown),
        more=len(listed) - len(shown),
    )


def _row(asked: Asked, one: Standing) -> tuple[Any, ...]:
    made, lang = one.action, asked.lang
    promise, expected = promise_of(made, lang, asked.currency, with_due=False), expected_of(made, lang, asked.currency)
    what = f"{promise} ({expected})" if made.what and expected else promise
    return (
        outcome_in_words(one, lang), subject_of(made, lang), what, made.owner or numerals.NOTHING, made.due_on,
        said_of(one, lang, asked.currency),
    )  # fmt: skip


def _rule(asked: Asked, name: str) -> str:
    days = {"since": numerals.day(asked.since, asked.lang), "day": numerals.day(asked.view.as_of, asked.lang)}
    return _text(f"{name}_rule", asked, **days)


def _text(name: str, asked: Asked, **values: object) -> str:
    return fill(wording("review/steps/decisions")[name], asked.lang, values)
