"""A decision of a review as it is kept, what the data say became of it, and what people say."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator

from data.review.outcomes import Expected, Kind

Told = Literal["done", "moved", "not_moved", "overdue", "failed", "unknown"]
TOLD: tuple[Told, ...] = ("done", "moved", "not_moved", "overdue", "failed", "unknown")
"""What the data can say: met; some move in the wanted direction; none; due, not met; cannot come any more; not told."""
BY_HAND = ("done", "dropped", "moved", "not_moved", "overdue")
"""What people can say instead."""
TAKEN_BACK = "taken_back"


class Said(NamedTuple):
    """One piece of evidence: a sentence of actions.toml by its name, and the values in it as JSON holds them."""

    code: str
    values: dict[str, Any] = {}  # noqa: RUF012 - never changed


class Before(BaseModel):
    """What the data said when something was decided.

    `label`: of the deal, salesperson or customer then. `key`: of the salesperson or customer. `rep`: whose it was.
    `stages`: the open stages of its pipeline in their order then, where that was a guess and may change.
    `value`: of the measure that is expected to change. `known_on`: the latest day of the uploads that can tell;
    `upload`: the last of all uploads then.
    """

    model_config = ConfigDict(frozen=True)

    label: str = ""
    key: int | None = None
    rep: str | None = None
    pipeline: str | None = None
    stage: str | None = None
    status: str | None = None
    amount: float | None = None
    close_on: date | None = None
    next_step: str | None = None
    stages: tuple[str, ...] = ()
    value: float | None = None
    from_on: date | None = None
    to_on: date | None = None
    known_on: date | None = None
    upload: int = 0


class Action(BaseModel):
    """One decision.

    `subject`: the id of a deal, the name of a salesperson or customer, `measure[:scope:name]` of a target, None of
    nothing. `who`: wrote it down. `state`: as people say; what the data say is no state.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    review_id: int | None = None
    kind: Kind
    subject: str | None = None
    what: str
    owner: str | None = None
    due_on: date
    expected: Expected | None = None
    before: Before = Field(default_factory=Before)
    decided_on: date
    state: Literal["open", "done", "dropped"] = "open"
    who: str | None = None
    noted_at: datetime

    @field_validator("expected", "before", mode="before")
    @classmethod
    def _read(cls, told: object) -> object:
        return json.loads(told) if isinstance(told, str) else told if told is not None else None

    @property
    def label(self) -> str:
        """What it is about, as it was called then."""
        return self.before.label or self.subject or ""


class Verdict(NamedTuple):
    """What the data say became of a decision on a day.

    `met_on`: the day it was met, where that is known. `is_late`: after the day it was due. `reach`: the last day of
    which anything is known of it.
    """

    outcome: Told
    evidence: tuple[Said, ...] = ()
    met_on: date | None = None
    is_late: bool = False
    reach: date | None = None


class Check(BaseModel):
    """One row of the history: a verdict that was kept, or what somebody said by hand (`remark`)."""

    model_config = ConfigDict(frozen=True)

    id: int
    action_id: int
    checked_on: date
    outcome: str
    evidence: tuple[Said, ...] = ()
    remark: str = ""
    is_by_hand: bool
    who: str | None = None
    noted_at: datetime


class Standing(NamedTuple):
    """A decision on a day: what the data say, and what somebody says instead, where anybody does."""

    action: Action
    told: Verdict
    by_hand: Check | None = None

    @property
    def outcome(self) -> str:
        """What stands: the word of people before that of the data."""
        return self.by_hand.outcome if self.by_hand else self.told.outcome

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.outcome not in ("done", "dropped")
