"""What the rest of the sandbox, and tests, ask of the Block Kit rules."""

from sandbox.blockkit.attachments import validate_attachments
from sandbox.blockkit.blocks import Surface
from sandbox.blockkit.ids import assign_ids, random_id
from sandbox.blockkit.metadata import validate_metadata
from sandbox.blockkit.mrkdwn import as_stored, escape_text, parse_mrkdwn, to_plain
from sandbox.blockkit.normal import normalise
from sandbox.blockkit.problem import Problem, error_code, format_problems
from sandbox.blockkit.state import initial_values, state_shape
from sandbox.blockkit.submission import check_submission
from sandbox.blockkit.suggestions import validate_suggestions
from sandbox.blockkit.surface import find_element, validate_blocks
from sandbox.blockkit.views import validate_view

__all__ = [
    "Problem",
    "Surface",
    "as_stored",
    "assign_ids",
    "check_submission",
    "error_code",
    "escape_text",
    "find_element",
    "format_problems",
    "initial_values",
    "normalise",
    "parse_mrkdwn",
    "random_id",
    "state_shape",
    "to_plain",
    "validate_attachments",
    "validate_blocks",
    "validate_metadata",
    "validate_suggestions",
    "validate_view",
]
