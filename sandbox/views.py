"""Modals and Home tabs: what is open for whom, their state, hashes and stack."""

from dataclasses import asdict, dataclass, field
from typing import Any, cast

from sandbox.blockkit.api import assign_ids, initial_values, normalise
from sandbox.errors import SlackError
from sandbox.shown import Shown
from sandbox.world import World

Json = dict[str, Any]
Values = dict[str, dict[str, Json]]
STACK = 3
COPIED = ("private_metadata", "callback_id", "external_id")


@dataclass
class View:
    """A view as it is now. `sent` is what the app sent, with ids filled in; `values` what the person has typed."""

    id: str
    user: str
    sent: Json
    hash: str
    root: str
    previous: str | None = None
    values: Values = field(default_factory=dict[str, dict[str, dict[str, Any]]])
    conversation: str | None = None

    @property
    def external_id(self) -> str:
        """The app's own id of the view, or empty."""
        return str(self.sent.get("external_id") or "")


class Views:
    """Open modals by person, and Home tabs."""

    def __init__(self, world: World, shown: Shown) -> None:
        self.world = world
        self.shown = shown
        self.all: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, str] = {}
        self.load()

    def load(self) -> None:
        """Reads what was open from the store."""
        store = self.world.store
        self.all = {key: View(**body) for key, body in store.records("view")}
        self.stacks = {key: body["views"] for key, body in store.records("stack")}
        self.homes = {key: body["view"] for key, body in store.records("home")}

    def _save(self, view: View) -> None:
        self.all[view.id] = view
        self.world.store.put("view", view.id, asdict(view))

    def _save_stack(self, user: str) -> None:
        self.world.store.put("stack", user, {"views": self.stacks.get(user, [])})
        self.world.hub.tell({"type": "view_stack", "user": user, "views": self.stacks.get(user, [])}, [user])

    def _hash(self) -> str:
        return f"{int(self.world.clock.time())}.{self.world.ids.secret(8)}"

    def _fresh(self, user: str, sent: Json, previous: View | None, conversation: str | None) -> View:
        self.shown.check(sent["blocks"], "/view/blocks", "invalid_arguments")
        view_id = self.world.ids.make("V")
        prepared = _prepared(sent)
        self._unique(prepared, None)
        root = previous.root if previous else view_id
        view = View(view_id, user, prepared, self._hash(), root, previous.id if previous else None)
        view.values = initial_values(prepared, conversation)
        view.conversation = conversation
        return view

    def _unique(self, sent: Json, own: View | None) -> None:
        external = sent.get("external_id")
        if external and any(one.external_id == external and one is not own for one in self.all.values()):
            raise SlackError("duplicate_external_id")

    # modals

    def stack(self, user: str) -> list[View]:
        """The open modals of a person, the lowest first."""
        return [self.all[key] for key in self.stacks.get(user, [])]

    def open(self, user: str, sent: Json, conversation: str | None = None) -> View:
        """Opens a modal for a person; what was open goes away without a word, as in Slack's client."""
        view = self._fresh(user, sent, None, conversation)
        for old in self.stacks.pop(user, []):
            self._drop(old)
        self._save(view)
        self.stacks[user] = [view.id]
        self._save_stack(user)
        return view

    def push(self, user: str, sent: Json) -> View:
        """Lays a modal over the open one. Raises `not_found` without one, `push_limit_reached` over three."""
        stack = self.stacks.get(user, [])
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= STACK:
            raise SlackError("push_limit_reached")
        top = self.all[stack[-1]]
        view = self._fresh(user, sent, top, top.conversation)
        self._save(view)
        stack.append(view.id)
        self._save_stack(user)
        return view

    def find(self, view_id: str | None, external_id: str | None) -> View:
        """The view of an id. Raises `not_found`."""
        if view_id:
            found = self.all.get(view_id)
        else:
            found = next((one for one in self.all.values() if external_id and one.external_id == external_id), None)
        if found is None:
            raise SlackError("not_found")
        return found

    def update(self, view: View, sent: Json, view_hash: str | None = None) -> View:
        """Replaces a view's content; what was typed stays where block and action are the same.

        Raises `hash_conflict` when `view_hash` is not the current one.
        """
        if view_hash is not None and view_hash != view.hash:
            raise SlackError("hash_conflict")
        self.shown.check(sent["blocks"], "/view/blocks", "invalid_arguments")
        prepared = _prepared(sent)
        self._unique(prepared, view)
        values = initial_values(prepared, view.conversation)
        _merge(values, view.values)
        view.sent, view.values, view.hash = prepared, values, self._hash()
        self._save(view)
        if view.sent["type"] == "home":
            self.world.hub.tell({"type": "home", "user": view.user, "view_id": view.id}, [view.user])
        else:
            self._save_stack(view.user)
        return view

    def typed(self, view: View, values: object) -> None:
        """Takes over what the page says was typed; places that the view does not have are left out."""
        if isinstance(values, dict):
            _merge(view.values, cast("Values", values))
            self._save(view)

    def close(self, view: View, *, everything: bool = False) -> list[View]:
        """Takes a modal (or the whole stack) off; gives the views that went."""
        stack = self.stacks.get(view.user, [])
        if view.id not in stack:
            return []
        gone = list(stack) if everything else stack[stack.index(view.id) :]
        self.stacks[view.user] = [key for key in stack if key not in gone]
        views = [self.all[key] for key in gone]
        for key in gone:
            self._drop(key)
        self._save_stack(view.user)
        return views

    def _drop(self, view_id: str) -> None:
        self.all.pop(view_id, None)
        self.world.store.drop("view", view_id)

    # home

    def home(self, user: str) -> View | None:
        """The Home tab that was published for a person."""
        return self.all.get(self.homes.get(user, ""))

    def publish(self, user: str, sent: Json, view_hash: str | None = None) -> View:
        """Sets a person's Home tab. Raises `hash_conflict`."""
        known = self.home(user)
        if known is not None:
            return self.update(known, sent, view_hash)
        view = self._fresh(user, sent, None, None)
        self._save(view)
        self.homes[user] = view.id
        self.world.store.put("home", user, {"view": view.id})
        self.world.hub.tell({"type": "home", "user": user, "view_id": view.id}, [user])
        return view

    # showing

    def json(self, view: View, *, with_values: bool = True) -> Json:
        """Slack's view object; `state.values` has an entry for every input, also the empty ones."""
        sent, app = view.sent, self.world.app
        shown: Json = {
            "id": view.id,
            "team_id": self.world.team.id,
            "type": sent["type"],
            "blocks": sent["blocks"],
            **{name: sent.get(name) or "" for name in COPIED},
            "state": {"values": view.values if with_values else {}},
            "hash": view.hash,
            "title": sent.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": bool(sent.get("clear_on_close")),
            "notify_on_close": bool(sent.get("notify_on_close")),
            "close": sent.get("close"),
            "submit": sent.get("submit"),
            "previous_view_id": view.previous,
            "root_view_id": view.root,
            "app_id": app.id,
            "app_installed_team_id": self.world.team.id,
            "bot_id": app.bot_id,
        }
        if sent.get("submit_disabled") is not None:
            shown["submit_disabled"] = sent["submit_disabled"]
        return shown


def _prepared(sent: Json) -> Json:
    prepared: Json = {**sent, "blocks": normalise(assign_ids(sent["blocks"]))}
    for name in ("title", "submit", "close"):
        if prepared.get(name):
            prepared[name] = {"emoji": True, **cast("Json", prepared[name])}
    return prepared


def _merge(values: Values, typed: Values) -> None:
    """Writes into `values` what stands at the same block, action and type in `typed`."""
    for block_id, actions in values.items():
        for action_id, state in actions.items():
            held: Any = (typed.get(block_id) or {}).get(action_id)
            if not isinstance(held, dict):
                continue
            said = cast("Json", held)
            if said.get("type", state["type"]) == state["type"]:
                actions[action_id] = state | {key: value for key, value in said.items() if key in state}
