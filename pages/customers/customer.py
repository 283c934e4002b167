"""Customer: one in full, from its numbers to its next actions; without one, all who need attention."""

from metrics.customer import FAMILY, details, family_numbers, of_customer, rhythm, timeline
from metrics.customer_actions import actions
from metrics.customer_signals import levels_of, signals
from ui import controls, customer, customer_drawn, session, show
from ui.review import decide
from ui.text import t

SOLD = ("revenue", "orders", "gross_margin", "won_amount", "won_deals", "lost_deals", "win_rate", "open_amount")
OWED = ("invoiced", "collected", "outstanding", "overdue")
SAID = ("nps", "complaints", "open_tickets", "activities")
ABOUT = ("history", "sales", "work", "money", "voices", "family")
LISTS = {
    "sales": ("customer_orders", "customer_deals"),
    "work": ("customer_activities", "customer_contacts"),
    "money": ("customer_invoices", "customer_payments", "customer_contracts"),
    "voices": ("customer_surveys", "customer_tickets"),
}

view = controls.view()
one = customer.chosen(view)
told = signals(view if one is None else one.view, levels_of(session.viewer()))
if one is None:
    show.title(t("page.customer"), view)
    customer.finder()
    show.listed(told, view, name="attention", shape=customer.with_evidence, found=customer.how_many, of=customer.Known)
else:
    customer.head(one)
    decide.told_of("customer", one.name)
    show.listed(told, one.view, name="customer_signals", shape=customer.of_one, found=customer.first_signal,
                of=customer.Attention)  # fmt: skip
    is_part = not session.viewer().sees_all
    next_steps = actions(one.name, one.view, is_part=is_part)
    show.listed(next_steps, one.view, name="customer_actions", shape=customer.with_reasons,
                found=customer.first_action, of=customer.Suggested)  # fmt: skip
    about = controls.choice(
        "about", ABOUT, label=t("customer.about"), show=lambda name: t(f"customer.about_{name}"), kind="segmented"
    )
    every = (*SOLD, *OWED, *SAID)
    if about == "history":
        show.numbers(FAMILY, one.view, of=every)
        asked = timeline(one.view)
        show.question(asked, customer_drawn.timeline, one.view, name="customer_timeline")
        show.question(rhythm(one.name, one.view), customer_drawn.pauses, one.view, name="customer_rhythm",
                      found=customer_drawn.own_pause if is_part else customer_drawn.usual_pause)  # fmt: skip
        show.listed(asked, one.view, name="customer_entries", shape=customer.entries)
    elif about == "sales":
        show.numbers(SOLD, one.view, of=every)
    elif about == "work":
        show.numbers(("activities", "created_deals"), one.view)
    elif about == "money":
        show.numbers(OWED, one.view, of=every)
    elif about == "voices":
        show.numbers(SAID, one.view, of=every)
    elif about == "family":
        customer.chain(one)
        family = of_customer(one.view, *one.family)
        if len(one.family) > 1 and show.present(FAMILY):
            show.numbers(FAMILY, family)
            show.table(family_numbers(family, show.present(FAMILY)), family)
    for name in LISTS.get(about, ()):
        show.listed(details(one.name, one.view)[name.removeprefix("customer_")], one.view, name=name)
