"""Retention: who comes back and how soon, what new and lost customers move, and how much of contracts stays."""

import streamlit as st

from metrics.buyers_over_time import between, buyers_over_time
from metrics.cohorts import cohorts, outside
from metrics.contract_retention import contract_bridge, contract_rates, renewals
from metrics.purchases import GRAINS
from metrics.repeat import curve, repeat
from metrics.view import View
from ui import cohorts as triangle
from ui import contract_retention, controls, drivers, retention, returning, session, show
from ui.behind import Customers
from ui.segments import measure_name
from ui.text import t

BOUGHT = ("revenue", "won_amount")
ABOUT = ("cohorts", "repeat", "course", "contracts")


def by_first_purchase(of: str, seen: View) -> None:
    """Cohorts, cell by cell, and what is in none of them."""
    with st.container(horizontal=True):
        grain = controls.choice("grain", GRAINS, label=t("retention.grain"), default="month", show=retention.grain_name)
        cells = controls.choice(
            "cells", tuple(triangle.DRAWN), label=t("retention.cells"), show=lambda one: t(f"retention.cells_{one}"),
        )  # fmt: skip
    asked = cohorts(of, grain, seen)
    show.question(asked, triangle.DRAWN[cells], seen, name="cohorts", found=triangle.how_many_return)
    show.listed(outside(of, grain, seen), seen, name="cohorts_outside")


def again(of: str, seen: View) -> None:
    """The time between purchases, as curves and in numbers."""
    show.question(curve(of, seen), returning.curves, seen, name="repeat_curve")
    show.listed(repeat(of, seen), seen, name="repeat", found=returning.how_soon, shape=returning.pauses)


def over_time(of: str, seen: View) -> None:
    """Money of new, returned and lost customers period by period, and of the period against the one before."""
    grain = controls.choice("grain", GRAINS, label=t("retention.grain"), default="quarter", show=retention.grain_name)
    asked = buyers_over_time(of, grain, seen)
    show.question(asked, returning.course, seen, name="buyers_over_time", found=returning.what_moved)
    compared = retention.compared(seen)
    show.question(between(of, compared), drivers.by_customers, compared, name="buyers", found=drivers.which_customers)


def of_contracts(seen: View) -> None:
    """Net and gross retention, what became of the worth of contracts, and renewals to come."""
    over = seen.spanned()
    left, right = st.columns(2, gap="medium")
    with left:
        show.question(
            contract_rates(over), contract_retention.rates, over, name="contract_retention",
            found=contract_retention.how_much_stays,
        )  # fmt: skip
    with right:
        show.question(contract_bridge(over), contract_retention.bridge, over, name="contract_bridge")
    show.listed(
        renewals(over), over, name="contract_renewals", found=contract_retention.what_ends,
        shape=contract_retention.upcoming, of=Customers,
    )  # fmt: skip


view = controls.view()
show.title(t("page.retention"), view)
there = show.present(BOUGHT)
if not there and not retention.has_contracts():
    st.info(t("retention.nothing"), icon=":material/group_off:")
else:
    about = controls.choice(
        "about", ABOUT if there else ABOUT[-1:], label=t("retention.about"), kind="segmented",
        show=lambda kind: t(f"retention.about_{kind}"),
    )  # fmt: skip
    bought = there[:1]
    if len(there) > 1 and about != "contracts":
        bought = (controls.choice("bought", there, label=t("retention.bought"), show=measure_name, kind="segmented"),)
    if about == "contracts":
        of_contracts(view)
    else:
        st.caption(retention.told_by(bought[0], about, view))
        if not session.viewer().sees_all:
            st.caption(t("retention.own"))
        {"cohorts": by_first_purchase, "repeat": again, "course": over_time}[about](bought[0], view)
