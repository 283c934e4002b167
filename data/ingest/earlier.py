"""A planned file against what the same CRM brought before: is it the same list, and what would a full export end."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from data.ingest.keys import Key, as_text, columns_of
from data.ingest.owners import give_way
from data.ingest.remarks import Question, Remark
from data.ingest.renamed import follow_renamed
from data.tables import JOINT, tables

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan
    from data.store import Snapshot

SURE = 0.9
"""This share of an earlier upload's rows must be found again where the key was put together from columns."""
_TRIED = 12
"""So many earlier uploads are compared: of a list that comes in parts, the same part of last time is among them."""

_SAME_LIST = 0.5  # below it the file is evidently another part, and ends nothing
_LISTS = ("deals", "leads", "customers", "products", "reps", "contracts")
"""Tables whose exports list the same records again; of activities and payments each file may bring new ones only."""


def compare(files: list[FilePlan], seen: Snapshot) -> None:
    """Say how many rows of an earlier upload are found again, and ask what only a person can know."""
    said_later = give_way(files, seen)
    for file in files:
        if file.match is None or file.checked is None or any(one.code == "ask_sales_held" for one in file.questions):
            continue
        earlier = _earlier(file, seen)
        if not earlier:
            continue
        if file.table == "deals" and (one_or_two := follow_renamed(file, files, seen)):
            file.questions.append(one_or_two)  # how many rows are found again, and what would end, hangs on it
            continue
        last, share = _most_alike(file, seen, earlier)
        if twice := _under_two_keys(file, seen, last):
            file.questions.append(twice)
            continue
        if file.is_correction:  # rows that were refused are new, and end nothing
            continue
        percent = f"{100 * share:.1f}"
        if file.withdrawn is None:  # of lines that were replaced none is found again: that is said as it is
            file.warnings.append(Remark(code="found_again", params={"percent": percent, "file": str(last["file"])}))
        is_explained = file.table == "deals" and _fullness(file, files, seen, earlier, share)
        is_other_key = bool(last["key"]) and file.checked.key != last["key"]  # then no part or new rows explain it
        is_put_together = file.table in _LISTS and len(file.checked.key) > 1 and not is_explained
        if share < SURE and (is_other_key or is_put_together) and not file.options.accept_keys:
            file.questions.append(_key_question(file, seen, percent, last))
    files += said_later


def _earlier(file: FilePlan, seen: Snapshot) -> list[dict[str, Any]]:
    """The uploads of the same list that count and speak of no later day, the last of them in time first.

    Each with its id, file, key and day. Where all speak of later days, those next to it.
    """
    found = seen.frame(
        """
        select id, file, from_json(mapping->'$.key', '["varchar"]') as key, as_of,
            coalesce(as_of > $day, false) as is_later
        from ops.uploads
        where table_name = $table and profile = $profile and not is_undone
            and coalesce(mapping->>'$.section', $section) = $section
        order by is_later, case when is_later then as_of end, as_of desc nulls last, id desc
        limit $most
        """,
        {
            "table": file.table, "profile": file.profile, "section": file.match.section if file.match else "",
            "day": file.as_of, "most": _TRIED,
        },
    )  # fmt: skip
    uploads = found.rows(named=True)
    return [upload for upload in uploads if not upload["is_later"]] or uploads


def _most_alike(file: FilePlan, seen: Snapshot, earlier: list[dict[str, Any]]) -> tuple[dict[str, Any], float]:
    """The upload of which most rows are found again, and their share; where the last one has another key, that one."""
    key = file.checked.key if file.checked else []
    best, share = earlier[0], _found_again(file, seen, int(earlier[0]["id"]))
    if (best["key"] and best["key"] != key) or file.table not in _LISTS:  # of others each file brings new ones
        return best, share
    for upload in earlier[1:]:
        if share >= SURE:
            break
        if upload["key"] in (None, key) and (found := _found_again(file, seen, int(upload["id"]))) > share:
            best, share = upload, found
    return best, share


