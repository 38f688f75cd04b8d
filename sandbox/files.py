"""Files: upload in Slack's three steps, and what they are afterwards."""

import mimetypes
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sandbox.channels import Channel
from sandbox.errors import SlackError
from sandbox.messages import Author, Draft, Messages
from sandbox.shown import PICTURES, id_in
from sandbox.store import Row
from sandbox.world import World

Json = dict[str, Any]
# docs.slack.dev/messaging/working-with-files: files up to 1 GB; a local stand-in keeps less
SIZE_MOST = 20 * 1024 * 1024
# After `files.completeUploadExternal` Slack works on for a moment: until then a file of the app has no type, and no
# block can show it (slackapi/python-slack-sdk issues 1461 and 1521).
WORK_S = 0.25


@dataclass
class File:
    """A file; `content` is base64 until it is asked for. `ready` once the upload was completed, and of a known type
    from the moment `known_from` on."""

    id: str
    name: str
    size: int
    user: str
    created: int
    ticket: str
    title: str = ""
    alt_text: str = ""
    content: str | None = None
    ready: bool = False
    known_from: float = 0.0
    deleted: bool = False
    shares: list[Json] = field(default_factory=list[Json])

    @property
    def mimetype(self) -> str:
        """By the name's ending."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def data(self) -> bytes:
        """What was uploaded."""
        return b64decode(self.content or "")


class Files:
    """Every file of the workspace."""

    def __init__(self, world: World, messages: Messages) -> None:
        self.world = world
        self.messages = messages
        self.base = ""
        self.all: dict[str, File] = {}
        self.load()

    def load(self) -> None:
        """Reads the files from the store."""
        self.all = {key: File(**body) for key, body in self.world.store.records("file")}

    def save(self, file: File) -> None:
        """Stores a file."""
        self.all[file.id] = file
        self.world.store.put("file", file.id, asdict(file))

    def get(self, file_id: str) -> File:
        """A file whose upload is complete. Raises `file_not_found`, `file_deleted`."""
        file = self.all.get(file_id)
        if file is not None and file.deleted:
            raise SlackError("file_deleted")
        if file is None or not file.ready:
            raise SlackError("file_not_found")
        return file

    def begin(self, name: str, size: int, user: str, alt_text: str = "") -> File:
        """Step one: a place to upload to."""
        ids = self.world.ids
        file = File(ids.make("F"), name, size, user, int(self.world.clock.time()), ids.secret(40), alt_text=alt_text)
        self.save(file)
        return file

    def upload_url(self, file: File) -> str:
        """Where the bytes go."""
        return f"{self.base}/files/upload/{file.ticket}"

    def receive(self, ticket: str, data: bytes) -> File:
        """Step two: the bytes. Raises `file_not_found`, `file_upload_size_restricted`."""
        file = next((one for one in self.all.values() if one.ticket == ticket), None)
        if file is None or file.ready:
            raise SlackError("file_not_found", status=404)
        if len(data) != file.size:
            raise SlackError("file_update_failed", status=400)
        file.content = b64encode(data).decode()
        self.save(file)
        return file

    def complete(self, wanted: list[tuple[File, str]], channel: Channel | None, user: str, draft: Draft) -> Row | None:
        """Step three: names the files and shares them, as one message, when there is a channel."""
        for file, title in wanted:
            file.title, file.ready = title or file.title or file.name, True
            file.known_from = self.world.clock.time() + (WORK_S if user == self.world.app.bot_user_id else 0.0)
            self.save(file)
            self.world.emit(
                {"type": "file_created", "file_id": file.id, "file": {"id": file.id}, "user_id": user}, None
            )
        return self.share([file for file, _ in wanted], channel, user, draft) if channel else None

    def share(self, files: list[File], channel: Channel, user: str, draft: Draft) -> Row:
        """Posts one message with the files."""
        shown = [self.json(file, known=True) for file in files]
        bot = user == self.world.app.bot_user_id
        said = replace(draft, files=shown, extra={**draft.extra, "upload": True})
        row = self.messages.post(channel, Author(user, bot=bot), said)
        for file in files:
            file.shares.append({"channel": channel.id, "ts": row.ts, "kind": channel.kind})
            self.save(file)
            event = {"type": "file_shared", "file_id": file.id, "user_id": user, "file": {"id": file.id}}
            self.world.emit(event | {"channel_id": channel.id}, channel.id)
        return row

    def delete(self, file: File) -> None:
        """Removes what a file held, and its addresses; its id stays known as deleted."""
        file.deleted, file.ready, file.content, file.ticket = True, False, None, self.world.ids.secret(40)
        self.save(file)
        self.world.emit({"type": "file_deleted", "file_id": file.id}, None)

    def can_show(self, named: str) -> bool:
        """Whether a block of the app may show the file with this id or address."""
        file = self.all.get(id_in(named))
        if file is None or not file.ready or file.known_from > self.world.clock.time():
            return False
        bot = self.world.app.bot_user_id
        seen = file.user == bot or any(self._has(share["channel"], bot) for share in file.shares)
        return seen and file.name.rpartition(".")[2].lower() in PICTURES

    def _has(self, channel_id: str, user: str) -> bool:
        channel = self.messages.channels.all.get(channel_id)
        return channel is not None and user in channel.members

    def json(self, file: File, *, known: bool = False) -> Json:
        """Slack's file object; its type is not told (unless `known`) while Slack works on it."""
        known = known or file.known_from <= self.world.clock.time()
        ending = file.name.rpartition(".")[2] if "." in file.name else "binary"
        address = f"{self.base}/files/{file.id}/{file.ticket}"
        by_kind = {"public": "channels", "private": "groups", "mpim": "groups", "im": "ims"}
        places: dict[str, list[str]] = {"channels": [], "groups": [], "ims": []}
        shares: dict[str, dict[str, list[Json]]] = {}
        for share in file.shares:
            places[by_kind[share["kind"]]].append(share["channel"])
            per_kind = shares.setdefault("public" if share["kind"] == "public" else "private", {})
            per_kind.setdefault(share["channel"], []).append({"ts": share["ts"], "share_user_id": file.user})
        return {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title or file.name,
            "mimetype": file.mimetype if known else "",
            "filetype": ending if known else "",
            "pretty_type": ending.upper() if known else "",
            "user": file.user,
            "user_team": self.world.team.id,
            "editable": False,
            "size": file.size,
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": bool(places["channels"]),
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": address,
            "url_private_download": f"{address}?download=1",
            "permalink": address,
            "permalink_public": "",
            "comments_count": 0,
            "is_starred": False,
            "shares": shares,
            "has_rich_preview": False,
            "file_access": "visible",
            **({"alt_txt": file.alt_text} if file.alt_text else {}),
            **places,
        }
