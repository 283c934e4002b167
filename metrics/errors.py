"""What can go wrong, said so that a reader can act: what happened, where, and what to do.

Every error a person can meet is a `SalesError`. Its words live in the nearest `errors.toml` at or above the module that
defines the class, under the class's name, in both languages. A class without words fails its test, never its reader.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import ClassVar

from rapidfuzz import fuzz, process

LANGUAGES = ("en", "zh-CN")


class SalesError(Exception):
    """Base of every error whose text is meant for people.

    Attributes:
        code: the stable name of the error, by default the class's name; the key of its words.
        params: the facts its words mention.
    """

    code: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        if "code" not in cls.__dict__:
            cls.code = cls.__name__

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.text("en"))

    def text(self, lang: str = "en") -> str:
        """The message in `lang`: "en" or "zh-CN" (anything else reads English)."""
        words = _words_near(type(self).__module__).get(self.code)
        if words is None:
            return f"{self.code}: {self.params}"
        return fill(words, lang, self.params)

    def on_page(self, lang: str = "en", params: Mapping[str, object] | None = None) -> str:
        """The message for a reader of a page, whose ways are not those of a command; `params` in words for them."""
        words = _words_near(type(self).__module__).get(self.code, {})
        if f"page-{LANGUAGES[0]}" not in words and params is None:
            return self.text(lang)
        return fill(words, lang, params or self.params, on_page=True) if words else self.text(lang)


class UnknownMeasure(SalesError):
    """No measure has this id. Params: `name`, `suggestion`."""


class UnknownDimension(SalesError):
    """No dimension has this id. Params: `name`, `suggestion`."""


class UnknownSegment(SalesError):
    """No segment of customers has this id. Params: `name`, `suggestion`, `known`."""


class UnknownQuestion(SalesError):
    """No question file has this name. Params: `name`, `suggestion`."""


class MeasureNotBy(SalesError):
    """The measure cannot be cut by this dimension. Params: `measure`, `dimension` (ids, said by their labels)."""

    def text(self, lang: str = "en") -> str:
        """The message, with the labels that the reader sees on screen."""
        from metrics.catalog import dimension, measure

        said = {"measure": measure(str(self.params["measure"])).label.text(lang)}
        if "dimension" in self.params:
            said["dimension"] = dimension(str(self.params["dimension"])).label.text(lang)
        return fill(_words_near(type(self).__module__)[self.code], lang, said)


class NotABucket(SalesError):
    """A trend was asked over something that is not a calendar grain. Params: `dimension`, `grains`."""


class MeasureNotOverTime(MeasureNotBy):
    """The measure is of a whole period, so that it has no course. Params: `measure`."""


class MeasureNotAddedUp(MeasureNotBy):
    """Buckets of the measure cannot be added up, nor days to weeks. Params: `measure`."""


class NotARate(MeasureNotBy):
    """The measure is not the share of some rows of the others. Params: `measure`."""


class NotPersonal(MeasureNotBy):
    """Two spans of a person cannot be told apart from chance by the measure. Params: `measure`."""


class NoSuchColumn(SalesError):
    """The rows behind a column that the answer does not have. Params: `name`, `suggestion`."""


class BadPeriod(SalesError):
    """A period that ends before it begins. Params: `from_on`, `to_on`."""


class UnknownPreset(SalesError):
    """No period preset has this name. Params: `name`, `suggestion`."""


class UnknownTree(SalesError):
    """No KPI tree has this id. Params: `name`, `suggestion`, `known`."""


class CannotForecast(SalesError):
    """A measure that has no course to carry on. Params: `measure` (a Text)."""


class NoTreeFor(SalesError):
    """A what-if about a measure that is no product of factors. Params: `known`."""


class UnknownFactor(SalesError):
    """A what-if names a factor that the KPI tree does not have. Params: `name`, `suggestion`, `known`."""


class NotForecastBy(SalesError):
    """A forecast was asked by something else than months or weeks. Params: `dimension`."""


class ContestNeedsName(SalesError):
    """A contest without a name."""


class UnknownRule(SalesError):
    """A contest has no such rule, or nobody competes so. Params: `name`, `suggestion`, `known`."""


class NotShared(SalesError):
    """The change of a measure cannot be shared out among segments or customers. Params: `measure`, `known`."""


class RatioNotShared(NotShared):
    """The same of a ratio: one of its sides does not add up, or is of another list. Params: as there."""


class NoPeriod(SalesError):
    """A period was to be compared, and the view is of all time."""


class NothingAsked(SalesError):
    """A question without a measure."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None when none is near: "win_rte" → "win_rate"."""
    found = process.extractOne(name.lower(), list(known), scorer=fuzz.WRatio, score_cutoff=70)
    return found[0] if found else None


def fill(words: Mapping[str, str], lang: str, params: Mapping[str, object], *, on_page: bool = False) -> str:
    """Write a text of `words` (language → template) with `params`.

    `on_page`: for a reader of a page, who gives no flags: as `page-en` and `page-zh-CN` say it, where they do.

    A template's second part, after " | ", is said only when a `suggestion` is known. A parameter that is itself a text
    in two languages (`catalog.Text`) is said in `lang`.
    """
    chinese = lang.lower().startswith("zh")
    language = "zh-CN" if chinese else "en"
    template = (words.get(f"page-{language}") if on_page else None) or words.get(language, "")
    said, _, hint = (template if chinese else of_one(template, params)).partition(" | ")
    if hint and params.get("suggestion"):
        said += hint if chinese else f" {hint}"
    spoken = {name: _spoken(value, lang, on_page=on_page) for name, value in params.items()}
    return said.format_map(_Shown(spoken))


_COUNTED = re.compile(
    r"\{(\w+)\} ((?:[a-z]+ )?)"
    r"(row|line|cell|deal|amount|record|price|heading|discount|number|day|week|month|character|value|customer|document"
    r"|target|order|purchase|product|account|complaint|answer|contract|lead|pause|pair|buyer|offer)s\b"
    r"( (?:are|were|have|say|name|hold|stand|stay|look|share|buy|bring|need|do)\b)?"
)
_VERBS = {"are": "is", "were": "was", "have": "has", "do": "does"}


def of_one(template: str, params: Mapping[str, object]) -> str:
    """An English text in the singular where it counts one: `{rows} rows say` -> `{rows} row says`."""
    if "1" not in map(str, params.values()):
        return template

    def agree(found: re.Match[str]) -> str:
        name, before, noun, verb = found.groups(default="")
        if str(params.get(name)) != "1" or before.strip() == "of":
            return found[0]
        verb = verb.strip()
        return f"{{{name}}} {before}{noun}" + (f" {_VERBS.get(verb, verb + 's')}" if verb else "")

    return _COUNTED.sub(agree, template)


def _spoken(value: object, lang: str, *, on_page: bool) -> object:
    if on_page and hasattr(value, "on_page"):
        return value.on_page(lang)
    return value.text(lang) if hasattr(value, "text") else value


class _Shown(dict[str, object]):
    """Parameters as shown; one that is missing shows as "?" so that no text ever fails to be said."""

    def __missing__(self, key: str) -> str:
        return "?"


@cache
def _words_near(module: str) -> dict[str, dict[str, str]]:
    """The texts of the nearest errors.toml at or above `module`, over those of this package."""
    own = tomllib.loads((Path(__file__).parent / "errors.toml").read_text("utf-8"))
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None:
        return own
    for folder in Path(file).resolve().parents[:3]:
        if (folder / "errors.toml").exists():
            return own | tomllib.loads((folder / "errors.toml").read_text("utf-8"))
    return own
