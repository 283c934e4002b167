"""Rules of the register of risks, as data: what a rule looks at, when it fires, what is at stake, and how it is said.

Adding one is one table in alerts.toml (docs/adding-an-alert.md). A rule looks either at a measure by a dimension, or at
a named look (data/review/alert_looks.py), a frame with a row per subject. It fires for the rows that hold what `where`
says and whose values pass all `fires`; where chance decides, p-values of all rows are judged together (Benjamini and
Hochberg, 5 % of those named wrongly so on average).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, model_validator

from metrics.catalog import Text, dimension, measure
from metrics.cuts import breakdown, total
from metrics.number import number
from metrics.proportions import discoveries
from metrics.query import Query
from metrics.special import beta_share
from metrics.view import Compare, View

KINDS = ("company", "team", "rep", "customer", "deal", "data")
Judged = Literal["fact", "chance", "range"]
_VALUE, _LABEL = "value", "subject"


class Limit(BaseModel):
    """A threshold that a company can change: its usual value, and between which it may lie."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    usual: float
    least: float = 0
    most: float
    unit: str
    label: Text


class Passes(BaseModel):
    """What a value must be beside a limit: at least it, or under it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_least: str | None = None
    under: str | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.at_least is None) == (self.under is None):
            raise ValueError("a condition says either at_least or under")
        return self


class Rule(BaseModel):
    """One rule.

    Attributes:
        measure, by, period, compare, beside: what it looks at, if a measure: by which dimension (none: the company),
            over which days, compared with what, and other measures beside it.
        look: or the named look. kind: what its subjects are, unless the look says it row by row.
        subject: the column that names them. told_to: "all": those who see everything; "seen": who may see the subject;
            "bare": so, but how much only to those who see everything, as it is told by what others do.
        of_all: columns (and "chance") that tell of what others do: for those who see everything only.
        where: values that a row must have. fires: limits that its values must pass, all of them.
        judged: by a fact, by chance (`p_value` is tested with those of all rows, or was by the question itself), or by
            a range of what will come.
        amount, chance: the columns of the money at stake and of the probability; none: not known.
        units: of the values that its sentence names, by column.
        sentence: its evidence in words; none: the look's own words. further: what is said besides of `of_all`.
        with_people: said of a team with its people for whom it fires, too (column `team`): who sees the team is told
            of them there, and not of each.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    label: Text
    meaning: Text
    sentence: Text | None = None
    further: Text | None = None
    with_people: Text | None = None
    judged: Judged
    kind: str = "company"
    subject: str = "subject"
    told_to: Literal["all", "bare", "seen"] = "seen"
    of_all: tuple[str, ...] = ()
    measure: str | None = None
    by: str | None = None
    period: str = "last_12_months"
    compare: Compare = "none"
    beside: tuple[str, ...] = ()
    look: str | None = None
    where: dict[str, tuple[str | bool, ...]] = {}
    fires: dict[str, Passes] = {}
    limits: dict[str, Limit] = {}
    p_value: str | None = None
    amount: str | None = None
    chance: str | None = None
    units: dict[str, str] = {}

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.measure is None) == (self.look is None):
            raise ValueError("a rule looks at a measure or at a named look")
        unknown = {one.at_least or one.under for one in self.fires.values()} - self.limits.keys()
        if unknown:
            raise ValueError(f"no such limit: {', '.join(map(str, unknown))}")
        if self.measure is not None:
            for one in (self.measure, *self.beside):
                measure(one)
            if self.by is not None:
                dimension(self.by)
        return self

    @property
    def of(self) -> str:
        """What its subjects are."""
        if self.measure is None:
            return self.kind
        return self.by or "company"

    def usual(self) -> dict[str, float]:
        """Its limits as nobody has changed them."""
        return {name: one.usual for name, one in self.limits.items()}

    # -------------------------------------------------------------------------------------- a measure by a dimension

    def query(self, view: View) -> Query:
        """The question of a rule about a measure, in its own days."""
        asked = view.with_compare(self.compare).with_period(self.period)
        measures = (str(self.measure), *self.beside)
        return breakdown(measures, self.by, asked) if self.by else total(measures, asked)

    def rows(self, frame: pl.DataFrame, limits: Mapping[str, float]) -> pl.DataFrame:
        """The answer with a column `subject`, and what can be told of each value besides.

        `value` (the measure's), `share` (of all its values together), `change` (against the days compared with; null
        on a base of 0 or less), and for a rate with an interval `p_value`: of one as far beyond the limit or further.
        """
        of = str(self.measure)
        value = pl.col(of).cast(pl.Float64)
        told = frame.with_columns(
            (pl.col(self.by) if self.by else pl.lit(None, pl.String)).alias(_LABEL), value.alias(_VALUE),
            (value / pl.when(value.sum() > 0).then(value.sum())).alias("share"),
        )  # fmt: skip
        if f"{of}.before" in frame.columns:
            before = pl.col(f"{of}.before").cast(pl.Float64)
            told = told.with_columns(change=value / pl.when(before > 0).then(before) - 1)
        if self.by is not None:
            told = told.filter(pl.col(_LABEL).is_not_null())
        beyond = self.fires.get(_VALUE)
        if f"{of}.n" not in frame.columns or beyond is None:
            return told
        at = limits[str(beyond.under or beyond.at_least)]
        chances = [
            None if share is None or not n else beyond_chance(round(share * n), n, at, is_under=bool(beyond.under))
            for share, n in told.select(of, f"{of}.n").iter_rows()
        ]
        return told.with_columns(pl.Series("p_value", chances, pl.Float64))

    # ------------------------------------------------------------------------------------------------------- judging

    def fired(self, rows: pl.DataFrame, limits: Mapping[str, float]) -> pl.DataFrame:
        """The rows for which it fires.

        Args:
            rows: of its look or of `rows`. limits: by name, as the company has them.
        """
        for name, values in self.where.items():
            rows = rows.filter(pl.col(name).is_in(list(values)))
        if self.p_value is not None:
            stand = discoveries([number(one) for one in rows.get_column(self.p_value)])
            rows = rows.filter(pl.Series(stand, dtype=pl.Boolean))
        for name, one in self.fires.items():
            value = pl.col(name).cast(pl.Float64)
            passes = value >= limits[one.at_least] if one.at_least is not None else value < limits[str(one.under)]
            rows = rows.filter(passes)
        return rows if self.with_people is None else _folded(rows)


