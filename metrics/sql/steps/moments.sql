-- Thirteen days of the past, four weeks apart (metrics/landing.py). Written out, not looked up in the calendar: engines see
-- that they are few, and meet them one by one instead of sorting all visits.
select cast($back_1 as date) as at_day
union all select cast($back_2 as date)
union all select cast($back_3 as date)
union all select cast($back_4 as date)
union all select cast($back_5 as date)
union all select cast($back_6 as date)
union all select cast($back_7 as date)
union all select cast($back_8 as date)
union all select cast($back_9 as date)
union all select cast($back_10 as date)
union all select cast($back_11 as date)
union all select cast($back_12 as date)
union all select cast($back_13 as date)
