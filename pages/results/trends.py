"""Trends: a measure over time beside other times, what is usual of it, towards its target, split, around festivals."""

import streamlit as st

from metrics.catalog import GRAINS, Measure, catalog, measure, table
from metrics.cumulative import WITHIN, cumulative, is_addable
from metrics.cuts import trend
from metrics.festival import STEPS, festival, is_alignable
from metrics.together import over
from metrics.trends import AGAINST, course, grain_for, so_far
from metrics.usual import usual
from ui import controls, elapsed, festivals, limits, show, splits, toward, trends
from ui.text import lang, t
from ui.trends import Course

ABOUT = ("course", "cumulative", "split", "festival")


def name(id_: str) -> str:
    """A measure or dimension in the reader's language."""
    return (catalog().measures.get(id_) or catalog().dimensions[id_]).label.text(lang())


def beside_other_times(of: Measure, grain: str) -> None:
    """The buckets of the period, the running one after as many working days, and what is usual."""
    usually = view.compare if view.compare in AGAINST else "last_year"
    against = controls.choices(
        "against", AGAINST, label=t("trends.against"), default=(usually,),
        show=lambda other: t(f"value.series.{other}"),
    )  # fmt: skip
    left, right = st.columns([3, 2], gap="medium")
    with left:
        asked = course(of, grain, view, against)
        show.question(asked, trends.course, view, name="trend_course", found=trends.course_found, of=Course)
    with right:
        asked = so_far(of, grain, view, days)
        show.question(asked, elapsed.so_far, view, name="trend_so_far", found=elapsed.so_far_found, of=Course)
    show.question(usual(of, grain, view), limits.usual, view, name="trend_usual", found=limits.in_words, of=Course)
    st.caption(t("trends.rules"))


def added_up(of: Measure) -> None:
    """Day by day towards the target of a month, quarter or year."""
    if not is_addable(of):
        st.info(t("trends.not_added", measure=name(of.id)), icon=":material/block:")
        return
    within = controls.choice("within", WITHIN, label=t("trends.within"), show=name, kind="segmented")
    asked = cumulative(of, within, view)
    show.question(asked, toward.cumulative, view, name="trend_cumulative", found=toward.how_far, of=Course)


def split(of: Measure, grain: str) -> None:
    """By any dimension that the measure has: small drawings, stacked, or as shares."""
    values = [cut for cut in catalog().dimensions.values() if cut.kind == "value" and cut.id not in of.not_by]
    cuts = [cut.id for cut in values if all(table(str(part.table)).has(cut) for part in of.parts)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = controls.choice("by", cuts, label=t("trends.by"), default=splits.first_cut(cuts), show=name)
        drawn_as = controls.choice(
            "as", splits.SPLITS, label=t("trends.as"), show=lambda kind: t(f"trends.as_{kind}"), kind="segmented"
        )
    if drawn_as != "multiples" and not is_addable(of):
        st.info(t("trends.not_stacked", measure=name(of.id)), icon=":material/block:")
        return
    span = trends.known_span(of, grain, view)
    parts = [part for part in of.parts if of.ratio and part.additive == "all"]
    asked = trend(dict.fromkeys([of, *parts]), grain, over(view, span.from_on, span.to_on), by)
    show.chart(asked, splits.DRAWN[drawn_as], view, of=of.id)


def around_festivals(of: Measure) -> None:
    """The Spring Festivals of all years laid on each other."""
    step = controls.choice(
        "step", tuple(STEPS), label=t("trends.step"), show=lambda one: t(f"trends.step_{one}"), kind="segmented"
    )
    asked = festival(of, view, step)
    show.question(asked, festivals.festival, view, name="trend_festival", found=festivals.told, of=Course)


view = controls.view()
show.title(t("page.trends"), view)
there = show.present([id_ for id_, one in catalog().measures.items() if not one.is_part and one.goal_of is None])
if there:
    days = trends.workdays(view)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = view.headline if view.headline in there else there[0]
        one = measure(controls.choice("measure", there, label=t("trends.measure"), default=first, show=name))
        grain = controls.choice("grain", GRAINS, label=t("trends.grain"), default=grain_for(view), show=name)
        offered = [kind for kind in ABOUT if kind != "festival" or (days.festivals and is_alignable(one))]
        about = controls.choice(
            "about", offered, label=t("trends.about"), show=lambda kind: t(f"trends.about_{kind}"), kind="segmented"
        )
    show.set_apart(one.table)
    if about == "course":
        beside_other_times(one, grain)
    elif about == "cumulative":
        added_up(one)
    elif about == "split":
        split(one, grain)
    else:
        around_festivals(one)
else:
    st.info(t("trends.nothing"), icon=":material/query_stats:")
