"""The glossary: every measure and dimension as the catalogue defines it, in the reader's language."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from data.punctuation import paired
from metrics.catalog import Dimension, Measure, catalog, table
from metrics.cuts import total
from metrics.view import View
from ui import drill, session
from ui.guard import guarded
from ui.navigation import page_link
from ui.text import lang, plain, t


def matching(words: str, language: str) -> tuple[list[Measure], list[Dimension]]:
    """The measures and dimensions whose id, label, meaning or formula hold every word, in either language.

    Args:
        words: what the reader typed; without any, everything.
        language: the reader's, for the formula.
    """
    wanted = words.casefold().split()
    everything = catalog()
    measures = [
        known
        for known in everything.measures.values()
        if not known.is_part and _holds(wanted, known.id, known.formula(language), *_texts(known))
    ]
    dimensions = [cut for cut in everything.dimensions.values() if _holds(wanted, cut.id, *_texts(cut))]
    return measures, dimensions


def _texts(entry: Measure | Dimension) -> tuple[str, ...]:
    return entry.label.en, entry.label.zh_CN, entry.meaning.en, entry.meaning.zh_CN


def _holds(wanted: list[str], *texts: str) -> bool:
    text = " ".join(texts).casefold()
    return all(word in text for word in wanted)


def glossary(words: str, chosen: str | None, view: View) -> None:
    """Every matching measure, grouped by the table it counts, each opening to its definition; then the dimensions.

    Args:
        words: what to look for.
        chosen: a measure that a link leads to; it stands first and open.
        view: for the SQL, which is that of the present view.
    """
    measures, dimensions = matching(words, lang())
    known = catalog().measures.get(chosen or "")
    if known is not None:
        _entry(known, view, is_open=True)
    if not measures and not dimensions:
        st.info(t("glossary.none", words=plain(words)), icon=":material/search_off:")
        return
    for owner, entries in groupby(measures, _owner):
        st.subheader(plain(owner), anchor=False)
        for entry in entries:
            if entry is not known:
                _entry(entry, view, is_open=False)
    if dimensions:
        st.subheader(t("glossary.dimensions"), anchor=False)
        st.markdown("\n".join(f"- {_dimension(cut)}" for cut in dimensions))


def _owner(known: Measure) -> str:
    """The table a measure counts, in words; of a ratio across tables the numerator's."""
    name = known.table or next((part.table for part in known.parts if part.table), None)
    words = table(name).label.text(lang()) if name else known.label.text(lang())
    return words[:1].upper() + words[1:]


@st.fragment
def _entry(known: Measure, view: View, *, is_open: bool) -> None:
    title = f"**{plain(known.label.text(lang()))}** — {plain(known.meaning.text(lang()))}"
    entry = st.expander(title, expanded=is_open, key=f"glossary.{known.id}", on_change="rerun")
    if entry.open:
        with entry, guarded(), session.reading():
            _definition(known, view)


def _definition(known: Measure, view: View) -> None:
    facts = {
        t("show.formula"): plain(known.formula(lang())),
        t("show.owner"): f"`{known.table}`" if known.table else plain(_owner(known)),
        t("show.unit"): drill.unit_name(known),
        t("glossary.better"): t(f"glossary.{known.better}"),
        t("glossary.additive"): t(f"glossary.adds.{known.additive}"),
        t("glossary.id"): f"`{known.id}`",
    }
    if known.interval != "none":
        facts[t("glossary.interval")] = t("glossary.wilson")
    st.markdown("\n".join(paired(f"- **{name}**", text, lang()) for name, text in facts.items()))
    if known.refuse_when is not None:
        st.caption(t("glossary.refuses", reason=plain(known.refuse_when.reason.text(lang()))))
    if known.also:
        st.markdown(f"**{t('show.also')}**")
        st.markdown("\n".join(f"- {line}" for line in drill.other_definitions(known, view)))
    st.code(total(known.id, view).text(), language="sql", wrap_lines=True)
    page_link("explore", t("glossary.ask"), icon=":material/query_stats:", measures=known.id)


def _dimension(cut: Dimension) -> str:
    kind = f" ({t('glossary.grain')})" if cut.kind == "grain" else ""
    return f"**{plain(cut.label.text(lang()))}**{kind} — {plain(cut.meaning.text(lang()))} `{cut.id}`"
