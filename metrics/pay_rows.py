"""The lines behind pay: of those whom a plan is for, and of all kinds of money together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from metrics.base import Step
from metrics.pay_plan import Plan
from metrics.query import Query

_COLUMNS = (
    "line_id", "deal_id", "line", "customer_key", "rep_key", "rep", "team", "earned_on", "bucket", "whole_amount",
    "money", "currency", "amount_original", "state",
)  # fmt: skip
"""What the populations of all kinds of money have."""


Arm = tuple[Query, str, dict[str, object]]
"""A kind of money, which of its lines are meant, and the values bound in that."""


def of_plan(query: Query, plan: Plan) -> Arm:
    """The lines that a plan pays on: those that count, of those whom it is for, as long as it holds."""
    names = {"teams": plan.teams, "reps": plan.reps, "without": plan.without}
    values: dict[str, object] = {
        f"{name}_{place}": one for name, listed in names.items() for place, one in enumerate(listed)
    }
    among = {name: ", ".join(f"${name}_{place}" for place in range(len(listed))) for name, listed in names.items()}
    inside = [f"population.{column} in ({among[name]})" for name, column in _NAMED.items() if names[name]]
    rules = ["population.state = 'counted'", "population.rep is not null", "population.bucket >= $holds_from"]
    values["holds_from"] = plan.from_on
    if inside:
        rules.append(f"({' or '.join(inside)})")
    if plan.without:
        rules.append(f"population.rep not in ({among['without']})")
    if plan.to_on is not None:
        rules.append("population.bucket <= $holds_to")
        values["holds_to"] = plan.to_on
    return query, " and ".join(rules), values


_NAMED = {"teams": "team", "reps": "rep"}


def of_person(arm: Arm, rep: str | None) -> Arm:
    """Of these lines those of one person; all where nobody is named."""
    part, condition, values = arm
    return arm if rep is None else (part, f"{condition} and population.rep = $whose", values | {"whose": rep})


def restricted(query: Query, arm: Arm) -> Query:
    """Lines (an answer that ends in a condition) of an arm alone."""
    _, condition, values = arm
    return replace(query, answer=f"{query.answer} and {condition}", params=(*query.params, *values.items()))


def all_lines(arms: Sequence[Arm]) -> Query:
    """The lines of several kinds of money below each other: one statement.

    Steps and parameters of each are numbered, since they are called the same.
    """
    steps: list[Step] = []
    params: dict[str, object] = {}
    together = []
    for place, (part, condition, values) in enumerate(arms):
        named = re.compile(rf"\b({'|'.join(step.name for step in part.steps)})\b")

        def numbered(sql: str, named: re.Pattern[str] = named, place: int = place) -> str:
            return _PARAM.sub(rf"$\1_{place}", named.sub(rf"\1_{place}", sql))

        steps += [Step(f"{step.name}_{place}", numbered(step.sql)) for step in part.steps]
        listed = ", ".join(f"population.{column}" for column in _COLUMNS)
        together.append(numbered(f"select {listed} from population where {condition}"))
        known = dict(part.params) | values
        used = set(_PARAM.findall(" ".join([*(step.sql for step in part.steps), condition])))
        params |= {f"{name}_{place}": value for name, value in known.items() if name in used}
    answer = (
        "select customers.customer, population.*\nfrom population\n"
        "left join customers on customers.customer_key = population.customer_key\n"
        "order by population.earned_on desc, population.line_id"
    )
    tables = dict.fromkeys([*(table for part, _, _ in arms for table in part.tables), "customers"])
    return replace(
        arms[0][0], steps=(*steps, Step("population", " union all ".join(together))), answer=answer,
        params=tuple(params.items()), tables=tuple(tables), columns=(), by=(), finish="plain",
    )  # fmt: skip


_PARAM = re.compile(r"\$(\w+)")
