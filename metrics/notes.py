"""What an answer says about itself: what was left out, refused, or not filtered. Words in `notes.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from metrics.catalog import Text, dimension, measure, table
from metrics.errors import SalesError, fill
from metrics.sentence import day_in_words


@dataclass(frozen=True, slots=True)
class Note:
    """One remark beside a number.

    Attributes:
        code: its stable name, the key of its words.
        params: the facts its words mention. `measure` and `dimension` hold ids and are shown by their labels; a tuple
            holds names.
    """

    code: str
    params: tuple[tuple[str, object], ...] = ()

    def __getitem__(self, name: str) -> object:
        return dict(self.params).get(name)

    def text(self, lang: str = "en") -> str:
        """The remark in `lang`: "en" or "zh-CN"."""
        shown = {name: _shown(name, value, lang) for name, value in self.params}
        words = _words()[self.code]
        if self["count"] == 1 and "en_one" in words:
            words = words | {"en": words["en_one"]}  # only English says one thing otherwise than many
        return fill(words, lang, shown)


def note(code: str, **params: object) -> Note:
    """A note with its facts by name."""
    return Note(code, tuple(sorted(params.items())))


def some(names: Iterable[str], most: int) -> tuple[str, ...]:
    """The first names as one fact of a note, which sets them as its language does; "…" where there are more."""
    listed = list(names)
    return (*listed[:most], "…") if len(listed) > most else tuple(listed)


def _shown(name: str, value: object, lang: str) -> object:
    """Ids by their labels, numbers with separators, texts in the reader's language, the rest as it is."""
    if isinstance(value, date):
        return day_in_words(value, lang)
    if isinstance(value, Text):
        return value.text(lang)
    if isinstance(value, tuple):
        return ("、" if lang.lower().startswith("zh") else ", ").join(map(str, value))
    if isinstance(value, int):
        return f"{value:,}"
    if name == "column":
        words = _words()["day_columns"].get(str(value), str(value)).split(" | ")
        return words[-1 if lang.lower().startswith("zh") else 0]
    return _label(name, str(value), lang)


def _label(kind: str, name: str, lang: str) -> str:
    """The label of a measure, dimension or table; anything else as it is."""
    try:
        if kind == "measure":
            return measure(name).label.text(lang)
        if kind == "dimension":
            return dimension(name).label.text(lang)
        return table(name).label.text(lang) if kind == "table" else name
    except (SalesError, KeyError):
        return name


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "notes.toml").read_text("utf-8"))
