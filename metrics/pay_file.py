"""Plans of pay as a file: TOML, each plan a table `[[plans]]`, numbers taken to the digit."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal

from pydantic import BaseModel, ValidationError

from metrics.catalog import Text
from metrics.errors import nearest
from metrics.pay_plan import Plan, PlanInvalid, problem


def plan_of(told: Mapping[str, object]) -> Plan:
    """The plan of which these fields are said.

    Raises:
        PlanInvalid: with the field and the reason.
    """
    name = str(told.get("id", "?"))
    for field in told:
        if field not in Plan.model_fields:
            like = nearest(field, Plan.model_fields)
            raise PlanInvalid(plan=name, problem=problem("field", field=field, suggestion=like))
    try:
        return Plan.model_validate(dict(told))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        code = "missing" if first["type"] == "missing" else "value"
        given = str(first["input"])[:60]
        raise PlanInvalid(plan=name, problem=problem(code, field=place, given=given)) from error


def from_toml(text: str) -> tuple[Plan, ...]:
    """The plans that a file says, each a table `[[plans]]`; numbers are taken to the digit.

    Raises:
        PlanInvalid: it is no such file, or one of them cannot be used.
    """
    try:
        listed = tomllib.loads(text, parse_float=Decimal)["plans"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        detail = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "[[plans]]"
        raise PlanInvalid(plan="—", problem=problem("toml", detail=detail)) from error
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise PlanInvalid(plan="—", problem=problem("toml", detail="[[plans]]"))
    return tuple(plan_of(one) for one in listed)


def to_toml(plans: Sequence[Plan]) -> str:
    """The plans as a file that `from_toml` reads; what is as usual is left out."""
    parts = []
    for plan in plans:
        lines = ["[[plans]]"]
        for field, known in Plan.model_fields.items():
            value = getattr(plan, field)
            if value != known.default and not (field == "label" and value.en == value.zh_CN == plan.id):
                lines.append(f"{field} = {_written(value)}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _written(value: object) -> str:
    """A value as TOML writes it."""
    match value:
        case Text():
            return f"{{ en = {_written(value.en)}, zh-CN = {_written(value.zh_CN)} }}"
        case BaseModel():
            inside = ", ".join(f"{name} = {_written(getattr(value, name))}" for name in type(value).model_fields)
            return f"{{ {inside} }}"
        case bool():
            return str(value).lower()
        case tuple():
            return f"[{', '.join(map(_written, value))}]"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)
