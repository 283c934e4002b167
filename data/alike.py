"""Names that may be one: how alike two of them must be before anybody is asked, and never more than asked.

Three ways, each of which is said with the pair: `spelling` (spaces, case, punctuation, width), `form` (a company with
and without its legal form, `Acme Corp` and `Acme Corporation`) and `letter` (one letter wrong, missing, extra, or two
swapped). Two legal forms that differ, other numbers, short names and another first letter are two names: a false alarm
costs more trust than a missed one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import OSA

Why = Literal["spelling", "form", "letter"]

SHORTEST = 8
"""Letters that a name has at least before one of them may be wrong."""
SHORTEST_HAN = 5
"""Characters of a Chinese name, without its legal form, before one of them may be missing."""
MOST = 20_000
"""Among more names than that no wrong letters are looked for, only spellings and legal forms."""

_LONGEST = 60  # a text beyond that is no name, and has as many neighbours as letters
_WORD = 4  # letters of the word in which the letter is wrong: `Type II` and `Type III` are two
_FORMS = {
    "inc": "inc", "incorporated": "inc", "corp": "corp", "corporation": "corp", "co": "", "company": "",
    "ltd": "ltd", "limited": "ltd", "llc": "llc", "llp": "llp", "lp": "lp", "plc": "plc", "gmbh": "gmbh", "ag": "ag",
    "kg": "kg", "sa": "sa", "sas": "sas", "sarl": "sarl", "srl": "srl", "spa": "spa", "bv": "bv", "nv": "nv",
    "ab": "ab", "oy": "oy", "pty": "", "kk": "kk",
}  # fmt: skip
"""Words at the end of a company's name -> its legal form; empty: it says none."""
_FORMS_HAN = {
    "股份有限公司": "股份", "股份公司": "股份", "有限责任公司": "有限", "有限公司": "有限", "公司": "",
}  # fmt: skip
_HAN = re.compile(r"[\u4e00-\u9fff]")
_APART = frozenset("一二三四五六七八九十甲乙丙丁东西南北中上下大小新老总分")
"""Characters that tell one branch from another."""


def spelling(name: str) -> str:
    """What is left of a name without spaces, case, punctuation and width: "ＧＴＸ-pro " → "gtxpro"."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in plain if sign.isalnum()) or plain.strip()


@lru_cache(maxsize=65_536)
def company(name: str) -> tuple[str, str]:
    """A company's name without its legal form, and that form; empty where it says none."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", name).casefold().replace("'", ""))
    form = ""
    while len(words) > 1 and words[-1] in _FORMS:
        last = _FORMS[words.pop()]
        form = form or last
    whole = "".join(words)
    for end, kind in _FORMS_HAN.items():
        if whole.endswith(end) and len(whole) > len(end) + 1:
            return whole.removesuffix(end), kind
    return whole, form


def alike(one: str, other: str, kind: str) -> Why | None:
    """Whether two names of a kind may be one, and by what; None: they are two.

    Args:
        one, other: the names.
        kind: what they name; legal forms are those of customers.
    """
    if spelling(one) == spelling(other):
        return "spelling"
    if kind == "customer":
        (core, form), (other_core, other_form) = company(one), company(other)
        if core == other_core:
            return "form" if not (form and other_form and form != other_form) else None
    return "letter" if _one_letter(one, other, kind) else None


def pairs(names: Sequence[str], kind: str) -> Iterator[tuple[str, str, Why]]:
    """All pairs of names that may be one; found by what they share, not by comparing each with each."""
    met: set[tuple[int, int]] = set()
    for group in _groups(names, kind):
        for place, first in enumerate(group):
            for second in group[place + 1 :]:
                at = (min(first, second), max(first, second))
                if at in met:
                    continue
                met.add(at)
                why = alike(names[at[0]], names[at[1]], kind)
                if why:
                    yield names[at[0]], names[at[1]], why


_CROWD = 8  # so many names with one letter between them are a series, not spellings of one


def _groups(names: Sequence[str], kind: str) -> Iterator[list[int]]:
    """Places of names that share a spelling, a company without its form, or all letters but one."""
    shared: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        plain = spelling(name)
        keys = {f"={plain}"}
        if kind == "customer":
            keys.add(f"~{company(name)[0]}")
        if len(names) <= MOST:
            core = _core(name, kind)
            keys |= {core, *(core[:at] + core[at + 1 :] for at in range(len(core)))} if _is_long(core) else set()
        for key in keys:
            shared[key].append(place)
    for key, group in shared.items():
        if len(group) > 1 and (key[0] in "=~" or len(group) <= _CROWD):
            yield group


def _core(name: str, kind: str) -> str:
    return company(name)[0] if kind == "customer" else spelling(name)


def _is_long(core: str) -> bool:
    return not core.isdigit() and _LONGEST >= len(core) >= (SHORTEST_HAN if _HAN.search(core) else SHORTEST)


def _one_letter(one: str, other: str, kind: str) -> bool:
    first, second = _core(one, kind), _core(other, kind)
    if not (_is_long(first) and _is_long(second)) or OSA.distance(first, second, score_cutoff=1) != 1:
        return False
    if _digits(first) != _digits(second):
        return False
    if kind == "customer" and company(one)[1] != company(other)[1] and company(one)[1] and company(other)[1]:
        return False
    if _HAN.search(first + second):
        return kind == "customer" and _one_missing(first, second)  # 装订机 and 装订机盖 are two products
    words, others = (unicodedata.normalize("NFKC", name).casefold().split() for name in (one, other))
    if len(words) != len(others):
        return False
    differ = [(a, b) for a, b in zip(words, others, strict=True) if a != b]
    return len(differ) == 1 and all(len(word) >= _WORD and word[0] == differ[0][0][0] for word in differ[0])


def _one_missing(first: str, second: str) -> bool:
    """Of Chinese characters one may be missing; another one in its place is another name (明华 and 明辉)."""
    short, long = sorted((first, second), key=len)
    if len(short) == len(long):
        return False
    at = next((place for place, sign in enumerate(short) if sign != long[place]), len(short))
    return long[at] not in _APART


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
