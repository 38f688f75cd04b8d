"""Weeks and halves of months, counts with a half, days beside other days and moving feasts, in all five languages, as
typed on Wednesday 2 December 2026."""

import pytest

from domain.dates import read_date
from tests.domain.dates.reading import WEDNESDAY, dated, refused

READ = {
    "en-GB": {
        "first week of January": "2027-01-04",
        "in the first week of January": "2027-01-04",
        "first week of December": "2026-12-04",
        "1st wk of Feb": "2027-02-01",
        "last week of March": "2027-03-29",
        "third week of next month": "2027-01-18",
        "first week of next year": "2027-01-04",
        "the first week of the year": "2027-01-04",
        "end of the first week of January": "2027-01-08",
        "Friday of the first week of January": "2027-01-08",
        "last weekend in January": "2027-01-30",
        "second half of January": "2027-01-31",
        "first half of next month": "2027-01-15",
        "sometime in March": "2027-03-31",
        "sometime next week": "2026-12-11",
        "after 2 weeks": "2026-12-16",
        "1.5 weeks": "2026-12-12",
        "in 2½ weeks": "2026-12-19",
        "a week and a half": "2026-12-12",
        "two and a half months": "2027-02-17",
        "half a week": "2026-12-05",
        "week from today": "2026-12-09",
        "thirty-seven days": "2027-01-08",
        "this time next month": "2027-01-02",
        "after the weekend": "2026-12-07",
        "the Friday before Christmas": "2026-12-18",
        "the last working day before Christmas": "2026-12-24",
        "first working day after New Year": "2027-01-04",
        "second Monday after 6 January": "2027-01-18",
        "second Friday from now": "2026-12-11",
        "week of Christmas": "2026-12-21",
        "Christmas week": "2026-12-21",
        "two weeks before Easter": "2027-03-14",
        "Thanksgiving": "2027-11-25",
        "Easter 2028": "2028-04-16",
    },
    "nl-NL": {
        "eerste week van januari": "2027-01-04",
        "de laatste week van de maand": "2026-12-28",
        "eerste week januari": "2027-01-04",
        "derde week van volgende maand": "2027-01-18",
        "vrijdag van de eerste week van januari": "2027-01-08",
        "eind eerste week januari": "2027-01-08",
        "tweede helft van januari": "2027-01-31",
        "halverwege maart": "2027-03-15",
        "in de loop van volgende week": "2026-12-11",
        "ergens in maart": "2027-03-31",
        "na twee weken": "2026-12-16",
        "anderhalve week": "2026-12-12",
        "over anderhalve maand": "2027-01-17",
        "over tweeënhalve week": "2026-12-19",
        "twee en een halve week": "2026-12-19",
        "over 2,5 week": "2026-12-19",
        "achtentwintig dagen": "2026-12-30",
        "maandag over 7 dagen": "2026-12-14",
        "direct na het weekend": "2026-12-07",
        "de vrijdag voor kerst": "2026-12-18",
        "eerste werkdag na nieuwjaar": "2027-01-04",
        "15 januari a.s.": "2027-01-15",
        "een week voor Pasen": "2027-03-21",
        "Hemelvaart": "2027-05-06",
        "binnen nu en twee weken": "2026-12-16",
    },
    "sv-SE": {
        "första veckan i januari": "2027-01-04",
        "i första veckan i januari": "2027-01-04",
        "sista veckan i mars": "2027-03-29",
        "tredje veckan i nästa månad": "2027-01-18",
        "första veckan på nya året": "2027-01-04",
        "fredagen i första veckan i januari": "2027-01-08",
        "andra halvan av januari": "2027-01-31",
        "mitt i januari": "2027-01-15",
        "någon gång i mars": "2027-03-31",
        "efter två veckor": "2026-12-16",
        "om en och en halv vecka": "2026-12-12",
        "om halvannan vecka": "2026-12-12",
        "om två och en halv månad": "2027-02-17",
        "om 1,5 vecka": "2026-12-12",
        "trettiofem dagar": "2027-01-06",
        "efter helgen": "2026-12-07",
        "veckan efter nästa": "2026-12-14",
        "tisdag som kommer": "2026-12-08",
        "fredagen före jul": "2026-12-18",
        "sista arbetsdagen före jul": "2026-12-24",
        "senare i veckan": "2026-12-04",
        "före midsommar": "2027-06-25",
        "långfredagen": "2027-03-26",
        "inte senare än 15 januari": "2027-01-15",
    },
    "zh-CN": {
        "一月第一周": "2027-01-04",
        "1月第1周": "2027-01-04",
        "三月最后一周": "2027-03-29",
        "下个月第三周": "2027-01-18",
        "一月第一周的周五": "2027-01-08",
        "第一季度第一周": "2027-01-04",
        "1月4日那周": "2027-01-04",
        "一月下半月": "2027-01-31",
        "上半月": "2026-12-15",
        "一周半后": "2026-12-12",
        "一个半月": "2027-01-17",
        "两个半月后": "2027-02-17",
        "1.5周": "2026-12-12",
        "一年半后": "2028-06-02",
        "从今天起两周": "2026-12-16",
        "周末后": "2026-12-07",
        "周五后两天": "2026-12-06",
        "圣诞节前一周": "2026-12-18",
        "1月15日前五个工作日": "2027-01-08",
        "圣诞前的周五": "2026-12-18",
        "元旦后第一个工作日": "2027-01-04",
        "春节前": "2027-02-06",
        "除夕": "2027-02-05",
        "中秋节": "2027-09-15",
        "一周后的今天": "2026-12-09",
        "元月15日": "2027-01-15",
    },
    "ms-MY": {
        "minggu pertama Januari": "2027-01-04",
        "minggu pertama bulan Januari": "2027-01-04",
        "minggu terakhir Mac": "2027-03-29",
        "minggu ketiga bulan depan": "2027-01-18",
        "minggu ke-2 Januari": "2027-01-11",
        "hujung minggu pertama Februari": "2027-02-06",
        "separuh kedua Januari": "2027-01-31",
        "selepas dua minggu": "2026-12-16",
        "seminggu setengah": "2026-12-12",
        "satu setengah minggu": "2026-12-12",
        "sebulan setengah": "2027-01-17",
        "1.5 minggu": "2026-12-12",
        "dua puluh lapan hari": "2026-12-30",
        "dua minggu depan": "2026-12-16",
        "selepas hujung minggu": "2026-12-07",
        "Jumaat sebelum Krismas": "2026-12-18",
        "hari bekerja pertama selepas tahun baru": "2027-01-04",
        "seminggu sebelum Hari Raya": "2027-03-03",
        "Tahun Baru Cina": "2027-02-06",
    },
}


