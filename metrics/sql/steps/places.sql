-- The open stages of each pipeline that a deal in view is in, numbered from 1 on.
select
    lines.pipeline, stages.stage, min(stages.label_en) as label_en, min(stages.label_zh) as label_zh,
    row_number() over (partition by lines.pipeline order by min(stages.position), stages.stage) as place
from (select distinct deals.pipeline from deals) as lines
join stages on stages.pipeline is null or stages.pipeline is not distinct from lines.pipeline
where stages.status = 'open'
group by lines.pipeline, stages.stage
