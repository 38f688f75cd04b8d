"""`baton demo` as a newcomer starts it."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Final

from tests.bot.program import environment

NOW: Final = "2026-11-23T09:00:00+01:00"
STOP_S: Final = 15


@contextlib.contextmanager
def demo(folder: Path, *arguments: str) -> Generator[str]:
    """The page's address; the demo ends with exit code 0 when asked to."""
    command = [sys.executable, "-m", "bot", "demo", "--port", "0", "--data", str(folder / "demo"), *arguments]
    process = subprocess.Popen(command, cwd=folder, env=environment({}), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("Open http"), line
        yield line.split()[1]
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_S) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()
