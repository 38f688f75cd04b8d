"""``/baton settings``: when Baton may speak to somebody, and about what."""

from collections.abc import Sequence
from typing import Any, Final

from domain.settings import LANGUAGES, PersonSettings, Reminders
from messages.blocks import actions, button, confirm, context, input_block, modal, plain, section, text_input
from messages.ids import ACT_SETTINGS_RESET, ACT_SETTINGS_UNDO, VIEW_SETTINGS
from messages.limits import OPTION
from messages.say import Block, View
from messages.text import cut

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
REMINDERS: Final = (
    (Reminders.ALL, "Everything: what comes, what is due, what is late"),
    (Reminders.DUE, "Only what is due today or late"),
    (Reminders.NONE, "No digest at all"),
)
NAMES: Final = {"en": "English", "zh": "中文", "nl": "Nederlands", "sv": "Svenska", "ms": "Bahasa Melayu"}
AS_SLACK: Final = "slack"
AS_ZONE: Final = 2


def _option(label: str, value: str) -> dict[str, Any]:
    return {"text": plain(label, OPTION), "value": value}


def _select(name: str, options: Sequence[dict[str, Any]], chosen: str) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "static_select", "action_id": name, "options": list(options)}
    found = next((one for one in options if one["value"] == chosen), None)
    return element | ({"initial_option": found} if found else {})


def settings_view(
    settings: PersonSettings,
    zone: str,
    country: str,
    usual_days: frozenset[int],
    said: str = "",
    undo: str = "",
) -> View:
    """The form. ``zone`` is Slack's, ``country`` the one its holidays count of ('' for none), ``usual_days`` those
    people there work on. ``said`` (escaped) is what was just done, ``undo`` what its undo carries, '' for none."""
    days = [_option(name, str(number)) for number, name in enumerate(DAYS)]
    working = settings.weekdays if settings.weekdays is not None else usual_days
    boxes: dict[str, Any] = {"type": "checkboxes", "action_id": "weekdays", "options": days}
    boxes["initial_options"] = [days[number] for number in sorted(working)]
    reminders = [_option(label, value.value) for value, label in REMINDERS]
    radio: dict[str, Any] = {"type": "radio_buttons", "action_id": "reminders", "options": reminders}
    radio["initial_option"] = next(one for one in reminders if one["value"] == settings.reminders.value)
    languages = [_option("As in Slack", AS_SLACK), *(_option(NAMES[code], code) for code in LANGUAGES)]
    back: dict[str, Any] = {"type": "datepicker", "action_id": "away_until"}
    if settings.away_until is not None:
        back["initial_date"] = settings.away_until.isoformat()
    holidays = f"the holidays of {country}" if country else "no country's holidays"
    blocks: list[Block] = [section(said)] if said else []
    blocks += [actions([button("Undo", ACT_SETTINGS_UNDO, undo)])] if undo else []
    blocks += [
        section(
            f"Baton speaks to you in your working hours, by Slack's time zone for you (*{zone}*), and never while "
            f"Slack keeps you undisturbed. Now {holidays} are free."
        ),
        input_block("begin", "Your day begins", _clock("begin", f"{settings.begin:%H:%M}")),
        input_block("end", "Your day ends", _clock("end", f"{settings.end:%H:%M}")),
        input_block("weekdays", "You work on", boxes, optional=True),
        text_input(
            "country",
            "Holidays of",
            initial=settings.country,
            placeholder=country or "SE",
            hint="A country's code of two letters, such as SE, NL or MY. Empty: that of your time zone.",
            optional=True,
            most=2,
        ),
        input_block("reminders", "Your morning's digest holds", radio),
        input_block("digest_day", "Your portfolio comes on", _select("digest_day", days, str(settings.digest_day))),
        input_block("language", "Dates you type are in", _select("language", languages, settings.language or AS_SLACK)),
        input_block(
            "away_until",
            "You are away; back at work on",
            back,
            optional=True,
            hint="Until then nothing that can wait reaches you.",
        ),
        actions(
            [
                button(
                    "Back to the defaults",
                    ACT_SETTINGS_RESET,
                    ask=confirm("Back to the defaults?", "What you set here is forgotten.", "Yes, forget it"),
                )
            ]
        ),
    ]
    return modal(VIEW_SETTINGS, "Your settings", blocks, submit="Save")


def _clock(name: str, initial: str) -> dict[str, Any]:
    return {"type": "timepicker", "action_id": name, "initial_time": initial}


def saved_view(sentence: str, undo: str = "") -> View:
    """What was saved, as typed, in the form's place; ``undo`` is what its undo carries, '' for none."""
    back = [actions([button("Undo", ACT_SETTINGS_UNDO, undo)])] if undo else []
    return modal(
        VIEW_SETTINGS,
        "Your settings",
        [section(cut(sentence, 300)), *back, context("`/baton settings` changes it.")],
        close="Close",
    )
