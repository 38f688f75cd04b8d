"""Every method by its name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sandbox.methods import chat, conversations, files, marks, users, views, workspace
from sandbox.methods.table import Method

METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        method.name: method
        for module in (chat, conversations, files, marks, users, views, workspace)
        for method in module.METHODS
    }
)
# What any method may answer before its handler runs.
COMMON_ERRORS: Final = frozenset(
    [
        "not_authed",
        "invalid_auth",
        "account_inactive",
        "token_revoked",
        "not_allowed_token_type",
        "missing_scope",
        "invalid_arguments",
        "invalid_arg_name",
        "invalid_array_arg",
        "invalid_charset",
        "invalid_form_data",
        "invalid_json",
        "json_not_object",
        "invalid_post_type",
        "missing_post_type",
        "ratelimited",
        "internal_error",
        "service_unavailable",
        "unknown_method",
        "channel_not_found",
        "not_in_channel",
        "is_archived",
    ]
)
