"""Uploading on screen: drop files, see what was recognised, answer what is asked, load, see what came of it.

Nothing is written before the reader says so. Reading, the dry run and loading are jobs of their own, because a click on
the page would end work that ran inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

import streamlit as st
from streamlit.typing import UploadedFile

from data import watch
from data.current import is_demo, own_store, switch
from data.ingest import Options, Plan, Source, jobs
from data.settings import settings
from data.store import Store, open_store
from metrics.errors import SalesError
from ui import beside, mapping, numbers, planned, rehearsed, session, told
from ui.guard import explain
from ui.history import withdrawn
from ui.navigation import page_link
from ui.text import lang, plain, t
from ui.told import Answers
from ui.wording import table_name

TYPES = (
    *("csv", "tsv", "txt", "tab", "dat", "xlsx", "xlsm", "xlsb", "xls", "ods"),
    *("parquet", "json", "jsonl", "ndjson", "xml", "html", "htm", "zip"),
)
_JOB, _ROUND, _PLAN, _HELD = "upload.job", "upload.round", "upload.plan", "upload.held"
_WAITING = "upload.waiting"
"""The file of the watch folder that is looked at, by its name."""


class _Given(NamedTuple):
    """A file to look at: `id` tells it from others of its name, its content is read only when it is needed."""

    id: str
    name: str
    content: Callable[[], bytes]


def flow() -> None:
    """The whole way of one upload, at the step where it stands."""
    if not session.viewer().sees_all:
        st.info(t("upload.not_yours"), icon=":material/lock:")
        return
    job: jobs.Job | None = st.session_state.get(_JOB)
    if job is None:
        _choose()
    elif beside.is_over(job):
        _outcome(job)


def target() -> Store:
    """The company's own store, whatever is on screen now; made by the first upload."""
    shown = session.store()
    if not is_demo(shown):
        return shown
    switch(shown.path)  # stays on screen until the company's own store holds something
    return open_store(settings().store)


def _choose() -> None:
    st.markdown(t("upload.intro"))
    if is_demo(session.store()):
        st.caption(plain(t("upload.demo_note", path=settings().store.expanduser().resolve())))
    limit = min(
        settings().max_upload_mb, int(st.get_option("server.maxUploadSize"))
    )  # the browser's part holds all in memory
    key = f"upload.files.{st.session_state.get(_ROUND, 0)}"
    files = st.file_uploader(
        t("upload.drop", size=limit), type=TYPES, accept_multiple_files=True, max_upload_size=limit, key=key,
        on_change=_hold, args=(key,),
    )  # fmt: skip
    given = _held(is_shown=bool(files)) or _from_watch_folder()
    answers = told.of({file.id for file in given})
    if not given:
        _let_go()
        _watch_folder()
        if (own := own_store()) is not None:  # what files are loaded into, whatever is on screen
            mapping.layouts(own.folder)
        return
    made = _planned(given, answers)
    if made is not None:
        planned.shown(made, answers)
        _ask_and_load(made, answers)


def _hold(key: str) -> None:
    """Keep what lies in the uploader: it forgets its files as soon as another page is opened."""
    files = cast("Sequence[UploadedFile]", st.session_state[key] or [])
    st.session_state[_HELD] = [_Given(file.file_id, file.name, file.getvalue) for file in files]


def _held(*, is_shown: bool) -> list[_Given]:
    """The files of this upload; named where the uploader does not show them any more."""
    held: list[_Given] = st.session_state.get(_HELD, [])
    if held and not is_shown:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(plain(t("upload.still_here", files=numbers.listed([file.name for file in held], lang()))))
            st.button(t("upload.clear"), icon=":material/close:", on_click=_clear, key="upload.held_clear")
    return held


def _let_go() -> None:
    """End what works on the files of this upload."""
    known = st.session_state.pop(_PLAN, None)
    if known is not None:
        known[1].cancel()
    rehearsed.stop()


def _from_watch_folder() -> list[_Given]:
    """The file of the watch folder that a reader wants to look at."""
    name = st.session_state.get(_WAITING)
    if name is None or name not in {one.file for one in watch.waiting()}:
        return []
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(t("upload.from_waiting", file=name)))
        st.button(t("upload.clear"), icon=":material/close:", on_click=_clear, key="upload.waiting_clear")
    return [_Given(f"waiting/{name}", name, lambda: watch.waiting_content(name))]


