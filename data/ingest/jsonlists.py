"""The lists of objects in a JSON document, at any depth: which there are, and what in them is no object."""

from __future__ import annotations

import json
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from data.ingest.names import normal
from data.ingest.texttable import Aside

LISTS = ("data", "records", "results", "value", "rows", "items", "list", "result", "objects", "dataList")
"""Where APIs put their list: such a name says nothing of what it holds."""
DEEPEST = 100

_AROUND = frozenset(
    "page pageno pagenum pagenumber pagesize pages pageindex limit offset start size total totalsize totalcount"
    " totalpages totalrecords count rowcount next nextpage nexturl nextrecordsurl previous prev hasmore hasnext more"
    " morerecords cursor nextcursor paging pagination after done code msg message success status error errors errcode"
    " errmsg requestid traceid info meta links".split()
)
"""What APIs write around a page of a list; an object of a list with more than this is a record."""
_LEAST = 2
"""So many of its names must be known, or an object around lists only holds them."""


@dataclass
class Listed:
    """One list: `records` with their places, counted from 1; `broken`: what in it is no object."""

    records: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    broken: list[Aside] = field(default_factory=list)

    def add(self, entries: list[Any]) -> None:
        """Go on with the entries of one page."""
        first = len(self.records) + len(self.broken) + 1
        for place, entry in enumerate(entries, start=first):
            if isinstance(entry, dict):
                self.records.append((place, entry))
            else:
                self.broken.append(Aside(place, json.dumps(entry, ensure_ascii=False)[:10_000], "json_unreadable"))


@dataclass
class _Search:
    known: AbstractSet[str]
    lists: dict[tuple[str, ...], Listed] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    has_list: bool = False

    def take(self, path: tuple[str, ...], entries: list[Any]) -> None:
        self.has_list = True
        self.lists.setdefault(path, Listed()).add(entries)

    def look(self, found: Any, path: tuple[str, ...]) -> None:  # noqa: ANN401 - JSON holds anything
        """Every list of objects below, by where it is; what lies inside of records is theirs."""
        if len(path) > DEEPEST:
            return
        if isinstance(found, dict):
            self._look_into(found, path)
        elif is_list_of_objects(found):
            if all(_is_page(entry) for entry in found if isinstance(entry, dict)):
                for page in found:
                    self.look(page, path)
            else:
                self.take(path, found)
        elif isinstance(found, list) and found and all(isinstance(member, list) for member in found):
            self._look_at_rows(found, path)
        elif isinstance(found, list) and any(isinstance(member, dict | list) for member in found):
            self.left.append(".".join(path))

    def _look_into(self, found: dict[str, Any], path: tuple[str, ...]) -> None:
        if _names_known(_single_names(found), self.known):  # a record; without a list anywhere it is the whole file
            self.lists.setdefault(path, Listed()).add([found])
        elif _is_dictionary(found, self.known):
            self.take(path, [_with_name(name, record) for name, record in found.items()])
        else:
            for name, member in found.items():
                self.look(member, (*path, str(name)))

    def _look_at_rows(self, found: list[list[Any]], path: tuple[str, ...]) -> None:
        if any(is_list_of_objects(member) for member in found):
            for place, member in enumerate(found, start=1):
                self.look(member, (*path, str(place)))
        elif len(found) > 1 and _names_known(map(str, found[0]), self.known):
            self.take(path, [*rows_as_objects(found)])
        elif path and any(found):
            self.left.append(".".join(path))


def lists_in(found: Any, known: AbstractSet[str]) -> tuple[dict[str, Listed], list[str]]:  # noqa: ANN401
    """The lists of a document by their names, and the names of what looks like a list but cannot be read as one.

    Each is one like the sheets of a workbook. Pages of one list (`[{"deals": […]}, {"deals": […]}]`) are that list. A
    record with lists inside is one record, also where it stands alone. A list of rows whose first one has known names
    and objects under their ids (`{"D1": {…}, "D2": {…}}`) are lists, too.

    Args:
        found: what was read.
        known: column names that some profile knows, normalised.

    Returns:
        Empty where there is no list: then the document itself is one, or a record.
    """
    search = _Search(known)
    search.look(found, ())
    lists = search.lists
    if not search.has_list:
        return {}, []
    if len(lists) == 1:
        return {"": next(iter(lists.values()))}, search.left
    short = {path: next((name for name in reversed(path) if name not in LISTS), "") for path in lists}
    is_told = len({*short.values()}) == len(lists) and all(short.values())
    return {short[path] if is_told else ".".join(path): listed for path, listed in lists.items()}, search.left


def is_list_of_objects(found: Any) -> bool:  # noqa: ANN401
    """Whether at least half of a list are objects: the others are records that cannot be read."""
    if not isinstance(found, list) or not found:
        return False
    return 2 * sum(isinstance(entry, dict) for entry in found) >= len(found)


def rows_as_objects(found: list[list[Any]]) -> Iterator[dict[str, Any]]:
    """Rows below a row of names; cells beyond the names are kept, in columns without one."""
    names = [str(name) for name in found[0]]
    names += [f"column {place + 1}" for place in range(len(names), max(map(len, found)))]
    return (dict(zip(names, entry, strict=False)) for entry in found[1:])


def _names_known(names: Iterator[str], known: AbstractSet[str]) -> bool:
    said = {normal(name) for name in names}
    return len((said & known) - _AROUND) >= _LEAST


def _single_names(found: dict[str, Any]) -> Iterator[str]:
    """The names of members that hold one value."""
    return (str(name) for name, member in found.items() if not isinstance(member, dict | list))


def _is_page(entry: dict[str, Any]) -> bool:
    """Whether an object holds lists of objects, or none any more, and besides them only what APIs write around."""
    around = [normal(str(name)) in _AROUND for name in entry]
    is_list = [is_list_of_objects(member) or member == [] for member in entry.values()]
    return any(is_list) and all(list_there or is_around for list_there, is_around in zip(is_list, around, strict=True))


def _is_dictionary(found: dict[str, Any], known: AbstractSet[str]) -> bool:
    """Whether every member is a record of the same kind, called by its id."""
    records = [member for member in found.values() if isinstance(member, dict)]
    if len(records) < _LEAST or any(member is not None and not isinstance(member, dict) for member in found.values()):
        return False
    names = [{*record} for record in records]
    shared, every = set.intersection(*names), set.union(*names)
    return 2 * len(shared) >= len(every) and _names_known(_single_names(records[0]), known)


def _with_name(name: str, record: Any) -> Any:  # noqa: ANN401
    """A record with what it is called, where it does not say that itself."""
    if not isinstance(record, dict) or name in record.values() or "key" in record:
        return record
    return {"key": name, **record}
