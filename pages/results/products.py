"""Products: which few bring most, grow or miss their plan and why, what discounts cost, what is bought together."""

import streamlit as st

from metrics import baskets, discounts, life, pareto, product_plan, sold
from ui import controls, product_lists, product_rates, products, show
from ui.behind import Behind
from ui.text import t

ABOUT = ("sales", "discounts", "life", "pairs")

view = controls.view()
show.title(t("page.products"), view)
spanned = view.spanned()
compared = spanned if spanned.before else spanned.with_compare("last_year")
there = show.present(("revenue",))
if not there:
    st.info(t("products.nothing"), icon=":material/inventory_2:")
else:
    about = controls.choice(
        "about", ABOUT, label=t("products.about"), show=lambda kind: t(f"products.about_{kind}"), kind="segmented"
    )
    show.set_apart("order_lines")
    if not view.period:
        st.caption(t("products.last_year"))
    if about == "sales":
        ranking = pareto.pareto("revenue", "product", spanned)
        left, right = st.columns(2, gap="medium")
        with left:
            show.question(ranking, products.ranked, spanned, name="pareto", found=products.few_bring_most)
        with right:
            asked = sold.quadrant(compared)
            found = products.who_moved
            show.question(asked, products.quadrants, compared, name="quadrant", found=found, of=products.Quadrant)
        asked = product_plan.against_plan(compared)
        show.question(asked, products.against, compared, name="product_plan", found=products.who_is_under)
    elif about == "discounts":
        left, right = st.columns(2, gap="medium")
        with left:
            asked = discounts.margins(spanned)
            show.question(
                asked, product_rates.margins, spanned, name="discount_margins", found=product_rates.what_it_costs
            )
        with right:
            asked = discounts.wins(spanned)
            show.question(asked, product_rates.wins, spanned, name="discount_wins", found=product_rates.which_depth)
        asked = sold.returned(compared)
        show.question(asked, product_rates.returned, compared, name="returned", found=product_rates.what_comes_back)
    elif about == "life":
        show.listed(
            life.life(view), view, name="product_life", found=product_lists.how_they_stand, shape=product_lists.lives
        )
    else:
        asked = baskets.baskets(spanned)
        found = product_lists.what_goes_together
        show.listed(asked, spanned, name="baskets", found=found, shape=product_lists.pairs, of=Behind)
