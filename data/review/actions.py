"""What was decided in reviews and between them, and what became of it: kept in ops.actions and ops.action_checks.

What the data say of a decision is worked out whenever somebody looks (data/review/judging.py) and kept only now and
then: when a review is ended, when somebody decides otherwise by hand, or when a scheduler asks for it. What people say
stands before what the data say, and both are shown. Rows are only ever added, so that everything can be taken back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from data.clock import now
from data.effects import unsaved
from data.errors import StoreHoldsNothing
from data.review import deal_outcomes, judging, other_outcomes  # noqa: F401 - the checks register themselves
from data.review.course import Course, courses
from data.review.decided import BY_HAND, TAKEN_BACK, Action, Check, Said, Standing, Verdict
from data.review.deciding import MOST_LETTERS
from data.review.errors import ActionOver, NothingByHand, RemarkTooLong, UnknownAction, UnknownVerdict
from data.review.subjects import in_scope, own_people, sees_evidence, visible
from data.viewers import of_team
from metrics.errors import nearest
from metrics.viewer import EVERYTHING

if TYPE_CHECKING:
    import duckdb

    from data.store import Snapshot, Store
    from metrics.viewer import Viewer

_ORDER = {"overdue": 0, "failed": 1, "not_moved": 2, "moved": 3, "unknown": 4, "done": 5, "dropped": 6}
_HIDDEN = (Said("hidden"),)
_remembered: WeakKeyDictionary[Store, tuple[int, dict[tuple[date, str], Verdict]]] = WeakKeyDictionary()
"""Verdicts by the day they are of and what was decided, of the facts of a store as they are."""


# -------------------------------------------------------------------------------------------------------------- reading


def standings(seen: Snapshot, viewer: Viewer, *, day: date | None = None, team: str | None = None) -> list[Standing]:
    """Every decision that a viewer may be told of and what became of it, open ones first, overdue before all.

    Args:
        day: looked at from this day, by default the store's; decisions of later days are left out.
        team: only those about a team and those below it, or made in its reviews.
    """
    today = day or seen.as_of
    if today is None:
        return []
    listed = [one for one in visible(seen, viewer, _all(seen)) if one.decided_on <= today]
    if team is not None:
        listed = _of_team(seen, listed, team)
    return sorted(_judged(seen, viewer, listed, today), key=_rank)


def about(seen: Snapshot, viewer: Viewer, kind: str, subject: str) -> list[Standing]:
    """The open decisions about one deal, salesperson or customer."""
    today = seen.as_of
    if today is None:
        return []
    mine = [one for one in _all(seen) if (one.kind, one.subject) == (kind, subject)]
    return [one for one in _judged(seen, viewer, visible(seen, viewer, mine), today) if one.is_open]


def open_actions(seen: Snapshot, viewer: Viewer, *, team: str | None = None) -> int:
    """How many decisions are open, of those that a viewer may be told of."""
    return sum(one.is_open for one in standings(seen, viewer, team=team))


def action(seen: Snapshot, viewer: Viewer, number: int, day: date | None = None) -> Standing:
    """One decision and what became of it.

    Raises:
        UnknownAction: there is none of this number, or not for this viewer.
    """
    listed = visible(seen, viewer, [one for one in _all(seen) if one.id == number])
    today = day or seen.as_of
    if not listed or today is None:
        raise UnknownAction(id=number)
    return _judged(seen, viewer, listed, today)[0]


def history(seen: Snapshot, viewer: Viewer, number: int) -> list[Check]:
    """What was kept of a decision, the latest first.

    Raises:
        UnknownAction: there is none of this number, or not for this viewer.
    """
    one = action(seen, viewer, number).action
    kept = _checks(seen, (number,)).get(number, [])
    is_seen = one.id in in_scope(seen, viewer, [one]) and sees_evidence(viewer, one, own_people(seen, viewer))
    return [row if is_seen or row.is_by_hand else row.model_copy(update={"evidence": _HIDDEN}) for row in kept[::-1]]


def _all(seen: Snapshot) -> list[Action]:
    """Every decision, the first one first; people and customers by their names of today."""
    rows = list(seen.frame("select * from ops.actions order by id").iter_rows(named=True))
    made = [Action.model_validate(row) for row in rows]
    members = {kind: _members(seen, kind, made) for kind in ("rep", "customer")}
    return [_named(one, members) for one in made]


_ALIASES = "select alias, canonical from ops.aliases where kind = $kind"


def _members(seen: Snapshot, kind: str, made: Sequence[Action]) -> dict[str, tuple[int, str]]:
    """Key and name of today of those that decisions are about, by their name then.

    A member keeps its key while it keeps its id or name; whoever was renamed or joined to another is found by that.
    """
    mine = {one.subject: one.before.key for one in made if one.kind == kind and one.subject}
    if not mine:
        return {}
    called = dict(seen.frame(_ALIASES, {"kind": kind}).iter_rows())
    names = {name: _followed(name, called) for name in mine}
    found = seen.frame(
        f"select {kind}_key, {kind} from crm.{kind}s"
        f" where {kind}_key in (select unnest($keys)) or {kind} in (select unnest($names))",
        {"keys": [key for key in mine.values() if key is not None], "names": list(names.values())},
    ).rows()
    keys, by_name = dict(found), {name: key for key, name in found}
    members: dict[str, tuple[int, str]] = {}
    for name, today in names.items():
        key = mine[name]
        if key is not None and key in keys:
            members[name] = key, keys[key]
        elif today in by_name:
            members[name] = by_name[today], today
    return members


def _followed(name: str, called: Mapping[str, str]) -> str:
    """What a name has come to be, through as many changes as there were."""
    for _ in called:
        name = called.get(name, name)
    return name


def _named(one: Action, members: Mapping[str, Mapping[str, tuple[int, str]]]) -> Action:
    """The decision with the name and key of today."""
    now_is = members.get(one.kind, {}).get(one.subject or "")
    if now_is is None or now_is == (one.before.key, one.subject):
        return one
    key, name = now_is
    return one.model_copy(update={"subject": name, "before": one.before.model_copy(update={"key": key, "label": name})})


def _of_team(seen: Snapshot, listed: Sequence[Action], team: str) -> list[Action]:
    sees = {one.id for one in visible(seen, of_team(seen, team), listed)}
    held = dict(seen.frame("select id, team from ops.reviews where team is not null").iter_rows())
    return [one for one in listed if one.id in sees or held.get(one.review_id) == team]


def _judged(seen: Snapshot, viewer: Viewer, listed: Sequence[Action], day: date) -> list[Standing]:
    """What became of each by a day, with the word of people where one stands."""
    if not listed:
        return []
    told = judge(seen, listed, day)
    kept = _checks(seen, [one.id for one in listed])
    people, within = own_people(seen, viewer), in_scope(seen, viewer, listed)
    standing = []
    for one, verdict in zip(listed, told, strict=True):
        is_seen = one.id in within and sees_evidence(viewer, one, people)
        shown = verdict if is_seen else verdict._replace(evidence=_HIDDEN)
        by_hand = _stands([row for row in kept.get(one.id, []) if row.is_by_hand and row.checked_on <= day])
        standing.append(Standing(one, shown, by_hand))
    return standing


def judge(seen: Snapshot, listed: Sequence[Action], day: date) -> list[Verdict]:
    """What the data say of decisions on a day, in the same order; with everything's eyes.

    Remembered as long as what questions read stays the same: in a meeting the list is drawn at every touch.
    """
    facts, known = _remembered.get(seen.store, (-1, {}))
    if facts != seen.facts:
        known = {}
        _remembered[seen.store] = seen.facts, known
    keys = [(day, one.model_dump_json()) for one in listed]
    missing = {key: one for key, one in zip(keys, listed, strict=True) if key not in known}
    if missing:
        loaded = judging.uploads(seen, day)
        ids = [one.subject for one in missing.values() if one.kind == "deal" and one.subject and one.expected]
        deals = courses(seen, ids, day)
        for key, one in missing.items():
            known[key] = judging.judged(judging.Case(seen, one, day, loaded, deals.get(one.subject or "", Course())))
    return [known[key] for key in keys]


def _checks(seen: Snapshot, numbers: Sequence[int]) -> dict[int, list[Check]]:
    rows = seen.frame(
        "select * from ops.action_checks where action_id in (select unnest($ids)) order by id", {"ids": list(numbers)}
    )
    held: dict[int, list[Check]] = {}
    for row in rows.iter_rows(named=True):
        by_hand, text = row["is_by_hand"], row.pop("evidence") or ""
        told = [] if by_hand else [Said(code, values) for code, values in json.loads(text or "[]")]
        one = Check.model_validate({**row, "remark": text if by_hand else "", "evidence": told})
        held.setdefault(one.action_id, []).append(one)
    return held


def _stands(said: Sequence[Check]) -> Check | None:
    """The last word that was not taken back."""
    words: list[Check] = []
    for one in said:
        if one.outcome != TAKEN_BACK:
            words.append(one)
        elif words:
            words.pop()
    return words[-1] if words else None


def _rank(one: Standing) -> tuple[bool, int, date, int]:
    return not one.is_open, _ORDER[one.outcome], one.action.due_on, one.action.id


# --------------------------------------------------------------------------------------------------- what became of it


def say(store: Store, viewer: Viewer, number: int, outcome: str, remark: str = "") -> Standing:
    """Say by hand what became of a decision: done, dropped, moved, not_moved or overdue.

    What the data say is kept beside it.

    Raises:
        UnknownAction. UnknownVerdict: no such word. RemarkTooLong. ActionOver: it is done or dropped already, and by
        hand: that is taken back first.
    """
    if outcome not in BY_HAND:
        raise UnknownVerdict(name=outcome, known=", ".join(BY_HAND), suggestion=nearest(outcome, BY_HAND))
    if len(remark.strip()) > MOST_LETTERS:
        raise RemarkTooLong(most=MOST_LETTERS)
    with store.noting() as cursor:
        seen = unsaved(store, cursor)
        stands = action(seen, viewer, number)
        if stands.by_hand is not None and stands.by_hand.outcome == outcome and not stands.is_open:
            raise ActionOver(id=number)
        today = _today(seen)
        _keep(cursor, seen, [stands.action], today)
        _write(cursor, number, today, outcome, remark.strip(), viewer.email or None)
        return action(seen, viewer, number)


def take_back(store: Store, viewer: Viewer, number: int) -> Standing:
    """Take back the last word that was said by hand; the one before it stands again, or what the data say.

    Raises:
        UnknownAction. NothingByHand: nobody said anything, or all of it was taken back.
    """
    with store.noting() as cursor:
        seen = unsaved(store, cursor)
        if action(seen, viewer, number).by_hand is None:
            raise NothingByHand(id=number)
        _write(cursor, number, _today(seen), TAKEN_BACK, "", viewer.email or None)
        return action(seen, viewer, number)


def keep_verdicts(store: Store) -> int:
    """Keep what the data say today of every decision that is open: when a review is ended, or by a scheduler.

    One that says the same as the last one kept of the same day is not kept twice.

    Returns:
        How many were kept.
    """
    with store.noting() as cursor:
        seen = unsaved(store, cursor)
        today = seen.as_of
        if today is None:
            return 0
        listed = [one.action for one in standings(seen, EVERYTHING) if one.is_open or one.told.outcome == "done"]
        return _keep(cursor, seen, listed, today)


def _keep(cursor: duckdb.DuckDBPyConnection, seen: Snapshot, listed: Sequence[Action], day: date) -> int:
    """Append verdicts that the history does not end with already."""
    kept = _checks(seen, [one.id for one in listed])
    count = 0
    for one, told in zip(listed, judge(seen, listed, day), strict=True):
        before = next((row for row in reversed(kept.get(one.id, [])) if not row.is_by_hand), None)
        is_same = before is not None and (before.outcome, list(before.evidence)) == (told.outcome, list(told.evidence))
        if before is not None and is_same and (before.checked_on == day or told.outcome == "done"):
            continue
        _write(cursor, one.id, day, told.outcome, json.dumps(told.evidence, ensure_ascii=False), None, is_by_hand=False)
        count += 1
    return count


def _write(
    cursor: duckdb.DuckDBPyConnection,
    number: int,
    day: date,
    outcome: str,
    text: str,
    who: str | None,
    *,
    is_by_hand: bool = True,
) -> None:
    cursor.execute(
        """
        insert into ops.action_checks by name
        select (select coalesce(max(id), 0) + 1 from ops.action_checks) as id, $action as action_id,
            $day as checked_on, $outcome as outcome, $text as evidence, $by_hand as is_by_hand, $who as who,
            $at as noted_at
        """,
        {"action": number, "day": day, "outcome": outcome, "text": text or None, "by_hand": is_by_hand, "who": who,
         "at": now().replace(microsecond=0)},
    )  # fmt: skip
    if is_by_hand:
        _restate(cursor, number)


def _restate(cursor: duckdb.DuckDBPyConnection, number: int) -> None:
    """The state of the decision follows the words of people."""
    rows = cursor.execute(
        "select outcome from ops.action_checks where action_id = $id and is_by_hand order by id", {"id": number}
    ).fetchall()
    words: list[str] = []
    for (outcome,) in rows:
        if outcome != TAKEN_BACK:
            words.append(outcome)
        elif words:
            words.pop()
    state = words[-1] if words and words[-1] in ("done", "dropped") else "open"
    cursor.execute("update ops.actions set state = $state where id = $id", {"state": state, "id": number})


def _today(seen: Snapshot) -> date:
    if seen.as_of is None:
        raise StoreHoldsNothing(path=str(seen.store.path))
    return seen.as_of
