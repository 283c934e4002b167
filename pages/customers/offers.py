"""Next offers: what to offer to whom and why, what is bought together, and who looks like the best customers."""

import streamlit as st

from metrics import basket_sets, look_alikes, next_product
from ui import controls, offers, session, show
from ui.behind import Behind, Customers, CustomersBehind
from ui.text import t

ABOUT = ("next", "together", "alike")

view = controls.view()
show.title(t("page.offers"), view)
about = controls.choice(
    "about", ABOUT, label=t("offers.about"), show=lambda one: t(f"offers.about_{one}"), kind="segmented"
)
if not show.present(("revenue", "won_amount")):
    st.info(t("offers.nothing"), icon=":material/add_shopping_cart:")
elif about == "next":
    days = controls.choice(
        "within", [str(one) for one in next_product.SPANS], label=t("offers.within"), default=offers.opens(view),
        show=lambda one: t("offers.days", count=one), kind="segmented",
    )  # fmt: skip
    within = int(days)
    offers.seen_on(view)
    offers.why_fewer(view, within)
    if not session.viewer().sees_all:
        st.caption(t("offers.own"))
    if offers.goes_on(about):
        asked = next_product.next_past(view, within)
        show.question(asked, offers.hits, view, name="next_past", found=offers.whether_rules_hit)
        asked = next_product.next_product(view, within)
        found, shape = offers.what_to_offer, offers.offered(within)
        show.listed(asked, view, name="next_product", found=found, shape=shape, of=CustomersBehind)
        asked = next_product.next_rules(view, within)
        found, shape = offers.which_rule, offers.rules
        show.listed(asked, view, name="next_rules", found=found, shape=shape, of=Behind)
elif about == "together":
    spanned = view.spanned()
    of = controls.choice(
        "of", ("order", "customer"), label=t("offers.of"), show=lambda one: t(f"offers.of_{one}"), kind="segmented"
    )
    if not view.period:
        st.caption(t("offers.last_year"))
    asked = basket_sets.basket_sets(spanned, of)
    found, shape = offers.which_sets(of), offers.sets
    show.listed(asked, spanned, name=f"sets_{of}", found=found, shape=shape, of=Behind)
else:
    offers.seen_on(view)
    if not session.viewer().sees_all:
        st.caption(t("offers.own"))
    asked = look_alikes.best_traits(view)
    show.question(asked, offers.traits, view, name="best_traits", found=offers.what_they_share)
    asked = look_alikes.held_out(view)
    show.listed(asked, view, name="held_out", found=offers.whether_it_holds, shape=offers.tested)
    if offers.goes_on(about):
        asked = look_alikes.look_alikes(view)
        show.listed(asked, view, name="look_alikes", found=offers.who_is_alike, shape=offers.alike, of=Customers)
        asked = look_alikes.lead_look_alikes(view)
        show.listed(asked, view, name="lead_look_alikes", found=offers.which_leads, shape=offers.leads)
