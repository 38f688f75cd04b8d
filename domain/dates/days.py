"""Single days: “tomorrow”, “next Friday”, “15 January”, “15/1”, “the last working day of the month”."""

from datetime import date, timedelta

from domain.dates.arithmetic import add_months, coming_weekday, nth_weekday, nth_working_day, week_start
from domain.dates.feasts import coming_feast, feast_in
from domain.dates.reading import Context, Order, Outcome, Refused, ambiguous, gone, no_such_day
from domain.dates.spans import Span, days_in_month, read_span, whole_span
from domain.dates.tokens import (
    Day,
    Feast,
    Fixed,
    Mark,
    Month,
    Number,
    Numeric,
    Ordinal,
    Period,
    Step,
    Token,
    Tokens,
    Unit,
    Weekday,
    Year,
)

_COUNTED_DAYS = frozenset({Period.DAY, Period.WORKDAY, Period.WEEKEND})
_MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def named_day(tokens: Tokens, ctx: Context) -> Outcome | None:
    """“Today”, “15/1”, “the 15th”, “Christmas”, “15 Jan 2027”."""
    match tokens:
        case (Day(offset),):
            return ctx.today + timedelta(days=offset)
        case (Numeric() as typed,):
            return _numeric(typed, None, ctx)
        case (Numeric((_, _)) as typed, Year(year)) | (Year(year), Numeric((_, _)) as typed):
            return _numeric(typed, year, ctx)
        case (Ordinal(day, False),):
            return _coming_day_of_month(day, ctx)
        case _:
            return _fixed(tokens, ctx) or _day_and_month(_without_coming(tokens), ctx)


def _fixed(tokens: Tokens, ctx: Context) -> Outcome | None:
    match tokens:
        case (Fixed(month, day),):
            return _coming_date(month, day, ctx)
        case (Fixed(month, day), Year(year)) | (Year(year), Fixed(month, day)):
            return date(year, month, day)
        case (Feast() as feast,):
            return coming_feast(feast, ctx.today)
        case (Feast() as feast, Year(year)) | (Year(year), Feast() as feast):
            return feast_in(feast, year)
        case _:
            return None


def weekday(tokens: Tokens, ctx: Context) -> Outcome | None:
    """“Friday” is the coming one, today not counted; “next Friday” is Friday of next week."""
    match tokens:
        case (Weekday(index),) | (Mark.COMING, Weekday(index)) | (Weekday(index), Mark.COMING):
            return coming_weekday(ctx.today, index)
        case (Step(0), Weekday(index)) | (Weekday(index), Step(0)):
            return ctx.today if ctx.today.weekday() == index else coming_weekday(ctx.today, index)
        case (Weekday(index), Step(2)):
            following = coming_weekday(ctx.today, index)
            return ambiguous(*(following + timedelta(weeks=weeks) for weeks in (1, 2)))
        case (Step(count), Weekday(index)) | (Weekday(index), Step(count)):
            return week_start(ctx.today) + timedelta(weeks=count, days=index)
        case (Weekday(index), *rest) | (*rest, Weekday(index)):
            return _weekday_of_week(index, tuple(rest), ctx)
        case _:
            return None


def day_of_span(tokens: Tokens, ctx: Context) -> Outcome | None:
    """“The 15th of next month”, “last Friday of March”, “first working day of the quarter”, “sista mars”."""
    match tokens:
        case (
            (Ordinal() | Mark.FINAL | Step(-1) as which, Weekday() | Unit() as what, *rest)
            | (*rest, Ordinal(_, True) | Mark.FINAL as which, Weekday() | Unit() as what)
            | (Weekday() | Unit() as what, Ordinal(_, True) | Mark.FINAL as which, *rest)
        ) if rest and (isinstance(what, Weekday) or what.period in _COUNTED_DAYS):
            return _nth(which, what, tuple(rest), ctx)
        case (Mark.FINAL, *rest) if rest:
            return _nth(Mark.FINAL, Unit(Period.DAY), tuple(rest), ctx)
        case (Ordinal(day) | Number(day), *rest) | (*rest, Ordinal(day) | Number(day)):
            return _day_of_month_span(day, tuple(rest), ctx)
        case _:
            return None


def _weekday_of_week(index: int, rest: Tokens, ctx: Context) -> Outcome | None:
    span = None if rest == (Unit(Period.WEEK),) else read_span(rest, ctx)
    if isinstance(span, Refused):
        return span
    if span is None or span.period is not Period.WEEK:
        return None
    day = span.first + timedelta(days=index)
    return day if day >= ctx.today else gone(coming_weekday(ctx.today, index))


def _nth(which: Token, what: Token, rest: Tokens, ctx: Context) -> Outcome | None:
    span = whole_span(rest, ctx)
    if span is None or isinstance(span, Refused):
        return span
    count = which.value if isinstance(which, Ordinal) else -1
    day = _nth_in(span, what, count, ctx)
    if day is not None and day < ctx.today and isinstance(rest[0], Unit) and len(rest) == 1:
        later = read_span((Step(1), *rest), ctx)
        day = _nth_in(later, what, count, ctx) if isinstance(later, Span) else None
    return day


def _nth_in(span: Span, what: Token, count: int, ctx: Context) -> date | None:
    match what:
        case Weekday(index):
            return nth_weekday(span.first, span.last, index, count)
        case Unit(Period.WEEKEND):
            return nth_weekday(span.first, span.last, 5, count)
        case Unit(Period.WORKDAY):
            return nth_working_day(span.first, span.last, count, ctx.is_working_day)
        case Unit(Period.DAY):
            day = span.first + timedelta(days=count - 1) if count > 0 else span.last
            return day if day <= span.last else None
        case _:
            return None


