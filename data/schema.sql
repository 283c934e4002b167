-- The canonical tables: the contract between import (which fills them) and metrics (which question them).
--
-- Dates end in _on, timestamps in _at (company time zone), flags start with is_, shares are 0-1.
-- Money is DECIMAL(18,4) in the reporting currency; it is rounded on display only.
-- <kind>_key is an integer made from the member's own identity (see data/fold.py), so it is the same in every
-- replay of the same uploads. A name column of reps, customers and products is unique: two people of one name
-- read "Li Wei (1007)" and "Li Wei (1012)". NULL key or NULL name = unassigned.
-- `crm` is derived: data/fold.py alone writes it. `ops` is the truth; ops.<t>_rows and ops.<t>_seen are
-- created from data/tables.py. `fold` holds what the fold remembers between two runs; it can be made anew at any time.
-- Nothing in crm has a primary key: its tables are written whole, and indexes would cost more than that; tests hold the
-- keys unique.

create schema if not exists crm;
create schema if not exists ops;
create schema if not exists fold;

-- ---------------------------------------------------------------- who sells

create table crm.reps (                         -- one row per salesperson
    rep_key bigint not null,
    rep_id varchar,                             -- the CRM's own id or NULL
    rep varchar not null,                       -- display name, unique
    email varchar,
    manager varchar,                            -- name of the direct manager, today
    team varchar,                               -- team today; rep_teams holds the past
    region varchar,
    hired_on date,
    left_on date,                               -- from the list, else the day of the first full list without them
    is_implied boolean not null                 -- only named by other rows, no row of its own was uploaded
);

create table crm.teams (team varchar not null, parent varchar);

create table crm.rep_teams (                    -- membership in time: from_on <= day < to_on
    rep_key bigint not null,
    team varchar not null,
    from_on date not null,                      -- 0001-01-01 when it was so from the first sighting
    to_on date not null                         -- 9999-12-31 while it lasts
);

-- ---------------------------------------------------------------- to whom, what

create table crm.customers (                    -- one row per account
    customer_key bigint not null,
    customer_id varchar,
    customer varchar not null,                  -- display name, unique
    industry varchar,
    region varchar,
    city varchar,
    size_band varchar,
    tier varchar,
    rep_key bigint,                             -- owner of the account
    parent varchar,                             -- name of the parent account
    created_on date,
    credit_limit decimal(18,4),
    first_order_on date,                        -- lifetime facts: over all history, never over a filter
    first_won_on date,
    is_implied boolean not null
);

create table crm.contacts (
    contact_id varchar, contact varchar, customer_key bigint, rep_key bigint, email varchar, phone varchar,
    title varchar, created_on date
);

create table crm.products (
    product_key bigint not null,
    product_id varchar,
    product varchar not null,                   -- display name, unique
    category varchar,
    list_price decimal(18,4),
    unit_cost decimal(18,4),
    is_implied boolean not null
);

-- ---------------------------------------------------------------- the process

create table crm.leads (
    lead_id varchar not null,
    lead varchar,                               -- person or company, as shown
    created_at timestamp,
    created_on date,                            -- the day of created_at
    source varchar,
    campaign varchar,
    rep_key bigint,
    team varchar,                               -- team of the rep on created_on
    region varchar,
    industry varchar,
    status varchar,
    first_touch_at timestamp,
    qualified_on date,
    converted_on date,
    deal_id varchar,
    disqualified_reason varchar,
    first_done_at timestamp                     -- the first activity for it, whoever's it was
);

