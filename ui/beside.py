"""Work beside the page on screen: what it is doing, with its rows, and a way to stop it.

What is over in a blink is not announced: a bar that only flashes says nothing.
"""

from __future__ import annotations

import time

import streamlit as st

from data.ingest.jobs import Job
from ui import numbers
from ui.text import has, lang, plain, t

AT_ONCE = 0.5
"""Seconds that a page waits for a job before it shows how far that is."""


def is_over(job: Job) -> bool:
    """Wait a moment for a job. Where it takes longer, show how far it is, and run the page again once it is over."""
    if job.wait(max(0.0, job.begun + AT_ONCE - time.monotonic())):
        return True
    _watch(job)
    return False


@st.fragment(run_every=0.5)
def _watch(job: Job) -> None:
    if job.is_over:
        st.rerun()
    with st.container(border=True, key=f"beside.{job.kind}"):
        st.progress(job.share, text=said(job))
        st.button(
            t("upload.cancel"), icon=":material/cancel:", on_click=job.cancel, key=f"upload.cancel.{job.kind}",
            disabled=job.is_unwanted,
        )  # fmt: skip
        if job.kind == "load":
            st.caption(t("upload.goes_on"))


def said(job: Job) -> str:
    """What a job is doing, as Markdown: "rows 245,760 of 1,000,000 of deals.csv written"."""
    step = job.step
    if job.is_unwanted:
        return t("upload.stopping")
    if step.name == "waiting":
        ahead = [name for other in job.ahead for name in other.files]
        return plain(t("upload.waits_for", files=numbers.listed(ahead, lang()))) if ahead else t("upload.waits")
    key = f"upload.step.{job.kind}_{step.name}"
    if step.name == "reading" and step.rows:
        key = "upload.step.reading_lines"
    size = max(1, round(step.of / 1_000_000))
    done, of, rows, size_said = (
        numbers.exact(value, "count", lang()) for value in (step.done, step.of, step.rows, size)
    )
    text = t(
        key if has(key) else f"upload.step.{step.name}", file=step.file, done=done, of=of, rows=rows, size=size_said
    )
    return plain(text)
