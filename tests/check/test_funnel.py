"""The funnel's bases against SQL written by hand from deals and their visits, without the fold's own tables of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from data.store import Snapshot
from metrics.funnel_bases import moved, standing
from metrics.lead_funnel import lead_funnel
from metrics.losses import losses
from metrics.moves import moves
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.small import small_store

FIRST, LAST = date(2026, 4, 1), date(2026, 5, 31)
_STEPS = """
with deals as (select * from crm.deals where status <> 'open' or not is_gone),
places as (
    select stage, row_number() over (order by position) as place from crm.stages where status = 'open'
),
visits as (select v.deal_id, p.place, v.entered_on from crm.deal_stages as v join places as p on p.stage = v.stage),
reached as (  -- the first day each deal was in a stage or beyond it; a won deal is beyond all on the day it was won
    select d.deal_id, p.place, least(min(v.entered_on), any_value(d.closed_on) filter (where d.status = 'won')) as day
    from deals as d
    cross join (select unnest(range(1, (select max(place) + 2 from places))) as place) as p
    left join visits as v on v.deal_id = d.deal_id and v.place >= p.place
    group by d.deal_id, p.place
),
lost as (
    select d.deal_id, d.closed_on, max(v.place) as place
    from deals as d join visits as v on v.deal_id = d.deal_id
    where d.status = 'lost'
    group by d.deal_id, d.closed_on
)
"""
_MOVES = f"""
{_STEPS}
select p.place,
    (select count(*) from reached as r where r.place = p.place and r.day between $first and $last) as entered,
    (select count(*) from reached as r where r.place = p.place + 1 and r.day between $first and $last) as moved_on,
    (select count(*) from lost as l where l.place = p.place and l.closed_on between $first and $last) as lost
from places as p order by p.place
"""
_LEADS = """
select count(*), count(*) filter (where l.qualified_on is not null or l.deal_id is not null), count(l.deal_id),
    count(*) filter (where d.status = 'won'), count(*) filter (where l.status = 'disqualified'),
    count(*) filter (where d.status = 'lost'), sum(d.amount) filter (where d.status = 'won'),
    median(date_diff('day', l.created_on, l.qualified_on)),
    median(date_diff('day', l.created_on, d.closed_on)) filter (where d.status = 'won')
from crm.leads as l left join crm.deals as d on d.deal_id = l.deal_id
where l.created_on between $first and $last
"""
_LOST = f"""
{_STEPS}
select l.place, d.lost_reason, count(*), sum(coalesce(d.amount, 0))
from lost as l join deals as d on d.deal_id = l.deal_id
where l.closed_on between $first and $last
group by l.place, d.lost_reason
order by l.place, count(*) desc, d.lost_reason
"""
_WENT = f"""
{_STEPS},
walked as (
    select d.pipeline, d.status, d.closed_on, v.place, v.entered_on,
        lead(v.place) over (partition by v.deal_id order by v.entered_on nulls first, v.place) as next_place,
        lead(v.entered_on) over (partition by v.deal_id order by v.entered_on nulls first, v.place) as next_on
    from visits as v join deals as d on d.deal_id = v.deal_id
)
select place, next_place, count(*)
from walked
where coalesce(next_on, closed_on) between $first and $last
group by place, next_place, case when next_place is null then status end
order by 1, 2, 3
"""
_STANDING = """
select stage, count(*) from crm.deals where status = 'open' and not is_gone group by stage order by stage
"""


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as snapshot:
        yield snapshot


def test_moves_of_two_months(seen: Snapshot) -> None:
    assert seen.as_of is not None
    view = View(as_of=seen.as_of, from_on=FIRST, to_on=LAST)
    by_hand = seen.frame(_MOVES, {"first": FIRST, "last": LAST}).rows()
    found = seen.ask(moved(view), EVERYTHING).frame.select("place", "entered", "moved_on", "lost").rows()
    assert found == by_hand
    assert sum(row[3] for row in by_hand) > 0


def test_what_stands_today(seen: Snapshot) -> None:
    assert seen.as_of is not None
    frame = seen.ask(standing(View(as_of=seen.as_of)), EVERYTHING).frame
    found = frame.filter(frame["deals"] > 0).sort("stage").select("stage", "deals").rows()
    assert found == seen.frame(_STANDING).rows()


def test_leads_and_what_became_of_them(seen: Snapshot) -> None:
    assert seen.as_of is not None
    view = View(as_of=seen.as_of, from_on=date(2025, 10, 1), to_on=date(2026, 3, 31))
    by_hand = seen.frame(_LEADS, {"first": view.from_on, "last": view.to_on}).row(0)
    lead, qualified, deal, won = seen.ask(lead_funnel(view), EVERYTHING).frame.to_dicts()
    assert tuple(step["entered"] for step in (lead, qualified, deal, won)) == by_hand[:4]
    assert (lead["lost"] + qualified["lost"], deal["lost"], won["won_amount"]) == by_hand[4:7]
    assert (lead["median_days"], won["median_days"]) == by_hand[7:]
    assert won["entered"] > 0


def test_reasons_of_what_was_lost_in_two_months(seen: Snapshot) -> None:
    assert seen.as_of is not None
    view = View(as_of=seen.as_of, from_on=FIRST, to_on=LAST)
    found = seen.ask(losses(view), EVERYTHING).frame.select("place", "lost_reason", "lost", "lost_amount").rows()
    assert found == seen.frame(_LOST, {"first": FIRST, "last": LAST}).rows()


def test_moves_between_stages_in_two_months(seen: Snapshot) -> None:
    assert seen.as_of is not None
    frame = seen.ask(moves(View(as_of=seen.as_of, from_on=FIRST, to_on=LAST)), EVERYTHING).frame
    found = frame.select("place", "next_place", "moves").sort("place", "next_place", "moves", nulls_last=True).rows()
    assert found == seen.frame(_WENT, {"first": FIRST, "last": LAST}).rows()
    assert len(found) > 5
