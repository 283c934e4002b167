"""KPI trees: a measure as the product of others, and how much of its change each of them brought.

What to call:

    one = tree("won_amount")                        # trees() has all, from metrics/definitions/trees.toml
    one.asks                                        # measure ids to ask in one question, the result first
    then = one.readings({"won_amount": …, …})       # factor id → what people read (a cycle of 40 days, a rate of 0.25)
    one.product(then | {"win_rate": 0.3})           # the result under other readings: a what-if
    explained(one, then, now)                       # what each factor brought; adds up to the change

The logarithmic mean Divisia index (LMDI-I) weighs the logarithm of each factor's ratio by the logarithmic mean of the
two results: it leaves no residual and does not depend on an order of the factors. The Shapley value is the mean over
all orders in which the factors could have changed; it needs no logarithm, so it also answers where one is 0 or less.

Sources: B. W. Ang (2005), The LMDI approach to decomposition analysis, Energy Policy 33:867–871; L. S. Shapley (1953),
A value for n-person games; how close they are: J. Albrecht, D. François, K. Schoors (2002), Energy Policy 30:727–736.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations
from math import factorial, fsum, isclose, log, prod
from pathlib import Path
from typing import Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, model_validator

from metrics.catalog import Text, Unit, measure
from metrics.errors import UnknownTree, nearest

Readings = Mapping[str, float | None]
Method = Literal["lmdi", "shapley"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Factor(_Frozen):
    """One factor: a measure of the catalogue, or the quotient of two.

    Attributes:
        id: of the measure, unless it is a quotient.
        measure: id of the measure; or `of` and `over`: ids of a numerator and a denominator.
        power: 1, or -1 where the product is divided by it.
        label, meaning, unit: the measure's own, unless it is a quotient.
    """

    id: str
    measure: str | None = None
    of: str | None = None
    over: str | None = None
    power: Literal[1, -1] = 1
    label: Text
    meaning: Text
    unit: Unit

    @model_validator(mode="before")
    @classmethod
    def _named_by_its_measure(cls, given: object) -> object:
        if isinstance(given, dict) and given.get("measure"):
            known = measure(given["measure"])
            return {"id": known.id, "label": known.label, "meaning": known.meaning, "unit": known.unit} | given
        return given

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.measure is None) == (self.of is None or self.over is None):
            raise ValueError(f"factor {self.id}: either a measure, or of and over")
        return self

    @property
    def asks(self) -> tuple[str, ...]:
        """The measures it is read from."""
        return (self.measure,) if self.measure else (str(self.of), str(self.over))

    def reading(self, values: Readings) -> float | None:
        """What people read of it, from the values of measures; None where there is nothing to divide by."""
        if self.measure is not None:
            return values.get(self.measure)
        of, over = (values.get(name) for name in self.asks)
        return of / over if of is not None and over else None


class Tree(_Frozen):
    """A measure and the factors whose product it is."""

    id: str
    result: str
    label: Text
    meaning: Text
    factors: tuple[Factor, ...]

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def asks(self) -> tuple[str, ...]:
        """Every measure it needs, the result first."""
        return tuple(dict.fromkeys((self.result, *(name for factor in self.factors for name in factor.asks))))

    def readings(self, values: Readings) -> dict[str, float | None]:
        """Factor id → what people read of it, from measure id → value."""
        return {factor.id: factor.reading(values) for factor in self.factors}

    def product(self, readings: Readings) -> float | None:
        """The result that these readings make; None where one is missing, or is 0 and divided by."""
        terms = self.terms(readings)
        known = [term for term in terms if term is not None]
        return prod(known) if len(known) == len(terms) else None

    def terms(self, readings: Readings) -> list[float | None]:
        """The numbers to multiply: readings, inverted where the product is divided by them."""
        found: list[float | None] = []
        for factor in self.factors:
            value = readings.get(factor.id)
            if factor.power == -1:
                value = 1 / value if value else None
            found.append(value)
        return found


class Explained(NamedTuple):
    """What each factor brought, by factor id; either adds up to the change.

    `method`: which of the two `amounts` are. `unread`: factors without a reading in one of the spans (no deal won, so
    no deal size): they count as unchanged.
    """

    amounts: dict[str, float]
    by_shapley: dict[str, float]
    method: Method
    unread: tuple[str, ...]


def explained(of: Tree, then: Readings, now: Readings) -> Explained | None:
    """What each factor of a tree brought to the change of its product.

    LMDI where every factor is above 0 in both spans, else Shapley. None where a factor has no reading in either span
    although another one is not 0: there is no product to explain.
    """
    before, after = of.terms(then), of.terms(now)
    unread = tuple(factor.id for factor, a, b in zip(of.factors, before, after, strict=True) if a is None or b is None)
    first = [a if a is not None else b for a, b in zip(before, after, strict=True)]
    last = [b if b is not None else a for a, b in zip(before, after, strict=True)]
    known = [(a, b) for a, b in zip(first, last, strict=True) if a is not None and b is not None]
    if len(known) < len(first):
        return None
    old, new = [a for a, _ in known], [b for _, b in known]
    names = [factor.id for factor in of.factors]
    orders = dict(zip(names, shapley(old, new), strict=True))
    if unread or min(*old, *new) <= 0:
        return Explained(orders, orders, "shapley", unread)
    return Explained(dict(zip(names, lmdi(old, new), strict=True)), orders, "lmdi", unread)


def lmdi(then: Sequence[float], now: Sequence[float]) -> list[float]:
    """What each factor brought to the change of their product, by LMDI-I. All must be above 0."""
    weight = _logarithmic_mean(prod(then), prod(now))
    return [weight * log(b / a) for a, b in zip(then, now, strict=True)]


def _logarithmic_mean(a: float, b: float) -> float:
    """(a − b) ÷ ln(a ÷ b), which near a = b is their mean."""
    return (a + b) / 2 if isclose(a, b, rel_tol=1e-9) else (a - b) / log(a / b)


def shapley(then: Sequence[float], now: Sequence[float]) -> list[float]:
    """What each factor brought to the change of their product: its mean effect over all orders of changing them."""
    return [fsum(_marginal(then, now, one)) for one in range(len(then))]


def _marginal(then: Sequence[float], now: Sequence[float], one: int) -> list[float]:
    """The weighted effects of changing factor `one` after each set of the others."""
    others = [at for at in range(len(then)) if at != one]
    effects = []
    for size in range(len(then)):
        weight = factorial(size) * factorial(len(others) - size) / factorial(len(then))
        for changed in combinations(others, size):
            rest = prod(now[at] if at in changed else then[at] for at in others)
            effects.append(weight * rest * (now[one] - then[one]))
    return effects


@cache
def trees() -> dict[str, Tree]:
    """Every tree by its id, in the order of the file."""
    content = tomllib.loads((Path(__file__).parent / "definitions" / "trees.toml").read_text("utf-8"))
    return {name: Tree.model_validate({"id": name, **entry}) for name, entry in content["trees"].items()}


def tree(tree_id: str) -> Tree:
    """The tree of this id.

    Raises:
        UnknownTree: with the id that was probably meant.
    """
    known = trees()
    if tree_id not in known:
        raise UnknownTree(name=tree_id, suggestion=nearest(tree_id, known), known=", ".join(known))
    return known[tree_id]