def _under_two_keys(file: FilePlan, seen: Snapshot, last: dict[str, Any]) -> Question | None:
    """Records that are here under another key than this file gives them: with both, each would count twice.

    Looked for only where the rows are told apart by other columns than before, by the id that both have.
    """
    if file.checked is None or file.mapped is None or file.table is None:
        return None
    name, rows = tables()[file.table].key[0], file.checked.rows
    before = columns_of(file.mapped, last["key"] or [])
    if file.checked.key == last["key"] or len(tables()[file.table].key) > 1 or name not in rows.columns or not before:
        return None
    held = seen.frame(
        f"select distinct rows.key, rows.{name} as id from ops.{file.table}_rows as rows "
        f"join ops.{file.table}_seen using (row_no) join ops.uploads on uploads.id = upload_id "
        f"where profile = $profile and not is_undone and rows.{name} is not null",
        {"profile": file.profile},
    )
    both = rows.select(pl.col(name).alias("id"), pl.col("key").alias("now")).join(held, on="id")
    twice = both.filter(pl.col("now") != pl.col("key"))["id"].n_unique()
    if not twice:
        return None
    params: dict[str, str | int] = {
        "rows": twice, "columns": _key_said(file), "before": as_text(before), "file": str(last["file"])
    }  # fmt: skip
    return Question(code="ask_keys_twice", params=params, flag="--key", choices=(as_text(before),))


def _found_again(file: FilePlan, seen: Snapshot, upload_id: int) -> float:
    return 1.0 if file.checked is None else _share_again(file, seen, upload_id, file.checked.rows.select("key"))


def _share_again(file: FilePlan, seen: Snapshot, upload_id: int, keys: pl.DataFrame) -> float:
    """The share of an upload's rows whose key is among these."""
    table = file.table  # one of ours, never a user's text
    before = seen.frame(
        f"select distinct key from ops.{table}_rows semi join "
        f"(select row_no from ops.{table}_seen where upload_id = $id) using (row_no)",
        {"id": upload_id},
    )
    if before.is_empty():
        return 1.0
    is_again = pl.col("key").is_in(keys["key"].implode())
    if table == "targets":  # a later version is told apart by its number behind the key (data/target_versions.py)
        first = pl.col("key").str.replace(rf"{re.escape(JOINT)}\d+$", "")
        is_again |= first.is_in(keys["key"].implode())
    return before.filter(is_again).height / before.height


def _key_question(file: FilePlan, seen: Snapshot, percent: str, last: dict[str, Any]) -> Question:
    """Whether the key is right by which few rows are found again, and what the columns of before would find."""
    own = as_text(file.key_columns)
    rates = {own: (_unique_by_own(file), percent)}
    params: dict[str, str | int] = {
        "columns": _key_said(file), "unique": rates[own][0], "percent": percent,
        "file": str(last["file"]),
    }  # fmt: skip
    before = _by_key_of_before(file, seen, last)
    if before is None:
        return Question(code="ask_keys", params=params, flag="--accept-keys")
    columns, unique, again = before
    rates = {columns: (unique, again), **rates}
    params |= {"before": columns, "before_unique": unique, "before_percent": again}
    samples = {choice: [*found] for choice, found in rates.items()}
    return Question(code="ask_keys_before", params=params, flag="--accept-keys", choices=tuple(rates), samples=samples)


def _key_said(file: FilePlan) -> str:
    """The key by the names of its columns; by ours where no column fills it."""
    return ", ".join(file.key_columns or (file.checked.key if file.checked else []))


def _unique_by_own(file: FilePlan) -> str:
    """The share of rows that no other row shares its key with, those that stay out for that counted."""
    if file.checked is None or not file.read:
        return "0.0"
    collided = file.checked.refused.filter(pl.col("reasons").list.contains("key_repeated")).height
    return f"{100 * (1 - collided / file.read):.1f}"


