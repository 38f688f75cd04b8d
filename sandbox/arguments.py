"""Bodies and arguments as Slack reads them: form, multipart, JSON, and JSON inside a form."""

import json
import re
from collections.abc import Callable, Mapping
from email.message import Message
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import parse_qsl

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from sandbox.errors import SlackError, invalid
from sandbox.methods.table import ArgumentType, Method

Json = dict[str, Any]
BODY_MOST = 4 * 1024 * 1024
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
ARRAY_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\[[^\]]*\])+")
CHARSETS = frozenset({"utf-8", "iso-8859-1"})
# Half a surrogate pair, which JSON can escape and UTF-8 cannot hold.
SURROGATE = re.compile("[\ud800-\udfff]")
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
    """The arguments as they came, the token among them (not inside JSON), and what is to be warned of."""

    def __init__(self, args: Json, *, token: object = None) -> None:
        self.args = args
        self.token = str(token or "")
        self.warnings: list[str] = []


async def read_body(request: Request) -> Body:
    """Reads the arguments of a call. Raises SlackError `invalid_json`, `json_not_object`, `invalid_form_data`,
    `invalid_post_type`, `missing_post_type`, `invalid_charset`."""
    query = dict(parse_qsl(request.url.query, keep_blank_values=True))
    token = query.get("token")
    if request.method == "GET":
        return Body(query, token=token)
    header = request.headers.get("content-type", "")
    raw = b"" if header.startswith("multipart/") else await request.body()
    if len(raw) > BODY_MOST:
        raise SlackError("invalid_arguments", "[ERROR] the body is too large", status=413)
    if not raw and not header.startswith("multipart/"):
        return Body(query, token=token)
    if not header:
        raise SlackError("missing_post_type")
    kind, charset = _content_type(header)
    if charset is not None and charset.lower() not in CHARSETS:
        raise SlackError("invalid_charset")
    if kind == "application/json":
        body = Body(query | _json_object(raw, charset or "utf-8"), token=token)
        if charset is None:
            body.warnings.append("missing_charset")
        return body
    # Slack takes text/plain too and reads it as a form (method reference, `invalid_post_type`)
    if kind in {"application/x-www-form-urlencoded", "text/plain"}:
        form = _form(raw, charset or "utf-8")
        body = Body(query | form, token=form.get("token", token))
        if charset is not None and kind != "text/plain":
            body.warnings.append("superfluous_charset")
        return body
    if kind == "multipart/form-data":
        form = await _multipart(request)
        return Body(query | form, token=form.get("token", token))
    raise SlackError("invalid_post_type")


def _content_type(header: str) -> tuple[str, str | None]:
    message = Message()
    message["content-type"] = header
    charset = message.get_param("charset")
    return message.get_content_type(), str(charset) if charset is not None else None


def _json_object(raw: bytes, charset: str) -> Json:
    if not raw.strip():
        return {}
    try:
        loaded: object = json.loads(raw.decode(charset), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise SlackError("invalid_json") from None
    if not isinstance(loaded, dict):
        raise SlackError("json_not_object")
    return cast("Json", _whole(cast("object", loaded)) if b"\\u" in raw else loaded)


def _no_constant(name: str) -> object:
    raise ValueError(name)  # NaN and Infinity are no JSON


def _whole(value: object) -> object:
    """`value` with halves of surrogate pairs replaced, so that every answer can be written as UTF-8."""
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {str(_whole(name)): _whole(item) for name, item in cast("dict[str, object]", value).items()}
    return value


def _form(raw: bytes, charset: str) -> Json:
    try:
        text = raw.decode(charset)
        return dict(parse_qsl(text, keep_blank_values=True, encoding=charset, errors="strict"))
    except UnicodeDecodeError:
        raise SlackError("invalid_form_data") from None


async def _multipart(request: Request) -> Json:
    try:
        form: FormData = await request.form()
    except (HTTPException, MultiPartException, KeyError):
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
            if ARRAY_NAME.fullmatch(name):
                raise SlackError("invalid_array_arg", f"[ERROR] {name[:80]}")
            what = "unknown argument" if NAME.fullmatch(name) else "not the name of an argument"
            raise SlackError("invalid_arg_name", f"[ERROR] {what}: {name[:80]}")
        read = _read(name, kind, value)
        if read is not None:
            args[name] = read
    # What is there and empty is the method's own to refuse: `channel=` is `channel_not_found`, `ts=` names no thread.
    missing = [one.name for one in method.arguments if one.required and args.get(one.name) is None]
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
        loaded = json.loads(value, parse_constant=_no_constant)
        return _whole(loaded) if "\\u" in value else loaded
    except (ValueError, RecursionError):
        if name in MALFORMED:
            raise SlackError(MALFORMED[name], f"[ERROR] invalid JSON [json-pointer:/{name}]") from None
        raise invalid("invalid JSON", f"/{name}") from None


READERS: Mapping[str, Callable[[str, object], object]] = MappingProxyType(
    {"str": _string, "int": _integer, "bool": _boolean, "ids": _ids, "json": _json_in_form}
)
