"""Counting from a day: “in 3 weeks”, “10 working days from now”, “two days before Friday”, “a week on Monday”."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from domain.dates.arithmetic import add_months, add_working_days, coming_weekday, week_start
from domain.dates.reading import Context, Outcome, Refusal, Refused, ambiguous, gone
from domain.dates.spans import Span, read_span
from domain.dates.tokens import Day, Mark, Number, Numeric, Ordinal, Period, Step, Tokens, Unit, Weekday

_LARGEST_COUNT = 5000
_MOST_BESIDE = 32
_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF: 6, Period.YEAR: 12}
_STEPS = {
    Period.MINUTE: timedelta(minutes=1),
    Period.HOUR: timedelta(hours=1),
    Period.DAY: timedelta(days=1),
    Period.WEEK: timedelta(weeks=1),
}
Offset = list[tuple[int, Period]]
ReadDay = Callable[[Tokens], Outcome | None]


def offset(tokens: Tokens, ctx: Context, read: ReadDay) -> Outcome | None:
    """A day counted from today or from another day; `read` reads that other day."""
    return (
        _from_today(tokens, ctx)
        or _range_of_offsets(tokens, ctx)
        or _behind(tokens, ctx, read)
        or _from_day(tokens, ctx, read)
        or _after(tokens, ctx, read)
    )


def _from_today(tokens: Tokens, ctx: Context) -> Outcome | None:
    match tokens:
        case (Mark.AFTER, *rest) if counted := _measure(tuple(rest)):
            return shift(ctx.now, counted, ctx)
        case (*rest, Mark.AGO | Mark.BEFORE | Step(-1)) | (Step(-1), *rest) if _measure(tuple(rest)):
            return gone()
        case (Ordinal(count), Weekday(index), Mark.HENCE) if 0 < count < _MOST_BESIDE:
            return coming_weekday(ctx.today, index) + timedelta(weeks=count - 1)
        case (Step(1) | Mark.COMING, Unit(Period.WORKDAY)) | (Unit(Period.WORKDAY), Step(1) | Mark.COMING):
            return shift(ctx.now, [(1, Period.WORKDAY)], ctx)
        case _:
            # “Week from today” needs no “a”, as “a week” needs no “from today”.
            return _added(_without_signs(tokens), ctx, alone=tokens[-1:] == (Mark.HENCE,))


def _without_signs(tokens: Tokens) -> Tokens:
    """“In the next two weeks from now” is two weeks: the words around a count that all say “from today on”."""
    match tokens:
        case (Mark.IN | Mark.HENCE, *rest) | (*rest, Mark.HENCE):
            return _without_signs(tuple(rest))
        case (Step(1) | Mark.COMING, Number(), *_):
            return tokens[1:]
        case (Number(), Unit(), Step(1) | Mark.COMING):
            return tokens[:2]
        case _:
            return tokens


def _added(tokens: Tokens, ctx: Context, *, alone: bool = False) -> Outcome | None:
    counted = _measure(tokens) or (_measure((Number(1), *tokens)) if alone else None)
    return None if counted is None else shift(ctx.now, counted, ctx)


def _range_of_offsets(tokens: Tokens, ctx: Context) -> Outcome | None:
    """“In 2-3 weeks”, which the lexer took for a date in numbers."""
    match tokens:
        case (Mark.IN, *rest) | (*rest, Mark.HENCE):
            return _range_of_offsets(tuple(rest), ctx)
        case (Numeric((low, high), "-" | "/"), Unit() as unit):
            days = [_added((Number(int(count)), unit), ctx) for count in (low, high)]
            return ambiguous(*(day for day in days if isinstance(day, date)))
        case _:
            return None


def _from_day(tokens: Tokens, ctx: Context, read: ReadDay) -> Outcome | None:
    for at, token in enumerate(tokens):
        if token in {Mark.FROM, Mark.AFTER, Mark.BEFORE} and 0 < at < len(tokens) - 1:
            return _relative(tokens[:at], token, tokens[at + 1 :], ctx, read)
    return _weekday_and_weeks(tokens, ctx) or _day_and_offset(tokens, ctx)


def _relative(measured: Tokens, mark: object, anchor: Tokens, ctx: Context, read: ReadDay) -> Outcome | None:
    """“Three days before the 15th”, “the day after Friday”, “first Monday” excluded."""
    if measured and measured[0] is Mark.ARTICLE:
        measured = measured[1:]
    match measured, anchor:
        case ((Unit() as unit,), (Step(1),)) if mark is Mark.AFTER:
            return read((Step(2), unit))
        case _:
            pass
    counted = _measure(measured) or _measure((Number(1), *measured))
    if counted is None:
        return _nth_beside(measured, mark, anchor, ctx, read)
    start = read(anchor)
    if start is None or isinstance(start, Refused):
        return start
    if mark is Mark.BEFORE:
        counted = [(-count, period) for count, period in counted]
    return shift(datetime.combine(start, time(12), ctx.now.tzinfo), counted, ctx)


def _beside(measured: Tokens) -> tuple[int, Weekday | Unit] | None:
    """“The second Monday”, “first working day”: how many of what, counted from a day that is named beside it."""
    match measured:
        case (
            (Weekday() | Unit(Period.WORKDAY) as what,)
            | (Step(1) | Step(-1) | Mark.FINAL | Mark.COMING, Weekday() | Unit(Period.WORKDAY) as what)
            | (Weekday() | Unit(Period.WORKDAY) as what, Mark.FINAL)
        ):
            return 1, what
        case (Ordinal(count), Weekday() | Unit(Period.WORKDAY) as what) | (
            Weekday() | Unit(Period.WORKDAY) as what,
            Ordinal(count, True),
        ) if 0 < count < _MOST_BESIDE:
            return count, what
        case _:
            return None


def _nth_beside(measured: Tokens, mark: object, anchor: Tokens, ctx: Context, read: ReadDay) -> Outcome | None:
    """“The Friday before Christmas”, “second Monday after 6 January”, “first working day after New Year”."""
    beside = _beside(measured)
    start = read(anchor) if beside and mark is not Mark.FROM else None
    if beside is None or start is None or isinstance(start, Refused):
        return start
    count, what = beside
    if isinstance(what, Unit):
        return add_working_days(start, -count if mark is Mark.BEFORE else count, ctx.is_working_day)
    if mark is Mark.BEFORE:
        return coming_weekday(start - timedelta(days=8), what.index) - timedelta(weeks=count - 1)
    return coming_weekday(start, what.index) + timedelta(weeks=count - 1)


def _behind(tokens: Tokens, ctx: Context, read: ReadDay) -> Outcome | None:
    """周五后两天, 春节前一周, 1月15日前的周五: the day first, then where from it."""
    for at, token in enumerate(tokens):
        if token in {Mark.HENCE, Mark.BEFORE} and 0 < at < len(tokens) - 1:
            mark = Mark.BEFORE if token is Mark.BEFORE else Mark.AFTER
            measured = tokens[at + 1 :]
            if not _measure(tokens[:at]) and (_measure(measured) or _beside(measured)):
                return _relative(measured, mark, tokens[:at], ctx, read)
    return None


def _after(tokens: Tokens, ctx: Context, read: ReadDay) -> Outcome | None:
    """“After the weekend” is the Monday; “after Christmas” is no day, and the first working day then is offered."""
    match tokens:
        case (Mark.AFTER, *rest) | (*rest, Mark.HENCE) if rest and not _measure(tuple(rest)):
            span = read_span(tuple(rest), ctx)
        case _:
            return None
    if isinstance(span, Span) and span.period is Period.WEEKEND:
        return span.last + timedelta(days=1)
    last = span.last if isinstance(span, Span) else read(tuple(rest))
    if last is None or isinstance(last, Refused):
        return None
    later = add_working_days(last, 1, ctx.is_working_day)
    return Refused(Refusal.NOT_UNDERSTOOD, "“After” it can be any day", (later,))


def _weekday_and_weeks(tokens: Tokens, ctx: Context) -> Outcome | None:
    """“Friday week”, “a week on Friday”, “vrijdag over twee weken”, “两周后的周五”."""
    match tokens:
        case (Weekday(index), Unit(Period.WEEK, times)):
            return coming_weekday(ctx.today, index) + timedelta(weeks=times)
        case (Weekday(index), Mark.IN, *rest) | (Mark.IN, *rest, Weekday(index)):
            return _weekday_in_weeks(index, _measure(tuple(rest)), ctx)
        case (*rest, Mark.HENCE, Weekday(index)) | (Weekday(index), *rest, Mark.HENCE):
            return _weekday_in_weeks(index, _measure(tuple(rest)), ctx)
        case (*rest, Weekday(index)):
            counted = _measure(tuple(rest))
            if counted is None or len(counted) > 1 or counted[0][1] is not Period.WEEK:
                return None
            return shift_day(coming_weekday(ctx.today, index), counted, ctx)
        case _:
            return None


def _weekday_in_weeks(index: int, counted: Offset | None, ctx: Context) -> Outcome | None:
    """Weeks counted from the coming such day, unless counting calendar weeks gives another day and both are usual.
    “14 days” are two weeks."""
    match counted:
        case [(weeks, Period.WEEK)]:
            pass
        case [(days, Period.DAY)] if days % 7 == 0:
            weeks = days // 7
        case _:
            return None
    if weeks > _LARGEST_COUNT:
        return _too_far()
    from_coming = coming_weekday(ctx.today, index) + timedelta(weeks=weeks)
    of_week = week_start(ctx.today) + timedelta(weeks=weeks, days=index)
    only_bare = weeks == 1 and index < ctx.today.weekday()
    return from_coming if from_coming == of_week or only_bare else ambiguous(of_week, from_coming)


def _day_and_offset(tokens: Tokens, ctx: Context) -> Outcome | None:
    """“Tomorrow week”, “a week tomorrow”, “i dag om en vecka”, 一周后的今天."""
    match tokens:
        case (Day(days), Unit(Period.WEEK, times)) | (Unit(Period.WEEK, times), Day(days)):
            return ctx.today + timedelta(days=days, weeks=times)
        case (Day(days), Mark.IN, *rest) | (*rest, Mark.HENCE, Day(days)) | (*rest, Day(days)):
            counted = _measure(tuple(rest))
            return None if counted is None else shift_day(ctx.today + timedelta(days=days), counted, ctx)
        case _:
            return None


def _measure(tokens: Tokens) -> Offset | None:
    """“2 weeks and 3 days” as counts and periods; None when it is anything else."""
    match tokens:
        case (Number(count), Unit(period, times)) if period is not Period.WEEKEND:
            return [(count * times, period)]
        case (Number(count), Unit(period, times), Mark.OR, *rest) | (Number(count), Unit(period, times), *rest) if (
            period is not Period.WEEKEND
        ):
            more = _measure(tuple(rest))
        case _:
            return None
    return None if more is None or more[0][1] is period else [(count * times, period), *more]


def shift_day(start: date, counted: Offset, ctx: Context) -> Outcome:
    """`start` moved by what was counted."""
    return shift(datetime.combine(start, time(12), ctx.now.tzinfo), counted, ctx)


def shift(start: datetime, counted: Offset, ctx: Context) -> Outcome:
    """The day reached from `start`, largest period first; months keep the day or take the month's last."""
    if any(abs(count) > _LARGEST_COUNT for count, _period in counted):
        return _too_far()
    moment = start
    for count, period in counted:
        if period is Period.WORKDAY:
            day = add_working_days(moment.date(), count, ctx.is_working_day)
            moment = moment.replace(year=day.year, month=day.month, day=day.day)
        elif months := _MONTHS.get(period):
            day = add_months(moment.date(), months * count)
            moment = moment.replace(year=day.year, month=day.month, day=day.day)
        else:
            moment += _STEPS[period] * count
    return moment.date()


def _too_far() -> Refused:
    return Refused(Refusal.TOO_FAR, "That is more than five years away")
