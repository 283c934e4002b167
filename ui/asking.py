"""What only a person can know about a list, asked under the list: each answer is about it alone."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from data.ingest import FilePlan, Offer, Question
from data.ingest.keys import from_text
from data.punctuation import named, paired, parted
from metrics.catalog import dimension, measure
from ui import mapping, numbers
from ui.text import has, lang, plain, t
from ui.told import Answers
from ui.wording import field_name, remarked, table_name


def asked(file: FilePlan, answers: Answers) -> None:
    """The questions about one list, then what was settled by default and may be settled otherwise."""
    for question in joined(file.questions):
        _ASKED.get(question.code, _question)(question, file, answers)
    for offer in {offer.flag: offer for offer in file.offers}.values():
        _offer(offer, file, answers)


def joined(questions: Iterable[Question]) -> list[Question]:
    """One question for each answer: what several columns leave open is answered once, with what each would become."""
    groups: dict[tuple[str, object], list[Question]] = {}
    for question in questions:
        about = "column" if question.flag == "--goal" else "field" if question.flag == "--map" else "table"
        of = question.params.get(about, question.params.get("table"))
        groups.setdefault((question.flag, of), []).append(question)
    return [_joined(group) for group in groups.values()]


def _joined(group: list[Question]) -> Question:
    first = group[0]
    columns = list(dict.fromkeys(str(one.params["column"]) for one in group if "column" in one.params))
    alike = [one for one in group if one.code == first.code]
    if len(columns) < 2:
        return first
    choices = [choice for choice in first.choices if all(choice in one.choices for one in group)] or [*first.choices]
    samples = {choice: [text for one in group for text in one.samples.get(choice, [])[:2]] for choice in choices}
    shown = dict.fromkeys(str(one.params["samples"]) for one in alike if "samples" in one.params)
    params = {**first.params, "column": named(columns, lang()), **({"samples": parted(shown, lang())} if shown else {})}
    return first.model_copy(update={"choices": tuple(choices), "samples": samples, "params": params})


def _name(flag: str) -> str:
    return flag.removeprefix("--").replace("-", "_")


def _question(question: Question, file: FilePlan, answers: Answers) -> None:
    name = _name(question.flag)
    if not question.choices:
        _written(question, file, answers, name)
        return
    shown_as = {choice: _choice(question, choice) for choice in question.choices}
    text = t(f"upload.{question.code}", **question.params) if has(f"upload.{question.code}") else remarked(question)
    picked = st.radio(
        plain(text), question.choices, index=None, format_func=shown_as.__getitem__,
        key=answers.of(file, "upload.ask", name),
    )  # fmt: skip
    if picked is not None and getattr(file.options, name) != picked:
        answers.tell(file, **{name: picked})
        st.rerun()


def _reading(question: Question, file: FilePlan, answers: Answers) -> None:
    """Which kind of list, or of which CRM: each choice with how well it fits."""
    name = _name(question.flag)
    scores = {(one.table if name == "table" else one.profile.name): one.score for one in reversed(file.scores)}
    shown_as = {
        choice: plain(_named(name, choice) + (f" · {scores[choice]:.0%}" if choice in scores else ""))
        for choice in question.choices
    }
    picked = st.radio(
        t("upload.ask_reading"), question.choices, index=None, format_func=shown_as.__getitem__,
        key=answers.of(file, "upload.ask", name),
    )  # fmt: skip
    if picked is not None:
        answers.tell(file, **{name: picked})
        st.rerun()


def _named(name: str, choice: str) -> str:
    if name == "table":
        return table_name(choice)
    return mapping.crm_name(choice)


def _key(question: Question, file: FilePlan, answers: Answers) -> None:
    """Which columns tell rows apart, with how many of them are unique; others can be chosen beside the mapping."""
    shown_as = {choice: _choice(question, choice) for choice in question.choices}
    text = plain(t(f"upload.{question.code}", **question.params))
    picked = st.radio(
        text, question.choices, index=None, format_func=shown_as.__getitem__,
        key=answers.of(file, "upload.ask.key", question.params["columns"]),
    )  # fmt: skip
    if picked is not None:
        answers.tell(file, keys=(from_text(picked),))
        st.rerun()


def _offer(offer: Offer, file: FilePlan, answers: Answers) -> None:
    """What was settled by default, and how else it may be."""
    name = _name(offer.flag)
    shown_as = {choice: _meaning(name, choice) for choice in offer.choices}
    title = t(f"upload.{name}", **offer.params) if has(f"upload.{name}") else remarked(offer)
    picked = st.segmented_control(
        plain(title), offer.choices, default=offer.taken,
        format_func=shown_as.__getitem__, key=answers.of(file, "upload.offer", name, offer.taken),
    )  # fmt: skip
    if picked is not None and picked != offer.taken:
        answers.tell(file, **{name: picked})
        st.rerun()


def _written(question: Question, file: FilePlan, answers: Answers, name: str) -> None:
    """A question without choices is answered in the reader's own words, the first lines of the file above."""
    st.markdown(plain(t(f"upload.{question.code}", **question.params)))
    for line in question.samples.get("", []):
        st.code(line, language=None)
    before = getattr(file.options, name) or ""
    told = st.text_input(t("upload.answer"), value=before, key=answers.of(file, "upload.ask", name))
    if told.strip() and before != told:
        answers.tell(file, **{name: told})
        st.rerun()


