"""What accepting a name would do, before it is done: whose rows and money, and which numbers come out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from data.aliases import KINDS
from data.errors import AliasInvalid
from data.members import TABLE_OF
from metrics.catalog import dimension as dimension_named
from metrics.catalog import measure, table
from metrics.cuts import cut, total
from metrics.view import View
from metrics.viewer import EVERYTHING

if TYPE_CHECKING:
    from data.store import Snapshot

_MEASURES = ("won_amount", "won_deals", "win_rate", "open_amount", "open_deals", "revenue", "collected", "activities")


_SOURCES = {"stage": "crm.stages", "team": "crm.teams", "manager": "crm.reps"}
"""Where the names of kinds without members are."""


class Number(BaseModel):
    """One measure of both names apart, and of the two as one. None: nothing to count."""

    model_config = ConfigDict(frozen=True)

    measure: str
    alias: float | None
    canonical: float | None
    together: float | None


class Preview(BaseModel):
    """What would come of reading `alias` as `canonical`.

    `is_new_name`: nobody is called `canonical` yet, so this only gives another name. `rows` and `money` are the deals'
    of `alias`. `members` is how many of the kind there are now; one less after a merge.
    """

    model_config = ConfigDict(frozen=True)

    kind: str
    alias: str
    canonical: str
    is_new_name: bool
    rows: int
    money: Decimal
    members: int
    numbers: tuple[Number, ...]


def names(seen: Snapshot, kind: str) -> list[str]:
    """The names of a kind that there are today."""
    source = _SOURCES.get(kind) or f"crm.{TABLE_OF[kind]}"
    found = seen.frame(f"select distinct {kind} as name from {source} where name is not null order by name")["name"]
    return [str(name) for name in found]


def preview(seen: Snapshot, kind: str, alias: str, canonical: str) -> Preview:
    """What accepting would do. Writes nothing.

    Raises:
        AliasInvalid: there is no such kind, nobody is called `alias`, or both names are one.
    """
    if kind not in KINDS or not canonical.strip() or alias == canonical:
        raise AliasInvalid(alias=alias, canonical=canonical, problem=f"{kind}?")
    known = names(seen, kind)
    if alias not in known:
        raise AliasInvalid(alias=alias, canonical=canonical, problem=f"{alias}?")
    key = (
        kind
        if kind in ("stage", "team")
        else "(select manager from crm.reps as m where m.rep_key = d.rep_key)"
        if kind == "manager"
        else f"(select {kind} from crm.{TABLE_OF[kind]} as m where m.{kind}_key = d.{kind}_key)"
    )
    rows, money = seen.frame(
        f"select count(*), coalesce(sum(amount), 0)::decimal(38,4) from crm.deals as d where {key} = $alias",
        {"alias": alias},
    ).row(0)
    return Preview(
        kind=kind, alias=alias, canonical=canonical, is_new_name=canonical not in known, rows=rows, money=money,
        members=len(known), numbers=_numbers(seen, kind, alias, canonical),
    )  # fmt: skip


def _numbers(seen: Snapshot, kind: str, alias: str, canonical: str) -> tuple[Number, ...]:
    """Each measure that can be cut by the kind and has something to say of either name."""
    asked = tuple(name for name in _MEASURES if _can(seen, name, kind))
    if not asked or seen.as_of is None:
        return ()
    view = View(as_of=seen.as_of).with_filter(kind, (alias, canonical))
    apart = {row[kind]: row for row in seen.ask(cut(asked, (kind,), view), EVERYTHING).frame.iter_rows(named=True)}
    together = seen.ask(total(asked, view), EVERYTHING).frame.row(0, named=True)

    def value(row: dict[str, object] | None, name: str) -> float | None:
        found = (row or {}).get(name)
        return float(str(found)) if found is not None else None

    listed = [
        Number(
            measure=name, alias=value(apart.get(alias), name), canonical=value(apart.get(canonical), name),
            together=value(together, name),
        )
        for name in asked
    ]  # fmt: skip
    return tuple(one for one in listed if one.together is not None)


def _can(seen: Snapshot, name: str, kind: str) -> bool:
    held = set(seen.filled())
    return kind not in measure(name).not_by and all(
        part.table in held and table(str(part.table)).has(dimension_named(kind)) for part in measure(name).parts
    )
