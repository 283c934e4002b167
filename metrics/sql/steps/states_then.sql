-- What deals open on `$day` (the question's own `open_then`) had said by then: no state of that day says otherwise.
select
    said.deal_id, said.amount_original, said.expected_close_on, said.seen_from, said.seen_to, said.currency,
    cast(date_trunc('month', said.expected_close_on) as date) as due_month, open_then.currency as currency_now
from (
    select
        deal_versions.deal_id, deal_versions.amount_original, deal_versions.expected_close_on, deal_versions.seen_from,
        deal_versions.seen_to, deal_versions.currency
    from deal_versions
    where deal_versions.status = 'open' and deal_versions.seen_from <= $day
    union all
    select
        deal_versions.deal_id, deal_versions.amount_original, deal_versions.expected_close_on, deal_versions.seen_from,
        deal_versions.seen_to, deal_versions.currency
    from deal_versions
    where deal_versions.status <> 'open' and deal_versions.seen_from <= $day and deal_versions.seen_to <= $day
) as said
join open_then on open_then.deal_id = said.deal_id
