"""Every measure against a hand-written SQL: in total, by each dimension, in a period, compared."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

import pytest

from data.store import Snapshot
from metrics.catalog import catalog, measure
from metrics.cuts import breakdown, total, trend
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.check.by_hand import Check, answer, checks, dimensions
from tests.small import small_store

ATTAINMENT = "attainment"  # has a test of its own, test_attainment.py


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as snapshot:
        yield snapshot


def _views(seen: Snapshot) -> dict[str, View]:
    day = seen.as_of
    assert day is not None
    view = View(as_of=day)
    return {
        "all": view,
        "year": view.with_period(from_on=date(day.year - 1, 1, 1), to_on=date(day.year - 1, 12, 31)),
        "quarter": view.with_period("last_quarter").with_compare("last_year"),
        "unfinished": view.with_period("this_quarter").with_compare("previous"),
    }


def test_every_measure_has_a_check_and_every_check_a_measure() -> None:
    assert set(checks()) == set(catalog().measures) - {ATTAINMENT}


def test_a_check_dates_its_measure_as_the_catalogue_does() -> None:
    for check in checks().values():
        part = measure(check.measure).parts[0]
        assert (check.table, check.on) == (part.table, None if part.stock else part.on), check.measure


@pytest.mark.parametrize("name", checks())
@pytest.mark.parametrize("period", ["all", "year", "quarter", "unfinished"])
def test_total(seen: Snapshot, name: str, period: str) -> None:
    view = _views(seen)[period]
    frame = seen.ask(total((name,), view), EVERYTHING).frame
    _agree(frame[name].item(), _by_hand(seen, checks()[name], None, view).get("all"))
    if view.before is not None:
        before = _by_hand(seen, checks()[name], None, view, before=True)
        _agree(frame[f"{name}.before"].item(), before.get("all"))


@pytest.mark.parametrize("name", checks())
@pytest.mark.parametrize("period", ["all", "quarter"])
def test_by_every_dimension(seen: Snapshot, name: str, period: str) -> None:
    view, check = _views(seen)[period], checks()[name]
    cut_by = [by for by in dimensions(seen, check) if by not in measure(name).not_by]
    assert len(cut_by) >= 3
    for by in cut_by:
        query = trend((name,), by, view) if by == "month" else breakdown((name,), by, view)
        frame = seen.ask(query, EVERYTHING).frame
        found = dict(zip(frame[by], frame[name], strict=True))
        expected = _by_hand(seen, check, by, view)
        assert len(found) == frame.height, f"{by}: a value stands twice"
        for value in {**found, **expected}:
            _agree(found.get(value), expected.get(value), f"{name} where {by} is {value}")


def _by_hand(seen: Snapshot, check: Check, by: str | None, view: View, *, before: bool = False) -> dict[object, object]:
    period, at = (view.before, view.at_before) if before else (view.period, view.at)
    days = (period.from_on, period.to_on) if period else None
    frame = answer(seen, check, by, days, at)
    return dict(zip(frame["cut"], frame["answer"], strict=True))


def _agree(found: object, expected: object, place: str = "") -> None:
    """The same number; where nothing was counted, a count of 0 and no number say the same."""
    one, other = float(found or 0), float(expected or 0)  # type: ignore[arg-type]
    assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-6), f"{place}: {found} instead of {expected}"
