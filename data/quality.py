"""What is wrong with the data, counted with the money it concerns. Nothing here is repaired; it is said."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from threading import Lock
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from data.aliases import aliases
from data.members import TABLE_OF
from data.quality_rules import (
    ASPECTS,
    Aspect,
    Rule,
    among_column,
    known,
    own_question,
    rows_question,
    rules_of,
    shared_question,
)
from data.tables import tables
from metrics.catalog import Text, catalog
from metrics.errors import fill
from metrics.viewer import EVERYTHING, Viewer

if TYPE_CHECKING:
    import polars as pl

    from data.store import Snapshot
    from metrics.query import Query

__all__ = ["ASPECTS", "Aspect", "Finding", "Looked", "findings", "looked_at"]

_REFUSED = """
with why as (
    select
        refused_rows.reasons[1] as reason, refused_rows.money, uploads.table_name,
        string_split(refused_rows.reasons[1], ':') as said
    from ops.refused_rows join ops.uploads on uploads.id = refused_rows.upload_id
    where not uploads.is_undone and not refused_rows.is_set_aside
),
told as (
    select
        why.*, said[1] || coalesce(':' || said[2], '') as rule,
        case when len(said) > 2 then substr(reason, len(said[1]) + len(said[2]) + 3) end as value
    from why
)
select
    rule, table_name, count(*) as rows, sum(money) as money,
    list_sort(list(distinct value) filter (where value is not null))[1:4] as written
from told group by rule, table_name order by rows desc, rule
"""
_EXAMPLES = 3
_LONGEST = 30
"""So many of the values that could not be read are shown, and so much of each."""
_READ = "select table_name, sum(read)::bigint as read from ops.uploads where not is_undone group by table_name"
_LAST = """
select table_name, max(as_of) as day from ops.uploads
where not is_undone and as_of is not null group by table_name
"""
_BEHIND = 31
"""Days that a table may be older than the newest before that is worth saying: a month's export is still to come."""
NO_DAY = date(9999, 12, 31)
"""The day of a store in which nothing is dated: nothing is in its future."""


class Finding(BaseModel):
    """One thing that is wrong.

    Attributes:
        code: of a rule, `alike:<kind>`, `behind:<table>`, or the reason of refused rows.
        rows, of: bad rows, and among how many they were looked for (None: that cannot be said).
        money: what is at stake, None where the rows carry none.
        measures: ids of the numbers that are touched; `effect` names how.
        params: what its title says besides.
    """

    model_config = ConfigDict(frozen=True)

    code: str
    aspect: Aspect
    table: str
    rows: int
    of: int | None = None
    money: Decimal | None = None
    measures: tuple[str, ...] = ()
    effect: str
    kind: str
    """"rule", or a section of [others] in quality_rules.toml: where its rows are to be looked for."""
    params: dict[str, str] = {}

    def text(self, lang: str) -> str:
        """What is wrong."""
        if self.kind == "rule":
            return known().rules[self.code].title.text(lang)
        params = dict(self.params)
        if self.kind == "refused":
            from data.ingest.remarks import reason_text  # with all that reads files, which counting does without

            params["reason"] = reason_text(f"{self.code}:{params.get('written', '')}", lang)
        return _filled(known().others[self.kind].title, lang, params)

    def effect_text(self, lang: str) -> str:
        """What it does to the numbers."""
        return known().effects[self.effect].text(lang)

    @property
    def share(self) -> float | None:
        """Bad rows among those that were looked at, 0-1."""
        return self.rows / self.of if self.of else None

    def question(self, day: date | None) -> Query | None:
        """The question for its rows; None where they are no rows of a table."""
        rule = known().rules.get(self.code) if self.kind == "rule" else None
        return rows_question(rule, day or NO_DAY) if rule else None

    def shown(self, lang: str) -> dict[str, Any]:
        """The finding as the command line tells it."""
        return {
            "code": self.code,
            "aspect": self.aspect,
            "table": self.table,
            "rule": self.text(lang),
            "rows": self.rows,
            "of": self.of,
            "money": self.money,
            "effect": self.effect_text(lang),
            "measures": list(self.measures),
        }


class Looked(BaseModel):
    """One table as it was looked at: its rows, and in how many each column is filled."""

    model_config = ConfigDict(frozen=True)

    table: str
    rows: int
    filled: dict[str, int]


def findings(seen: Snapshot, viewer: Viewer = EVERYTHING) -> list[Finding]:
    """Everything that is wrong among the rows that `viewer` may see, table by table; what is right is left out.

    Refused rows, spellings and late uploads belong to nobody, so only those who see everything are told of them. The
    same goes for rules that look from one table into another: half of the other might be out of sight.

    Remembered for the version of the store that was looked at.
    """
    key = (seen.store.path, seen.facts, viewer.row_scope())
    with _lock:
        held = _remembered.get(key)
    if held is None:
        held = _find(seen, viewer)
        with _lock:
            while len(_remembered) >= _MOST_REMEMBERED:
                _remembered.pop(next(iter(_remembered)))
            _remembered[key] = held
    return list(held)


_MOST_REMEMBERED = 16
_remembered: dict[tuple[object, ...], list[Finding]] = {}
_lock = Lock()


