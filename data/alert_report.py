"""What the command about the register of risks does, and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from data.review import alert_words as words
from data.review import limit_history
from data.review.alert_register import alert, change, history, on_day, ranked, register, shown, visible
from data.review.alert_rules import bounds, limits, set_limit
from data.review.alerts import Alert, bring_up, is_current, now_open
from data.review.errors import AlertInvalid, LimitInvalid
from data.wording import wording
from metrics.alerts import rules
from metrics.errors import fill, nearest

if TYPE_CHECKING:
    from datetime import date

    from data.store import Store
    from data.terminal import Session
    from metrics.viewer import Viewer


@dataclass(frozen=True)
class Wanted:
    """What the command was told. `said`: owner, plan and state of alert `number`. `limits`: texts RULE.NAME=N."""

    what: str = "list"
    number: int | None = None
    rule: str | None = None
    cleared: bool = False
    said: dict[str, str] = field(default_factory=dict)
    limits: tuple[str, ...] = ()
    as_of: date | None = None
    email: str | None = None


def alerts_report(session: Session, wanted: Wanted) -> None:
    """Write down what is to be written down, then answer.

    Raises:
        UnknownAlert, AlertInvalid, AlertsNotYours, LimitInvalid.
    """
    store = session.store()
    with store.snapshot() as seen:
        viewer = seen.viewer(wanted.email)
    if wanted.rule is not None and wanted.rule not in rules():
        raise AlertInvalid(what=f"{wanted.rule} ({nearest(wanted.rule, rules()) or ', '.join(rules())}?)")
    for text in wanted.limits:
        _set(store, viewer, text)
    is_past = wanted.as_of is not None
    if not is_past:
        bring_up(store)
    if wanted.said or wanted.what == "history":
        if wanted.number is None:
            raise AlertInvalid(what="ID")
        change(store, viewer, wanted.number, **wanted.said)
    {"list": _listed, "history": _history, "rules": _rules}[wanted.what](session, store, viewer, wanted)


def _set(store: Store, viewer: Viewer, text: str) -> None:
    name, _, value = text.partition("=")
    rule, _, limit = name.strip().partition(".")
    try:
        number = float(value) if value.strip() else None
    except ValueError as error:
        raise LimitInvalid(name=name.strip(), given=value.strip(), bounds=bounds(rule, limit)) from error
    set_limit(store, viewer, rule, limit, number)


def _listed(session: Session, store: Store, viewer: Viewer, wanted: Wanted) -> None:
    with store.snapshot() as seen:
        currency = seen.currency
        if wanted.as_of is not None:
            found = on_day(seen, viewer, wanted.as_of)
        elif is_current(seen) or wanted.cleared:
            found = register(seen, viewer, with_cleared=wanted.cleared)
            found = [one for one in found if one.is_open or wanted.cleared]
        else:
            found = ranked(visible(seen, viewer, now_open(seen)))
        is_dated = seen.as_of is not None
    found = [
        one for one in found if wanted.rule in {None, one.rule} and (wanted.number is None or one.id == wanted.number)
    ]
    if session.is_json:
        session.answer([_plain(one, session.lang, currency) for one in found])
        return
    if wanted.as_of is not None:
        session.write(words.word("computed", session.lang, day=wanted.as_of))
    if not found:
        session.write(words.word("nothing" if is_dated else "nothing_dated", session.lang))
        return
    rows = [_row(one, session.lang, currency) for one in found]
    session.table(rows, _heads(session, _LISTED if wanted.cleared else [n for n in _LISTED if n != "cleared_on"]))


_LISTED = [
    "id", "state", "rule", "subject", "raised_on", "cleared_on", "evidence", "amount", "chance", "owner", "plan",
]  # fmt: skip


def _heads(session: Session, names: list[str]) -> dict[str, str]:
    told = wording("review/alerts")["columns"]
    return {name: fill(told[name], session.lang, {}) for name in names}


def _row(one: Alert, lang: str, currency: str | None) -> dict[str, Any]:
    said = shown(one, lang, None, currency)
    return {
        "id": one.id, "state": said.state, "rule": said.rule, "subject": said.subject,
        "raised_on": f"≤ {one.raised_on}" if one.or_earlier else one.raised_on,
        "cleared_on": one.cleared_on, "evidence": said.evidence, "amount": one.amount, "chance": one.chance,
        "owner": one.owner, "plan": one.plan,
    }  # fmt: skip


def _plain(one: Alert, lang: str, currency: str | None) -> dict[str, Any]:
    """For programs: names as the register keeps them, the sentence in the language that was asked for."""
    said = shown(one, lang, None, currency)
    told = one.model_dump(exclude={"reps", "looks_after"})
    return {**told, "rule_label": said.rule, "subject_label": said.subject, "evidence": said.evidence}


def _history(session: Session, store: Store, viewer: Viewer, wanted: Wanted) -> None:
    with store.snapshot() as seen:
        number = wanted.number or 0
        one, found, currency = alert(seen, viewer, number), history(seen, viewer, number), seen.currency
    if session.is_json:
        session.answer(
            {"alert": _plain(one, session.lang, currency), "events": [event.model_dump() for event in found]}
        )
        return
    session.table([_row(one, session.lang, currency)], _heads(session, _LISTED))
    rows = [
        {"happened_on": event.happened_on, "said": words.happened(event, one.rule, session.lang, currency),
         "who": event.who}
        for event in found
    ]  # fmt: skip
    session.table(rows, _heads(session, ["happened_on", "said", "who"]))


def _rules(session: Session, store: Store, viewer: Viewer, wanted: Wanted) -> None:  # noqa: ARG001 - as all
    with store.snapshot() as seen:
        changed, last = limits(seen), limit_history.last(limit_history.changes(seen, "alerts"))
    rows: list[dict[str, Any]] = []
    for rule in rules().values():
        if wanted.rule not in {None, rule.id}:
            continue
        told = {"id": rule.id, "rule": rule.label.text(session.lang), "judged": rule.judged,
                "meaning": rule.meaning.text(session.lang)}  # fmt: skip
        rows += [
            {**told, "limit": f"{rule.id}.{name}", "value": changed.get(rule.id, {}).get(name, one.usual),
             "usual": one.usual, **_said_of(last.get(f"{rule.id}.{name}"))}
            for name, one in rule.limits.items()
        ] or [{**told, "limit": None, "value": None, "usual": None, **_said_of(None)}]  # fmt: skip
    if session.is_json:
        session.answer(rows)
        return
    judged = wording("review/alerts")["judged"]
    for row in rows:
        row["judged"] = fill(judged[row["judged"]], session.lang, {})
    session.table(rows, _heads(session, ["rule", "judged", "limit", "value", "usual", "since", "who"]))


def _said_of(change: limit_history.Change | None) -> dict[str, Any]:
    """Since when a limit is as it is, who changed it, and what it was."""
    if change is None:
        return {"since": None, "who": None, "before": None}
    return {"since": change.noted_at.date(), "who": change.who, "before": change.was}
