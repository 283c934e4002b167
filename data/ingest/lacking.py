"""What a recognised list lacks though a column may well be it: amounts, people, customers, days. Asked, never taken.

`Deal size` is in no list of names, but it says money in every row. Deals without an amount would load and be worth
nothing in every number, and that their column was "kept as it is" is easily read over.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from data.clock import now
from data.ingest import dates
from data.ingest.map import Mapped
from data.ingest.names import normal
from data.ingest.numbers import numbers
from data.ingest.remarks import Question
from data.ingest.values import share_of
from data.ingest.which_column import column_question
from data.tables import tables

_LOOKED_AT = 2_000
_SURE = 0.9
_SHOWN = 4
"""So many columns are offered at most, the first ones."""


class _Words(BaseModel):
    """Words that give a column away: one of `says`, none of `but`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    says: list[str]
    but: list[str]

    @cached_property
    def may_be(self) -> re.Pattern[str]:
        """What a name must hold."""
        return _any_of(self.says)

    @cached_property
    def is_not(self) -> re.Pattern[str]:
        """What it must not."""
        return _any_of(self.but)


def _any_of(words: list[str]) -> re.Pattern[str]:
    """English words alone, Chinese ones anywhere."""
    return re.compile(
        "|".join(rf"\b{word}\b" if word.isascii() and word != "%" else word for word in words), re.IGNORECASE
    )


@cache
def _words() -> dict[str, _Words]:
    told = tomllib.loads(Path(__file__).with_name("lacking.toml").read_text("utf-8"))
    return {name: _Words.model_validate(words) for name, words in told.items()}


_ENOUGH = {
    "rep": {"rep", "rep_id"},
    "customer": {"customer", "customer_id"},
    "closed_on": {"closed_on", "expected_close_on"},
}
"""Fields any of which says it."""
_DAYS = {
    "deals": "closed_on", "order_lines": "ordered_on", "invoices": "issued_on", "payments": "paid_on",
    "quotes": "issued_on", "contracts": "signed_on",
}  # fmt: skip
"""The day by which the rows of a table count in a period: without it they are in none."""


def lacking_questions(mapped: Mapped) -> list[Question]:
    """Which of the columns without a field is the amount, the salesperson, the customer or the day that a list lacks.

    Args:
        mapped: the list under our names.
    """
    found = mapped.match
    if found.spec.beside is not None or found.profile.columns:  # of a layout that was settled before
        return []
    spare = {normal(name) for name in found.spec.spare}
    left = [at for at in mapped.unknown if at not in found.left and normal(mapped.table.headers[at]) not in spare]
    questions: list[Question] = []
    for ours, words in _lacks(mapped):
        may_be = [at for at in left if _may_be(mapped, at, ours, words)][:_SHOWN]
        if may_be:
            columns = dict.fromkeys(may_be, "")
            questions.append(column_question("ask_lacking", mapped, ours, columns, may_be_none=True))
            left = [at for at in left if at not in may_be]
    return questions


def _lacks(mapped: Mapped) -> Iterator[tuple[str, _Words]]:
    """Our fields that the list fills with nothing, and the words that may give their columns away."""
    table = tables()[mapped.match.table]
    for name, words in _words().items():
        ours = {"money": table.money or "", "day": _DAYS.get(mapped.match.table, "")}.get(name, name)
        if ours in table.fields and not mapped.texts.keys() & _ENOUGH.get(ours, {ours}):
            yield ours, words


def _may_be(mapped: Mapped, at: int, ours: str, words: _Words) -> bool:
    """Whether a column is called so, and holds what it is called."""
    header = mapped.table.headers[at]
    said = " ".join(re.split(r"[\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)))
    if not words.may_be.search(said) or words.is_not.search(said) or words.is_not.search(header):
        return False
    filled = mapped.table.column(at).drop_nulls().head(_LOOKED_AT)
    if filled.is_empty():
        return False
    if tables()[mapped.match.table].fields[ours] == "date":
        return dates.readings(filled, now().date(), "UTC").share >= _SURE
    if tables()[mapped.match.table].fields[ours] == "money":
        return share_of(numbers(filled, money=True).values.is_not_null()) >= _SURE
    return share_of(filled.str.contains(r"\p{L}") & ~filled.str.contains(r"^\W*\d")) >= _SURE
