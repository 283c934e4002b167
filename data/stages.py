"""Stages as the company configures them: pipelines, order, labels, status, probability, time limit, required fields.

A configuration is one upload of the profile `settings` (data/stage_names.py): what files and deals say of stages stays
as it was uploaded, and undoing the upload brings the configuration before it back. `preview` says what would come of
one by doing it and rolling it back, so it is exact.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict

from data.errors import StagesInvalid
from data.fold import fold
from data.recording import record
from data.stage_list import CATEGORIES, REQUIRABLE, Stage, Status, to_toml
from data.stage_names import CONFIGURED, PROFILE
from data.tables import JOINT
from data.truth import Load, Upload, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import duckdb

    from data.store import Snapshot, Store


class Standing(Stage):
    """A stage as it counts today, with the deals in it.

    Attributes:
        told_by: "settings", "file", or None: nobody told it, deals are in it.
        deals, open_deals, open_amount: today's deals. differing: deals whose own status is not the stage's.
    """

    told_by: Literal["settings", "file"] | None = None
    deals: int = 0
    open_deals: int = 0
    open_amount: float = 0.0
    differing: int = 0


_STANDING = """
with counted as (
    select pipeline, stage, status, count(*) as deals, coalesce(sum(amount), 0)::double as amount
    from crm.deals where status <> 'open' or not is_gone group by all
)
select * from (
    select stages.*, coalesce(sum(counted.deals), 0)::bigint as deals,
        coalesce(sum(counted.deals) filter (counted.status = 'open'), 0)::bigint as open_deals,
        coalesce(sum(counted.amount) filter (counted.status = 'open'), 0) as open_amount,
        coalesce(sum(counted.deals) filter (counted.status <> stages.status), 0)::bigint as differing
    from crm.stages as stages
    left join counted on counted.stage = stages.stage and (
        counted.pipeline is not distinct from stages.pipeline
        or stages.pipeline is null and not exists (
            from crm.stages as own where own.stage = counted.stage and own.pipeline = counted.pipeline))
    group by all
) as listed
order by
    case when exists(from crm.stages where pipeline is null) then null else pipeline end nulls first,
    position, stage, pipeline nulls first  -- as crm.places orders those of a pipeline and of all
"""


def standing(seen: Snapshot) -> list[Standing]:
    """Every stage there is today, in the order in which deals pass them.

    One pipeline after another where each has stages of its own; stages of all stand between those of one.
    """
    return _standing(seen.frame(_STANDING), seen.frame(CONFIGURED))


def _standing(stages: pl.DataFrame, configured: pl.DataFrame) -> list[Standing]:
    means = {(row["pipeline"], row["stage"]): row["means"] for row in configured.iter_rows(named=True)}
    found = []
    for row in stages.drop("position").iter_rows(named=True):
        told = {name: row[name] for name in row if name != "required"}
        other = json.loads(means.get((row["pipeline"], row["stage"])) or "[]")
        if told["forecast_category"] not in CATEGORIES:  # a file may say any
            told["forecast_category"] = None
        found.append(Standing(**told, required=_listed(row["required"]), means=other))
    return found


def _listed(required: str | None) -> tuple[str, ...]:
    """The fields of a list that a file may have brought; what is no field of a deal requires nothing."""
    said = [name.strip() for name in (required or "").split(",")]
    return tuple(name for name in said if name in REQUIRABLE)


def as_configuration(stages: Iterable[Standing]) -> tuple[Stage, ...]:
    """The stages as they stand, to be changed and applied."""
    return tuple(Stage(**{name: getattr(one, name) for name in Stage.model_fields}) for one in stages)


def among(changed: Sequence[Stage], now: Sequence[Standing], kept: Sequence[Standing]) -> tuple[Stage, ...]:
    """The changed stages and those that are kept, which stay behind all that they follow today."""
    found = list(changed)
    passed: set[tuple[str | None, str]] = set()
    for one in now:
        if one in kept:
            behind = [place for place, other in enumerate(found, 1) if (other.pipeline, other.stage) in passed]
            found.insert(max(behind, default=0), *as_configuration([one]))
        passed.add((one.pipeline, one.stage))
    return tuple(found)


def guessed(stages: Sequence[Standing]) -> list[str]:
    """The open stages whose place nobody told, where there are several: it follows from what deals show."""
    lines = {one.pipeline for one in stages}
    steps = {line: _steps(stages, line) for line in lines}
    return [
        one.stage for one in stages if one.told_by is None and one.status == "open" and len(steps[one.pipeline]) > 1
    ]


def pipelines(seen: Snapshot) -> list[str]:
    """The pipelines that deals or stages name."""
    found = seen.frame("select pipeline from crm.deals union select pipeline from crm.stages order by pipeline")
    return [name for name in found["pipeline"] if name is not None]


def last(seen: Snapshot) -> int | None:
    """The number of the upload that holds the configuration; None where there is none."""
    from data.stage_names import LAST

    found: int | None = seen.frame(f"select {LAST} as id")["id"][0]
    return found


# ------------------------------------------------------------------------------------------------------------ changing


class Preview(BaseModel):
    """What would come of a configuration: the stages before and after it."""

    model_config = ConfigDict(frozen=True)

    before: tuple[Standing, ...]
    after: tuple[Standing, ...]

    @property
    def untold(self) -> tuple[Standing, ...]:
        """Stages that deals are in and nobody configures."""
        return tuple(one for one in self.after if one.told_by is None and one.deals)

    @property
    def differing(self) -> tuple[Standing, ...]:
        """Stages with deals whose own status is another than the stage's: the deals keep theirs."""
        return tuple(one for one in self.after if one.differing)

    @property
    def has_other_steps(self) -> bool:
        """Whether any pipeline's funnel gets other steps, another order of them, or deals in a stage another status."""
        lines = {one.pipeline for one in self.before if one.deals}
        statuses = {line: _effective(self.after, line) for line in lines}
        return any(
            _steps(self.before, line) != _steps(self.after, line)
            or any(
                statuses[line].get(one.stage) != one.status for one in self.before if one.deals and one.pipeline == line
            )
            for line in lines
        )


