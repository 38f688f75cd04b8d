"""From the text a person typed to a date or the reason there is none."""

from datetime import date, datetime

from domain.dates.arithmetic import WorkingDay, add_months, is_weekday
from domain.dates.grammar import resolve
from domain.dates.lexer import has_han, tokenize
from domain.dates.locales import language_of, order_of
from domain.dates.reading import Context, DateReading, Outcome, Refusal, Refused, example_day

MAX_LENGTH = 200
MAX_YEARS = 5


def read_date(text: str, *, now: datetime, locale: str, is_working_day: WorkingDay | None = None) -> DateReading:
    """The day `text` names for a person whose clock shows `now` (aware, in their zone) and whose locale this is.

    The locale's language is tried first, then English, then both mixed; text in Chinese signs is always Chinese.
    `is_working_day` says which days count in “10 working days”; Monday to Friday when it is not given.
    Never raises for any text; the date found is between today and five years from today.

    Raises ValueError when `now` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware, in the person's own time zone")
    ctx = Context(
        now=now,
        order=order_of(locale),
        year_first=language_of(locale) == "sv",
        is_working_day=is_working_day or is_weekday,
    )
    if len(text) > MAX_LENGTH:
        return _refuse(Refused(Refusal.NOT_UNDERSTOOD, "That is too long to be a date"), ctx)
    if not text.strip():
        return _refuse(Refused(Refusal.EMPTY, "There is no date here yet"), ctx)
    return _judge(_read(text, locale, ctx), ctx)


def _read(text: str, locale: str, ctx: Context) -> Outcome | None:
    """The first language that understands the text settles it, also when it settles on a refusal."""
    for codes in _languages(text, locale):
        tokens = tokenize(text, codes)
        if tokens is None:
            continue
        try:
            outcome = resolve(tokens, ctx)
        except OverflowError:
            return Refused(Refusal.TOO_FAR, "That is more than five years away")
        if outcome is not None:
            return outcome
    return None


def _languages(text: str, locale: str) -> tuple[tuple[str, ...], ...]:
    first = "zh" if has_han(text) else language_of(locale)
    return (("en",),) if first == "en" else ((first,), ("en",), (first, "en"))


def _judge(outcome: Outcome | None, ctx: Context) -> DateReading:
    if outcome is None:
        return _refuse(Refused(Refusal.NOT_UNDERSTOOD, "I could not read that as a date"), ctx)
    if isinstance(outcome, Refused):
        return _refuse(outcome, ctx)
    if outcome < ctx.today:
        return _refuse(Refused(Refusal.PAST, "That day has already gone"), ctx)
    if outcome > add_months(ctx.today, 12 * MAX_YEARS):
        return _refuse(Refused(Refusal.TOO_FAR, "That is more than five years away"), ctx)
    return DateReading(outcome, None, f"{outcome:%A} {outcome.day} {outcome:%B %Y}.")


def _refuse(refused: Refused, ctx: Context) -> DateReading:
    last = add_months(ctx.today, 12 * MAX_YEARS)
    alternatives = tuple(day for day in refused.alternatives if ctx.today <= day <= last)
    return DateReading(None, refused.reason, f"{refused.sentence}: {_advice(alternatives, ctx.today)}.", alternatives)


def _advice(alternatives: tuple[date, ...], today: date) -> str:
    if alternatives:
        return "type " + " or ".join(day.isoformat() for day in alternatives)
    return f"type a day such as “Friday”, “in 2 weeks” or {example_day(today).isoformat()}"
