"""Deal: everything known about one deal: facts, how it was seen, stages, activities, products, money."""

import streamlit as st

from metrics.query import from_file
from ui import show
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
    lists = {t(heading): from_file(question, deal_id=deal_id) for heading, question in LISTS.items()}
    show.details(lists, without="deal.none")
