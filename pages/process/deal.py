"""Deal: everything about one deal: facts, signs, what happened when, how it was seen, stages, activities, money."""

import streamlit as st

from metrics.history import timeline
from metrics.query import from_file
from metrics.view import View
from ui import session, show
from ui import timeline as history
from ui.review import decide
from ui.text import t

LISTS = {
    "deal.history": "deal_history",
    "deal.stages": "deal_visits",
    "deal.activities": "deal_activities",
    "deal.lines": "deal_products",
    "deal.money": "deal_invoices",
}
deal_id = st.query_params.get("id")
if not deal_id:
    show.title(t("page.deal"))
    st.info(t("deal.missing"), icon=":material/handshake:")
elif show.facts(from_file("deal", deal_id=deal_id), title_of="deal", or_else=t("deal.unknown", id=deal_id)):
    today = View(as_of=session.today())
    show.signs(today, deal_id)
    decide.told_of("deal", deal_id)
    told = timeline(deal_id, today.as_of)
    show.question(told, history.drawn, today, name="timeline", found=history.changes_found)
    show.listed(told, today, name="timeline_entries", shape=history.entries)
    lists = {t(heading): from_file(question, deal_id=deal_id) for heading, question in LISTS.items()}
    show.details(lists, without="deal.none")
