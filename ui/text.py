"""The words of the reader's language.

Every text the app shows lives in `ui/locale/<language>.toml`; `t("page.overview")` reads it. A text that Chinese lacks
falls back to English at run time and fails a test before that. Which language: the address (`?lang=`), then what was
chosen before, then the browser, then English.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from metrics.errors import of_one
from metrics.lines import in_line

LANGUAGES = {"en": "English", "zh-CN": "中文"}
DEFAULT = "en"
PARAMETER = "lang"
KEPT = "chosen_language"
"""The key under which the session keeps a choice."""
_settled: ContextVar[str | None] = ContextVar("language", default=None)


def t(key: str, **params: object) -> str:
    """The text of a key in the reader's language, with `{name}` places filled in.

    Raises:
        KeyError: No language has this key, which is a mistake in the code.
    """
    text = texts(lang()).get(key) or texts(DEFAULT)[key]
    return of_one(text, params).format(**params) if params else text


def has(key: str) -> bool:
    """Whether a text exists; for keys made of data, such as a table's name."""
    return key in texts(DEFAULT)


def lang() -> str:
    """The reader's language, one of LANGUAGES; English where nobody reads, as in a plain test."""
    return _settled.get() or _asked()


@contextmanager
def one_language() -> Iterator[None]:
    """Inside, the language is looked up once: a page asks for some two hundred texts, and every look-up costs."""
    kept = _settled.set(_asked())
    try:
        yield
    finally:
        _settled.reset(kept)


def _asked() -> str:
    if get_script_run_ctx(suppress_warning=True) is None:
        return DEFAULT
    asked = known(st.query_params.get(PARAMETER))
    kept = known(st.session_state.get(KEPT))
    return asked or kept or known(st.context.locale) or DEFAULT


def choose(language: str) -> None:
    """Keep a language for this session and write it into the address."""
    st.session_state[KEPT] = language
    st.query_params[PARAMETER] = language


def known(tag: str | None) -> str | None:
    """The language of the app that a browser's tag means: any Chinese is zh-CN, any English en, else None."""
    base = (tag or "").replace("_", "-").split("-")[0].lower()
    return {"zh": "zh-CN", "en": "en"}.get(base)


_MARKDOWN = re.compile(r"[\\`*_{}\[\]()#+\-.!|<>~$:&=]")
_READ_AGAIN = re.compile(
    r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)(?=\w)|(?<=:)(?=material/|streamlit:)|(?<!\S[-<>~])(?<=[-<>~])(?=[-=](?!\S))"
    r"|(?<=-)(?=[¥$€£])",
    re.IGNORECASE,
)
_JOINER = "\u2060"


def plain(text: object) -> str:
    """Words of unknown origin, such as a customer's name, that must not act as Markdown.

    Streamlit reads the finished text once more, for addresses, icons and arrows, where no backslash helps: an invisible
    sign parts those. The same one keeps a minus and its currency on one line.
    """
    return _MARKDOWN.sub(r"\\\g<0>", _READ_AGAIN.sub(_JOINER, in_line(text)))


@cache
def texts(language: str) -> dict[str, str]:
    """All texts of a language by dotted key."""
    file = Path(__file__).parent / "locale" / f"{language}.toml"
    return _flat(tomllib.loads(file.read_text(encoding="utf-8")))


def _flat(table: Mapping[str, Any], before: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        flat |= _flat(value, f"{before}{key}.") if isinstance(value, Mapping) else {f"{before}{key}": value}
    return flat
