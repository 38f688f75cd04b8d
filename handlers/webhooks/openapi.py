"""How the webhook's body is described: the route reads raw bytes for the signature, so FastAPI can't see it."""

from typing import Any, Final, cast

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from handlers.webhooks.models import EVENTS
from handlers.webhooks.signature import ID, SIGNATURE, TIMESTAMP

_REF: Final = "#/components/schemas/{model}"


def _event_name(kind: str) -> str:
    return f"{EVENTS[kind].__name__}Event"


def _examples() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind, model in EVENTS.items():
        extra = cast(dict[str, Any], model.model_config.get("json_schema_extra"))
        body = {"type": kind, "timestamp": "2026-11-20T15:04:05Z", "data": extra["examples"][0]}
        found[kind] = {"summary": (model.__doc__ or kind).splitlines()[0], "value": body}
    return found


def _request() -> dict[str, Any]:
    def header(name: str, description: str) -> dict[str, Any]:
        return {
            "name": name,
            "in": "header",
            "required": True,
            "description": description,
            "schema": {"type": "string"},
        }

    schema = {
        "oneOf": [{"$ref": _REF.format(model=_event_name(kind))} for kind in EVENTS],
        "discriminator": {
            "propertyName": "type",
            "mapping": {kind: _REF.format(model=_event_name(kind)) for kind in EVENTS},
        },
    }
    return {
        "parameters": [
            header(ID, "Unique for each event; the same again is a repeated delivery."),
            header(TIMESTAMP, "Seconds since 1970; within five minutes of now."),
            header(SIGNATURE, "`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`."),
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema, "examples": _examples()}},
        },
    }


REQUEST: Final = _request()


def describe_events(app: FastAPI) -> None:
    """Add the seven event types to the description of `app` (`/openapi.json`)."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = plain()
            schema.setdefault("components", {}).setdefault("schemas", {}).update(_components())
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = described


def _components() -> dict[str, Any]:
    _, definitions = models_json_schema(
        [(model, "validation") for model in EVENTS.values()], by_alias=True, ref_template=_REF
    )
    components: dict[str, Any] = dict(definitions["$defs"])
    for kind, model in EVENTS.items():
        components[_event_name(kind)] = {
            "title": kind,
            "type": "object",
            "required": ["type", "timestamp", "data"],
            "properties": {
                "type": {"type": "string", "const": kind},
                "timestamp": {"type": "string", "format": "date-time"},
                "data": {"$ref": _REF.format(model=model.__name__)},
            },
        }
    return components
