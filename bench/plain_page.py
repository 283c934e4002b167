"""The page a person would write without any of our layers: one select box, six statements, six charts."""

from __future__ import annotations

import sys

import duckdb
import streamlit as st

YEARS = ["2026", "2025", "2024", "2023", "2026-Q2", "2026-Q1", "2025-Q4", "2025-Q3", "2025-Q2", "2025-Q1", "2024-Q4"]
CHARTS = {
    "month": "select date_trunc('month', closed_on) as x, sum(amount) as y",
    "rep": "select rep as x, sum(amount) as y",
    "team": "select team as x, sum(amount) as y",
    "product": "select product as x, sum(amount) as y",
    "source": "select source as x, sum(amount) as y",
    "region": "select region as x, count(*) as y",
}


@st.cache_resource
def database() -> duckdb.DuckDBPyConnection:
    """One connection for everybody."""
    return duckdb.connect(sys.argv[1], read_only=True)


def days(chosen: str) -> tuple[str, str]:
    """First day of a year or quarter, and of the one after it."""
    year, _, quarter = chosen.partition("-Q")
    if not quarter:
        return f"{year}-01-01", f"{int(year) + 1}-01-01"
    month = int(quarter) * 3 - 2
    return f"{year}-{month:02}-01", f"{int(year) + (month == 10)}-{(month + 3) % 12:02}-01"


st.set_page_config(layout="wide")
st.title("Won deals")
first, last = days(st.selectbox("Period", YEARS))
columns = st.columns(2)
for place, (name, select) in enumerate(CHARTS.items()):
    rows = database().cursor().execute(
        f"{select} from deals where status = 'won' and closed_on >= $first and closed_on < $last group by 1 order by 1",
        {"first": first, "last": last},
    ).df()  # fmt: skip
    kind = "scatter" if name == "month" else "bar"
    figure = {
        "data": [{"type": kind, "x": rows["x"], "y": rows["y"].astype(float)}],
        "layout": {"title": {"text": name}},
    }
    columns[place % 2].plotly_chart(figure, key=name)