create table crm.deals (                        -- opportunity 商机, as it stands now; deleted and merged ones are none
    deal_id varchar not null using compression zstd,    -- the CRM's id, or the key the profile chose
    deal varchar using compression zstd,        -- its name (zstd: texts that hardly repeat are written in half the time)
    pipeline varchar,
    deal_type varchar,                          -- new | existing
    customer_key bigint,
    rep_key bigint,                             -- owner
    team varchar,                               -- from the file, else the owner's team at closed_on, or today while open
    region varchar,                             -- from the file, else the owner's, else the customer's
    product_key bigint,
    source varchar,
    campaign varchar,
    lead_id varchar using compression zstd,
    stage varchar,
    status varchar not null,                    -- open | won | lost
    amount decimal(18,4),                       -- reporting currency
    amount_original decimal(18,4),
    currency varchar,                           -- of amount_original; NULL = reporting currency
    probability double,                         -- the CRM's own, 0-1
    forecast_category varchar,                  -- omitted | pipeline | best_case | commit | closed
    created_on date,
    expected_close_on date,
    closed_on date,                             -- only while status is won or lost
    lost_reason varchar,
    competitor varchar,
    next_step varchar,
    last_activity_on date,                      -- the later of the file's and the last activity of the deal
    push_count integer not null,                -- sightings that moved expected_close_on to a later month
    stage_since date,                           -- entered the present stage on
    cycle_days integer,                         -- closed_on - created_on, closed deals
    gone_on date,                               -- first day it was missing from a full export
    is_gone boolean not null,
    extra varchar,                              -- columns nobody mapped, as JSON
    -- what makes this row its own version in deal_versions, so that the state of today is stored only once
    seen_from date,                             -- since when it says this; NULL: no version (never held a day)
    seen_to date,
    seen_team varchar,                          -- team when it was seen
    seen_activity_on date,                      -- last activity as the file tells it
    rebuilt_to date,                            -- a deal with one state only: end of its days before the first upload
    -- what visits and activities tell of it: to look for it among millions is nothing to do for every question
    reached_place integer,                      -- the furthest open stage that its visits show, as in crm.places. NULL: none
                                                -- but that in which it stands
    reached_on date,                            -- and the day of the first of these; NULL: it was there when it was first seen
    touches integer,                            -- of a closed deal: activities for it until then; NULL: none
    first_done_on date                          -- the first activity for it since it was created
);

create table fold.deal_versions (               -- of crm.deal_versions, what crm.deals does not hold already
    deal_id varchar not null,
    deal varchar,
    pipeline varchar,
    deal_type varchar,
    customer_key bigint,
    rep_key bigint,
    team varchar,
    region varchar,
    product_key bigint,
    source varchar,
    campaign varchar,
    lead_id varchar,
    stage varchar,
    status varchar not null,
    amount decimal(18,4),
    amount_original decimal(18,4),
    currency varchar,
    probability double,
    forecast_category varchar,
    created_on date,
    expected_close_on date,
    closed_on date,
    lost_reason varchar,
    competitor varchar,
    next_step varchar,
    last_activity_on date,
    seen_from date not null,
    seen_to date not null,                      -- 9999-12-31 for the state that still holds
    is_reconstructed boolean not null           -- before the first sighting: rebuilt from created_on and closed_on
);

create view crm.deal_versions as                -- deal x state it was seen in: seen_from <= day < seen_to
select * from fold.deal_versions
union all
select deal_id, deal, pipeline, deal_type, customer_key, rep_key, seen_team, region, product_key, source, campaign, lead_id,
    stage, status, amount, amount_original, currency, probability, forecast_category, created_on, expected_close_on,
    closed_on, lost_reason, competitor, next_step, seen_activity_on, seen_from, seen_to, false
from crm.deals where seen_from is not null
union all                                       -- rebuilt: open until it closed; what belongs to a closed deal is left out
select deal_id, deal, pipeline, deal_type, customer_key, rep_key, seen_team, region, product_key, source, campaign, lead_id,
    case when status = 'open' then stage end, 'open', amount, amount_original, currency,
    case when status = 'open' then probability end, case when status = 'open' then forecast_category end,
    created_on, expected_close_on, null, null, null, case when status = 'open' then next_step end,
    case when status = 'open' then seen_activity_on end, created_on, rebuilt_to, true
from crm.deals where rebuilt_to is not null;

create table crm.deal_stages (                  -- visit of a deal to a stage; from imported history, else from versions
    deal_id varchar not null, stage varchar not null, entered_on date, left_on date,
    rep_key bigint                              -- owner during the visit where known, else the owner now
);

create table crm.places (                       -- open stages of each pipeline that deals are in, numbered from 1 on
    pipeline varchar, stage varchar not null, place integer not null, label_en varchar, label_zh varchar,
    probability double, max_days integer, required varchar, forecast_category varchar       -- as in crm.stages
);

