"""What is odd about rows before they are loaded, and what stays out: counted, with money and the first lines.

Nothing here stops an import and nothing is changed. What is looked for in the store once it is loaded stands in
data/quality_rules.toml; this looks at the files alone, with the store's lists beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import polars as pl
from pydantic import Field

from data.aliases import NOTHING, Alias, Carried, carried, names_in_use, suggestions
from data.alike import MOST, pairs
from data.clock import now
from data.ingest.references import Known, orphans
from data.ingest.remarks import Remark, reason_text
from data.members import TABLE_OF
from data.progress import tell
from data.spelling import companies, spellings
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
        said = self.params.get("said") or "…"
        return Remark(code=self.code, params={"reason": reason_text(f"{self.params['reason']}:{said}", lang)}).text(
            lang
        )


_HELD = {kind: f"select {kind} as name from crm.{table}" for kind, table in TABLE_OF.items() if kind in REFERENCES}


def look(files: list[FilePlan], seen: Snapshot | None) -> list[list[Odd]]:
    """What is odd about each file: rows that stay out, references to nothing, dates and amounts that cannot be.

    Args:
        files: of one import; a list among them counts for all.
        seen: the store; None: an empty one.
    """
    known = Known(files, seen)
    tell("looking", 0.0)
    found = [[*_of_file(file, known)] if file.checked is not None and file.mapped is not None else [] for file in files]
    for kind in REFERENCES:
        mine = _named(files, kind).select("name")
        held = seen.frame(_HELD[kind]) if seen is not None and mine.height else mine.clear()
        names = pl.concat([mine, held])["name"].n_unique() if mine.height else 0
        if names > MOST:
            place = next(at for at, file in enumerate(files) if any(file is one for one, _ in _naming(files, kind)))
            params: dict[str, str | int] = {"names": f"{names:,}", "most": f"{MOST:,}"}
            found[place].append(Odd(code=f"names_many_{kind}", params=params, rows=0))
    return found


def _of_file(file: FilePlan, known: Known) -> Iterator[Odd]:
    if file.checked is None or file.table is None:
        return
    yield from _left_out(file)
    yield from _ended(file)
    if (gone := file.withdrawn) is not None:
        yield Odd(code="odd_withdrawn", params={"rows": gone.height}, rows=gone.height, money=_money(file, gone))
    for kind, missing, is_listed in orphans(file, known):
        tell("looking", 0.0, file=file.file, rows=file.read)
        names = missing["name"].unique(maintain_order=True)
        more = f" … ({len(names):,})" if len(names) > _NAMES else ""
        shown = ", ".join(str(name) for name in names.head(_NAMES)) + more
        code = "odd_orphans" if is_listed else "odd_bare_ids"
        yield _odd(file, f"{code}_{kind}", _told(file, file.checked.rows)[missing["row"]], {"names": shown})
    if file.table == "deals":
        living = _living(file.checked.rows)
        rules = dict(_rules(living, file.as_of or now().date()))
        told = _told(file, living)
        marked = living.select(rule.fill_null(value=False).alias(code) for code, rule in rules.items())
        for code in marked.columns:
            if marked[code].any():
                yield _odd(file, code, told.filter(marked[code]))
    listed = next((kind for kind, table in TABLE_OF.items() if table == file.table), None)
    if listed:
        yield from _twins(file, listed)


def _living(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that count: nothing is odd about a deal that was deleted, or merged into another."""
    ends = [pl.col("is_deleted").fill_null(value=False)] if "is_deleted" in rows.columns else []
    ends += [pl.col("merged_into").is_not_null()] if "merged_into" in rows.columns else []
    return rows.filter(~pl.any_horizontal(ends)) if ends else rows


def _told(file: FilePlan, rows: pl.DataFrame) -> pl.DataFrame:
    """What is said of odd rows: their lines and money. Rows have many more columns, which take long to copy."""
    money = tables()[file.table or ""].money
    return rows.select(name for name in ("line", "currency", money) if name in rows.columns)


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
        params: dict[str, str | int] = {"reason": str(reason), "said": _unread(rows)}
        yield Odd(code=code, params=params, rows=rows.height, money=money, lines=_lines(file, rows))


def _unread(rows: pl.DataFrame) -> str:
    """The first cells that could not be read, as they are: reasons are `code:column:what the cell says`."""
    said = rows["reasons"].list.first().str.splitn(":", 3).struct.field("field_2").drop_nulls()
    texts = said.filter(said != "").unique(maintain_order=True)
    return ", ".join(texts.head(_NAMES)) + (", …" if len(texts) > _NAMES else "")


