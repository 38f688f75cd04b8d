"""A person as Slack tells of them, in our words."""

from collections.abc import Mapping
from typing import Any, cast

from storage.people import PersonFacts


def facts_from_slack(user: Mapping[str, Any], team_id: str) -> PersonFacts:
    """What a ``user`` object of Slack (users.info, users.list, user_change) says, in our words."""
    profile = cast(Mapping[str, Any], user.get("profile") or {})
    name = profile.get("real_name") or user.get("real_name") or profile.get("display_name") or user.get("name") or ""
    external = bool(user.get("is_stranger")) or str(user.get("team_id") or team_id) != team_id
    return PersonFacts(
        slack_id=str(user["id"]),
        name=str(name),
        email=str(profile.get("email") or ""),
        locale=str(user.get("locale") or "en-US"),
        zone=str(user.get("tz") or "UTC"),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_external=external,
        is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
        is_deleted=bool(user.get("deleted")),
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
    )
