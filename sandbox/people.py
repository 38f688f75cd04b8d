"""The people of the workspace, as Slack's `user` objects show them."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
# where Slack keeps the pictures of people without one of their own
PICTURES = "https://secure.gravatar.com/avatar"
# the sizes of a picture that every profile gives
IMAGE_SIZES = (24, 32, 48, 72, 192, 512)


@dataclass
class Person:
    """A member, guest, stranger (Slack Connect) or bot."""

    id: str
    name: str
    real_name: str
    team_id: str
    email: str = ""
    title: str = ""
    locale: str = "en-US"
    tz: str = "UTC"
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    bot_id: str | None = None
    app_id: str | None = None
    deleted: bool = False
    presence: str = "active"
    status_text: str = ""
    status_emoji: str = ""
    updated: int = 0
    dnd: Json = field(default_factory=dict[str, Any])

    def record(self) -> Json:
        """What is stored."""
        return asdict(self)

    @property
    def is_guest(self) -> bool:
        """A guest of the own team, or someone of another."""
        return self.is_restricted or self.is_ultra_restricted or self.is_stranger

    def profile(self, *, with_email: bool = True) -> Json:
        """Slack's `profile` object."""
        digest = sha256(self.id.encode()).hexdigest()
        first, _, last = self.real_name.rpartition(" ")
        profile: Json = {
            "title": self.title,
            "phone": "",
            "skype": "",
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": "" if self.is_bot else self.name,
            "display_name_normalized": "" if self.is_bot else self.name,
            "fields": None,
            "status_text": self.status_text,
            "status_emoji": self.status_emoji,
            "status_emoji_display_info": [],
            "status_expiration": 0,
            "avatar_hash": f"g{digest[:11]}",
            "first_name": first or last,
            "last_name": last if first else "",
            "team": self.team_id,
            **{f"image_{size}": f"{PICTURES}/{digest[:32]}.jpg?s={size}&d=mp" for size in IMAGE_SIZES},
        }
        if self.is_bot:
            profile |= {"bot_id": self.bot_id, "api_app_id": self.app_id, "always_active": True}
        elif with_email and self.email:
            profile["email"] = self.email
        return profile

    def json(self, now: float, *, with_email: bool = True, with_locale: bool = False) -> Json:
        """Slack's `user` object; `now` (seconds since 1970) settles the zone's offset."""
        zone = ZoneInfo(self.tz)
        moment = datetime.fromtimestamp(now, UTC).astimezone(zone)
        offset = moment.utcoffset()
        user: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "color": sha256(self.id.encode()).hexdigest()[:6],
            "real_name": self.real_name,
            "tz": self.tz,
            "tz_label": moment.tzname() or self.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "profile": self.profile(with_email=with_email),
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": self.updated,
            "who_can_share_contact_card": "EVERYONE",
        }
        if self.is_stranger:
            user["is_stranger"] = True
        else:
            user["is_email_confirmed"] = not self.is_bot
        if with_locale:
            user["locale"] = self.locale
        return user
