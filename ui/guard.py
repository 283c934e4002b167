"""No traceback ever reaches a reader: what went wrong becomes a sentence, and the log keeps the rest."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from metrics.errors import SalesError
from ui.text import lang, plain, t
from ui.wording import worded

log = logging.getLogger("sales.screen")


@contextmanager
def guarded() -> Iterator[None]:
    """Show an error where it happened, and let the rest of the screen go on.

    A SalesError says itself what to do. Anything else is a mistake of ours: a short apology with a number that stands
    in the log beside the traceback. Streamlit's own signals (rerun, stop) are no Exceptions and pass through.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the one place where everything ends
        explain(error)


def explain(error: Exception) -> bool:
    """Tell the reader about an error; True, because nothing is left for Streamlit to show."""
    if isinstance(error, SalesError):
        st.error(plain(error.on_page(lang(), worded(error.params))), icon=":material/error:")
    else:
        number = secrets.token_hex(3)
        log.error("screen error %s", number, exc_info=error)
        st.error(t("guard.unexpected", id=number), icon=":material/error:")
    return True
