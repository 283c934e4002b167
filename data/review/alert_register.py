"""The register of risks as a viewer may see it: alerts, their history, and what people say of them.

An alert is for whoever may see its subject: a salesperson, a customer or a deal in their scope, a team of theirs; the
company's and the data's are for those who see everything. How much is at stake of a customer of whom others have rows,
too, is not told; nor what a rule tells by what everybody does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from data.clock import now
from data.review import alert_words as words
from data.review import limit_history
from data.review.alert_rules import fired, source, stake, view_on
from data.review.alerts import (
    STATES,
    Alert,
    Event,
    events,
    everything,
    is_current,
    now_open,
    of_number,
    settled,
)
from data.review.chapter import Subject
from data.review.errors import AlertInvalid, UnknownAlert
from metrics.alerts import rules

if TYPE_CHECKING:
    from datetime import date

    from data.review.chapter import Source
    from data.store import Snapshot, Store
    from metrics.view import View
    from metrics.viewer import Viewer

MOST_LETTERS, MOST_CLEARED = 4_000, 500


class Shown(NamedTuple):
    """An alert in words. `about`: what a decision can be about. `source`: the rows that it stands on."""

    alert: Alert
    rule: str
    subject: str
    evidence: str
    state: str
    about: Subject
    source: Source | None


def visible(seen: Snapshot, viewer: Viewer, alerts: Iterable[Alert]) -> list[Alert]:
    """Those that a viewer may see, without what is not theirs to know."""
    listed = list(alerts)
    if viewer.sees_all:
        return listed
    people = set(_named(seen, "select rep from crm.reps where rep_key in (select unnest($keys))", viewer))
    own = "(select unnest($keys)) and {0} in (select unnest($names))"
    customers = set(_named(
        seen, f"select customer from crm.customers where rep_key in {own.format('customer')}", viewer,
        [one.subject for one in listed if one.kind == "customer"],
    ))  # fmt: skip
    named = {"names": [one.subject for one in listed if one.kind == "deal" and one.subject is not None]}
    owned = seen.frame("select deal_id, team, rep_key from crm.deals where deal_id in (select unnest($names))", named)
    deals = {deal for deal, team, rep in owned.iter_rows() if viewer.sees(team, rep)}
    known = {"rep": people, "customer": customers, "deal": deals, "team": set(viewer.teams)}
    came = set(_named(seen, _CAME, viewer, viewer.teams)) if viewer.scope == "teams" else set[str]()
    return [
        _for(viewer, one, is_new=one.kind == "rep" and one.subject in came)
        for one in listed
        if one.subject in known.get(one.kind, ()) and one.rule in rules() and rules()[one.rule].told_to != "all"
    ]


_CAME = """
select distinct reps.rep from crm.reps join crm.rep_teams as m on m.rep_key = reps.rep_key
where reps.rep_key in (select unnest($keys)) and m.team not in (select unnest($names))
    and m.to_on > (select max(as_of) from ops.uploads where not is_undone) - interval 1 year
