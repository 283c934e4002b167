"""`crm.stages`: what files say about stages, what deals show, and over both what the company configured.

The configuration (data/stage_names.py) is laid over everything else: its rows stand whole, whatever files say of the
same stage. Names that it gives a stage besides its own are read as that stage in every row (data/renaming.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.facts import renew
from data.order import Order, order_of
from data.renaming import shown_fields
from data.stage_names import CONFIGURED, PROFILE
from data.stage_order import order_by_known_lists
from data.states import find_now
from data.tables import tables
from data.visits import have_one_visit

if TYPE_CHECKING:
    import duckdb

_HOLDS = "not coalesce(s.is_deleted, false) and s.merged_into is null"


def write_stages(cursor: duckdb.DuckDBPyConnection) -> None:
    """Stages as configured, then as uploaded; those only seen on deals follow.

    Stages that nobody told come open ones first, in the order in which deals pass them; where nothing shows one, in
    that of a known list (data/stage_order.py).
    """
    table = tables()["stages"]
    steps = _ONLY_STEPS if have_one_visit(cursor) else _STEPS
    order = order_of(cursor, table)
    renew(cursor, "stages")
    if order.uploads:
        find_now(cursor, table, _of_files(cursor, order))
        called = shown_fields(cursor, "stages", ["stage"])["stage"]
        cursor.execute(f"insert into crm.stages {_TOLD.format(called=called, shown=_shown(steps, _AMONG))}")
    else:  # nobody told any: most small stores
        cursor.execute(f"insert into crm.stages {_ONLY_SHOWN.format(shown=_shown(steps, ''))}")
    order_by_known_lists(cursor)


def _of_files(cursor: duckdb.DuckDBPyConnection, order: Order) -> Order:
    """The uploads that are no configuration."""
    found = cursor.execute(f"select id from ops.uploads where table_name = 'stages' and profile = '{PROFILE}'")
    own = {upload_id for (upload_id,) in found.fetchall()}
    kept = tuple(upload for upload in order.uploads if upload.id not in own)
    layouts = {upload.layout: order.layouts[upload.layout] for upload in kept}
    return Order(kept, layouts, order.undone + len(order.uploads) - len(kept))


_COVERS = (
    "{told}.stage = {one}.stage and ({told}.pipeline is null or {told}.pipeline is not distinct from {one}.pipeline)"
)

_STEPS = """
    passed as (
        select deal_id, stage, rank() over (partition by deal_id order by entered_on nulls first) as step
        from crm.deal_stages  -- a visit without a day was going on when the deal was first seen
        where true {of_deals}
    ),
    steps as (select pipeline, passed.stage, sum(step) / count(*) as step
              from passed join crm.deals using (deal_id) where true {among} group by pipeline, passed.stage)
"""
_ONLY_STEPS = """
    steps as (select distinct pipeline, passed.stage, 1.0::double as step from crm.deals as passed
              where stage is not null and seen_from is not null {among})
"""
"""Where every visit is the first of its deal."""

_SHOWN = """
    seen as (
        select pipeline, passed.stage, status, probability from crm.deal_versions as passed
        where stage is not null {among}
        union all
        select pipeline, stage, null, null from steps
    ),
    shown as (
        select seen.pipeline, seen.stage, coalesce(mode(status order by status), 'open') as status,
            median(seen.probability) as probability, any_value(steps.step) as step
        from seen left join steps on steps.pipeline is not distinct from seen.pipeline and steps.stage = seen.stage
        group by seen.pipeline, seen.stage
    )
"""
_DOUBTFUL = f"""
    named as (
        select stage, pipeline
        from (select stage from crm.deal_stages
              union select stage from crm.deal_versions where stage is not null) as stages
        cross join (select pipeline from crm.deals union select pipeline from crm.deal_versions) as lines
    ),
    doubtful as (
        select distinct stage from named where not exists (from told where {_COVERS.format(told="told", one="named")})
    ),
"""
"""Stages that are not told for every pipeline: what deals show of all others nobody asks for."""
_AMONG = "and passed.stage in (select stage from doubtful)"


def _shown(steps: str, among: str) -> str:
    """SQL of the steps that tell what deals show of stages.

    Args:
        steps: SQL of the place that each stage has in the ways of deals.
        among: SQL that chooses stages; all if empty.
    """
    of_deals = among and "and deal_id in (select deal_id from crm.deal_stages as passed where true {among})"
    found = (_DOUBTFUL if among else "") + steps.replace("{of_deals}", of_deals) + "," + _SHOWN
    return found.replace("{among}", among)


_AS_SHOWN = """
            row_number() over (partition by pipeline order by
                case status when 'open' then 1 when 'won' then 2 else 3 end,
                probability nulls last, step nulls last, stage),
        status, probability, null, stage, stage, null, null, null
"""
_ONLY_SHOWN = f"""
    with {{shown}}
    select pipeline, stage, {_AS_SHOWN}
    from shown
"""

_TOLD = f"""
    with configured as (  -- counted through, also where an older one counted each pipeline's stages by themselves
        select * replace (row_number() over (order by position, stage, pipeline nulls first) as position) from (
            select * replace ({{called}} as stage) from ({CONFIGURED})
            qualify row_number() over (partition by pipeline, {{called}} order by position) = 1
        )
    ),
    in_files as (
        select pipeline, stage, status, probability, max_days,
            coalesce(position, row_number() over (partition by pipeline order by stage)) as position,
            coalesce(label_en, stage) as label_en, coalesce(label_zh, stage) as label_zh,
            required, forecast_category
        from (
            select * from now_stages as s where stage is not null and {_HOLDS}
            qualify row_number() over (partition by pipeline, stage order by position nulls last, key) = 1
        )
    ),
    told as (
        select pipeline, stage, position, status, probability, max_days, label_en, label_zh, required,
            forecast_category, '{PROFILE}' as told_by
        from configured
        union all
        select pipeline, stage, position + coalesce((select max(position) from configured), 0), status, probability,
            max_days, label_en, label_zh, required, forecast_category, 'file'
        from in_files where not exists (from configured where {_COVERS.format(told="configured", one="in_files")})
    ),
    {{shown}},
    untold as (
        select * from shown where not exists (from told where {_COVERS.format(told="told", one="shown")})
    )
    select pipeline, stage, position::integer, status, probability, max_days, label_en, label_zh, required,
        forecast_category, told_by
    from told
    union all
    select pipeline, stage,
        coalesce((select max(position) from told
                  where told.pipeline is null or told.pipeline is not distinct from untold.pipeline), 0)
            + {_AS_SHOWN}
    from untold
"""
