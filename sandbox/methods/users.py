"""`users.*`, `dnd.*`, `usergroups.*`, `bots.info`."""

from typing import Any

from sandbox.channels import Channel
from sandbox.errors import SlackError
from sandbox.methods.conversations import read_types
from sandbox.methods.table import Call, Method, row
from sandbox.people import Person
from sandbox.rates import Tier

Json = dict[str, Any]
# docs.slack.dev/reference/methods/dnd.teamInfo
TEAM_INFO_MOST = 50


def info(call: Call) -> Json:
    person = call.core.world.person(call.text("user"))
    shown = call.core.world.user_json(person, call.token, with_locale=call.flag("include_locale"))
    return {"user": shown}


def list_all(call: Call) -> Json:
    world = call.core.world
    people = sorted(world.people.values(), key=_id)
    page, about = call.page(people, "user", _id, 999)
    locale = call.flag("include_locale")
    shown = [world.user_json(person, call.token, with_locale=locale) for person in page]
    return {"members": shown, "cache_ts": int(world.clock.time()), "response_metadata": about}


def _id(one: Person | Channel) -> str:
    return one.id


def lookup_by_email(call: Call) -> Json:
    email = call.text("email").strip().lower()
    found = next((person for person in call.core.world.humans() if person.email.lower() == email), None)
    if found is None:
        raise SlackError("users_not_found")
    return {"user": call.core.world.user_json(found, call.token)}


def conversations(call: Call) -> Json:
    kinds, user = read_types(call), call.text("user", call.bot)
    call.core.world.person(user)
    channels = call.core.channels.of(call.bot, kinds, archived=not call.flag("exclude_archived"))
    theirs = [channel for channel in channels if user in channel.members]
    page, about = call.page(theirs, "channel", _id, 100)
    return {"channels": [call.core.channels.json(one, call.bot) for one in page], "response_metadata": about}


def profile_get(call: Call) -> Json:
    person = call.core.world.person(call.text("user", call.bot))
    with_email = call.token is not None and "users:read.email" in call.token.scopes
    return {"profile": person.profile(with_email=with_email)}


def get_presence(call: Call) -> Json:
    person = call.core.world.person(call.text("user", call.bot))
    return {"presence": person.presence}


def dnd_of(call: Call, person: Person) -> Json:
    """A person's do-not-disturb as `dnd.info` gives it; the times are of the next (or running) night."""
    dnd = person.dnd
    shown: Json = {
        "dnd_enabled": bool(dnd.get("dnd_enabled", False)),
        "next_dnd_start_ts": int(dnd.get("next_dnd_start_ts", 1)),
        "next_dnd_end_ts": int(dnd.get("next_dnd_end_ts", 1)),
    }
    until = int(dnd.get("snooze_endtime", 0))
    left = until - int(call.core.world.clock.time())
    shown["snooze_enabled"] = left > 0
    if left > 0:
        shown |= {"snooze_endtime": until, "snooze_remaining": left}
    return shown


def dnd_info(call: Call) -> Json:
    return dnd_of(call, call.core.world.person(call.text("user", call.bot)))


def dnd_team_info(call: Call) -> Json:
    users = call.ids("users")
    if not users:
        raise SlackError("no_users_provided")
    if len(users) > TEAM_INFO_MOST:
        raise SlackError("too_many_users")
    world = call.core.world
    return {"users": {user: dnd_of(call, world.people[user]) for user in users if user in world.people}}


def usergroups_list(call: Call) -> Json:
    groups = call.core.usergroups
    with_users, with_count = call.flag("include_users"), call.flag("include_count")
    return {
        "usergroups": [groups.json(one, with_users=with_users, with_count=with_count) for one in groups.all.values()]
    }


def usergroups_users_list(call: Call) -> Json:
    return {"users": list(call.core.usergroups.get(call.text("usergroup"))["users"])}


def bots_info(call: Call) -> Json:
    world = call.core.world
    if call.text("bot", world.app.bot_id) != world.app.bot_id:
        raise SlackError("bot_not_found")
    profile = world.bot_profile()
    return {"bot": {key: profile[key] for key in ("id", "deleted", "name", "updated", "app_id", "user_id", "icons")}}


METHODS: tuple[Method, ...] = (
    row("users.info", Tier.FOUR, "user include_locale:bool", info, scopes="users:read", errors="user_not_found"),
    row("users.list", Tier.TWO, "cursor limit:int include_locale:bool presence:bool team_id", list_all,
        scopes="users:read", errors="invalid_cursor invalid_limit"),
    row("users.lookupByEmail", Tier.THREE, "email!", lookup_by_email, scopes="users:read.email",
        errors="users_not_found"),
    row("users.conversations", Tier.THREE,
        "user cursor exclude_archived:bool exclude_muted:bool limit:int types:ids team_id", conversations, deed="read",
        errors="invalid_cursor invalid_limit invalid_types user_not_found"),
    row("users.profile.get", Tier.FOUR, "user include_labels:bool", profile_get, scopes="users.profile:read",
        errors="user_not_found"),
    row("users.getPresence", Tier.THREE, "user", get_presence, scopes="users:read", errors="user_not_found"),
    row("dnd.info", Tier.THREE, "user team_id", dnd_info, scopes="dnd:read", errors="user_not_found"),
    row("dnd.teamInfo", Tier.TWO, "users!:ids team_id", dnd_team_info, scopes="dnd:read",
        errors="no_users_provided too_many_users"),
    row("usergroups.list", Tier.TWO, "include_count:bool include_disabled:bool include_users:bool team_id",
        usergroups_list, scopes="usergroups:read"),
    row("usergroups.users.list", Tier.TWO, "usergroup! include_disabled:bool team_id", usergroups_users_list,
        scopes="usergroups:read", errors="no_such_subteam"),
    row("bots.info", Tier.THREE, "bot team_id", bots_info, scopes="users:read", errors="bot_not_found"),
)  # fmt: skip
