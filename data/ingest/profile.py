"""A CRM's export as data: which of its columns fill which of our fields. One TOML file per CRM in data/profiles."""

from __future__ import annotations

import tomllib
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data.ingest.errors import ProfileInvalid
from data.ingest.layout import AsRead
from data.ingest.names import normal
from data.tables import tables

FOLDER = Path(__file__).parent.parent / "profiles"


Rows = dict[str, str]
"""A condition on the rows of a file: their column -> a regular expression that its text must contain; all must hold.
A blank cell is the empty text. A column that the file lacks never holds."""


class When(BaseModel):
    """A condition on one of their columns: the field is filled only where the column says one of these words."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    column: str
    words: list[str] = Field(alias="is")


class Choice(BaseModel):
    """Our word for a field in the rows where a condition holds, whatever its column says."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    word: str = Field(alias="is")
    where: Rows


class Lookup(BaseModel):
    """Fields that another file of the same import knows.

    `section`: which section of this profile the other file was read as. `by`: our field here, `their` there (default
    the same name). `take`: our field here -> the field there; `add`: the same, summed over its rows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    section: str
    by: str
    their: str | None = None
    take: dict[str, str] = {}
    add: dict[str, str] = {}


class TableProfile(BaseModel):
    """One table of one CRM. The words are explained, with examples, in docs/adding-a-crm.md.

    `fields`: our field -> their column names, best first. `needs`: fields without which it is not this table; a list
    inside means any of them. `key`: what identifies a row, alternatives best first; the first one that is present and
    unique in the file is taken. `values`: field -> our word -> their words. `other`: our word for words that no list
    names. `join`: field -> columns written one after the other. `constants`: field -> value. `blank`: field -> words
    that mean nothing. `count`: field -> the field within which rows are numbered. `when`: field -> the
    condition under which it is filled. `spare`: columns known to be no
    field of ours (kept as they are, never matched by resemblance).
    `marks`: columns that only this CRM has, of which one must be there. `never`: columns that prove it another list.
    `table`: our table, where the section has a name of its own. `beside`: the section whose file this one reads too.
    `only`: the rows it reads (any of the conditions). `aside`: reason -> rows that are listed and not loaded.
    `choose`: field -> words by condition, first that holds. `times`: field -> columns multiplied, by their names or by
    our field that they fill. `minus`: field -> a column less another. `negate`: fields to subtract,
    whichever sign they have. `cents`: fields in the smallest unit of their currency.
    `either`: fields that each row takes from the first of their columns that says something. `first`: field -> the
    sign that parts several values in a cell; the first is meant. `serial`: fields whose repeated texts get a
    number. `distinct`: one row per key, the last. `lookup`: what another file of the import knows.
    `refers`: columns that name a record of some kind (a deal, a lead, a customer), by its id or what it is called.
    `by_name`: the column of `deal_id` says the names of deals, and these columns their customer. `unchanged`: two
    columns; rows in which they say the same tell of no change. `own_currency`: columns whose amounts the CRM brought
    into the company's own currency, whatever the currency of the row is. `won_amount`: what won deals
    really brought, which is then their amount. `spans`: a column of amounts -> the column that says for how long each
    is (once, per month). `key_columns`: their columns that a person chose to tell rows apart;
    `ignored`: those that they left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: dict[str, list[str]] = {}
    needs: list[str | list[str]] = []
    key: list[list[str]] = []
    values: dict[str, dict[str, list[str]]] = {}
    other: dict[str, str] = {}
    join: dict[str, list[str]] = {}
    constants: dict[str, str] = {}
    blank: dict[str, list[str]] = {}
    count: dict[str, str] = {}
    when: dict[str, When] = {}
    spare: list[str] = []
    marks: list[str] = []
    never: list[str] = []
    table: str | None = None
    beside: str | None = None
    only: list[Rows] = []
    aside: dict[str, list[Rows]] = {}
    choose: dict[str, list[Choice]] = {}
    times: dict[str, list[str]] = {}
    minus: dict[str, list[str]] = {}
    negate: list[str] = []
    cents: list[str] = []
    either: list[str] = []
    first: dict[str, str] = {}
    serial: list[str] = []
    distinct: bool = False
    lookup: list[Lookup] = []
    refers: list[str] = []
    by_name: list[str] = []
    unchanged: list[str] = []
    own_currency: list[str] = []
    won_amount: list[str] = []
    spans: dict[str, str] = {}
    key_columns: list[str] = []
    ignored: list[str] = []

    def named(self) -> list[str]:
        """Every field of ours that the section names."""
        needed = [field for need in self.needs for field in ([need] if isinstance(need, str) else need)]
        given = (self.fields, self.values, self.other, self.join, self.constants, self.blank, self.count, self.when)
        made = (self.choose, self.times, self.minus, self.negate, self.cents, self.either, self.first, self.serial)
        looked = [field for lookup in self.lookup for field in (lookup.by, *lookup.take, *lookup.add)]
        keys = [field for fields in self.key for field in fields]
        return [field for part in (*given, *made, looked, keys, needed) for field in part]

    def headers(self) -> list[str]:
        """Every column name of theirs that the section knows."""
        named = (
            *self.fields.values(),
            *self.join.values(),
            *self.times.values(),
            *self.minus.values(),
            self.spare,
            self.own_currency,
            self.won_amount,
            self.refers,
        )
        tested = [rows for conditions in (*self.aside.values(), self.only) for rows in conditions]
        tested += [choice.where for choices in self.choose.values() for choice in choices]
        found = [header for headers in named for header in headers] + [column for rows in tested for column in rows]
        return [*found, *(when.column for when in self.when.values())]

    @cached_property
    def known(self) -> frozenset[str]:
        """The same, normalised: every section of every profile is held against every file."""
        return frozenset(normal(header) for header in self.headers())

    @cached_property
    def called(self) -> dict[str, tuple[str, ...]]:
        """Our field -> their names for it, normalised, best first."""
        return {ours: tuple(map(normal, theirs)) for ours, theirs in self.fields.items()}

    @cached_property
    def bearers(self) -> dict[str, list[str]]:
        """Their name, normalised -> our fields that it may stand for."""
        found: dict[str, list[str]] = {}
        for ours, names in self.called.items():
            for name in names:
                found.setdefault(name, []).append(ours)
        return found

    def __copy__(self) -> TableProfile:
        """Without what was worked out of the fields: whoever copies a section changes some of them."""
        copied = super().__copy__()
        for name in ("known", "called", "bearers"):
            copied.__dict__.pop(name, None)
        return copied


