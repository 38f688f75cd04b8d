"""User groups: read only, as the workspace file names them."""

from typing import Any, cast

from sandbox.errors import SlackError
from sandbox.world import World

Json = dict[str, Any]


class Usergroups:
    """The workspace's user groups."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.all: dict[str, Json] = {}
        self.load()

    def load(self) -> None:
        """Reads the groups of the workspace file."""
        self.all = {entry["id"]: entry for entry in cast("list[Json]", self.world.workspace.get("usergroups") or [])}

    def get(self, group_id: str) -> Json:
        """The group of an id. Raises `no_such_subteam`."""
        found = self.all.get(group_id)
        if found is None:
            raise SlackError("no_such_subteam")
        return found

    def json(self, group: Json, *, with_users: bool, with_count: bool) -> Json:
        """Slack's usergroup object."""
        shown: Json = {
            "id": group["id"],
            "team_id": self.world.team.id,
            "is_usergroup": True,
            "is_subteam": True,
            "name": group["name"],
            "description": group.get("description", ""),
            "handle": group["handle"],
            "is_external": False,
            "date_create": 0,
            "date_update": 0,
            "date_delete": 0,
            "auto_type": None,
            "auto_provision": False,
            "enterprise_subteam_id": "",
            "created_by": self.world.app.bot_user_id,
            "updated_by": self.world.app.bot_user_id,
            "deleted_by": None,
            "prefs": {"channels": [], "groups": []},
        }
        if with_users:
            shown["users"] = group["users"]
        if with_count:
            shown["user_count"] = len(group["users"])
        return shown
