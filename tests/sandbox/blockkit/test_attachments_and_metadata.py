"""Legacy attachments and message metadata."""

import pytest

from sandbox.blockkit import limits
from sandbox.blockkit.api import error_code, format_problems, validate_attachments, validate_metadata
from sandbox.blockkit.views import json_size
from tests.sandbox.blockkit.samples import Json, mrkdwn

ATTACHMENT: Json = {
    "color": "#2eb886",
    "fallback": "f",
    "text": "t",
    "title_link": "https://a.example",
    "fields": [{"title": "a", "value": "b", "short": True}],
    "mrkdwn_in": ["text"],
    "ts": 123456789,
    "unknown": 1,
    "pretext": None,
}


def said(attachments: object) -> list[str]:
    return format_problems(validate_attachments(attachments))


def test_sound_attachments() -> None:
    blocks = [{"type": "section", "text": mrkdwn()}]
    assert said([]) == []
    assert said([ATTACHMENT, {"color": "good", "blocks": blocks}, {"color": "2eb886"}]) == []


def test_number_of_attachments() -> None:
    assert said([ATTACHMENT] * limits.ATTACHMENTS) == []
    problems = validate_attachments([ATTACHMENT] * (limits.ATTACHMENTS + 1))
    assert error_code(problems) == "too_many_attachments"


@pytest.mark.parametrize(
    ("attachment", "line"),
    [
        ("text", "must provide an object [json-pointer:/attachments/0]"),
        ({"text": 7}, "must provide a string [json-pointer:/attachments/0/text]"),
        ({"fields": {}}, "must provide an array [json-pointer:/attachments/0/fields]"),
        ({"color": "blueish"}, "must be a valid color [json-pointer:/attachments/0/color]"),
        ({"color": 7}, "must be a valid color [json-pointer:/attachments/0/color]"),
        ({"blocks": {}}, "must provide an array [json-pointer:/attachments/0/blocks]"),
        ({"blocks": [{"type": "foo"}]}, "unsupported type: foo [json-pointer:/attachments/0/blocks/0/type]"),
        (
            {"blocks": [{"type": "divider"}] * 51},
            "no more than 50 items allowed [json-pointer:/attachments/0/blocks]",
        ),
    ],
)
def test_refused_attachments(attachment: object, line: str) -> None:
    problems = validate_attachments([attachment])
    assert format_problems(problems) == [f"[ERROR] {line}"]
    assert error_code(problems) == "invalid_attachments"


def test_attachments_are_an_array() -> None:
    assert error_code(validate_attachments({"text": "a"})) == "invalid_attachments"


METADATA: Json = {"event_type": "baton_notice", "event_payload": {"kind": "k", "n": 1, "list": ["a"]}}


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        (METADATA, None),
        ({**METADATA, "event_payload": {}}, None),
        ({**METADATA, "entities": []}, None),
        (7, "invalid_metadata_format"),
        ([METADATA], "invalid_metadata_format"),
        ({"event_type": "a"}, "invalid_metadata_schema"),
        ({"event_payload": {}}, "invalid_metadata_schema"),
        ({**METADATA, "event_type": ""}, "invalid_metadata_schema"),
        ({**METADATA, "event_type": 7}, "invalid_metadata_schema"),
        ({**METADATA, "event_type": "x" * 255}, None),
        ({**METADATA, "event_type": "x" * 256}, "invalid_metadata_schema"),
        ({**METADATA, "event_payload": []}, "invalid_metadata_schema"),
        ({**METADATA, "foo": 1}, "invalid_metadata_schema"),
        ({**METADATA, "entities": [], "foo": 1}, "invalid_metadata_schema"),
    ],
)
def test_metadata(metadata: object, code: str | None) -> None:
    problems = validate_metadata(metadata)
    assert (error_code(problems) if problems else None) == code


def test_size_of_metadata() -> None:
    empty = {"event_type": "a", "event_payload": {"a": ""}}
    room = limits.METADATA_JSON_BYTES - json_size(empty)
    assert validate_metadata({**empty, "event_payload": {"a": "x" * room}}) == []
    too_large = validate_metadata({**empty, "event_payload": {"a": "x" * (room + 1)}})
    assert error_code(too_large) == "metadata_too_large"
