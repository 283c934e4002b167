"""The tables that questions read: filtered by the view and cut to the viewer's row scope, here and nowhere else.

A question's SQL names plain tables (`deals`, `order_lines`). What is prepended here are CTEs of those names that read
`crm.<table>`, so no question can forget a filter or see around a scope. A period is never part of them.

Row scope, table by table (`scope` in definitions/tables.toml):

    rep        of a salesperson: rows whose rep_key is theirs; of who leads teams: rows whose team is one of them, which
               is that of its owner on the day that it counts by (decision 0023). Others see no rows without either
    deal       rows of the deals in view
    customer   rows of the customers in view
    members    reps in scope, of those who are in none of the teams today the name alone; customers that reps in scope
               own, or that are met in rows in scope
    targets    their own and the totals above, told apart by is_own
    teams      their own and those above
    open       for everyone;   all: only for those who see everything

More names read the same tables in another way: `deals_seen` (states of deals, in view only), `deal_versions` (all
states of a deal of which any is in view, told apart by is_in_view, names out of scope blanked) and
`invoice_payments` (payments of the invoices in view, whoever booked them).

`deal_credits`, `contract_credits` and `payment_credits` are by whom they are credited to, whoever owns them
(metrics/credited.py): what somebody is paid for is theirs to see, and filters leave it alone.

What is usual does not depend on what is looked at: `scoped_deals`, `scoped_versions` (their states), `scoped_visits`
(to stages), `scoped_deal_lines`, `scoped_lines` (of orders), `scoped_quotes`, `scoped_contracts`, `scoped_surveys`
and `scoped_tickets` are all in the viewer's scope, whatever the filters. `scoped_reps` are the people of today, for
lists of people; `reps` also names who did something in the teams at another time, for the rows of then.
`scoped_credit` are deals as what is credited to the viewer's people, whoever owns them (decision 0023), a row per part;
to who sees everything the deals as they are. `credited_parts` are the same, in parts for everybody.
`survey_marks` are, by kind of survey, how many scores the company has on record and how many exceed 5 and 10: on which
scale a kind is scored is the same for everybody.
`whole_orders` are order lines filtered by all but products: what else an order holds is asked of all its lines.
`scoped_order_days` add up `scoped_lines` by customer, salesperson, team and day, returns apart; `n`: how many lines.
`counted_activities` are `activities` by day, salesperson, team, region and kind; `n`: how many.

Filters and scope choose deals, leads and customers; whoever did something for them did it. So `deal_activities` (of the
deals in view), `seen_activities` (of deals of which a state is in view), `lead_activities` and `customer_activities`
(of customers of such deals) are what was done, and when, by anybody: without who did it or what was said.
`first_touches` are the first of each kind since a deal in view was created. A filter of the kind of activity does
apply. `known_activities` are the days on which the company has any activity on record, by kind.

`known_contracts` are, whatever the filters, the contracts in scope (`is_in_scope`) and all others of their customers:
when they run and what they are worth, and not whose they are. Who went on with somebody else is not lost; rows and
sums of money that are told are of those in scope.

`deal_leads` are the leads that deals in view came of, whoever owns the lead: its channel, campaign and day, for who
brought a deal is a fact that no filter changes. Of one out of scope only that there is one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from metrics import credited, shares
from metrics.base_members import OTHERS
from metrics.catalog import RolledUp, Table, dimension
from metrics.catalog import table as table_named
from metrics.reads import Reads
from metrics.row_scope import Value, in_scope, is_one_of, of_person, select_from, teams_bound
from metrics.viewer import Viewer

Filters = tuple[tuple[str, tuple[str | None, ...]], ...]
_PARENTS = {"deal": "deals", "customer": "customers"}
_READS = {"deals_seen": "deal_versions", "invoice_payments": "payments", "whole_orders": "order_lines"}
_SCOPED = {
    "scoped_deals": "deals",
    "scoped_versions": "deal_versions",
    "scoped_visits": "stage_visits",
    "scoped_deal_lines": "deal_lines",
    "scoped_lines": "order_lines",
    "scoped_quotes": "quotes",
    "scoped_contracts": "contracts",
    "scoped_surveys": "surveys",
    "scoped_tickets": "tickets",
    "scoped_reps": "reps",
}
"""What the viewer may see, filtered or not."""
_TOUCHING = {
    "deal_activities": ("deals", "deal_id"),
    "first_touches": ("deals", "deal_id"),
    "seen_activities": ("deals_seen", "deal_id"),
    "lead_activities": ("leads", "lead_id"),
    "customer_activities": ("deals_seen", "customer_key"),
}
"""What was done for the rows in view, whoever did it: the base table of those rows, and the key they are met by."""
_OF_SCOPED = ("scoped_visits", "scoped_deal_lines")
"""What belongs to deals, of all deals in scope."""
_OF_PARENT = {"invoice_payments": "invoices", "deal_leads": "deals", **dict.fromkeys(_OF_SCOPED, "scoped_deals")} | {
    name: of for name, (of, _) in _TOUCHING.items()
}
_TOUCH = ("activity_id", "kind", "deal_id", "lead_id", "customer_key", "done_at", "done_on")
"""What may be known of an activity by everybody whose deal, lead or customer it was for."""
_ACTIVITIES = (*_TOUCHING, "known_activities")
READINGS = (
    *_READS, *_SCOPED, "known_contracts", "scoped_order_days", "counted_activities", *_ACTIVITIES,
    "survey_marks", "deal_leads", "scoped_credit", "credited_parts", *credited.READINGS,
)  # fmt: skip
"""The names by which questions read a canonical table in another way."""


@dataclass(frozen=True, slots=True)
class Step:
    """One named step of a question: a CTE."""

    name: str
    sql: str


@dataclass(slots=True)
class _Restriction:
    """What a table's rows must satisfy: joins to look members up, conditions, and the values bound in them."""

    joins: dict[str, str] = field(default_factory=dict)
    conditions: list[str] = field(default_factory=list)
    params: dict[str, Value] = field(default_factory=dict)

    def where(self) -> str:
        return " and ".join(self.conditions)


