"""What the commands about the weekly review answer: its chapters as text or as data, and the reviews there were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from data.numerals import written
from data.review import held
from data.review.agenda import agenda, steps
from data.review.alerts import bring_up
from data.review.asking import asked, usual_view
from data.review.chapters import chapter
from data.review.errors import UnknownStep
from data.wording import wording
from metrics.errors import fill, nearest
from metrics.sentence import day_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from data.review.chapter import Asked, Chapter, Listing
    from data.review.held import Review
    from data.store import Snapshot
    from data.terminal import Session


@dataclass(frozen=True)
class Wanted:
    """The options of the commands, as in data/review_commands.py."""

    team: str | None = None
    since: date | None = None
    steps: tuple[str, ...] = ()
    as_of: date | None = None
    email: str | None = None


def review_report(session: Session, wanted: Wanted) -> None:
    """The chapters of a review, as it would be said now.

    Raises:
        UnknownStep, and what `data.review.asking.asked` raises.
    """
    for name in wanted.steps:
        if name not in steps():
            raise UnknownStep(name=name, suggestion=nearest(name, steps()), known=", ".join(steps()))
    store = session.store()
    with store.snapshot() as seen:
        seen.viewer(wanted.email)  # who may not look on is refused before anything is written
    if not wanted.steps or "customers" in wanted.steps:
        bring_up(store)
    with store.snapshot() as seen:
        of = _asked(seen, wanted, session.lang)
        told = list(_chapters(of, wanted.steps))
        if session.is_json:
            session.answer(_as_data(of, told))
            return
        session.write(_word("head", session.lang, view=of.view.sentence(session.lang), since=_day(of.since, session)))
        for one in told:
            _print(session, one, of.currency)


def reviews_report(session: Session, wanted: Wanted, *, begins: bool, ends: int | None, drops: int | None) -> None:
    """The reviews that the viewer may read, the latest first; before that one is begun, ended or dropped.

    Raises:
        What `data.review.held` raises.
    """
    store = session.store()
    with store.snapshot() as seen:
        viewer = seen.viewer(wanted.email)
        of = _asked(seen, wanted, session.lang) if begins else None
    if of is not None:
        held.begin(store, viewer, of)
    if ends is not None:
        held.end(store, viewer, ends)
    if drops is not None:
        held.drop(store, viewer, drops)
    with store.snapshot() as seen:
        known = held.reviews(seen, viewer)
    if session.is_json:
        session.answer({"reviews": [one.model_dump(exclude={"agenda", "last_upload"}) for one in known]})
    elif known:
        session.table([_row(one, session.lang) for one in known], _columns(session.lang))
    else:
        session.write(_word("no_reviews", session.lang))


def as_data(told: Chapter) -> dict[str, Any]:
    """A chapter as plain data; the questions behind its numbers are left out, `ask` says the same."""
    return {
        "step": told.step,
        "title": told.title,
        "finding": told.finding,
        "is_good": told.is_good,
        "further": list(told.further),
        "values": [_without(vars(value), "source") for value in told.values],
        "pictures": [
            {
                "name": one.name, "title": one.title, "rule": one.rule, "kind": one.kind, "unit": one.unit,
                "labels": list(one.labels), "colours": list(one.colours),
                "series": [{"name": name, "values": list(values), "role": role} for name, values, role in one.series],
            }
            for one in told.pictures
        ],
        "lists": [
            {
                "name": one.name, "title": one.title, "rule": one.rule, "more": one.more,
                "heads": [head._asdict() for head in one.heads],
                "rows": [list(row) for row in one.rows],
                "subjects": [subject._asdict() for subject in one.subjects],
            }
            for one in told.lists
        ],
        "notes": list(told.notes),
    }  # fmt: skip


def _without(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key != name}


def _asked(seen: Snapshot, wanted: Wanted, lang: str) -> Asked:
    view = None
    if wanted.as_of is not None and seen.as_of is not None:
        view = usual_view(seen.as_of).seen_on(wanted.as_of)
    return asked(seen, seen.viewer(wanted.email), lang, view=view, since=wanted.since, team=wanted.team)


def _chapters(of: Asked, names: Sequence[str]) -> Iterator[Chapter]:
    """Those that are asked for, else all that are on; in the company's order."""
    for planned in agenda(of.seen):
        if planned.id in names or (not names and planned.is_on):
            yield chapter(planned, of)


def _as_data(of: Asked, told: Sequence[Chapter]) -> dict[str, Any]:
    period = of.view.period
    return {
        "as_of": of.view.as_of,
        "since": of.since,
        "last_held": of.last_held,
        "team": of.team,
        "from": period.from_on if period else None,
        "to": period.to_on if period else None,
        "currency": of.currency,
        "chapters": [as_data(one) for one in told],
    }


# ------------------------------------------------------------------------------------------------------------- as text


def _word(key: str, lang: str, **params: object) -> str:
    return fill(wording("review/report")[key], lang, params)


def _day(day: date, session: Session) -> str:
    return day_in_words(day, session.lang)


def _print(session: Session, told: Chapter, currency: str | None) -> None:
    lang = session.lang
    session.write("")
    session.write(f"## {told.title}")
    session.write(told.finding)
    for line in told.further:
        session.write(f"- {line}")
    if told.values:
        heads = {name: _word(name, lang) for name in ("number", "value", "before")}
        session.table(
            [
                {
                    "number": one.label,
                    "value": written(one.value, one.unit, lang, currency),
                    "before": f"{written(one.before, one.unit, lang, currency)} ({one.before_label})"
                    if one.before is not None
                    else None,
                }
                for one in told.values
            ],
            heads if any(one.before is not None for one in told.values) else _without(heads, "before"),
        )
    for listing in told.lists:
        _print_list(session, listing, currency)
    for note in told.notes:
        session.write(f"* {note}")


def _print_list(session: Session, listing: Listing, currency: str | None) -> None:
    session.write(listing.title)
    rows = [
        {head.name: _cell(value, head.unit, session.lang, currency)
         for head, value in zip(listing.heads, row, strict=True)}
        for row in listing.rows
    ]  # fmt: skip
    session.table(rows, {head.name: head.label for head in listing.heads})
    if listing.more:
        session.write(_word("more", session.lang, more=listing.more))


def _cell(value: object, unit: str, lang: str, currency: str | None) -> object:
    if isinstance(value, date):
        return day_in_words(value, lang)
    if unit not in ("text", "day") and isinstance(value, int | float):
        return written(value, unit, lang, currency)
    return value


def _columns(lang: str) -> dict[str, str]:
    return {
        name: _word(f"column_{name}", lang) for name in ("id", "held_on", "as_of", "since", "team", "state", "chair")
    }


def _row(one: Review, lang: str) -> dict[str, object]:
    return {
        **one.model_dump(include={"id", "held_on", "as_of", "since", "chair"}),
        "team": one.team or _word("all", lang),
        "state": _word(f"state_{one.state}", lang),
    }
