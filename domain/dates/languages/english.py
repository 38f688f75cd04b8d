"""English."""

from domain.dates.tokens import Day, Edge, Feast, Fixed, Half, Mark, Number, Part, Period, Step, Unit
from domain.dates.vocabulary import Vocabulary

_ONES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}

ENGLISH = Vocabulary(
    code="en",
    weekdays=(
        "monday|mon",
        "tuesday|tue|tues|tuesady|teusday",
        "wednesday|wed|weds|wensday|wendesday|wednsday|wedensday",
        "thursday|thu|thur|thurs|thrusday|thurday",
        "friday|fri|firday",
        "saturday|sat",
        "sunday|sun",
    ),
    months=(
        "january|jan|janurary|januray",
        "february|feb|febr|febuary|feburary",
        "march|mar",
        "april|apr",
        "may",
        "june|jun",
        "july|jul",
        "august|aug",
        "september|sep|sept",
        "october|oct",
        "november|nov",
        "december|dec|decmber|decemeber",
    ),
    numbers={
        "a|an|one": 1,
        "two|a couple|a couple of|couple of|couple": 2,
        "three": 3,
        "four": 4,
        "five": 5,
        "six": 6,
        "seven": 7,
        "eight": 8,
        "nine": 9,
        "ten": 10,
        "eleven": 11,
        "twelve|a dozen": 12,
        "thirteen": 13,
        "fourteen": 14,
        "fifteen": 15,
        "sixteen": 16,
        "seventeen": 17,
        "eighteen": 18,
        "nineteen": 19,
        **_TENS,
        **{f"{ten}-{one}|{ten} {one}": tens + ones for ten, tens in _TENS.items() for one, ones in _ONES.items()},
        "a hundred|one hundred|hundred": 100,
    },
    ordinals={
        "first": 1,
        "second": 2,
        "third": 3,
        "fourth": 4,
        "fifth": 5,
        "sixth": 6,
        "seventh": 7,
        "eighth": 8,
        "ninth": 9,
        "tenth": 10,
        "eleventh": 11,
        "twelfth": 12,
        "thirteenth": 13,
        "fourteenth": 14,
        "fifteenth": 15,
        "sixteenth": 16,
        "seventeenth": 17,
        "eighteenth": 18,
        "nineteenth": 19,
        "twentieth": 20,
        "twenty-first|twenty first": 21,
        "twenty-second|twenty second": 22,
        "twenty-third|twenty third": 23,
        "twenty-fourth|twenty fourth": 24,
        "twenty-fifth|twenty fifth": 25,
        "twenty-sixth|twenty sixth": 26,
        "twenty-seventh|twenty seventh": 27,
        "twenty-eighth|twenty eighth": 28,
        "twenty-ninth|twenty ninth": 29,
        "thirtieth": 30,
        "thirty-first|thirty first": 31,
    },
    days={
        "today|tonight|this morning|this afternoon|this evening|now|right now|later today|end of today": 0,
        "tomorrow|tmrw|tmr|tmw|tomorro|tomorow|tommorow|tommorrow": 1,
        "day after tomorrow|overmorrow": 2,
        "yesterday|last night": -1,
        "day before yesterday": -2,
        "this time next week|same time next week|same day next week": 7,
    },
    units={
        Period.MINUTE: "minute|minutes|min|mins",
        Period.HOUR: "hour|hours|hr|hrs|h",
        Period.DAY: "day|days|day's|days'|calendar day|calendar days|d",
        Period.WORKDAY: (
            "working day|working days|workday|workdays|work day|work days|business day|business days"
            "|weekday|weekdays|working days'|business days'|biz day|biz days|bdays|w days|wd|bd"
        ),
        Period.WEEK: "week|working week|work week|business week|weeks|week's|weeks'|wk|wks|w",
        Period.WEEKEND: "weekend",
        Period.MONTH: "month|months|month's|months'|mth|mths|mo|mos",
        Period.QUARTER: "quarter|quarters|quarter's|qtr",
        Period.HALF: "half|half of the year|half year",
        Period.YEAR: "year|years|year's|years'|yr|yrs",
    },
    steps={
        -1: "last|previous|past",
        0: "this|current|the current",
        1: "next|nxt|following",
        2: "after next",
    },
    edges={
        Part.BEGIN: (
            "first days of|very early|early on in|beginning of|beginning|begin|start of|start|early|early in"
            "|first thing|first part of|the beginning of"
        ),
        Part.MIDDLE: "mid|middle of|middle|halfway through|half way through|midway through|the middle of",
        Part.END: (
            "end of|end|late|late in|ending|the end of|back end of|close of|some time|sometime|some time in|sometime in"
            "|in the course of|over the course of|latter part of|last part of|later in|some time during|sometime during"
        ),
    },
    marks={
        Mark.IN: "in|within|inside|+",
        Mark.HENCE: "from now|from today|hence|out|time|later|ahead|of today|of now|from now on",
        Mark.AGO: "ago|earlier|back",
        Mark.FROM: "from|starting|starting from|as of|effective",
        Mark.AFTER: "after|following on from",
        Mark.BEFORE: "before|prior to|ahead of",
        Mark.OR: "or|and|&|and/or",
        Mark.TO: "to|through|thru|until|till|'til|til|up to",
        Mark.ARTICLE: "the",
        Mark.FINAL: "final|very last",
        Mark.COMING: "coming|upcoming|this coming|this upcoming|the coming",
        Mark.HALF: "half a|half an|and a half|and one half",
        Mark.WEEK_OF: "week of|week commencing|week beginning|week starting|w/c|wc|week containing",
        Mark.CLOCK: (
            "morning|afternoon|evening|night|noon|midday|midnight|lunchtime|lunch|am|pm|a.m.|p.m.|a.m|p.m"
            "|o'clock|utc|gmt|cet|cest|bst|est|edt|cst|cdt|mst|mdt|pst|pdt|et|pt|sgt|myt|local time"
        ),
        Mark.END_OF_DAY: (
            "end of play|eod|cob|eob|end of day|end of the day|close of business|end of business|close of play|cop"
            "|end of the business day|end of business day"
        ),
    },
    phrases={
        "eow|eo week|end-of-week": (Edge(Part.END), Unit(Period.WEEK)),
        "eom|end-of-month|month-end|month end|monthend": (Edge(Part.END), Unit(Period.MONTH)),
        "eoq|end-of-quarter|quarter-end|quarter end|qtr end": (Edge(Part.END), Unit(Period.QUARTER)),
        "eoy|end-of-year|year-end|year end|yearend|ye": (Edge(Part.END), Unit(Period.YEAR)),
        "fortnight|fortnights": (Unit(Period.WEEK, 2),),
        "eo next week": (Edge(Part.END), Step(1), Unit(Period.WEEK)),
        "midweek": (Edge(Part.MIDDLE), Unit(Period.WEEK)),
        "this time next month|same time next month|same day next month": (Number(1), Unit(Period.MONTH)),
        "this time next year|same time next year": (Number(1), Unit(Period.YEAR)),
        "half a year|half year's": (Number(6), Unit(Period.MONTH)),
        "half a month": (Number(15), Unit(Period.DAY)),
        "a year and a half": (Number(18), Unit(Period.MONTH)),
        "new year's eve|new years eve|nye|new year's end": (Fixed(12, 31),),
        "new year's day|new years day|new year|the new year|new years|new year's": (Fixed(1, 1),),
        "easter|easter sunday|easter day": (Feast("SE", "Easter Sunday"),),
        "good friday": (Feast("SE", "Good Friday"),),
        "easter monday": (Feast("SE", "Easter Monday"),),
        "ascension day|ascension": (Feast("SE", "Ascension Day"),),
        "pentecost|whit sunday": (Feast("SE", "Pentecost"),),
        "whit monday": (Feast("SE", "Pentecost", 1),),
        "thanksgiving|thanksgiving day": (Feast("US", "Thanksgiving Day"),),
        "labor day": (Feast("US", "Labor Day"),),
        "memorial day": (Feast("US", "Memorial Day"),),
        "4th of july|fourth of july|july 4th": (Fixed(7, 4),),
        "epiphany": (Fixed(1, 6),),
        "chinese new year|lunar new year|cny": (Feast("CN", "Chinese New Year (Spring Festival)"),),
        "midsummer|midsummer's eve": (Feast("SE", "Midsummer Day", -1),),
        "eid|eid al-fitr|hari raya": (Feast("MY", "Eid al-Fitr"),),
        "diwali|deepavali": (Feast("SG", "Diwali"),),
        "christmas eve|xmas eve": (Fixed(12, 24),),
        "christmas|christmas day|xmas": (Fixed(12, 25),),
        "boxing day": (Fixed(12, 26),),
        "valentine's day|valentines day": (Fixed(2, 14),),
        "halloween": (Fixed(10, 31),),
        "midyear|mid-year": (Edge(Part.MIDDLE), Unit(Period.YEAR)),
        "h1|first half|first half of the year|first half of|the first half of|first half in": (Half(1),),
        "h2|second half|second half of the year|second half of|the second half of|latter half of|second half in": (
            Half(2),
        ),
        "next day|the next day|following day": (Day(1),),
        "this day": (Day(0),),
        "this week's": (Step(0), Unit(Period.WEEK)),
        "later this week": (Step(0), Unit(Period.WEEK)),
        "later this month": (Step(0), Unit(Period.MONTH)),
        "next week's": (Step(1), Unit(Period.WEEK)),
        "same day": (Day(0),),
    },
    fillers=(
        "by|on|due|due on|due by|deadline|deadline is|at|of|no later than|not later than|latest|at the latest"
        "|at latest|around|about|approximately|roughly|circa|ca|approx|either|between|please|for|is|it's"
        "|by the|on or before|in the|during|target|target date|eta|some time before|sometime before|date|dated"
        "|between now and|over the|right|straight|shortly|just|let's say|say|around the|exactly|maximum|max"
        "|at most|of the|only|thanks|ok|okay|latest by"
    ),
    ordinal_suffix="st|nd|rd|th",
    week_prefix="calendar week|week number|week no|week|wk|cw|kw|w",
    quarter_prefix="quarter|qtr|q",
    clock=r"at \d{1,2}(?:[.:]\d{2})?(?=$|[,;)]| on | tomorrow| today)",
)
