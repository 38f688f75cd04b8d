"""Message metadata (docs.slack.dev/messaging/message-metadata)."""

from typing import Any, cast

from sandbox.blockkit import limits
from sandbox.blockkit.problem import (
    INVALID_METADATA_FORMAT,
    INVALID_METADATA_SCHEMA,
    METADATA_TOO_LARGE,
    Problem,
)
from sandbox.blockkit.schema import Anything, Array, Field, Map, Out, Shape, Str
from sandbox.blockkit.surface import recode
from sandbox.blockkit.views import json_size

METADATA = Shape(
    (
        Field("event_type", Str(limits.ID, shortest=1), required=True),
        Field("event_payload", Map(Anything()), required=True),
    )
)

# docs.slack.dev/messaging/work-objects-implementation: entities may stand alone, without an event
ENTITY = Shape(
    (
        Field("entity_type", Str(shortest=1), required=True),
        Field("entity_payload", Map(Anything()), required=True),
        Field("external_ref", Shape((Field("id", Str(), required=True), Field("type", Str()))), required=True),
        Field("url", Str(), required=True),
        Field("app_unfurl_url", Str()),
    )
)
WORK_OBJECTS = Shape(
    (
        Field("entities", Array(ENTITY), required=True),
        Field("event_type", Str(limits.ID, shortest=1)),
        Field("event_payload", Map(Anything())),
    )
)


def validate_metadata(metadata: object, pointer: str = "/metadata") -> list[Problem]:
    """What Slack refuses in a message's metadata.

    The code is `invalid_metadata_format` when it is not an object, `invalid_metadata_schema` when
    its members are wrong, `metadata_too_large` above 16 KB of JSON.
    """
    if not isinstance(metadata, dict):
        return [Problem(pointer, "must provide an object", INVALID_METADATA_FORMAT)]
    members = cast("dict[str, Any]", metadata)
    out: Out = []
    (WORK_OBJECTS if "entities" in members else METADATA).check(members, pointer, out)
    if out:
        return recode(out, INVALID_METADATA_SCHEMA)
    if json_size(members) > limits.METADATA_JSON_BYTES:
        return [Problem(pointer, "metadata is too large", METADATA_TOO_LARGE)]
    return []
