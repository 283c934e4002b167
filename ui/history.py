"""Uploads so far, on screen: counts, taking one back, refused rows, and two spellings of one name."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from data.truth import Alias, Upload, accept_alias, aliases, forget_alias, redo, undo, uploads
from ui import numbers, session, show
from ui.guard import guarded
from ui.reasons import reasons
from ui.text import has, lang, plain, t

MOST_REFUSED = 5_000
"""Refused rows listed on screen; all of them are in the store."""
_REFUSED = """
    select line, text, reasons, money, is_set_aside from ops.refused_rows
    where upload_id = $upload order by is_set_aside, line limit $most
"""
COUNTS = ("read", "new", "changed", "same", "refused", "set_aside")


def uploads_so_far() -> None:
    """Every upload with its counts, the newest first, and the way to take one back."""
    with session.reading() as seen:
        known = sorted(uploads(seen), key=lambda upload: -upload.id)
    if not known:
        st.caption(t("history.none"))
        return
    show.listing(_as_frame(known), key="history.uploads", alt=t("page.history"))
    if session.viewer().sees_all:
        _undoing(known)
    _refused(known)


def _as_frame(known: list[Upload]) -> pl.DataFrame:
    rows = [
        {
            t("history.id"): upload.id,
            t("history.state"): t("history.undone") if upload.is_undone else "",
            t("upload.file"): upload.file,
            t("upload.table"): table_name(upload.table),
            t("upload.profile"): upload.profile,
            t("upload.as_of"): numbers.day(upload.as_of, lang()),
            t("upload.as_of_from"): as_of_from(upload.as_of_from),
            **{t(f"upload.{name}"): getattr(upload, name) for name in COUNTS},
            t("upload.encoding"): upload.encoding or numbers.NOTHING,
            t("history.when"): upload.loaded_at,
            t("history.who"): upload.who or numbers.NOTHING,
        }
        for upload in known
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def table_name(table: str) -> str:
    """A table as the reader calls it."""
    return t(f"table.{table}") if has(f"table.{table}") else table


def as_of_from(source: str | None) -> str:
    """How the as-of day of a file is known, in words."""
    key = f"upload.as_of_from_{(source or 'none').replace(' ', '_')}"
    return t(key) if has(key) else str(source)


def _undoing(known: list[Upload]) -> None:
    names = {upload.id: f"{upload.id} · {upload.file}" for upload in known}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            t("history.pick"),
            list(names),
            key="history.pick",
            format_func=lambda number: names.get(number, ""),
            width=380,
        )
        picked = next(upload for upload in known if upload.id == (st.session_state["history.pick"] or known[0].id))
        if picked.is_undone:
            st.button(t("history.redo"), icon=":material/redo:", on_click=_redo, args=(picked.id,), key="history.redo")
        else:
            st.button(
                t("history.undo"), icon=":material/undo:", on_click=_undo, args=(picked.id,), key="history.undo",
                help=t("history.undo_help"),
            )  # fmt: skip


def _undo(number: int) -> None:
    with guarded():
        undo(session.store(), number)
        st.toast(t("history.was_undone", id=number), icon=":material/undo:")


def _redo(number: int) -> None:
    with guarded():
        redo(session.store(), number)
        st.toast(t("history.was_redone", id=number), icon=":material/redo:")


def _refused(known: list[Upload]) -> None:
    """The rows of an upload that were refused or set aside, with their reasons."""
    with_some = [upload for upload in known if upload.refused or upload.set_aside]
    if not with_some or not session.viewer().sees_all:
        return
    names = {upload.id: f"{upload.id} · {upload.file} ({upload.refused + upload.set_aside})" for upload in with_some}
    with st.expander(t("history.refused_pick"), icon=":material/report:"):
        number = st.selectbox(
            t("history.pick"), list(names), format_func=lambda one: names.get(one, ""), key="history.refused"
        )
        with session.reading() as seen:
            found = seen.frame(_REFUSED, {"upload": int(number), "most": MOST_REFUSED})
        show.listing(reasons(found), key=f"history.refused.{number}", alt=t("history.refused", id=number))


def spellings() -> None:
    """Names that differ only by spaces, case or punctuation: suggested, and accepted so far."""
    show.section(t("history.aliases"), t("history.aliases_help"))
    with session.reading() as seen:
        known = aliases(seen)
    suggested = [alias for alias in known if not alias.is_accepted]
    accepted = [alias for alias in known if alias.is_accepted]
    if not suggested:
        st.caption(t("history.no_aliases"))
    for alias in suggested:
        _alias(alias, "history.accept", ":material/merge:", _accept)
    if accepted:
        st.markdown(f"**{t('history.accepted')}**")
    for alias in accepted:
        _alias(alias, "history.forget", ":material/call_split:", _forget)


def _alias(alias: Alias, action: str, icon: str, act: Callable[[Alias], None]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(_in_words(alias), width="stretch")
        if session.viewer().sees_all:
            st.button(t(action), icon=icon, key=f"{action}.{alias.kind}.{alias.alias}", on_click=act, args=(alias,))


def _in_words(alias: Alias) -> str:
    facts = {
        "alias": plain(alias.alias),
        "canonical": plain(alias.canonical),
        "kind": t(f"kind.{alias.kind}") if has(f"kind.{alias.kind}") else alias.kind,
        "rows": numbers.count(alias.rows, lang()),
    }
    if not alias.money:
        return t("history.alias_row_no_money", **facts)
    return t("history.alias_row", **facts, money=plain(numbers.money(alias.money, lang(), session.currency())))


def _accept(alias: Alias) -> None:
    with guarded():
        accept_alias(session.store(), alias.kind, alias.alias, alias.canonical)


def _forget(alias: Alias) -> None:
    with guarded():
        forget_alias(session.store(), alias.kind, alias.alias)