_WORDS = {"stage": "stages", "counts": "counts"}
"""Questions about words of a column -> the option that holds what each of them means."""


def _words(question: Question, file: FilePlan, answers: Answers) -> None:
    """What each word that nobody knows means; the rows and the money that hang on it stand beside it."""
    name = _name(question.flag)
    st.markdown(plain(t(f"upload.{question.code}", column=question.params["column"])))
    names = {meaning: _meaning(name, meaning) for meaning in question.choices}
    told: dict[str, str] = {}
    for word, (rows, money) in question.samples.items():
        picked = st.segmented_control(
            plain(t("upload.stage", word=word or numbers.NOTHING, rows=rows, money=money)), question.choices,
            format_func=names.__getitem__, key=answers.of(file, "upload.ask", name, word),
        )  # fmt: skip
        if picked is not None:
            told[word] = picked
    if set(question.samples) <= set(told):
        answers.tell(file, **{_WORDS[name]: told})
        st.rerun()


def _meaning(name: str, choice: str) -> str:
    """A choice in words: those for this very question, else those that several share."""
    own = f"upload.choice.{name}_{choice}"
    return t(own if has(own) else f"upload.choice.{choice}")


def _goal(question: Question, file: FilePlan, answers: Answers) -> None:
    """Which measure a column of goals is of; the names that are most alike stand first."""
    column = str(question.params["column"])
    picked = st.selectbox(
        plain(t(f"upload.{question.code}", **question.params)), question.choices, index=None,
        format_func=lambda of: _goal_of(of, question), placeholder=t("filter.choose"),
        key=answers.of(file, "upload.ask.goal", column),
    )  # fmt: skip
    if picked is not None:
        answers.tell(file, goals={column: picked})
        st.rerun()


def _goal_of(choice: str, question: Question) -> str:
    """A measure or, of names, what they name, in words."""
    if not choice:
        return t("upload.no_goal")
    known = dimension(choice) if question.code == "ask_goal_whose" else measure(choice)
    return known.label.text(lang())


def _column(question: Question, file: FilePlan, answers: Answers) -> None:
    """Which of several columns fills a field, if any does: each with its rows and first cells."""
    ours, about = str(question.params["field"]), question.code.removeprefix("ask_")
    shown_as = {header: plain(paired(header, cells[0], lang())) for header, cells in question.samples.items()}
    if "" in question.choices:
        shown_as[""] = plain(t(f"upload.{question.code}_none", field=field_name(ours)))
    picked = st.radio(
        plain(t(f"upload.{question.code}", field=field_name(ours))), question.choices, index=None,
        format_func=shown_as.__getitem__, key=answers.of(file, f"upload.ask.{about}", ours),
    )  # fmt: skip
    if picked is not None:
        answers.tell(file, columns={picked: ours} if picked else dict.fromkeys(question.samples, ""))
        st.rerun()


