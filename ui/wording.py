"""What the import says, in a reader's words: our fields and tables by their names, how a column was read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from data.punctuation import enumerated, named
from metrics.catalog import measure
from ui.text import has, lang, t

if TYPE_CHECKING:
    from data.ingest import Remark

_DECIMAL = re.compile(r"decimal (point|comma)")
_FACTOR = re.compile(r"x [\d,]+")


def field_name(field: str) -> str:
    """A field of ours as the reader calls it."""
    return t(f"column.{field}") if has(f"column.{field}") else field


def table_name(table: str) -> str:
    """A table as the reader calls it."""
    return t(f"table.{table}") if has(f"table.{table}") else table


def worded(params: Mapping[str, object]) -> dict[str, object] | None:
    """The facts of a sentence with our names in words; None where there are none of ours."""
    said = dict(params)
    for name in ("field", "fields"):
        if name in said:
            said[name] = named((field_name(part) for part in str(said[name]).split(", ")), lang())
    if "table" in said:
        said["table"] = table_name(str(said["table"]))
    if "measures" in said:
        said["measures"] = named((measure(of).label.text(lang()) for of in str(said["measures"]).split(", ")), lang())
    if "order" in said and has(f"upload.choice.{said['order']}"):
        said["order"] = t(f"upload.choice.{said['order']}")
    if "type" in said:
        said["type"] = t(f"upload.type.{said['type']}") if has(f"upload.type.{said['type']}") else said["type"]
    if "other" in said and "field" in params:
        value = f"value.{params['field']}.{said['other']}"
        said["other"] = t(value) if has(value) else said["other"]
    return said if said != dict(params) else None


def remarked(remark: Remark) -> str:
    """A remark as a page says it."""
    return remark.on_page(lang(), worded(remark.params))


def read_as(form: str) -> str:
    """How a column was read (`decimal point, CNY, x 10,000`), in words."""
    return enumerated((_form(part) for part in form.split(", ")), lang()) if form else ""


def _form(part: str) -> str:
    if decimal := _DECIMAL.fullmatch(part):
        return t(f"upload.read_as.{decimal[1]}")
    if _FACTOR.fullmatch(part):
        return part.replace("x ", "× ")
    key = f"upload.read_as.{part.replace(' ', '_')}"
    return t(key) if has(key) else part