"""
"""Who was in another team within the last year, which is as far back as an alert looks."""


def _named(seen: Snapshot, sql: str, viewer: Viewer, names: Sequence[str | None] | None = None) -> list[str]:
    params: dict[str, object] = {"keys": list(viewer.rep_keys)}
    if names is not None:
        params["names"] = [name for name in names if name is not None]
    return seen.frame(sql, params).to_series().to_list()


def _for(viewer: Viewer, one: Alert, *, is_new: bool = False) -> Alert:
    """Without what tells of others. `is_new`: it is about somebody some of whose work was in a team out of scope.

    The number of a team is that of everybody who was in it then, wherever they are today.
    """
    rule = rules()[one.rule]
    mine = {*viewer.rep_keys, *(viewer.named if one.kind == "team" else ())}
    if rule.told_to == "bare" or is_new or not set(one.reps) <= mine:
        return one.model_copy(update={"values": {}, "amount": None, "chance": None, "is_part": True})
    values = {name: value for name, value in one.values.items() if name not in rule.of_all}
    return one.model_copy(update={"values": values, "chance": None if "chance" in rule.of_all else one.chance})


def register(seen: Snapshot, viewer: Viewer, *, with_cleared: bool = False) -> list[Alert]:
    """The alerts of the register, open ones first, most at stake first; of cleared ones the last MOST_CLEARED."""
    return ranked(visible(seen, viewer, everything(seen, MOST_CLEARED if with_cleared else 0)))


def open_now(seen: Snapshot, viewer: Viewer) -> int | None:
    """How many open alerts the register holds for a viewer; None where it is behind the data."""
    if seen.as_of is None or not is_current(seen):
        return None
    return sum(one.is_open for one in register(seen, viewer))


def ranked(alerts: Iterable[Alert]) -> list[Alert]:
    """Open ones first, then most at stake (times its probability, where both are known); each thing told once."""
    return sorted(
        told_once(alerts), key=lambda one: (not one.is_open, -stake(one.amount, one.chance), one.raised_on, one.id)
    )


def told_once(alerts: Iterable[Alert]) -> list[Alert]:
    """Without people who are told with their team, where the team's alert is among them and stands as theirs does."""
    listed = list(alerts)
    teams = {(one.rule, one.subject, one.cleared_on is None) for one in listed if one.kind == "team"}
    return [
        one for one in listed
        if one.kind != "rep" or (one.rule, one.values.get("of_team"), one.cleared_on is None) not in teams
    ]  # fmt: skip


def on_day(seen: Snapshot, viewer: Viewer, day: date | None = None) -> list[Alert]:
    """What fires on a day, told anew by the data; the register is neither read nor written."""
    return ranked(_on_day(seen, viewer, day))


def _on_day(seen: Snapshot, viewer: Viewer, day: date | None) -> list[Alert]:
    at = day or seen.as_of
    if at is None:
        return []
    alerts, _ = settled([], *fired(seen, at), at)
    return visible(seen, viewer, alerts)


def alert(seen: Snapshot, viewer: Viewer, number: int) -> Alert:
    """The alert of this number.

    Raises:
        UnknownAlert: there is none that the viewer may see.
    """
    known = of_number(seen, number)
    found = visible(seen, viewer, [known]) if known is not None else []
    if not found:
        raise UnknownAlert(id=number)
    return found[0]


def history(seen: Snapshot, viewer: Viewer, number: int) -> list[Event]:
    """What happened to an alert, the latest first; numbers as far as they are this viewer's to know.

    Raises:
        UnknownAlert: there is none that the viewer may see.
    """
    one = alert(seen, viewer, number)
    hidden = () if viewer.sees_all or one.rule not in rules() else rules()[one.rule].of_all
    found = events(seen, number)
    of_limits = _limited(seen, one, found)
    if one.is_part:
        found = [event.model_copy(update={"values": {}, "amount": None, "chance": None}) for event in found]
    elif hidden:
        found = [
            event.model_copy(
                update={"values": {k: v for k, v in event.values.items() if k not in hidden}, "chance": None}
            )
            for event in found
        ]
    return sorted([*of_limits, *found], key=lambda event: event.noted_at, reverse=True)


def _limited(seen: Snapshot, one: Alert, found: Sequence[Event]) -> list[Event]:
    """What people changed about its rule's limits since it was raised; on the store's day that was known then."""
    told = []
    for change in limit_history.changes(seen, "alerts"):
        before = next((event for event in found if event.noted_at <= change.noted_at), None)
        if before is not None and change.name.partition(".")[0] == one.rule:
            values = change.model_dump(mode="json")
            told.append(
                Event(alert_id=one.id, happened_on=before.happened_on, event="limit", values=values, who=change.who,
                      noted_at=change.noted_at)
            )  # fmt: skip
    return told


