### Dates, in words.

# $day: the day of the month, a number. $month: the month, in words. $year: the year.
date = { $day } { $month } { $year }

month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

# A moment in Paris. $hour and $minute: numbers, the minutes always of two digits.
moment = { $date } at { $hour }:{ $minute }, Paris time
