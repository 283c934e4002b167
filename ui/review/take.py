"""The take-away: a review as slides, workbook, page to print and minutes, made when somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from data.review import files, held
from data.review.agenda import agenda, steps
from data.review.asking import teams
from data.review.chapter import Asked, Chapter
from data.review.kinds import asked_as
from data.review.taken import KINDS, Kind, Report, of_chapters
from data.settings import settings
from data.store import Snapshot
from metrics.errors import SalesError
from metrics.viewer import Viewer
from ui import controls, numbers, session
from ui.guard import explain, guarded
from ui.kept import Kept
from ui.review.prepared import Made, Prepared, Wanted, places, prepared, renewed
from ui.text import lang, plain, t

EVERY = 0.5
"""Seconds between two looks at how far the steps are."""
_ALL = "~"
_ICONS = {".pptx": "slideshow", ".xlsx": "table", ".html": "print", ".md": "notes"}
_reports: Kept[Report] = Kept(8)
_made: Kept[bytes] = Kept(16)
_ASKED = "take.asked"
"""The key under which the session keeps for which reports files were asked."""


def panel() -> None:
    """Reports of any kind, of all or of a team: in the lobby."""
    if session.as_of() is None:
        return
    if settings().engine:
        st.info(t("review.elsewhere"), icon=":material/cloud:")
        return
    viewer, language = session.viewer(), lang()
    with session.reading() as seen:
        known = teams(seen, viewer)
        order = places(agenda(seen))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = controls.choice(
            "report", KINDS, label=t("take.kind"), default="weekly", kind="segmented",
            show=lambda one: t(f"take.kinds.{one}"),
        )  # fmt: skip
        options = ([] if viewer.scope == "teams" and len(known) > 1 else [_ALL]) + known
        team = controls.choice(
            "report_of", options, label=t("review.whose"),
            show=lambda one: t("review.all") if one == _ALL else one,
        ) if len(options) > 1 else None  # fmt: skip
    st.caption(t(f"take.help.{kind}"))
    of_team = None if team in (None, _ALL) else team
    limits = tuple((one.id, tuple(sorted(one.limits.items()))) for one in order)
    key = ("take", str(session.store().path), viewer, language, kind, of_team, limits)
    menu(Wanted(session.store(), key, order, partial(_ask, kind, viewer, language, of_team)), kind=kind, name="take")


def _ask(kind: Kind, viewer: Viewer, language: str, team: str | None, seen: Snapshot) -> Asked:
    """On whichever snapshot the steps are made."""
    return asked_as(kind, seen, viewer, language, team=team)


def menu(
    wanted: Wanted | Prepared,
    *,
    kind: Kind = "weekly",
    noted: Mapping[str, str] | None = None,
    name: str = "meeting.take",
) -> None:
    """Four files to download, of chapters that a meeting has made already or that are made now.

    Args:
        wanted: whose chapters of what; those that were made of this version of the store are not made again. Or the
            chapters that are shown: the files are of the same version of the store then, whatever has come since.
        kind: what the files call it. noted: what was noted in the meeting, by step; None: in that of a weekly report's
            week, where one was held. name: of its elements.
    """
    with guarded():
        _menu(wanted, kind, None if noted is None else dict(noted), name)


@st.fragment(run_every=EVERY)
def _waiting(made: Prepared, name: str) -> None:
    """How far the steps are; the page is run again when they are all made."""
    done, of = len(made.ready()), max(1, len(made.wanted.order))
    if made.is_over:
        st.rerun()
    following = made.wanted.order[min(done, of - 1)] if made.wanted.order else None
    step = steps()[following.id].label.text(lang()) if following else ""
    with st.container(key=f"{name}.waiting"):
        st.progress(done / of, text=plain(t("take.making", step=step, done=done, of=of)))


def _menu(wanted: Wanted | Prepared, kind: Kind, noted: dict[str, str] | None, name: str) -> None:
    made = wanted if isinstance(wanted, Prepared) else _asked_for(wanted, name)
    if made is None:
        return
    if not made.is_over:
        _waiting(made, name)
        return
    if made.asked is None:  # nothing could be asked at all
        order = made.wanted.order
        failed = made.of(order[0].id) if order else None
        explain(failed) if isinstance(failed, SalesError) else st.error(t("take.failed"))
        return
    with session.reading() as seen:
        made.all_again(seen)
        told = held.noted(seen, made.asked, kind) if noted is None else noted
    asked, chapters = made.asked, tuple(_chapter(made, one.id) for one in made.wanted.order)
    report = _reports.of(
        (made, *chapters), (kind, tuple(sorted(told.items()))), lambda: of_chapters(asked, chapters, kind, noted=told)
    )  # fmt: skip
    _files(report, name)


def _asked_for(wanted: Wanted, name: str) -> Prepared | None:
    """The chapters that were asked for here; a button where none were, or where newer data have come."""
    asked_for: dict[object, Prepared] = st.session_state.setdefault(_ASKED, {})
    made = asked_for.get(wanted.key)
    with session.reading() as seen:
        is_old = made is not None and made.is_over and made.facts != seen.facts
    if made is None or is_old or (made.is_dropped and not made.is_over):
        if is_old:
            st.caption(f":material/update: {t('take.old')}")
        st.button(
            t("take.make"), key=f"{name}.make", icon=":material/file_export:", on_click=_begin, args=(wanted, made),
            help=t("take.make_help"),
        )  # fmt: skip
        return None
    return made


def _begin(wanted: Wanted, old: Prepared | None) -> None:
    asked_for: dict[object, Prepared] = st.session_state.setdefault(_ASKED, {})
    made = prepared(wanted)
    with session.reading() as seen:
        if made is old or (made.is_over and made.facts != seen.facts):
            made = renewed(wanted, made)
    asked_for[wanted.key] = made


def _chapter(made: Prepared, step: str) -> Chapter:
    """A step as it was made; what went wrong with it is said in its place."""
    found: Made | None = made.of(step)
    if isinstance(found, Chapter):
        return found
    said = found.text(lang()) if isinstance(found, SalesError) else t("take.failed")
    return Chapter(step, steps()[step].label.text(lang()), said)


def _files(report: Report, name: str) -> None:
    """A button for each kind of file, which is written when it is pressed, and once."""
    day = numbers.day(report.view.as_of, lang())
    st.caption(plain(t("take.of", view=report.view.sentence(lang()), day=day)))
    with st.container(horizontal=True):
        for ending, kind in files.FORMATS.items():
            st.download_button(
                t(f"take.file.{ending.removeprefix('.')}"), _content(report, ending), files.name(report, ending),
                kind.mime, icon=f":material/{_ICONS[ending]}:", on_click="ignore", key=f"{name}.{ending}",
                help=t(f"take.file_help.{ending.removeprefix('.')}"),
            )  # fmt: skip


def _content(report: Report, ending: str) -> Callable[[], bytes]:
    return lambda: _made.of((report,), ending, lambda: files.content(report, ending))
