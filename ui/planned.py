"""A planned upload on screen: what each list is, what must be asked of it, and what becomes of its rows."""

from __future__ import annotations

from datetime import date

import polars as pl
import streamlit as st

from data.ingest import FilePlan, Offer, Plan
from data.ingest.errors import SheetHidden
from ui import asking, mapping, numbers, session, show
from ui.guard import explain
from ui.history import as_of_from
from ui.reasons import reasons
from ui.text import lang, plain, t
from ui.told import Answers, same_columns
from ui.wording import remarked, table_name

MOST_REFUSED = 1_000


def shown(made: Plan, answers: Answers) -> None:
    """One line per list, then each list for itself: what it is, its questions, its columns and its rows."""
    show.section(t("upload.plan"))
    understood = [file for file in made.files if file.checked is not None]
    if understood:
        show.listing(_lines(understood), key="upload.plan", alt=t("upload.plan"))
    for remark in made.warnings:
        st.caption(plain(remarked(remark)))
    _hidden_sheets(made, answers)
    _at_once(made, answers)
    for file in made.files:
        if file.is_beside:
            _beside(file)
        else:
            _file(file, answers)


def is_open(made: Plan) -> bool:
    """Whether something must be said before anything can be loaded, or nothing is left to load."""
    return bool(made.questions or made.refused) or not made.files


def _lines(files: list[FilePlan]) -> pl.DataFrame:
    rows = [
        {
            t("upload.file"): file.file,
            t("upload.table"): table_name(file.table or ""),
            t("upload.profile"): mapping.crm_name(file.profile or ""),
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


def _hidden_sheets(made: Plan, answers: Answers) -> None:
    """Sheets that are hidden in their workbook are left out, and read where the reader wishes so."""
    for left in made.left:
        if isinstance(left.why, SheetHidden):
            sheet = left.name.rpartition(" / ")[2]
            label = t("upload.read_hidden", part=left.params["part"])
            if st.button(plain(label), icon=":material/visibility:", key=answers.key("upload.hidden", left.name)):
                answers.said.setdefault(left.name, {})["sheet"] = sheet
                st.rerun()


def _at_once(made: Plan, answers: Answers) -> None:
    """Where several lists have the same columns, the reader may answer for all of them; each is asked otherwise."""
    groups = same_columns(made.files)
    is_wished = bool(groups) and st.toggle(
        t("upload.at_once"), help=t("upload.at_once_help"), key=answers.key("upload.at_once")
    )
    answers.group(made.files, is_wished=is_wished)


def _file(file: FilePlan, answers: Answers) -> None:
    """One list: what it was taken for, what is asked of it, and behind a fold what becomes of its columns and rows."""
    with st.container(border=True, key=answers.of(file, "upload.list")):
        st.markdown(f":material/description: **{plain(file.file)}**")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if file.headers:
                mapping.kind(file, answers)
            if file.as_of:
                _as_of(file, answers)
            if file.table == "deals":
                _fullness(file, answers)
        if said := mapping.why(file):
            st.caption(plain(said))
        if file.error is not None:
            explain(file.error)
        if file.questions:
            st.markdown(f":orange-badge[:material/help: {t('upload.questions')}]")
        asking.asked(file, answers)
        if file.error is not None:
            _columns(file, answers)
        elif file.columns:
            with st.expander(t("upload.details"), icon=":material/table_rows:"):
                _details(file, answers)


def _beside(file: FilePlan) -> None:
    """What the same file brings to another table: its remarks and rows; its columns are those of the file."""
    title = t("upload.beside", file=plain(file.file), table=table_name(file.table or ""))
    with st.expander(title, icon=":material/call_split:"):
        _remarks(file)
        _rows_kept_out(file)


def _details(file: FilePlan, answers: Answers) -> None:
    _remarks(file)
    _columns(file, answers)
    _rows_kept_out(file)


def _remarks(file: FilePlan) -> None:
    for remark in [remark for remark in file.warnings if not isinstance(remark, Offer)]:
        st.markdown(f"- {plain(remarked(remark))}")


def _columns(file: FilePlan, answers: Answers) -> None:
    if file.headers and (file.table or file.options.table):
        st.caption(t("upload.mapped"))
        mapping.editor(file, answers)
        mapping.key(file, answers)
        mapping.dimensions(file, answers)


def _rows_kept_out(file: FilePlan) -> None:
    if file.checked is not None and file.checked.refused.height:
        st.caption(_refused_title(file))
        listed = reasons(file.checked.refused.head(MOST_REFUSED))
        show.listing(listed, key=f"upload.refused.{file.table}.{file.names[-1]}", alt=t("upload.refused"))


def _refused_title(file: FilePlan) -> str:
    """How many rows stay out, with their money, and how many lines are no records."""
    refused = file.checked.refused.filter(~pl.col("is_set_aside")) if file.checked else pl.DataFrame()
    money = refused["money"].cast(pl.Float64).sum() if "money" in refused.columns else 0
    count, aside = (numbers.count(rows, lang()) for rows in (file.refused, file.set_aside))
    if not money:
        return t("upload.refused_title", count=count, aside=aside)
    shown_as = numbers.money(money, lang(), session.currency())
    return plain(t("upload.refused_money", count=count, money=shown_as, aside=aside))


def _fullness(file: FilePlan, answers: Answers) -> None:
    """Whether absent deals have ended. Not said: they are left alone."""
    options = {None: t("upload.unsaid"), True: t("upload.full"), False: t("upload.part")}
    said = file.options.is_full
    picked = st.selectbox(
        t("upload.fullness"), list(options), index=list(options).index(said),
        format_func=options.__getitem__, key=answers.of(file, "upload.is_full", said), width=420,
    )  # fmt: skip
    if picked != said:
        answers.tell(file, is_full=picked)
        st.rerun()


def _as_of(file: FilePlan, answers: Answers) -> None:
    """The day the export describes, where the reader knows better than the file."""
    # what is known is part of the key: a day that was only shown must not be taken for an answer
    key = answers.of(file, "upload.as_of", file.as_of)
    st.date_input(
        t("upload.as_of_choose"), value=file.as_of, help=t("upload.as_of_help"), key=key, format="YYYY-MM-DD",
        width=200, on_change=_tell_day, args=(key, file, answers),
    )  # fmt: skip


def _tell_day(key: str, file: FilePlan, answers: Answers) -> None:
    picked: date | None = st.session_state[key]
    if picked is not None:
        answers.tell_alone(file, as_of=picked)
