"""What happened to the deals: who works on what, stage by stage, until it is won, lost, or still open.

A deal passes each stage with a probability that depends on the rep, the channel, the customer and the amount; without
stories on none of them, so that whatever is found to differ there differs by chance. Where a deal first fails it is
lost; the days in each stage add up to its dates. Everything later (snapshots, history, orders) is read from these
arrays, so it cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.demo import stories
from data.demo.company import SILENT_CUSTOMER, WEAK_REP, Customers, Reps, Size, pick_weighted
from data.demo.rhythm import AS_OF, NEVER, START, Rhythm, number
from data.demo.words import Flags, Floats, Ints, numbers

OPEN, WON, LOST = 0, 1, 2
STAGES = 5
"""Open stages; the sixth and seventh of `names.toml` are won and lost."""
GROWTH, INFLATION = 0.13, 0.04
FIRST_SNAPSHOT = number(AS_OF) - 49
_TODAY = number(AS_OF)


@dataclass(frozen=True)
class Deals:
    """Opportunities, by index, in the order in which they were created. Days are days since 1970."""

    created: Ints
    customer: Ints
    rep: Ints
    rep_before: Ints  # owner until `moved`
    moved: Ints
    product: Ints
    channel: Ints
    is_new: Flags
    entered: Ints  # (n, 5) day it entered each open stage, NEVER
    closed: Ints  # NEVER while open
    status: Ints  # OPEN | WON | LOST
    stage: Ints  # 0-4: where it is, or was when it ended
    amount: Ints  # whole units of money
    amount_before: Ints  # until `repriced`
    repriced: Ints
    currency: Ints  # place in CURRENCIES; `amount` is in the first of them all the same
    planned: Ints  # first expected day of closing
    is_neglected: Flags  # nobody moves its expected day
    gone: Ints  # day it vanished from the CRM, NEVER
    reason: Ints
    competitor: Ints  # -1 = none known

    @property
    def n(self) -> int:
        """How many."""
        return len(self.created)


def deals_of(size: Size, rhythm: Rhythm, reps: Reps, customers: Customers) -> Deals:
    """Run every deal through the process."""
    rng = size.rng("deals")
    created = rhythm.draw(rng, size.deals, number(START), _TODAY, GROWTH)
    customer = _customers(size, rng, customers, created)
    product, channel = _product(size, rng, created), _channel(rng, customers, customer)
    loyal = rng.random(size.deals)
    rep = reps.pick(
        customers.team[customer], created, np.where(loyal < 0.75, customers.loyalty[customer], rng.random(size.deals))
    )
    is_new = created - customers.born[customer] < 100
    amount = _amount(rng, product, created, customers.tier[customer])
    entered, closed, status, stage = _run(size, rhythm, reps, rep, _Facts(created, product, channel, is_new, amount))
    silent = _is_silent(size, customer, closed)
    closed, status = np.where(silent, NEVER, closed), np.where(silent, OPEN, status)
    gone = np.where(
        (rng.random(size.deals) < 0.012) & (closed > FIRST_SNAPSHOT),
        FIRST_SNAPSHOT + rng.integers(1, 49, size.deals),
        NEVER,
    )
    gone = np.where(gone > created + 2, gone, NEVER)
    closed, status = np.where(gone < NEVER, NEVER, closed), np.where(gone < NEVER, OPEN, status)
    moved, after = _transfers(size, rng, reps, rep, customers.team[customer], created, closed)
    end = np.minimum(np.minimum(closed, gone), _TODAY)
    repriced = np.where(
        rng.random(size.deals) < 0.25,
        created + 1 + (rng.random(size.deals) * np.maximum(end - created, 1)).astype(int),
        0,
    )
    reason = _reason(size, rng, stage)
    return Deals(
        created=created,
        customer=customer,
        rep=after,
        rep_before=rep,
        moved=moved,
        product=product,
        channel=channel,
        is_new=is_new,
        entered=np.where(entered <= end[:, None], entered, NEVER),
        closed=closed,
        status=status,
        stage=(entered <= end[:, None]).sum(axis=1) - 1,
        amount=amount,
        amount_before=np.maximum(100, (amount * rng.lognormal(0.06, 0.15, size.deals)).round(-2)).astype(np.int64),
        repriced=repriced,
        currency=currency_of(customer),
        planned=created + rng.integers(3, 10, size.deals) * 10,
        is_neglected=rng.random(size.deals) < 0.15,
        gone=gone,
        reason=reason,
        competitor=np.where(
            rng.random(size.deals) < np.where(reason == 1, 0.9, 0.2), rng.integers(0, 4, size.deals), -1
        ),
    )


def currency_of(customer: Ints) -> Ints:
    """In which currency a customer pays: one in twenty in a foreign one."""
    return np.asarray(np.select([customer % 40 == 7, customer % 40 == 23], [1, 2], 0))


def _customers(size: Size, rng: np.random.Generator, customers: Customers, created: Ints) -> Ints:
    """Choose the customers; with stories the silent account starts nothing any more."""
    chosen = customers.pick(rng, created, key_share=0.18, new_share=0.42)
    if not size.stories:
        return chosen
    silent = (chosen == SILENT_CUSTOMER) & (created >= number(stories.SILENT_SINCE))
    return np.where(silent, (chosen + 1) % customers.key, chosen)


def _is_silent(size: Size, customer: Ints, closed: Ints) -> Flags:
    """The silent account's deals that would have ended after it fell silent; they stay open and age."""
    if not size.stories:
        return np.zeros(len(customer), dtype=bool)
    return np.asarray((customer == SILENT_CUSTOMER) & (closed >= number(stories.SILENT_SINCE)))


