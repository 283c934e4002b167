"""Which column fills which field, on screen: why, how sure, changed with a click; and the layouts remembered."""

from __future__ import annotations

import polars as pl
import streamlit as st

from data.ingest import FilePlan
from data.ingest.promote import kept_columns
from data.ingest.remember import folder, forget, remembered
from data.tables import tables
from metrics.errors import SalesError
from ui import session
from ui.guard import explain
from ui.text import has, lang, plain, t
from ui.told import Answers

_KEPT = ""


def editor(file: FilePlan, place: int, answers: Answers) -> None:
    """Every column of a file with its field; another choice reads the file again, and loading remembers it."""
    if file.mapped is None or file.table is None:
        return
    headers = file.mapped.table.headers
    fields = _fields(file)
    names = {field: _name(field) for field in tables()[file.table].fields}
    shown = {header: " + ".join(names[field] for field in fields.get(header, [])) for header in headers}
    edited = st.data_editor(
        _rows(file, headers, shown),
        column_config={
            t("upload.our"): st.column_config.SelectboxColumn(
                options=[_KEPT, *dict.fromkeys([*shown.values(), *names.values()])], help=t("upload.map_help")
            )
        },
        disabled=[t("upload.their"), t("upload.why"), t("upload.confidence"), t("upload.format")],
        hide_index=True,
        key=answers.key("upload.map", place, file.file, len(answers.get("columns", {}))),
    )
    by_name = {name: field for field, name in names.items()}
    changed = {
        header: by_name.get(ours or _KEPT, "")
        for header, ours in zip(headers, edited[t("upload.our")], strict=True)
        if (ours or _KEPT) != shown[header]
    }
    if changed:
        answers["columns"] = {**answers.get("columns", {}), **changed}
        st.rerun()


def key(file: FilePlan, place: int, answers: Answers) -> None:
    """The columns that tell the rows apart; others read the file again, and loading remembers them."""
    if file.mapped is None or file.checked is None:
        return
    taken = file.key_columns
    picked = st.multiselect(
        t("upload.key"), file.mapped.table.headers, default=taken, help=t("upload.key_help"),
        key=answers.key("upload.key", place, file.file, "|".join(taken)),
    )  # fmt: skip
    if picked and set(picked) != set(taken):
        choose_key(answers, tuple(picked))
        st.rerun()


def dimensions(file: FilePlan, place: int, answers: Answers) -> None:
    """The columns without a field of ours: kept as they are, and those that are chosen become dimensions."""
    kept = kept_columns(file)
    if not kept:
        return
    wished = [column for column in answers.get("dimensions", ()) if column in kept]
    picked = st.multiselect(
        t("upload.dimensions"), kept, default=wished, help=t("upload.dimensions_help"),
        key=answers.key("upload.own", place, file.file),
    )  # fmt: skip
    if set(picked) != set(wished):
        answers["dimensions"] = (*(one for one in answers.get("dimensions", ()) if one not in kept), *picked)
        st.rerun()


def choose_key(answers: Answers, columns: tuple[str, ...]) -> None:
    """Take columns for the key of the files that have them; the last word counts."""
    answers["keys"] = (*(one for one in answers.get("keys", ()) if one != columns), columns)


def _name(field: str) -> str:
    return t(f"column.{field}") if has(f"column.{field}") else field


def _fields(file: FilePlan) -> dict[str, list[str]]:
    """Their column -> our fields."""
    found: dict[str, list[str]] = {}
    if file.mapped is not None:
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
            t("upload.format"): [entry["format"] for entry in found],
        }
    )


def layouts() -> None:
    """What was answered about files of the same columns: to be downloaded, or asked about again."""
    try:
        known = remembered(session.store().folder)
    except SalesError as error:
        explain(error)
        return
    if not known:
        return
    with st.expander(t("upload.layouts", count=len(known)), icon=":material/bookmark:"):
        st.caption(t("upload.layouts_help"))
        for profile in known:
            label = profile.label["zh-CN" if lang() == "zh-CN" else "en"]
            text = (folder(session.store().folder) / f"{profile.name}.toml").read_text("utf-8")
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{plain(profile.name)}** · {plain(label)}")
                st.download_button(
                    t("upload.layout_download"), text, f"{profile.name}.toml", "application/toml",
                    icon=":material/download:", key=f"upload.layout.{profile.name}", on_click="ignore",
                )  # fmt: skip
                st.button(
                    t("upload.layout_forget"), icon=":material/delete:", key=f"upload.forget.{profile.name}",
                    on_click=forget, args=(session.store().folder, profile.name),
                )  # fmt: skip
