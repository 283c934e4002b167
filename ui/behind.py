"""What is behind a row of a list that names several things at once: the rows that its counted number stands on."""

from __future__ import annotations

import re
from typing import ClassVar

from metrics.query import Query
from ui.question import Subject

_AT = re.compile(r"\$(at_\w+)")


class Behind(Subject):
    """A row of a list of which one number has rows: they open instead of those of all its values."""

    def rows(self) -> Query:
        """Of a row, what its counted number stands on."""
        told = {f"at_{name}" for name, _ in self.at}
        counted = next(
            (one.name for one in self.query.columns if one.where and told >= set(_AT.findall(one.where))), None
        )
        return self.query.rows(counted if self.at else self.column, **dict(self.at))


class Customers(Subject):
    """Rows about customers, each of whom has a page."""

    page: ClassVar[tuple[str, str, str] | None] = ("customer", "name", "customer")


class CustomersBehind(Behind):
    """Both: a row is of a customer, and one of its numbers has rows."""

    page = Customers.page
