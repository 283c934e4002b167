"""Funnel: how far deals and leads come, on each basis, where they are lost, and who loses more than the others."""

import streamlit as st

from metrics import lead_funnel as leads
from metrics.catalog import dimension
from metrics.funnel import funnel
from metrics.funnel_bases import moved, standing
from metrics.funnel_spans import against_before
from metrics.losses import WHY, losses
from metrics.moves import moves
from metrics.standards import breaches
from metrics.view import View
from ui import controls, flows, numbers, show, signs, spans
from ui import funnel as drawn
from ui.losses import lost_deals, lost_money, what_stands_out
from ui.question import Against
from ui.text import lang, t

SPLITS = ("rep", "team", "source", "product", "region", "industry", "size_band", "manager", "deal_type")
BEFORE = "before"
ABOUT = ("deals", "leads", "losses", "moves", "rules")
MEASURED = {"deals": lost_deals, "money": lost_money}


def split(options: tuple[str, ...]) -> str:
    """The dimension chosen to split by, or BEFORE."""
    named = {name: t("funnel.by_before") if name == BEFORE else dimension(name).label.text(lang()) for name in options}
    return controls.choice("by", options, label=t("funnel.by"), show=named.__getitem__, kind="pills")


def own_history(of: View) -> Against | None:
    """What the funnel is held against to name its bottleneck: the period before; of all time the last two years."""
    spanned = of.spanned()
    compared = spanned if spanned.before else spanned.with_compare("previous")
    judge = spans.bottleneck
    return Against(against_before(compared), judge, compared, "versus") if compared.before else None


view = controls.view()
has_begun = view.period is None or view.period.from_on <= view.as_of
show.title(t("page.funnel"), view)
about = controls.choice(
    "about", ABOUT, label=t("funnel.about"), show=lambda name: t(f"funnel.about_{name}"), kind="segmented"
)
if not has_begun and about != "rules":
    st.info(t("funnel.not_begun", day=numbers.day(view.as_of, lang())), icon=":material/event_upcoming:")
elif about == "deals":
    view = controls.one_of("pipeline", view)
    history = own_history(view)
    show.ahead(*([history.query] if history else []), moved(view))
    show.question(funnel(view), drawn.stages, view, name="funnel", found=drawn.most_lost, against=history)
    left, right = st.columns(2, gap="medium")
    with left:
        show.question(moved(view), drawn.done, view, name="funnel_period", found=drawn.most_moved)
    with right:
        show.question(standing(view), drawn.stands, view, name="funnel_standing", found=drawn.where_it_stands)
    by = split((*SPLITS, BEFORE) if view.period else SPLITS)  # nothing comes before all time
    if by == BEFORE:
        compared = view if view.before else view.with_compare("previous")
        show.question(against_before(compared), spans.beside, compared, name="versus", found=spans.what_changed)
    else:
        show.question(funnel(view, by), drawn.shares, view, name="split", found=drawn.who_loses)
elif about == "leads":
    show.question(leads.lead_funnel(view), drawn.leads, view, name="lead_funnel", found=drawn.what_became)
    if show.present(("leads",)):
        show.question(leads.lead_funnel(view, split(leads.BY)), drawn.lead_shares, view, name="lead_split")
elif about == "losses":
    view = controls.one_of("pipeline", view)
    measured = controls.choice(
        "measured", tuple(MEASURED), label=t("funnel.measured"), show=lambda name: t(f"funnel.measured_{name}"),
        kind="segmented",
    )  # fmt: skip
    for why in WHY:
        show.question(losses(view, why), MEASURED[measured], view, name=why, found=what_stands_out)
elif about == "moves":
    view = controls.one_of("pipeline", view)
    show.question(moves(view), flows.flows, view, name="moves", found=flows.how_they_went)
    show.listed(moves(view), view, name="moves_listed", of=flows.Moves)
elif about == "rules":
    show.listed(breaches(view), view, name="breaches", found=signs.breached, shape=signs.breaches_listed)
if has_begun and about in {"deals", "leads"}:
    st.caption(t("funnel.how"))
