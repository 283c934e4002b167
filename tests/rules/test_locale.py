"""Both languages are complete: same keys, same placeholders, no empty text, no key that nobody wrote."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rules.repository import ROOT, name, need, parse, sources

LOCALES = ("ui/locale/en.toml", "ui/locale/zh-CN.toml")
_OTHERWISE_COUNTED = re.compile(r"[}0-9每一] ?[家位](?:\w{0,4})?客户|客户共? ?\{\w+\} ?[家位]")


def flat(table: dict[str, Any], before: str = "") -> dict[str, str]:
    """Nested tables as dotted keys, the way `t()` asks for them."""
    texts: dict[str, str] = {}
    for key, value in table.items():
        texts |= flat(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}": value}
    return texts


def locale(file: str) -> dict[str, str]:
    """One language's texts."""
    return flat(tomllib.loads((ROOT / file).read_text(encoding="utf-8")))


def placeholders(text: str) -> set[str]:
    """The {names} in a text."""
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def pairs(value: object, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every text that is written in both languages side by side, as the catalogue and the error texts are."""
    if isinstance(value, dict):
        if {"en", "zh-CN"} & value.keys():
            yield path, value
        else:
            for key, inner in value.items():
                yield from pairs(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from pairs(inner, f"{path}[{index}]")


def bilingual_files() -> list[Path]:
    """The TOML files of our packages other than the two locales."""
    files = [file for package in ("metrics", "data", "ui") for file in (ROOT / package).rglob("*.toml")]
    return sorted(file for file in files if name(file) not in LOCALES)


def test_both_languages_have_the_same_texts() -> None:
    need(*LOCALES)
    english, chinese = map(locale, LOCALES)
    assert english.keys() - chinese.keys() == set(), "only in English"
    assert chinese.keys() - english.keys() == set(), "only in Chinese"


def test_both_languages_say_the_same_things() -> None:
    need(*LOCALES)
    english, chinese = map(locale, LOCALES)
    differ = [key for key in english if placeholders(english[key]) != placeholders(chinese.get(key, english[key]))]
    assert not differ, f"placeholders differ: {differ}"


def test_customers_are_counted_with_one_word() -> None:
    """Companies are 家 and persons 位, and whether a customer is the one or the other no text knows."""
    need(*LOCALES)
    texts = [*locale(LOCALES[1]).values()]
    texts += [one["zh-CN"] for file in bilingual_files() for _, one in pairs(tomllib.loads(file.read_text("utf-8")))]
    others = [text for text in texts if _OTHERWISE_COUNTED.search(text)]
    assert not others, "a customer is counted with 个"


@pytest.mark.parametrize("file", LOCALES)
def test_no_text_is_empty(file: str) -> None:
    need(file)
    empty = [key for key, text in locale(file).items() if not str(text).strip()]
    assert not empty


@pytest.mark.parametrize("file", [pytest.param(file, id=name(file)) for file in bilingual_files()])
def test_texts_beside_each_other_are_complete(file: Path) -> None:
    for path, text in pairs(tomllib.loads(file.read_text(encoding="utf-8"))):
        assert text.keys() >= {"en", "zh-CN"}, f"{name(file)}: {path} lacks a language"
        assert text["en"].strip(), f"{name(file)}: {path} is empty"
        assert text["zh-CN"].strip(), f"{name(file)}: {path} is empty"
        assert placeholders(text["en"]) == placeholders(text["zh-CN"]), f"{name(file)}: placeholders of {path} differ"


def test_every_text_asked_for_exists() -> None:
    """A key that is misspelt shows itself to a reader, or stops the page."""
    need(*LOCALES)
    known = locale(LOCALES[0])
    missing = [
        f"{name(file)}:{node.lineno} {node.args[0].value}"
        for file in sources("ui", "pages", ".")
        for node in ast.walk(parse(file))
        if isinstance(node, ast.Call)
        and (node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")) == "t"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
        and node.args[0].value not in known
    ]
    assert not missing, f"no such text in {LOCALES[0]}: {missing}"


def test_every_note_has_its_words() -> None:
    """A code that is put together is not seen here; `note.text` raises for it."""
    written = tomllib.loads((ROOT / "metrics" / "notes.toml").read_text(encoding="utf-8")).keys()
    missing = [
        f"{name(file)}: {call.args[0].value}"
        for file in sources("metrics", "data", "ui")
        for call in ast.walk(parse(file))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "note" and call.args
        if isinstance(call.args[0], ast.Constant) and call.args[0].value not in written
    ]
    assert missing == []
