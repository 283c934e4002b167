"""The people that one cell names (`张三,李四`, `Ann Lee (60%) / Bob Ray (40%)`), with the shares that it states."""

from __future__ import annotations

import re
from typing import NamedTuple

import polars as pl

_STRONG = re.compile(r"\s*[、;；|\n]\s*")
"""Between two names of people these part them; a comma may stand between surname and first name."""
_WEAK = re.compile(r"\s*(?:[,，/\\&+＋]|(?<=\s)(?:and|und|et|y)(?=\s))\s*")
_LOOSE = re.compile(r"\s*[和与及]\s*|\s+")
"""These part names only where each of them stands alone in another row: 李和平 is one person."""
_MIXED = r"[、;；|,，/\\&+＋\n%％]|\s(?:and|und|et|y)\s|[一-鿿][\s和与及]+[一-鿿]"
_CHINESE = re.compile(r"^[一-鿿]{2,4}(?:·[一-鿿]{1,6})?$")
_NAME = re.compile(r"^[^\W\d_][\w .'’@-]*$")
_TURNED = re.compile(r"^[^\W\d_][\w .'’-]*[,，]\s*[^\W\d_][\w .'’-]*$")
"""`Smith, Ann`."""
_UNIT = re.compile(r"^[一-鿿\w]+(?:部|组|队|区|中心|公司|处|科|科室|团队|门店)$")
"""A department, before a person: `销售一部/张三`."""
_SHARE = re.compile(
    r"^(?P<name>.*?)\s*(?:[(（]\s*(?P<in>\d+(?:\.\d+)?)\s*[%％]\s*[)）]|[:：]?\s*(?P<bare>\d+(?:\.\d+)?)\s*[%％])$"
)
_ROLE = re.compile(
    r"\s*[(（]\s*(?:[主辅副协正]|主负责人?|负责人?|主办|协办|协助|协作|跟进|主要|primary|secondary|lead|main|owner|support)\s*[)）]$",
    re.IGNORECASE,
)
_ROUNDED = 0.0011
"""Three shares of 33.3 % are the whole."""


class People(NamedTuple):
    """Who a cell names, each once, and their shares where it states them; `adds_up`: those come to the whole."""

    names: list[str]
    stated: list[float | None]

    @property
    def is_stated(self) -> bool:
        """Whether the cell says who has which share."""
        return None not in self.stated and self.adds_up

    @property
    def adds_up(self) -> bool:
        """Whether what it states of shares is nothing, or the whole."""
        said = [share for share in self.stated if share is not None]
        return not said or (len(said) == len(self.names) and abs(sum(said) - 1) <= _ROUNDED)

    @property
    def shares(self) -> list[float]:
        """What each has: as stated, else in equal parts."""
        return [share or 0.0 for share in self.stated] if self.is_stated else [1 / len(self.names)] * len(self.names)


def people_in(texts: pl.Series) -> dict[str, People]:
    """The texts that name several people, or one in more words than a name, with who they name.

    Chinese names, names that a sign of lists parts, those with shares, and names that other rows say alone are those
    of people.
    """
    said = texts.drop_nulls().unique(maintain_order=True)
    mixed = said.filter(said.str.contains(_MIXED))
    alone = {*said.to_list()} if len(mixed) else set()
    found = {text: people for text in mixed if (people := _of(text, alone))}
    return {text: people for text, people in found.items() if people.names != [text]}


def _of(text: str, alone: set[str]) -> People | None:
    parts = [part for part in _STRONG.split(text.strip()) if part.strip()]
    is_listed = bool(_STRONG.search(text))
    if not is_listed and (text.strip() in alone - {text} or not parts):
        return None
    told: list[tuple[str, float | None]] = []
    for part in parts:
        inner = _within(part, alone - {text}, is_listed=is_listed)
        if not inner:
            return None
        told += inner
    once = dict(reversed(told))
    people = People([*dict.fromkeys(name for name, _ in told)], [once[name] for name in dict(told)])
    return people if people.names else None


def _within(part: str, alone: set[str], *, is_listed: bool) -> list[tuple[str, float | None]]:
    """The people of one part of a cell, with the shares it states; none where it may be something else."""
    if part in alone and not _SHARE.match(part):
        return [(part, None)]
    for sign in (_WEAK, _LOOSE):
        pieces = [_person(piece) for piece in sign.split(part) if piece.strip()]
        *before, (last, _) = pieces or [("", None)]
        if sign is _WEAK and before and all(_UNIT.match(name) for name, _ in before) and not _UNIT.match(last):
            return pieces[-1:] if _CHINESE.match(last) or _NAME.match(last) else []
        are_people = all(name in alone for name, _ in pieces) or all(share is not None for _, share in pieces)
        if sign is _WEAK:
            names = [name for name, _ in pieces]
            are_people = are_people or all(_CHINESE.match(name) or "@" in name for name in names)
            are_people = are_people or any(name in alone for name in names)  # who is asked about is no new person
        if pieces and are_people and (len(pieces) > 1 or (sign is _WEAK and sign.search(part))):
            return pieces
    name, share = _person(part)
    is_person = share is not None or (is_listed and (_NAME.match(name) or _TURNED.match(name)))
    return [(name, share)] if is_person else []


def _person(text: str) -> tuple[str, float | None]:
    """A name and the share that stands behind it; a part such as （主） is none of the name."""
    found = _SHARE.match(text.strip())
    name = found["name"] if found else text.strip()
    return _ROLE.sub("", name).strip(), float(found["in"] or found["bare"]) / 100 if found else None
