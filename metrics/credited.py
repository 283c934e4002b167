"""Whose money a deal, a contract or a payment is: the readings of them by the people who are credited.

A viewer's row scope goes by the owner of a row everywhere else (metrics/base.py). Pay goes by who is credited: a person
with a share in a deal of somebody else is paid for that share, and sees it, with the name of the deal and nothing of
the others in it. So the scope of these readings is the person credited, and pay is the same number whoever looks.

Each row stands twice, told apart by `credit`:

    shares   shared out among the owner of the deal and those with a share in it (crm.owner_shares); what belongs to no
             deal is of the person it names
    booked   whole, of the person that the row itself names

`amount` is the part that is credited to `rep_key`, `whole_amount` all of it. The parts add up to it exactly.
"""

from __future__ import annotations

from typing import NamedTuple

from metrics.shares import PART

READINGS = ("deal_credits", "contract_credits", "payment_credits")


class _Rows(NamedTuple):
    """What a reading has: columns of its rows, the table, and how the deal behind a row is found."""

    columns: str
    table: str
    deal: str = ""


_ITS_DEAL = "coalesce(d.deal_id, t.deal_id) as deal_id, d.deal, d.closed_on"
_READ = {
    "deal_credits": _Rows(
        "t.deal_id, t.deal, t.customer_key, t.product_key, t.stage, t.status, t.expected_close_on, t.closed_on,"
        " t.currency, t.amount_original, t.is_gone",
        "deals",
    ),
    "contract_credits": _Rows(
        f"t.contract_id, t.contract, t.customer_key, t.status, t.signed_on, t.starts_on, {_ITS_DEAL}",
        "contracts",
        " left join crm.deals as d on d.deal_id = t.deal_id",
    ),
    "payment_credits": _Rows(
        f"t.payment_id, t.invoice_id, t.contract_id, t.customer_key, t.status, t.paid_on, {_ITS_DEAL}",
        "payments",
        " left join crm.invoices as i on i.invoice_id = t.invoice_id"
        " left join crm.contracts as c on c.contract_id = t.contract_id"
        " left join crm.deals as d on d.deal_id = coalesce(t.deal_id, i.deal_id, c.deal_id)",
    ),
}


def reading(name: str, in_scope: str) -> str:
    """The SELECT of a reading.

    Args:
        name: one of READINGS.
        in_scope: the condition under which a person is in scope, with `{key}` for the key; "true" for everybody.
    """
    rows = _READ[name]
    source = f"from crm.{rows.table} as t{rows.deal}"
    owner, deal = ("coalesce(d.rep_key, t.rep_key)", "d") if rows.deal else ("t.rep_key", "t")
    credited = f"case when s.deal_id is null or s.is_main then {owner} else s.rep_key end"
    return (
        f"select 'shares' as credit, {rows.columns}, t.amount as whole_amount, {PART}, {credited} as rep_key {source}"
        f" left join crm.owner_shares as s on s.deal_id = {deal}.deal_id{_where(in_scope.format(key=credited))}"
        f" union all select 'booked' as credit, {rows.columns}, t.amount as whole_amount, t.amount, t.rep_key {source}"
        f"{_where(in_scope.format(key='t.rep_key'))}"
    )


def _where(condition: str) -> str:
    return "" if condition == "true" else f" where {condition}"
