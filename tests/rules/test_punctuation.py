"""Marks between two texts that people read come from data/punctuation.py, so that Chinese ones are those of Chinese."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.rules.repository import name, parse, sources

# What is put together here is read by programs.
_FOR_PROGRAMS = {"preload.py": "a header of HTTP"}
_BEHIND = re.compile(r"[*)\]_]*[:;,.] ")
_BETWEEN = {", ", "; ", ": ", ". "}
_CHINESE = {"、", "，", "；", "：", "。"}


def _own_marks(tree: ast.Module) -> Iterator[int]:
    """The lines on which a value is followed, or texts are joined, by a mark of English, or one chosen by language."""
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr(values=values):
                for before, text in pairwise(values):
                    mark = text.value if isinstance(text, ast.Constant) else ""
                    if isinstance(before, ast.FormattedValue) and _BEHIND.match(str(mark)):
                        yield node.lineno
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=mark), attr="join")) if mark in _BETWEEN:
                yield node.lineno
            case ast.IfExp(body=ast.Constant(value=one), orelse=ast.Constant(value=other)) if {one, other} & _CHINESE:
                yield node.lineno


@pytest.mark.parametrize(
    ("text", "is_own"),
    [
        ('f"{label}: {value}"', True), ('f"**{label}**: {value}"', True), ('f"{share} ({ends}), n = {n}"', True),
        ('", ".join(names)', True), ('"、" if lang == "zh-CN" else ", "', True), ('f"{title}. {found}"', True),
        ('f":material/info: {text}"', False), ('f"1. {line}"', False), ('f"{value:,.1f}"', False),
        ('f"{low}–{high}"', False), ("paired(label, value, lang)", False),
    ],
)  # fmt: skip
def test_the_rule_tells_them(text: str, is_own: bool) -> None:
    assert bool([*_own_marks(ast.parse(text))]) is is_own


def test_no_text_of_a_page_has_marks_of_its_own() -> None:
    files = [file for file in sources("ui", "pages") if file.name not in _FOR_PROGRAMS]
    found = [f"{name(file)}:{line}" for file in files for line in _own_marks(parse(file))]
    assert not found, "put the texts together by data/punctuation.py (or Look.labelled)"
