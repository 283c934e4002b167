"""Funnel: how far the deals created in a period come, where they are lost, and who loses more than the others."""

import streamlit as st

from metrics.catalog import dimension
from metrics.funnel import funnel
from ui import controls, process, show
from ui.text import lang, t

SPLITS = ("rep", "team", "source", "product", "region", "industry", "manager", "deal_type")

view = controls.view()
show.title(t("page.funnel"), view)
view = controls.one_of("pipeline", view)
show.question(funnel(view), process.stages, view, name="funnel", found=process.most_lost)
by = controls.choice(
    "by", SPLITS, label=t("funnel.by"), show=lambda name: dimension(name).label.text(lang()), kind="pills"
)
show.question(funnel(view, by), process.shares, view, name="split", found=process.who_loses)
st.caption(t("funnel.how"))
