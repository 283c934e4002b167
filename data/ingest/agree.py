"""Two files with the same columns that were answered for in one import: what of it holds for the next such file."""

from __future__ import annotations

from data.ingest.layout import AsRead, same_columns
from data.ingest.profile import Profile

_ONE_WORD = (
    *("is_full", "date_order", "decimal", "shares", "periods", "unit", "repeats", "missing_amounts", "orders"),
    *("lines", "blanks", "month_names", "owners"),
)

Words = dict[str, dict[str, list[str]]]


def agreed(one: Profile, other: Profile) -> Profile | None:
    """What was said of both; what they were told differently is asked again.

    None: they were told other fields or keys, so that nothing holds for both.
    """
    name = next(iter(one.tables))
    mine, theirs = one.tables[name], other.tables.get(name)
    if theirs is None or (mine.fields, mine.key_columns) != (theirs.fields, theirs.key_columns):
        return None
    said = {word: getattr(one, word) if getattr(one, word) == getattr(other, word) else None for word in _ONE_WORD}
    said["counts"] = one.counts if one.counts == other.counts else {}
    section = theirs.model_copy(update={"values": _words(mine.values, theirs.values)})
    return other.model_copy(
        update={**said, "read": _reads(one.read, other.read), "tables": {**other.tables, name: section}}
    )


def _words(one: Words, other: Words) -> Words:
    """The words of both; one with two meanings has none."""
    merged: Words = {}
    for field in dict.fromkeys((*one, *other)):
        meant: dict[str, set[str]] = {}
        for words in (one.get(field, {}), other.get(field, {})):
            for ours, said in words.items():
                for theirs in said:
                    meant.setdefault(theirs, set()).add(ours)
        merged[field] = {}
        for theirs, ours_all in meant.items():
            if len(ours_all) == 1:
                merged[field].setdefault(next(iter(ours_all)), []).append(theirs)
    return merged


def _reads(one: list[AsRead], other: list[AsRead]) -> list[AsRead]:
    """How both were read, each form of columns once."""
    merged = list(one)
    for read in other:
        same = next((mine for mine in merged if same_columns(mine.columns, read.columns)), None)
        if same is None:
            merged.append(read)
            continue
        said = {name: getattr(read, name) for name in ("encoding", "months", "months_in", "header", "sheet", "lists")}
        differ = {name: None for name, value in said.items() if value != getattr(same, name)}
        files = list(dict.fromkeys((*same.files, *read.files)))
        merged[merged.index(same)] = read.model_copy(update={**differ, "files": files})
    return merged