def _ended(file: FilePlan) -> Iterator[Odd]:
    """Documents with money that are loaded and count in no number, since they are void or not in force yet."""
    rows = file.checked.rows if file.checked else pl.DataFrame()
    if file.table == "deals" or not tables()[file.table or ""].money or "is_deleted" not in rows.columns:
        return
    if rows["is_deleted"].any():
        yield _odd(file, "odd_ended", _told(file, rows.filter(pl.col("is_deleted"))))


def _rules(rows: pl.DataFrame, day: date) -> Iterator[tuple[str, pl.Expr]]:
    """Conditions of odd deals: `day` is the one the file speaks of; after it nothing has closed yet."""
    names = set(rows.columns)
    closed = pl.col("status").is_in(["won", "lost"])
    asked = (
        ("closed_before_created", {"closed_on", "created_on"}, pl.col("closed_on") < pl.col("created_on")),
        ("closed_in_future", {"closed_on", "status"}, closed & (pl.col("closed_on") > day)),
        ("created_in_future", {"created_on"}, pl.col("created_on") > day),
        ("closed_without_day", {"status"}, closed & (pl.col("closed_on").is_null() if "closed_on" in names else True)),
        ("won_without_amount", {"amount", "status"}, (pl.col("status") == "won") & pl.col("amount").is_null()),
    )
    yield from ((code, rule) for code, needs, rule in asked if needs <= names)


# -------------------------------------------------------------------------------------------------------------- names


def _twins(file: FilePlan, kind: str) -> Iterator[Odd]:
    """Rows of a list whose names are the same but for spelling or the legal form: one company twice, perhaps."""
    if file.checked is None or kind not in file.checked.rows.columns:
        return
    rows = file.checked.rows.filter(pl.col(kind).is_not_null())
    core = companies(rows[kind]) if kind == "customer" else spellings(rows[kind])
    alike = rows.with_columns(core.alias("#core"))
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
        tell("looking", 0.0)
        mine = _named(files, kind)
        if mine.is_empty():
            continue
        taken = seen.frame(_TAKEN, {"kind": kind})["alias"].to_list() if seen is not None else []
        held = names_in_use(seen, kind, taken) if seen is not None else mine.clear()
        every = pl.concat([held, mine]).group_by("name", maintain_order=True)
        names = every.agg(pl.col("has_row").any(), pl.col("is_named_only").all())
        near = suggestions(kind, names, taken, partial(_carried, files, seen, kind, taken))
        old = set(
            held["name"].filter(held["name"].is_in([name for one in near for name in (one.alias, one.canonical)]))
        )
        found += [one for one in near if not {one.alias, one.canonical} <= old]
    return sorted(found, key=lambda one: (-abs(one.money), -one.rows, one.kind, one.alias))


_TAKEN = "select alias from ops.aliases where kind = $kind"


def _named(files: list[FilePlan], kind: str) -> pl.DataFrame:
    """The names of a kind in the rows of an import, by lists of their own or by other rows: as `names_in_use`."""
    found = [pl.DataFrame(schema={"name": pl.String, "has_row": pl.Boolean, "is_named_only": pl.Boolean})]
    for file, rows in _naming(files, kind):
        is_list = pl.lit(file.table == TABLE_OF[kind])
        has_id = pl.col(f"{kind}_id").is_not_null() if f"{kind}_id" in rows.columns else pl.lit(value=False)
        said = rows.group_by(pl.col(kind).alias("name"), maintain_order=True).agg(has_id.any().alias("has_id"))
        found.append(
            said.select("name", is_list.alias("has_row"), (~(is_list | pl.col("has_id"))).alias("is_named_only"))
        )
    return pl.concat(found)


def _naming(files: list[FilePlan], kind: str) -> Iterator[tuple[FilePlan, pl.DataFrame]]:
    """The rows that name members of a kind, file by file."""
    for file in files:
        if file.checked is not None and file.table is not None and kind in file.checked.rows.columns:
            yield file, file.checked.rows.filter(pl.col(kind).is_not_null())


def _carried(
    files: list[FilePlan], seen: Snapshot | None, kind: str, taken: list[str], names: list[str]
) -> dict[str, Carried]:
    """Rows and money of some names, in the store and in the files; a list's own rows are no rows of facts."""
    found = carried(seen, kind, names, taken) if seen is not None else {}
    for file, rows in _naming(files, kind):
        if file.table == TABLE_OF[kind]:
            continue
        money = tables()[file.table or ""].money
        value = pl.col(money).cast(pl.Decimal(38, 4)).sum() if money and money in rows.columns else pl.lit(Decimal(0))
        of_names = rows.filter(pl.col(kind).is_in(names)).group_by(kind).agg(pl.len(), value.alias("money"))
        for name, count, borne in of_names.iter_rows():
            before = found.get(name, NOTHING)
            found[name] = Carried(before.rows + count, before.money + (borne or Decimal(0)))
    return found