-- Visits to open stages, by the fold (data/visits.py): what funnel and odds are counted from, with what they ask of the deal.
create table crm.stage_visits (
    deal_id varchar not null, pipeline varchar, stage varchar not null, place integer not null,
    is_first boolean not null,                  -- its first visit to this stage
    is_furthest boolean not null,               -- its first to the furthest open stage it was in: one per deal
    entered_on date,                            -- NULL: it was there when it was first seen
    left_on date,                               -- NULL: it is there; of its last visit, the day it was closed
    next_place integer, next_on date,           -- the visit after this one
    status varchar not null, created_on date, closed_on date, is_gone boolean not null      -- of the deal
);

create table crm.deal_touches (                 -- deal x kind of activity that was done for it since it was created (data/deals.py)
    deal_id varchar not null, kind varchar,
    first_on date not null,                     -- the first day on which it was, whoever did it
    status varchar not null, created_on date not null, closed_on date, gone_on date         -- of the deal
);

create table crm.deal_lines (
    deal_id varchar not null, line_no integer, product_key bigint, quantity double, amount decimal(18,4), rep_key bigint
);

create table crm.deal_owners (deal_id varchar not null, rep_key bigint, share double not null, role varchar);

-- How a deal's amount is shared out (data/shares.py). A part runs from one share of the amount to the next, so that the
-- parts of any amount add up to it to the last digit; deals without lines, or without others' shares, have no rows.
-- is_main: the part at which the deal itself is counted, once.
create table crm.product_shares (                -- deal x product on it; product NULL: what no line covers
    deal_id varchar not null, product_key bigint, from_share double not null, to_share double not null, is_main boolean not null
);
create table crm.owner_shares (                  -- deal x person with a share; is_main: the owner, who keeps the rest (rep_key NULL)
    deal_id varchar not null, rep_key bigint, team varchar,     -- team of the person on closed_on, or today while open
    from_share double not null, to_share double not null, is_main boolean not null
);

create table crm.activities (
    activity_id varchar not null, kind varchar,     -- call | visit | meeting | mail | demo | task
    rep_key bigint, team varchar, region varchar, customer_key bigint, deal_id varchar, lead_id varchar,
    done_at timestamp, done_on date, minutes double, outcome varchar, subject varchar
);

create table crm.activity_days (                -- the days on which any activity is on record, by kind; few rows for many
    kind varchar, done_on date not null, is_of_deal boolean not null
);

-- ---------------------------------------------------------------- the result

create table crm.order_lines (
    order_id varchar not null,
    line_no integer not null,
    ordered_on date,
    customer_key bigint,
    rep_key bigint,
    team varchar,
    region varchar,
    product_key bigint,
    source varchar,
    quantity double,
    unit_price decimal(18,4),
    discount double,
    amount decimal(18,4),                       -- negative for returns
    cost decimal(18,4),
    is_return boolean not null,
    order_no integer,                           -- n-th order of this customer in all history, returns not counted
    previous_on date                            -- day of the customer's order before this one
);

create table crm.quotes (quote_id varchar not null, issued_on date, customer_key bigint, rep_key bigint, team varchar, region varchar,
    deal_id varchar, amount decimal(18,4), discount double, status varchar);
create table crm.contracts (contract_id varchar not null, contract varchar, signed_on date, starts_on date, ends_on date, customer_key bigint,
    rep_key bigint, team varchar, region varchar, deal_id varchar, amount decimal(18,4), status varchar);
create table crm.invoices (invoice_id varchar not null, issued_on date, due_on date, customer_key bigint, rep_key bigint, team varchar, region varchar,
    deal_id varchar, order_id varchar, amount decimal(18,4), paid decimal(18,4),    -- paid: sum of its payments, by the fold
    paid_on date,                                                                    -- day it was settled in full
    status varchar);
create table crm.payments (payment_id varchar not null, paid_on date, customer_key bigint, rep_key bigint, team varchar, region varchar,
    deal_id varchar, invoice_id varchar, contract_id varchar, amount decimal(18,4), status varchar);
create table crm.payment_plans (plan_id varchar not null, planned_on date, customer_key bigint, rep_key bigint, team varchar, region varchar,
    deal_id varchar, contract_id varchar, amount decimal(18,4), status varchar);

-- ---------------------------------------------------------------- goals, voices, surroundings

