"""Uploads so far, on screen: their counts and effects, files and refused rows to take away, undoing any of them."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from data.effects import Change, Effect, changes, of_upload
from data.originals import original_file, refused_file, refused_name
from data.truth import Upload, redo, undo, uploads
from metrics.catalog import measure
from ui import numbers, session, show
from ui.guard import guarded
from ui.reasons import reasons
from ui.text import has, lang, plain, t
from ui.wording import table_name

MOST_REFUSED = 5_000
"""Refused rows listed on screen; all of them are in the file."""
_REFUSED = """
    select line, text, reasons, money, is_set_aside from ops.refused_rows
    where upload_id = $upload order by is_set_aside, line limit $most
"""
COUNTS = ("read", "new", "changed", "same", "refused", "set_aside")
_NAMED = 8
"""So many uploads of one load are named by their numbers; more are counted."""
_HEADLINE = 3
"""So many measures have a column of their own in the list; the others are told of the chosen upload."""


def uploads_so_far() -> None:
    """Every upload with its counts and effects, the newest first; then all about one of them.

    Effects are on the whole company's numbers, so they are for who sees all of them.
    """
    sees_all = session.viewer().sees_all
    with session.reading() as seen:
        known = sorted(uploads(seen), key=lambda upload: -upload.id)
        done = changes(seen) if sees_all else []
    if not known:
        st.caption(t("history.none"))
        return
    show.listing(_as_frame(known, done), key="history.uploads", alt=t("page.history"))
    if sees_all:
        _one(known, done)


def _as_frame(known: list[Upload], done: Sequence[Change]) -> pl.DataFrame:
    effects = {upload.id: of_upload(done, upload.id) for upload in known}
    last = {upload.id: max(_together(upload, done)) for upload in known}
    said = dict.fromkeys(effect.measure for found in effects.values() for effect in found if not _is_void(effect))
    rows = [
        {
            t("history.id"): upload.id,
            t("history.state"): t("history.undone") if upload.is_undone else "",
            t("upload.file"): upload.file,
            t("upload.table"): table_name(upload.table),
            t("upload.as_of"): numbers.day(upload.as_of, lang()),
            **{t(f"upload.{name}"): getattr(upload, name) for name in COUNTS},
            **({t("history.withdrawn"): _gone(upload)} if any(one.withdrawn for one in known) else {}),
            **{
                _label(name): _said(effects[upload.id], name)
                if last[upload.id] == upload.id
                else t("history.with", id=last[upload.id])
                for name in list(said)[:_HEADLINE]
            },
            t("upload.profile"): upload.profile,
            t("upload.as_of_from"): as_of_from(upload.as_of_from),
            t("upload.encoding"): upload.encoding or numbers.NOTHING,
            t("history.when"): upload.loaded_at,
            t("history.who"): who_said(upload.who),
        }
        for upload in known
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _gone(upload: Upload) -> str:
    """How many lines of earlier uploads it took the place of, and their money."""
    rows, money = upload.withdrawn or (0, 0.0)
    return f"{numbers.count(rows, lang())} ({numbers.exact(money, 'money', lang())})" if rows else ""


def withdrawn(upload: Upload) -> str:
    """The same as a sentence of its own; empty: none."""
    return t("upload.withdrawn", rows=_gone(upload)) if upload.withdrawn else ""


def _together(picked: Upload, done: Sequence[Change]) -> tuple[int, ...]:
    """The uploads that were loaded in one go with this one, itself among them: they share what they did."""
    for change in done:
        if change.upload_id == picked.id and change.action == "load":
            return change.together
    return (picked.id,)


def _is_void(effect: Effect) -> bool:
    return effect.before is None and effect.after is None


def _label(name: str) -> str:
    return measure(name).label.text(lang())


def _said(effects: Sequence[Effect], name: str) -> str:
    """Before → after, or that it stayed."""
    for effect in effects:
        if effect.measure == name and not _is_void(effect):
            before, after = (_written(name, value) for value in (effect.before, effect.after))
            return f"= {after}" if effect.before == effect.after else f"{before} → {after}"
    return ""


def _written(name: str, value: float | None) -> str:
    return numbers.written(value, measure(name).unit, lang(), session.currency())


def who_said(who: str | None) -> str:
    """Who loaded or took back: a person's address, or what did it by itself."""
    key = f"history.by_{(who or '').replace(' ', '_')}"
    return t(key) if who and has(key) else who or numbers.NOTHING


def as_of_from(source: str | None) -> str:
    """How the as-of day of a file is known, in words."""
    key = f"upload.as_of_from_{(source or 'none').replace(' ', '_')}"
    return t(key) if has(key) else str(source)


