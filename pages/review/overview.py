"""Overview: results and process side by side, what changed most, and on what it stands."""

import streamlit as st

from ui import charts, controls, overview, show
from ui.text import t

view = controls.view()
told = overview.told(show.uploaded())
by_all = overview.by_all(told, view)
show.ahead(by_all)
show.title(t("page.overview"), view)

results, process = st.columns(2, gap="medium")
with results:
    show.section(t("overview.result"), t("overview.result_help"))
    show.numbers(told.results, view, columns=3, key="result", of=told.numbers)
with process:
    show.section(t("overview.process"), t("overview.process_help"))
    show.numbers(told.process, view, columns=3, key="process", of=told.numbers)

run_up = show.run_up(view)
over_time = overview.over_time(told, run_up, show.present(told.numbers))

left, right = st.columns(2, gap="medium")
with left:
    show.chart(over_time, charts.over_time, run_up, of=told.amount)
with right:
    show.chart(by_all, charts.changes, view, of=told.amount, heading=t("overview.changed"), top=8)

for place, (measure, part) in zip(st.columns(len(told.cuts), gap="medium"), told.cuts, strict=True):
    with place:
        show.chart(by_all, overview.drawing(told, measure), view, of=measure, part=part, top=10)

left, right = st.columns(2, gap="medium")
with left:
    show.chart(over_time, charts.over_time, run_up, of=told.counted)
with right:
    show.chart(over_time, charts.over_time, run_up, of=told.rate)
