"""Stretches of time people name: “next week”, “March 2027”, “Q1”, “week 12”, “the year”, and parts of them."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.dates.arithmetic import add_months, iso_week, month_end, week_start
from domain.dates.reading import Context, Outcome, Refused, ambiguous, gone, no_such_day
from domain.dates.tokens import (
    Edge,
    Fixed,
    Half,
    Mark,
    Month,
    Ordinal,
    Part,
    Period,
    Quarter,
    Step,
    Token,
    Tokens,
    Unit,
    WeekNumber,
    Year,
)

_FRIDAY = timedelta(days=4)
_SATURDAY = timedelta(days=5)
_MOST_WEEKS = 14
"""Weeks of a quarter."""
_MONTHS_LONG = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF: 6, Period.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Span:
    """A named period from `first` to `last`, both in it.

    `step` is how far from the running one it was said to be, None when it was named by itself (“March”, “the month”).
    `counts_from` is the first day meant of a week that reaches into another month.
    """

    period: Period
    first: date
    last: date
    step: int | None = None
    counts_from: date | None = None

    @property
    def start(self) -> date:
        """The first day that is meant."""
        return self.counts_from or self.first

    @property
    def workweek_end(self) -> date:
        """Friday of a week; the last day of anything longer."""
        return self.first + _FRIDAY if self.period is Period.WEEK else self.last


def read_span(tokens: Tokens, ctx: Context) -> Span | Refused | None:
    """The period these tokens name, the running or coming one when they do not say which."""
    match tokens:
        case (Unit(period, 1),):
            return _stepped(period, 0, ctx.today, said=None)
        case (Step(count), Unit(period, 1)) | (Unit(period, 1), Step(count)):
            return _stepped(period, count, ctx.today, said=count)
        case (Mark.COMING, Unit(period, 1)) | (Unit(period, 1), Mark.COMING):
            return _stepped(period, 0 if period is Period.WEEKEND else 1, ctx.today, said=1)
        case (Year(year),):
            return _from_month(Period.YEAR, 1, year, ctx.today)
        case (Step(count), Month(index)) | (Month(index), Step(count)):
            return _stepped_month(index, count, ctx.today)
        case _:
            return _part_of_longer(tokens, ctx) or _named(tokens, ctx.today) or _numbered_week(tokens, ctx)


def _part_of_longer(tokens: Tokens, ctx: Context) -> Span | Refused | None:
    match tokens:
        case (Ordinal() | Mark.FINAL | Step(-1) as which, Unit(Period.WEEK, 1) | Mark.WEEK_OF, *rest) if rest:
            return _week_of(which, tuple(rest), ctx)
        case (Unit(Period.WEEK, 1), Ordinal(_, True) | Mark.FINAL | Edge(Part.END) as which, *rest) | (
            *rest,
            Ordinal(_, True) | Mark.FINAL as which,
            Unit(Period.WEEK, 1),
        ) if rest:
            return _week_of(which, tuple(rest), ctx)
        case (Half(number), *rest) | (*rest, Half(number)) if rest and not isinstance(rest[0], Year):
            return _half_of(number, tuple(rest), ctx)
        case _:
            return None


def _week_of(which: Token, rest: Tokens, ctx: Context) -> Span | Refused | None:
    """“First week of January”: a week is of the month that holds most of its working days (its Wednesday).

    Of “the month”, “the year” whose week has gone the coming one is meant.
    """
    whole = whole_span(rest, ctx)
    if not isinstance(whole, Span):
        return whole
    week = _nth_week(which, whole)
    match rest:
        case (Unit(period, 1),) if week is not None and week.last < ctx.today:
            later = _stepped(period, 1, ctx.today, said=None)
            week = None if later is None else _nth_week(which, later)
        case _:
            pass
    return week or no_such_day("such week in it")


def whole_span(rest: Tokens, ctx: Context) -> Span | Refused | None:
    """The month, quarter or year of which a part is meant; “the new year” is one."""
    match rest:
        case (Mark.IN, *inner):
            return whole_span(tuple(inner), ctx)
        case (Fixed(1, 1),):
            return _stepped(Period.YEAR, 1, ctx.today, said=None)
        case _:
            span = read_span(rest, ctx)
            return None if isinstance(span, Span) and span.period not in _MONTHS_LONG else span


def _nth_week(which: Token, whole: Span) -> Span | None:
    if isinstance(which, Ordinal):
        wednesday = whole.first + timedelta(days=(2 - whole.first.weekday()) % 7, weeks=which.value - 1)
    else:
        wednesday = whole.last - timedelta(days=(whole.last.weekday() - 2) % 7)
    if not whole.first <= wednesday <= whole.last:
        return None
    monday = week_start(wednesday)
    starts = whole.first if monday < whole.first else None
    return Span(Period.WEEK, monday, monday + timedelta(days=6), counts_from=starts)


def _half_of(number: int, rest: Tokens, ctx: Context) -> Span | Refused | None:
    """“Second half of January”: a month is halved after the 15th."""
    month = whole_span(rest, ctx)
    if not isinstance(month, Span) or month.period is not Period.MONTH:
        return month if isinstance(month, Refused) else None
    middle = month.first + timedelta(days=14)
    return (
        replace(month, last=middle, step=None)
        if number == 1
        else replace(month, first=middle + timedelta(days=1), step=None)
    )


def _numbered_week(tokens: Tokens, ctx: Context) -> Span | Refused | None:
    """一月第二周, “week 2 of January”: the month's second week, unless the year's is another one in it."""
    match tokens:
        case (WeekNumber(number), *rest) | (*rest, WeekNumber(number)) if rest and number <= _MOST_WEEKS:
            whole = whole_span(tuple(rest), ctx)
        case _:
            return None
    if not isinstance(whole, Span) or whole.period not in (Period.MONTH, Period.QUARTER):
        return whole if isinstance(whole, Refused) else None
    counted = _nth_week(Ordinal(number), whole)
    monday = iso_week(whole.first.year, number)
    of_year = monday is not None and whole.first <= monday <= whole.last
    if of_year and counted is not None and counted.first != monday:
        return ambiguous(*(day for day in (monday, counted.first) if day is not None))
    return counted or (_week(whole.first.year, number) if of_year else no_such_day("such week in it"))


def bare(tokens: Tokens, ctx: Context) -> Outcome | None:
    """A period alone as a deadline.

    A period to come, pointed at (“next week”, “next month”), is its first day; the running one (“this month”) and a
    month, quarter or half-year called by its name (“March”, “Q1”) are their last day; a numbered week is its Monday.
    """
    span = read_span(tokens, ctx)
    if span is None or isinstance(span, Refused):
        return span
    if span.period is Period.WEEKEND:
        return max(span.first, ctx.today) if span.first <= ctx.today <= span.last else span.first
    if span.step is None and isinstance(tokens[0], Unit | Year) and len(tokens) == 1:
        return None
    if span.last < ctx.today:
        return gone()
    if span.period is Period.WEEK:
        return _week_deadline(span, ctx.today)
    return span.first if span.step is not None and span.step > 0 else span.last


def before(tokens: Tokens, ctx: Context) -> Outcome | None:
    """“Before Q2”, “before March”: the first day of it, as “before Friday” is Friday."""
    match tokens:
        case (Mark.BEFORE, *rest) | (*rest, Mark.BEFORE):
            span = read_span(tuple(rest), ctx) if bare(tuple(rest), ctx) else None
            return span.first if isinstance(span, Span) else span
        case _:
            return None


def week_containing(day: date, ctx: Context) -> Outcome:
    """“Week of 15 March”: that week's Monday, or its deadline when it is the running week."""
    return _week_deadline(Span(Period.WEEK, week_start(day), week_start(day) + timedelta(days=6)), ctx.today)


