"""Twelve deals on their way through four stages, worked out by hand in the tests that ask about them."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb

STAGES = ("talk", "demo", "offer", "sign")
STAGE = "insert into crm.stages (pipeline, stage, position, status, label_en, label_zh) values"
LADDER = f"""
{STAGE}
    ('P', 'talk', 1, 'open', 'Talk', '沟通'), ('P', 'demo', 2, 'open', 'Demo', '演示'),
    ('P', 'offer', 3, 'open', 'Offer', '报价'), ('P', 'sign', 4, 'open', 'Sign', '签约'),
    ('P', 'won', 5, 'won', 'Won', '赢单'), ('P', 'lost', 6, 'lost', 'Lost', '输单');
update crm.stages set told_by = 'file';
"""
JAN = date(2026, 1, 1)

# Stages visited with the day (after 1 January) each was entered on; then how it stands. 100 each but for the last two.
TWELVE: dict[str, tuple[str, str]] = {
    "a": ("talk 0, demo 10, offer 20, sign 30", "won 40"),
    "b": ("talk 0, offer 6, sign 10", "won 20"),  # skips demo
    "c": ("talk 0, demo 4, talk 8, demo 12, offer 16", "lost 26"),  # a step back
    "d": ("talk 0, demo 2", "lost 12"),
    "e": ("talk 0", "lost 5"),
    "f": ("talk 0", "lost 7"),
    "g": ("talk 0", "open"),
    "h": ("talk 0, demo 8", "open"),
    "i": ("talk 0, demo 8, offer 18, demo 28", "open"),  # went back and stands in demo
    "j": ("talk 0, sign 9", "lost 19"),  # skips two
    "k": ("", "won 30"),  # no history: won all the same
    "l": ("talk 0, demo 5", "open"),
}


def put(connection: duckdb.DuckDBPyConnection, deal: str, way: str, end: str, **more: object) -> None:
    """A deal with its visits; its amount is 100."""
    status, _, closed = end.partition(" ")
    steps = [(step.split()[0], int(step.split()[1])) for step in way.split(", ") if step]
    over = JAN + timedelta(days=int(closed)) if closed else None
    stage = steps[-1][0] if steps and status == "open" else status
    row = {
        "deal_id": deal, "deal": deal, "pipeline": "P", "stage": stage, "status": status, "amount": 100,
        "created_on": JAN, "closed_on": over, "push_count": 0, "is_gone": False, **more,
    }  # fmt: skip
    names, marks = ", ".join(row), ", ".join("?" for _ in row)
    connection.execute(f"insert into crm.deals ({names}) values ({marks})", list(row.values()))
    starts = [(name, JAN + timedelta(days=day)) for name, day in steps]
    ends = [*(day for _, day in starts[1:]), over]
    for (name, entered), left in zip(starts, ends, strict=False):
        connection.execute("insert into crm.deal_stages values (?, ?, ?, ?, null)", [deal, name, entered, left])
    if over:
        connection.execute("insert into crm.deal_stages values (?, ?, ?, null, null)", [deal, status, over])


def put_twelve(connection: duckdb.DuckDBPyConnection) -> None:
    """The deals of `TWELVE`, from "e" on found at a fair."""
    connection.execute(LADDER)
    for deal, (way, end) in TWELVE.items():
        put(connection, deal, way, end, source="web" if deal < "e" else "fair")
