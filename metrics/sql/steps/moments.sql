-- Thirteen days of the past, four weeks apart (metrics/landing.py).
select calendar.day as at_day from calendar
where calendar.day in ($back_1, $back_2, $back_3, $back_4, $back_5, $back_6, $back_7,
    $back_8, $back_9, $back_10, $back_11, $back_12, $back_13)
