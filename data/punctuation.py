"""Marks between texts as a language sets them: after Chinese ones those of Chinese, with no blank behind them.

Texts of tables hold their own; these stand where two texts are put together: a label and what it says, one thing after
another.
"""

from __future__ import annotations

from collections.abc import Iterable


def paired(label: str, text: str, lang: str) -> str:
    """A label and what it says: "Period: 2026" or "期间：2026"."""
    return f"{label}{_set('：', ': ', lang)}{text}"


def headed(label: str, lang: str) -> str:
    """A label over the lines that follow: "Numbers:" or "数据："."""
    return f"{label}{_set('：', ':', lang)}"


def ended(text: str, lang: str) -> str:
    """A text as a sentence of its own, to be followed by others: "Good. " or "良好。"."""
    return f"{text}{_set('。', '. ', lang)}"


def enumerated(texts: Iterable[str], lang: str) -> str:
    """Texts of which each may hold a comma of numbers: "won 3, lost 4" or "赢单 3，输单 4"."""
    return _set("，", ", ", lang).join(texts)


def named(texts: Iterable[str], lang: str) -> str:
    """Names beside each other: "a, b" or "a、b"."""
    return _set("、", ", ", lang).join(texts)


def parted(texts: Iterable[str], lang: str) -> str:
    """Parts of a sentence: "a; b" or "a；b"."""
    return _set("；", "; ", lang).join(texts)


def sentences(texts: Iterable[str], lang: str) -> str:
    """Whole sentences one after the other; Chinese ones without a blank between."""
    return _set("", " ", lang).join(text for text in texts if text)


def _set(chinese: str, other: str, lang: str) -> str:
    return chinese if lang.startswith("zh") else other
