"""The tables that can be uploaded: their fields, keys and references, as data.

`schema.sql` says what metrics may read; this module says what a file may bring. A field is written as it was uploaded:
a reference is a pair `<kind>_id`, `<kind>` (id and name, either may be missing), which the fold resolves to
`<kind>_key`. `ops.<t>_rows` has one column per field here, `ops.<t>_seen` says which upload held which row.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

FieldType = Literal["text", "date", "timestamp", "money", "number", "share", "integer", "flag"]

SQL_TYPES: dict[FieldType, str] = {
    "text": "varchar",
    "date": "date",
    "timestamp": "timestamp",
    "money": "decimal(18,4)",
    "number": "double",
    "share": "double",
    "integer": "integer",
    "flag": "boolean",
}

REFERENCES = ("rep", "customer", "product")
"""The kinds that become integer keys."""
JOINT = "\x1f"
"""Stands between the parts of a key."""


class Table(BaseModel):
    """One uploadable table.

    `key`: the fields that identify a row where the CRM gives no other key. `fields`: everything a file may bring.
    `references`: which kinds its rows point to. `dated`: the fields that date a fact, for the as-of rule; empty for
    tables that hold always (products, reps, accounts).
    """

    model_config = ConfigDict(frozen=True)

    name: str
    key: tuple[str, ...]
    fields: dict[str, FieldType]
    references: tuple[str, ...] = ()
    dated: tuple[str, ...] = ()
    money: str | None = None  # the field that carries the money of a row, for "refused with 12,300"


_REP = {"rep_id": "text", "rep": "text"}
_CUSTOMER = {"customer_id": "text", "customer": "text"}
_PRODUCT = {"product_id": "text", "product": "text"}
_ENDED: dict[str, FieldType] = {"is_deleted": "flag", "merged_into": "text"}


def _table(name: str, key: str, fields: str, references: str = "", dated: str = "", money: str | None = None) -> Table:
    """Write a table as text: `fields` is "name:type name:type …", a bare name is text."""
    typed: dict[str, FieldType] = {}
    for word in fields.split():
        field, _, kind = word.partition(":")
        typed[field] = kind or "text"  # type: ignore[assignment]
    kinds = tuple(references.split())
    for kind in kinds:
        typed |= {"rep": _REP, "customer": _CUSTOMER, "product": _PRODUCT}[kind]  # type: ignore[arg-type]
    return Table(
        name=name,
        key=tuple(key.split()),
        fields=typed | _ENDED,
        references=kinds,
        dated=tuple(dated.split()),
        money=money,
    )


_LISTED = (
    _table("reps", "rep_id", "rep_id rep email manager team region hired_on:date left_on:date"),
    _table("teams", "team", "team parent"),
    _table("products", "product_id", "product_id product category list_price:money unit_cost:money"),
    _table(
        "customers",
        "customer_id",
        "customer_id customer industry region city size_band tier parent created_on:date credit_limit:money",
        "rep",
    ),
    _table("contacts", "contact_id", "contact_id contact email phone title created_on:date", "rep customer"),
    _table(
        "leads",
        "lead_id",
        "lead_id lead created_at:timestamp source campaign industry status first_touch_at:timestamp qualified_on:date"
        " converted_on:date deal_id disqualified_reason",
        "rep",
        "created_at qualified_on converted_on",
    ),
    _table(
        "deals",
        "deal_id",
        "deal_id deal pipeline deal_type team region source campaign lead_id stage status amount:money currency"
        " probability:share forecast_category created_on:date expected_close_on:date closed_on:date lost_reason"
        " competitor next_step last_activity_on:date",
        "rep customer product",
        "created_on closed_on last_activity_on",
        "amount",
    ),
    _table(
        "deal_lines",
        "deal_id line_no",
        "deal_id line_no:integer quantity:number amount:money",
        "product",
        "",
        "amount",
    ),
    _table("deal_owners", "deal_id rep_id rep", "deal_id share:share role", "rep"),
    _table(
        "deal_stages",
        "deal_id stage entered_on",
        "deal_id stage entered_on:date left_on:date",
        "",
        "entered_on left_on",
    ),
    _table(
        "activities",
        "activity_id",
        "activity_id kind deal_id lead_id done_at:timestamp minutes:number outcome subject",
        "rep customer",
        "done_at",
    ),
    _table(
        "order_lines",
        "order_id line_no",
        "order_id line_no:integer ordered_on:date source quantity:number unit_price:money discount:share amount:money"
        " currency cost:money is_return:flag",
        "rep customer product",
        "ordered_on",
        "amount",
    ),
    _table(
        "quotes",
        "quote_id",
        "quote_id issued_on:date deal_id amount:money currency discount:share status",
        "rep customer",
        "issued_on",
        "amount",
    ),
    _table(
        "contracts",
        "contract_id",
        "contract_id contract signed_on:date starts_on:date ends_on:date deal_id amount:money currency status",
        "rep customer",
        "signed_on",
        "amount",
    ),
    _table(
        "invoices",
        "invoice_id",
        "invoice_id issued_on:date due_on:date deal_id order_id amount:money currency status",
        "rep customer",
        "issued_on",
        "amount",
    ),
    _table(
        "payments",
        "payment_id",
        "payment_id paid_on:date deal_id invoice_id contract_id amount:money currency status",
        "rep customer",
        "paid_on",
        "amount",
    ),
    _table(
        "payment_plans",
        "plan_id",
        "plan_id planned_on:date deal_id contract_id amount:money currency status",
        "rep customer",
        "",
        "amount",
    ),
    _table(
        "targets",
        "measure scope scope_value starts_on ends_on version",
        "measure scope scope_value starts_on:date ends_on:date value:number version:integer reason set_on:date",
    ),
    _table(
        "surveys",
        "survey_id",
        "survey_id kind answered_on:date sent_on:date score:number comment",
        "rep customer",
        "answered_on sent_on",
    ),
    _table(
        "tickets",
        "ticket_id",
        "ticket_id opened_on:date closed_on:date kind severity status",
        "rep customer product",
        "opened_on closed_on",
    ),
    _table("campaigns", "campaign_id", "campaign_id campaign source starts_on:date ends_on:date cost:money"),
    _table(
        "stock",
        "product_id product counted_on warehouse",
        "counted_on:date quantity:number warehouse",
        "product",
        "counted_on",
    ),
    _table(
        "market",
        "market region starts_on competitor",
        "market region starts_on:date ends_on:date size:money competitor competitor_amount:money",
    ),
    _table("fx_rates", "currency from_on", "currency from_on:date rate:number"),
    _table(
        "stages",
        "pipeline stage",
        "pipeline stage position:integer status probability:share max_days:integer label_en label_zh required"
        " forecast_category means",
    ),
)


@cache
def tables() -> dict[str, Table]:
    """Every uploadable table by name, in the order the fold writes them."""
    return {table.name: table for table in _LISTED}
