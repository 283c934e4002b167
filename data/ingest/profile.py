"""A CRM's export as data: which of its columns fill which of our fields. One TOML file per CRM in data/profiles."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data.ingest.errors import ProfileInvalid
from data.ingest.names import normal
from data.tables import tables

FOLDER = Path(__file__).parent.parent / "profiles"


class When(BaseModel):
    """A condition on one of their columns: the field is filled only where the column says one of these words."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    column: str
    words: list[str] = Field(alias="is")


class TableProfile(BaseModel):
    """One table of one CRM.

    `fields`: our field -> their column names, best first. `needs`: fields without which it is not this table; a list
    inside means any of them. `key`: what identifies a row, alternatives best first; the first one that is present and
    unique in the file is taken. `values`: field -> our word -> their words. `other`: our word for words that no list
    names. `join`: field -> columns written one after the other. `constants`: field -> value. `blank`: field -> words
    that mean nothing. `count`: field -> the field within which rows are numbered. `when`: field -> the
    condition under which it is filled. `spare`: columns known to be no
    field of ours (kept as they are, never matched by resemblance).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: dict[str, list[str]]
    needs: list[str | list[str]]
    key: list[list[str]] = []
    values: dict[str, dict[str, list[str]]] = {}
    other: dict[str, str] = {}
    join: dict[str, list[str]] = {}
    constants: dict[str, str] = {}
    blank: dict[str, list[str]] = {}
    count: dict[str, str] = {}
    when: dict[str, When] = {}
    spare: list[str] = []


class Profile(BaseModel):
    """One CRM: its tables, and the value maps that all of them share. `rank`: of two equal matches the higher wins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: dict[str, str]
    rank: int = 5
    values: dict[str, dict[str, list[str]]] = {}
    tables: dict[str, TableProfile] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fields_exist(self) -> Profile:
        for name, table in self.tables.items():
            if name not in tables():
                raise ValueError(f"there is no table {name!r}")
            known = tables()[name].fields
            needed = [field for need in table.needs for field in ([need] if isinstance(need, str) else need)]
            named = [*table.fields, *table.values, *table.join, *table.constants, *table.count, *table.when, *needed]
            named += [field for fields in table.key for field in fields]
            unknown = sorted(set(named) - set(known))
            if unknown:
                raise ValueError(f"table {name!r} has no field {', '.join(unknown)}")
        return self

    def headers(self) -> set[str]:
        """Every column name this profile knows, normalised."""
        return {
            normal(header)
            for table in self.tables.values()
            for headers in (*table.fields.values(), *table.join.values(), table.spare)
            for header in headers
        }


@cache
def profiles() -> dict[str, Profile]:
    """Every profile by name, best known CRM first, the general ones last.

    Raises:
        ProfileInvalid: a file is no profile, with the place and the mistake.
    """
    found = [_load(path) for path in sorted(FOLDER.glob("*.toml"))]
    return {profile.name: profile for profile in sorted(found, key=lambda profile: (-profile.rank, profile.name))}


def _load(path: Path) -> Profile:
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        if raw.pop("canonical", False):
            raw["tables"] = _canonical()
        return Profile.model_validate(raw)
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise ProfileInvalid(file=path.name, problem=str(error)) from error


def _canonical() -> dict[str, dict[str, Any]]:
    """Our own field names, read off the table definitions: what an export of ours, or a hand-made file, looks like."""
    described = {}
    for name, table in tables().items():
        names = [field for field in (name.removesuffix("s"), *table.references) if field in table.fields]
        needs: list[str | list[str]] = [[*table.key, *names]]
        needs += list(_CANONICAL_NEEDS[name])
        described[name] = {
            "fields": {field: [field, *_SHOWN_AS.get(f"{name}.{field}", [])] for field in table.fields},
            "needs": needs,
            "key": [list(table.key), *([[names[0]]] if name in _MEMBERS else [])],
            "count": {"line_no": table.key[0]} if "line_no" in table.fields else {},
            "constants": {"version": "1"} if name == "targets" else {},
        }
    return described


_MEMBERS = ("reps", "customers", "products")
"""Lists of members, which may be known by name alone."""

_SHOWN_AS = {"leads.created_at": ["created_on"], "activities.done_at": ["done_on"]}
"""Where `crm` shows a field under another name than an upload gives it."""

_CANONICAL_NEEDS = {
    "reps": ("rep",),
    "teams": ("team", "parent"),
    "products": ("product",),
    "customers": ("customer",),
    "contacts": ("contact_id",),
    "leads": ("lead_id",),
    "deals": ("status",),
    "deal_lines": ("deal_id", "quantity"),
    "deal_owners": ("deal_id", "share"),
    "deal_stages": ("deal_id", "stage", "entered_on"),
    "activities": ("done_at",),
    "order_lines": ("order_id", "amount"),
    "quotes": ("quote_id",),
    "contracts": ("contract_id",),
    "invoices": ("invoice_id",),
    "payments": ("payment_id",),
    "payment_plans": ("plan_id",),
    "targets": ("measure", "starts_on", "value"),
    "surveys": ("survey_id",),
    "tickets": ("ticket_id",),
    "campaigns": ("campaign", "cost"),
    "stock": ("counted_on", "quantity"),
    "market": ("market", "size"),
    "fx_rates": ("currency", "rate"),
    "stages": ("stage", "position"),
}
