"""A company in which every rule of the register has something to find, each on a day that is known."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from data import truth
from data.store import Store, open_store
from tests.data.written import d, sent
from tests.small import empty_at, made_at

DAY = date(2026, 6, 17)
NO_DEALS_SINCE = date(2026, 5, 20)
"""The day of Bob's last deal; before, he made one every day."""


def _deals() -> list[dict[str, object]]:
    """Ann won 10 of 20 deals; she and Cem make a deal a day, so did Bob. One big deal stands still since 1 May."""
    rows: list[dict[str, object]] = [
        {"deal_id": f"w{n}", "rep": "Ann", "status": "won" if n % 2 else "lost", "amount": 10, "stage": "Closed",
         "created_on": date(2026, 4, 1), "closed_on": date(2026, 4, 10), "customer": "Acme"}
        for n in range(20)
    ]  # fmt: skip
    days = [DAY - timedelta(days=back) for back in range(108)]
    rows += [
        {"deal_id": f"{rep}{day}", "rep": rep, "status": "lost", "amount": 1, "stage": "Closed", "created_on": day,
         "closed_on": day, "customer": "Acme"}
        for day in days for rep in ("Ann", "Bob", "Cem") if rep != "Bob" or day <= NO_DEALS_SINCE
    ]  # fmt: skip
    still = {"status": "open", "stage": "Offer", "created_on": d("05-01")}
    return [
        *rows,
        {"deal_id": "big", "deal": "<b>Big</b> 'deal'", "rep": "Ann", "amount": 900, "expected_close_on": d("06-20"),
         "customer": "Acme", **still},
        {"deal_id": "left", "deal": "Left", "rep": "Lea", "amount": 70, "expected_close_on": d("08-20"),
         "customer": "Bolt", **still},
    ]  # fmt: skip


def _orders() -> list[dict[str, object]]:
    """Acme brings 960 of 1,000 of six customers, all sold by Ann; one of its orders by Cem."""
    rows: list[dict[str, object]] = [
        {"order_id": f"o{n}", "line_no": 1, "ordered_on": d("03-02"), "customer": name, "rep": "Ann", "amount": 8}
        for n, name in enumerate(("Bolt", "Cone", "Dune", "Echo", "Faro"))
    ]
    big = {"line_no": 1, "ordered_on": d("03-03"), "customer": "Acme"}
    return [*rows, {"order_id": "a1", **big, "rep": "Ann", "amount": 900},
            {"order_id": "a2", **big, "rep": "Cem", "amount": 60}]  # fmt: skip


def load_all(store: Store) -> None:
    """As seen on DAY."""
    people = [
        {"rep_id": str(n), "rep": name, "team": team, "manager": "Mia", "left_on": left, "hired_on": date(2020, 1, 1)}
        for n, (name, team, left) in enumerate(
            (("Ann", "North", None), ("Bob", "North", None), ("Cem", "South", None), ("Lea", "South", d("06-10")))
        )
    ]
    customers = [
        {"customer_id": name, "customer": name, "rep": "Ann"}
        for name in ("Acme", "Bolt", "Cone", "Dune", "Echo", "Faro")
    ]
    goals = [
        {"scope": scope, "measure": "won_amount", "scope_value": name, "starts_on": d("04-01"), "ends_on": d("06-30"),
         "value": value}
        for scope, name, value in (("company", None, 2000), ("rep", "Ann", 1000))
    ]  # fmt: skip
    owed = [
        {"invoice_id": f"i{n}", "issued_on": d("05-01"), "due_on": d("05-12"), "amount": amount, "customer": name,
         "rep": "Ann"}
        for n, (name, amount) in enumerate((("Acme", 990), ("Bolt", 5), ("Cone", 5)))
    ]  # fmt: skip
    calls = [
        {
            "activity_id": "c1",
            "kind": "call",
            "deal_id": "big",
            "done_at": datetime(2026, 5, 2, 9),
            "rep": "Ann",
            "customer": "Acme",
        }
    ]
    complaint = {"ticket_id": "t1", "opened_on": d("06-12"), "kind": "Complaint", "customer": "Bolt", "rep": "Ann"}
    truth.load(
        store,
        [
            sent("reps", *people), sent("customers", *customers), sent("targets", *goals),
            sent("deals", *_deals(), as_of="06-17"), sent("order_lines", *_orders(), as_of="06-17"),
            sent("invoices", *owed, as_of="06-17"), sent("activities", *calls, as_of="06-17"),
            sent("tickets", complaint, as_of="06-17"),
        ],
    )  # fmt: skip


def risky_at(path: Path) -> Path:
    """The store of this company, put at `path`; it is made once in the whole run."""

    def make(made: Path) -> None:
        store = open_store(empty_at(made))
        load_all(store)
        store.close()

    return made_at(path, "risky", make)
