"""The process that draws: a line of JSON in, a line with a length and so many bytes of PNG out, until its input ends.

`python -m scheduler.charts.worker`; `scheduler.charts.studio` starts it and talks to it.
"""

import json
import signal
import sys

from domain.usage.trend import from_json
from scheduler.charts.drawing import draw


def main() -> None:
    """Answer every line of the standard input."""
    # Ctrl+C goes to the whole group: the bot ends in good order, and this process with its input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        answer, why = b"", ""
        try:
            answer = draw(from_json(json.loads(line)))
        except (ArithmeticError, KeyError, TypeError, ValueError, RuntimeError) as error:
            why = f"{type(error).__name__}: {error}"
        head = {"size": len(answer), "why": why[:300]}
        sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + answer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