def _net(question: Question, file: FilePlan, answers: Answers) -> None:
    """Whether a column of that name is the amount, or quantity × price are."""
    column = str(question.params["column"])
    words = {choice: t(f"upload.ask_net_{choice}", column=column) for choice in question.choices}
    shown_as = {
        choice: plain(paired(said, parted(question.samples[choice], lang()), lang())) for choice, said in words.items()
    }
    picked = st.radio(
        plain(t("upload.ask_net", column=column)), question.choices, index=None, format_func=shown_as.__getitem__,
        key=answers.of(file, "upload.ask.net", column),
    )  # fmt: skip
    if picked is not None:
        answers.tell(file, columns={column: "amount" if picked == "amount" else ""})
        st.rerun()


def _said(question: Question, _file: FilePlan, _answers: Answers) -> None:
    """Asked by the choice of full or part above; here only what would end."""
    st.warning(plain(remarked(question)), icon=":material/help:")


def _keys(question: Question, file: FilePlan, answers: Answers) -> None:
    """Whether a list of which few rows are known is meant, or other columns tell them apart."""
    if question.choices:
        _keys_of_before(question, file, answers)
    elif st.checkbox(plain(remarked(question)), key=answers.of(file, "upload.ask.accept_keys")):
        answers.tell_alone(file, accept_keys=True)
        st.rerun()
    mapping.key(file, answers, t("upload.keys_other"))


def _keys_of_before(question: Question, file: FilePlan, answers: Answers) -> None:
    """The columns of before or those of now, each with how many rows are unique by them and are found again."""
    before, own = question.choices
    shown_as = {
        choice: plain(t("upload.keys_choice", columns=choice, unique=unique, again=again))
        for choice, (unique, again) in question.samples.items()
    }
    picked = st.radio(
        plain(t("upload.ask_keys_before", **question.params)), question.choices, index=None,
        format_func=shown_as.__getitem__, key=answers.of(file, "upload.ask.keys_before", own),
    )  # fmt: skip
    if picked == before:
        answers.tell(file, keys=(from_text(before),))
        st.rerun()
    elif picked is not None:
        answers.tell_alone(file, accept_keys=True)
        st.rerun()


def _rates(question: Question, file: FilePlan, answers: Answers) -> None:
    """Amounts that no rate converts: load the rates, or load them without."""
    st.warning(plain(t("upload.ask_rates", **question.params)), icon=":material/currency_exchange:")
    if st.checkbox(t("upload.without_rates"), key=answers.of(file, "upload.ask.without_rates")):
        answers.tell(file, without_rates=True)
        st.rerun()


def _looks(question: Question, file: FilePlan, answers: Answers) -> None:
    """What columns look like by their values, taken with a click."""
    table = str(question.params["table"])
    st.markdown(plain(t("upload.ask_columns", file=question.params["file"], table=table_name(table))))
    for header, (ours, share) in question.samples.items():
        st.markdown(f"- {plain(header)} → **{plain(field_name(ours))}** ({share} %)")
    if st.button(t("upload.take_columns"), key=answers.of(file, "upload.ask.columns", table)):
        answers.tell(file, table=table, columns={header: ours for header, (ours, _) in question.samples.items()})
        st.rerun()


_ASKED = {
    "ask_columns": _looks,
    "ask_counts": _words,
    "ask_currency_column": _column,
    "ask_lacking": _column,
    "ask_net": _net,
    "ask_stage": _words,
    "ask_full": _said,
    "ask_goal": _goal,
    "ask_goal_value": _goal,
    "ask_goal_whose": _goal,
    "ask_keys": _keys,
    "ask_keys_before": _keys,
    "ask_key": _key,
    "ask_keys_twice": _key,
    "ask_rates": _rates,
    "ask_reading": _reading,
}


def _choice(question: Question, choice: str) -> str:
    """An answer in words, with what three cells would then mean."""
    texts = (
        *(f"upload.choice.{of}_{choice}" for of in (question.code, _name(question.flag))),
        f"upload.choice.{choice}",
    )
    name = next((t(text) for text in texts if has(text)), choice)
    samples = question.samples.get(choice, [])
    return plain(paired(name, parted(samples, lang()), lang())) if samples else plain(name)
