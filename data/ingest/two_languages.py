"""Column names in two languages at once: `金额 Amount`, `Stage（阶段）`, `客户 / Customer`.

Either part names the column where some list calls one field by both: `客户 Email` is no name of a customer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from data.ingest.names import normal
from data.ingest.profile import profiles

_HAN, _LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[^\W\d_\u4e00-\u9fff]{3}")
_HAN_PART = re.compile(r"[\u4e00-\u9fff]+")
_LATIN_PART = re.compile(r"[^\W\d_\u4e00-\u9fff][^\u4e00-\u9fff/()（）|]*")


def parts_of(header: str) -> tuple[str, ...]:
    """The parts of a name in two languages that call one field the same; empty where it is no such name."""
    if not (_HAN.search(header) and _LATIN.search(header)):
        return ()
    chinese, western = (
        dict.fromkeys(part.strip() for part in form.findall(header)) for form in (_HAN_PART, _LATIN_PART)
    )
    agree = [(one, other) for one in chinese for other in western if _fields(one) & _fields(other)]
    return tuple(dict.fromkeys(name for pair in agree for name in pair))


def _fields(name: str) -> frozenset[str]:
    return _called().get(normal(name), frozenset())


@cache
def _called() -> Mapping[str, frozenset[str]]:
    """Every name that some list has for a field -> the fields."""
    found: dict[str, set[str]] = {}
    for ours, name in _names():
        found.setdefault(normal(name), set()).add(ours)
    return {name: frozenset(fields) for name, fields in found.items()}


def _names() -> Iterable[tuple[str, str]]:
    for profile in profiles().values():
        for section in profile.tables.values():
            for ours, names in section.fields.items():
                yield from ((ours, name) for name in names)
