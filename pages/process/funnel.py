"""Funnel: how far deals come on each basis, where they are lost, and who loses more than the others."""

import streamlit as st

from metrics.catalog import dimension
from metrics.funnel import funnel
from metrics.funnel_bases import moved, standing
from ui import controls, show
from ui import funnel as drawn
from ui.text import lang, t

SPLITS = ("rep", "team", "source", "product", "region", "industry", "manager", "deal_type")

view = controls.view()
show.title(t("page.funnel"), view)
view = controls.one_of("pipeline", view)
show.question(funnel(view), drawn.stages, view, name="funnel", found=drawn.most_lost)
left, right = st.columns(2, gap="medium")
with left:
    show.question(moved(view), drawn.done, view, name="funnel_period", found=drawn.most_moved)
with right:
    show.question(standing(view), drawn.stands, view, name="funnel_standing", found=drawn.where_it_stands)
by = controls.choice(
    "by", SPLITS, label=t("funnel.by"), show=lambda name: dimension(name).label.text(lang()), kind="pills"
)
show.question(funnel(view, by), drawn.shares, view, name="split", found=drawn.who_loses)
st.caption(t("funnel.how"))