def _by_key_of_before(file: FilePlan, seen: Snapshot, last: dict[str, Any]) -> tuple[str, str, str] | None:
    """The columns of the last upload's key, how many rows are unique by them, and how many of the last are found again.

    None where they are the same, or the file lacks one of them.
    """
    if file.checked is None or file.mapped is None or not last["key"] or last["key"] == file.checked.key:
        return None
    rows, names = file.checked.rows, list(last["key"])
    columns = columns_of(file.mapped, names)
    if not set(names) <= set(rows.columns) or not columns:
        return None
    key = Key({name: rows[name] for name in names}, is_own=False)
    again = _share_again(file, seen, int(last["id"]), key.texts(rows.height).to_frame())
    return as_text(columns), f"{100 * (1 - key.repeated()[0]):.1f}", f"{100 * again:.1f}"


def _fullness(
    file: FilePlan, files: list[FilePlan], seen: Snapshot, earlier: list[dict[str, Any]], share: float
) -> bool:
    """Deals that are open and missing: ended by a full export, left alone by a part.

    Args:
        file: the list of deals. files: all of the import. seen: the store.
        earlier: uploads of the same list, the last in time first.
        share: of the rows of the one that is most alike, found again.

    Returns:
        Whether this explains the rows that are not found again: somebody said, or is asked, that they have ended.
    """
    told = file.options.is_full
    file.is_full = file.is_full if told is None else told
    if file.is_full is False:
        return told is False
    missing = _missing(file, files, seen)
    if missing.is_empty():
        return False
    missing = missing.filter(pl.col("day") <= (file.as_of or date.min))
    if missing.is_empty():  # what was listed on a later day goes on, whatever an older file lacks
        return share >= _SAME_LIST
    params: dict[str, str | int] = {"rows": missing.height, "money": f"{missing['amount'].cast(pl.Float64).sum():,.2f}"}
    is_doubtful = told is None and bool(file.is_full) and _is_another_part(file, files, seen, earlier)
    if file.is_full and not is_doubtful:
        file.warnings.append(Remark(code="full_ends", params=params))
    elif is_doubtful or share >= _SAME_LIST:
        file.questions.append(Question(code="ask_full", params=params, flag="--full", choices=("full", "part")))
    return share >= _SAME_LIST


def _is_another_part(file: FilePlan, files: list[FilePlan], seen: Snapshot, earlier: list[dict[str, Any]]) -> bool:
    """Whether this import hardly lists what some upload of the last day did: "full" may have been said of all parts."""
    keys = [
        other.checked.rows.select("key")
        for other in files
        if (other.table, other.profile) == (file.table, file.profile) and other.checked is not None
    ]
    last = [upload for upload in earlier if upload["as_of"] == earlier[0]["as_of"]]
    return any(_share_again(file, seen, int(upload["id"]), pl.concat(keys)) < _SAME_LIST for upload in last)


def _missing(file: FilePlan, files: list[FilePlan], seen: Snapshot) -> pl.DataFrame:
    """Open deals of the same CRM that no file of this import lists: `key`, `amount`, `day` (last listed on).

    A row that stays out lists its deal all the same, where its key can be read.
    """
    held = seen.frame(
        """
        with mine as (
            select key, coalesce(deal_id, key) as deal_id, max(coalesce(as_of, $unknown)) as day from ops.deals_rows
            join ops.deals_seen using (row_no) join ops.uploads on uploads.id = upload_id
            where profile = $profile and not is_undone
            group by all
        )
        select key, amount, day from mine join crm.deals using (deal_id) where status = 'open' and not is_gone
        """,
        {"profile": file.profile, "unknown": date.min},
    )
    for other in files:
        if other.table == "deals" and other.profile == file.profile and other.checked is not None:
            held = held.join(other.checked.rows.select("key"), on="key", how="anti")
            held = held.filter(~pl.col("key").is_in(other.checked.unread))
    return held
