"""What an import says without refusing: warnings, and questions that must be answered first. Texts: remarks.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from metrics.errors import SalesError, fill

_TEXTS = Path(__file__).with_name("remarks.toml")


class Remark(BaseModel):
    """Something to say: a code of remarks.toml and what to put into its text."""

    model_config = ConfigDict(frozen=True)

    code: str
    params: dict[str, str | int] = {}

    def text(self, lang: str) -> str:
        """The sentence in `lang` (en or zh-CN)."""
        return fill(_texts()[self.code], lang, self.params)

    def on_page(self, lang: str, params: Mapping[str, object] | None = None) -> str:
        """The sentence for a reader of a page, who gives no flags; `params` in words for them."""
        return fill(_texts()[self.code], lang, params or self.params, on_page=True)


class Question(Remark):
    """A remark that stops the import until its flag is given.

    `flag`: the command line's answer ("--date-order"); `choices`: the answers; `samples`: per choice what three
    cells would mean, `{"dmy": ["01/02/2026 = 2026-02-01", …]}`. `part`: the sheet, or the file inside a ZIP file, that
    it is asked of, where the file holds several lists. `columns`: the names of its columns, as far as they are known.
    """

    flag: str
    choices: tuple[str, ...] = ()
    samples: dict[str, list[str]] = {}
    part: str = ""
    columns: tuple[str, ...] = ()


class Offer(Remark):
    """A remark about a choice that is open to a person and stops nothing: `taken` is what is done now.

    `flag` and `choices` as of a question.
    """

    flag: str
    choices: tuple[str, ...]
    taken: str


class LeftOut(Remark):
    """A sheet, or a file inside a ZIP file, that holds no list, and why; the others are loaded.

    `name`: the narrowest name by which something can be said of it.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    why: SalesError
    name: str = ""

    def text(self, lang: str) -> str:
        """The sentence in `lang`, with the first sentence of the reason; the next says that nothing was loaded."""
        return fill(_texts()[self.code], lang, {**self.params, "reason": _first(self.why.text(lang))})

    def on_page(self, lang: str, params: Mapping[str, object] | None = None) -> str:
        """The sentence for a reader of a page."""
        said = {**(params or self.params), "reason": _first(self.why.on_page(lang))}
        return fill(_texts()[self.code], lang, said, on_page=True)


def _first(text: str) -> str:
    """The first sentence."""
    return re.split(r"(?<=[.。])(?:\s|$)|(?<=。)", text, maxsplit=1)[0]


@dataclass(frozen=True)
class Reason:
    """Why a row was refused, as part of another sentence."""

    code: str

    def text(self, lang: str) -> str:
        """The reason in `lang`."""
        return reason_text(self.code, lang)


def reason_text(reason: str, lang: str) -> str:
    """Why a row was refused or set aside: `code` or `code:field:what it said`, as kept in ops.refused_rows.

    A profile may set rows apart for reasons of its own (`aside.<reason>`): those without a text are named as it does.
    """
    code, _, rest = reason.partition(":")
    field, _, value = rest.partition(":")
    if f"reason_{code}" not in _texts():
        return code.replace("_", " ")
    return fill(_texts()[f"reason_{code}"], lang, {"field": field, "value": value})


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(_TEXTS.read_text(encoding="utf-8"))
