"""The deals as the CRM exported them: weekly full exports, the stage history, and the leads they came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from data.demo import stories
from data.demo.company import Customers, Reps, Size, pick_weighted
from data.demo.lists import customer_names
from data.demo.money import CURRENCIES, PER_UNIT
from data.demo.process import GROWTH, OPEN, STAGES, WON, Deals
from data.demo.rhythm import AS_OF, NEVER, START, Rhythm, number
from data.demo.words import Flags, Floats, Ints, Words, blank, column, dates, ids, moments, money, numbers

_REFERRAL = 1
_PUSH = 28
"""An expected day that has come is moved by as many days as needed, in steps of four weeks."""


def snapshots(
    weeks: int, deals: Deals, customers: Customers, leads: Leads, words: Words
) -> Iterator[tuple[int, pl.DataFrame]]:
    """Every full export: its day and its rows. What never changes is made once."""
    fixed = _fixed(deals, customers, leads, words)
    for day in range(number(AS_OF) - 7 * (weeks - 1), number(AS_OF) + 1, 7):
        there = (deals.created <= day) & (deals.gone > day)
        yield day, fixed.filter(pl.Series(there)).hstack(_state(deals, np.flatnonzero(there), day, words))


def _fixed(deals: Deals, customers: Customers, leads: Leads, words: Words) -> pl.DataFrame:
    """Columns of a deal that stay as they are from its first day."""
    customer = deals.customer
    names = customer_names(customer, customers.region[customer], customers.industry[customer], words)
    return pl.DataFrame(
        {
            "deal_id": ids("D", np.arange(deals.n)),
            "deal": names + " · " + column(words.of("products"), deals.product),
            "pipeline": column(words.pairs("pipeline"), np.zeros(deals.n, dtype=int)),
            "deal_type": column(words.pairs("deal_types"), np.where(deals.is_new, 0, 1)),
            "customer_id": ids("C", customer),
            "product_id": ids("P", deals.product, 3),
            "source": column(words.of("channels"), deals.channel),
            "campaign": column(campaign_names(words), leads.campaign_of(deals.channel, deals.created)),
            "lead_id": ids("L", leads.of_deal),
            "created_on": dates(deals.created),
            "currency": column(list(CURRENCIES), deals.currency),
        }
    )


def _state(deals: Deals, at: Ints, day: int, words: Words) -> pl.DataFrame:
    """Columns of the deals `at` these positions as they stood on the evening of `day`."""
    closed = np.where(deals.closed[at] <= day, deals.closed[at], NEVER)
    is_open = closed == NEVER
    status = np.where(is_open, OPEN, deals.status[at])
    stage = (deals.entered[at] <= day).sum(axis=1) - 1
    shown = np.where(is_open, stage, np.where(status == WON, STAGES, STAGES + 1))
    owner = np.where(deals.moved[at] <= day, deals.rep[at], deals.rep_before[at])
    lost = ~is_open & (status != WON)
    expected = _expected(deals, at, day, closed)
    return pl.DataFrame(
        {
            "rep_id": ids("R", owner, 4),
            "stage": column(words.of("stages"), shown),
            "status": column(["open", "won", "lost"], status),
            "amount": money(amount_on(deals, at, day)),
            "probability": numbers("stages", "probability")[shown],
            "forecast_category": _category(is_open, status, stage, expected, day),
            "expected_close_on": dates(expected),
            "closed_on": dates(closed),
            "lost_reason": column(words.pairs("lost_reasons"), np.where(lost, deals.reason[at], -1)),
            "competitor": column(words.pairs("competitors"), np.where(stage >= 2, deals.competitor[at], -1)),
            "next_step": column(words.pairs("next_steps"), np.where(is_open & (at % 5 > 0), stage, -1)),
        }
    )


def amount_on(deals: Deals, at: Ints, day: int) -> Floats:
    """What the CRM said the deals `at` were worth on the evening of `day`, each in its own currency; NaN: nothing."""
    closed = np.where(deals.closed[at] <= day, deals.closed[at], NEVER)
    amount = np.where(deals.repriced[at] <= np.minimum(day, closed), deals.amount[at], deals.amount_before[at])
    stage = (deals.entered[at] <= day).sum(axis=1) - 1
    unknown = (closed == NEVER) & (stage == 0) & (at % 9 == 0)
    return np.asarray(np.where(unknown, np.nan, (amount / PER_UNIT[deals.currency[at]]).round()))


def _expected(deals: Deals, at: Ints, day: int, closed: Ints) -> Ints:
    """The expected day of closing: pushed each time it has come, except where nobody cares for the deal."""
    planned = deals.planned[at]
    behind = np.maximum(0, np.minimum(day, closed) - planned)
    pushed = planned + -(-behind // _PUSH) * _PUSH
    expected = np.where(deals.is_neglected[at], planned, pushed)
    return np.asarray(np.where(closed < NEVER, closed, expected))


def _category(is_open: Flags, status: Ints, stage: Ints, expected: Ints, day: int) -> pl.Series:
    """What the rep says: committed when signing is near, best case when the offer is being talked over."""
    soon = expected - day < 45
    said = np.where(
        ~is_open, np.where(status == WON, 4, 0), np.where((stage == 4) & soon, 3, np.where((stage == 3) & soon, 2, 1))
    )
    return column(["omitted", "pipeline", "best_case", "commit", "closed"], said)


def stage_history(deals: Deals, words: Words) -> pl.DataFrame:
    """One row per visit of a deal to a stage, the last one being won or lost, in the order of deals."""
    end = np.where(deals.closed < NEVER, deals.closed, NEVER)
    entered = np.column_stack([deals.entered, end])
    following = np.minimum.accumulate(entered[:, ::-1], axis=1)[:, ::-1]
    left = np.column_stack([following[:, 1:], np.full(deals.n, NEVER)])
    deal, stage = np.nonzero(entered < NEVER)
    ended = np.where(deals.status[deal] == WON, STAGES, STAGES + 1)
    return pl.DataFrame(
        {
            "deal_id": ids("D", deal),
            "stage": column(words.of("stages"), np.where(stage == STAGES, ended, stage)),
            "entered_on": dates(entered[deal, stage]),
            "left_on": dates(left[deal, stage]),
        }
    )


# --------------------------------------------------------------------------------------------------------------- leads


@dataclass(frozen=True)
class Leads:
    """First contacts, by index, in the order in which they came in."""

    created: Ints
    minute: Ints
    channel: Ints
    customer: Ints
    rep: Ints
    deal: Ints  # -1 = became none
    of_deal: Ints  # lead of each deal, -1 = none
    qualified: Ints
    touched: Ints  # minutes until the first call, -1 = never

    def campaign_of(self, channel: Ints, day: Ints) -> Ints:
        """The campaign that ran on a channel on a day; every second one is from none."""
        quarters = np.asarray(day, dtype="datetime64[D]").astype("datetime64[M]").astype(np.int64) // 3
        quarter = quarters - int(np.datetime64(START, "M").astype(np.int64)) // 3
        runs = numbers("channels", "leads")[channel] > 12
        return np.asarray(
            np.where(runs & (day % 2 == 0), quarter * CAMPAIGN_CHANNELS + np.cumsum(_RUNS)[channel] - 1, -1)
        )


_RUNS = (numbers("channels", "leads") > 12).astype(np.int64)
CAMPAIGN_CHANNELS = int(_RUNS.sum())
QUARTERS = 13


def campaign_names(words: Words) -> list[str]:
    """Names of the campaigns: one per quarter and channel that runs any."""
    topics = words.pairs("campaign_topics")
    first = START.year * 4 + (START.month - 1) // 3
    channels = [name for name, runs in zip(words.of("channels"), _RUNS, strict=True) if runs]
    quarters = [divmod(first + k, 4) for k in range(QUARTERS)]
    return [f"{year} {topics[quarter]} · {channel}" for year, quarter in quarters for channel in channels]


def leads_of(size: Size, rhythm: Rhythm, reps: Reps, customers: Customers, deals: Deals) -> Leads:
    """Leads behind most deals, fewer where someone referred the customer, and as many again that came to nothing."""
    rng = size.rng("leads")
    chance = np.where(deals.channel == _REFERRAL, 0.35, 0.75)
    deal = np.flatnonzero(rng.random(deals.n) < chance)
    began = deals.created[deal] - 1 - rng.geometric(0.22, len(deal))
    n = round(size.deals * 1.15)
    others = rhythm.draw(rng, n, number(START), number(AS_OF), GROWTH)
    channel = np.concatenate([deals.channel[deal], _other_channels(size, rng, others)])
    created = np.concatenate([began, others])
    customer = np.concatenate([deals.customer[deal], customers.pick(rng, others, 0.02, 0.7)])
    of = np.concatenate([deal, np.full(n, -1)])
    order = np.argsort(created, kind="stable")
    created, channel, customer, of = created[order], channel[order], customer[order], of[order]
    of_deal = np.full(deals.n, -1)
    of_deal[of[of >= 0]] = np.flatnonzero(of >= 0)
    return Leads(
        created=created,
        minute=(rng.normal(13.5, 3.2, len(created)) * 60).clip(0, 1439).astype(np.int64),
        channel=channel,
        customer=customer,
        rep=np.where(
            of >= 0, deals.rep_before[of], reps.pick(customers.team[customer], created, rng.random(len(created)))
        ),
        deal=of,
        of_deal=of_deal,
        qualified=_qualified(size, created, channel, of, deals),
        touched=np.where((of < 0) & (rng.random(len(of)) < 0.1), -1, rng.lognormal(5.6, 1.3, len(of))).astype(np.int64),
    )


def _other_channels(size: Size, rng: np.random.Generator, day: Ints) -> Ints:
    """Where the leads that came to nothing came from; with stories more of them come through the bad channel."""
    channel = pick_weighted(rng, numbers("channels", "leads"), len(day))
    swollen = (rng.random(len(day)) < 0.15) & (day >= number(stories.CHANNEL_SINCE)) & size.stories
    return np.asarray(np.where(swollen, stories.BAD_CHANNEL, channel))


def _qualified(size: Size, created: Ints, channel: Ints, deal: Ints, deals: Deals) -> Ints:
    """Day a lead was found worth a deal: on all that became one, on four in ten of the others."""
    rng = size.rng("qualified")
    chance = np.full(len(created), 0.4)
    if size.stories:
        turned = (channel == stories.BAD_CHANNEL) & (created >= number(stories.CHANNEL_SINCE))
        chance = np.where(turned, chance * stories.CHANNEL_SHARE, chance)
    day = created + 1 + rng.geometric(0.3, len(created))
    day = np.where(deal >= 0, np.minimum(day, deals.created[deal]), day)
    worth = (deal >= 0) | (rng.random(len(created)) < chance)
    return np.asarray(np.where(worth & (day <= number(AS_OF)), day, -1))


def leads_frame(leads: Leads, customers: Customers, deals: Deals, words: Words) -> pl.DataFrame:
    """The list of leads as exported today."""
    index = np.arange(len(leads.created))
    names = customer_names(leads.customer, customers.region[leads.customer], customers.industry[leads.customer], words)
    old = leads.created < number(AS_OF) - 45
    status = np.where(
        leads.deal >= 0, 3, np.where(leads.qualified >= 0, 2, np.where(old, 4, np.where(leads.touched >= 0, 1, 0)))
    )
    touch = leads.created * 1440 + leads.minute + leads.touched
    touched = (leads.touched >= 0) & (touch < (number(AS_OF) + 1) * 1440)
    return pl.DataFrame(
        {
            "lead_id": ids("L", index),
            "lead": names + " · " + column(words.pairs("lead_people"), index % 4),
            "created_at": moments(leads.created, leads.minute),
            "source": column(words.of("channels"), leads.channel),
            "campaign": column(campaign_names(words), leads.campaign_of(leads.channel, leads.created)),
            "rep_id": ids("R", leads.rep, 4),
            "industry": column(words.of("industries"), customers.industry[leads.customer]),
            "status": column(words.pairs("lead_status"), status),
            "first_touch_at": blank(moments(touch // 1440, touch % 1440), ~touched),
            "qualified_on": dates(leads.qualified),
            "converted_on": dates(np.where(leads.deal >= 0, deals.created[leads.deal], -1)),
            "deal_id": ids("D", leads.deal),
            "disqualified_reason": column(words.pairs("disqualified"), np.where(status == 4, index % 4, -1)),
        }
    )
