-- What open deals do not meet of what their stages ask: a row for each reason.
select standards.deal_id, 'time' as reason, cast(null as varchar) as field
from standards
where standards.days_in_stage > standards.max_days
union all
select standards.deal_id, 'field' as reason, wanted.field
from standards
join (values ('rep'), ('customer'), ('amount'), ('expected_close_on'), ('next_step'), ('product'), ('source'),
    ('competitor'), ('probability')) as wanted(field) on standards.required like concat('%,', wanted.field, ',%')
where case wanted.field
    when 'rep' then standards.rep_key is null
    when 'customer' then standards.customer_key is null
    when 'amount' then coalesce(standards.amount, 0) = 0
    when 'expected_close_on' then standards.expected_close_on is null
    when 'next_step' then nullif(trim(standards.next_step), '') is null
    when 'product' then standards.product_key is null
    when 'source' then standards.source is null
    when 'competitor' then standards.competitor is null
    else standards.probability is null end