def _folded(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of people whose team is there, too, with that team as `of_team`, and the team with them as `people`.

    Whoever sees the team is told once (`told_once`); a person who does not is told of themselves.
    """
    teams = rows.filter(pl.col("kind") == "team").get_column("subject").to_list()
    is_inner = (pl.col("kind") == "rep") & pl.col("team").is_in(teams).fill_null(value=False)
    people = rows.filter(is_inner).group_by("team").agg(people=pl.col("subject").sort()).rename({"team": "subject"})
    people = people.with_columns(kind=pl.lit("team"))
    told = rows.with_columns(of_team=pl.when(is_inner).then("team"))
    return told.join(people, on=["kind", "subject"], how="left", maintain_order="left")


def beyond_chance(some: int, of: int, share: float, *, is_under: bool) -> float:
    """The probability of `some` of `of` or fewer (else: or more) where each has the probability `share`: binomial."""
    if not is_under:
        return 1.0 if some <= 0 else float(beta_share(np.array(share), np.array(some), np.array(of - some + 1.0)))
    return 1.0 if some >= of else 1 - beyond_chance(some + 1, of, share, is_under=False)


def read(text: str) -> dict[str, Rule]:
    """The rules of a TOML text, by id, in its order."""
    told: dict[str, dict[str, Any]] = tomllib.loads(text).get("rules", {})
    return {id_: Rule.model_validate({"id": id_, **one}) for id_, one in told.items()}


@cache
def version() -> str:
    """What tells these rules from those of before: another table, limit or word makes another one."""
    told = "".join(one.model_dump_json() for one in rules().values())
    return sha256(told.encode()).hexdigest()[:16]


@cache
def rules() -> dict[str, Rule]:
    """Every rule there is."""
    return read(Path(__file__).with_suffix(".toml").read_text("utf-8"))
