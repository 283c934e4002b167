"""What the frame says about the data itself: how fresh it is, whose it is, and what to do when there is none."""

from __future__ import annotations

import streamlit as st

from data.clock import local
from data.current import is_demo, switch
from data.settings import settings
from data.store import Snapshot
from data.unfinished import noticed, unfinished
from ui import numbers, session
from ui.navigation import go, page_link
from ui.text import lang, plain, t


def freshness() -> None:
    """How old the data is and of how many uploads; and whose eyes are looking, where they do not see all."""
    held, as_of = session.once("uploads that count", _held), session.as_of()
    parts = [t("freshness.as_of", day=numbers.day(as_of, lang())) if as_of else t("freshness.nothing")]
    if held:
        parts.append(t("freshness.one_upload") if held == 1 else t("freshness.uploads", count=held))
    st.caption(" · ".join(parts))
    looking = session.viewer()
    if not looking.sees_all:
        teams = numbers.listed(looking.teams, lang())
        scope = t("freshness.scope_teams", teams=teams) if looking.scope == "teams" else t("freshness.scope_rep")
        st.caption(plain(t("freshness.who", name=looking.name, scope=scope)))


def counts() -> dict[str, str]:
    """What the menu tells behind a page's name: how many risks are open that the reader may see.

    Told by the register alone, no rule is asked; where it is behind the data, nothing is told.
    """
    from data.review.alert_register import open_now  # warmed up meanwhile

    looking = session.viewer()
    found = session.once(f"open risks {settings().viewer}", lambda seen: open_now(seen, looking))
    return {"alerts": numbers.written(found, "count", lang())} if found else {}


def _held(seen: Snapshot) -> int:
    return int(seen.frame("select count(*) as n from ops.uploads where not is_undone").item())


def demo() -> None:
    """On the demo company: say so, and show the way out."""
    if not is_demo(session.store()):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="demo_banner"):
        st.markdown(f":material/science: {t('demo.banner')}")
        page_link("upload", t("demo.leave"), icon=":material/upload_file:")


def cut_short() -> None:
    """That a load was ended by a crash, to those who may load; until its files are loaded or somebody took note."""
    told = unfinished(session.store())
    if told is None or not session.viewer().sees_all:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="cut_short"):
        files = numbers.listed([plain(file) for file in told.files], lang()) or t("cut_short.unknown")
        st.warning(
            t("cut_short.told", files=files, when=numbers.moment(local(told.since), lang())), icon=":material/bolt:"
        )
        st.button(t("cut_short.noticed"), on_click=noticed, args=(session.store(),), key="cut_short_noticed")
        page_link("upload", t("page.upload"), icon=":material/upload_file:")


def empty() -> None:
    """Instead of a page that has nothing to show."""
    with st.container(horizontal_alignment="center", gap="medium", key="empty_state"):
        st.space("large")
        st.markdown("# :material/explore:", width="content")
        st.title(t("empty.title"), anchor=False, width="content")
        st.markdown(t("empty.text"), width=620)
        with st.container(horizontal=True, horizontal_alignment="center"):
            if st.button(t("empty.upload"), icon=":material/upload_file:", type="primary", key="empty_upload"):
                go("upload")
            st.button(t("empty.demo"), icon=":material/science:", on_click=show_demo, key="empty_demo")


def show_demo() -> None:
    """Change to the demo company, which is made where it does not exist yet."""
    path = settings().demo_store
    if not path.exists():
        from data.demo import build

        with st.spinner(t("empty.preparing")):
            build(path, lang=settings().demo_lang)
    switch(path)
