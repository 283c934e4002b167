"""Key accounts that have fallen silent, beyond chance among all key accounts (metrics/customer_signals.py).

Of the key accounts that are overdue those are silent whose silence is beyond chance among the key accounts as well.
Each may use of the 5 % as large a part as it has of what they bought in two years, returns not taken off (who sends all
back has no larger part for it); one without money on record may use an equal part, so that the parts are whole. Whose
silence costs most is told first. A silence cannot raise its own part: what is older falls out of the two years, and
nothing is added. How unsure a rhythm is counts (overdue.unsure), after a complaint, too.

In drawn companies where no key account had changed, 2.0 % of 200 looks named one (of some 570) and 2.3 % of 400 (of
some 180), where people buy in bursts about twice as many; by the list of all who are overdue alone 27 % and 8 %, since
many others had gone, whose odds are lent. With equal parts the planted account of the demo company is named a week
late. The price: of accounts that stop, about a third are named within 22 weeks. The others stay on the list of all who
are overdue, if they are.

It is a matter of the account, not of who looks: whoever sees a part is told of accounts of their people what the whole
company's purchases tell, as the register of risks tells them (what a colleague sold is no silence). The evidence is
told where their own rows give the very same; where others sold on other days it is blank as in the register, and at
stake is the money that they may see themselves (decision 0023).

Source: C. R. Genovese, K. Roeder and L. Wasserman (2006), False discovery control with p-value weighting, Biometrika
93:509–524.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from metrics import overdue, told_in_part
from metrics.number import number
from metrics.proportions import discoveries
from metrics.query import Result

Row = dict[str, Any]
_SAME = ("customer", "since", "longest", "count")
_EVIDENCE = ("since", "days", "usual", "longest", "count", "chance", "looked")


def silent(late: Result, accounts: pl.DataFrame, has_orders: bool) -> list[Row]:
    """Key accounts that are overdue, by orders where any is on record, else by deals won, beyond chance among them.

    Args:
        late: who is overdue. accounts: all key accounts, `customer` and `amount` (bought in two years).
    """
    sums = late.raw.select("customer", "pauses", "pause_sum", "pause_squares")  # names are told apart in the fold
    keys = late.frame.join(sums, on="customer", maintain_order="left").join(
        weights(accounts), on="customer", maintain_order="left"
    )
    of = (keys.get_column(name).cast(pl.Float64).to_numpy() for name in (
        "days_since", "pauses", "pause_sum", "pause_squares"))  # fmt: skip
    chances = overdue.unsure(*of)
    found = [
        {
            **{name: row[name] for name in ("customer", "tier", "rep")}, "chance": float(by_chance),
            "signal": "silent", "reason": "silent_orders" if has_orders else "silent_won", "since": row["last_on"],
            "days": row["days_since"], "usual": row["usual_pause"], "longest": row["longest_pause"],
            "count": row["purchases"], "amount": number(row["at_stake"]), "looked": accounts.height,
        }
        for row, by_chance in zip(keys.iter_rows(named=True), chances, strict=True)
    ]  # fmt: skip
    weighted = np.minimum(chances / np.maximum(keys.get_column("weight").to_numpy(), 1e-9), 1.0)
    others = [1.0] * (accounts.height - keys.height)
    return [row for row, stands in zip(found, discoveries([*weighted.tolist(), *others]), strict=False) if stands]


def weights(accounts: pl.DataFrame) -> pl.DataFrame:
    """How many equal parts of what may be wrong each key account may use, on average one: `customer`, `weight`.

    Who has money on record by its part of it; who has none an equal part.
    """
    money = pl.col("amount").cast(pl.Float64)
    has = money.is_not_null() & (money > 0)
    part = pl.when(has).then(money * has.sum() / money.filter(has).sum()).otherwise(1.0)
    return accounts.select("customer", weight=part)


def own(found: list[Row], seen: pl.DataFrame, owned: pl.DataFrame, of: str) -> list[Row]:
    """Those whose owner one sees, at stake what one sees of it; null where that is nothing.

    The evidence is null where it rests on purchases that one does not see.

    Args:
        found: of all. seen: `Result.raw` of metrics/overdue.py in scope. owned: the answer to `told_in_part.owners`.
        of: what is bought.
    """
    rep_of, stake = told_in_part.rep_of(owned), dict(owned.select("customer", told_in_part.STAKES[of]).iter_rows())
    same = set(seen.select(told_in_part.SAME).iter_rows())
    return [
        row | {"rep": rep_of[row["customer"]], "amount": number(stake[row["customer"]])}
        | ({} if tuple(row[name] for name in _SAME) in same else dict.fromkeys(_EVIDENCE))
        for row in found if row["customer"] in rep_of
    ]  # fmt: skip


def is_by_orders(accounts: pl.DataFrame, orders: pl.DataFrame) -> bool:
    """Whether any order is on record; where no key account says so, whether anybody orders in a rhythm.

    Args:
        accounts: key accounts, with `lines` on record. orders: `Result.raw` of metrics/overdue.py by orders.
    """
    return bool(accounts.get_column("lines").sum()) or bool(orders.get_column("regular_customers").max())