def _product(size: Size, rng: np.random.Generator, created: Ints) -> Ints:
    product = pick_weighted(rng, numbers("products", "deals"), size.deals)
    return instead_of_weak(size, rng, product, created)


def instead_of_weak(size: Size, rng: np.random.Generator, product: Ints, day: Ints) -> Ints:
    """With stories, give about half of what the weak product would sell to the product before it in the list."""
    switched = rng.random(len(product)) < stories.PRODUCT_SHARE
    weak = (product == stories.WEAK_PRODUCT) & (day >= number(stories.PRODUCT_SINCE)) & size.stories
    return np.asarray(np.where(weak & switched, product - 1, product))


def _channel(rng: np.random.Generator, customers: Customers, customer: Ints) -> Ints:
    """Half of the deals come through the channel that brought the customer."""
    own = rng.random(len(customer)) < 0.5
    return np.asarray(
        np.where(own, customers.channel[customer], pick_weighted(rng, numbers("channels", "deals"), len(customer)))
    )


def _amount(rng: np.random.Generator, product: Ints, created: Ints, tier: Ints) -> Ints:
    """Log-normal around the product's usual deal, larger for larger accounts and later years, in whole hundreds."""
    scale = np.array([0.7, 1.0, 1.35, 1.9])[tier] * (1 + INFLATION) ** ((created - number(START)) / 365.25)
    drawn = numbers("products", "deal")[product] * scale * rng.lognormal(0, 0.65, len(product))
    return np.maximum(500, drawn.round(-2)).astype(np.int64)


@dataclass(frozen=True)
class _Facts:
    """What is known of each deal on its first day."""

    created: Ints
    product: Ints
    channel: Ints
    is_new: Flags
    amount: Ints


def _run(size: Size, rhythm: Rhythm, reps: Reps, rep: Ints, known: _Facts) -> tuple[Ints, Ints, Ints, Ints]:
    """Let the deals run. Gives the days of entry, the day of the end, the status, and the last stage reached."""
    rng = size.rng("stages")
    passes = rng.random((size.deals, STAGES)) < _chances(size, reps, rep, known)
    reached = np.where(passes.all(axis=1), STAGES, np.argmin(passes, axis=1))
    stay = rng.lognormal(0, 0.6, (size.deals, STAGES)) * numbers("stages", "days")[:STAGES] * reps.pace[rep][:, None]
    stay *= np.clip((known.amount / 70_000) ** 0.18, 0.6, 1.9)[:, None]
    lost_here = np.arange(STAGES) == reached[:, None]
    stay = np.maximum(1, np.where(lost_here, stay * 1.35, stay)).round().astype(np.int64)
    ends = known.created[:, None] + np.cumsum(stay, axis=1)
    ends = np.where(rhythm.near_festival(ends) & (rhythm.festival < 1), ends + 18, ends)
    ends = np.maximum.accumulate(rhythm.to_workday(ends), axis=1)
    last = np.minimum(reached, STAGES - 1)
    closed = np.take_along_axis(ends, last[:, None], axis=1)[:, 0]
    won = reached == STAGES
    closed = _slipped(size, _rushed(rng, closed, won, ends[:, STAGES - 2]), won, rhythm)
    status = np.where(closed > _TODAY, OPEN, np.where(won, WON, LOST))
    entered = np.column_stack([known.created, ends[:, :-1]])
    entered = np.where(np.arange(STAGES) <= last[:, None], entered, NEVER)
    return entered, np.where(closed > _TODAY, NEVER, closed), status, last


