"""Customers in segments: how recently, often and for how much they buy, who moved, who brings most, whose tier fits."""

import streamlit as st

from metrics import customer_shares, rfm, rfm_cells, rfm_moves
from ui import controls, customer_tiers, rfm_lists, shares_drawn, show
from ui import rfm as drawn
from ui.behind import Customers
from ui.text import lang, plain, t

ABOUT = ("segments", "customers", "moves", "shares", "tiers")

view = controls.view()
show.title(t("page.segments"), view)
there = show.present(("revenue", "won_amount"))
if not there:
    st.info(t("segments.nothing"), icon=":material/group_off:")
else:
    about = controls.choice(
        "about", ABOUT, label=t("segments.about"), show=lambda kind: t(f"segments.about_{kind}"), kind="segmented"
    )
    with st.container(horizontal=True):
        of = controls.choice("scored", there, label=t("segments.scored"), show=lambda name: t(f"segments.by_{name}"))
        months = controls.choice(
            "months", (24, 12, 6, 36, 0), label=t("segments.months"), show=lambda count: t(f"segments.months_{count}")
        )
        spanned = rfm.spanned(view, months or None)
        if about == "customers":
            named = rfm_cells.named()
            chosen = controls.choice(
                "segment", tuple(named), label=t("segments.segment"), show=lambda name: named[name].label.text(lang())
            )
        if about == "moves":
            ago = controls.choice(
                "ago", (3, 1, 6, 12), label=t("segments.ago"), show=lambda count: t("segments.ago_months", count=count)
            )
    st.caption(plain(drawn.days(spanned)))
    if about == "segments":
        left, right = st.columns((3, 2), gap="medium")
        with left:
            asked = rfm.segments(of, spanned)
            show.question(asked, drawn.segments, spanned, name="rfm", found=drawn.who_brings_it)
        with right:
            show.question(rfm.cells(of, spanned), drawn.cells, spanned, name="rfm_cells", found=drawn.how_often)
        show.listed(asked, spanned, name="rfm_list", shape=rfm_lists.segments, of=rfm_lists.Segments)
    elif about == "customers":
        st.markdown(plain(f"{named[chosen].meaning.text(lang())} {named[chosen].advice.text(lang())}"))
        asked = rfm.members(of, spanned, chosen)
        found, of_them = rfm_lists.how_many, Customers
        show.listed(asked, spanned, name="rfm_members", found=found, shape=rfm_lists.members, of=of_them)
    elif about == "moves":
        asked = rfm_moves.moves(of, spanned, ago)
        show.question(asked, drawn.moves, spanned, name="rfm_moves", found=drawn.who_moved)
        asked = rfm_moves.slipped(of, spanned, ago)
        found, of_them = rfm_lists.what_is_at_stake, Customers
        show.listed(asked, spanned, name="rfm_slipped", found=found, shape=rfm_lists.slipped, of=of_them)
    elif about == "shares":
        left, right = st.columns(2, gap="medium")
        with left:
            asked = customer_shares.classes(of, spanned)
            show.question(asked, shares_drawn.classes, spanned, name="customer_classes", found=shares_drawn.how_few)
        with right:
            asked = customer_shares.curve(of, spanned)
            show.question(asked, shares_drawn.curve, spanned, name="customer_curve", found=shares_drawn.largest)
    else:
        asked = customer_shares.tiers(of, spanned)
        show.question(asked, customer_tiers.tiers, spanned, name="customer_tiers", found=customer_tiers.who_fits_not)
        asked = customer_shares.misfits(of, spanned)
        shape = customer_tiers.misfits
        show.listed(asked, spanned, name="customer_misfits", shape=shape, of=Customers)
