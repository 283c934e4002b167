"""A planned upload on screen: what each file is, what becomes of its columns and rows, what must be asked first."""

from __future__ import annotations

from datetime import date

import polars as pl
import streamlit as st

from data.ingest import FilePlan, Offer, Plan, Question
from data.ingest.keys import from_text
from ui import mapping, numbers, session, show
from ui.history import as_of_from, table_name
from ui.reasons import reasons
from ui.text import has, lang, plain, t
from ui.told import Answers

MOST_REFUSED = 1_000


def shown(made: Plan, answers: Answers) -> None:
    """One line per file, and behind it the columns, the remarks and the rows that will not be loaded."""
    show.section(t("upload.plan"))
    understood = [file for file in made.files if file.checked is not None]
    if understood:
        show.listing(_lines(understood), key="upload.plan", alt=t("upload.plan"))
    for remark in made.warnings:
        st.caption(plain(remark.text(lang())))
    for place, file in enumerate(made.files):
        _file(file, place, answers)


def _lines(files: list[FilePlan]) -> pl.DataFrame:
    rows = [
        {
            t("upload.file"): file.file,
            t("upload.table"): table_name(file.table or ""),
            t("upload.profile"): file.profile,
            t("upload.encoding"): file.encoding or numbers.NOTHING,
            t("upload.as_of"): numbers.day(file.as_of, lang()),
            t("upload.as_of_from"): as_of_from(file.as_of_from),
            t("upload.read"): file.read,
            t("upload.refused"): file.refused,
            t("upload.set_aside"): file.set_aside,
        }
        for file in files
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _file(file: FilePlan, place: int, answers: Answers) -> None:
    with st.expander(plain(file.file), icon=":material/description:"):
        for remark in [remark for remark in file.warnings if not isinstance(remark, Offer)]:
            st.markdown(f"- {plain(remark.text(lang()))}")
        if file.columns:
            st.caption(t("upload.mapped"))
            mapping.editor(file, place, answers)
            mapping.key(file, place, answers)
            mapping.dimensions(file, place, answers)
        if file.scores:
            scores = (f"{table_name(one.table)} ({one.profile.name}) {one.score:.0%}" for one in file.scores)
            st.caption(plain(t("upload.scores", scores="; ".join(scores))))
        if file.checked is not None and file.checked.refused.height:
            st.caption(_refused_title(file.checked.refused))
            listed = reasons(file.checked.refused.head(MOST_REFUSED))
            show.listing(listed, key=f"upload.refused.{place}", alt=t("upload.refused"))


def _refused_title(refused: pl.DataFrame) -> str:
    rows = refused.filter(~pl.col("is_set_aside"))
    money = rows["money"].cast(pl.Float64).sum() if "money" in rows.columns else 0
    count = numbers.count(rows.height, lang())
    if not money:
        return t("upload.refused_title", count=count)
    return plain(t("upload.refused_money", count=count, money=numbers.money(money, lang(), session.currency())))


def questions(made: Plan, answers: Answers) -> None:
    """What only a person can know. Answers are kept by the names that Options has for them."""
    if made.questions:
        show.section(t("upload.questions"))
    for place, file in enumerate(made.files):
        asked = {(question.flag, question.params.get("table")): question for question in file.questions}
        if asked and len(made.files) > 1:
            st.markdown(f":material/description: **{plain(file.file)}**")
        for question in asked.values():
            _ASKED.get(question.code, _question)(question, f"{place}.{file.file}", answers)
    for offer in {offer.flag: offer for file in made.files for offer in file.offers}.values():
        _offer(offer, answers)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if any(file.table == "deals" for file in made.files):
            _fullness(answers)
        if any(file.as_of for file in made.files):
            _as_of(made, answers)


def _question(question: Question, file: str, answers: Answers) -> None:
    name = question.flag.removeprefix("--").replace("-", "_")
    if not question.choices:
        _written(question, file, answers, name)
        return
    choices = question.choices
    shown_as = {choice: _choice(question, choice) for choice in choices}
    text = t(f"upload.{question.code}", **question.params) if has(f"upload.{question.code}") else question.text(lang())
    picked = st.radio(
        plain(text), choices, index=None, format_func=shown_as.__getitem__, key=answers.key("upload.ask", name, file)
    )
    if picked is not None and answers.get(name) != picked:
        answers[name] = picked
        st.rerun()


def _key(question: Question, file: str, answers: Answers) -> None:
    """Which columns tell rows apart, with how many of them are unique; others can be chosen beside the mapping."""
    shown_as = {choice: _choice(question, choice) for choice in question.choices}
    picked = st.radio(
        plain(t("upload.ask_key", **question.params)), question.choices, index=None, format_func=shown_as.__getitem__,
        key=answers.key("upload.ask.key", file, question.params["columns"]),
    )  # fmt: skip
    if picked is not None:
        mapping.choose_key(answers, from_text(picked))
        st.rerun()


def _offer(offer: Offer, answers: Answers) -> None:
    """What was settled by default, and how else it may be."""
    name = offer.flag.removeprefix("--").replace("-", "_")
    shown_as = {choice: t(f"upload.choice.{name}_{choice}") for choice in offer.choices}
    picked = st.segmented_control(
        plain(t(f"upload.{name}", **offer.params)), offer.choices, default=offer.taken,
        format_func=shown_as.__getitem__, key=answers.key("upload.offer", name, offer.taken),
    )  # fmt: skip
    if picked is not None and picked != offer.taken:
        answers[name] = picked
        st.rerun()


def _written(question: Question, file: str, answers: Answers, name: str) -> None:
    """A question without choices is answered in the reader's own words, the first lines of the file above."""
    st.markdown(plain(t(f"upload.{question.code}", **question.params)))
    for line in question.samples.get("", []):
        st.code(line, language=None)
    told = st.text_input(t("upload.answer"), value=answers.get(name, ""), key=answers.key("upload.ask", name, file))
    if told.strip() and answers.get(name) != told:
        answers[name] = told
        st.rerun()


def _stages(question: Question, file: str, answers: Answers) -> None:
    """What each stage that nobody knows means; the rows and the money that hang on it stand beside it."""
    st.markdown(plain(t("upload.ask_stage", column=question.params["column"])))
    told: dict[str, str] = answers.get("stages", {})
    names = {status: t(f"upload.choice.{status}") for status in question.choices}
    for word, (rows, money) in question.samples.items():
        picked = st.segmented_control(
            plain(t("upload.stage", word=word or numbers.NOTHING, rows=rows, money=money)), question.choices,
            default=told.get(word), format_func=names.__getitem__, key=answers.key("upload.ask.stage", file, word),
        )  # fmt: skip
        if picked is not None:
            told = {**told, word: picked}
    if set(question.samples) <= set(told) and answers.get("stages") != told:
        answers["stages"] = told
        st.rerun()


def _said(question: Question, _file: str, _answers: Answers) -> None:
    """Asked by the choice of full or part below; here only what would end."""
    st.warning(plain(question.text(lang())), icon=":material/help:")


def _keys(question: Question, file: str, answers: Answers) -> None:
    """Whether a list of which few rows are known is meant."""
    if st.checkbox(plain(question.text(lang())), key=answers.key("upload.ask.accept_keys", file)):
        answers["accept_keys"] = True
        st.rerun()


def _rates(question: Question, file: str, answers: Answers) -> None:
    """Amounts that no rate converts: load the rates, or load them without."""
    st.warning(plain(t("upload.ask_rates", **question.params)), icon=":material/currency_exchange:")
    if st.checkbox(t("upload.without_rates"), key=answers.key("upload.ask.without_rates", file)):
        answers["without_rates"] = True
        st.rerun()


def _looks(question: Question, file: str, answers: Answers) -> None:
    """What columns look like by their values, taken with a click."""
    table = str(question.params["table"])
    st.markdown(plain(t("upload.ask_columns", file=question.params["file"], table=table_name(table))))
    for header, (ours, share) in question.samples.items():
        field = t(f"column.{ours}") if has(f"column.{ours}") else ours
        st.markdown(f"- {plain(header)} → **{plain(field)}** ({share} %)")
    if st.button(t("upload.take_columns"), key=answers.key("upload.ask.columns", file, table)):
        answers["table"] = table
        answers["columns"] = {header: ours for header, (ours, _) in question.samples.items()}
        st.rerun()


_ASKED = {
    "ask_columns": _looks,
    "ask_stage": _stages,
    "ask_full": _said,
    "ask_keys": _keys,
    "ask_key": _key,
    "ask_rates": _rates,
}


def _choice(question: Question, choice: str) -> str:
    """An answer in words, with what three cells would then mean."""
    texts = (f"upload.choice.{question.flag.removeprefix('--').replace('-', '_')}_{choice}", f"upload.choice.{choice}")
    name = next((t(text) for text in texts if has(text)), choice)
    samples = question.samples.get(choice, [])
    return plain(f"{name}: {'; '.join(samples)}") if samples else plain(name)


def _fullness(answers: Answers) -> None:
    """Whether absent deals have ended. Not said: they are left alone."""
    options = {None: t("upload.unsaid"), True: t("upload.full"), False: t("upload.part")}
    picked = st.selectbox(
        t("upload.fullness"), list(options), index=list(options).index(answers.get("is_full")),
        format_func=options.__getitem__, key=answers.key("upload.is_full"), width=420,
    )  # fmt: skip
    if picked != answers.get("is_full"):
        answers["is_full"] = picked
        st.rerun()


def _as_of(made: Plan, answers: Answers) -> None:
    """The day the export describes, where the reader knows better than the file."""
    known: date = answers.get("as_of") or max(file.as_of for file in made.files if file.as_of)
    # what is known is part of the key: a day that was only shown for other files must not be taken for an answer
    key = answers.key("upload.as_of", known, *(file.file for file in made.files))
    st.date_input(
        t("upload.as_of_choose"), value=known, help=t("upload.as_of_help"), key=key, format="YYYY-MM-DD", width=200,
        on_change=_tell_day, args=(key, answers),
    )  # fmt: skip


def _tell_day(key: str, answers: Answers) -> None:
    picked: date | None = st.session_state[key]
    if picked is not None:
        answers["as_of"] = picked
