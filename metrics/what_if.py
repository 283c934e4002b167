"""What if: other win rates, deal sizes or counts, and what the coming months would then bring.

A measure is the product of the factors of its KPI tree (metrics/kpi_tree.py) as they were over the last year of
finished months. Changed factors change that product by a ratio, and what is still to come of the forecast by the same
ratio: what the running period has brought stays. A what-if says what would follow if nothing else changed, not that it
will.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from metrics.ahead import first_ahead
from metrics.cuts import total
from metrics.errors import NoTreeFor, UnknownFactor, nearest
from metrics.kpi_tree import Tree, explained, trees
from metrics.period import DAY, add_months
from metrics.query import Query
from metrics.view import View

MONTHS = 12
"""Of so many finished months the factors are read: a year, so that no season is taken for the rule."""


class Scenario(NamedTuple):
    """What changed factors make of a measure.

    Attributes:
        ratio: the measure divided by what it was. then, now: readings of the factors before and after, by id.
        brought: what each factor brought to `ratio - 1`; they add up to it.
        capped: factors that could not be changed by as much: a share is never more than all.
    """

    ratio: float
    then: dict[str, float]
    now: dict[str, float]
    brought: dict[str, float]
    capped: tuple[str, ...] = ()

    def changed(self, forecast: float, so_far: float = 0.0) -> float:
        """A forecast, of which so much has come already, after the changes."""
        return so_far + (forecast - so_far) * self.ratio


def tree_for(of: str) -> Tree | None:
    """The first KPI tree of a measure."""
    return next((one for one in trees().values() if one.result == of), None)


def last_year(view: View, of: str) -> Query:
    """What the factors of a measure were over the last finished months: one row, all measures of its tree.

    Raises:
        NoTreeFor: the measure is no product of factors.
    """
    tree = tree_for(of)
    if tree is None:
        raise NoTreeFor(known=", ".join(dict.fromkeys(one.result for one in trees().values())))
    until = first_ahead(view, "month") - DAY
    plain = view.with_compare("none").with_period(None, add_months(until + DAY, -MONTHS), until)
    return total(tree.asks, plain)


def scenario(tree: Tree, values: Mapping[str, float | None], changes: Mapping[str, float]) -> Scenario | None:
    """What these changes make of a measure; None where it has no product (nothing closed, nothing won).

    Args:
        tree: of the measure. values: the answer of `last_year`, by measure.
        changes: by factor id, relative: 0.1 is a tenth more. A share never becomes more than all.

    Raises:
        UnknownFactor: with the id that was probably meant.
    """
    known = {factor.id: factor for factor in tree.factors}
    for name in changes:
        if name not in known:
            raise UnknownFactor(name=name, suggestion=nearest(name, known), known=", ".join(known))
    then = {name: float(value) for name, value in tree.readings(values).items() if value is not None}
    if len(then) < len(known) or not tree.product(then):
        return None
    now = {name: value * (1 + max(changes.get(name, 0.0), -1.0)) for name, value in then.items()}
    capped = tuple(name for name, value in now.items() if known[name].unit == "share" and value > 1)
    now |= dict.fromkeys(capped, 1.0)
    was, is_now = tree.product(then) or 0.0, tree.product(now)
    if is_now is None:
        return None
    told = explained(tree, then, now)
    brought = {name: amount / was for name, amount in told.amounts.items()} if told else {}
    return Scenario(is_now / was, then, now, brought, capped)