def _watch_folder() -> None:
    """The folder that is watched: how it is, and what in it waits for a person."""
    watcher, folder = watch.watched(), watch.folder_of()
    if folder is None:
        return
    if watcher is not None and watcher.problem:
        st.error(plain(t("upload.watch_problem", problem=watcher.problem)), icon=":material/error:")
    else:
        st.caption(plain(t("upload.watching", folder=folder)))
    for one in watch.waiting():
        with st.container(border=True, key=f"upload.waits.{one.file}"):
            st.markdown(f":material/pending_actions: **{plain(one.file)}**")
            for reason in one.reasons(lang()):
                st.markdown(f"- {plain(reason)}")
            with st.container(horizontal=True):
                st.button(
                    t("upload.waiting_open"), icon=":material/visibility:", on_click=_look_at, args=(one.file,),
                    key=f"upload.waiting_open.{one.file}",
                )  # fmt: skip
                st.button(
                    t("upload.waiting_leave"), icon=":material/block:", on_click=_leave_out, args=(one.file,),
                    key=f"upload.waiting_leave.{one.file}", help=t("upload.waiting_leave_help"),
                )  # fmt: skip


def _look_at(name: str) -> None:
    st.session_state[_WAITING] = name


def _leave_out(name: str) -> None:
    watch.settle(name, is_loaded=False)


def _planned(files: Sequence[_Given], answers: Answers) -> Plan | None:
    """What would be loaded; made anew only when files or answers have changed.

    None while files are read, and where one is refused.
    """
    options = answers.options(session.viewer().email or None)
    question = (tuple(file.id for file in files), options.model_dump_json())
    known = st.session_state.get(_PLAN)
    if known is None or known[0] != question:
        _let_go()
        job = _reading(files, options)
        if job is None:
            return None
        known = st.session_state[_PLAN] = (question, job)
    job = known[1]
    if not beside.is_over(job):
        return None
    if job.result is not None:
        made: Plan = job.result
        return made
    if job.error is not None:
        explain(job.error)
    else:
        st.info(t("upload.reading_stopped"), icon=":material/cancel:")
        st.button(t("upload.read_again"), icon=":material/refresh:", on_click=_let_go, key="upload.read_again")
    _ways_out(answers)
    return None


def _ways_out(answers: Answers) -> None:
    """The last answer can be taken back, and the upload begun anew."""
    with st.container(horizontal=True):
        if answers.said:
            st.button(t("upload.take_back"), icon=":material/undo:", on_click=told.take_back, key="upload.take_back")
        st.button(t("upload.clear"), icon=":material/close:", on_click=_clear, key="upload.clear")


def _reading(files: Sequence[_Given], options: Options) -> jobs.Job | None:
    """Files on their way to be understood; None where one is not there any more."""
    try:
        sources = [Source(file.name, file.content(), file.id) for file in files]
        return jobs.read(sources, options, own_store())  # not what is on screen: that may be the demo company
    except SalesError as error:
        explain(error)
        return None


def _ask_and_load(made: Plan, answers: Answers) -> None:
    """The dry run and the button, only when no question is open and something is left to load."""
    if planned.is_open(made):
        _ways_out(answers)
        return
    rehearsed.shown(made)
    with st.container(horizontal=True):
        count = len({file.file for file in made.files})
        label = t("upload.load_one") if count == 1 else t("upload.load", count=count)
        st.button(label, type="primary", icon=":material/download:", on_click=_load, args=(made,), key="upload.load")
        _ways_out(answers)


def _load(made: Plan) -> None:
    rehearsed.stop()
    try:
        st.session_state[_JOB] = jobs.start(target(), made)
    except SalesError as error:
        explain(error)


def _clear() -> None:
    _let_go()
    for name in (_JOB, _HELD, _WAITING):
        st.session_state.pop(name, None)
    told.forget()
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _outcome(job: jobs.Job) -> None:
    """What came of it; the first load of the company's own store brings that store on screen."""
    if job.error is not None:
        explain(job.error)
    elif job.is_cancelled:
        st.info(t("upload.cancelled"), icon=":material/cancel:")
    else:
        if job.store.path != session.store().path:
            switch(job.store.path)
            st.rerun()
        _loaded(job)
    st.button(t("upload.clear"), icon=":material/restart_alt:", on_click=_clear, key="upload.again")


def _loaded(job: jobs.Job) -> None:
    waited = st.session_state.pop(_WAITING, None)
    if waited is not None:
        watch.settle(waited, is_loaded=True)
    st.success(f"**{t('upload.done')}**", icon=":material/check_circle:")
    for upload in job.uploads:
        counts = {name: numbers.count(getattr(upload, name), lang()) for name in ("new", "changed", "same", "refused")}
        said = t("upload.result", file=plain(upload.file), table=table_name(upload.table), **counts)
        st.markdown(f"- {said}" + (f" · {plain(withdrawn(upload))}" if upload.withdrawn else ""))
    if not any(upload.new or upload.changed for upload in job.uploads):
        st.caption(t("upload.nothing_new"))
    with st.container(horizontal=True):
        page_link("overview", t("upload.see_overview"), icon=":material/monitoring:")
        page_link("history", t("upload.see_history"), icon=":material/history:")
