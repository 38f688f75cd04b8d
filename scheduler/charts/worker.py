"""The process that draws: a line of JSON in, a line with a length and so many bytes of PNG out, until its input ends.

`python -m scheduler.charts.worker`; `scheduler.charts.studio` starts it and talks to it.
"""

import json
import signal
import sys
from collections.abc import Mapping
from typing import Any

from domain.metrics import panels
from domain.usage.trend import from_json
from scheduler.charts.drawing import draw
from scheduler.charts.months import draw_panels


def main() -> None:
    """Answer every line of the standard input."""
    # Ctrl+C goes to the whole group: the bot ends in good order, and this process with its input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        answer, why = b"", ""
        try:
            answer = _drawn(json.loads(line))
        except (ArithmeticError, KeyError, TypeError, ValueError, RuntimeError) as error:
            why = f"{type(error).__name__}: {error}"
        head = {"size": len(answer), "why": why[:300]}
        sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + answer)
        sys.stdout.buffer.flush()


def _drawn(wanted: Mapping[str, Any]) -> bytes:
    """The picture of a trend of usage, or of figures by month."""
    return draw_panels(panels.from_json(wanted)) if "panels" in wanted else draw(from_json(wanted))


if __name__ == "__main__":
    main()