def edge(tokens: Tokens, ctx: Context) -> Outcome | None:
    """“End of March”, “mid-month”, “early next week”.

    The beginning is the first day. The middle is Wednesday, the 15th, the 15th of a quarter's second month, or the
    end of the year's or half-year's first half. The end is Friday of a week, the last day of anything longer.
    “Late” is read as the end and “early” as the beginning, as “eind”, “slutet av” and 底 mean both.
    """
    edges = [token for token in tokens if isinstance(token, Edge)]
    if len(edges) != 1:
        return None
    return _edge(edges[0].part, tuple(token for token in tokens if token is not edges[0]), ctx)


def _edge(part: Part, rest: Tokens, ctx: Context) -> Outcome | None:
    span = read_span(rest, ctx)
    if span is None or isinstance(span, Refused):
        return span
    if span.period is Period.WEEKEND:
        return span.last if part is Part.END else span.first
    day = _part_of(span, part)
    if day is None:
        return None
    if day >= ctx.today:
        return day
    match rest:
        case (Unit(period, 1),):
            later = _stepped(period, 1, ctx.today, said=1)
            return None if later is None else _part_of(later, part)
        case _:
            return gone(*([span.workweek_end] if span.workweek_end >= ctx.today else []))


def _part_of(span: Span, part: Part) -> date | None:
    if part is Part.BEGIN:
        return span.start
    return span.workweek_end if part is Part.END else _middle(span)


