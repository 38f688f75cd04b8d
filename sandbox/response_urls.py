"""`response_url`s: five uses in thirty minutes (docs.slack.dev/interactivity/handling-user-interaction)."""

from dataclasses import asdict, dataclass
from typing import Any

from sandbox.channels import Channel, Channels
from sandbox.content import read_changes, read_draft
from sandbox.errors import SlackError
from sandbox.messages import Author, Draft, Messages
from sandbox.store import Row
from sandbox.world import World

Json = dict[str, Any]
USES = 5
LIFETIME = 30 * 60.0
KNOWN = frozenset(
    [
        "text",
        "blocks",
        "attachments",
        "response_type",
        "replace_original",
        "delete_original",
        "thread_ts",
        "metadata",
        "mrkdwn",
        "unfurl_links",
        "unfurl_media",
        "link_names",
        "parse",
        "username",
        "icon_emoji",
        "icon_url",
    ]
)


@dataclass
class ResponseUrl:
    """Whom and what an address answers to; `ts` is the message it stands for (None for a command)."""

    key: str
    user: str
    channel: str
    expires: float
    ts: str | None = None
    uses: int = 0


class ResponseUrls:
    """The addresses that were given out and are not expired."""

    def __init__(self, world: World, channels: Channels, messages: Messages) -> None:
        self.world = world
        self.channels = channels
        self.messages = messages
        self.base = ""
        self._known: dict[str, ResponseUrl] = {}
        self.load()

    def load(self) -> None:
        """Reads the addresses from the store."""
        self._known = {key: ResponseUrl(**body) for key, body in self.world.store.records("response_url")}

    def make(self, what: str, user: str, channel: Channel, ts: str | None = None) -> str:
        """A fresh address; `what` is `commands`, `actions` or `app`."""
        now = self.world.clock.time()
        for key in [one.key for one in self._known.values() if one.expires + LIFETIME < now]:
            del self._known[key]
            self.world.store.drop("response_url", key)
        ids = self.world.ids
        key = f"{what}/{self.world.team.id}/{ids.number()}/{ids.secret()}"
        made = ResponseUrl(key, user, channel.id, now + LIFETIME, ts)
        self._known[key] = made
        self.world.store.put("response_url", key, asdict(made))
        return f"{self.base}/hooks/{key}"

    def use(self, key: str, sent: Json) -> None:
        """Does what was posted to an address.

        Raises SlackError with status 404 `used_url`, `expired_url`, `invalid_url`, or 400 for the content's own error.
        """
        url = self._known.get(key)
        if url is None:
            raise SlackError("invalid_url", status=404)
        if self.world.clock.time() > url.expires:
            raise SlackError("expired_url", status=404)
        if url.uses >= USES:
            raise SlackError("used_url", status=404)
        channel = self.channels.all.get(url.channel)
        if channel is None:
            raise SlackError("channel_not_found", status=404)
        try:
            self.respond(channel, url.user, url.ts, sent)
        except SlackError as error:
            error.status = 400
            raise
        url.uses += 1
        self.world.store.put("response_url", key, asdict(url))

    def respond(self, channel: Channel, user: str, ts: str | None, sent: Json) -> None:
        """Shows an app's answer to `user`: ephemeral unless `in_channel`, or in place of the message at `ts`."""
        unknown = sorted(set(sent) - KNOWN)
        if unknown:
            raise SlackError("invalid_arguments", f"[ERROR] unknown member {unknown[0]}")
        original = self.world.store.message(channel.id, ts) if ts else None
        if _is_true(sent.get("delete_original")):
            self._delete(channel, original)
            return
        if _is_true(sent.get("replace_original")) and original is not None and not original.deleted:
            self._replace(channel, original, sent)
            return
        kind = sent.get("response_type", "ephemeral")
        if kind not in {"ephemeral", "in_channel"}:
            raise SlackError("invalid_arguments", "[ERROR] unknown response_type [json-pointer:/response_type]")
        author = Author(self.world.app.bot_user_id, bot=True)
        draft = read_draft(sent)
        if kind == "in_channel":
            self.messages.post(channel, author, draft)
        else:
            self.messages.ephemeral(channel, author, user, draft)

    def _delete(self, channel: Channel, original: Row | None) -> None:
        if original is None or original.deleted:
            raise SlackError("message_not_found")
        self.messages.delete(channel, original)

    def _replace(self, channel: Channel, original: Row, sent: Json) -> None:
        changes, gone = read_changes(sent)
        content = self.messages.content(
            Draft(changes.get("text", ""), changes.get("blocks"), changes.get("attachments"), changes.get("metadata"))
        )
        if "text" not in changes:
            del content["text"]
        if "blocks" not in content and "text" in content:
            gone |= {"blocks"}
        editor = None if original.hearer else self.world.app.bot_user_id
        self.messages.edit(channel, original, content, editor=editor, gone=gone)


def _is_true(value: object) -> bool:
    """Apps send these flags as booleans and as strings."""
    return value is True or str(value).lower() == "true"
