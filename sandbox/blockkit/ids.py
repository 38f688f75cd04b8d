"""The ids that Slack makes up when a block or element has none."""

import secrets
import string
from collections.abc import Callable
from typing import Any

ALPHABET = string.ascii_letters + string.digits
LENGTH = 5
INTERACTIVE_HOLDERS = {"actions": "elements", "context_actions": "elements", "card": "actions"}
SINGLE_HOLDERS = {"section": "accessory", "input": "element", "auth_provider": "accessory"}


def random_id() -> str:
    """Five characters, as Slack's own ids look (`Vxqf3`)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _with_action_id(element: dict[str, Any], make: Callable[[], str]) -> dict[str, Any]:
    if element.get("type") == "image" or element.get("action_id"):
        return element
    return {**element, "action_id": make()}


def _with_ids(block: dict[str, Any], make: Callable[[], str]) -> dict[str, Any]:
    done = {**block, "block_id": block.get("block_id") or make()}
    kind = str(block.get("type"))
    many, one = INTERACTIVE_HOLDERS.get(kind), SINGLE_HOLDERS.get(kind)
    if many is not None and many in block:
        done[many] = [_with_action_id(element, make) for element in block[many]]
    elif one is not None and one in block:
        done[one] = _with_action_id(block[one], make)
    elif kind == "container":
        done["child_blocks"] = [_with_ids(child, make) for child in block["child_blocks"]]
    elif kind == "carousel":
        done["elements"] = [_with_ids(child, make) for child in block["elements"]]
    return done


def assign_ids(blocks: list[dict[str, Any]], make: Callable[[], str] = random_id) -> list[dict[str, Any]]:
    """Copies of valid blocks with every missing `block_id` and `action_id` filled by `make()`.

    Made-up ids never repeat one that is already there.
    """
    taken = {name for block in blocks if (name := block.get("block_id"))}

    def fresh() -> str:
        while (name := make()) in taken:
            pass
        taken.add(name)
        return name

    return [_with_ids(block, fresh) for block in blocks]