create table crm.targets (
    measure varchar not null,                   -- a measure id
    scope varchar not null,                     -- company | team | rep | product | region
    scope_value varchar,                        -- name of the team, rep, product or region; NULL for company
    starts_on date not null,
    ends_on date not null,                      -- last day, included
    value double not null,
    version integer not null,                   -- the highest version holds
    reason varchar,
    set_on date                                 -- the day this version was decided, where it is known
);

create table crm.surveys (survey_id varchar not null, kind varchar, answered_on date, sent_on date, customer_key bigint, rep_key bigint, team varchar,
    region varchar, score double, comment varchar);
create table crm.tickets (ticket_id varchar not null, opened_on date, closed_on date, customer_key bigint, rep_key bigint, team varchar, region varchar,
    product_key bigint, kind varchar, severity varchar, status varchar);
create table crm.campaigns (campaign_id varchar, campaign varchar, source varchar, starts_on date, ends_on date, cost decimal(18,4));
create table crm.stock (product_key bigint, counted_on date, quantity double, warehouse varchar);
create table crm.market (market varchar, region varchar, starts_on date, ends_on date, size decimal(18,4), competitor varchar, competitor_amount decimal(18,4));
create table crm.fx_rates (currency varchar not null, from_on date not null, rate double not null);      -- one unit of currency in the reporting currency

create table crm.stages (                       -- a row that names its pipeline beats one for all pipelines (data/stage_rows.py)
    pipeline varchar, stage varchar not null, position integer, status varchar, probability double, max_days integer,
    label_en varchar, label_zh varchar,
    required varchar,                           -- fields of deals that must be filled in, with commas between them
    forecast_category varchar,                  -- of deals that say none themselves
    told_by varchar                             -- settings | file; NULL: only seen on deals
);

create table crm.calendar (
    day date not null,
    week date not null,                         -- first day of the week (settings: week_start)
    month date not null, quarter date not null, year date not null,          -- first days
    fiscal_quarter date not null, fiscal_year date not null,                 -- first days
    is_workday boolean not null,                -- weekends, public holidays and make-up days (调休) of the company's country
    festival varchar,
    days_to_festival integer                    -- to the nearest Spring Festival, negative before it
);

-- ---------------------------------------------------------------- the truth and its surroundings

create sequence ops.upload_ids start 1;
create table ops.uploads (
    id bigint primary key,
    file varchar not null, sha256 varchar not null, bytes bigint not null,
    kept varchar,                               -- name of the original inside <store>.d/originals
    table_name varchar not null, profile varchar not null,
    columns varchar[] not null,                 -- canonical fields the file carried; others keep their earlier value
    mapping varchar not null,                   -- JSON: their column -> our field and format
    encoding varchar,
    as_of date, as_of_from varchar,             -- flag | file name | report | dates | none
    is_full boolean,                            -- NULL: unknown, absent rows are left alone
    is_undone boolean not null default false,
    who varchar, loaded_at timestamp not null,
    read bigint not null, new bigint not null, changed bigint not null, same bigint not null, refused bigint not null, set_aside bigint not null,
    currency varchar                            -- the one that most of its rows name; NULL where none names any
);
create table ops.refused_rows (upload_id bigint not null, line bigint, text varchar, reasons varchar[] not null, money decimal(18,4), is_set_aside boolean not null);
create table ops.unread_keys (upload_id bigint not null, key varchar not null);     -- of refused rows: their records were listed (data/unread.py)
create table ops.effects (                      -- what a change did to the headline numbers, one row per measure (data/effects.py)
    upload_id bigint not null,                  -- files that were loaded together share what they did
    change_no bigint not null,                  -- the version of the store that the change made
    action varchar not null,                    -- load | undo | redo
    who varchar, changed_at timestamp not null,
    measure varchar not null, before double, after double
);
create table ops.findings (                     -- what was wrong right after a load: the trend of data quality (data/quality_trend.py)
    upload_id bigint not null, code varchar not null, aspect varchar not null, table_name varchar not null,
    rows bigint not null, "of" bigint not null, money decimal(38, 4)
);
create table ops.aliases (kind varchar not null, alias varchar not null, canonical varchar not null, accepted_by varchar, accepted_at timestamp,
    primary key (kind, alias));
