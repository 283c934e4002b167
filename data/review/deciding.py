"""Writing down a decision: what it is about, what the data say of that today, and that what is expected can be told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from data.clock import now
from data.errors import StoreHoldsNothing
from data.review.course import Course, courses
from data.review.deal_outcomes import wanted_of
from data.review.decided import Action, Before
from data.review.errors import ActionEmpty, AlreadySo, DuePast, NotTellable
from data.review.judging import Case, uploads
from data.review.measuring import attained, measured, with_faults
from data.review.other_outcomes import open_complaints
from data.review.outcomes import Expected, Kind, expected
from data.review.subjects import found, stage_of
from data.settings import settings
from metrics.catalog import Text
from metrics.catalog import measure as measure_of
from metrics.period import DAY, bucket_next, bucket_start

if TYPE_CHECKING:
    from data.store import Snapshot, Store
    from metrics.viewer import Viewer

MOST_LETTERS = 500
"""Of a decision, and of a remark on it."""
USUAL_DAYS = 7
"""A decision is due so many days after the store's day, where nobody says otherwise."""
MOST_DAYS = 3660


def add(  # noqa: PLR0913 - all that a decision consists of
    store: Store,
    viewer: Viewer,
    *,
    what: str,
    kind: str = "none",
    subject: str | None = None,
    owner: str | None = None,
    due_on: date | None = None,
    outcome: str | None = None,
    given: Mapping[str, object] | None = None,
    review_id: int | None = None,
) -> Action:
    """Write down a decision, with what the data say today.

    Args:
        what: in words; may be empty where an outcome says it. kind, subject: what it is about (`subjects.found`).
        owner: who does it, anybody; by default whose deal or customer it is. due_on: until when, by default a week.
        outcome, given: what the data should say by then (outcomes.toml); None: somebody will say it by hand.
        review_id: of the review in which it was decided.

    Raises:
        StoreHoldsNothing, ActionEmpty, UnknownSubject, DuePast, UnknownExpectation, ExpectationNotOf,
        ExpectationInvalid, StageElsewhere. AlreadySo: what is expected is so. NotTellable: the data cannot tell it.
    """
    said = what.strip()
    if (not said and outcome is None) or len(said) > MOST_LETTERS or len((owner or "").strip()) > MOST_LETTERS:
        raise ActionEmpty(most=MOST_LETTERS)
    with store.snapshot() as seen:
        today = seen.as_of
        if today is None:
            raise StoreHoldsNothing(path=str(store.path))
        due = due_on or today + timedelta(days=USUAL_DAYS)
        if not today <= due <= today + timedelta(days=MOST_DAYS):
            raise DuePast(due=due, day=today)
        name, before = found(seen, viewer, kind, subject, today)
        one = _expected(seen, kind, before, outcome, given or {})
        made = Action(
            id=0, review_id=review_id, kind=cast("Kind", kind), subject=name, what=said,
            owner=(owner or "").strip() or before.rep or (name if kind == "rep" else None), due_on=due, expected=one,
            before=before, decided_on=today, who=viewer.email or None, noted_at=now().replace(microsecond=0),
        )  # fmt: skip
        made = made.model_copy(update={"before": _before(seen, made)})
        _refuse_what_is_so(seen, made)
    return _kept(store, made)


def _expected(
    seen: Snapshot, kind: str, before: Before, outcome: str | None, given: Mapping[str, object]
) -> Expected | None:
    if not outcome:
        return None
    one = expected(kind, outcome, given)
    if outcome == "stage":
        return one.model_copy(update={"given": {"stage": stage_of(seen, before, one.text("stage"))}})
    return one