def _find(seen: Snapshot, viewer: Viewer) -> list[Finding]:
    found = _refused(seen) if viewer.sees_all else []
    for table in _filled_tables(seen):
        found += _of_table(seen, viewer, table)
    if viewer.sees_all:
        found += [*_alike(seen), *_behind(seen)]
    return found


def looked_at(seen: Snapshot, viewer: Viewer = EVERYTHING) -> list[Looked]:
    """Every table that holds rows of `viewer`, with how full its columns are."""
    looked = []
    for table in _filled_tables(seen):
        counted = _counted(seen, viewer, table)
        filled = {name.removeprefix("filled."): n for name, n in counted.items() if name.startswith("filled.")}
        if counted["n"]:
            looked.append(Looked(table=table, rows=counted["n"], filled=filled))
    return looked


def _filled_tables(seen: Snapshot) -> list[str]:
    held = set(seen.filled())
    return [name for name in tables() if name in held and name in catalog().tables]


def _counted(seen: Snapshot, viewer: Viewer, table: str) -> dict[str, Any]:
    frame: pl.DataFrame = seen.ask(shared_question(table, seen.as_of or NO_DAY), viewer).frame
    return frame.row(0, named=True)


def _of_table(seen: Snapshot, viewer: Viewer, table: str) -> list[Finding]:
    counted = _counted(seen, viewer, table)
    found = []
    for rule in rules_of(table):
        if rule.column and not counted[f"filled.{rule.column}"]:
            continue
        if not rule.is_alone:
            rows, of, money = counted[rule.code], counted[among_column(rule)], counted.get(f"{rule.code}.money")
        elif viewer.sees_all or not rule.reads:
            answer = seen.ask(own_question(rule, seen.as_of or NO_DAY), viewer).frame
            rows, of, money = answer.row(0)
        else:
            continue
        if rows:
            found.append(_finding(rule, rows, of, money))
    return found


def _finding(rule: Rule, rows: int, of: int | None, money: Decimal | None) -> Finding:
    return Finding(
        code=rule.code, aspect=rule.aspect, table=rule.table, rows=rows, of=of, money=money, measures=rule.measures,
        effect=rule.effect, kind="rule",
    )  # fmt: skip


def measures_on(table: str) -> tuple[str, ...]:
    """The measures that are counted in a table, those that are mere parts of others left out."""
    return tuple(
        id_
        for id_, measure in catalog().measures.items()
        if not measure.is_part and not measure.deprecated and any(part.table == table for part in measure.parts)
    )


def _refused(seen: Snapshot) -> list[Finding]:
    """Refused rows by what is wrong with them: a row of which several things are counts once, under the first."""
    read = dict(seen.frame(_READ).iter_rows())
    return [
        Finding(
            code=row["rule"], aspect="validity", table=row["table_name"], rows=row["rows"],
            of=read.get(row["table_name"]), money=row["money"], measures=measures_on(row["table_name"])[:3],
            effect="not_loaded", kind="refused", params={"written": _written(row["written"])},
        )
        for row in seen.frame(_REFUSED).iter_rows(named=True)
    ]  # fmt: skip


def _written(values: list[str] | None) -> str:
    """What stood there: a few of the values."""
    shown = [value if len(value) <= _LONGEST else value[:_LONGEST] + "…" for value in (values or [])[:_EXAMPLES]]
    return " · ".join([*shown, "…"] if len(values or []) > _EXAMPLES else shown)


def _alike(seen: Snapshot) -> list[Finding]:
    found = []
    suggested = [alias for alias in aliases(seen) if not alias.is_accepted]
    for kind, table in TABLE_OF.items():
        of_kind = [alias for alias in suggested if alias.kind == kind]
        if of_kind:
            found.append(
                Finding(
                    code=f"alike:{kind}",
                    aspect="uniqueness",
                    table=table,
                    rows=len(of_kind),
                    money=sum((alias.money for alias in of_kind), Decimal(0)) or None,
                    measures=("won_amount", "win_rate") if kind != "customer" else ("won_amount",),
                    effect="split",
                    kind="alike",
                    params={"kind": kind},
                )
            )
    return found


def _behind(seen: Snapshot) -> list[Finding]:
    """Tables of dated facts whose newest upload is much older than the store's day."""
    last = dict(seen.frame(_LAST).iter_rows())
    found = []
    for name, table in tables().items():
        day = last.get(name)
        if day is None or seen.as_of is None or not table.dated or (seen.as_of - day).days <= _BEHIND:
            continue
        params = {"day": day.isoformat(), "days": str((seen.as_of - day).days)}
        rows = seen.frame(f"select count(*) as n from crm.{name}")["n"][0]
        found.append(
            Finding(
                code=f"behind:{name}",
                aspect="freshness",
                table=name,
                rows=rows,
                of=rows,
                measures=measures_on(name)[:3],
                effect="behind",
                kind="behind",
                params=params,
            )
        )
    return found


def _filled(text: Text, lang: str, params: dict[str, str]) -> str:
    return fill({"en": text.en, "zh-CN": text.zh_CN}, lang, params)
