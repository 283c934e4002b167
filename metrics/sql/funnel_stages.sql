-- The open stages of every pipeline that a deal in view is in, numbered from 1 on (metrics/funnel.py).
with population as (
    select places.pipeline, places.place, places.stage, places.label_en, places.label_zh from places
)
select pipeline, place, stage, label_en, label_zh from population order by pipeline nulls first, place
