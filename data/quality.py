"""What is wrong with the data, counted with the money it concerns. Nothing here is repaired; it is said."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.ingest.remarks import reason_text
from metrics.errors import fill

if TYPE_CHECKING:
    from data.store import Snapshot

_WORDS = Path(__file__).with_name("quality.toml")

_REFUSED = """
with why as (
    select unnest(refused_rows.reasons) as reason, refused_rows.money
    from ops.refused_rows join ops.uploads on uploads.id = refused_rows.upload_id
    where not uploads.is_undone and not refused_rows.is_set_aside
)
select
    string_split(reason, ':')[1] || coalesce(':' || string_split(reason, ':')[2], '') as rule,
    count(*) as rows, sum(money) as money
from why group by rule order by rows desc, rule
"""

_DEALS = {
    "deals_without_customer": "customer_key is null",
    "deals_without_rep": "rep_key is null",
    "deals_without_created": "created_on is null",
    "won_without_amount": "status = 'won' and amount is null",
    "closed_without_day": "status <> 'open' and closed_on is null",
    "closed_before_created": "closed_on < created_on",
    "open_overdue": "status = 'open' and not is_gone and expected_close_on < $day",
}
_WITHOUT_RATE = (
    "select count(*), sum(amount_original) from crm.deals where amount is null and amount_original is not null"
)
_IMPLIED = ("reps", "customers", "products")
_COUNT_DEALS = "select count(*), sum(amount) from crm.deals where "
_COUNT_IMPLIED = "select count(*), cast(null as decimal(18,4)) from crm.{} where is_implied"
_RULES = {rule: _COUNT_DEALS + condition for rule, condition in _DEALS.items()}
_RULES["deals_without_rate"] = _WITHOUT_RATE
_RULES |= {f"implied_{kind}": _COUNT_IMPLIED.format(kind) for kind in _IMPLIED}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a rule of quality.toml or the reason of refused rows, how many rows, how much money."""

    rule: str
    rows: int
    money: Decimal | None
    is_refusal: bool = False

    def text(self, lang: str) -> str:
        """The rule in a language."""
        if self.is_refusal:
            return fill(_words()["refused"], lang, {"reason": reason_text(self.rule + ":…", lang)})
        return fill(_words()[self.rule], lang, {})

    def shown(self, lang: str) -> dict[str, Any]:
        """The finding as a row of a table."""
        return {"code": self.rule, "rule": self.text(lang), "rows": self.rows, "money": self.money}


def findings(seen: Snapshot) -> list[Finding]:
    """Everything that is wrong, refused rows first, then rules in their order; rules that find nothing are left out."""
    refused = [
        Finding(row["rule"], row["rows"], row["money"], is_refusal=True)
        for row in seen.frame(_REFUSED).iter_rows(named=True)
    ]
    counted = []
    for rule, sql in _RULES.items():
        rows, money = seen.frame(sql, {"day": seen.as_of} if "$day" in sql else None).row(0)
        if rows:
            counted.append(Finding(rule, rows, money))
    return refused + counted


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))
