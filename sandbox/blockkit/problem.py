"""What is wrong with a payload, where, and how Slack says it."""

from collections.abc import Iterable
from dataclasses import dataclass

INVALID_BLOCKS = "invalid_blocks"
INVALID_BLOCKS_FORMAT = "invalid_blocks_format"
INVALID_ARGUMENTS = "invalid_arguments"
INVALID_ATTACHMENTS = "invalid_attachments"
INVALID_METADATA_FORMAT = "invalid_metadata_format"
INVALID_METADATA_SCHEMA = "invalid_metadata_schema"
METADATA_TOO_LARGE = "metadata_too_large"
VIEW_TOO_LARGE = "view_too_large"
TOO_MANY_ATTACHMENTS = "too_many_attachments"


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal: `pointer` is a JSON pointer, `message` is in Slack's words, `code` is the
    top-level `error` that the method answers with."""

    pointer: str
    message: str
    code: str = INVALID_BLOCKS

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


def format_problems(problems: Iterable[Problem]) -> list[str]:
    """The lines of `response_metadata.messages`."""
    return [f"[ERROR] {problem}" for problem in problems]


def error_code(problems: Iterable[Problem], default: str = INVALID_BLOCKS) -> str:
    """The top-level `error` of the answer: the code of the first problem."""
    for problem in problems:
        return problem.code
    return default
