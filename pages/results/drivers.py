"""Drivers: why a measure changed: factors, segments, price and volume, customers; each adds up to the change."""

from functools import partial

import streamlit as st

from metrics.buyers import OF, lapsed, most_moved, moved
from metrics.factors import factors
from metrics.kpi_tree import trees
from metrics.prices import CONVENTIONS, by_product, prices
from metrics.segments import offered, segments
from metrics.view import View
from ui import controls, drivers, session, show
from ui import segments as drawn
from ui.text import t

ABOUT = ("change", "prices", "customers")


def whole_change(of: View, measured: list[str]) -> None:
    """The change of one measure, by the factors of its tree and by segments."""
    first = of.headline if of.headline in measured else measured[0]
    with st.container(horizontal=True):
        one = controls.choice("measure", measured, label=t("drivers.measure"), default=first, show=drawn.measure_name)
        known = [name for name, found in trees().items() if found.result == one]
        chosen = known[:1]
        if len(known) > 1:
            chosen = [controls.choice("tree", known, label=t("drivers.tree"), show=drivers.tree_name)]
    for name in chosen:
        show.question(
            factors(name, of), drivers.by_factors, of, name="factors", found=drivers.which_factor,
            of=drivers.FactorsSubject,
        )  # fmt: skip
    if one in offered():
        asked = segments(one, of)
        show.question(asked, drawn.brought, of, name="segments", found=drawn.what_stands_out, of=drawn.SegmentsSubject)
        drawn.narrowing(asked, of)


def price_and_volume(of: View) -> None:
    """Price, volume and mix of revenue, in total and product by product."""
    convention = controls.choice(
        "quantities", CONVENTIONS, label=t("drivers.quantities"), kind="segmented",
        show=lambda name: t(f"drivers.quantities_{name}"),
    )  # fmt: skip
    show.question(prices(of, convention), drivers.by_prices, of, name="prices", found=drivers.which_effect)
    show.listed(by_product(of, convention), of, name="products_moved")


def who_buys(of: View, measured: list[str]) -> None:
    """New, lost, expanding and shrinking customers, who they are, and regular ones who stopped."""
    one = controls.choice("bought", measured, label=t("drivers.measure"), show=drawn.measure_name, kind="segmented")
    show.question(moved(one, of), drivers.by_customers, of, name="buyers", found=drivers.which_customers)
    if one == "revenue":
        sees_all = session.viewer().sees_all
        stopped = partial(drivers.who_stopped, sees_all=sees_all)
        show.listed(lapsed(of), of, name=drivers.lapsed_name(sees_all=sees_all), found=stopped)
    show.listed(most_moved(one, of), of, name="most_moved", shape=drivers.kinds)


view = controls.view()
spanned = view.spanned()  # a change is between two periods
compared = spanned if spanned.before else spanned.with_compare("previous")
show.title(t("page.drivers"), compared)
asks = dict.fromkeys([*(one.result for one in trees().values()), *offered()])
there = show.present(tuple(asks))
buying = [one for one in OF if one in there]
kinds = [kind for kind in ABOUT if (there, "revenue" in there, buying)[ABOUT.index(kind)]]
if not kinds:
    st.info(t("drivers.nothing"), icon=":material/query_stats:")
else:
    about = controls.choice(
        "about", kinds, label=t("drivers.about"), show=lambda kind: t(f"drivers.about_{kind}"), kind="segmented"
    )
    if not view.period:
        st.caption(t("drivers.no_period"))
    if about == "change":
        whole_change(compared, list(there))
    elif about == "prices":
        price_and_volume(compared)
    else:
        who_buys(compared, buying)
    st.caption(t("drivers.how"))