@pytest.mark.parametrize("locale", READ)
def test_each_is_read_as_its_day(locale: str) -> None:
    read = {phrase: dated(phrase, locale) for phrase in READ[locale]}

    assert read == READ[locale]


@pytest.mark.parametrize(
    ("phrase", "locale", "offered"),
    [
        ("after Christmas", "en-GB", "2026-12-28"),
        ("na kerst", "nl-NL", "2026-12-28"),
        ("efter nyår", "sv-SE", "2027-01-04"),
        ("春节后", "zh-CN", "2027-02-08"),
        ("selepas Krismas", "ms-MY", "2026-12-28"),
    ],
)
def test_after_a_day_is_any_day_and_the_first_working_one_is_offered(phrase: str, locale: str, offered: str) -> None:
    reading = read_date(phrase, now=WEDNESDAY, locale=locale)

    assert reading.on is None
    assert [str(day) for day in reading.alternatives] == [offered]
    assert offered in reading.sentence


@pytest.mark.parametrize(
    "phrase", ["fifth week of February", "half a quarter", "1.5 working days", "week 9 of January"]
)
def test_what_is_not_there_is_refused(phrase: str) -> None:
    assert refused(phrase, "en-GB") == "not_understood"


def test_a_weeks_number_that_can_be_the_years_or_the_months_is_asked_for() -> None:
    in_2026 = WEDNESDAY.replace(year=2025)

    reading = read_date("week 3 of January", now=in_2026, locale="en-GB")

    assert [str(day) for day in reading.alternatives] == ["2026-01-12", "2026-01-19"]