def base_tables(
    names: Iterable[str],
    filters: Filters,
    viewer: Viewer,
    shared: tuple[str, ...] = (),
    reads: Reads = (),
    rolled: RolledUp | None = None,
) -> tuple[list[Step], dict[str, Value]]:
    """The tables of these names as steps, in an order in which each reads only earlier ones, and their parameters.

    Args:
        names: of the tables. filters, viewer: what restricts them.
        shared: among whom deals are shared out, see metrics/shares.py.
        reads: which of their columns are needed (metrics/reads.py); of a table that is not in it, all.
        rolled: what is read in the place of its table.
    """
    steps: list[Step] = []
    params: dict[str, Value] = {}
    needed = dict(reads)
    for name in _in_order(tuple(names)):
        columns = needed.get(name, ())
        if rolled is not None and name == rolled.source:
            sql, used = _rolled(rolled, filters, viewer)
        elif shared and name in shares.SHARED_OUT:
            steps += [Step(*made) for made in shares.steps(name, shared, columns)]
            restriction = _restriction(table_named(shares.SHARED_OUT[name]), filters, viewer)
            sql, used = _select(steps[-1].name, restriction), restriction.params
        elif shared and name == "deal_versions":
            sql, used = _versions_of(viewer), {}
        else:
            sql, used = _table_sql(name, filters, viewer, columns)
        steps.append(Step(name, sql))
        params |= used
    return steps, params | teams_bound((step.sql for step in steps), viewer)


