"""Which column fills which field, on screen: why, how sure, changed with a click; and the layouts remembered."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import streamlit as st

from data.ingest import FilePlan
from data.ingest.errors import KeysMissing
from data.ingest.profile import Profile, profiles
from data.ingest.promote import kept_columns
from data.ingest.remember import folder, forget, remembered
from data.punctuation import parted
from data.tables import tables
from metrics.errors import SalesError
from ui.guard import explain
from ui.text import lang, plain, t
from ui.told import Answers
from ui.wording import field_name, read_as, table_name

_KEPT = ""


def kind(file: FilePlan, answers: Answers) -> None:
    """What list a file is taken for and of which CRM; another choice reads the file again, and loading remembers it."""
    table = file.table or file.options.table
    names = {name: table_name(name) for name in tables()}
    listed = sorted(names, key=names.__getitem__)
    picked = st.selectbox(
        t("upload.kind"), listed, index=listed.index(table) if table in listed else None, format_func=names.__getitem__,
        placeholder=t("upload.kind_choose"), key=answers.of(file, "upload.table", table), width=260,
    )  # fmt: skip
    if picked is not None and picked != table:
        answers.read_as(file, picked)
        st.rerun()
    if table is not None:
        _crm(file, table, answers)


def _crm(file: FilePlan, table: str, answers: Answers) -> None:
    """The CRMs that have such a list, with how well the best ones fit."""
    scores = {one.profile.origin: one.score for one in reversed(file.scores) if one.table == table}
    labels = {
        profile.name: _label(profile) + (f" · {scores[profile.name]:.0%}" if profile.name in scores else "")
        for profile in profiles().values()
        if any(profile.table_of(section) == table for section in profile.tables)
    }
    listed = sorted(labels, key=lambda name: -scores.get(name, 0))
    taken = file.profile or file.options.profile
    picked = st.selectbox(
        t("upload.profile"), listed, index=listed.index(taken) if taken in listed else None,
        format_func=labels.__getitem__, help=t("upload.profile_help"),
        key=answers.of(file, "upload.profile", table, taken), width=260,
    )  # fmt: skip
    if picked is not None and picked != taken:
        answers.tell(file, profile=picked)
        st.rerun()


def crm_name(name: str) -> str:
    """A CRM as the reader calls it."""
    known = profiles().get(name)
    return _label(known) if known else name


def _label(profile: Profile) -> str:
    return profile.label["zh-CN" if lang() == "zh-CN" else "en"]


def why(file: FilePlan) -> str:
    """How a list was recognised, in a sentence; nothing where it was not."""
    if file.match is None:
        return ""
    if file.options.table or file.options.profile:
        return t("upload.kind_told")
    if file.match.profile.columns:
        return t("upload.kind_remembered")
    scores = (f"{table_name(one.table)} ({_label(one.profile)}) {one.score:.0%}" for one in file.scores)
    return t("upload.scores", scores=parted(scores, lang()))


def editor(file: FilePlan, answers: Answers) -> None:
    """Every column of a file with its field; another choice reads the file again, and loading remembers it."""
    table, headers = file.table or file.options.table, file.headers
    if table is None or not headers:
        return
    fields = _fields(file)
    names = {field: field_name(field) for field in tables()[table].fields}
    shown = {header: " + ".join(names.get(field, field) for field in fields.get(header, [])) for header in headers}
    edited = st.data_editor(
        _rows(file, headers, shown),
        column_config={
            t("upload.our"): st.column_config.SelectboxColumn(
                options=[_KEPT, *dict.fromkeys([*shown.values(), *names.values()])], help=t("upload.map_help")
            )
        },
        disabled=[t("upload.their"), t("upload.why"), t("upload.confidence"), t("upload.format")],
        hide_index=True,
        key=answers.of(file, "upload.map", table, len(file.options.columns)),
    )
    by_name = {name: field for field, name in names.items()}
    changed = {
        header: by_name.get(ours or _KEPT, "")
        for header, ours in zip(headers, edited[t("upload.our")], strict=True)
        if (ours or _KEPT) != shown[header]
    }
    if changed:
        answers.tell(file, columns=changed)
        st.rerun()


def key(file: FilePlan, answers: Answers, label: str | None = None) -> None:
    """The columns that tell the rows apart; others read the file again, and loading remembers them.

    Args:
        file: the list.
        answers: what is answered of it.
        label: what it is called where it stands with a question; None: beside the columns.
    """
    if not file.headers or (file.checked is None and not isinstance(file.error, KeysMissing)):
        return
    taken = file.key_columns
    picked = st.multiselect(
        label or t("upload.key"), file.headers, default=taken, help=t("upload.key_help"),
        placeholder=t("filter.choose"),
        key=answers.of(file, "upload.ask.other_key" if label else "upload.key", "|".join(taken)),
    )  # fmt: skip
    if picked and set(picked) != set(taken):
        answers.tell(file, keys=(tuple(picked),))
        st.rerun()


def dimensions(file: FilePlan, answers: Answers) -> None:
    """The columns without a field of ours: kept as they are, and those that are chosen become dimensions."""
    kept = kept_columns(file)
    if not kept:
        return
    wished = [column for column in file.options.dimensions if column in kept]
    picked = st.multiselect(
        t("upload.dimensions"), kept, default=wished, help=t("upload.dimensions_help"),
        placeholder=t("filter.choose"),
        key=answers.of(file, "upload.own"),
    )  # fmt: skip
    if set(picked) != set(wished):
        answers.tell(file, dimensions=tuple(picked))
        st.rerun()


def _fields(file: FilePlan) -> dict[str, list[str]]:
    """Their column -> our fields: those that it was read for, else those that were named."""
    if file.mapped is None:
        return {theirs: [ours] for theirs, ours in file.options.columns.items() if ours}
    found: dict[str, list[str]] = {}
    for ours, theirs in file.mapped.sources.items():
        for header in theirs:
            found.setdefault(header, []).append(ours)
    return found


def _rows(file: FilePlan, headers: list[str], shown: dict[str, str]) -> pl.DataFrame:
    read = {column: entry for entry in file.columns for column in entry["column"].split(" + ")}
    none = {"why": "", "confidence": "", "format": ""}
    found = [read.get(header, none) for header in headers]
    return pl.DataFrame(
        {
            t("upload.their"): headers,
            t("upload.our"): [shown[header] for header in headers],
            t("upload.why"): [t(f"upload.because.{entry['why']}") if entry["why"] else "" for entry in found],
            t("upload.confidence"): [f"{entry['confidence']} %" if entry["confidence"] else "" for entry in found],
            t("upload.format"): [read_as(entry["format"]) for entry in found],
        }
    )


def layouts(store: Path) -> None:
    """What was answered about files of the same columns: to be downloaded, or asked about again.

    Args:
        store: the folder beside the store that files are loaded into.
    """
    try:
        known = remembered(store)
    except SalesError as error:
        explain(error)
        return
    if not known:
        return
    with st.expander(t("upload.layouts", count=len(known)), icon=":material/bookmark:"):
        st.caption(t("upload.layouts_help"))
        for profile in known:
            label = _label(profile)
            text = (folder(store) / f"{profile.name}.toml").read_text("utf-8")
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{plain(profile.name)}** · {plain(label)}")
                st.download_button(
                    t("upload.layout_download"), text, f"{profile.name}.toml", "application/toml",
                    icon=":material/download:", key=f"upload.layout.{profile.name}", on_click="ignore",
                )  # fmt: skip
                st.button(
                    t("upload.layout_forget"), icon=":material/delete:", key=f"upload.forget.{profile.name}",
                    on_click=forget, args=(store, profile.name),
                )  # fmt: skip