def shown(one: Alert, lang: str, view: View | None = None, currency: str | None = None) -> Shown:
    """An alert in words.

    Args:
        view: the store's, so that its rows can be opened as they were on the day of its evidence.
    """
    kind = one.kind if one.kind in ("deal", "rep", "customer") else "none"
    name = words.subject(one, lang)
    about = Subject(kind, one.subject if kind != "none" else None, name)  # type: ignore[arg-type]
    rule = rules().get(one.rule)
    rows = None
    if view is not None and rule is not None and not one.is_part:
        rows = source(view.seen_on(min(one.seen_on, view.as_of)), rule, one.kind, one.subject, one.values)
    said = words.evidence(one.rule, one.values, lang, currency, is_part=one.is_part)
    return Shown(one, words.rule_name(one.rule, lang), name, said, words.state(one.state, lang), about, rows)


def open_alerts(seen: Snapshot, viewer: Viewer, view: View, lang: str) -> list[Shown]:
    """The open alerts of the view's day that its filters of team, salesperson and customer leave, most at stake first.

    As the register has them; where it is behind the data, or the day is an earlier one, as the data tell.
    """
    is_past = seen.as_of is not None and view.as_of < seen.as_of
    found = _on_day(seen, viewer, view.as_of) if is_past else visible(seen, viewer, now_open(seen))
    plain = view_on(seen, view.as_of)
    return [shown(one, lang, plain, seen.currency) for one in ranked(_chosen(seen, found, view))]


def _chosen(seen: Snapshot, alerts: Sequence[Alert], view: View) -> list[Alert]:
    """Those of the people, teams and customers that the view is filtered by."""
    wanted = {name: set(values) for name, values in view.filters if name in ("team", "rep", "customer") and values}
    if not wanted:
        return list(alerts)
    teams = dict(seen.frame("select rep, team from crm.reps").iter_rows())
    found = []
    for one in alerts:
        person = one.subject if one.kind == "rep" else one.looks_after if one.kind in ("customer", "deal") else None
        told = {
            "team": one.subject if one.kind == "team" else teams.get(person or ""), "rep": person,
            "customer": one.subject if one.kind == "customer" else one.values.get("customer"),
        }  # fmt: skip
        if all(told[name] in values for name, values in wanted.items()):
            found.append(one)
    return found


# --------------------------------------------------------------------------------------------------------------- saying


def change(
    store: Store, viewer: Viewer, number: int, *, owner: str | None = None, plan: str | None = None,
    state: str | None = None,
) -> Alert:  # fmt: skip
    """Say whose an alert is, what is planned, or how it stands; what is None stays, an empty text clears.

    Raises:
        UnknownAlert: there is none that the viewer may see. AlertInvalid: no such state, or too long a text.
    """
    if state is not None and state not in STATES:
        raise AlertInvalid(what=state)
    given = {"owner": owner, "plan": plan, "state": state}
    said = {name: value.strip() for name, value in given.items() if value is not None}
    if too_long := next((name for name, value in said.items() if len(value) > MOST_LETTERS), None):
        raise AlertInvalid(what=too_long)
    with store.snapshot() as seen:
        before = alert(seen, viewer, number)
    said = {name: value for name, value in said.items() if value != (getattr(before, name) or "")}
    if not said:
        return before
    when = now()
    with store.noting() as cursor:
        for name, value in said.items():
            cursor.execute(
                f"update ops.alerts set {name} = $value where id = $id", {"value": value or None, "id": number}
            )
            cursor.execute(
                "insert into ops.alert_events (alert_id, happened_on, event, remark, who, noted_at)"
                " select id, greatest(seen_on, coalesce(cleared_on, seen_on)), $event, $remark, $who, $at"
                " from ops.alerts where id = $id",
                {"event": name, "remark": value or None, "who": viewer.email or None, "at": when, "id": number},
            )
    return before.model_copy(update={name: value or None for name, value in said.items()})