def _middle(span: Span) -> date | None:
    middles = {
        Period.WEEK: span.first + timedelta(days=2),
        Period.MONTH: span.first + timedelta(days=14),
        Period.QUARTER: add_months(span.first, 1) + timedelta(days=14),
        Period.HALF: month_end(add_months(span.first, 2)),
        Period.YEAR: month_end(add_months(span.first, 5)),
    }
    return middles.get(span.period)


def _week_deadline(span: Span, today: date) -> date:
    if span.start > today:
        return span.start
    return span.workweek_end if span.workweek_end >= today else span.last


def _stepped(period: Period, count: int, today: date, *, said: int | None) -> Span | None:
    if period is Period.WEEK:
        monday = week_start(today) + timedelta(weeks=count)
        return Span(period, monday, monday + timedelta(days=6), said)
    if period is Period.WEEKEND:
        saturday = week_start(today) + timedelta(weeks=count) + _SATURDAY
        return Span(period, saturday, saturday + timedelta(days=1), said)
    if (months := _MONTHS_LONG.get(period)) is None:
        return None
    first = today.replace(month=(today.month - 1) // months * months + 1, day=1)
    return _months(period, add_months(first, months * count), said)


def _months(period: Period, first: date, said: int | None = None) -> Span:
    return Span(period, first, month_end(add_months(first, _MONTHS_LONG[period] - 1)), said)


def _stepped_month(index: int, count: int, today: date) -> Span | Refused | None:
    this_year = _months(Period.MONTH, date(today.year, index, 1))
    next_year = _months(Period.MONTH, date(today.year + 1, index, 1))
    match count:
        case 0:
            return this_year
        case 1 if index > today.month:
            return ambiguous(this_year.last, next_year.last)
        case 1:
            return next_year
        case -1:
            return gone(next_year.last if this_year.last < today else this_year.last)
        case _:
            return None


def _named(tokens: Tokens, today: date) -> Span | Refused | None:
    match tokens:
        case (name, Year(year)) | (Year(year), name):
            return _named_in(name, year, today)
        case (name,):
            return _named_in(name, None, today)
        case _:
            return None


def _named_in(name: Token, year: int | None, today: date) -> Span | Refused | None:
    match name:
        case Month(index):
            return _from_month(Period.MONTH, index, year, today)
        case Quarter(number):
            return _from_month(Period.QUARTER, number * 3 - 2, year, today)
        case Half(number):
            return _from_month(Period.HALF, number * 6 - 5, year, today)
        case Unit(Period.YEAR, 1) if year is not None:
            return _from_month(Period.YEAR, 1, year, today)
        case WeekNumber(number):
            return _coming_week(number, today) if year is None else _week(year, number)
        case _:
            return None


def _from_month(period: Period, month: int, year: int | None, today: date) -> Span:
    if year is not None:
        return _months(period, date(year, month, 1))
    span = _months(period, date(today.year, month, 1))
    return span if span.last >= today else _months(period, date(today.year + 1, month, 1))


def _coming_week(number: int, today: date) -> Span | Refused:
    year = today.isocalendar().year
    for candidate in (year, year + 1):
        monday = iso_week(candidate, number)
        if monday is not None and monday + timedelta(days=6) >= today:
            return _week(candidate, number)
    return _week(year + 1, number)


def _week(year: int, number: int) -> Span | Refused:
    monday = iso_week(year, number)
    if monday is None:
        return no_such_day(f"week {number} in {year}")
    return Span(Period.WEEK, monday, monday + timedelta(days=6))


def days_in_month(year: int, month: int) -> int:
    """28 to 31."""
    return monthrange(year, month)[1]
