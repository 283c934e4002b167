"""Targets as files to fill in, and every decision about them."""

from __future__ import annotations

import polars as pl
import streamlit as st

from data.target_files import EXCEL, tall_book, wide_book
from data.targets import targets
from metrics.target import held
from metrics.view import View
from ui import controls, session, show
from ui.targets import Aimed, exactly, running, signed
from ui.text import lang, t


@st.fragment
def as_files(aimed: Aimed | None, view: View) -> None:
    """Targets as workbooks to fill in, and where they are uploaded."""
    show.section(t("targets.files"), t("targets.files_help"))
    of = aimed.of if aimed else view.headline
    with session.reading() as seen:
        kept = held(targets(seen, of, session.viewer()))
        names = [name for name in seen.values("rep", session.viewer()) if name is not None]
    first = (aimed.span if aimed else running(view)).starts_on.replace(day=1)
    language = lang()
    with st.container(horizontal=True):
        st.download_button(
            t("targets.tall"), lambda: tall_book([one.current for one in kept]), "targets.xlsx", EXCEL,
            icon=":material/download:", key="targets.tall", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            t("targets.wide"), lambda: wide_book(names, first, kept, language), "targets_months.xlsx", EXCEL,
            icon=":material/calendar_month:", key="targets.wide", on_click="ignore",
        )  # fmt: skip
        controls.page_link("upload", t("targets.to_upload"), icon=":material/upload_file:")


def versions(aimed: Aimed) -> None:
    """Every decision about the targets of this span: what, when, why, and what it changed."""
    show.section(t("targets.versions"), t("targets.versions_help"))
    with session.reading() as seen:
        kept = [one for one in held(targets(seen, aimed.of, session.viewer(), aimed.span))
                if one.current.span == aimed.span and one.current.scope in ("company", *aimed.scopes)]  # fmt: skip
    rows = []
    for one in sorted(kept, key=lambda held_: -len(held_.versions)):
        for place, version in enumerate(one.versions):
            before = one.versions[place - 1].value if place else None
            rows.append({
                t("targets.whose"): version.scope_value or t("targets.company"), t("column.version"): version.version,
                t("targets.value"): exactly(version.value, aimed.of),
                t("targets.change"): signed(version.value - before, aimed.of) if before is not None else "—",
                t("column.set_on"): version.set_on, t("column.reason"): version.reason,
            })  # fmt: skip
    show.listing(pl.DataFrame(rows, infer_schema_length=None), key="targets.versions", alt=t("targets.versions"))
