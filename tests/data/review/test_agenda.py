"""The agenda of a review: the product's until a company keeps its own."""

from __future__ import annotations

from typing import Any

import pytest

from data.review.agenda import agenda, plan, steps, usual
from data.review.errors import AgendaInvalid, AgendaNotYours
from data.store import Store
from metrics.viewer import EVERYTHING, Viewer


def test_nine_steps_in_the_usual_order() -> None:
    assert [one.id for one in usual()] == [
        "data", "results", "changes", "funnel", "landing", "deals", "people", "customers", "decisions"
    ]  # fmt: skip
    assert sum(one.minutes for one in usual()) == 60


def test_a_company_keeps_its_own(store: Store) -> None:
    before = _version(store)
    kept = plan(
        store, EVERYTHING, [{"id": "deals", "minutes": 20, "limits": {"most": 3}}, {"id": "data", "minutes": 1}]
    )
    assert [one.id for one in kept] == ["deals", "data"]
    with store.snapshot() as seen:
        told = agenda(seen)
    assert [one.id for one in told[:3]] == ["deals", "data", "results"]  # the others stand behind
    assert told[0].limits == {"most": 3, "least_share": steps()["deals"].limits["least_share"]}
    assert _version(store) == (before[0] + 1, before[1])  # what questions read is as it was
    plan(store, EVERYTHING, [])
    with store.snapshot() as seen:
        assert agenda(seen) == usual()


def _version(store: Store) -> tuple[int, int]:
    with store.snapshot() as seen:
        return seen.version, seen.facts


@pytest.mark.parametrize(
    "given",
    [
        [{"id": "lunch", "minutes": 5}],
        [{"id": "data", "minutes": 0}],
        [{"id": "data", "minutes": float("nan")}],
        [{"id": "data", "minutes": 5, "limits": {"most": 5}}],
        [{"id": "deals", "minutes": 5, "limits": {"most": -1}}],
        [{"id": "deals", "minutes": 5, "limits": {"least_share": 2}}],
        [{"id": "data", "minutes": 5}, {"id": "data", "minutes": 6}],
        [{"id": "data", "minutes": 5, "is_on": False}],
        [{"minutes": 5}],
    ],
)
def test_what_cannot_be_is_refused_and_nothing_kept(store: Store, given: list[dict[str, Any]]) -> None:
    with pytest.raises(AgendaInvalid):
        plan(store, EVERYTHING, given)
    with store.snapshot() as seen:
        assert agenda(seen) == usual()


def test_only_who_sees_all_changes_it(store: Store) -> None:
    viewer = Viewer(email="a@b.c", name="A", scope="rep", rep_keys=(1,))
    with pytest.raises(AgendaNotYours):
        plan(store, viewer, [])