def _day_of_month_span(day: int, rest: Tokens, ctx: Context) -> Outcome | None:
    match rest:
        case (
            (Step(), Unit(Period.MONTH))
            | (Unit(Period.MONTH), Step() | Mark.COMING)
            | (Mark.COMING, Unit(Period.MONTH))
        ):
            span = read_span(rest, ctx)
        case (Unit(Period.MONTH),):
            return _coming_day_of_month(day, ctx)
        case _:
            return None
    return _date(span.first.year, span.first.month, day) if isinstance(span, Span) else span


def _without_coming(tokens: Tokens) -> Tokens:
    """“15 januari a.s.” is 15 January."""
    match tokens:
        case (Mark.COMING, first, second) | (first, second, Mark.COMING):
            return (first, second)
        case _:
            return tokens


def _day_and_month(tokens: Tokens, ctx: Context) -> Outcome | None:
    match tokens:
        case (Ordinal(day) | Number(day), Month(month)) | (Month(month), Ordinal(day) | Number(day)):
            return _coming_date(month, day, ctx)
        case (
            (Ordinal(day) | Number(day), Month(month), Year(year))
            | (Month(month), Ordinal(day) | Number(day), Year(year))
            | (Year(year), Month(month), Ordinal(day) | Number(day))
            | (Year(year), Ordinal(day) | Number(day), Month(month))
        ):
            return _date(year, month, day)
        case (Ordinal(day) | Number(day), Month(month), Number(short, 2)) | (
            Month(month),
            Ordinal(day) | Number(day),
            Number(short, 2),
        ):
            return _date(2000 + short, month, day)
        case (Numeric((first, last), "-" | "/"), Month() as month) | (
            Month() as month,
            Numeric((first, last), "-" | "/"),
        ):
            return _days_of(month, (int(first), int(last)), ctx)
        case (Numeric((first, last), "-" | "/"), Month() as month, Year() as year) | (
            Month() as month,
            Numeric((first, last), "-" | "/"),
            Year() as year,
        ):
            return _days_of(month, (int(first), int(last)), ctx, year)
        case _:
            return None


def _days_of(month: Month, days: tuple[int, int], ctx: Context, *year: Year) -> Outcome | None:
    """“3-5 March”, which the lexer took for a date in numbers."""
    found = [_day_and_month((Number(day), month, *year), ctx) for day in days]
    return ambiguous(*(day for day in found if isinstance(day, date))) if found else None


def _coming_date(month: int, day: int, ctx: Context) -> Outcome:
    this_year = _date(ctx.today.year, month, day)
    if isinstance(this_year, date) and this_year >= ctx.today:
        return this_year
    upcoming = ctx.today.year + (month < ctx.today.month or isinstance(this_year, date))
    return _date(upcoming, month, day)


def _date(year: int, month: int, day: int) -> Outcome:
    longest = days_in_month(year, month)
    if 1 <= day <= longest:
        return date(year, month, day)
    if not 1 <= day <= 31:
        return no_such_day("such day in a month")
    last = date(year, month, longest)
    when = (
        f"{day} {_MONTH_NAMES[month - 1]} in {year}" if (day, month) == (29, 2) else f"{day} {_MONTH_NAMES[month - 1]}"
    )
    return no_such_day(when, last, last + timedelta(days=1))


def _coming_day_of_month(day: int, ctx: Context) -> Outcome:
    if not 1 <= day <= 31:
        return no_such_day("such day in a month")
    month = ctx.today.replace(day=1)
    while day > days_in_month(month.year, month.month) or month.replace(day=day) < ctx.today:
        month = add_months(month, 1)
    return month.replace(day=day)


def _numeric(token: Numeric, year: int | None, ctx: Context) -> Outcome:
    if len(token.parts[0]) == 4:
        return _checked(int(token.parts[0]), int(token.parts[1]), int(token.parts[2]))
    found = [day for letters in _orders(token, ctx) if (day := _in_order(token, letters, year, ctx)) is not None]
    if not found:
        return no_such_day("such date")
    if ctx.order is Order.UNSETTLED and len(set(found[:2])) > 1:
        return ambiguous(*found)
    if ctx.year_first and len(token.parts[-1]) == 2 and len(token.parts) == 3:
        return next((day for day in found if day >= ctx.today), found[0])
    return found[0]


def _orders(token: Numeric, ctx: Context) -> tuple[str, ...]:
    """The locale's order, then the other ones a date that cannot be read in it may be in."""
    short = len(token.parts) == 3 and len(token.parts[2]) == 2
    if short and (ctx.order is Order.YEAR_MONTH_DAY or (ctx.year_first and token.separator == "-")):
        return ("ymd", "dmy")
    if ctx.order in (Order.MONTH_DAY_YEAR, Order.YEAR_MONTH_DAY):
        return ("mdy", "dmy")
    return ("dmy", "mdy")


def _in_order(token: Numeric, letters: str, year: int | None, ctx: Context) -> date | None:
    if len(token.parts) == 2:
        letters = letters.replace("y", "")
    values = dict(zip(letters, (int(part) for part in token.parts), strict=True))
    if "y" in values:
        values["y"] += 2000 if values["y"] < 100 else 0
    elif year is not None:
        values["y"] = year
    if not 1 <= values["m"] <= 12:
        return None
    day = _date(values["y"], values["m"], values["d"]) if "y" in values else _coming_date(values["m"], values["d"], ctx)
    return day if isinstance(day, date) else None


def _checked(year: int, month: int, day: int) -> Outcome:
    if not 1 <= month <= 12 or year == 0:
        return no_such_day("such date")
    return _date(year, month, day)
