-- Two teams, three people, two customers, ten deals. As of 15 March 2026.
insert into crm.reps (rep_key, rep, manager, team, region, is_implied) values
    (1, 'Ann', 'Max', 'North', 'N', false), (2, 'Bob', 'Max', 'North', 'N', false), (3, 'Cem', 'Mia', 'South', 'S', false);
insert into crm.teams values ('Sales', null), ('North', 'Sales'), ('South', 'Sales');
insert into crm.customers (customer_key, customer, industry, tier, rep_key, is_implied) values
    (11, 'Acme', 'metal', 'A', 1, false), (12, 'Bolt', 'wood', 'B', 3, false), (13, 'Lone', 'wood', null, null, false);
insert into crm.products (product_key, product, category, is_implied) values (21, 'Saw', 'tools', false), (22, 'Oil', 'goods', false);

insert into crm.deals (deal_id, rep_key, team, region, customer_key, product_key, stage, status, amount, created_on, closed_on,
    cycle_days, lost_reason, push_count, is_gone) values
    ('d01', 1, 'North', 'N', 11, 21, 'won',  'won',  100, '2026-01-05', '2026-01-20', 15, null, 0, false),
    ('d02', 1, 'North', 'N', 11, 22, 'won',  'won',  250.55, '2026-01-10', '2026-02-14', 35, null, 0, false),
    ('d03', 1, 'North', 'N', 12, 21, 'lost', 'lost', 80, '2026-01-12', '2026-02-01', 20, 'price', 0, false),
    ('d04', 2, 'North', 'N', 11, 21, 'won',  'won',  40, '2025-12-01', '2026-03-02', 91, null, 0, false),
    ('d05', 2, 'North', 'N', null, null, 'lost', 'lost', null, '2025-11-11', '2025-12-31', 50, 'price', 0, false),
    ('d06', 3, 'South', 'S', 12, 22, 'won',  'won',  500, '2025-10-01', '2025-12-15', 75, null, 0, false),
    ('d07', 3, 'South', 'S', 12, 22, 'lost', 'lost', 60, null, '2026-03-10', null, null, 0, false),
    ('d08', 3, 'South', 'S', 12, 21, 'talk', 'open', 70, '2026-02-20', null, null, null, 0, false),
    ('d09', null, null, null, 13, 21, 'talk', 'open', 30, null, null, null, null, 0, false),
    ('d10', 1, 'North', 'N', 11, 21, 'offer', 'open', 90, '2026-03-01', null, null, null, 0, false);
-- d08 was seen with 50 until 1 March; before the first upload (1 February) states are rebuilt. d01 was open until it closed.
insert into fold.deal_versions (deal_id, rep_key, team, region, customer_key, product_key, stage, status, amount, probability,
    created_on, closed_on, seen_from, seen_to, is_reconstructed) values
    ('d01', 1, 'North', 'N', 11, 21, 'talk',  'open', 100, 0.5, '2026-01-05', null, '2026-01-05', '2026-01-20', true),
    ('d08', 3, 'South', 'S', 12, 21, 'talk',  'open', 50, 0.2, '2026-02-20', null, '2026-02-20', '2026-03-01', false),
    ('d08', 3, 'South', 'S', 12, 21, 'talk',  'open', 70, 0.2, '2026-02-20', null, '2026-03-01', '9999-12-31', false),
    ('d09', null, null, null, 13, 21, 'talk', 'open', 30, null, null, null, '2026-02-01', '9999-12-31', false),
    ('d10', 2, 'North', 'N', 11, 21, 'talk',  'open', 90, 0.5, '2026-03-01', null, '2026-03-01', '2026-03-08', false),
    ('d10', 1, 'North', 'N', 11, 21, 'offer', 'open', 90, 0.5, '2026-03-01', null, '2026-03-08', '9999-12-31', false),
    ('d04', 2, 'North', 'N', 11, 21, 'talk',  'open', 40, 0.9, '2025-12-01', null, '2025-12-01', '2026-03-02', true),
    ('d04', 2, 'North', 'N', 11, 21, 'won',   'won',  40, 1.0, '2025-12-01', '2026-03-02', '2026-03-02', '9999-12-31', false);
insert into crm.activities (activity_id, kind, rep_key, team, region, customer_key, deal_id, done_on) values
    ('a1', 'call', 1, 'North', 'N', 11, 'd01', '2026-01-07'), ('a2', 'visit', 1, 'North', 'N', 11, 'd02', '2026-01-17'),
    ('a3', 'call', 3, 'South', 'S', 12, 'd08', '2026-02-21'), ('a4', 'mail', null, null, null, null, null, null);
insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, rep_key, team, region, product_key, quantity, amount, cost, is_return) values
    ('o1', 1, '2026-01-21', 11, 1, 'North', 'N', 21, 2, 60, 40, false), ('o1', 2, '2026-01-21', 11, 1, 'North', 'N', 22, 1, 40, null, false),
    ('o2', 1, '2026-02-15', 12, 3, 'South', 'S', 22, 5, 250.55, 200, false), ('o2', 2, '2026-02-28', 12, 3, 'South', 'S', 22, 1, -50, -40, true);
insert into crm.invoices (invoice_id, issued_on, due_on, customer_key, rep_key, team, region, amount) values
    ('i1', '2026-01-25', '2026-02-24', 11, 1, 'North', 'N', 100), ('i2', '2026-02-20', '2026-03-20', 12, 3, 'South', 'S', 200.55);
-- The first payment was booked by somebody else: it still pays Ann's invoice.
insert into crm.payments (payment_id, paid_on, customer_key, rep_key, team, region, invoice_id, amount) values
    ('p1', '2026-02-10', 11, 3, 'South', 'S', 'i1', 30), ('p2', '2026-03-05', 11, 1, 'North', 'N', 'i1', 20),
    ('p3', '2026-03-10', 12, 3, 'South', 'S', 'i2', 200.55);
insert into crm.targets (measure, scope, scope_value, starts_on, ends_on, value, version, reason) values
    ('won_amount', 'company', null, '2026-01-01', '2026-12-31', 2610, 1, null),       -- 261 working days in 2026: 10 a day
    ('won_amount', 'team', 'North', '2026-03-01', '2026-03-31', 220, 1, null),        -- 22 working days in March: 10 a day
    ('won_amount', 'team', 'North', '2026-03-01', '2026-03-31', 440, 2, 'raised'),    -- the higher version holds: 20 a day
    ('won_amount', 'team', 'South', '2026-01-01', '2026-12-31', 261, 1, null),        -- 1 a day
    ('win_rate', 'company', null, '2026-01-01', '2026-03-31', 0.5, 1, null);
