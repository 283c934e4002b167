"""What a reader does about pay: choose the period and the person, imagine more money, settle, change the plans."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl
import streamlit as st

from data import pay as kept
from data import pay_plans
from data.errors import PlansLacking
from data.settings import settings
from metrics.errors import SalesError
from metrics.pay import payouts
from metrics.pay_plan import Plan
from metrics.period import DAY, add_months, bucket_next, bucket_start
from metrics.view import View
from ui import controls, numbers, rows, session, show
from ui import pay as drawn
from ui.guard import explain, guarded
from ui.text import lang, plain, t

if TYPE_CHECKING:
    from data.store import Snapshot

_PERIODS = 13
"""Periods to choose from: the running one and those before it."""
TOLD = "pay.told"


class Whose(NamedTuple):
    """One person's pay: by which plan, for which period."""

    plan: Plan
    rep: str
    view: View


def plans() -> tuple[Plan, ...]:
    """The plans that the viewer may read, as they hold beside each other."""
    viewer = session.viewer()
    return session.once(f"pay plans {viewer.email}", lambda seen: pay_plans.plans_for(seen, viewer))


def lacking() -> None:
    """Say that there is no plan, and what to do."""
    st.info(plain(PlansLacking().on_page(lang())), icon=":material/request_quote:")
    controls.page_link("pay", t("pay.about_plans"), icon=":material/edit:", about="plans")


# ------------------------------------------------------------------------------------------------------------ choosing


def period(held: tuple[Plan, ...]) -> View:
    """The period of pay that is looked at, chosen in the address by its first day: the running one unless it says."""
    today, fiscal = session.today(), settings().fiscal_start
    grains = Counter(plan.period for plan in held)
    usual = [grain for grain, _ in grains.most_common()]
    grain = usual[0]
    if len(usual) > 1:
        grain = controls.choice(
            "every", usual, label=t("pay.every"), show=lambda one: t(f"pay.every_{one}"), kind="segmented"
        )
    running = bucket_start(today, grain, fiscal)
    starts = [bucket_next(running, grain, -back) for back in range(_PERIODS)]
    known = {first.isoformat(): first for first in starts if first >= min(plan.from_on for plan in held)} or {
        running.isoformat(): running
    }
    chosen = controls.choice(
        "pay_from", list(known), label=t("pay.period"),
        show=lambda text: numbers.bucket(known[text], grain, lang(), fiscal),
    )  # fmt: skip
    first = known[chosen]
    return View(as_of=today, from_on=first, to_on=bucket_next(first, grain) - DAY, fiscal_start=fiscal)


def a_year_before(view: View) -> View:
    """The period looked at and those of the year before it: the same one of that year is the first."""
    span = view.period
    if span is None:
        return view
    return view.with_period(from_on=add_months(span.from_on, -12), to_on=span.to_on)


