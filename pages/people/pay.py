"""Pay: what everybody is paid and why, line by line; what more would bring; what is settled; plans and their effect."""

from metrics.pay import by_period, payouts, questions
from metrics.pay_lines import curve, if_won, statement
from ui import controls, pay_desk, pay_plans, session, show
from ui import pay as drawn
from ui.text import t

ABOUT = ("payouts", "statement", "periods", "plans")

held = pay_desk.plans()
show.title(t("page.pay"))
about = controls.choice(
    "about", ABOUT, label=t("pay.about"), show=lambda name: t(f"pay.about_{name}"), kind="segmented",
    default="statement" if session.viewer().scope == "rep" else "payouts",
)  # fmt: skip
if about == "plans":
    pay_plans.section(held)
elif not held:
    pay_desk.lacking()
elif about == "payouts":
    view = pay_desk.period(held)
    asked = payouts(held, view)
    show.question(asked, drawn.paid, view, name="pay_paid", found=drawn.who_is_paid, of=drawn.PayOf)
    show.listed(asked, view, name="pay_list", shape=drawn.as_list, of=drawn.PayOf)
    show.listed(questions(held, view), view, name="pay_open", of=drawn.PayOf)
    pay_desk.settling(view)
elif about == "periods":
    long = pay_desk.a_year_before(pay_desk.period(held))
    together = by_period(held, long)
    show.question(together, drawn.over_periods, long, name="pay_periods", found=drawn.last_finished, of=drawn.PayOf)
else:
    whose, more = pay_desk.whose(held)
    if whose is not None:
        plan, rep, own = whose
        rising = curve(held, plan, rep, own, more)
        show.question(rising, drawn.curve, own, name="pay_curve", found=drawn.where_they_stand, of=drawn.PayOf)
        lines = statement(held, plan, rep, own)
        show.listed(lines, own, name="pay_lines", shape=drawn.as_lines, of=drawn.PayOf)
        deals = if_won(held, plan, rep, own)
        show.listed(deals, own, name="pay_deals", shape=drawn.as_deals, of=drawn.PayOf)
        pay_desk.own_settled(whose)
