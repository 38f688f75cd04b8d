"""Bodies and arguments as Slack reads them: form, multipart, JSON, and JSON inside a form."""

import json
import re
from collections.abc import Callable, Mapping
from email.message import Message
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import parse_qsl

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from sandbox.errors import SlackError, invalid
from sandbox.methods.table import ArgumentType, Method

Json = dict[str, Any]
BODY_MOST = 4 * 1024 * 1024
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
TRUE = frozenset({"true", "1", "t", "yes"})
FALSE = frozenset({"false", "0", "f", "no", ""})
MALFORMED = {
    "blocks": "invalid_blocks_format",
    "attachments": "invalid_attachments",
    "metadata": "invalid_metadata_format",
}
# Taken by every method: Slack reads it for organisation-wide tokens only, and Bolt sends it with every call.
ANYWHERE = frozenset({"token", "team_id"})
# Slack takes nothing that is longer as one of its ids.
ID_MOST = 255


class Body:
    """The arguments as they came, and what is to be warned of."""

    def __init__(self, args: Json, *, is_json: bool = False) -> None:
        self.args = args
        self.is_json = is_json
        self.warnings: list[str] = []


async def read_body(request: Request) -> Body:
    """Reads the arguments of a call. Raises SlackError `invalid_json`, `json_not_object`, `invalid_form_data`,
    `invalid_post_type`, `missing_post_type`."""
    query = dict(parse_qsl(request.url.query, keep_blank_values=True))
    if request.method == "GET":
        return Body(query)
    header = request.headers.get("content-type", "")
    raw = b"" if header.startswith("multipart/") else await request.body()
    if len(raw) > BODY_MOST:
        raise SlackError("invalid_arguments", "[ERROR] the body is too large", status=413)
    if not raw and not header.startswith("multipart/"):
        return Body(query)
    if not header:
        raise SlackError("missing_post_type")
    kind, charset = _content_type(header)
    if kind == "application/json":
        body = Body(query | _json_object(raw), is_json=True)
        if charset is None:
            body.warnings.append("missing_charset")
        return body
    if kind == "application/x-www-form-urlencoded":
        body = Body(query | _form(raw))
        if charset is not None:
            body.warnings.append("superfluous_charset")
        return body
    if kind == "multipart/form-data":
        return Body(query | await _multipart(request))
    raise SlackError("invalid_post_type")


def _content_type(header: str) -> tuple[str, str | None]:
    message = Message()
    message["content-type"] = header
    charset = message.get_param("charset")
    return message.get_content_type(), str(charset) if charset is not None else None


def _json_object(raw: bytes) -> Json:
    if not raw.strip():
        return {}
    try:
        loaded: object = json.loads(raw)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(loaded, dict):
        raise SlackError("json_not_object")
    return cast("Json", loaded)


def _form(raw: bytes) -> Json:
    try:
        return dict(parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise SlackError("invalid_form_data") from None


async def _multipart(request: Request) -> Json:
    try:
        form: FormData = await request.form()
    except (MultiPartException, KeyError):
        raise SlackError("invalid_form_data") from None
    return {key: value for key, value in form.multi_items() if not isinstance(value, UploadFile)}


# arguments


def check_arguments(method: Method, sent: Json) -> Json:
    """The arguments with their types, unknown and malformed ones refused.

    Raises SlackError `invalid_arg_name`, `invalid_arguments`, and for blocks and the like their own `invalid_…`.
    """
    args: Json = {}
    for name, value in sent.items():
        if name in ANYWHERE and name not in method.types:
            continue
        kind = method.types.get(name) or ("any" if method.any_argument and NAME.fullmatch(name) else None)
        if kind is None:
            what = "unknown argument" if NAME.fullmatch(name) else "not the name of an argument"
            raise SlackError("invalid_arg_name", f"[ERROR] {what}: {name[:80]}")
        read = _read(name, kind, value)
        if read is not None:
            args[name] = read
    missing = [one.name for one in method.arguments if one.required and args.get(one.name) in (None, "")]
    if missing:
        raise SlackError("invalid_arguments", *(f"[ERROR] missing required field: {name}" for name in missing))
    return args


def _read(name: str, kind: ArgumentType, value: Any) -> Any:  # noqa: ANN401 - any argument
    reader = READERS.get(kind)
    return value if value is None or reader is None else reader(name, value)


def _string(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise invalid("must provide a string", f"/{name}")


def _integer(name: str, value: object) -> int | None:
    if value == "":
        return None
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise invalid("must provide an integer", f"/{name}")
    return int(text)


def _boolean(name: str, value: object) -> bool:
    text = str(value).lower()
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise invalid("must provide a boolean", f"/{name}")


def _ids(name: str, value: object) -> list[str]:
    listed: list[object]
    if isinstance(value, list):
        listed = cast("list[object]", value)
    elif isinstance(value, str) and value.startswith("["):
        loaded: object = _json_in_form(name, value)
        listed = cast("list[object]", loaded) if isinstance(loaded, list) else [loaded]
    elif isinstance(value, str):
        listed = [part.strip() for part in value.split(",") if part.strip()]
    else:
        raise invalid("must provide a string", f"/{name}")
    if not all(isinstance(one, str) and len(one) <= ID_MOST for one in listed):
        raise invalid("must provide ids", f"/{name}")
    return cast("list[str]", listed)


def _json_in_form(name: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    if not value:
        return None
    try:
        return json.loads(value)
    except ValueError:
        if name in MALFORMED:
            raise SlackError(MALFORMED[name], f"[ERROR] invalid JSON [json-pointer:/{name}]") from None
        raise invalid("invalid JSON", f"/{name}") from None


READERS: Mapping[str, Callable[[str, object], object]] = MappingProxyType(
    {"str": _string, "int": _integer, "bool": _boolean, "ids": _ids, "json": _json_in_form}
)
