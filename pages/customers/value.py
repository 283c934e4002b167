"""Customer value: who still buys and what it will be worth, who is likely lost, and who is overdue."""

import streamlit as st

from metrics import worth
from metrics.told_in_part import overdue_to
from ui import controls, session, show
from ui import worth as worth_of
from ui.text import t

view = controls.view()
show.title(t("page.value"), view)
bought = show.present(("revenue", "won_amount"))
if not bought:
    st.info(t("worth.nothing"), icon=":material/loyalty:")
else:
    about = controls.choice(
        "about", ("ahead", "overdue"), label=t("worth.about"), show=lambda kind: t(f"worth.about_{kind}"),
        kind="segmented",
    )  # fmt: skip
    if about == "ahead" and "revenue" not in bought:
        st.info(t("worth.deals_only"), icon=":material/handshake:")
        about = "overdue"
    elif about == "ahead" and (reason := worth_of.under_contract(worth.contracted(view))):
        st.info(reason, icon=":material/description:")
        about = "overdue"
    worth_of.seen_on(view, by_own=about == "ahead")
    if about == "ahead":
        with st.container(horizontal=True):
            horizon = controls.choice(
                "horizon", worth.HORIZONS, label=t("worth.horizon"), show=lambda weeks: t(f"worth.horizon_{weeks}"),
                kind="segmented",
            )  # fmt: skip
            discount = controls.choice(
                "discount", worth_of.DISCOUNTS, label=t("worth.discount"), default=worth.DISCOUNT,
                show=worth_of.discount_text, kind="segmented",
            )  # fmt: skip
        if worth_of.holds(worth.bands(view, horizon, discount)):
            asked = worth.bands(view, horizon, discount)
            show.question(
                asked, worth_of.banded, view, name="worth_bands", found=worth_of.how_much_is_lost, of=worth_of.Bands
            )
            asked = worth.worth(view, horizon, discount)
            show.listed(asked, view, name="worth", found=worth_of.who_leads, shape=worth_of.ranked, of=worth_of.Listed)
            asked = worth.lost(view, horizon, discount)
            show.listed(
                asked, view, name="worth_lost", found=worth_of.who_is_lost, shape=worth_of.ranked, of=worth_of.Listed
            )
        asked = worth.check(view, horizon, discount)
        found = worth_of.does_not_hold
        show.question(asked, worth_of.looked_back, view, name="worth_check", found=found, of=worth_of.LookBack)
    else:
        for of in bought:
            asked = overdue_to(session.viewer(), view, of)
            found = worth_of.who_is_overdue
            show.listed(asked, view, name=f"overdue_{of}", found=found, shape=worth_of.late, of=worth_of.Listed)
