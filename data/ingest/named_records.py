"""Records that another list names by what they are called (`关联商机`, `Regarding`): looked up, and never guessed.

An id wins over a name. What is called as several records are belongs to none of them, and that is said; what no record
is called stays as it is, and is listed among the references to nothing (data/ingest/references.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.names import normal
from data.ingest.remarks import Remark
from data.tables import tables

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan
    from data.store import Snapshot

_KINDS = {
    "deal_id": ("deals", "deal", "where not is_gone"),
    "lead_id": ("leads", "lead", ""),
    "contract_id": ("contracts", "contract", ""),
    "customer_id": ("customers", "customer", "where customer_id is not null"),
}
"""Fields that name a record -> its table, the field of its name, and which rows of the store count."""
_NAMED = ("deal_id", "lead_id", "contract_id")
"""Fields whose own column may say a name in place of an id; customers have a field of their own for it."""
_SHOWN = 3
_PAIRED = {"said": pl.String, "customer": pl.String, "id": pl.String}


_Pair = tuple[str, str | None]
"""What a row says of a record, and the customer that it names."""


class _Known:
    """The records of the store and of the files of one import; each kind is looked up once, when it is needed."""

    def __init__(self, files: list[FilePlan], seen: Snapshot | None) -> None:
        self._files, self._seen = files, seen
        self._records: dict[str, pl.DataFrame] = {}

    def meant(self, kind: str, said: pl.DataFrame) -> dict[_Pair, set[str]]:
        """The record of each id, else those called so; of several those of the row's customer, where it names one.

        Args:
            kind: the field of the record's id.
            said: what rows say of it (`said`, `customer`).
        """
        records = self._of(kind)
        if records.is_empty():
            return {}  # what no record can be called is not even gathered
        asked = said.filter(pl.col("said").is_not_null()).unique()
        ids = asked.join(records, left_on="said", right_on="id", how="semi")
        found: dict[_Pair, set[str]] = {(text, customer): {text} for text, customer in ids.iter_rows()}
        return found | self._called(records, asked.join(records, left_on="said", right_on="id", how="anti"))

    def called(self, kind: str, said: pl.DataFrame) -> tuple[dict[_Pair, set[str]], set[str]]:
        """The records that are called so, of what is no id; and all that is no id.

        Of a million rows whose ids are known, as is usual, none is looked at one by one.
        """
        records = self._of(kind)
        if records.is_empty():
            return {}, set()
        asked = said.filter(pl.col("said").is_not_null()).unique()
        names = asked.join(records, left_on="said", right_on="id", how="anti")
        return self._called(records, names), set(names["said"])

    def _called(self, records: pl.DataFrame, names: pl.DataFrame) -> dict[_Pair, set[str]]:
        if names.is_empty():
            return {}  # the usual case: how records are called is not even looked at
        plain = records.select("id", _plain("name"), _plain("customer"))
        told = names.with_columns(_plain("said").alias("name"), _plain("customer").alias("own"))
        called = told.filter(pl.col("name") != "").join(plain, on="name", suffix="_of")
        of_own = (pl.col("own") == pl.col("customer_of")).fill_null(value=False)
        kept = called.filter(of_own | ~of_own.any().over("said", "customer"))
        found: dict[_Pair, set[str]] = {}
        for text, customer, one in kept.select("said", "customer", "id").iter_rows():
            found.setdefault((text, customer), set()).add(one)
        return found

    def _of(self, kind: str) -> pl.DataFrame:
        """Id, name and customer of every record that has an id."""
        if kind not in self._records:
            none = pl.DataFrame(schema=dict.fromkeys(("id", "name", "customer"), pl.String))
            every = pl.concat([none, *self._frames(kind)])
            self._records[kind] = every.filter(pl.col("id").is_not_null()).unique()
        return self._records[kind]

    def _frames(self, kind: str) -> Iterator[pl.DataFrame]:
        table, name, counted = _KINDS[kind]
        if self._seen is not None:
            joined = "left join crm.customers using (customer_key)" if table in ("deals", "contracts") else ""
            customer = "customer" if joined else "null::varchar"
            yield self._seen.frame(
                f"select {kind} as id, {name} as name, {customer} as customer from crm.{table} {joined} {counted}"
            )
        for file in self._files:
            if file.table == table and file.checked is not None:
                rows = file.checked.rows
                own = [one for one in ((kind,) if table == "customers" else (kind, "key")) if one in rows.columns]
                none = pl.lit(None, pl.String)
                of = "customer" if table in ("deals", "contracts") and "customer" in rows.columns else None
                yield rows.select(
                    (pl.coalesce(*own) if own else none).alias("id"),
                    (pl.col(name) if name in rows.columns else none).alias("name"),
                    (pl.col(of) if of else none).alias("customer"),
                )


def _plain(column: str) -> pl.Expr:
    """A name without what people vary: case, width, blanks and punctuation."""
    return pl.col(column).str.normalize("NFKC").str.replace_all(r"\W", "").str.to_lowercase()


def name_records(files: list[FilePlan], seen: Snapshot | None) -> None:
    """Put ids in place of names in the rows of an import, and say how many were found and how many are ambiguous.

    Args:
        files: of the import, checked; those that are asked about are left as they are.
        seen: the store; None: an empty one.
    """
    known = _Known(files, seen)
    for file in files:
        if file.checked is None or file.match is None or file.table is None:
            continue
        for kind in _NAMED:
            rows = file.checked.rows
            if kind in rows.columns and kind not in file.checked.key and _KINDS[kind][0] != file.table:
                _resolve(file, kind, known)
        for column in file.match.spec.refers:
            _refer(file, column, known)


def _resolve(file: FilePlan, kind: str, known: _Known) -> None:
    """The column of a kind: ids stay, names become ids."""
    if file.checked is None or file.mapped is None or not file.checked.rows[kind].drop_nulls().len():
        return
    rows = file.checked.rows
    said = _said(rows, rows[kind])
    found, names = known.called(kind, said)
    named = {pair: next(iter(one)) for pair, one in found.items() if len(one) == 1}
    if named:
        pairs = pl.DataFrame([(*pair, one) for pair, one in named.items()], orient="row", schema=_PAIRED)
        both = said.join(pairs, on=["said", "customer"], how="left", nulls_equal=True, maintain_order="left")
        file.checked.rows = rows.with_columns(both.select(pl.coalesce("id", "said").alias(kind)).to_series())
    several = {pair[0] for pair, one in found.items() if len(one) > 1}
    column = "+".join(file.mapped.sources.get(kind, [kind]))
    if named or several:
        _say(file, kind, column, {pair[0] for pair in named}, names, several)


def _refer(file: FilePlan, column: str, known: _Known) -> None:
    """A column that may name records of several kinds: each row takes the one record that it can mean.

    A field that the row says itself is not overruled. Names of several records, of one kind or of two, mean none.
    """
    if file.checked is None or file.mapped is None:
        return
    table, rows = file.mapped.table, file.checked.rows
    at = next((at for at, header in enumerate(table.headers) if normal(header) == normal(column)), None)
    fields = tables()[file.table or ""].fields
    kinds = [kind for kind in _KINDS if kind in fields and kind not in file.checked.key]
    if at is None or not kinds:
        return
    texts = rows.select(
        pl.col("extra").str.json_path_match(f"$['{table.headers[at]}']")
    ).to_series()  # the file is gone
    said = _said(rows, texts)
    found: dict[_Pair, dict[str, set[str]]] = {}
    for kind in kinds:
        for pair, one in known.meant(kind, said).items():
            found.setdefault(pair, {})[kind] = one
    sure = {pair: one for pair, one in found.items() if len(one) == 1 and all(len(ids) == 1 for ids in one.values())}
    filled: set[str] = set()
    for kind in kinds:
        ids = {pair: next(iter(one[kind])) for pair, one in sure.items() if kind in one}
        if ids:
            looked = pl.Series(kind, [ids.get(pair) for pair in said.iter_rows()], pl.String)
            own = [pl.col(kind)] if kind in rows.columns else []
            rows = rows.with_columns(pl.coalesce(*own, looked).alias(kind))
            filled |= {pair[0] for pair in ids}
    file.checked.rows = rows
    several = {pair[0] for pair in found if pair not in sure}
    _say(file, "record_id", table.headers[at], filled, {*said["said"].drop_nulls()}, several)


def _said(rows: pl.DataFrame, texts: pl.Series) -> pl.DataFrame:
    """What each row says of a record, and the customer that it names."""
    customer = (
        rows["customer"] if "customer" in rows.columns else pl.repeat(None, rows.height, dtype=pl.String, eager=True)
    )
    return pl.DataFrame([texts.alias("said"), customer.alias("customer")])


def _say(file: FilePlan, kind: str, column: str, found: set[str], names: set[str], several: set[str]) -> None:
    """How many of the names were found, and which mean several records."""
    what = kind.removesuffix("_id")
    if found:
        counts: dict[str, str | int] = {"column": column, "found": len(found), "names": len(names)}
        file.warnings.append(Remark(code=f"named_{what}", params=counts))
    if several:
        shown = ", ".join(sorted(several)[:_SHOWN]) + ("…" if len(several) > _SHOWN else "")
        many: dict[str, str | int] = {"column": column, "several": len(several), "names": shown}
        file.warnings.append(Remark(code="named_several", params=many))
