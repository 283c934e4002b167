"""Full exports that came as several files: one list, so that no file ends what another one holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.ingest.remarks import Remark

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan

_AGAIN = 0.5  # of the smaller file's rows: then the files are the same list on several days
_FOUND = ("dates", "none")
"""Ways in which a file's day is only worked out from its rows."""


def join_parts(files: list[FilePlan]) -> None:
    """Let the files of one list speak of one day, and only the first of them end what none of them holds.

    The fold reads uploads of one day in order: the first, full, ends what it lacks; the others bring theirs back on the
    same day. Files named by different days, or that hold the same rows again, are exports of several days.
    """
    lists: dict[tuple[str | None, str | None, str], list[FilePlan]] = {}
    for file in files:
        if file.is_whole and file.match is not None and file.checked is not None:
            lists.setdefault((file.table, file.profile, file.match.section), []).append(file)
    for listed in lists.values():
        first = listed[0]
        members = [first]
        for file in listed[1:]:
            if _is_one_day([*members, file]) and not any(_hold_again(file, member) for member in members):
                members.append(file)
        if len(members) > 1:
            _join(members)


def _is_one_day(files: list[FilePlan]) -> bool:
    return len({file.as_of for file in files if file.as_of_from not in _FOUND}) <= 1


def _hold_again(one: FilePlan, other: FilePlan) -> bool:
    if one.checked is None or other.checked is None:
        return False
    mine, theirs = (file.checked.rows.select("key") for file in (one, other) if file.checked is not None)
    shared = mine.join(theirs, on="key", how="semi").height
    return shared > _AGAIN * min(mine.height, theirs.height)


def _join(members: list[FilePlan]) -> None:
    told = next((file for file in members if file.as_of_from not in _FOUND), None)
    days = [file.as_of for file in members if file.as_of is not None]
    names = ", ".join(file.file for file in members)
    for place, file in enumerate(members):
        file.as_of = told.as_of if told else max(days, default=None)
        file.follows = place > 0
        file.warnings.append(Remark(code="files_together", params={"files": names}))
