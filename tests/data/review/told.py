"""A company whose deals come each week, and what a step of its review says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from data import truth
from data.review import held
from data.review.agenda import steps
from data.review.asking import asked
from data.review.chapter import Asked, Chapter, Value
from data.store import Store, open_store
from metrics.viewer import EVERYTHING, Viewer
from tests.data.written import sent
from tests.small import empty_at, made_at

BEFORE, AFTER = "05-12", "05-19"


LINES = (  # of ten weeks of the quarter two are over; due in it unless said otherwise
    ("still", "Ann", "open", "open", 1000, 1000, "2026-06-20", None),
    ("grew", "Ann", "open", "open", 2000, 2500, "2026-06-20", None),
    ("won", "Bob", "open", "won", 4000, 4400, "2026-06-20", "2026-05-18"),
    ("lost", "Bob", "open", "lost", 3000, 3000, "2026-06-20", "2026-05-15"),
    ("pushed", "Ann", "open", "open", 700, 700, "2026-06-20", None),
    ("new", "<b>'Bob\"", None, "open", 0, 600, "2026-06-25", None),
)


def week(day: str) -> truth.Load:
    """The export of one of two weeks."""
    now, rows = day == AFTER, []
    for deal, rep, was, is_, before, after, due, closed in LINES:
        status = is_ if now else was
        if status is None:
            continue
        rows.append({
            "deal_id": deal, "deal": f"Deal {deal}", "rep": rep, "status": status, "stage": status.title(),
            "amount": after if now else before, "created_on": date(2026, 5, 14) if was is None else date(2026, 3, 2),
            "expected_close_on": date(2026, 7, 10) if now and deal == "pushed" else date.fromisoformat(due),
            "closed_on": date.fromisoformat(closed) if now and closed else None,
            "lost_reason": "Price" if status == "lost" else None,
        })  # fmt: skip
    return sent("deals", *rows, as_of=day, is_full=True)


def _made(path: Path) -> None:
    store = open_store(empty_at(path))
    truth.load(
        store,
        [
            sent(
                "reps",
                {"rep": "Ann", "team": "North"},
                {"rep": "Bob", "team": "South"},
                {"rep": "<b>'Bob\"", "team": "South"},
            )
        ],
    )
    truth.load(store, [week(BEFORE)])
    store.close()


@pytest.fixture
def weeks(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(made_at(tmp_path / "weeks.duckdb", "the week before", _made))
    yield opened
    opened.close()


def chapter_of(step: str, of: Asked) -> Chapter:
    told: Chapter = import_module(f"data.review.steps.{step}").chapter(replace(of, limits=steps()[step].limits))
    assert told.step == step
    assert told.finding
    assert "?" not in told.finding.replace("Are the numbers right?", ""), told.finding  # a fact that was not given
    return told


def say(store: Store, step: str, lang: str = "en", viewer: Viewer = EVERYTHING, **more: Any) -> Chapter:
    with store.snapshot() as seen:
        return chapter_of(step, asked(seen, viewer, lang, **more))


def values_of(told: Chapter) -> dict[str, Value]:
    return {value.label: value for value in told.values}


def held_then(store: Store) -> None:
    with store.snapshot() as seen:
        of = asked(seen, EVERYTHING, "en")
    held.end(store, EVERYTHING, held.begin(store, EVERYTHING, of).id)
    truth.load(store, [week(AFTER)])


def viewer_of(store: Store, scope: Any, teams: tuple[str, ...], rep: str) -> Viewer:
    with store.snapshot() as seen:
        keys = tuple(seen.frame("select rep_key from crm.reps where rep = $rep", {"rep": rep})["rep_key"])
    return Viewer(email="a@example.com", name="A", scope=scope, teams=teams, rep_keys=keys)


def chief(store: Store) -> Viewer:
    return viewer_of(store, "teams", ("North",), "Ann")


def seller(store: Store) -> Viewer:
    return viewer_of(store, "rep", (), "Ann")
