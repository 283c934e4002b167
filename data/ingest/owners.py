"""Cells that name several salespeople (`张三,李四`, `Ann Lee; Bob Ray`): never a new person of both names unasked.

Whether they share the record, the first of them has it, or that is what somebody is called, a person says.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import polars as pl

from data.ingest.fileplan import FilePlan
from data.ingest.match import Match, match
from data.ingest.profile import profiles
from data.ingest.remarks import Question, Remark
from data.ingest.texttable import LINE, TextTable

if TYPE_CHECKING:
    from data.store import Snapshot

Owners = Literal["equal", "first", "one"]
_SIGNS = re.compile(r"\s*(?:[、;；|,，/&+＋\n]|(?<=\s)(?:and|und|et|y)(?=\s))\s*")
_SURE = re.compile(r"[、;；|\n]")
"""Between two names of people these part them; a comma may stand between surname and first name."""
_CHINESE = re.compile(r"^[一-鿿]{2,4}(?:·[一-鿿]{1,6})?$")
_NAME = re.compile(r"^[^\W\d_][\w .'’@-]*$")
_SHARED = """
select distinct rows.deal_id, cast(rows.role as integer) as place
from ops.deal_owners_rows as rows join ops.deal_owners_seen using (row_no) join ops.uploads on uploads.id = upload_id
where profile = $profile and not is_undone and rows.share > 0 and regexp_full_match(rows.role, '[0-9]{1,3}')
"""
"""The deals that were given to several people, with the place of each: also by a list that holds no longer."""
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
    if mapped is None or parsed is None or told == "one" or "rep" not in parsed.columns or mapped.match.table == "reps":
        return []
    texts = mapped.texts["rep"]
    found = _people(texts)
    if not found:
        return []
    rows = texts.is_in([*found])
    column = mapped.sources.get("rep", ["rep"])[0]
    may_share = mapped.match.table == "deals" and "deal_id" in mapped.texts
    if told is None or (told == "equal" and not may_share):
        return [_question(column, int(rows.sum()), found, may_share=may_share)]
    first = {text: names[0] for text, names in found.items()}
    parsed.columns["rep"] = parsed.columns["rep"].replace(first)
    parsed.rounded["rep"] = rows  # what was written stays with the row
    params: dict[str, str | int] = {"column": column, "rows": int(rows.sum()), "sample": next(iter(found))}
    planned.warnings.append(Remark(code=f"owners_{told}", params=params))
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
    found = _people(mapped.texts["rep"]) if told == "equal" else {}
    places = max([_PLACES, *map(len, found.values())])
    if told != "equal":
        held = seen.frame(_SHARED, {"profile": mapped.match.profile.origin}) if seen else pl.DataFrame()
        named = named.filter(pl.col("0").is_in(held["deal_id"].implode())) if held.height else named.clear()
        if named.is_empty():
            return None
        places = max(places, int(held["place"].max()))  # type: ignore[arg-type]
    told_of = {text: (names, f"{1 / len(names):.12f}") for text, names in found.items()}
    frames = []
    for place in range(1, places):
        people = {text: names[place] for text, (names, _) in told_of.items() if place < len(names)}
        shares = {text: share for text, (names, share) in told_of.items() if place < len(names)}
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


def _people(texts: pl.Series) -> dict[str, list[str]]:
    """The texts that name several people, with their names.

    Chinese names, names that a sign of lists parts, and names that other rows say alone are those of people.
    """
    said = texts.drop_nulls().unique(maintain_order=True)
    mixed = said.filter(said.str.contains(r"[、;；|,，/&+＋\n]|\s(?:and|und|et|y)\s"))
    alone = {*said.to_list()} if len(mixed) else set()
    found: dict[str, list[str]] = {}
    for text in mixed:
        names = [name for name in dict.fromkeys(part.strip() for part in _SIGNS.split(text)) if name]
        is_sure = bool(_SURE.search(text)) and all(_NAME.match(name) for name in names)
        are_people = is_sure or all(_CHINESE.match(name) for name in names) or alone.issuperset(names)
        if len(names) > 1 and are_people:
            found[text] = names
    return found


def _question(column: str, rows: int, found: dict[str, list[str]], *, may_share: bool) -> Question:
    shown = [*found.items()][:_SHOWN]
    samples = {
        "equal": [f"{text} = {', '.join(f'{name} {1 / len(names):.0%}' for name in names)}" for text, names in shown],
        "first": [f"{text} = {names[0]}" for text, names in shown],
        "one": [f"{text} = “{text}”" for text, _ in shown],
    }
    choices = tuple(choice for choice in samples if choice != "equal" or may_share)
    params: dict[str, str | int] = {
        "column": column,
        "rows": rows,
        "samples": "; ".join(f"{choice}: {', '.join(samples[choice])}" for choice in choices),
        "choices": "/".join(choices),
    }
    return Question(
        code="ask_owners",
        params=params,
        flag="--owners",
        choices=choices,
        samples={one: samples[one] for one in choices},
    )
