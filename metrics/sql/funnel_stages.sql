-- The open stages of every pipeline that a deal in view is in, numbered from 1 on (metrics/funnel.py).
-- `is_told`: a configuration or a file says that there is such a stage, and where; else its place follows from deals.
with told as (
    select stages.stage, stages.pipeline from stages where stages.told_by is not null
    group by stages.stage, stages.pipeline
),
population as (
    select
        places.pipeline, places.place, places.stage, places.label_en, places.label_zh,
        count(told.stage) > 0 as is_told
    from places
    left join told on told.stage = places.stage
        and (told.pipeline is null or told.pipeline is not distinct from places.pipeline)
    group by places.pipeline, places.place, places.stage, places.label_en, places.label_zh
)
select pipeline, place, stage, label_en, label_zh from population order by pipeline nulls first, place