def whose(held: tuple[Plan, ...]) -> tuple[Whose | None, Decimal | None]:
    """Whose pay of which period is looked at, and how much more money is imagined."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = period(held)
        found = _person(held, view)
        return found, (_more() if found is not None else None)


def _person(held: tuple[Plan, ...], view: View) -> Whose | None:
    """Whose pay is looked at: chosen among those whom a plan pays, the highest paid first; alone there is no choice."""
    with session.reading() as seen:
        paid = seen.ask(payouts(held, view), session.viewer()).frame
    if paid.is_empty():
        st.info(t("pay.nobody"), icon=":material/search_off:")
        return None
    names = paid.get_column("rep").unique(maintain_order=True).to_list()
    name = names[0] if len(names) == 1 else controls.choice("whose", names, label=t("pay.whose"))
    own = paid.filter(pl.col("rep") == name).sort("from_on", "to_on").to_dicts()
    row = own[0] if len(own) == 1 else _one_of(own, held, view)
    plan = next(one for one in held if one.id == row["plan"] and one.holds(row["from_on"], row["to_on"]))
    return Whose(plan, name, view.with_period(from_on=row["from_on"], to_on=row["to_on"]))


def _one_of(own: list[dict[str, Any]], held: tuple[Plan, ...], view: View) -> dict[str, Any]:
    """The period chosen of several: of a plan with shorter ones, or of two plans where the team has changed."""
    grains = {plan.id: plan.period for plan in held}
    by_day: dict[str, dict[str, Any]] = {}
    for row in own:  # a month and a quarter may begin on one day
        day = row["from_on"].isoformat()
        by_day[f"{day} {grains[row['plan']]}" if day in by_day else day] = row
    chosen = controls.choice(
        "within", list(by_day), label=t("pay.period"), kind="pills",
        show=lambda text: numbers.bucket(
            by_day[text]["from_on"], grains[by_day[text]["plan"]], lang(), view.fiscal_start
        ),
    )  # fmt: skip
    return by_day[chosen]


def _more() -> Decimal | None:
    """So much more money, typed by the reader and kept in the address as `?more=…`."""
    try:
        asked: Decimal | None = Decimal(st.query_params.get("more", ""))
    except InvalidOperation:
        asked = None
    if asked is not None and not (asked.is_finite() and 0 < asked <= 10**12):
        asked = None
    st.session_state["choice_more"] = None if asked is None else float(asked)
    st.number_input(
        t("pay.more"), min_value=0.0, max_value=1e12, step=10_000.0, format="%0.0f", key="choice_more", width=260,
        on_change=_more_told, placeholder="100000", help=t("pay.more_help"),
    )  # fmt: skip
    return asked


def _more_told() -> None:
    told = st.session_state["choice_more"]
    if told:
        st.query_params["more"] = f"{told:.0f}"
    else:
        st.query_params.pop("more", None)


# ------------------------------------------------------------------------------------------------------------ settling


@st.fragment
def settling(view: View) -> None:
    """What was settled of the period, what has changed since, and the button for those who see everything."""
    span = view.period
    if span is None:
        return
    with guarded(), session.reading() as seen:
        show.section(t("pay.settled"), t("pay.settled_help"))
        found = kept.adjustments(seen, session.viewer(), span.from_on, span.to_on)
        told()
        if found:
            _adjusted(found)
            _otherwise(seen, view)
        else:
            st.caption(t("pay.none_settled"))
        if not session.viewer().sees_all:
            return
        if span.to_on > view.as_of:
            st.caption(t("pay.not_over"))
            return
        st.button(
            t("pay.settle_again" if found else "pay.settle"), icon=":material/task_alt:", key="pay.settle",
            on_click=_settle, args=(span.from_on, span.to_on),
        )  # fmt: skip


def _otherwise(seen: Snapshot, view: View, rep: str | None = None) -> None:
    """That what was settled is not what the plans of today give, as it stands above."""
    paid = seen.ask(payouts(plans(), view), session.viewer()).frame
    paid = paid if rep is None else paid.filter(pl.col("rep") == rep)
    if said := kept.settled_otherwise(seen, session.viewer(), paid):
        st.caption(f":material/info: {plain(said.text(lang()))}")


def _adjusted(found: list[kept.Adjustment]) -> None:
    """How much was settled; who is to be paid more or less since, by name."""
    currency = session.currency()
    amount = sum((one.settled.amount for one in found), Decimal(0))
    changed = [one for one in found if one.is_off]
    money = numbers.written(float(amount), "money", lang(), currency)
    said = t("pay.settled_sum", count=numbers.exact(len(found), "count", lang()), amount=money)
    if not changed:
        st.markdown(plain(f"{said} {t('pay.still_right')}"))
        return
    change = numbers.exact(sum((one.change for one in changed), Decimal(0)), "money", lang(), currency)
    st.markdown(plain(f"{said} {t('pay.has_changed', count=len(changed), change=change)}"))
    listed = [
        {"rep": one.settled.rep, "pay_plan": one.settled.plan_id, "pay_from": one.settled.from_on,
         "pay_then": one.settled.amount, "pay_today": one.now, "pay_change": one.change} for one in changed
    ]  # fmt: skip
    frame = pl.DataFrame(listed, infer_schema_length=None)
    rows.downloads(rows.File("adjustments", rows.headings(frame), {}, []), lambda: frame, key="pay.adjusted")
    rows.grid(frame, key="pay.adjusted.grid", alt=t("pay.settled"))


def _settle(from_on: date, to_on: date) -> None:
    try:
        made = kept.settle(session.store(), session.viewer(), from_on, to_on, who=session.viewer().email or None)
        st.toast(plain(t("pay.was_settled", count=len(made))), icon=":material/task_alt:")
    except SalesError as error:
        st.session_state[TOLD] = error


@st.fragment
def own_settled(whose: Whose) -> None:
    """The settled statements of one person for the period, as they were, and what has changed in them since."""
    span = whose.view.period
    if span is None:
        return
    with guarded(), session.reading() as seen:
        viewer = session.viewer()
        made = kept.settled(seen, viewer, span.to_on, span.to_on, whose.rep)
        if not made:
            return
        show.section(t("pay.settled"), t("pay.settled_help"))
        for one in made:
            money = numbers.exact(one.amount, "money", lang(), session.currency())
            when, as_of = numbers.moment(one.noted_at, lang()), numbers.day(one.as_of, lang())
            with st.expander(plain(t("pay.statement_of", amount=money, when=when, as_of=as_of))):
                lines = drawn.headed(kept.lines_of(seen, viewer, one.id).drop("line_id"))
                rows.grid(rows.presented(lines), key=f"pay.kept.{one.id}", alt=t("pay.settled"))
        _otherwise(seen, whose.view, whose.rep)
        changes = kept.line_changes(seen, viewer, made[-1])
        if changes.is_empty():
            st.caption(t("pay.still_right"))
            return
        st.markdown(f"**{t('pay.lines_changed')}**")
        shown = drawn.headed(changes.rename({"pay_now": "pay_today"}).drop("line_id"))
        rows.grid(rows.presented(shown), key="pay.line_changes", alt=t("pay.lines_changed"))


def told() -> None:
    """Say what went wrong with the last thing that was done, once."""
    if isinstance(error := st.session_state.pop(TOLD, None), SalesError):
        explain(error)
