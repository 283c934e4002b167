"""What is told of customers to who sees a part of the sales: judged by what anybody sold to them, with own evidence.

Whether a customer is silent is a matter of the customer, not of who looks: what a colleague sold to it is no silence.
So it is judged by everybody's rows (`own_part.usual`). Told is

    of an account of one's people    that it is so; when, how often and how likely only where others sold on no day on
                                     which they did not, else null ("rests in part on rows that are not yours")
    of somebody else's account       nothing but where that is so: others may be in touch with it

Money at stake is what the own rows brought in the year up to the last own purchase, whatever rhythm these have; of
deals the part credited to one's people, as their won amount of the customer is told (decision 0023). Who has a share
in a deal sees its day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import polars as pl

from metrics import overdue
from metrics.held import remembered
from metrics.notes import Note, note
from metrics.own_part import usual
from metrics.query import Query, from_file
from metrics.view import View
from metrics.viewer import Viewer

SAME = ("customer", "last_on", "longest_pause", "purchases")
"""By what it is told whether others sold on other days: own days are some of everybody's, so as many are the same."""
STAKES = {"revenue": "ordered_at_stake", "won_amount": "won_at_stake"}
"""By what is bought, the column of `owners` with the money at stake."""
_EVIDENCE = ("last_on", "days_since", "usual_pause", "longest_pause", "purchases", "chance_of_pause")


def owners(view: View, customer: str | None = None) -> Query:
    """Whose accounts are whose, of the viewer's people of today: `customer`, `rep`, `ordered_at_stake`, `won_at_stake`.

    Args:
        view: its day. customer: this one alone.
    """
    return from_file(
        "customer_owners", view.model_copy(update={"filters": ()}), day=view.at,
        from_on=view.at - timedelta(days=overdue.BACK),
        brought_from=view.at - timedelta(days=overdue.BACK + overdue.YEAR), is_one=customer is not None,
        customer=customer or "",
    )  # fmt: skip


def rep_of(owned: pl.DataFrame) -> dict[str, str]:
    """Who owns which account, from the answer to `owners`."""
    return dict(owned.select("customer", "rep").iter_rows())


def overdue_to(viewer: Viewer, view: View, of: str = "revenue") -> Query:
    """Who is overdue (metrics/overdue.py), as a viewer is to be told of it; to who sees all as it is.

    Raises:
        NotShared: another measure.
    """
    asked = overdue.overdue(view, of)
    if viewer.sees_all:
        return asked
    everybody = usual(overdue.overdue(view.model_copy(update={"filters": ()}), of))
    chosen = from_file("customer_chosen", view, day=view.at, from_on=view.at - timedelta(days=overdue.BACK))
    others = (everybody, owners(view), *([chosen] if view.filters else []))
    return replace(asked, others=others, finish=f"{overdue.OF[of]}_in_part")


def _finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note], *, stake: str) -> pl.DataFrame:
    """Those who are overdue by everybody's rows and may be told of, most of the own money first."""
    own, everybody, owned, *chosen = frames
    late = overdue.finished(query, [everybody], []).drop("rep", "at_stake")
    if own.height and own.item(0, "regular_customers") is not None:
        notes.append(note("overdue_in_part"))
    known = own.filter(pl.col("customer").is_not_null()).select(*SAME, "rep", "at_stake", is_same=True)
    of_people = owned.select("customer", owner="rep", stake=stake)
    told = late.join(known, on=SAME, how="left", maintain_order="left").join(of_people, on="customer", how="left")
    told = told.filter(pl.col("is_same") | pl.col("owner").is_not_null())
    if chosen:
        told = told.filter(pl.col("customer").is_in(chosen[0].get_column("customer").implode()))
    return told.select(
        "customer", "tier", rep=pl.coalesce("owner", "rep"),
        **{name: pl.when(pl.col("is_same")).then(name) for name in _EVIDENCE},
        at_stake=pl.coalesce("at_stake", "stake"),
    ).sort("at_stake", "customer", descending=[True, False], nulls_last=True)  # fmt: skip


FINISHES = {f"{overdue.OF[of]}_in_part": remembered(partial(_finished, stake=column)) for of, column in STAKES.items()}
"""By the name that a question gives its finish."""
