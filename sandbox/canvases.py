"""Canvases: markdown in sections, edited one change at a time (docs.slack.dev/surfaces/canvases)."""

import re
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from sandbox.channels import Channel, Channels
from sandbox.errors import SlackError, invalid
from sandbox.world import World

Json = dict[str, Any]
SIZE_MOST = 1024 * 1024
TITLE_MOST = 255
PLACED = frozenset({"insert_before", "insert_after"})
WITH_CONTENT = frozenset({"insert_before", "insert_after", "insert_at_start", "insert_at_end", "replace"})
OPERATIONS = WITH_CONTENT | {"delete", "rename"}
_HEADING = re.compile(r"(#{1,3}) ")


@dataclass
class Canvas:
    """A canvas; `sections` are `{"id", "markdown"}` in order, `access` who may `read` or `write` (by id)."""

    id: str
    title: str
    owner: str
    created: int
    channel: str | None = None
    sections: list[Json] = field(default_factory=list[Json])
    access: dict[str, str] = field(default_factory=dict[str, str])
    updated: int = 0

    def markdown(self) -> str:
        """The whole text."""
        return "\n\n".join(str(section["markdown"]) for section in self.sections)


class Canvases:
    """Every canvas of the workspace."""

    def __init__(self, world: World, channels: Channels) -> None:
        self.world = world
        self.channels = channels
        self.all: dict[str, Canvas] = {}
        self.load()

    def load(self) -> None:
        """Reads the canvases from the store."""
        self.all = {key: Canvas(**body) for key, body in self.world.store.records("canvas")}

    def save(self, canvas: Canvas) -> None:
        """Stores a canvas and tells the pages."""
        canvas.updated = int(self.world.clock.time())
        self.all[canvas.id] = canvas
        self.world.store.put("canvas", canvas.id, asdict(canvas))
        self.world.hub.tell({"type": "canvas", "canvas": canvas.id, "channel": canvas.channel})

    def get(self, canvas_id: str, user: str, *, write: bool = False) -> Canvas:
        """The canvas. Raises `canvas_not_found`, `restricted_action`."""
        canvas = self.all.get(canvas_id)
        if canvas is None:
            raise SlackError("canvas_not_found")
        channel = self.channels.all.get(canvas.channel or "")
        level = "owner" if canvas.owner == user else canvas.access.get(user, "")
        if not level and channel is not None and user in channel.members:
            level = "write"
        if not level:
            granted = [one for one in self.channels.all.values() if one.id in canvas.access and user in one.members]
            level = canvas.access[granted[0].id] if granted else ""
        if not level:
            raise SlackError("canvas_not_found")
        if write and level == "read":
            raise SlackError("restricted_action")
        return canvas

    def create(self, title: str, content: object, owner: str, channel: Channel | None = None) -> Canvas:
        """A new canvas, of a channel when one is given. Raises `channel_canvas_already_exists` …"""
        if len(title) > TITLE_MOST:
            raise SlackError("canvas_creation_failed", "[ERROR] title must be less than 256 characters")
        if channel is not None and channel.canvas_id:
            raise SlackError("channel_canvas_already_exists")
        markdown = "" if content is None else read_content(content, "/document_content")
        canvas = Canvas(self.world.ids.make("F"), title, owner, int(self.world.clock.time()))
        canvas.sections = self._sections(markdown)
        if channel is not None:
            canvas.channel = channel.id
            channel.canvas_id = canvas.id
            self.channels.changed(channel)
        self.save(canvas)
        return canvas

    def delete(self, canvas: Canvas) -> None:
        """Removes a canvas."""
        del self.all[canvas.id]
        self.world.store.drop("canvas", canvas.id)
        channel = self.channels.all.get(canvas.channel or "")
        if channel is not None:
            channel.canvas_id = None
            self.channels.changed(channel)
        self.world.hub.tell({"type": "canvas", "canvas": canvas.id, "channel": canvas.channel})

    def _sections(self, markdown: str) -> list[Json]:
        parts = [part.strip("\n") for part in re.split(r"\n{2,}", markdown) if part.strip()]
        return [{"id": f"temp:C:{self.world.ids.secret(28)}", "markdown": part} for part in parts]

    def edit(self, canvas: Canvas, changes: object) -> None:
        """Applies one change. Raises `invalid_arguments`, `section_not_found`, `canvas_editing_failed`."""
        if not isinstance(changes, list) or not changes:
            raise invalid("must provide an array with one change", "/changes")
        listed = cast("list[object]", changes)
        if len(listed) > 1:
            raise invalid("no more than 1 items allowed", "/changes")
        if not isinstance(listed[0], dict):
            raise invalid("must provide an object", "/changes/0")
        change = cast("Json", listed[0])
        unknown = sorted(set(change) - {"operation", "section_id", "document_content", "title_content"})
        if unknown:
            raise invalid(f"invalid additional property: {unknown[0]}", "/changes/0")
        operation = change.get("operation")
        if operation not in OPERATIONS:
            raise invalid("must be a valid operation", "/changes/0/operation")
        if operation == "rename":
            canvas.title = read_content(change.get("title_content"), "/changes/0/title_content")[:TITLE_MOST]
        else:
            self._change(canvas, str(operation), change)
        if len(canvas.markdown().encode()) > SIZE_MOST:
            raise SlackError("canvas_editing_failed", "[ERROR] the canvas is larger than 1 MiB")
        self.save(canvas)

    def _change(self, canvas: Canvas, operation: str, change: Json) -> None:
        fresh: list[Json] = []
        if operation in WITH_CONTENT:
            content = read_content(change.get("document_content"), "/changes/0/document_content")
            fresh = self._sections(content)
        section_id = change.get("section_id")
        if section_id is None:
            if operation in PLACED or operation == "delete":
                raise invalid("missing required field: section_id", "/changes/0")
            if operation == "replace":
                canvas.sections = fresh
            elif operation == "insert_at_start":
                canvas.sections = fresh + canvas.sections
            else:
                canvas.sections = canvas.sections + fresh
            return
        at = next((index for index, one in enumerate(canvas.sections) if one["id"] == section_id), None)
        if at is None:
            raise SlackError("section_not_found")
        start, end = {"insert_before": (at, at), "insert_after": (at + 1, at + 1)}.get(operation, (at, at + 1))
        canvas.sections = canvas.sections[:start] + fresh + canvas.sections[end:]

    def lookup(self, canvas: Canvas, criteria: object) -> list[Json]:
        """The sections that match `{"section_types"?: ["h1"…, "any_header"], "contains_text"?: str}`."""
        if not isinstance(criteria, dict) or not set(cast("Json", criteria)) & {"section_types", "contains_text"}:
            raise invalid("must provide section_types or contains_text", "/criteria")
        wanted = cast("Json", criteria)
        kinds: object = wanted.get("section_types")
        if kinds is not None:
            known = {"h1", "h2", "h3", "any_header"}
            if not isinstance(kinds, list) or not kinds or not set(cast("list[str]", kinds)) <= known:
                raise invalid("must be one of h1, h2, h3, any_header", "/criteria/section_types")
        text = str(wanted.get("contains_text") or "").lower()
        found: list[Json] = []
        for section in canvas.sections:
            markdown = str(section["markdown"])
            heading = _HEADING.match(markdown)
            kind = f"h{len(heading[1])}" if heading else ""
            typed = kinds is None or (
                kind and (kind in cast("list[str]", kinds) or "any_header" in cast("list[str]", kinds))
            )
            if typed and text in markdown.lower():
                found.append({"id": section["id"]})
        return found

    def json(self, canvas: Canvas) -> Json:
        """What the page shows."""
        return {
            "id": canvas.id,
            "title": canvas.title,
            "channel": canvas.channel,
            "sections": canvas.sections,
            "markdown": canvas.markdown(),
            "updated": canvas.updated,
        }


def read_content(content: object, pointer: str) -> str:
    """The text of `{"type": "markdown", "markdown": str}`. Raises `invalid_arguments`."""
    if not isinstance(content, dict):
        raise invalid("must provide an object", pointer)
    members = cast("Json", content)
    if members.get("type") != "markdown":
        raise invalid("must be markdown", f"{pointer}/type")
    if not isinstance(members.get("markdown"), str):
        raise invalid("must provide a string", f"{pointer}/markdown")
    if len(members["markdown"].encode()) > SIZE_MOST:
        raise SlackError("canvas_editing_failed", f"[ERROR] must be less than 1 MiB [json-pointer:{pointer}/markdown]")
    return members["markdown"]
