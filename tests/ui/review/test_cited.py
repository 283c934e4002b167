"""Behind a number of a review: the rows of its own version, of its own mark, or none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from data.review.chapter import Source, Subject
from data.store import Snapshot
from metrics.cuts import breakdown
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.ui.review.chapters import listing, picture, value
from ui import session
from ui.review import cited
from ui.review.errors import NumbersOfBefore


@pytest.fixture(autouse=True)
def shown(seen: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def reading() -> Iterator[Snapshot]:
        yield seen

    monkeypatch.setattr(session, "reading", reading)


def test_a_mark_opens_the_rows_of_its_label(seen: Snapshot, view: View) -> None:
    query = breakdown("won_deals", "rep", view, limit=3)
    frame = seen.ask(query, EVERYTHING).frame
    sources = tuple(Source(query, "won_deals", (("rep", rep),)) for rep in frame["rep"])
    shown = picture(labels=tuple(frame["rep"]), sources=sources)
    for at, count in enumerate(frame["won_deals"]):
        subject = cited.of_mark(shown, at, view, seen.facts)
        assert subject is not None
        assert seen.ask(subject.rows(), EVERYTHING).frame.height == count
    assert cited.of_mark(picture(), 0, view, seen.facts) is None


def test_a_value_opens_its_source_or_its_measure_or_nothing(seen: Snapshot, view: View) -> None:
    subject = cited.of_value(value(), view, seen.facts)
    assert subject is not None
    assert subject.name() == "Won"
    assert seen.ask(subject.rows(), EVERYTHING).frame.height > 10
    assert cited.of_value(value(measure=None), view, seen.facts) is None


def test_a_row_of_a_list_opens_its_own_rows_where_they_can_be_told_apart(seen: Snapshot, view: View) -> None:
    query = breakdown("won_deals", "rep", view)
    rep, count = seen.ask(query, EVERYTHING).frame.row(0)[:2]
    given = listing(source=Source(query, "won_deals"), subjects=(Subject("rep", rep, rep), Subject("deal", "D1", "D1")))
    own, whole = (cited.of_row(given, at, view, seen.facts) for at in (0, -1))
    assert own is not None
    assert whole is not None
    assert seen.ask(own.rows(), EVERYTHING).frame.height == count
    assert cited.of_row(given, 1, view, seen.facts) == whole  # the answer knows no deals
    assert seen.ask(whole.rows(), EVERYTHING).frame.height > count


def test_rows_of_newer_data_are_no_rows_of_this_number(seen: Snapshot, view: View) -> None:
    subject = cited.of_value(value(), view, seen.facts - 1)
    assert subject is not None
    with pytest.raises(NumbersOfBefore):
        subject.rows()
    result = seen.ask(subject.query, EVERYTHING)
    with pytest.raises(NumbersOfBefore):
        subject.figures(result)
    assert replace(subject, facts=seen.facts).figures(result)[0].height == 1
    assert not cited.is_of_now(seen.facts - 1, seen)
