"""What colleagues, managers and the people themselves say of their work, and customers who say nothing when asked."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from data.demo.company import Reps, Size
from data.demo.process import WON, Deals
from data.demo.rhythm import AS_OF, START, number
from data.demo.words import Ints, column, dates, ids

_TODAY = number(AS_OF)
KINDS = ("nps", "peer", "self", "manager")
SILENT_SHARE, COLLEAGUES, ANSWERING = 0.45, 4, 0.8
"""Of the wins, the share whose customer is asked and says nothing; colleagues asked of each person; how many answer."""
_MEANS = np.array([0.0, 3.9, 4.2, 3.8])
"""Of five points, by kind: people think a little better of themselves."""


def opinions_frame(size: Size, reps: Reps, deals: Deals) -> pl.DataFrame:
    """Invitations to recommend that nobody answered, and twice a year a score of one to five of everybody who is there.

    Colleagues of the team, the person and the manager are asked; a fifth does not answer.
    """
    rng = size.rng("opinions")
    silent = np.flatnonzero((deals.status == WON) & (rng.random(deals.n) < SILENT_SHARE) & (deals.closed < _TODAY - 25))
    about, day, kind = _reviews(reps)
    answers = np.round(rng.normal(_MEANS[kind] + 0.25 * rng.standard_normal(reps.n)[about], 0.6))
    said = rng.random(len(about)) < ANSWERING
    sent = np.concatenate([deals.closed[silent] + 10, day])
    is_said = np.concatenate([np.zeros(len(silent), dtype=bool), said])
    score = np.concatenate([np.zeros(len(silent)), np.clip(answers, 1, 5)])
    took = rng.integers(0, 10, len(sent))
    frame = pl.DataFrame(
        {
            "survey_id": ids("V", np.arange(len(sent))),
            "kind": column(list(KINDS), np.concatenate([np.zeros(len(silent), dtype=int), kind])),
            "answered_on": dates(sent + took),
            "sent_on": dates(sent),
            "score": score,
            "comment": column([], np.full(len(sent), -1)),
            "rep_id": ids("R", np.concatenate([deals.rep[silent], about]), 4),
            "customer_id": ids("C", np.concatenate([deals.customer[silent], np.full(len(about), -1)])),
        }
    )
    known = pl.Series(is_said)
    return frame.with_columns(
        pl.when(known).then("answered_on").alias("answered_on"), pl.when(known).then("score").alias("score")
    )


def _reviews(reps: Reps) -> tuple[Ints, Ints, Ints]:
    """About whom, when and of which kind: every January and July, of those who were there."""
    days = [date(year, month, 10) for year in range(START.year, AS_OF.year + 1) for month in (1, 7)]
    at = np.array([number(day) for day in days if day > START and number(day) < _TODAY - 15])
    kinds = np.array([*[1] * COLLEAGUES, 2, 3])
    day, about, kind = (axis.ravel() for axis in np.meshgrid(at, np.arange(reps.n), kinds, indexing="ij"))
    there = (reps.hired[about] < day - 60) & (reps.left[about] > day)
    return about[there], day[there], kind[there]
