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
from tests.check.by_hand import SHARED, Check, answer, checks, dimensions
from tests.small import small_store

EXACT, CENT = 1e-6, 0.01
"""Parts of an amount are rounded to four decimals each, so that they add up; by hand they are not."""
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
    answered = seen.ask(total((name,), view), EVERYTHING)
    frame = answered.frame
    _agree(frame[name].item(), _by_hand(seen, checks()[name], None, view).get("all"))
    if any(
        remark.code in ("uneven", "uneven_known") for remark in answered.notes
    ):  # and so held against nothing (metrics/beside.py)
        assert frame[f"{name}.before"].item() is None
    elif view.before is not None:
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
        within = CENT if by in SHARED and measure(name).unit == "money" else EXACT
        assert len(found) == frame.height, f"{by}: a value stands twice"
        for value in {**found, **expected}:
            _agree(found.get(value), expected.get(value), f"{name} where {by} is {value}", within)


def _by_hand(seen: Snapshot, check: Check, by: str | None, view: View, *, before: bool = False) -> dict[object, object]:
    period, at = (view.before, view.at_before) if before else (view.period, view.at)
    days = (period.from_on, period.to_on) if period else None
    frame = answer(seen, check, by, days, at)
    return dict(zip(frame["cut"], frame["answer"], strict=True))


def _agree(found: object, expected: object, place: str = "", within: float = EXACT) -> None:
    """The same number; where nothing was counted, a count of 0 and no number say the same."""
    one, other = float(found or 0), float(expected or 0)  # type: ignore[arg-type]
    assert math.isclose(one, other, rel_tol=1e-9, abs_tol=within), f"{place}: {found} instead of {expected}"


def test_the_demo_has_what_is_shared_and_what_is_converted(seen: Snapshot) -> None:
    """Without these rows the checks above would agree about nothing in particular."""
    row = seen.frame(
        """
        select
            (select count(distinct deal_id) from crm.product_shares) as by_product,
            (select count(*) from crm.product_shares where product_key is null) as uncovered,
            (select count(distinct deal_id) from crm.owner_shares) as by_owner,
            (select count(*) from crm.deals where currency <> 'CNY' and amount <> amount_original) as converted
        """
    ).row(0)
    assert min(row) > 10, row


def test_foreign_money_counts_at_the_rate_of_its_day(seen: Snapshot) -> None:
    wrong = seen.frame(
        """
        select d.deal_id from crm.deals as d
        where d.currency <> 'CNY' and abs(d.amount - d.amount_original * (
            select arg_max(r.rate, r.from_on) from crm.fx_rates as r
            where r.currency = d.currency and r.from_on <= coalesce(d.closed_on, $today)
        )) > 0.01
        """,
        {"today": seen.as_of},
    )
    assert wrong.is_empty()