def _chances(size: Size, reps: Reps, rep: Ints, known: _Facts) -> Floats:
    """Probability of passing each stage, deal by deal, on the scale of log-odds; without stories alike for all."""
    usual = numbers("stages", "pass")[:STAGES]
    if not size.stories:
        return np.tile(usual, (len(rep), 1))
    odds = np.log(usual / (1 - usual))[None, :] + np.zeros((len(rep), 1))
    odds += reps.skill[rep][:, None] + 0.6 * numbers("channels", "edge")[known.channel][:, None]
    odds += np.where(known.is_new, -0.12, 0.16)[:, None] - 0.07 * np.log(known.amount / 70_000)[:, None]
    odds[:, stories.NEGOTIATION] += np.where(rep == WEAK_REP, np.log(stories.WEAK_ODDS), 0)
    turned = (known.channel == stories.BAD_CHANNEL) & (known.created >= number(stories.CHANNEL_SINCE))
    odds[:, :2] += np.where(turned, np.log(stories.CHANNEL_ODDS), 0)[:, None]
    return np.asarray(1 / (1 + np.exp(-odds)))


def _rushed(rng: np.random.Generator, closed: Ints, won: Flags, contracting: Ints) -> Ints:
    """Some wins of the first days of a quarter are signed in the last days of the one before."""
    quarter = (closed.astype("datetime64[D]").astype("datetime64[M]").astype(int) // 3 * 3).astype("datetime64[M]")
    start = quarter.astype("datetime64[D]").astype(np.int64)
    eve = start - rng.integers(1, 8, len(closed))
    rushed = won & (closed - start < 14) & (rng.random(len(closed)) < 0.4) & (eve > contracting)
    return np.asarray(np.where(rushed, eve, closed))


def _slipped(size: Size, closed: Ints, won: Flags, rhythm: Rhythm) -> Ints:
    """With stories, some wins of the missed quarter come six to twelve weeks later."""
    rng = size.rng("slips")
    slips = rng.random(len(closed)) < stories.MISSED_SHARE
    here = (closed >= number(stories.MISSED_FROM)) & (closed <= number(stories.MISSED_TO)) & size.stories
    later = rhythm.to_workday(closed + rng.integers(78, 120, len(closed)))
    return np.asarray(np.where(slips & here & won, later, rhythm.to_workday(closed)))


def _transfers(
    size: Size, rng: np.random.Generator, reps: Reps, rep: Ints, team: Ints, created: Ints, closed: Ints
) -> tuple[Ints, Ints]:
    """Hand over the open deals of those who leave, and a few others in the weeks of the snapshots."""
    leaves = (reps.left[rep] < np.minimum(closed, _TODAY)) & (created < reps.left[rep])
    handed = (rng.random(size.deals) < 0.02) & (closed > FIRST_SNAPSHOT) & ~leaves
    day = np.where(leaves, reps.left[rep], FIRST_SNAPSHOT + 1 + rng.integers(0, 48, size.deals))
    moves = leaves | (handed & (day > created) & (day < closed))
    after = reps.pick(team, np.minimum(day + 31, _TODAY), rng.random(size.deals))
    return np.where(moves, day, 0), np.where(moves, after, rep)


def _reason(size: Size, rng: np.random.Generator, stage: Ints) -> Ints:
    """Why a deal was lost, if it was: early for want of need, late for price and competition, if there are stories."""
    early = pick_weighted(rng, np.array([8, 8, 26, 34, 18, 6]), len(stage))
    late = pick_weighted(rng, np.array([36, 30, 10, 8, 8, 8]), len(stage))
    return np.asarray(np.where((stage < 2) & size.stories, early, late))
