"""How the sandbox refuses."""

from collections.abc import Iterable
from typing import Any

from sandbox.blockkit.api import Problem, format_problems


class SlackError(Exception):
    """A refusal in Slack's form: `error` and whatever else stands beside it in the answer."""

    def __init__(
        self, error: str, *messages: str, status: int = 200, headers: dict[str, str] | None = None, **extra: object
    ) -> None:
        super().__init__(error)
        self.error = error
        self.messages = list(messages)
        self.status = status
        self.headers = headers or {}
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        answer: dict[str, Any] = {"ok": False, "error": self.error, **self.extra}
        if self.messages:
            answer["response_metadata"] = {"messages": self.messages}
        return answer


def refuse_problems(problems: Iterable[Problem]) -> None:
    """Raises the `SlackError` that Slack answers for a payload with `problems`; returns when there are none."""
    found = list(problems)
    if not found:
        return
    raise SlackError(
        found[0].code,
        *format_problems(found),
        errors=[str(problem) for problem in found],
    )


def invalid(message: str, pointer: str | None = None, error: str = "invalid_arguments") -> SlackError:
    """An `invalid_arguments` that says what is wrong and where."""
    where = f" [json-pointer:{pointer}]" if pointer else ""
    return SlackError(error, f"[ERROR] {message}{where}")
