"""Explore: any measures by any dimension over time, as chart, cross table and table."""

import streamlit as st

from metrics.catalog import catalog
from metrics.cuts import breakdown, trend
from ui import charts, controls, show
from ui.text import lang, t

NONE = "none"
FORMS = ("chart", "pivot", "table")
measures = {id_: known for id_, known in catalog().measures.items() if not known.is_part}
values = [id_ for id_, known in catalog().dimensions.items() if known.kind == "value"]
grains = [id_ for id_, known in catalog().dimensions.items() if known.kind == "grain"]


def name(id_: str) -> str:
    """A measure or dimension in the reader's language."""
    if id_ == NONE:
        return t("explore.nobody")
    return (measures.get(id_) or catalog().dimensions[id_]).label.text(lang())


view = controls.view()
show.title(t("page.explore"), view)

with st.grid(4, min_column_width=200):
    asked = controls.choices(
        "measures", list(measures), label=t("explore.measures"), default=["won_amount"], show=name, at_most=6
    )
    by = controls.choice("by", [NONE, *values], label=t("explore.by"), default="rep", show=name)
    over = controls.choice(
        "grain", [NONE, *grains], label=t("explore.grain"), default=NONE,
        show=lambda grain: t("explore.never") if grain == NONE else name(grain),
    )  # fmt: skip
    top = controls.choice("top", [5, 10, 20, 50], label=t("explore.top"), default=20)

if not asked:
    st.info(t("explore.pick"), icon=":material/query_stats:")
elif over == by == NONE:
    show.numbers(asked, view, columns=4, key="explore")
else:
    cut = None if by == NONE else by
    question = breakdown(asked, cut, view) if over == NONE and cut else trend(asked, over, view, cut)
    drawn_as = controls.choice(
        "as", FORMS, label=t("explore.form"), show=lambda form: t(f"explore.{form}"), kind="segmented"
    )
    if drawn_as == "table":
        show.table(question, view)
    for measure in asked:
        if drawn_as == "chart":
            show.chart(question, charts.fitting, view, of=measure, top=top)
        elif drawn_as == "pivot":
            show.pivot(question, view, of=measure)
