"""Modals and Home tabs (docs.slack.dev/reference/views)."""

import json
from typing import Any, cast

from sandbox.blockkit import limits
from sandbox.blockkit.blocks import Surface
from sandbox.blockkit.objects import plain
from sandbox.blockkit.problem import INVALID_ARGUMENTS, VIEW_TOO_LARGE, Problem
from sandbox.blockkit.schema import Anything, Array, Bool, Field, Json, OneOf, Out, Str, typed
from sandbox.blockkit.surface import check_blocks, nested_blocks, recode

_COMMON = (
    Field("private_metadata", Str(limits.PRIVATE_METADATA)),
    Field("callback_id", Str(limits.CALLBACK_ID)),
    Field("external_id", Str(limits.EXTERNAL_ID)),
)

VIEWS = OneOf(
    dict(
        [
            typed(
                "modal",
                Field("title", plain(limits.VIEW_TITLE), required=True),
                Field("submit", plain(limits.VIEW_SUBMIT)),
                Field("close", plain(limits.VIEW_CLOSE)),
                Field("clear_on_close", Bool()),
                Field("notify_on_close", Bool()),
                Field("blocks", Array(Anything(), limits.BLOCKS_MODAL_MIN), required=True),
                *_COMMON,
            ),
            typed("home", Field("blocks", Array(Anything()), required=True), *_COMMON),
        ]
    )
)


def _needs_submit(view: Json, at: str, out: Out) -> None:
    if view["type"] != "modal" or "submit" in view:
        return
    for where, block in nested_blocks(view["blocks"], f"{at}/blocks"):
        if block["type"] == "input":
            out.append(Problem(f"{where}/input", "must define `submit` to use an `input` block in modals"))
            return


def json_size(value: object) -> int:
    """Bytes of `value` as compact UTF-8 JSON; half a surrogate pair, which JSON can carry, counts as three."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass"))


def validate_view(view: object, pointer: str = "/view") -> list[Problem]:
    """What Slack refuses in a modal or Home view; empty when it takes it.

    The code is `invalid_arguments`, or `view_too_large` above 250 KB of JSON.
    """
    if not isinstance(view, dict):
        return [Problem(pointer, "must provide an object", INVALID_ARGUMENTS)]
    members = cast("dict[str, Any]", view)
    out: Out = []
    if "type" in members:
        VIEWS.check(members, pointer, out)
    else:
        missing = [name for name in ("title", "blocks", "type") if name not in members]
        out += [Problem(pointer, f"missing required field: {name}") for name in missing]
    blocks, kind = members.get("blocks"), members.get("type")
    if isinstance(blocks, list) and isinstance(kind, str) and kind in VIEWS.shapes:
        before = len(out)
        check_blocks(cast("list[Any]", blocks), cast("Surface", kind), f"{pointer}/blocks", out)
        if len(out) == before:
            _needs_submit(members, pointer, out)
    if out:
        return recode(out, INVALID_ARGUMENTS)
    size = json_size(members)
    if size > limits.VIEW_JSON_BYTES:
        return [Problem(pointer, "the provided view is greater than 250kb", VIEW_TOO_LARGE)]
    return []