# --------------------------------------------------------------------------------------------------------- one upload


def _one(known: list[Upload], done: Sequence[Change]) -> None:
    """The chosen upload: what it did, its files, its refused rows, and the way to take it back."""
    names = {upload.id: f"{upload.id} · {upload.file}" for upload in known}
    show.section(t("history.one"))
    number = st.selectbox(
        t("history.pick"), list(names), key="history.pick", format_func=lambda one: names.get(one, ""), width=480
    )
    picked = next(upload for upload in known if upload.id == (number or known[0].id))
    _effects(picked, done)
    if picked.withdrawn and not picked.is_undone:
        st.caption(plain(withdrawn(picked)))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _undoing(picked)
        _files(picked)
    _log(picked, done)
    _refused(picked)


def _effects(picked: Upload, done: Sequence[Change]) -> None:
    """The headline numbers before and after this upload."""
    found = [effect for effect in of_upload(done, picked.id) if not _is_void(effect)]
    if not found:
        return
    others = [str(other) for other in _together(picked, done) if other != picked.id]
    if len(others) > _NAMED:
        together = t("history.together_many", count=len(others))
    else:
        together = t("history.together", ids=numbers.listed(others, lang())) if others else ""
    st.caption(plain(f"{t('history.effect')} {together}".strip()))
    with st.grid(len(found), min_column_width=230, gap="small"):
        for effect in found:
            delta = None
            if effect.before is not None and effect.after is not None:
                delta = numbers.change(effect.after, effect.before, measure(effect.measure).unit, lang())
            st.metric(
                _label(effect.measure), _written(effect.measure, effect.after), border=True, delta=delta,
                delta_color="off", delta_arrow="off", help=measure(effect.measure).meaning.text(lang()),
                delta_description=t("show.was", before=_written(effect.measure, effect.before)),
            )  # fmt: skip


def _undoing(picked: Upload) -> None:
    if picked.is_undone:
        st.button(t("history.redo"), icon=":material/redo:", on_click=_redo, args=(picked.id,), key="history.redo")
    else:
        st.button(
            t("history.undo"), icon=":material/undo:", on_click=_undo, args=(picked.id,), key="history.undo",
            help=t("history.undo_help"),
        )  # fmt: skip


def _undo(number: int) -> None:
    with guarded():
        undo(session.store(), number, who=session.viewer().email or None)
        st.toast(t("history.was_undone", id=number), icon=":material/undo:")


def _redo(number: int) -> None:
    with guarded():
        redo(session.store(), number, who=session.viewer().email or None)
        st.toast(t("history.was_redone", id=number), icon=":material/redo:")


def _files(picked: Upload) -> None:
    """The file as it was, and its refused rows ready to be corrected; both are made only when pressed."""
    store, language = session.store(), lang()
    if picked.kept and (store.folder / "originals" / picked.kept).exists():
        st.download_button(
            t("history.original"), lambda: original_file(store, picked).content, picked.file.split(" / ")[0],
            icon=":material/draft:", key=f"history.original.{picked.id}", on_click="ignore",
        )  # fmt: skip
        if picked.refused:
            st.download_button(
                t("history.refused_file", rows=numbers.count(picked.refused, lang())),
                lambda: _refused_bytes(picked, language), refused_name(picked), icon=":material/assignment_late:",
                key=f"history.refused_file.{picked.id}", on_click="ignore", help=t("history.refused_help"),
            )  # fmt: skip
    elif picked.bytes:
        st.caption(t("history.not_kept"))


def _refused_bytes(picked: Upload, language: str) -> bytes:
    with session.store().snapshot() as seen:
        return refused_file(seen, picked, language).content


def _log(picked: Upload, done: Sequence[Change]) -> None:
    """Who loaded it, took it back and put it again, and when."""
    lines = [
        t(f"history.did_{change.action}", when=numbers.moment(change.changed_at, lang()), who=who_said(change.who))
        for change in done
        if change.upload_id == picked.id
    ]
    if len(lines) > 1:
        st.caption(plain(" · ".join(lines)))


def _refused(picked: Upload) -> None:
    """The rows of an upload that were refused or set aside, with their reasons."""
    if not (picked.refused or picked.set_aside):
        return
    count = numbers.count(picked.refused + picked.set_aside, lang())
    with st.expander(t("history.refused_rows", rows=count), icon=":material/report:"):
        with session.reading() as seen:
            found = seen.frame(_REFUSED, {"upload": picked.id, "most": MOST_REFUSED})
        show.listing(reasons(found), key=f"history.refused.{picked.id}", alt=t("history.refused", id=picked.id))
