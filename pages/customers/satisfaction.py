"""Satisfaction: what customers say, what they complain about and how long it takes, and who buys again after."""

import streamlit as st

from metrics import complaints as tickets
from metrics import repurchase, satisfaction
from ui import complaints, controls, show
from ui import satisfaction as opinions
from ui.behind import Customers
from ui.text import t

ABOUT = ("opinions", "complaints", "again")

view = controls.view()
show.title(t("page.satisfaction"), view)
asked = show.present(("survey_answers",))
opened = show.present(("tickets_opened",))
if not asked and not opened:
    st.info(t("satisfaction.nothing"), icon=":material/sentiment_satisfied:")
else:
    about = controls.choice(
        "about",
        ABOUT,
        label=t("satisfaction.about"),
        show=lambda kind: t(f"satisfaction.about_{kind}"),
        kind="segmented",
    )
    if about == "opinions" and not asked:
        st.info(t("satisfaction.no_surveys"), icon=":material/sentiment_satisfied:")
    elif about == "opinions":
        show.numbers(("survey_answers",), view, columns=1)  # the rate is of one kind: it stands below
        grain = controls.choice(
            "grain", satisfaction.GRAINS, default="quarter", label=t("satisfaction.grain"),
            show=lambda name: t(f"satisfaction.by_{name}"), kind="segmented",
        )  # fmt: skip
        course = {about: satisfaction.over_time(view, grain, about) for about in ("nps", "csat", "response")}
        left, right = st.columns(2, gap="medium")
        with left:
            show.question(course["nps"], opinions.nps, view, name="nps_course", found=opinions.nps_found)
        with right:
            show.question(course["csat"], opinions.csat, view, name="csat_course", found=opinions.csat_found)
        show.question(
            course["response"], opinions.response, view, name="survey_response", found=opinions.response_found
        )
        by = controls.choice(
            "by", satisfaction.DIMENSIONS, label=t("satisfaction.by"), show=lambda name: t(f"satisfaction.by_{name}"),
            kind="segmented",
        )  # fmt: skip
        left, right = st.columns(2, gap="medium")
        with left:
            draw, say = opinions.members("nps", by), opinions.who_differs("nps", by)
            show.question(satisfaction.by_member(view, "nps"), draw, view, name="nps_members", found=say)
        with right:
            draw, say = opinions.members("csat", by), opinions.who_differs("csat", by)
            show.question(satisfaction.by_member(view, "csat"), draw, view, name="csat_members", found=say)
        show.listed(
            satisfaction.detractors(view), view, name="detractors", found=opinions.who_is_not_content,
            shape=opinions.as_list, of=Customers,
        )  # fmt: skip
    elif not opened and about == "complaints":
        st.info(t("satisfaction.no_tickets"), icon=":material/sentiment_dissatisfied:")
    elif about == "complaints":
        cards = ("tickets_opened", "complaints", "complaint_rate", "open_tickets", "days_to_close")
        show.numbers(cards, view, columns=len(cards))
        of = controls.choice(
            "count", tickets.OF, label=t("satisfaction.count"), show=lambda name: t(f"satisfaction.count_{name}"),
            kind="segmented",
        )  # fmt: skip
        per = controls.choice(
            "per", tickets.BY, label=t("satisfaction.per"), show=lambda name: t(f"satisfaction.by_{name}"),
            kind="segmented",
        )  # fmt: skip
        left, right = st.columns(2, gap="medium")
        with left:
            rates = tickets.complaints(view, per, of)
            show.question(rates, complaints.rates, view, name="complaints", found=complaints.which_stands_out)
        with right:
            lasting = tickets.time_to_close(view, of)
            show.question(lasting, complaints.curves, view, name="time_to_close", found=complaints.how_long)
        show.listed(
            tickets.open_longest(view, of), view, name="open_longest", found=complaints.what_is_open,
            shape=complaints.as_list, of=Customers,
        )  # fmt: skip
    else:
        within = controls.choice(
            "within", repurchase.WITHIN, default=repurchase.opens(view), label=t("satisfaction.within"),
            show=lambda days: t("satisfaction.days", count=days), kind="segmented",
        )  # fmt: skip
        complaints.why_fewer(view, within)
        left, right = st.columns(2, gap="medium")
        with left:
            after = repurchase.after_survey(view, within)
            show.question(after, complaints.after_survey, view, name="after_survey", found=complaints.who_returns)
        with right:
            after = repurchase.after_complaint(view, within)
            show.question(
                after, complaints.after_complaint, view, name="after_complaint", found=complaints.who_returns_after
            )
