"""Glossary: every measure with its meaning, formula, owner table and SQL, written from the catalogue."""

import streamlit as st

from ui import controls, show
from ui.text import t

show.title(t("page.glossary"))
words = st.text_input(t("glossary.search"), key="glossary.words", icon=":material/search:")
show.glossary(words, st.query_params.get("measure"), controls.view())
