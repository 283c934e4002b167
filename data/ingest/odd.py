"""What is odd about rows before they are loaded, and what stays out: counted, with money and the first lines.

Nothing here stops an import and nothing is changed. What is looked for in the store once it is loaded stands in
data/quality_rules.toml; this looks at the files alone, with the store's lists beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
from pydantic import Field

from data.aliases import Alias, Name, in_use, suggestions
from data.alike import company, pairs, spelling
from data.clock import now
from data.ingest.references import Known, orphans
from data.ingest.remarks import Remark, reason_text
from data.members import TABLE_OF
from data.tables import REFERENCES, tables

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan
    from data.store import Snapshot

_LINES = 5
_NAMES = 3


class Odd(Remark):
    """One thing that is odd, in `rows` rows. `money` is what they carry, by currency (empty: none is named).

    `lines`: where the first of them are.
    """

    rows: int
    money: dict[str, Decimal] = Field(default_factory=dict)
    lines: tuple[str, ...] = ()

    def text(self, lang: str) -> str:
        """What is odd; a reason of refused rows in words."""
        if self.code not in ("odd_refused", "odd_set_aside"):
            return super().text(lang)
        return Remark(code=self.code, params={"reason": reason_text(f"{self.params['reason']}:…", lang)}).text(lang)


def look(files: list[FilePlan], seen: Snapshot | None) -> list[list[Odd]]:
    """What is odd about each file: rows that stay out, references to nothing, dates and amounts that cannot be.

    Args:
        files: of one import; a list among them counts for all.
        seen: the store; None: an empty one.
    """
    known = Known(files, seen)
    return [[*_of_file(file, known)] if file.checked is not None and file.mapped is not None else [] for file in files]


def _of_file(file: FilePlan, known: Known) -> Iterator[Odd]:
    if file.checked is None or file.table is None:
        return
    yield from _left_out(file)
    for kind, missing, is_listed in orphans(file, known):
        names = missing["name"].unique(maintain_order=True)
        more = f" … ({len(names):,})" if len(names) > _NAMES else ""
        shown = ", ".join(str(name) for name in names.head(_NAMES)) + more
        code = "odd_orphans" if is_listed else "odd_bare_ids"
        yield _odd(file, f"{code}_{kind}", file.checked.rows[missing["row"]], {"names": shown})
    if file.table == "deals":
        for code, rule in _rules(file.checked.rows, file.as_of or now().date()):
            found = file.checked.rows.filter(rule)
            if found.height:
                yield _odd(file, code, found)
    listed = next((kind for kind, table in TABLE_OF.items() if table == file.table), None)
    if listed:
        yield from _twins(file, listed)


def _odd(file: FilePlan, code: str, rows: pl.DataFrame, params: dict[str, str | int] | None = None) -> Odd:
    return Odd(
        code=code, params={"rows": rows.height, **(params or {})}, rows=rows.height, money=_money(file, rows),
        lines=_lines(file, rows),
    )  # fmt: skip


def _money(file: FilePlan, rows: pl.DataFrame) -> dict[str, Decimal]:
    """What rows carry by currency; amounts of several currencies are never added up."""
    field = tables()[file.table or ""].money
    if not field or field not in rows.columns:
        return {}
    code = pl.col("currency").fill_null("") if "currency" in rows.columns else pl.lit("")
    summed = rows.group_by(code.alias("code")).agg(pl.col(field).cast(pl.Decimal(38, 4)).sum().alias("money"))
    return {str(code): money for code, money in summed.sort("code").iter_rows() if money}


def _lines(file: FilePlan, rows: pl.DataFrame) -> tuple[str, ...]:
    first = rows["line"].drop_nulls().sort().head(_LINES)
    return tuple(file.mapped.table.place(line) if file.mapped else str(line) for line in first)


def _left_out(file: FilePlan) -> Iterator[Odd]:
    """Rows that stay out, by their first reason; exact repeats, which count once."""
    if file.checked is None or file.mapped is None:
        return
    refused = file.checked.refused.with_columns(
        pl.col("reasons").list.first().str.split(":").list.head(2).list.join(":").alias("reason")
    )
    kept = refused.filter(~pl.col("is_set_aside") | (pl.col("reason") == "row_repeated"))
    for (reason,), rows in kept.group_by("reason", maintain_order=True):
        code = "odd_set_aside" if rows["is_set_aside"].any() else "odd_refused"
        total = rows["money"].cast(pl.Decimal(38, 4)).sum()
        money = {"": total} if total else {}
        yield Odd(code=code, params={"reason": str(reason)}, rows=rows.height, money=money, lines=_lines(file, rows))


def _rules(rows: pl.DataFrame, day: date) -> Iterator[tuple[str, pl.Expr]]:
    """Conditions of odd deals: `day` is the one the file speaks of; after it nothing has closed yet."""
    names = set(rows.columns)
    closed = pl.col("status").is_in(["won", "lost"])
    asked = (
        ("closed_before_created", {"closed_on", "created_on"}, pl.col("closed_on") < pl.col("created_on")),
        ("closed_in_future", {"closed_on", "status"}, closed & (pl.col("closed_on") > day)),
        ("created_in_future", {"created_on"}, pl.col("created_on") > day),
        ("closed_without_day", {"closed_on", "status"}, closed & pl.col("closed_on").is_null()),
        ("won_without_amount", {"amount", "status"}, (pl.col("status") == "won") & pl.col("amount").is_null()),
    )
    yield from ((code, rule) for code, needs, rule in asked if needs <= names)


# -------------------------------------------------------------------------------------------------------------- names


def _twins(file: FilePlan, kind: str) -> Iterator[Odd]:
    """Rows of a list whose names are the same but for spelling or the legal form: one company twice, perhaps."""
    if file.checked is None or kind not in file.checked.rows.columns:
        return
    rows = file.checked.rows.filter(pl.col(kind).is_not_null())
    core = {name: company(name)[0] if kind == "customer" else spelling(name) for name in rows[kind].unique()}
    alike = rows.with_columns(pl.col(kind).replace_strict(core, return_dtype=pl.String).alias("#core"))
    shared = alike.filter(pl.col("#core").is_duplicated()).sort("#core", "line")
    if kind == "customer" and shared.height:  # two legal forms are two companies
        firms = {name for pair in pairs([*shared[kind].unique()], kind) for name in pair[:2] if pair[2] != "letter"}
        again = shared[kind].is_duplicated()
        shared = shared.filter(pl.col(kind).is_in([*firms]) | again)
    if shared.height:
        shown = [" / ".join(group[kind]) for _, group in shared.group_by("#core", maintain_order=True)]
        names = "; ".join(shown[:_NAMES]) + (f" … ({len(shown):,})" if len(shown) > _NAMES else "")
        yield _odd(file, "odd_twins", shared.drop("#core"), {"names": names})


def names_alike(files: list[FilePlan], seen: Snapshot | None) -> list[Alias]:
    """Names in these files that may be others, in them or in the store; pairs that are in the store are left out."""
    found: list[Alias] = []
    for kind in REFERENCES:
        held = {name.name: name for name in in_use(seen, kind)} if seen is not None else {}
        mine = _named(files, kind)
        every = {**held, **{name: _both(one, held.get(name)) for name, one in mine.items()}}
        taken = (
            set(seen.frame("select alias from ops.aliases where kind = $k", {"k": kind})["alias"]) if seen else set()
        )
        found += [
            alias
            for alias in suggestions(kind, [*every.values()], taken)
            if not (alias.alias in held and alias.canonical in held)
        ]
    return sorted(found, key=lambda one: (-abs(one.money), -one.rows, one.kind, one.alias))


def _both(mine: Name, held: Name | None) -> Name:
    if held is None:
        return mine
    return Name(
        mine.name, mine.has_row or held.has_row, mine.is_named_only and held.is_named_only, mine.rows + held.rows,
        mine.money + held.money,
    )  # fmt: skip


def _named(files: list[FilePlan], kind: str) -> dict[str, Name]:
    """The names of a kind in the rows of an import: by lists of their own, or by other rows."""
    found: dict[str, Name] = {}
    for file in files:
        if file.checked is None or file.table is None or kind not in file.checked.rows.columns:
            continue
        is_list = file.table == TABLE_OF[kind]
        money = tables()[file.table].money
        rows = file.checked.rows.filter(pl.col(kind).is_not_null())
        has_id = pl.col(f"{kind}_id").is_not_null() if f"{kind}_id" in rows.columns else pl.lit(value=False)
        value = pl.col(money).cast(pl.Decimal(38, 4)) if money and money in rows.columns else pl.lit(Decimal(0))
        grouped = rows.group_by(kind).agg(pl.len(), value.sum().alias("money"), has_id.any().alias("has_id"))
        for name, count, carried, known in grouped.iter_rows():
            one = Name(name, is_list, not (is_list or known), 0 if is_list else count, carried or Decimal(0))
            found[name] = _both(one, found.get(name))
    return found
