"""What the command about decisions answers."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from data.review import actions, deciding
from data.review.action_words import check_of, evidence_of, expected_of, outcome_of, promise_of, said_of, subject_of
from data.review.action_words import word as said_as
from data.review.decided import Check, Standing
from data.review.errors import AgendaNotYours
from data.review.outcomes import outcomes

if TYPE_CHECKING:
    from data.store import Snapshot
    from data.terminal import Session

_COLUMNS = ("id", "outcome", "about", "what", "owner", "due_on", "evidence")


class Wanted(NamedTuple):
    """A decision as the command was told it. `expect`: an outcome, with the value of its first parameter after =."""

    what: str
    kind: str
    subject: str | None
    owner: str | None
    due_on: date | None
    expect: str | None
    given: tuple[str, ...]
    review: int | None


def listed(session: Session, email: str | None, day: date | None, team: str | None, *, only_open: bool) -> None:
    """The decisions that a viewer may be told of, and what became of each."""
    with session.store().snapshot() as seen:
        every = actions.standings(seen, seen.viewer(email), day=day, team=team)
        shown = [one for one in every if one.is_open or not only_open]
        rows = [_row(session, seen, one) for one in shown]
        today = day or seen.as_of
    counts = Counter(one.outcome for one in every)
    if session.is_json:
        session.answer({"actions": rows, "counts": dict(counts), "as_of": today})
        return
    if not rows:
        session.write(_word(session, "says", "nothing"))
        return
    session.table(rows, {name: _word(session, "columns", name) for name in _COLUMNS})


def added(session: Session, email: str | None, wanted: Wanted) -> None:
    """Write a decision down, and say what is expected of it."""
    store = session.store()
    with store.snapshot() as seen:
        viewer = seen.viewer(email)
    outcome, _, value = (wanted.expect or "").partition("=")
    given = {name.strip(): text for name, _, text in (one.partition("=") for one in wanted.given)}
    if value and outcome in outcomes() and outcomes()[outcome].parameters:
        given = {next(iter(outcomes()[outcome].parameters)): value, **given}
    made = deciding.add(
        store, viewer, what=wanted.what, kind=wanted.kind, subject=wanted.subject, owner=wanted.owner,
        due_on=wanted.due_on, outcome=outcome or None, given=given, review_id=wanted.review,
    )  # fmt: skip
    with store.snapshot() as seen:
        _told(session, seen, actions.action(seen, viewer, made.id))


def said(session: Session, email: str | None, number: int, outcome: str, remark: str) -> None:
    """Say by hand what became of a decision."""
    store = session.store()
    with store.snapshot() as seen:
        viewer = seen.viewer(email)
    _after(session, actions.say(store, viewer, number, outcome, remark))


def taken_back(session: Session, email: str | None, number: int) -> None:
    """Take back the last word by hand."""
    store = session.store()
    with store.snapshot() as seen:
        viewer = seen.viewer(email)
    _after(session, actions.take_back(store, viewer, number))


def verdicts_kept(session: Session, email: str | None) -> None:
    """Keep what the data say today: of everything, so only for those who see everything."""
    store = session.store()
    with store.snapshot() as seen:
        if not seen.viewer(email).sees_all:
            raise AgendaNotYours
    count = actions.keep_verdicts(store)
    if session.is_json:
        session.answer({"kept": count})
    else:
        session.write(_word(session, "says", "kept", count=count))


def history_listed(session: Session, email: str | None, number: int) -> None:
    """What was kept of a decision, the latest first."""
    with session.store().snapshot() as seen:
        viewer = seen.viewer(email)
        rows = [_kept(session, seen, one) for one in actions.history(seen, viewer, number)]
        stands = _row(session, seen, actions.action(seen, viewer, number))
    if session.is_json:
        session.answer({"action": stands, "history": rows})
        return
    session.write(stands["words"])
    if rows:
        names = ("checked_on", "said_by", "evidence", "noted_at")
        session.table(rows, {name: _word(session, "columns", name) for name in names})


def outcomes_listed(session: Session) -> None:
    """What can be expected, of what, with which parameters."""
    rows = [
        {"id": one.id, "kinds": list(one.kinds), "label": one.label.text(session.lang),
         "parameters": {name: {"type": known.type, "choices": list(known.choices)}
                        for name, known in one.parameters.items()}}
        for one in outcomes().values()
    ]  # fmt: skip
    if session.is_json:
        session.answer({"outcomes": rows})
        return
    heads = {"id": "--expect", "label": _word(session, "columns", "outcome"), "of": _word(session, "columns", "about"),
             "with": "--with"}  # fmt: skip
    session.table(
        [{"id": row["id"], "label": row["label"], "of": row["kinds"], "with": list(row["parameters"])} for row in rows],
        heads,
    )


def _after(session: Session, stands: Standing) -> None:
    with session.store().snapshot() as seen:
        _told(session, seen, stands)


def _told(session: Session, seen: Snapshot, stands: Standing) -> None:
    row = _row(session, seen, stands)
    if session.is_json:
        session.answer({"action": row})
    else:
        session.write(f"{row['id']} · {row['words']}")


def _row(session: Session, seen: Snapshot, one: Standing) -> dict[str, Any]:
    """A decision for JSON and for people: facts first, then words."""
    made, lang, currency = one.action, session.lang, seen.currency
    about, promise = subject_of(made, lang), promise_of(made, lang, currency, with_due=False)
    row: dict[str, Any] = {
        **made.model_dump(mode="json", include={"id", "review_id", "kind", "subject", "owner", "decided_on", "who"}),
        "label": made.label, "what": made.what, "due_on": made.due_on, "state": made.state,
        "expected": made.expected.model_dump() if made.expected else None, "outcome": one.outcome,
        "is_open": one.is_open, "is_late": one.told.is_late, "met_on": one.told.met_on,
        "data": {"outcome": one.told.outcome, "evidence": evidence_of(one.told.evidence, lang, currency),
                 "reach": one.told.reach},
        "by_hand": None if one.by_hand is None else _by_hand(one.by_hand), "about": about,
    }  # fmt: skip
    whole = promise_of(made, lang, currency)
    row["words"] = f"{about} · {whole} · {outcome_of(one, lang)} · {said_of(one, lang, currency)}"
    if not session.is_json:
        expected = expected_of(made, lang, currency)
        row |= {"outcome": outcome_of(one, lang), "evidence": said_of(one, lang, currency)}
        row["what"] = f"{promise} ({expected})" if made.what and expected else promise
    return row


def _by_hand(one: Check) -> dict[str, Any]:
    return {"outcome": one.outcome, "remark": one.remark, "who": one.who, "checked_on": one.checked_on,
            "noted_at": one.noted_at}  # fmt: skip


def _kept(session: Session, seen: Snapshot, one: Check) -> dict[str, Any]:
    who = one.who or _word(session, "says", "somebody" if one.is_by_hand else "data")
    return {
        "checked_on": one.checked_on, "outcome": one.outcome, "is_by_hand": one.is_by_hand, "who": one.who,
        "remark": one.remark, "said_by": who, "evidence": check_of(one, session.lang, seen.currency),
        "noted_at": one.noted_at,
    }  # fmt: skip


def _word(session: Session, group: str, name: str, **values: object) -> str:
    return said_as(group, name, session.lang, **values)
