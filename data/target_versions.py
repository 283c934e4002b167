"""Which version a target of an uploaded list is, where the list does not say: what was set first stays.

A list is one that somebody keeps and uploads again. A row that says what the list said before says nothing new,
whatever was decided since; nor does one that says what holds. Any other number is the last word: the next version, from
today, after all that lists and decisions by hand have set of that target. So the first target stays beside the last.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from data.clock import now
from data.tables import JOINT

if TYPE_CHECKING:
    import duckdb

    from data.truth import Load

OWNER = ["measure", "scope", "scope_value", "starts_on", "ends_on"]
NEEDED = frozenset(("measure", "starts_on", "ends_on", "value", "version"))
_SAID = """
select
    u.id, u.profile, coalesce(u.mapping->>'$.section', '') as section, r.measure, r.scope,
    coalesce(a.canonical, r.scope_value) as scope_value, r.starts_on, r.ends_on,
    r.value, coalesce(r.version, 1) as version, r.reason, r.set_on
from ops.targets_rows as r
join ops.targets_seen as s on s.row_no = r.row_no
join ops.uploads as u on u.id = s.upload_id
left join ops.aliases as a on a.kind = r.scope and a.alias = r.scope_value
where not u.is_undone and not coalesce(r.is_deleted, false)
"""
_NAMES = "select kind as scope, alias as scope_value, canonical from ops.aliases"


class Said(NamedTuple):
    """What was set before: every row of targets in every upload that counts, and accepted names of their owners."""

    targets: pl.DataFrame
    names: pl.DataFrame


class ListOf(NamedTuple):
    """Which list a file is: lists of one kind follow each other, others stand beside them."""

    profile: str
    section: str


def said_before(ask: Callable[[str], pl.DataFrame]) -> Said:
    """All that was set before. `ask` answers SQL."""
    return Said(ask(_SAID), ask(_NAMES))


_FACTS = {"value": pl.Float64, "version": pl.Int32, "reason": pl.String, "set_on": pl.Date}
_TEXTS = dict.fromkeys(("measure", "scope", "scope_value"), pl.String)
NOTHING_SAID = Said(
    pl.DataFrame(schema={"id": pl.Int64, "profile": pl.String, "section": pl.String, **_TEXTS,
                         "starts_on": pl.Date, "ends_on": pl.Date, **_FACTS}),
    pl.DataFrame(schema=dict.fromkeys(("scope", "scope_value", "canonical"), pl.String)),
)  # fmt: skip
"""Of a store without targets."""


def with_more(said: Said, told: pl.DataFrame, whose: ListOf) -> Said:
    """What was set before and what a list sets besides: `told` are its rows, from `placed`."""
    latest = said.targets.get_column("id").max() if said.targets.height else 0
    absent = {"scope": pl.lit("company"), "scope_value": pl.lit(None, pl.String), "reason": pl.lit(None, pl.String),
              "set_on": pl.lit(None, pl.Date)}  # fmt: skip
    rows = told.with_columns(value.alias(name) for name, value in absent.items() if name not in told.columns)
    rows = rows.with_columns(pl.col("scope_value").cast(pl.String)).join(
        said.names, on=["scope", "scope_value"], how="left"
    ).with_columns(
        id=pl.lit(int(str(latest)) + 1), profile=pl.lit(whose.profile), section=pl.lit(whose.section),
        scope_value=pl.coalesce("canonical", "scope_value"),
    )  # fmt: skip
    own = said.targets.schema
    return said._replace(
        targets=pl.concat([said.targets, rows.select(pl.col(n).cast(kind) for n, kind in own.items())])
    )


def placed(rows: pl.DataFrame, said: Said, whose: ListOf) -> pl.DataFrame:
    """The rows of a list with the version that each is.

    Args:
        rows: of targets, as they are to be loaded, with NEEDED; `version` is null where the list says none.
        said: what was set before. whose: the list.

    Returns:
        The rows in their order, with `version` filled and besides: `is_given` by the list, `is_next` (it decides anew),
        `held` and `held_version` (what holds without the list), `known_reason` and `known_on` of a version that is
        known; null where there is none.
    """
    facts = ["value", "version", "reason", "set_on"]
    holds = said.targets.sort("version", "id").group_by(OWNER).last().select(*OWNER, *(_as(facts, "held")))
    mine = said.targets.filter(pl.col("profile") == whose.profile, pl.col("section") == whose.section)
    mine = mine.sort("id", "version").group_by(OWNER).last().select(*OWNER, *(_as(facts, "mine")))
    absent = {"scope": pl.lit("company"), "scope_value": pl.lit(None, pl.String)}
    named = rows.with_columns(value.alias(name) for name, value in absent.items() if name not in rows.columns)
    named = named.with_columns(pl.col("scope_value").cast(pl.String)).with_row_index("nth")
    named = named.join(said.names, on=["scope", "scope_value"], how="left").with_columns(
        scope_value=pl.coalesce("canonical", "scope_value")
    )
    for beside in (holds, mine):
        named = named.join(beside, on=OWNER, how="left", nulls_equal=True)
    value, given = pl.col("value").cast(pl.Float64), pl.col("version").is_not_null()
    same = {name: (value == pl.col(f"value.{name}")).fill_null(value=False) for name in ("mine", "held")}
    is_next = ~given & pl.col("version.held").is_not_null() & ~same["mine"] & ~same["held"]
    fill = {
        fact: pl.when(given).then(None).when(same["mine"]).then(f"{fact}.mine").when(same["held"]).then(f"{fact}.held")
        for fact in facts
    }
    number = pl.coalesce("version", fill["version"], pl.when(is_next).then(pl.col("version.held") + 1), 1)
    told = named.sort("nth").select(
        number.cast(pl.Int32).alias("version"), given.alias("is_given"), is_next.alias("is_next"),
        pl.col("value.held").alias("held"), pl.col("version.held").alias("held_version"),
        fill["reason"].alias("known_reason"), fill["set_on"].alias("known_on"),
    )  # fmt: skip
    return pl.concat([rows.drop("version"), told], how="horizontal")


def _as(facts: list[str], whose: str) -> list[pl.Expr]:
    return [pl.col(fact).alias(f"{fact}.{whose}") for fact in facts]


def numbered(cursor: duckdb.DuckDBPyConnection, load: Load) -> tuple[Load, int]:
    """The load with the version of each target that it leaves open, and how many targets it decides anew.

    A later version is told apart from the earlier ones by its key. Of a next one the day is the list's or today, and
    the reason is the file, where the list says none.
    """
    if load.table != "targets" or not {*load.rows.columns} >= NEEDED:
        return load, 0
    in_key = "version" in load.mapping.get("key", ())
    if not load.rows["version"].null_count() and (in_key or not load.mapping):
        return load, 0
    whose = ListOf(load.profile, str(load.mapping.get("section", "")))
    rows = placed(load.rows, said_before(lambda sql: cursor.sql(sql).pl()), whose)
    has = [name for name in ("reason", "set_on") if name in load.rows.columns]
    on: date = load.as_of or now().date()
    anew = {"reason": pl.lit(load.file), "set_on": pl.lit(on, pl.Date)}
    known = {"reason": pl.col("known_reason"), "set_on": pl.col("known_on")}
    rows = rows.with_columns(
        pl.coalesce(*([name] if name in has else []), known[name], pl.when("is_next").then(anew[name])).alias(name)
        for name in anew
    )
    rows = rows.drop(name for name in anew if name not in has and rows[name].is_null().all())
    is_told_apart = (pl.col("version") > 1) & (~pl.col("is_given") if in_key else pl.lit(value=True))
    key = pl.when(is_told_apart).then(pl.concat_str("key", pl.lit(JOINT), pl.col("version"))).otherwise("key")
    anew_count = int(rows["is_next"].sum())
    rows = rows.with_columns(key.alias("key")).drop(
        "is_given", "is_next", "held", "held_version", "known_reason", "known_on"
    )
    return load.model_copy(update={"rows": rows}), anew_count
