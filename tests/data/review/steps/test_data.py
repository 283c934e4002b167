"""The step "data": which files came since the last review, and what of them was refused."""

from __future__ import annotations

import pytest

from data import truth
from data.review import held
from data.review.asking import asked
from data.store import Store
from metrics.viewer import EVERYTHING
from tests.data.review.told import AFTER, BEFORE, chief, held_then, say, values_of, week
from tests.data.written import sent


@pytest.mark.parametrize("is_taken", [True, False])
def test_a_file_taken_in_a_meeting_is_not_listed_by_the_next(weeks: Store, is_taken: bool) -> None:
    """It was loaded after the meeting began, and the meeting went on with it: there it was talked about."""
    with weeks.snapshot() as seen:
        begun = held.begin(weeks, EVERYTHING, asked(seen, EVERYTHING, "en"))
    before = sent("products", {"product": "Valve"}, as_of=BEFORE)
    truth.load(weeks, [before.model_copy(update={"file": "meanwhile.csv"})])
    with weeks.snapshot() as seen:
        last = seen.frame("select max(id) as id from ops.uploads").item()
        day = seen.as_of
    held.note(weeks, EVERYTHING, begun.id, "data", finding="It came.", as_of=day, upload=last if is_taken else last - 1)
    held.end(weeks, EVERYTHING, begun.id)
    truth.load(weeks, [week(AFTER)])
    told = say(weeks, "data")
    (files,) = (one for one in told.lists if one.name == "files")
    assert ("meanwhile.csv" in [row[0] for row in files.rows]) is not is_taken


def test_what_came_since(weeks: Store) -> None:
    held_then(weeks)
    told = say(weeks, "data")
    assert told.finding == (
        "One file came since 12 May 2026; rows: 1 new, 4 changed. Every row was taken. Quality did not get worse."
    )
    assert told.is_good is True
    values = values_of(told)
    won = values["Won amount, all time"]
    assert (won.value, won.before, won.measure) == (4400.0, 0.0, None)
    assert told.notes == ("Compared with 12 May 2026, the day of the last review; numbers of 19 May 2026.",)


def test_a_second_review_of_the_same_day_says_so(weeks: Store) -> None:
    with weeks.snapshot() as seen:
        of = asked(seen, EVERYTHING, "en")
    held.end(weeks, EVERYTHING, held.begin(weeks, EVERYTHING, of).id)
    told = say(weeks, "data")
    assert "so this one looks back past it, to 5 May 2026." in told.notes[-1]


def test_an_upload_that_was_taken_back_is_said(weeks: Store) -> None:
    held_then(weeks)
    with weeks.snapshot() as seen:
        last = int(seen.frame("select max(id) from ops.uploads").item())
    truth.load(weeks, [sent("deals", {"deal_id": "x", "status": "open"}, as_of="05-20")])
    truth.undo(weeks, last, who="ann")
    assert any("taken back or brought back" in line for line in say(weeks, "data").further)


def test_refused_rows_come_first(weeks: Store) -> None:
    held_then(weeks)
    with weeks.writing() as cursor:
        cursor.execute("update ops.uploads set refused = 2 where id = (select max(id) from ops.uploads)")
        cursor.execute(
            "insert into ops.refused_rows by name select max(id) as upload_id, 7 as line, 'x' as text,"
            " ['r'] as reasons, 1250.5 as money, false as is_set_aside from ops.uploads"
        )
    told = say(weeks, "data")
    assert (told.finding, told.is_good) == ("2 rows with 1,251 were refused and count nowhere.", False)
    assert say(weeks, "data", viewer=chief(weeks)).finding == "2 rows were refused and count nowhere."