create table ops.dimensions (id varchar primary key, table_name varchar not null, field varchar not null, label_en varchar not null, label_zh varchar not null);
create table ops.viewers (email varchar primary key, name varchar, scope varchar not null, teams varchar[], rep varchar, lang varchar);   -- scope: all | teams | rep
create table ops.reviews (                      -- meetings (data/review/held.py)
    id bigint not null, held_on date not null,
    as_of date not null,                        -- the day that its numbers are of: the next review starts there
    since date,                                 -- and the day of the review before
    team varchar,                               -- of one team; NULL: of all
    address varchar not null,                   -- the view, as in an address
    chair varchar, state varchar not null,      -- open | held | dropped
    said varchar not null,                      -- JSON: what each step said then, its presenter's note, its seconds
    agenda varchar,                             -- JSON: the agenda that it goes by, as when it was begun
    last_upload bigint,                         -- the last upload that its numbers hold; NULL: that before it was begun
    begun_at timestamp not null, ended_at timestamp
);
create table ops.actions (                      -- what was decided (data/review/actions.py)
    id bigint not null, review_id bigint,       -- NULL: outside of a meeting
    kind varchar not null,                      -- what it is about: deal | rep | customer | target | none
    subject varchar,                            -- its id, or name
    what varchar not null, owner varchar, due_on date,
    expected varchar,                           -- JSON: what the data should say by then (data/review/outcomes.toml)
    before varchar,                             -- JSON: what they said when it was decided, and how far they reached
    decided_on date not null,                   -- the store's day then
    state varchar not null,                     -- as people say: open | done | dropped
    who varchar, noted_at timestamp not null
);
create table ops.action_checks (                -- what became of it: only ever added to
    id bigint not null, action_id bigint not null, checked_on date not null,        -- the store's day then
    outcome varchar not null,                   -- done | moved | not_moved | overdue | unknown; by hand also dropped | taken_back
    evidence varchar,                           -- JSON; by hand: a remark
    is_by_hand boolean not null,                -- else told by the data
    who varchar, noted_at timestamp not null
);
create table ops.forecast_calls (               -- what people say a period will bring (data/review/calls.py)
    id bigint not null, review_id bigint, said_on date not null, from_on date not null, to_on date not null,
    scope varchar not null, scope_value varchar,                    -- company | team | rep
    commit_amount decimal(18,4), best_case decimal(18,4), remark varchar, who varchar, noted_at timestamp not null
);
create table ops.alerts (                       -- risks: a rule on a subject, from when it fired until it cleared (data/review/alerts.py)
    id bigint not null, rule varchar not null,
    kind varchar not null, subject varchar,     -- company | team | rep | customer | deal | data; its id, or name
    raised_on date not null, cleared_on date,
    owner varchar, plan varchar, state varchar not null,            -- new | taken | watched | closed
    seen_on date not null, evidence varchar, amount decimal(18,4), chance double    -- as it was looked at last
);
create table ops.alert_events (                 -- and its history
    alert_id bigint not null, happened_on date not null, event varchar not null,        -- raised | changed | cleared | state | plan
    evidence varchar,                           -- JSON
    amount decimal(18,4), chance double, remark varchar, who varchar, noted_at timestamp not null
);
create table ops.notes (id bigint, subject varchar, text varchar, who varchar, noted_at timestamp);
create table ops.saved_views (id varchar primary key, name varchar not null, page varchar not null, query varchar not null, who varchar, noted_at timestamp);
create table ops.pay_plans (id varchar, definition varchar, from_on date, who varchar, noted_at timestamp);
create table ops.pay_statements (               -- pay that was settled: what later uploads change is an adjustment, not another past
    id bigint not null, plan_id varchar not null, rep varchar not null, from_on date not null, to_on date not null, as_of date,
    plan varchar not null,                      -- the plan as it was, JSON
    lines varchar not null,                     -- the lines as they were, JSON
    amount decimal(18,4) not null, who varchar, noted_at timestamp not null
);
create table ops.trainings (id bigint not null, training varchar not null, held_on date not null, reps varchar[] not null, who varchar, noted_at timestamp not null);
create table ops.settings (name varchar primary key, value varchar not null);
create table ops.version (version bigint not null, schema integer not null, product varchar not null,
    facts bigint);                              -- the version that last changed what questions read

-- ---------------------------------------------------------------- what the fold remembers

