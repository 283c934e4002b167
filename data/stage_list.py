"""A stage as a company configures it, the values that it can have, and lists of stages as TOML."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.errors import StagesInvalid, StageValueInvalid, UnknownStageField

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Status = Literal["open", "won", "lost"]
Category = Literal["omitted", "pipeline", "best_case", "commit"]
Required = Literal[
    "rep", "customer", "amount", "expected_close_on", "next_step", "product", "source", "competitor", "probability"
]
"""Fields of a deal that a stage can require."""
STATUSES: tuple[Status, ...] = ("open", "won", "lost")
CATEGORIES: tuple[Category, ...] = ("omitted", "pipeline", "best_case", "commit")
REQUIRABLE: tuple[Required, ...] = (
    "rep", "customer", "amount", "expected_close_on", "next_step", "product", "source", "competitor", "probability",
)  # fmt: skip


class Stage(BaseModel):
    """One stage of a configuration; its place is its place in the list.

    Attributes:
        stage: as deals call it. pipeline: None: of every pipeline.
        max_days: the longest a deal should stay. required: fields of deals that must be filled in while they are in it.
        forecast_category: of open deals that say none themselves.
        means: other names that are read as this stage.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    stage: str = Field(min_length=1, max_length=200)
    pipeline: str | None = Field(default=None, min_length=1, max_length=200)
    status: Status = "open"
    probability: float | None = Field(default=None, ge=0, le=1)
    max_days: int | None = Field(default=None, ge=1, le=3650)
    required: tuple[Required, ...] = ()
    forecast_category: Category | None = None
    label_en: str | None = Field(default=None, max_length=200)
    label_zh: str | None = Field(default=None, max_length=200)
    means: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------------------------------- reading


_ALLOWED = {
    "stage": "1–200",
    "pipeline": "1–200",
    "label_en": "0–200",
    "label_zh": "0–200",
    "status": " | ".join(STATUSES),
    "probability": "0–1 (0 %–100 %)",
    "max_days": "1, 2 … 3650",
    "required": ", ".join(REQUIRABLE),
    "forecast_category": " | ".join(CATEGORIES),
    "means": '["…", "…"]',
}
"""What each field can be, as numbers and names that read alike in every language; of text the number of characters."""


def stage_of(said: Mapping[str, object]) -> Stage:
    """The stage of which these fields are said.

    Raises:
        UnknownStageField: a field that no stage has.
        StageValueInvalid: a value that its field cannot have, or no name.
    """
    for field in said:
        if field not in Stage.model_fields:
            raise UnknownStageField(field=field, fields=", ".join(Stage.model_fields))
    try:
        return Stage.model_validate(said)
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        value = said.get(field)
        shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else "—" if value is None else str(value)
        raise StageValueInvalid(
            stage=str(said.get("stage") or "—"), field=field, value=shown, allowed=_ALLOWED[field]
        ) from error


# -------------------------------------------------------------------------------------------------------------- as TOML


_FIELDS = set(Stage.model_fields)


def to_toml(stages: Iterable[Stage]) -> str:
    """The stages as a file that `from_toml` reads."""
    parts = []
    for one in stages:
        said = {name: value for name, value in one.model_dump(include=_FIELDS).items() if value not in (None, ())}
        lines = [f"{name} = {_written(value)}" for name, value in said.items()]
        parts.append("\n".join(["[[stages]]", *lines]))
    return "\n\n".join(parts) + "\n"


def _written(value: object) -> str:
    """A value as TOML writes it: strings and lists as JSON does."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def from_toml(text: str) -> tuple[Stage, ...]:
    """The stages that a file says.

    Raises:
        StagesInvalid: it is no such file.
        UnknownStageField, StageValueInvalid: as `stage_of`.
    """
    try:
        return tuple(stage_of(one) for one in tomllib.loads(text)["stages"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise StagesInvalid(problem=str(error)) from error