def _before(seen: Snapshot, made: Action) -> Before:
    """What the data say today of what is expected to change, and how far the uploads reach that can tell."""
    one, before, today = made.expected, made.before, made.decided_on
    if one is None:
        return before
    changes: dict[str, object] = {}
    if one.outcome == "no_complaint":
        changes["value"] = open_complaints(seen, before.key, today)
    elif one.outcome in ("reach", "at_most") and measure_of(one.text("measure")).stock is not None:
        changes["value"] = measured(seen, one.text("measure"), before.label, today, today)
    elif one.outcome == "tidy":
        changes["value"] = with_faults(seen, before.label, today)
    elif one.outcome == "attainment":
        changes |= _target_before(seen, made, one)
    case = _case(seen, made)
    telling = case.telling()
    changes["known_on"] = max((day for _, day in telling), default=None)
    changes["upload"] = max((one.id for one in case.uploads.listed), default=0)
    return before.model_copy(update=changes)


def _target_before(seen: Snapshot, made: Action, one: Expected) -> dict[str, object]:
    """The days of the target, and how far it is reached today."""
    told = settings()
    grain = one.text("grain")
    if told.fiscal_start != 1 and grain in ("quarter", "year"):
        grain = f"fiscal_{grain}"
    from_on = bucket_start(made.decided_on, grain, told.fiscal_start, told.week_start)
    to_on = bucket_next(from_on, grain) - DAY
    value = attained(seen, made.subject or "", from_on, to_on, made.decided_on)
    if value is None:
        raise NotTellable(outcome=one.declared.label, why=_NO_TARGET)
    return {"value": value, "from_on": from_on, "to_on": to_on}


_NO_TARGET = Text.model_validate({
    "en": "there is no target for exactly these days", "zh-CN": "没有恰好对应该周期的目标",
})  # fmt: skip
_NO_UPLOADS = Text.model_validate({
    "en": "nothing was loaded yet that could tell it", "zh-CN": "尚未导入可用于判断的数据",
})  # fmt: skip
_IS_OVER = Text.model_validate({
    "en": "the deal is closed or no longer in the data", "zh-CN": "该商机已关闭或已不在数据中",
})  # fmt: skip


def _case(seen: Snapshot, made: Action) -> Case:
    loaded = uploads(seen, made.decided_on)
    is_deal = made.kind == "deal" and made.subject
    course = courses(seen, [made.subject], made.decided_on)[made.subject] if is_deal and made.subject else Course()
    return Case(seen, made, made.decided_on, loaded, course)


def _refuse_what_is_so(seen: Snapshot, made: Action) -> None:
    """What is expected must be possible, and not be so already."""
    one = made.expected
    if one is None:
        return
    case = _case(seen, made)
    if made.before.known_on is None:
        raise NotTellable(outcome=one.declared.label, why=_NO_UPLOADS)
    value, is_so = made.before.value, False
    if made.kind == "deal":
        now_says, wanted = case.course.at(made.decided_on), wanted_of(one, case.course)
        if now_says is None or (now_says.status == "lost" and one.outcome != "closed"):
            raise NotTellable(outcome=one.declared.label, why=_IS_OVER)
        is_so = wanted is not None and wanted.met(now_says)
    elif one.outcome == "no_complaint":
        is_so = not value
    elif value is not None:
        is_so = value <= one.number("at_most") if "at_most" in one.given else value >= one.number("at_least")
    if is_so:
        raise AlreadySo(expected=one.declared.label)


def _kept(store: Store, made: Action) -> Action:
    with store.noting() as cursor:
        number = int(cursor.execute("select coalesce(max(id), 0) + 1 from ops.actions").fetchall()[0][0])
        kept = made.model_copy(update={"id": number})
        cursor.execute(
            """
            insert into ops.actions by name
            select $id as id, $review_id as review_id, $kind as kind, $subject as subject, $what as what,
                $owner as owner, $due_on as due_on, $expected as expected, $before as before,
                $decided_on as decided_on, $state as state, $who as who, $noted_at as noted_at
            """,
            {
                **kept.model_dump(exclude={"expected", "before"}),
                "expected": kept.expected.model_dump_json() if kept.expected else None,
                "before": kept.before.model_dump_json(exclude_defaults=True),
            },
        )
    return kept
