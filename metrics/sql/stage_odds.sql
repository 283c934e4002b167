-- The probability that the CRM gives each open stage (metrics/calibration.py).
with population as (
    select stages.pipeline, stages.stage, stages.probability from stages where stages.status = 'open'
)
select pipeline, stage, probability from population
