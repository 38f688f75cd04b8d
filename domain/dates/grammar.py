"""Tokens to a day. The rules know no language: word order is free where languages differ."""

from datetime import date, timedelta

from domain.dates.arithmetic import coming_weekday
from domain.dates.days import day_of_span, named_day, weekday
from domain.dates.offsets import offset
from domain.dates.reading import Context, Outcome, Refusal, Refused, ambiguous
from domain.dates.spans import Span, bare, before, edge, read_span, week_containing
from domain.dates.tokens import (
    Edge,
    Feast,
    Fixed,
    Half,
    Mark,
    Month,
    Number,
    Ordinal,
    Period,
    Quarter,
    Step,
    Token,
    Tokens,
    Unit,
    Weekday,
    WeekNumber,
    Year,
)

_OF_A_YEAR = (Month, Quarter, Half, WeekNumber, Fixed, Feast)
_HALF_OF: dict[Period, Tokens] = {
    Period.HOUR: (Number(30), Unit(Period.MINUTE)),
    Period.DAY: (Number(12), Unit(Period.HOUR)),
    Period.WEEK: (Number(3), Unit(Period.DAY)),
    Period.MONTH: (Number(15), Unit(Period.DAY)),
    Period.YEAR: (Number(6), Unit(Period.MONTH)),
}
_LEADING = frozenset({Mark.IN, Mark.FROM, Mark.TO, Mark.BEFORE})


def resolve(tokens: Tokens, ctx: Context) -> Outcome | None:
    """The day meant, why there is none, or None when the words make no sense together."""
    plain = _simplify(tokens, ctx)
    if not plain:
        return ctx.today if Mark.END_OF_DAY in tokens else None
    if (far := _year_out_of_reach(plain, ctx)) is not None:
        return far
    return _phrase(plain, ctx) or _choice(plain, ctx) or _two_names(plain, ctx)


def _phrase(tokens: Tokens, ctx: Context) -> Outcome | None:
    """One way of naming one day."""
    counted = offset(tokens, ctx, lambda rest: _phrase(rest, ctx))
    if counted is not None:
        return counted
    if (limit := before(tokens, ctx)) is not None:
        return limit
    plain = _trim(tokens)
    match plain:
        case (Fixed() | Feast() as feast, Unit(Period.WEEK)):
            return _phrase((Mark.WEEK_OF, feast), ctx)
        case (Mark.WEEK_OF, *rest) | (*rest, Mark.WEEK_OF):
            day = named_day(tuple(rest), ctx)
            return week_containing(day, ctx) if isinstance(day, date) else day
        case _:
            pass
    for rule in (named_day, weekday, edge, bare, day_of_span, _part_of_day):
        if (outcome := rule(plain, ctx)) is not None:
            return outcome
    return _named_weekday(plain, ctx)


def _part_of_day(tokens: Tokens, ctx: Context) -> Outcome | None:
    """“End of Friday”, “early tomorrow”: the day itself."""
    match tokens:
        case (Edge(), *rest):
            return named_day(tuple(rest), ctx) or weekday(tuple(rest), ctx)
        case _:
            return None


def _named_weekday(tokens: Tokens, ctx: Context) -> Outcome | None:
    """“Friday 15 January”: the date counts, and must fall on that weekday."""
    match tokens:
        case (Weekday(index), *rest) | (*rest, Weekday(index)) if rest:
            day = _weekday_date(tuple(rest), ctx)
        case _:
            return None
    if not isinstance(day, date) or day.weekday() == index:
        return day
    nearest = coming_weekday(day - timedelta(days=4), index)
    return ambiguous(*(found for found in (day, nearest) if found >= ctx.today))


def _weekday_date(rest: Tokens, ctx: Context) -> Outcome | None:
    match rest:
        case (Number(day, digits),) if digits:
            return named_day((Ordinal(day),), ctx)
        case _:
            return None if bare(rest, ctx) else _phrase(rest, ctx)


