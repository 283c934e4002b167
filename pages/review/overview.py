"""Overview: results and process side by side, what changed most, and on what it stands."""

import streamlit as st

from ui import charts, controls, overview, show
from ui.overview import NUMBERS, PROCESS, RESULTS, UNITS
from ui.text import t

view = controls.view()
by_all = overview.by_all(view)
show.ahead(by_all)
show.title(t("page.overview"), view)

results, process = st.columns(2, gap="medium")
with results:
    show.section(t("overview.result"), t("overview.result_help"))
    show.numbers(RESULTS, view, columns=3, key="result", of=NUMBERS)
with process:
    show.section(t("overview.process"), t("overview.process_help"))
    show.numbers(PROCESS, view, columns=3, key="process", of=NUMBERS)

run_up = show.run_up(view)
over_time = overview.over_time(run_up, show.present(NUMBERS))

left, right = st.columns(2, gap="medium")
with left:
    show.chart(over_time, charts.over_time, run_up, of="won_amount")
with right:
    show.chart(by_all, charts.changes, view, of="won_amount", heading=t("overview.changed"), top=8)

left, middle, right = st.columns(3, gap="medium")
with left:
    show.chart(by_all, charts.bars, view, of="won_amount", part=UNITS, top=10)
with middle:
    show.chart(by_all, charts.bars, view, of="won_amount", part="rep", top=10)
with right:
    show.chart(by_all, charts.dots, view, of="win_rate", part="rep", top=10)

left, right = st.columns(2, gap="medium")
with left:
    show.chart(over_time, charts.over_time, run_up, of="created_deals")
with right:
    show.chart(over_time, charts.over_time, run_up, of="win_rate")
