"""What happens around the deals: activities, surveys, tickets, campaigns, stock, market."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from data.demo import stories
from data.demo.company import KEY_ACCOUNTS, SILENT_CUSTOMER, Customers, Reps, Size, pick_weighted
from data.demo.exports import CAMPAIGN_CHANNELS, QUARTERS, Leads, campaign_names
from data.demo.process import GROWTH, WON, Deals
from data.demo.rhythm import AS_OF, NEVER, START, Rhythm, number
from data.demo.words import Floats, Ints, Words, column, dates, facts, ids, moments, money, numbers

_TODAY = number(AS_OF)
KINDS = ("call", "visit", "meeting", "mail", "demo", "task")
_KIND_WEIGHTS = np.array([36, 14, 12, 24, 6, 8])
_MINUTES = np.array([12, 90, 55, 6, 70, 20])
EVENLY = 0.055
"""Activities per deal and day where there are no stories: about as many in all as with them."""


def activities_frame(size: Size, rhythm: Rhythm, deals: Deals, leads: Leads, words: Words) -> pl.DataFrame:
    """What the reps did: along every deal, more where more is at stake, and the first call to every lead."""
    rng = size.rng("activities")
    deal, day = _along_deals(size, rng, rhythm, deals)
    called = np.flatnonzero(leads.touched >= 0)
    touch = leads.created[called] * 1440 + leads.minute[called] + leads.touched[called]
    here = touch < (_TODAY + 1) * 1440
    called, touch = called[here], touch[here]
    n, first = len(deal), np.full(len(called), -1)
    minute = np.concatenate([(rng.normal(13.4, 2.6, n) * 60).clip(480, 1200).astype(int), touch % 1440])
    days = np.concatenate([day, touch // 1440])
    kind = np.concatenate([pick_weighted(rng, _KIND_WEIGHTS, n), np.zeros(len(called), dtype=int)])
    of_deal, of_lead = np.concatenate([deal, first]), np.concatenate([np.full(n, -1), called])
    owner = np.where(day >= deals.moved[deal], deals.rep[deal], deals.rep_before[deal])
    order = np.lexsort((minute, days))
    kind, of_deal, of_lead = kind[order], of_deal[order], of_lead[order]
    lasted = (_MINUTES[kind] * rng.lognormal(0, 0.4, len(kind))).round()
    customer = np.where(of_deal >= 0, deals.customer[of_deal], leads.customer[of_lead])
    return pl.DataFrame(
        {
            "activity_id": ids("A", np.arange(len(kind)), 7),
            "kind": column(list(KINDS), kind),
            "deal_id": ids("D", of_deal),
            "lead_id": ids("L", of_lead),
            "rep_id": ids("R", np.concatenate([owner, leads.rep[called]])[order], 4),
            "customer_id": ids("C", customer),
            "done_at": moments(days[order], minute[order]),
            "minutes": lasted,
            "outcome": column(words.pairs("outcomes"), rng.integers(0, 4, len(kind))),
            "subject": column(words.pairs("subjects"), rng.integers(0, 5, len(kind))),
        }
    )


def _along_deals(size: Size, rng: np.random.Generator, rhythm: Rhythm, deals: Deals) -> tuple[Ints, Ints]:
    """Deal and day of every activity on a deal.

    The longer a deal lives the fewer come to a week; without stories they come evenly, and tell nothing of its end.
    """
    end = np.minimum(np.minimum(deals.closed, deals.gone), _TODAY)
    life = np.maximum(end - deals.created, 1)
    wanted = np.minimum(0.6 + 0.45 * np.sqrt(life) * np.clip((deals.amount / 70_000) ** 0.2, 0.6, 2), 18)
    deal = np.repeat(np.arange(deals.n), rng.poisson(wanted if size.stories else EVENLY * life))
    day = rhythm.to_workday(deals.created[deal] + (rng.random(len(deal)) * life[deal]).astype(np.int64))
    rests = rng.random(len(deal)) > rhythm.festival
    keep = (day <= end[deal]) & ~(rests & rhythm.near_festival(day))
    if size.stories:
        silent = deals.customer[deal] == SILENT_CUSTOMER
        keep &= ~(silent & (day >= number(stories.SILENT_SINCE)))
    return deal[keep], day[keep]


def surveys_frame(size: Size, reps: Reps, customers: Customers, deals: Deals, words: Words) -> pl.DataFrame:
    """A recommendation score (0-10) after three in ten wins, and a satisfaction score (1-5) of one customer in six."""
    rng = size.rng("surveys")
    asked = np.flatnonzero((deals.status == WON) & (rng.random(deals.n) < 0.3) & (deals.closed < _TODAY - 25))
    known = np.flatnonzero((customers.born < _TODAY - 60) & (rng.random(customers.n) < 0.17))
    start = np.maximum(customers.born[known], number(START))
    sent = np.concatenate(
        [deals.closed[asked] + 10, start + (rng.random(len(known)) * (_TODAY - 15 - start)).astype(np.int64)]
    )
    customer = np.concatenate([deals.customer[asked], known])
    is_nps = np.arange(len(sent)) < len(asked)
    nps = np.clip(np.round(rng.normal(8.1, 1.9, len(sent))), 0, 10)
    csat = np.clip(np.round(rng.normal(4.1, 0.8, len(sent))), 1, 5)
    serving = reps.pick(customers.team[known], sent[len(asked) :], customers.loyalty[known])
    rep = np.concatenate([deals.rep[asked], serving])
    said = np.where(rng.random(len(sent)) < 0.4, rng.integers(0, 5, len(sent)), -1)
    return pl.DataFrame(
        {
            "survey_id": ids("S", np.arange(len(sent))),
            "kind": column(["csat", "nps"], is_nps.astype(int)),
            "answered_on": dates(sent + rng.integers(0, 12, len(sent))),
            "sent_on": dates(sent),
            "score": np.where(is_nps, nps, csat),
            "comment": column(words.pairs("comments"), said),
            "rep_id": ids("R", rep, 4),
            "customer_id": ids("C", customer),
        }
    )


def tickets_frame(size: Size, rhythm: Rhythm, reps: Reps, customers: Customers, words: Words) -> pl.DataFrame:
    """Complaints and questions."""
    rng = size.rng("tickets")
    n = size.deals // 5
    opened = rhythm.draw(rng, n, number(START), _TODAY, GROWTH)
    customer = customers.pick(rng, opened, 0.15, 0.1)
    severity = pick_weighted(rng, np.array([5, 4, 1]), n)
    closed = opened + np.maximum(1, rng.lognormal(1.4, 0.9, n)).astype(np.int64)
    closed = np.where(closed <= _TODAY, closed, NEVER)
    return pl.DataFrame(
        {
            "ticket_id": ids("T", np.arange(n)),
            "opened_on": dates(opened),
            "closed_on": dates(closed),
            "kind": column(words.pairs("ticket_kinds"), pick_weighted(rng, np.array([4, 4, 1, 2]), n)),
            "severity": column(words.pairs("severities"), severity),
            "status": column(words.pairs("ticket_status"), (closed < NEVER).astype(int)),
            "rep_id": ids("R", reps.pick(customers.team[customer], opened, customers.loyalty[customer]), 4),
            "customer_id": ids("C", customer),
            "product_id": ids("P", pick_weighted(rng, numbers("products", "lines"), n), 3),
        }
    )


def quarter_starts(n: int = QUARTERS) -> list[date]:
    """First days of the quarters from START on."""
    first = START.year * 4 + (START.month - 1) // 3
    return [date((first + k) // 4, (first + k) % 4 * 3 + 1, 1) for k in range(n)]


def campaigns_frame(size: Size, words: Words) -> pl.DataFrame:
    """One campaign per quarter and channel that runs any."""
    rng = size.rng("campaigns")
    names = campaign_names(words)
    starts = quarter_starts(QUARTERS + 1)
    quarter, which = np.divmod(np.arange(len(names)), CAMPAIGN_CHANNELS)
    runs = np.flatnonzero(numbers("channels", "leads") > 12)
    first = np.array([number(day) for day in starts])
    cost = (rng.lognormal(10.8, 0.3, len(names)) * (size.deals / 20_000) ** 0.8).round(-2)
    return pl.DataFrame(
        {
            "campaign_id": ids("W", np.arange(len(names)), 4),
            "campaign": names,
            "source": column(words.of("channels"), runs[which]),
            "starts_on": dates(first[quarter]),
            "ends_on": dates(first[quarter + 1] - 1),
            "cost": money(cost),
        }
    )


def stock_frame(size: Size, words: Words) -> pl.DataFrame:
    """What was counted in each warehouse at the end of every month."""
    rng = size.rng("stock")
    months = (
        np.arange(np.datetime64(START, "M") + 1, np.datetime64(AS_OF, "M") + 1).astype("datetime64[D]").astype(int) - 1
    )
    places, products = len(words.pairs("warehouses")), len(facts()["products"])
    month, product, place = (
        axis.ravel()
        for axis in np.meshgrid(np.arange(len(months)), np.arange(products), np.arange(places), indexing="ij")
    )
    usual = numbers("products", "lines")[product] * 60 + 20
    return pl.DataFrame(
        {
            "product_id": ids("P", product, 3),
            "counted_on": dates(months[month]),
            "quantity": (usual * rng.lognormal(0, 0.35, len(usual))).round(),
            "warehouse": column(words.pairs("warehouses"), place),
        }
    )


def market_frame(size: Size, words: Words) -> pl.DataFrame:
    """Yearly size of each region's market, and what the competitors sell there."""
    rng = size.rng("market")
    rivals, years = len(words.pairs("competitors")), range(START.year, AS_OF.year + 1)
    year, region, rival = (
        axis.ravel()
        for axis in np.meshgrid(np.array(list(years)), np.arange(KEY_ACCOUNTS), np.arange(rivals), indexing="ij")
    )
    volume: Floats = numbers("teams", "customers")[region] * 4.5e7 * 1.05 ** (year - START.year) * (size.deals / 20_000)
    share = np.array([0.14, 0.1, 0.07, 0.05])[rival] * rng.lognormal(0, 0.1, len(rival))
    starts = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(int)
    return pl.DataFrame(
        {
            "market": column(words.pairs("market"), np.zeros(len(year), dtype=int)),
            "region": column(words.of("teams", "region"), region),
            "starts_on": dates(starts),
            "ends_on": dates((year - 1969).astype("datetime64[Y]").astype("datetime64[D]").astype(int) - 1),
            "size": money(volume.round(-4)),
            "competitor": column(words.pairs("competitors"), rival),
            "competitor_amount": money((volume * share).round(-4)),
        }
    )
