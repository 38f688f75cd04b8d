"""Dutch. “over” and “binnen” both say “in”; “vóór”, “voor” and “tegen” only say that it is a deadline."""

from domain.dates.tokens import Day, Edge, Feast, Fixed, Half, Mark, Number, Part, Period, Step, Tokens, Unit
from domain.dates.vocabulary import Vocabulary

_ONES = {"een": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8, "negen": 9}
_TENS = {"twintig": 20, "dertig": 30, "veertig": 40, "vijftig": 50, "zestig": 60, "zeventig": 70, "tachtig": 80}


def _and_a_half() -> dict[str, Tokens]:
    """“Tweeënhalve”, “tweeëneenhalve”: two and a half."""
    return {
        f"{one}enhalve|{one}enhalf|{one}eneenhalve|{one}eneenhalf|{one} en half": (Number(value), Mark.HALF)
        for one, value in _ONES.items()
    }


DUTCH = Vocabulary(
    code="nl",
    weekdays=(
        "maandag|maa|ma|maandags",
        "dinsdag|din|di",
        "woensdag|woe|wo",
        "donderdag|don|do",
        "vrijdag|vrij|vr|vrij.",
        "zaterdag|zat|za",
        "zondag|zon|zo",
    ),
    months=(
        "januari|jan",
        "februari|feb|febr",
        "maart|mrt|mar",
        "april|apr",
        "mei",
        "juni|jun",
        "juli|jul",
        "augustus|aug",
        "september|sep|sept",
        "oktober|okt",
        "november|nov",
        "december|dec",
    ),
    numbers={
        "een|één|n": 1,
        "twee": 2,
        "drie": 3,
        "vier": 4,
        "vijf": 5,
        "zes": 6,
        "zeven": 7,
        "acht": 8,
        "negen": 9,
        "tien": 10,
        "elf": 11,
        "twaalf": 12,
        "dertien": 13,
        "veertien": 14,
        "vijftien": 15,
        "zestien": 16,
        "zeventien": 17,
        "achttien": 18,
        "negentien": 19,
        **_TENS,
        **{f"{one}en{ten}": tens + ones for ten, tens in _TENS.items() for one, ones in _ONES.items()},
        "negentig": 90,
        "honderd": 100,
    },
    ordinals={
        "eerste": 1,
        "tweede": 2,
        "derde": 3,
        "vierde": 4,
        "vijfde": 5,
        "zesde": 6,
        "zevende": 7,
        "achtste": 8,
        "negende": 9,
        "tiende": 10,
        "elfde": 11,
        "twaalfde": 12,
        "dertiende": 13,
        "veertiende": 14,
        "vijftiende": 15,
        "zestiende": 16,
        "zeventiende": 17,
        "achttiende": 18,
        "negentiende": 19,
        "twintigste": 20,
        "eenentwintigste": 21,
        "tweeëntwintigste": 22,
        "drieëntwintigste": 23,
        "vierentwintigste": 24,
        "vijfentwintigste": 25,
        "zesentwintigste": 26,
        "zevenentwintigste": 27,
        "achtentwintigste": 28,
        "negenentwintigste": 29,
        "dertigste": 30,
        "eenendertigste": 31,
    },
    days={
        "vandaag|vanavond|vanmiddag|vanmorgen|vanochtend|vannacht|nu|heden": 0,
        "morgen|morgenochtend|morgenmiddag|morgenavond|morgenvroeg|de dag van morgen": 1,
        "overmorgen": 2,
        "gisteren|gisteravond": -1,
        "eergisteren": -2,
    },
    units={
        Period.MINUTE: "minuut|minuten|min",
        Period.HOUR: "uur|uren",
        Period.DAY: "dag|dagen|kalenderdagen",
        Period.WORKDAY: "werkdag|werkdagen|werkbare dag|werkbare dagen",
        Period.WEEK: "week|weken|wk|wkn|weekje|weekjes",
        Period.WEEKEND: "weekend|weekeinde",
        Period.MONTH: "maand|maanden|mnd",
        Period.QUARTER: "kwartaal|kwartalen|kwartaals",
        Period.HALF: "halfjaar",
        Period.YEAR: "jaar|jaren",
    },
    steps={
        -1: "vorige|vorig|afgelopen|voorbije|verleden|jongstleden|jl",
        0: "deze|dit|huidige|lopende|van deze|van dit",
        1: "volgende|volgend|volgede|volgnde",
        2: "daaropvolgende|overvolgende",
    },
    edges={
        Part.BEGIN: (
            "eerste dagen van|begin|begin van|begin v.d.|begin v/d|begin vd|het begin van|vroeg in|start van|begin in"
        ),
        Part.MIDDLE: "half|medio|midden|midden van|halverwege|het midden van|midden in",
        Part.END: (
            "eind|einde|eind v.d.|eind v/d|eind vd|einde v.d.|einde v/d"
            "|ergens|ergens in|in de loop van|in de loop van de|later in|laatste dagen van"
            "|einde vd|eind van|einde van|het eind van|het einde van|laat in|ultimo|einde in"
        ),
    },
    marks={
        Mark.IN: "over|binnen|in|+",
        Mark.HENCE: "vanaf nu|vanaf vandaag|later|verder",
        Mark.AGO: "geleden|eerder",
        Mark.FROM: "vanaf|met ingang van|per",
        Mark.AFTER: "na",
        Mark.HALF: "halve|een halve|een half|en een halve|en een half|en half",
        Mark.BEFORE: "vóór|voor",
        Mark.OR: "of|en|&",
        Mark.TO: "à|t/m|tot|tot en met|t.e.m.",
        Mark.ARTICLE: "de|het|den",
        Mark.FINAL: "laatste",
        Mark.COMING: "aanstaande|aanst.|a.s.|as|komende|komend|eerstvolgende|eerstkomende|aankomende|aankomend",
        Mark.WEEK_OF: "week van|de week van",
        Mark.CLOCK: (
            "ochtend|middag|avond|nacht|ochtends|'s ochtends|'s middags|'s avonds|'s morgens|vroeg|uiterlijk om"
        ),
        Mark.END_OF_DAY: "einde dag|eind van de dag|einde van de dag|eind van de middag|einde werkdag|eod",
    },
    phrases={
        "maandeinde|einde maand|eind maand|maandultimo|einde v.d. maand": (Edge(Part.END), Unit(Period.MONTH)),
        "kwartaaleinde|kwartaaleind|einde kwartaal|kwartaalafsluiting": (Edge(Part.END), Unit(Period.QUARTER)),
        "jaareinde|jaareind|einde jaar|jaarwisseling|oud en nieuw|jaarultimo": (Edge(Part.END), Unit(Period.YEAR)),
        "een half jaar|half jaar|een halfjaar": (Number(6), Unit(Period.MONTH)),
        "een halve maand|halve maand": (Number(15), Unit(Period.DAY)),
        "anderhalve|anderhalf": (Number(1), Mark.HALF),
        **_and_a_half(),
        "eerste helft|eerste halfjaar|eerste helft van|de eerste helft van": (Half(1),),
        "tweede helft|tweede halfjaar|tweede helft van|de tweede helft van": (Half(2),),
        "h1": (Half(1),),
        "h2": (Half(2),),
        "later deze week": (Step(0), Unit(Period.WEEK)),
        "later deze maand": (Step(0), Unit(Period.MONTH)),
        "volgende dag|de volgende dag": (Day(1),),
        "kerstavond": (Fixed(12, 24),),
        "kerst|kerstmis|eerste kerstdag": (Fixed(12, 25),),
        "tweede kerstdag": (Fixed(12, 26),),
        "oudjaar|oudjaarsdag|oudejaarsdag|oudejaarsavond": (Fixed(12, 31),),
        "nieuwjaar|nieuwjaarsdag|nieuwe jaar|het nieuwe jaar": (Fixed(1, 1),),
        "kerstweek|de kerstweek": (Fixed(12, 25), Unit(Period.WEEK)),
        "driekoningen": (Fixed(1, 6),),
        "pasen|eerste paasdag|paaszondag": (Feast("NL", "Easter Sunday"),),
        "goede vrijdag": (Feast("NL", "Good Friday"),),
        "paasmaandag|tweede paasdag": (Feast("NL", "Easter Monday"),),
        "hemelvaart|hemelvaartsdag": (Feast("NL", "Ascension Day"),),
        "pinksteren|eerste pinksterdag": (Feast("NL", "Pentecost"),),
        "pinkstermaandag|tweede pinksterdag": (Feast("NL", "Pentecost Monday"),),
        "koningsdag": (Fixed(4, 27),),
        "bevrijdingsdag": (Fixed(5, 5),),
        "sinterklaas|pakjesavond": (Fixed(12, 5),),
    },
    fillers=(
        "op|aan|uiterlijk|uiterlijk op|ten laatste|tegen|deadline|van|rond|omstreeks|ongeveer|circa|ca|om|klaar|gereed"
        "|dat is|niet later dan|voor het|op de|datum|tussen|ergens voor|graag|alstublieft|aub|op zijn laatst|tijdens"
        "|binnen nu en|tussen nu en|van nu tot|meteen|direct|gelijk|vlak|kort|voor uiterlijk|opleverdatum|vervalt"
    ),
    ordinal_suffix="ste|de|e",
    week_prefix="weeknummer|weeknr|week|wk|w",
    quarter_prefix="kwartaal|kw|q|k",
    day_parts="ochtend|morgen|middag|namiddag|avond|nacht",
    clock=(
        r"om \d{1,2}(?:[.:]\d{2})?(?: ?(?:uur|u)|(?<=[.:]\d\d))(?![a-z\d])"
        r"|\d{1,2}(?:[.:]\d{2} ?(?:uur|u)|u)(?![a-z\d])"
    ),
)
