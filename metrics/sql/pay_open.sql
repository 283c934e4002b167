-- The open deals that somebody would be credited for, with what is their part of each (metrics/pay_if.py).
with population as (
    select
        deal_credits.deal_id, deal_credits.deal, deal_credits.customer_key, deal_credits.rep_key, reps.rep,
        deal_credits.stage, deal_credits.expected_close_on, deal_credits.whole_amount, deal_credits.amount as money
    from deal_credits
    join reps on reps.rep_key = deal_credits.rep_key
    where deal_credits.credit = $credit and deal_credits.status = 'open' and not deal_credits.is_gone and reps.rep = $rep
)
select
    population.deal_id, population.deal, population.stage, population.expected_close_on, population.whole_amount,
    population.money
from population
order by population.money desc nulls last, population.deal_id