@cache
def _in_order(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names and those they are read through, parents first."""
    found: dict[str, None] = {}
    for name in names:
        if name in _OF_PARENT:
            found[_OF_PARENT[name]] = None
        elif name not in READINGS and table_named(name).scope in _PARENTS:
            found[_PARENTS[table_named(name).scope]] = None
        elif name == "deal_versions" and "deals_seen" in names:
            found["deals_seen"] = None
    return tuple(found | dict.fromkeys(names))


def _table_sql(name: str, filters: Filters, viewer: Viewer, columns: tuple[str, ...]) -> tuple[str, dict[str, Value]]:
    """One table as the viewer may see it."""
    if name in {"invoice_payments", "survey_marks"}:
        return _paid(filters, viewer, columns) if name == "invoice_payments" else _SURVEY_MARKS, {}
    if name == "deal_versions":
        return _versions(filters, viewer)
    if name in _SCOPED or name in _MADE_OF:
        return _MADE_OF[name](viewer) if name in _MADE_OF else _scoped(name, viewer, columns), {}
    if name in credited.READINGS:
        return credited.reading(name, of_person("{key}", viewer)), {}
    if name in _ACTIVITIES or name == "counted_activities":
        return _touches(name, filters, viewer) if name in _ACTIVITIES else _counted(filters, viewer)
    spec = table_named(_READS.get(name, name))
    if spec.scope in _PARENTS:
        return _child(spec, filters, viewer, columns)
    if spec.scope != "rep":
        return OTHERS[spec.scope](spec, viewer, columns)
    restriction = _restriction(spec, filters, viewer, but="products" if name == "whole_orders" else None)
    return _select(f"crm.{spec.name}", restriction, columns), restriction.params


def _paid(filters: Filters, viewer: Viewer, columns: tuple[str, ...]) -> str:
    """Payments of invoices in view; where all are, joining them to their invoices, as all who ask do, is enough."""
    plain = select_from("crm.payments", columns)
    return (
        plain if viewer.sees_all and not filters else f"{plain} where t.invoice_id in (select invoice_id from invoices)"
    )


def _rolled(read: RolledUp, filters: Filters, viewer: Viewer) -> tuple[str, dict[str, Value]]:
    """Rows that are alike as one. Flows have the first day of their month, or where the month is broken their own."""
    if read.rollup.reading:
        return (
            f"{select_from(f'fold.rolled_{read.rollup.name}', read.rollup.columns)} where {in_scope('t', viewer)}",
            {},
        )
    found = _restriction(read.spec, filters, viewer)
    if read.is_by_day:  # rows without a day stand with the months
        found.conditions.append(f"(not t.is_month or t.{read.rollup.on} is null)")
        return _select(f"fold.rolled_{read.rollup.name}", found, read.rollup.columns), found.params
    plain = select_from(f"fold.rolled_{read.rollup.name}", read.rollup.columns) + "".join(found.joins.values())
    where = "".join(f" and {condition}" for condition in found.conditions)
    if read.rollup.stock:
        return f"{plain} where {found.where() or 'true'}", found.params
    if not read.broken:
        return f"{plain} where t.is_month{where}", found.params
    found.params |= {f"broken_{place}": month for place, month in enumerate(read.broken)}
    broken = ", ".join(f"$broken_{place}" for place in range(len(read.broken)))
    months = f"t.is_month and (t.in_month is null or t.in_month not in ({broken}))"
    days = f"not t.is_month and t.in_month in ({broken})"
    return f"{plain} where {months}{where}\n  union all {plain} where {days}{where}", found.params


def _select(source: str, restriction: _Restriction, columns: tuple[str, ...] = ()) -> str:
    where = f" where {restriction.where()}" if restriction.conditions else ""
    return f"{select_from(source, columns)}{''.join(restriction.joins.values())}{where}"


def _restriction(spec: Table, filters: Filters, viewer: Viewer, but: str | None = None) -> _Restriction:
    """The view's filters as far as the table has the dimensions, and the viewer's scope.

    Args:
        but: the table of members whose dimensions are left out.
    """
    found = _Restriction()
    for number, (name, values) in enumerate(filters):
        dim = dimension(name)
        if dim.kind == "grain" or not spec.has(dim) or (dim.via is not None and dim.via.table == but):
            continue
        column = f"t.{name}"
        if name not in spec.own and dim.via is not None:
            looked = dim.via
            found.joins[looked.table] = f" left join crm.{looked.table} as {looked.table} on {looked.match('t')}"
            column = f"{looked.table}.{looked.column}"
        found.conditions.append(is_one_of(column, f"f{number}", values, found.params))
    if not viewer.sees_all:
        found.conditions.append(in_scope("t", viewer))
    return found


def _child(spec: Table, filters: Filters, viewer: Viewer, columns: tuple[str, ...]) -> tuple[str, dict[str, Value]]:
    """Rows of a parent in view: products on deals, visits to stages, contacts."""
    plain = select_from(f"crm.{spec.name}", columns)
    if viewer.sees_all and not filters:
        return plain, {}
    parent = _PARENTS[spec.scope]
    key = table_named(parent).id[0]
    return f"{plain} where t.{key} in (select {key} from {parent})", {}


def _scoped(name: str, viewer: Viewer, columns: tuple[str, ...]) -> str:
    """What a table of this name reads in scope, or what belongs to deals in scope; whatever the filters."""
    plain = select_from(f"crm.{_SCOPED[name]}", columns)
    if viewer.sees_all:
        return plain
    of_scoped = "t.deal_id in (select deal_id from scoped_deals)"
    return f"{plain} where {of_scoped if name in _OF_SCOPED else in_scope('t', viewer)}"


def _order_days(viewer: Viewer) -> str:
    """Order lines in scope, whatever the filters, those that are alike as one."""
    alike = "t.ordered_on, t.customer_key, t.rep_key, t.team, t.is_return"
    where = "" if viewer.sees_all else f" where {in_scope('t', viewer)}"
    return f"select {alike}, sum(t.amount) as amount, count(*) as n from crm.order_lines as t{where} group by {alike}"


def _counted(filters: Filters, viewer: Viewer) -> tuple[str, dict[str, Value]]:
    """Activities in view, those that are alike as one."""
    found = _restriction(table_named("activities"), filters, viewer)
    alike = "t.done_on, t.rep_key, t.team, t.region, t.kind"
    joins, where = "".join(found.joins.values()), f" where {found.where()}" if found.conditions else ""
    return f"select {alike}, count(*) as n from crm.activities as t{joins}{where} group by {alike}", found.params


def _leads_of_deals(viewer: Viewer) -> str:
    """Leads that name a deal in view or are named by it (a pair that both name stands twice), blank out of scope."""
    seen = in_scope("t", viewer)
    told = ("lead_id", "source", "campaign", "created_on")
    kept = ", ".join(
        f"t.{name}" if viewer.sees_all else f"case when {seen} then t.{name} end as {name}" for name in told
    )
    read = f"select deals.deal_id, {kept}, coalesce({seen}, false) as is_in_scope from crm.leads as t join deals"
    return f"{read} on t.deal_id = deals.deal_id union all {read} on t.lead_id = deals.lead_id"


def _known_contracts(viewer: Viewer) -> str:
    """Contracts in scope, and of their customers all others without whose they are."""
    if viewer.sees_all:
        return "select t.*, true as is_in_scope from crm.contracts as t"
    seen = f"coalesce({in_scope('t', viewer)}, false)"
    told = ", ".join(f"case when {seen} then t.{name} end as {name}" for name in _OF_CONTRACT)
    customers = f"select m.customer_key from crm.contracts as m where {in_scope('m', viewer)}"
    return (
        f"select t.contract_id, t.customer_key, t.signed_on, t.starts_on, t.ends_on, t.amount, {told},"
        f" {seen} as is_in_scope from crm.contracts as t where {seen} or t.customer_key in ({customers})"
    )


_OF_CONTRACT = ("contract", "rep_key", "team", "region", "deal_id", "status")


def _credited(viewer: Viewer) -> str:
    """Parts of deals credited to people in scope, whatever the filters."""
    parts = f"select t.* from ({shares.by_owner()}) as t"
    return parts if viewer.sees_all else f"{parts} where {in_scope('t', viewer)}"


def _credit(viewer: Viewer) -> str:
    """The same; to who sees everything the whole deals, which the parts add up to."""
    return "select t.* from crm.deals as t" if viewer.sees_all else _credited(viewer)


_MADE_OF = {
    "scoped_order_days": _order_days, "deal_leads": _leads_of_deals, "known_contracts": _known_contracts,
    "scoped_credit": _credit, "credited_parts": _credited,
}  # fmt: skip


def _touches(name: str, filters: Filters, viewer: Viewer) -> tuple[str, dict[str, Value]]:
    """Activities for what is in view; a filter of what they are themselves, their kind, keeps to those."""
    if name not in _TOUCHING:
        return _KNOWN, {}
    parent, key = _TOUCHING[name]
    asked = _Restriction()
    for number, (dim, values) in enumerate(filters):
        if dim == "kind":
            asked.conditions.append(is_one_of("t.kind", f"f{number}", values, asked.params))
    if filters or not viewer.sees_all:
        asked.conditions.append(f"t.{key} in (select {key} from {parent})")
    if name == "first_touches":
        return _select("crm.deal_touches", asked), asked.params
    return _select("crm.activities", asked, _TOUCH), asked.params


_KNOWN = "select t.* from crm.activity_days as t"

_SURVEY_MARKS = (
    "select coalesce(lower(trim(t.kind)), 'unknown') as kind,"
    " count(case when t.score between 0 and 100 then 1 end) as scores,"
    " count(case when t.score > 5 and t.score <= 100 then 1 end) as over_5,"
    " count(case when t.score > 10 and t.score <= 100 then 1 end) as over_10"
    " from crm.surveys as t group by coalesce(lower(trim(t.kind)), 'unknown')"
)


def _versions(filters: Filters, viewer: Viewer) -> tuple[str, dict[str, Value]]:
    """All states of each deal of which any is in view, so that "transferred in" can be told from "new"."""
    restriction = _restriction(table_named("deal_versions"), filters, viewer)
    if not restriction.conditions:
        return "select t.*, true as is_in_view, true as is_in_scope from crm.deal_versions as t", {}
    joins, where = "".join(restriction.joins.values()), restriction.where()
    return (
        f"select {_blanked(viewer)}, coalesce({where}, false) as is_in_view from crm.deal_versions as t{joins}"
        f" where t.deal_id in (select t.deal_id from crm.deal_versions as t{joins} where {where})"
    ), restriction.params


def _versions_of(viewer: Viewer) -> str:
    """All states of the deals of which any part of any state is in view: asked beside `deals_seen` shared out."""
    return (
        f"select {_blanked(viewer)} from crm.deal_versions as t"
        " where t.deal_id in (select deals_seen.deal_id from deals_seen)"
    )


def _blanked(viewer: Viewer) -> str:
    """The columns of a state, the owner's blank where they are out of scope (`is_in_scope` says which are not)."""
    scope = in_scope("t", viewer)
    kept = [f"case when {scope} then t.{name} end as {name}" for name in ("rep_key", "team", "region")]
    return ", ".join([*(f"t.{name}" for name in _VERSION_COLUMNS), *kept, f"coalesce({scope}, false) as is_in_scope"])


_VERSION_COLUMNS = (
    "deal_id deal pipeline deal_type customer_key product_key source campaign lead_id stage status amount"
    " amount_original currency probability forecast_category created_on expected_close_on closed_on lost_reason"
    " competitor next_step last_activity_on seen_from seen_to is_reconstructed"
).split()
"""Every column of deal_versions but the owner's, which are blanked out of scope."""
