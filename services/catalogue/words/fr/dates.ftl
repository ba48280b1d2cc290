### Les dates, en toutes lettres.

# $day : le jour du mois, un nombre. $month : le mois, en lettres. $year : l’année.
date = { $day ->
        [1] 1er { $month } { $year }
       *[other] { $day } { $month } { $year }
    }

month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre

# Un moment à Paris. $hour et $minute : des nombres, les minutes toujours à deux chiffres.
moment = { $date } à { $hour } h { $minute }, heure de Paris