def _choice(tokens: Tokens, ctx: Context) -> Outcome | None:
    """“Friday or Monday”, “3 to 5 March”: named, never chosen from."""
    for at, token in enumerate(tokens):
        if token in {Mark.OR, Mark.TO} and 0 < at < len(tokens) - 1:
            return _either(tokens[:at], tokens[at + 1 :], ctx)
    return None


def _either(left: Tokens, right: Tokens, ctx: Context) -> Outcome | None:
    """What one side leaves out (“3 to 5 March”, “3月3日到5日”) is taken from the other."""
    first = _one_side(left, (*left, *right[1:]), ctx)
    second = _one_side(right, (*left[:-1], *right), ctx) or _choice(right, ctx)
    if first is None or second is None:
        return None
    days = [day for day in (first, second) if isinstance(day, date) and day >= ctx.today]
    named = [day for choice in (first, second) if isinstance(choice, Refused) for day in choice.alternatives]
    return ambiguous(*days, *named)


def _one_side(alone: Tokens, completed: Tokens, ctx: Context) -> Outcome | None:
    if len(alone) == 1 and isinstance(alone[0], Ordinal):
        return _phrase(completed, ctx) or _phrase(alone, ctx)
    return _phrase(alone, ctx) or _phrase(completed, ctx)


def _two_names(tokens: Tokens, ctx: Context) -> Outcome | None:
    """Two ways of naming a day side by side: fine when they agree (“tomorrow, Thursday”), a question when not."""
    for at in range(1, len(tokens)):
        left, right = _phrase(tokens[:at], ctx), _phrase(tokens[at:], ctx)
        if left is None or right is None:
            continue
        if bare(tokens[:at], ctx) or bare(tokens[at:], ctx):
            return _day_in_week(tokens[:at], right, ctx) or _day_in_week(tokens[at:], left, ctx)
        days = {day for day in (left, right) if isinstance(day, date)}
        return left if left == right else ambiguous(*(day for day in days if day >= ctx.today))
    return None


def _day_in_week(name: Tokens, day: Outcome, ctx: Context) -> date | None:
    """“15 Jan (week 2)” is that day when it lies in that week."""
    span = read_span(name, ctx)
    if not isinstance(span, Span) or span.period is not Period.WEEK or not isinstance(day, date):
        return None
    return day if span.first <= day <= span.last else None


def _simplify(tokens: Tokens, ctx: Context) -> Tokens:
    plain = [token for token in tokens if token not in {Mark.CLOCK, Mark.END_OF_DAY}]
    plain = _merge_pairs(_turn_of_month(_halves(plain)))
    plain = _settle_year(plain, ctx)
    return tuple(_settle_dashes(plain))


def _halves(tokens: list[Token]) -> list[Token]:
    """“A week and a half” and “1.5 weeks” as a week and three days, 两个半月 as two months and fifteen days.

    Half a week is three days: of a deadline the earlier day is the safer one.
    """
    for at, token in enumerate(tokens):
        if token is not Mark.HALF:
            continue
        match tokens[max(at - 2, 0) : at], tokens[at + 1 : at + 2]:
            case [*_, Number(count)] as before, [Unit(period, 1) as unit] if period in _HALF_OF:
                whole: list[Token] = [before[-1], unit] if count else []
                return [*tokens[: at - 1], *whole, *_HALF_OF[period], *_halves(tokens[at + 2 :])]
            case [Number(), Unit(period, 1)], _ if period in _HALF_OF:
                return [*tokens[:at], *_HALF_OF[period], *_halves(tokens[at + 1 :])]
            case _, [Unit(period, 1)] if period in _HALF_OF:
                return [*tokens[:at], *_HALF_OF[period], *_halves(tokens[at + 2 :])]
            case _:
                return tokens
    return tokens


