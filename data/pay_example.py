"""Plans of pay to begin with, fitted to the company: which money it has, which teams, how large a usual quarter is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from data.settings import settings
from metrics.catalog import Text
from metrics.pay_file import to_toml
from metrics.pay_plan import Accelerator, Plan, Tier
from metrics.period import bucket_start

if TYPE_CHECKING:
    from data.store import Snapshot

_USUAL = """
select coalesce(median(won), 0)::double as won from (
    select rep_key, date_trunc('quarter', closed_on) as quarter, sum(amount) as won from crm.deals
    where status = 'won' and closed_on is not null and rep_key is not null group by all)
"""


def example(seen: Snapshot) -> str:
    """A plan as a file: a rate on money won that rises with the target, or with a usual quarter where there is none."""
    has_targets = seen.frame("select count(*) from crm.targets where scope = 'rep' and measure = 'won_amount'").item()
    usual = Decimal(str(round(float(seen.frame(_USUAL).item()), -3))) or Decimal(100_000)
    first = seen.frame("select min(closed_on) from crm.deals where status = 'won'").item() or date(2026, 1, 1)
    start = bucket_start(first, "quarter", settings().fiscal_start)
    label = Text.model_validate({"en": "Sales commission", "zh-CN": "销售提成"})
    tiers = (("0", "0.005"), ("0.6", "0.01"), ("1", "0.018"))
    plan = Plan(
        id="standard", label=label, measure="won_amount", tiers_by="attainment", from_on=start,
        tiers=tuple(Tier(at=Decimal(at), rate=Decimal(rate)) for at, rate in tiers),
        accelerators=(Accelerator(over=Decimal("1.2"), times=Decimal("1.25")),),
        ramp=(Decimal("0.25"), Decimal("0.5"), Decimal("0.75")), cap=(usual / 10).to_integral_value(),
        quota=None if has_targets else usual.to_integral_value(),
    )  # fmt: skip
    return to_toml([plan])
