"""What stands where something was erased under privacy law."""

from messages.blocks import section
from messages.say import View


def home_to_come() -> View:
    """A Home in the place of one that may show what was erased; opening it makes it anew."""
    return {"type": "home", "blocks": [section("Open this page again, and it shows how things are now.")]}