class Profile(BaseModel):
    """One CRM: its tables, and the value maps that all of them share. `rank`: of two equal matches the higher wins.

    `anywhere`: columns that mean the same in every list of every CRM (data/ingest/ended.py).
    `left_out`: columns of lists of this CRM that no table here holds; a file with all of them
    (and without those that begin with "!") is left out and said.
    A remembered layout (data/ingest/remember.py) also has `based_on` (the profile it was read with), `columns` (the
    column names of the file, which must be the very same again), `is_full` (whether such files list everything),
    `date_order`, `decimal` and `shares` (how its dates, numbers and per cent are written), `periods` (the day of a
    quarter), `month_names` (whether `Mar-26` is a day),
    `unit` (what a strange unit in the name of an amount multiplies by), `repeats` (whether exact repeats of
    rows without an id count each), `missing_amounts` (what 0 and -1 of open deals are), `without_rates` (currencies
    whose amounts may stay out of the totals), `orders` (whether files with one row per order are left out where their
    lines are here), `lines` (whose the amounts are where deals have a row for each product), `blanks` (what blank
    cells below a value are), `owners` (what cells are that name several salespeople),
    `counts` (words of a status that are nearly void -> whether their rows count)
    and `read` (how such files themselves were read: data/ingest/layout.py).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: dict[str, str]
    rank: int = 5
    anywhere: dict[str, list[str]] = {}
    values: dict[str, dict[str, list[str]]] = {}
    tables: dict[str, TableProfile] = Field(default_factory=dict)
    based_on: str | None = None
    columns: list[str] = []
    left_out: list[list[str]] = []
    is_full: bool | None = None
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    decimal: Literal["point", "comma"] | None = None
    shares: Literal["percent", "share"] | None = None
    periods: Literal["first", "last"] | None = None
    month_names: Literal["day", "month"] | None = None
    unit: str | None = None
    repeats: Literal["drop", "keep"] | None = None
    missing_amounts: Literal["keep", "blank"] | None = None
    without_rates: list[str] = []
    orders: Literal["lines", "both"] | None = None
    lines: Literal["deal", "line"] | None = None
    blanks: Literal["above", "blank"] | None = None
    owners: Literal["equal", "first", "one"] | None = None
    counts: dict[str, str] = {}
    read: list[AsRead] = []

    @model_validator(mode="after")
    def _fields_exist(self) -> Profile:
        for name, section in self.tables.items():
            table = self.table_of(name)
            if table not in tables():
                raise ValueError(f"there is no table {table!r}")
            if section.needs == [] and section.beside is None and not self.columns:
                raise ValueError(f"table {name!r} needs no field: every file would be one")
            unknown = sorted(set(section.named()) - set(tables()[table].fields))
            if unknown:
                raise ValueError(f"table {name!r} has no field {', '.join(unknown)}")
            for other in (section.beside, *(lookup.section for lookup in section.lookup)):
                if other is not None and other not in self.tables and self.based_on is None:
                    raise ValueError(f"table {name!r} names a section {other!r} that is not there")
        return self

    @property
    def origin(self) -> str:
        """The CRM: what uploads are remembered under, so that a full export ends what the same CRM brought before."""
        return self.based_on or self.name

    def table_of(self, section: str) -> str:
        """Our table of one section."""
        return self.tables[section].table or section

    def beside(self, section: str) -> list[str]:
        """The sections that read the same file as this one."""
        return [name for name, other in self.tables.items() if other.beside == section]

    def headers(self) -> set[str]:
        """Every column name this profile knows, normalised."""
        return {name for section in self.tables.values() for name in section.known}


@cache
def profiles() -> dict[str, Profile]:
    """Every profile by name, best known CRM first, the general ones last.

    Raises:
        ProfileInvalid: a file is no profile, with the place and the mistake.
    """
    found = [load(path) for path in sorted(FOLDER.glob("*.toml"))]
    return {profile.name: profile for profile in sorted(found, key=lambda profile: (-profile.rank, profile.name))}


def load(path: Path) -> Profile:
    """One profile from its file.

    Raises:
        ProfileInvalid: the file is no profile, with the mistake.
    """
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        if raw.pop("canonical", False):
            raw["tables"] = _canonical()
        return Profile.model_validate(raw)
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
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
