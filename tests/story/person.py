"""A person at the local Slack: types, presses, fills in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from tests.story.shown import Json, buttons, elements, text_of, typed

GENERAL: Final = "C00GENERAL"
CS: Final = "C00CUSTSUC"
EXT: Final = "C00EXTFJOR"
ADA, BEN, CHLOE, DANIEL, MEI, EVA, FELIX, GRETA = (
    *("U01ADALIND", "U02BENCART", "U03CHLOEDV", "U04DANLIM0"),
    *("U05MEICHEN", "U06EVANOVA", "U07FELIXGU", "U08GRETACO"),
)


@dataclass(frozen=True)
class Person:
    """One person; everything they do goes through the page's own API."""

    http: httpx.Client
    id: str

    def _post(self, path: str, **body: object) -> Json:
        return self.http.post(f"_sandbox/ui/{path}", json={"user": self.id, **body}).json()

    def _get(self, path: str, **query: str) -> Json:
        return self.http.get(f"_sandbox/ui/{path}", params={"user": self.id, **query}).json()

    # Places

    def channels(self) -> list[str]:
        """The names of the channels this person sees."""
        return [one["name"] for one in self._get("bootstrap")["channels"]]

    def channel(self, channel: str) -> Json:
        """The channel's page: members, messages, pins, bookmarks, canvas."""
        return self._get(f"channels/{channel}", limit="500")

    def thread(self, channel: str, ts: str) -> list[Json]:
        return self._get(f"channels/{channel}/threads/{ts}")["messages"][1:]

    def do(self, path: str, **body: object) -> Json:
        """Any other act of the page's API; it has to work."""
        answer = self._post(path, **body)
        assert answer["ok"], answer
        return answer

    # Commands and buttons

    def command(self, text: str, channel: str = GENERAL) -> str:
        """Type a slash command; what this person alone reads under it, '' when nothing is said."""
        before = {one["ts"] for one in self._whispers(channel)}
        answer = self._post("command", channel=channel, text=text)
        assert answer["ok"], answer
        return "\n".join(text_of(one) for one in self._whispers(channel) if one["ts"] not in before)

    def failing_command(self, text: str, channel: str = GENERAL) -> str:
        """Type a command that Slack says failed; what Slack says."""
        answer = self._post("command", channel=channel, text=text)
        assert not answer["ok"], answer
        return str(answer["message"])

    def _whispers(self, channel: str) -> list[Json]:
        return [one for one in self.channel(channel)["messages"] if one.get("is_ephemeral")]

    def press(self, message: Mapping[str, Any], label: str) -> None:
        """Press the button with this label in a message."""
        found = buttons(message)
        assert label in found, f"there is no button {label!r}, only {sorted(found)}"
        block_id, element = found[label]
        container = {"type": "message", "channel_id": message["channel"], "message_ts": message["ts"]}
        container["is_ephemeral"] = bool(message.get("is_ephemeral"))
        self._act(container, block_id, element)

    def press_below(self, message: Mapping[str, Any], text: str, label: str) -> None:
        """Press the button with this label in the row under the paragraph that holds this text."""
        container = {"type": "message", "channel_id": message["channel"], "message_ts": message["ts"]}
        blocks = message["blocks"]
        at = next(at for at, block in enumerate(blocks) if block["type"] == "section" and text in text_of(block))
        row = {"blocks": [blocks[at + 1]]}
        block_id, element = buttons(row)[label]
        self._act(container, block_id, element)

    def _act(self, container: Mapping[str, Any], block_id: str, element: Json, **chosen: object) -> None:
        action = {"type": element["type"], "block_id": block_id, "action_id": element["action_id"], **chosen}
        if "value" in element:
            action["value"] = element["value"]
        answer = self._post("action", container=container, action=action, state={"values": {}})
        assert answer["ok"], answer

    # Windows

    def views(self) -> list[Json]:
        return self._get("views")["views"]

    def view(self) -> Json:
        """The topmost window."""
        views = self.views()
        assert views, "no window is open"
        return views[-1]

    def press_in_view(self, label: str, block_id: str = "") -> Json:
        """Press the first button with this label (in this block) of the topmost window; what is on top then."""
        view = self.view()
        for found, element in elements(view):
            if element["type"] == "button" and element["text"]["text"] == label and block_id in ("", found):
                self._act({"type": "view", "view_id": view["id"]}, found, element)
                return self.view()
        raise AssertionError(f"there is no button {label!r} in {view['callback_id']}: {sorted(buttons(view))}")

    def menu(self, row: int, label: str) -> Json:
        """Choose from the menu of a list's row, counted from 0; what is on top then."""
        view = self.view()
        block_id, element = [one for one in elements(view) if one[1]["type"] == "overflow"][row]
        option = next(one for one in element["options"] if one["text"]["text"] == label)
        self._act({"type": "view", "view_id": view["id"]}, block_id, element, selected_option=option)
        return self.view()

    def type(self, name: str, text: str) -> None:
        """Type into a field of the topmost window."""
        view = self.view()
        block_id, element = next(one for one in elements(view) if one[1]["action_id"] == name)
        state = {"values": {block_id: {name: typed(text)}}}
        action = {"type": element["type"], "block_id": block_id, "action_id": name, "value": text}
        container = {"type": "view", "view_id": view["id"]}
        answer = self._post("action", container=container, action=action, state=state)
        assert answer["ok"], answer

    def field(self, name: str) -> str:
        """What stands in a field of the topmost window."""
        return self.view()["state"]["values"][name][name].get("value") or ""

    def submit(self, **values: str | Mapping[str, Any]) -> Json:
        """Fill in the topmost window and send it: a text, or the state of another element."""
        states = {name: value if isinstance(value, Mapping) else typed(value) for name, value in values.items()}
        filled = {name.replace("__", ":"): {name.replace("__", ":"): state} for name, state in states.items()}
        return self._post("submit", view_id=self.view()["id"], values=filled)

    def submitted(self, **values: str | Mapping[str, Any]) -> None:
        """The same; it is taken and the window closes."""
        answer = self.submit(**values)
        assert answer.get("closed"), answer

    def chosen(self, name: str, value: str) -> Json:
        """The state of radio buttons or a menu of the topmost window with the option of this value (or its start)."""
        element = next(one for _, one in elements(self.view()) if one["action_id"] == name)
        option = next(one for one in element["options"] if one["value"].startswith(value))
        return {"type": element["type"], "selected_option": option}

    def close(self, *, everything: bool = False) -> None:
        self._post("close", view_id=self.view()["id"], all=everything)

    def note(self) -> str:
        """The sentence of the small window on top; it is closed."""
        view = self.view()
        assert view["callback_id"] == "note", view
        self.close()
        return "\n".join(block["text"]["text"] for block in view["blocks"])
