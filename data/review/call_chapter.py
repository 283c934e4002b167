"""What people say of the period, for the step about where it lands: the commit, whose is missing, teams or people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from data.review.call_course import course
from data.review.call_table import Table, table
from data.review.chapter import Head, Listing, Picture, Series, Subject, Value
from metrics.target import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.review.chapter import Asked
    from data.review.words import Words
    from metrics.period import Period

MOST_NAMES = 6
"""Of those whose word is missing or not renewed, so many are named."""
_LINES = ("commit", "best_case", "won")
_MONEY = ("commit", "change", "best_case", "won", "commit_rolled", "target", "gap")


class Called:
    """The calls of the period that a review is about; nothing of a company that makes none.

    Of a review of all it is the company's and its teams', of a team's the team's and its people's.
    """

    def __init__(self, asked: Asked, words: Words, span: Period) -> None:
        self._asked, self._words = asked, words
        days = Span(span.from_on, span.to_on)
        told = table(asked.seen, asked.viewer, asked.view, span=days, since=asked.since, landings=())
        self._told: Table = told
        self._is_any = told.frame.get_column("id").count() > 0
        self._top = told.frame.row(0, named=True) if told.frame.height else None

    def values(self) -> list[Value]:
        """The commit and the best case of whom the review is of, with the words of the last review."""
        top = self._top
        if not self._is_any or top is None or top["commit"] is None:
            return []
        label = self._words.day(top["said_before"]) if top["said_before"] else ""
        return [
            Value(
                self._words(f"call_{name}"), top[name], "money", meaning=self._words(f"call_{name}_meaning"),
                before=top[before], before_label=label if top[before] is not None else "", better="higher",
            )
            for name, before in (("commit", "commit_before"), ("best_case", "best_before"))
            if top[name] is not None
        ]  # fmt: skip

    def further(self) -> list[str]:
        """The commit beside the target and the sum of people, and whose word is missing or not renewed."""
        if not self._is_any or self._top is None:
            return []
        return [line for line in (self._own(self._top), self._late()) if line]

    def _own(self, top: dict[str, Any]) -> str:
        if top["commit"] is None:
            return self._words("call_none", owner=self._owner(top))
        facts = {"owner": self._owner(top), "commit": self._words.money(top["commit"])}
        gap = top["gap"]
        key = "call_own" if gap is None else "call_over" if gap >= 0 else "call_under"
        said = self._words(key, gap=self._words.money(abs(gap or 0)), **facts)
        if top["people_commit"] is None:
            return said
        people = {name: top[name] for name in ("people_said", "people")}
        summed = self._words("call_sum", amount=self._words.money(top["people_commit"]), **people)
        return self._words.sentences(said, summed)

    def _late(self) -> str:
        people = self._told.frame.filter(pl.col("scope") == "rep")
        said = []
        for state in ("missing", "old"):
            names = people.filter(pl.col("state") == state).get_column("name").to_list()
            if names:
                listed = self._words.listed(names[:MOST_NAMES])
                key = f"call_{state}_more" if len(names) > MOST_NAMES else f"call_{state}"
                said.append(self._words(key, names=listed, more=len(names) - MOST_NAMES,
                                        since=self._words.day(self._told.since)))  # fmt: skip
        return self._words.sentences(*said)

    def _owner(self, row: dict[str, Any]) -> str:
        return str(row["name"]) if row["name"] else self._words("call_company")

    def lists(self) -> Sequence[Listing]:
        """A row for each team, or in a review of a team for each of its people."""
        frame = self._told.frame
        of = "team" if frame.filter(pl.col("scope") == "team").height > 1 else "rep"
        shown = frame.filter(pl.col("scope") == of)
        if not self._is_any or shown.is_empty():
            return ()
        heads = [Head("owner", self._words(f"call_head_{of}"))]
        heads += [Head(name, self._words(f"call_head_{name}"), "money") for name in _MONEY]
        heads.append(Head("said_on", self._words("call_head_said_on"), "day"))
        rows = tuple((row["name"], *(row[name] for name in _MONEY), row["said_on"]) for row in shown.to_dicts())
        subjects = tuple(Subject("rep", name, name) for name in shown.get_column("name")) if of == "rep" else ()
        return (Listing("calls", self._words("calls"), self._words("calls_rule"), tuple(heads), rows, subjects),)

    def pictures(self) -> Sequence[Picture]:
        """The words over the weeks, beside what is won and the target."""
        top = self._top
        if not self._is_any or top is None or top["commit"] is None:
            return ()
        asked = self._asked
        frame, target, _ = course(
            asked.seen, asked.viewer, asked.view, top["scope"], top["name"], span=self._told.span, with_landing=False
        )
        if frame.height < 2:
            return ()
        series = [Series(self._words(f"call_{name}"), tuple(frame.get_column(name))) for name in _LINES]
        if target is not None:
            series.append(Series(self._words("value_target"), (target,) * frame.height, "target"))
        days = tuple(self._words.day(day) for day in frame.get_column("day"))
        return (
            Picture(
                "calls", self._words("call_course", owner=self._owner(top)), self._words("call_course_rule"), "line",
                days, tuple(series), "money",
            ),
        )  # fmt: skip
