"""Cells that name several salespeople (`张三,李四`, `Ann Lee; Bob Ray`): never a new person of both names unasked.

Whether they share the record, the first of them has it, or that is what somebody is called, a person says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import polars as pl

from data.ingest.fileplan import FilePlan
from data.ingest.match import Match, match
from data.ingest.people import People, people_in
from data.ingest.profile import profiles
from data.ingest.remarks import Question, Remark
from data.ingest.texttable import LINE, TextTable
from data.originals import original

if TYPE_CHECKING:
    from data.store import Snapshot

Owners = Literal["equal", "first", "one"]
_SHARED = """
select distinct rows.deal_id, cast(rows.role as integer) as place
from ops.deal_owners_rows as rows join ops.deal_owners_seen using (row_no) join ops.uploads on uploads.id = upload_id
where profile = $profile and not is_undone and rows.share > 0 and regexp_full_match(rows.role, '[0-9]{1,3}')
"""
"""The deals that were given to several people, with the place of each: also by a list that holds no longer."""
_LATER = """
with later as (
    select distinct coalesce(rows.deal_id, rows.key) as deal_id, sha256, file, max(uploads.id) as upload,
        any_value(as_of) as as_of, any_value(as_of_from) as as_of_from, any_value(kept) as kept
    from ops.deals_rows as rows join ops.deals_seen using (row_no) join ops.uploads on uploads.id = upload_id
    where profile = $profile and not is_undone and as_of > $day
        and (list_contains(columns, 'rep') or list_contains(columns, 'rep_id'))
    group by all
), places as (
    select sha256, rows.deal_id, list(rows.role) as stated
    from ops.deal_owners_rows as rows join ops.deal_owners_seen using (row_no)
        join ops.uploads on uploads.id = upload_id
    where profile = $profile and not is_undone
    group by all
)
select later.*, coalesce(stated, []) as stated from later left join places using (sha256, deal_id) order by upload
"""
"""The deals whose owner lists of later days name, each with the places that such a list shares them out by."""
_SHOWN = 3
_PLACES = 4
"""So many people a deal may always have; lists that name more of them have more places."""


def several_owners(planned: FilePlan, told: Owners | None) -> list[Question]:
    """Give records whose cell names several people to the first of them, where that was said; what was written stays.

    Args:
        planned: a typed list.
        told: what such cells mean, as it was said now or for the layout before.

    Returns:
        What must be asked before.
    """
    mapped, parsed = planned.mapped, planned.parsed
    if mapped is None or parsed is None or "rep" not in parsed.columns or mapped.match.table == "reps":
        return []
    texts = mapped.texts["rep"]
    may_share = mapped.match.table == "deals" and "deal_id" in mapped.texts
    found = people_in(texts)
    stated = {text for text, people in found.items() if may_share and people.is_stated and len(people.names) > 1}
    single = {text for text, people in found.items() if len(people.names) == 1}
    open_to = {text: people for text, people in found.items() if text not in stated | single}
    column = mapped.sources.get("rep", ["rep"])[0]
    if open_to and (told is None or (told == "equal" and not may_share)):
        return [_question(column, int(texts.is_in([*open_to]).sum()), open_to, may_share=may_share)]
    odd = {text for text, people in open_to.items() if told == "equal" and not people.adds_up}
    if odd:  # shares that do not come to the whole are no equal ones
        unread = texts.is_in([*odd]).fill_null(value=False)
        parsed.unread["rep"] = parsed.unread["rep"] | unread if "rep" in parsed.unread else unread
    taken = stated | single | ({*open_to} if told != "one" else set()) - odd
    if not taken:
        return []
    parsed.columns["rep"] = parsed.columns["rep"].replace({text: found[text].names[0] for text in taken})
    parsed.rounded["rep"] = texts.is_in([*taken])  # what was written stays with the row
    for code, those in (
        (f"owners_{told}", taken - stated - single),
        ("owners_stated", stated),
        ("owners_single", single),
    ):
        if those:
            params: dict[str, str | int] = {
                "column": column, "rows": int(texts.is_in([*those]).sum()),
                "sample": next(text for text in found if text in those),
            }  # fmt: skip
            planned.warnings.append(Remark(code=code, params=params))
    return []


class Shares(NamedTuple):
    """The list of places, what fills its fields, and whether it only takes back shares that were given before."""

    table: TextTable
    match: Match
    are_back: bool


def owner_shares(planned: FilePlan, told: Owners | None, seen: Snapshot | None = None) -> Shares | None:
    """Who has a share in deals beside their owner, each an equal one; None where nobody has, nor had one.

    Every deal of the list has a place for each person that may be named, blank ones where it names fewer: who is named
    no more has no share any more, whichever of two lists is loaded first. Where the cells are not shared (any more),
    the places of the deals that were are blank.

    Args:
        planned: a typed list of deals.
        told: what cells of several people are, as it was said now or for the layout before.
        seen: what the store holds; None: nothing.
    """
    mapped = planned.mapped
    if mapped is None or mapped.match.table != "deals" or not {"deal_id", "rep"} <= mapped.texts.keys():
        return None
    texts = [mapped.texts["deal_id"].alias("0"), mapped.texts["rep"].alias("said")]
    named = pl.DataFrame([*texts, mapped.table.frame[LINE]])
    named = named.filter(pl.col("0").is_not_null()).unique("0", keep="last", maintain_order=True)
    found = {
        text: people for text, people in people_in(mapped.texts["rep"]).items()
        if len(people.names) > 1 and (people.is_stated or (told == "equal" and people.adds_up))
    }  # fmt: skip
    places = max([_PLACES, *(len(people.names) for people in found.values())])
    if told != "equal":
        held = seen.frame(_SHARED, {"profile": mapped.match.profile.origin}) if seen else pl.DataFrame()
        concerned = pl.col("said").is_in([*found])
        if held.height:
            concerned |= pl.col("0").is_in(held["deal_id"].implode())
            places = max(places, int(held["place"].max()))  # type: ignore[arg-type]
        named = named.filter(concerned)
        if named.is_empty():
            return None
    frames = []
    for place in range(1, places):
        beyond = {text: one for text, one in found.items() if place < len(one.names)}
        people = {text: one.names[place] for text, one in beyond.items()}
        shares = {text: f"{one.shares[place]:.12f}" for text, one in beyond.items()}
        frames.append(named.select(
            "0", pl.col("said").replace_strict(people, default=None, return_dtype=pl.String).alias("1"),
            pl.col("said").replace_strict(shares, default="0", return_dtype=pl.String).alias("2"),
            pl.lit(f"{place + 1}").alias("3"), LINE,
        ))  # fmt: skip
    rows = pl.concat(frames).sort(LINE, maintain_order=True)
    table = replace(
        mapped.table, headers=["deal_id", "rep", "share", "role"], frame=rows,
        aside=[], broken=[], remarks=[], unlisted=0, text=b"",
    )  # fmt: skip
    profile, told_by = mapped.match.profile, profiles()["sales-compass"].tables["deal_owners"]
    section = told_by.model_copy(
        update={"beside": mapped.match.section, "needs": [["deal_id"], ["share"]], "key": [["deal_id", "role"]]}
    )
    crm = profiles().get(profile.origin, profile)
    own = crm.model_copy(update={"tables": {**crm.tables, "deal_owners": section}})
    return Shares(table, match(table, own, "deal_owners", {}), told != "equal")


def give_way(files: list[FilePlan], seen: Snapshot) -> list[FilePlan]:
    """Of deals whose owners a list of a later day names, an older list that comes late shares nothing out.

    Args:
        files: of the import.
        seen: what the store holds.

    Returns:
        What the later lists say of the places that the older one fills: as if they had been loaded after it. It is
        theirs, so that the older list's shares hold where they are undone.
    """
    found: list[FilePlan] = []
    for file in files:
        if file.table != "deal_owners" or not file.is_beside or file.checked is None or file.as_of is None:
            continue
        rows = file.checked.rows
        if not {"deal_id", "share", "role"} <= set(rows.columns) or not (rows["share"] > 0).any():
            continue
        later = seen.frame(_LATER, {"profile": file.profile, "day": file.as_of})
        told = rows.filter(pl.col("share") > 0).join(later, on="deal_id")
        if told.is_empty():
            continue
        params: dict[str, str | int] = {"deals": told["deal_id"].n_unique(), "day": str(file.as_of)}
        file.warnings.append(Remark(code="shares_give_way", params=params))
        silent = told.filter(~pl.col("role").is_in(pl.col("stated")))
        found += [_said_later(file, part, seen) for part in silent.partition_by("upload", maintain_order=True)]
    return found


def _said_later(file: FilePlan, told: pl.DataFrame, seen: Snapshot) -> FilePlan:
    """That the places of an older list are nobody's, as a part of the later list, which the upload is known by.

    Args:
        file: the older list of places. told: its rows beside the later list's upload, file, day and kept original.
    """
    if file.checked is None:
        raise ValueError(f"{file.file} is not checked")
    later = told.row(0, named=True)
    rows = told.select(file.checked.rows.columns).with_columns(
        share=pl.lit(0).cast(told.schema["share"]),
        **{name: pl.lit(None, told.schema[name]) for name in ("rep", "rep_id") if name in file.checked.rows.columns},
    )
    return replace(
        file, file=later["file"], content=original(seen.store, later["kept"]) if later["kept"] else b"",
        as_of=later["as_of"], as_of_from=later["as_of_from"], warnings=[], questions=[],
        checked=replace(file.checked, rows=rows, refused=file.checked.refused.clear(), unread=()),
        options=file.options.model_copy(update={"is_full": False}),
    )  # fmt: skip


def _question(column: str, rows: int, found: dict[str, People], *, may_share: bool) -> Question:
    shown = [*found.items()][:_SHOWN]
    samples = {
        "equal": [f"{text} = {_in_parts(people)}" for text, people in shown],
        "first": [f"{text} = {people.names[0]}" for text, people in shown],
        "one": [f"{text} = “{text}”" for text, _ in shown],
    }
    if not may_share:
        del samples["equal"]
    params: dict[str, str | int] = {
        "column": column, "rows": rows, **{choice: ", ".join(texts) for choice, texts in samples.items()}
    }  # fmt: skip
    code = "ask_owners" if may_share else "ask_owner"
    return Question(code=code, params=params, flag="--owners", choices=tuple(samples), samples=samples)


def _in_parts(people: People) -> str:
    """What equal parts are; shares that do not come to the whole are none."""
    if not people.adds_up:
        return "?"
    return ", ".join(f"{name} {share:.0%}" for name, share in zip(people.names, people.shares, strict=True))