def _turn_of_month(tokens: list[Token]) -> list[Token]:
    """“Månadsskiftet mars/april” is the end of March."""
    match tokens:
        case [Edge(), Unit(Period.MONTH), Month(), Mark.SLASH | Mark.DASH, Month()]:
            return tokens[:3]
        case _:
            return tokens


def _merge_pairs(tokens: list[Token]) -> list[Token]:
    merged: list[Token] = []
    for token in tokens:
        pair = _merged(merged[-1], token) if merged else None
        if pair is None:
            merged.append(token)
        else:
            merged[-1:] = pair
    return merged


def _merged(left: Token, right: Token) -> list[Token] | None:
    """What two neighbours are together: “month of March” is March, “the 15” is a day, “in March” is March."""
    match left, right:
        case (Unit(), Unit()) if left == right:
            return [left]
        case (Unit(Period.MONTH), Month()):
            return [right]
        case (Month(), Unit(Period.MONTH)):
            return [left]
        case (Mark.ARTICLE, Number(value, digits)) if digits:
            return [Ordinal(value)]
        case (Mark.ARTICLE, _) | (
            Mark.IN,
            Month() | Quarter() | Half() | WeekNumber() | Fixed() | Feast() | Edge() | Year(),
        ):
            return [right]
        case _:
            return _merged_ordinal(left, right)


def _merged_ordinal(left: Token, right: Token) -> list[Token] | None:
    """“First quarter” and “suku pertama” are Q1."""
    match left, right:
        case (Ordinal(number), Unit(Period.QUARTER)) | (Unit(Period.QUARTER), Ordinal(number)) if 1 <= number <= 4:
            return [Quarter(number)]
        case (Ordinal(number), Unit(Period.HALF)) | (Unit(Period.HALF), Ordinal(number)) if 1 <= number <= 2:
            return [Half(number)]
        case _:
            return None


def _settle_year(tokens: list[Token], ctx: Context) -> list[Token]:
    """“March next year” and 明年三月 as March of a numbered year."""
    if not any(isinstance(token, _OF_A_YEAR) for token in tokens):
        return tokens
    for at in range(len(tokens) - 1):
        match tokens[at : at + 2]:
            case [Step(count), Unit(Period.YEAR)] | [Unit(Period.YEAR), Step(count)]:
                return [*tokens[:at], Year(ctx.today.year + count), *tokens[at + 2 :]]
            case [Unit(Period.YEAR), Year() as year]:
                return [*tokens[:at], year, *tokens[at + 2 :]]
            case _:
                continue
    return tokens


def _settle_dashes(tokens: list[Token]) -> list[Token]:
    """A dash or slash between two of a kind is “to” or “or”; inside one date it says nothing."""
    settled: list[Token] = []
    for at, token in enumerate(tokens):
        if token not in {Mark.DASH, Mark.SLASH}:
            settled.append(token)
            continue
        before = tokens[at - 1] if at else None
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        joins = before is not None and isinstance(after, Month | Year | Unit | Weekday | Quarter | WeekNumber | Half)
        day_last = isinstance(before, Month) and isinstance(after, Number | Ordinal)
        if type(before) is type(after) or not (joins or day_last):
            settled.append(Mark.TO if before is not None and after is not None else token)
    return settled


def _trim(tokens: Tokens) -> Tokens:
    """Words before or after a date that only say it is a deadline."""
    while tokens and tokens[0] in _LEADING:
        tokens = tokens[1:]
    while tokens and tokens[-1] is Mark.BEFORE:
        tokens = tokens[:-1]
    return tokens


def _year_out_of_reach(tokens: Tokens, ctx: Context) -> Refused | None:
    """Years are checked first, so that no rule counts past the calendar's end."""
    for token in tokens:
        if isinstance(token, Year) and token.value > ctx.today.year + 6:
            return Refused(Refusal.TOO_FAR, "That is more than five years away")
        if isinstance(token, Year) and token.value < ctx.today.year - 1:
            return Refused(Refusal.PAST, "That day has already gone")
    return None
