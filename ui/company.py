"""Settings on screen: language, who may see what, what is fixed at the start, and the store itself."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import streamlit as st

from data.current import is_demo, switch
from data.punctuation import named
from data.settings import Settings, settings
from data.viewers import add_viewer, remove_viewer, viewers
from metrics.viewer import EVERYTHING
from ui import session, show
from ui.guard import guarded
from ui.notices import show_demo
from ui.text import LANGUAGES, choose, has, lang, plain, t

SCOPES = ("all", "teams", "rep")


def language() -> None:
    """The language of the app, kept in the address."""
    show.section(t("settings.language"), t("settings.language_help"))
    st.session_state["settings.language"] = lang()
    st.segmented_control(
        t("settings.language"), tuple(LANGUAGES), format_func=LANGUAGES.__getitem__, key="settings.language",
        required=True, label_visibility="collapsed", on_change=lambda: choose(st.session_state["settings.language"]),
    )  # fmt: skip
    st.caption(t("settings.theme_help"))


def who_sees_what() -> None:
    """The list of viewers, and a form to add, change or remove one."""
    show.section(t("settings.viewers"))
    st.markdown(plain(t("settings.viewers_help", viewer=settings().viewer or t("settings.nobody"))))
    if not session.viewer().sees_all:
        st.caption(t("settings.not_yours"))
        return
    with session.reading() as seen:
        known = viewers(seen)
    if known.is_empty():
        st.caption(t("settings.viewers_none"))
    else:
        show.listing(_listed(known), key="settings.viewers", alt=t("settings.viewers"))
        _removing(known["email"].to_list())
    _adding(is_first=known.is_empty())


def _listed(known: pl.DataFrame) -> pl.DataFrame:
    rows = [
        {
            t("settings.email"): row["email"],
            t("settings.name"): row["name"] or "—",
            t("settings.scope"): t(f"settings.scope_{row['scope']}"),
            t("settings.teams"): named(row["teams"] or [], lang()) or "—",
            t("settings.rep"): row["rep"] or "—",
        }
        for row in known.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _adding(*, is_first: bool) -> None:
    """The form. The very first viewer closes the app to everybody else, so that wants a word of consent."""
    with session.reading() as seen:
        teams = [team for team in seen.values("team", EVERYTHING) if team]
        reps = [rep for rep in seen.values("rep", EVERYTHING) if rep]
    with st.form("settings.viewer", border=True):
        with st.container(horizontal=True):
            st.text_input(t("settings.email"), key="viewer.email", max_chars=200)
            st.text_input(t("settings.name"), key="viewer.name", max_chars=200)
            st.selectbox(
                t("settings.scope"),
                SCOPES,
                key="viewer.scope",
                format_func={scope: t(f"settings.scope_{scope}") for scope in SCOPES}.__getitem__,
            )
        with st.container(horizontal=True):
            if teams:
                st.multiselect(t("settings.teams"), teams, key="viewer.teams", placeholder=t("settings.choose"))
            if reps:
                st.selectbox(t("settings.rep"), reps, index=None, key="viewer.rep", placeholder=t("settings.choose"))
        if is_first:
            st.checkbox(t("settings.understood"), key="viewer.understood")
        st.form_submit_button(t("settings.add"), icon=":material/person_add:", on_click=_add, args=(is_first,))


def _add(is_first: bool) -> None:
    given = st.session_state
    if is_first and not given["viewer.understood"]:
        st.toast(t("settings.understood"), icon=":material/info:")
        return
    with guarded():
        add_viewer(
            session.store(),
            given["viewer.email"],
            given["viewer.scope"],
            name=given["viewer.name"].strip() or None,
            teams=tuple(given.get("viewer.teams", ())),
            rep=given.get("viewer.rep"),
        )
        st.toast(plain(t("settings.added", email=given["viewer.email"])))


def _removing(emails: list[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(t("settings.email"), emails, key="settings.remove", label_visibility="collapsed", width=320)
        st.button(t("settings.remove"), icon=":material/person_remove:", on_click=_remove, key="settings.removing")


def _remove() -> None:
    email = str(st.session_state["settings.remove"])
    with guarded():
        remove_viewer(session.store(), email)
        st.toast(plain(t("settings.removed", email=email)))


def fixed() -> None:
    """What is read once when the app starts: value, meaning, and the variable that sets it."""
    show.section(t("settings.fixed"))
    st.markdown(t("settings.fixed_help"))
    now = settings()
    rows = [
        {
            t("settings.setting"): name,
            t("settings.value"): str(getattr(now, name)) or "—",
            t("settings.means"): t(f"settings.meaning.{name}") if has(f"settings.meaning.{name}") else "",
            t("settings.variable"): f"SALES_{name.upper()}",
        }
        for name in Settings.model_fields
    ]
    show.listing(pl.DataFrame(rows), key="settings.fixed", alt=t("settings.fixed"))


def store_facts() -> None:
    """Where the store is, how large, which version; and the way to the demo company and back."""
    show.section(t("settings.store"))
    held = session.store()
    with session.reading() as seen:
        made_by = seen.frame("select version, schema, product from ops.version").row(0, named=True)
    facts = [
        (t("settings.which"), t("settings.which_demo") if is_demo(held) else t("settings.which_own")),
        (t("settings.path"), str(held.path)),
        (t("settings.size"), f"{_megabytes(held.path):,.1f} MB"),
        (t("settings.version"), str(made_by["version"])),
        (t("settings.product"), f"{made_by['product']} · schema {made_by['schema']}"),
        (t("settings.kept"), str(held.folder)),
    ]
    frame = pl.DataFrame(facts, schema=[t("settings.setting"), t("settings.value")], orient="row")
    show.listing(frame, key="settings.store", alt=t("settings.store"))
    if not is_demo(held):
        st.button(t("settings.switch_demo"), icon=":material/science:", on_click=_to_demo, key="settings.to_demo")
    elif settings().store.expanduser().exists():
        st.button(t("settings.switch_own"), icon=":material/apartment:", on_click=_to_own, key="settings.to_own")


def _megabytes(path: Path) -> float:
    return path.stat().st_size / 1_048_576 if path.exists() else 0.0


def _to_demo() -> None:
    with guarded():
        show_demo()


def _to_own() -> None:
    with guarded():
        switch(settings().store)