def _effective(stages: Sequence[Standing], line: str | None) -> dict[str, Status]:
    """The stages of a pipeline, in order, with their statuses: its own beat those of all."""
    own = {one.stage for one in stages if one.pipeline == line}
    here = [one for one in stages if one.pipeline == line or (one.pipeline is None and one.stage not in own)]
    return {one.stage: one.status for one in here}


def _steps(stages: Sequence[Standing], line: str | None) -> list[str]:
    return [stage for stage, status in _effective(stages, line).items() if status == "open"]


class _Rehearsed(Exception):
    """Takes a change back that was made to be looked at."""


def preview(store: Store, stages: Sequence[Stage]) -> Preview:
    """What `apply` would do; nothing is kept of it.

    Raises:
        StagesInvalid: as `apply`.
    """
    check(stages)
    found: list[list[Standing]] = []
    with suppress(_Rehearsed), store.writing() as cursor:
        found.append(_read(cursor))
        record(cursor, store, _load(stages, "", None))
        fold(cursor, {"stages"})
        found.append(_read(cursor))
        raise _Rehearsed
    before, after = map(tuple, found)
    return Preview(before=before, after=after)


def _read(cursor: duckdb.DuckDBPyConnection) -> list[Standing]:
    return _standing(cursor.sql(_STANDING).pl(), cursor.sql(CONFIGURED).pl())


def apply(store: Store, stages: Sequence[Stage], name: str, *, who: str | None = None) -> Upload:
    """Let these stages count from now on, instead of any configuration before; `truth.undo` takes it back.

    Args:
        store: whose. stages: all of them, of all pipelines, in order. name: what the history calls the change.

    Raises:
        StagesInvalid: a stage is named twice, or a name would be read as a stage that is read as another.
    """
    check(stages)
    return load(store, [_load(stages, name, who)])[0]


def _load(stages: Sequence[Stage], name: str, who: str | None) -> Load:
    rows: list[dict[str, object]] = []
    for place, one in enumerate(stages, 1):  # counted through: stages of one pipeline stand between those of all
        told = one.model_dump() | {
            "key": f"{one.pipeline or ''}{JOINT}{one.stage}",
            "position": place,
            "label_en": one.label_en or one.stage,
            "label_zh": one.label_zh or one.stage,
            "required": ",".join(one.required) or None,
            "means": json.dumps(one.means, ensure_ascii=False) if one.means else None,
            "line": place,
        }
        rows.append(told)
    original = to_toml(stages).encode() if name else b""
    return Load(
        table="stages", profile=PROFILE, file=name, rows=pl.DataFrame(rows, schema_overrides=_TYPES),
        original=original, is_full=True, who=who,
    )  # fmt: skip


_TYPES: dict[str, type[pl.DataType]] = {
    "pipeline": pl.String, "label_en": pl.String, "label_zh": pl.String, "required": pl.String,
    "forecast_category": pl.String, "means": pl.String, "probability": pl.Float64, "max_days": pl.Int32,
    "position": pl.Int32,
}  # fmt: skip


def check(stages: Sequence[Stage]) -> None:
    """Whether the stages can stand beside each other.

    Raises:
        StagesInvalid: there are none, one is named twice, or a name would be read as a stage that is read as another.
    """
    if not stages:
        raise StagesInvalid(problem="—")
    named = Counter((one.pipeline, one.stage) for one in stages)
    twice = [stage for (_, stage), times in named.items() if times > 1]
    read_as: dict[str, set[str]] = {}
    for one in stages:
        for other in one.means:
            read_as.setdefault(other, set()).add(one.stage)
    own = {one.stage for one in stages}
    both = [name for name, targets in read_as.items() if name in own or len(targets) > 1]
    if twice or both:
        raise StagesInvalid(problem=", ".join(dict.fromkeys([*twice, *both])))
