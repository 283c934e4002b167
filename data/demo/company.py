"""Who sells, to whom, and what: reps in teams, customers, products."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date

import numpy as np

from data.demo.rhythm import AS_OF, NEVER, START, months_since_start, number
from data.demo.words import Floats, Ints, facts, numbers

BASE_DEALS = 20_000
WEEKS = 8
"""Weekly full exports of the deals."""
KEY_ACCOUNTS = 5
"""Index of the team that serves the key accounts; the teams before it have one region each."""
WEAK_REP, MOVED_REP = 9, 17
"""The rep with the weak stage, and the one who changed teams. Both exist at any size."""
SILENT_CUSTOMER = 1
MOVED_ON = date(2025, 7, 1)
_LEAVERS = {12: date(2025, 3, 31), 21: date(2025, 11, 14)}
_BORN_FIRST = number(date(2019, 1, 1))
_MONTHS = int(months_since_start(np.array([number(AS_OF)]))[0]) + 1


@dataclass(frozen=True)
class Size:
    """What is asked for: how many deals, with the planted stories or without, from which seed, and how many exports."""

    deals: int
    stories: bool
    seed: int
    weeks: int = WEEKS

    def rng(self, subject: str) -> np.random.Generator:
        """Random numbers of one subject, the same whatever the other subjects draw and whether stories are planted."""
        return np.random.default_rng([self.seed, zlib.crc32(subject.encode())])


@dataclass(frozen=True)
class Reps:
    """Salespeople, by index."""

    team: Ints
    hired: Ints
    left: Ints
    skill: Floats  # added to the log-odds of passing any stage
    pace: Floats  # factor on the days spent in a stage
    roster: Floats  # (teams x months) blocks of cumulated weights, see `pick`

    @property
    def n(self) -> int:
        """How many."""
        return len(self.team)

    def pick(self, team: Ints, day: Ints, u: Floats) -> Ints:
        """Choose a rep of `team` who worked there on `day`; `u` in [0, 1) decides among them.

        All rosters lie in one rising array, block (team, month) from its number to its number + 1, so that one binary
        search serves every row at once.
        """
        month = np.clip(months_since_start(day), 0, _MONTHS - 1)
        block = team * _MONTHS + month
        found = np.searchsorted(self.roster, block + u, side="right")
        return np.asarray(found - block * self.n)


def reps_of(size: Size) -> Reps:
    """Hire the salespeople: 40 at 20,000 deals, growing with the square root of the business."""
    rng = size.rng("reps")
    n = max(24, round(40 * (size.deals / BASE_DEALS) ** 0.5))
    share = numbers("teams", "reps")
    # Dealing by largest lag keeps every team's share right at every size and the first reps the same.
    slots = (np.arange(n)[:, None] + 0.5) / share[None, :]
    order = np.argsort(slots, axis=None, kind="stable")[:n]
    team = (order % len(share)).astype(np.int64)
    hired = np.where(rng.random(n) < 0.7, rng.integers(_BORN_FIRST, number(START), n), 0)
    joiners = rng.integers(number(START) + 60, number(AS_OF) - 200, n)
    hired = np.where(hired == 0, joiners, hired)
    hired[[WEAK_REP, MOVED_REP, *_LEAVERS]] = number(date(2021, 3, 1))
    left = np.full(n, NEVER)
    for rep, day in _LEAVERS.items():
        left[rep] = number(day)
    skill, pace = rng.normal(0, 0.13, n), rng.lognormal(0, 0.1, n)
    pace = pace if size.stories else np.ones(n)  # without stories nobody is quicker than others, either
    skill[WEAK_REP] = 0.0
    weight = rng.lognormal(0, 0.25, n)
    weight[WEAK_REP] = 1.3
    return Reps(team, hired, left, skill, pace, _roster(team, hired, left, weight, len(share)))


def _roster(team: Ints, hired: Ints, left: Ints, weight: Floats, teams: int) -> Floats:
    """Cumulate, for each team and month, the weights of those who were there all month (or founded the team)."""
    first = (
        np.arange(np.datetime64(START, "M"), np.datetime64(START, "M") + _MONTHS).astype("datetime64[D]").astype(int)
    )
    there = (hired[None, :] <= first[:, None]) & (left[None, :] > first[:, None] + 31)
    here = team[None, :] == np.arange(teams)[:, None]
    blocks = (here[:, None, :] & there[None, :, :]) * weight
    empty = blocks.sum(axis=2, keepdims=True) == 0
    blocks = np.where(empty, here[:, None, :] * weight, blocks)
    cumulated = np.cumsum(blocks, axis=2)
    cumulated /= cumulated[:, :, -1:]
    return np.asarray((cumulated + np.arange(teams * _MONTHS).reshape(teams, _MONTHS, 1)).ravel())


@dataclass(frozen=True)
class Customers:
    """Accounts, by index, in the order in which they became known."""

    born: Ints
    gone: Ints  # the day it bought for the last time
    team: Ints
    region: Ints
    industry: Ints
    tier: Ints  # 0 = C … 3 = key
    channel: Ints
    loyalty: Floats  # in [0, 1): which rep of its team serves it
    terms: Ints  # days to pay

    @property
    def n(self) -> int:
        """How many."""
        return len(self.born)

    @property
    def key(self) -> int:
        """How many of the first are key accounts."""
        return int((self.tier == 3).sum())

    def pick(self, rng: np.random.Generator, day: Ints, key_share: float, new_share: float) -> Ints:
        """Choose a customer for each day: a key account, one that has just become known, or any known one."""
        u, kind = rng.random(len(day)), rng.random(len(day))
        known = np.searchsorted(self.born, day, side="right")
        recent = np.searchsorted(self.born, day - 75, side="right")
        key = (u**1.5 * self.key).astype(np.int64)
        new = recent + (u * np.maximum(known - recent, 1)).astype(np.int64)
        usual = (u * known).astype(np.int64)
        chosen = np.where(kind < key_share, key, np.where(kind < key_share + new_share, new, usual))
        return np.asarray(np.minimum(chosen, np.maximum(known - 1, 0)))


def customers_of(size: Size) -> Customers:
    """Find the customers: half as many as deals, 2 % of them key accounts, which are the oldest."""
    rng = size.rng("customers")
    n = max(200, size.deals // 2)
    keys = max(20, n // 50)
    born = np.sort(
        np.where(
            rng.random(n) < 0.35,
            rng.integers(_BORN_FIRST, number(START), n),
            rng.integers(number(START), number(AS_OF), n),
        )
    )
    born[:keys] = np.sort(rng.integers(_BORN_FIRST - 700, _BORN_FIRST, keys))
    gone = np.minimum(born + 60 + rng.exponential(620, n), NEVER).astype(np.int64)
    gone[:keys] = NEVER
    share = numbers("teams", "customers")[:KEY_ACCOUNTS]
    region = np.searchsorted(np.cumsum(share / share.sum()), rng.random(n))
    tier = np.searchsorted([0.6, 0.88], rng.random(n))
    key = np.arange(n) < keys
    region[:keys] = np.arange(keys) % KEY_ACCOUNTS
    return Customers(
        born=born,
        gone=gone,
        team=np.where(key, KEY_ACCOUNTS, region),
        region=region,
        industry=(np.arange(n) * 5 + np.arange(n) // 7) % len(facts()["industries"]),
        tier=np.where(key, 3, tier),
        channel=pick_weighted(rng, numbers("channels", "deals"), n),
        loyalty=rng.random(n),
        terms=np.array([30, 45, 60])[rng.integers(0, 3, n)],
    )


def pick_weighted(rng: np.random.Generator, weights: Floats, n: int) -> Ints:
    """Draw `n` indices with these weights."""
    cumulated = np.cumsum(weights)
    return np.asarray(np.searchsorted(cumulated / cumulated[-1], rng.random(n), side="right"))