create table fold.pairs (                       -- which ids and names the rows of a table refer to
    table_name varchar not null, kind varchar not null, id varchar, name varchar
);
create table fold.rep_refs (                    -- and which member each one is; is_merged: one of another id or name
    id varchar, name varchar, key bigint not null, is_merged boolean
);
create table fold.customer_refs (id varchar, name varchar, key bigint not null, is_merged boolean);
create table fold.product_refs (id varchar, name varchar, key bigint not null, is_merged boolean);
create table fold.stage_names (                 -- names of stages that the configuration reads as others
    alias varchar not null, canonical varchar not null
);
-- What the first page asks of everybody, with rows that are alike as one (data/rollups.py): by month (its first day stands
-- for all of them) and by day. n: how many rows of its table one stands for.
create table fold.rollups (                     -- those that are kept; the others are empty, and their tables are asked
    name varchar not null, day date             -- as of which it is kept, of what holds for one day
);
create table fold.rolled_deals_by_unit (
    in_month date, is_month boolean not null, closed_on date, status varchar, region varchar, source varchar, industry varchar,
    amount decimal(38,4), n bigint not null
);
create table fold.rolled_deals_by_product (     -- of deals shared out; share: 0, 1 or something in between (0.5)
    in_month date, is_month boolean not null, closed_on date, status varchar, product_key bigint, is_main boolean, share double,
    amount decimal(38,4), deal_amount decimal(38,4), n bigint not null
);
create table fold.rolled_deals_by_owner (
    in_month date, is_month boolean not null, closed_on date, status varchar, rep_key bigint, team varchar, is_main boolean,
    share double, amount decimal(38,4), deal_amount decimal(38,4), n bigint not null
);
create table fold.rolled_deals_seen (           -- of states, which have no month; is_known: their amount is neither missing nor 0
    seen_from date, seen_to date, is_reconstructed boolean, status varchar, is_known boolean, amount decimal(38,4), n bigint not null
);
create table fold.rolled_leads (
    in_month date, is_month boolean not null, created_on date, rep_key bigint, team varchar, region varchar, is_converted boolean,
    n bigint not null
);
create table fold.rolled_activities (
    in_month date, is_month boolean not null, done_on date, rep_key bigint, team varchar, region varchar, kind varchar,
    n bigint not null
);
create table fold.rolled_order_lines (
    in_month date, is_month boolean not null, ordered_on date, rep_key bigint, team varchar, region varchar, amount decimal(38,4),
    n bigint not null
);
create table fold.rolled_payments (
    in_month date, is_month boolean not null, paid_on date, rep_key bigint, team varchar, region varchar, amount decimal(38,4),
    n bigint not null
);
create table fold.rolled_order_days (           -- only by day: scoped_order_days of metrics/base.py
    ordered_on date, customer_key bigint, rep_key bigint, team varchar, is_return boolean, amount decimal(38,4), n bigint not null
);
create table fold.rolled_first_leads (          -- a row per deal: brought_deals of metrics/sql/steps, on any day (data/rollups.py)
    deal_source varchar, status varchar not null, amount decimal(18,4), created_on date, closed_on date,
    has_lead boolean not null, lead_source varchar, lead_on date,   -- the first of its leads, those without a day last
    has_undated boolean not null, undated_source varchar,           -- of several, the first without a day
    n bigint not null
);
create table fold.rolled_visits (               -- visits of decided deals: decided_visits and won_stays of metrics/sql/steps
    pipeline varchar, stage varchar not null, status varchar not null, closed_on date not null,
    days bigint,
    is_left boolean not null,                   -- left on a day of its own, not before it was entered
    furthest bigint not null, n bigint not null
);
create table fold.rolled_open_now (             -- deals open on the store's own day: steps of signals, standing and silence
    deal_id varchar not null,
    stage_now varchar, stage_on date,           -- stage_now of metrics/sql/steps
    stage_here varchar, here_on date,           -- here: the same, by visits to open stages
    touched_on date,                            -- last_touched
    pushes bigint, most decimal(18,4),          -- restated
    n bigint not null
);

create table fold.deals_now (                   -- the state that each deal has today: what the next upload is compared with
    key_no bigint not null, row_no bigint not null, is_gone boolean not null
);
