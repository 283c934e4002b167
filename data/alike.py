"""Names that may be one: how alike two of them must be before anybody is asked, and never more than asked.

Three ways, each of which is said with the pair: `spelling` (spaces, case, punctuation, width), `form` (a company with
and without its legal form, `Acme Corp` and `Acme Corporation`) and `letter` (one letter wrong, missing, extra, or two
swapped). Two legal forms that differ, other numbers, short names and another first letter are two names: a false alarm
costs more trust than a missed one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Literal

import polars as pl
from rapidfuzz.distance import OSA

from data.progress import tell
from data.spelling import companies, company, spelling, spellings

Why = Literal["spelling", "form", "letter"]

SHORTEST = 8
"""Letters that a name has at least before one of them may be wrong."""
SHORTEST_HAN = 5
"""Characters of a Chinese name, without its legal form, before one of them may be missing."""
MOST = 20_000
"""Among more names than that no wrong letters are looked for, only spellings and legal forms."""

_LONGEST = 60  # a text beyond that is no name, and has as many neighbours as letters
_WORD = 4  # letters of the word in which the letter is wrong: `Type II` and `Type III` are two
_HAN = re.compile(r"[\u4e00-\u9fff]")
_APART = frozenset("一二三四五六七八九十甲乙丙丁东西南北中上下大小新老总分")
"""Characters that tell one branch from another."""


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


def pairs(
    names: Sequence[str] | pl.Series, kind: str, asked: pl.Series | None = None
) -> Iterator[tuple[str, str, Why]]:
    """All pairs of names that may be one; found by what they share, not by comparing each with each.

    Args:
        names: each once.
        kind: what they name.
        asked: true for names that are asked about: pairs with none of them are left out. None: all are.
    """
    column = pl.Series(names, dtype=pl.String)
    wanted = pl.repeat(value=True, n=len(column), eager=True) if asked is None else asked
    met: set[tuple[int, int]] = set()
    for group in _groups(column, kind, wanted):
        tell("looking", 0.0, rows=len(column))
        for at in combinations(sorted(group), 2):
            if at in met or not (wanted[at[0]] or wanted[at[1]]):
                continue
            met.add(at)
            one, other = column[at[0]], column[at[1]]
            why = alike(one, other, kind)
            if why:
                yield one, other, why


_CROWD = 8  # so many names with one letter between them are a series, not spellings of one


def _groups(names: pl.Series, kind: str, asked: pl.Series) -> Iterator[list[int]]:
    """Places of names that share a spelling, a company without its form, or all letters but one."""
    places = pl.DataFrame({"place": pl.int_range(len(names), eager=True), "asked": asked})
    plain = spellings(names)
    yield from _sharing(places.with_columns(plain.hash().alias("key")))
    if kind == "customer":
        tell("looking", 0.0, rows=len(names))
        plain = companies(names)
        yield from _sharing(places.with_columns(plain.hash().alias("key")))
    if len(names) <= MOST:
        yield from _sharing(_short_of_a_letter(places.with_columns(plain.alias("core"))), most=_CROWD)


def _sharing(keyed: pl.DataFrame, most: int | None = None) -> Iterator[list[int]]:
    """The places of each key that several have, `most` at most, where any of them is asked about."""
    shared = keyed.filter(pl.col("key").is_duplicated())
    groups = shared.group_by("key", maintain_order=True).agg("place", pl.col("asked").any())
    wanted = pl.col("asked") if most is None else pl.col("asked") & (pl.col("place").list.len() <= most)
    yield from groups.filter(wanted)["place"].to_list()


def _short_of_a_letter(cores: pl.DataFrame) -> pl.DataFrame:
    """Each long name (`core`) under itself and under what is left of it without any one of its letters, hashed."""
    core, letters = pl.col("core"), pl.col("core").str.len_chars()
    enough = pl.when(core.str.contains(_HAN.pattern)).then(letters >= SHORTEST_HAN).otherwise(letters >= SHORTEST)
    long = cores.filter(enough & (letters <= _LONGEST) & ~core.str.contains(r"^\p{Nd}+$"))
    short = long.with_columns(pl.int_ranges(letters).alias("at")).explode("at")
    without = core.str.slice(pl.lit(0), pl.col("at")) + core.str.slice(pl.col("at") + 1)
    both = [part.select("place", "asked", key.hash().alias("key")) for part, key in ((long, core), (short, without))]
    return pl.concat(both).unique(["place", "key"])


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
