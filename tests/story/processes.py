"""The two programs of a story as processes of their own: the local Slack and the bot."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from tests.bot.program import ROOT, environment

START_S: Final = 30.0
STOP_S: Final = 15.0


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass
class SlackProcess:
    """`python -m sandbox` until `stop`; `environment` is what it printed."""

    process: subprocess.Popen[str]
    environment: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def url(self) -> str:
        return self.environment["url"]

    @classmethod
    def start(cls, *arguments: str) -> "SlackProcess":
        """Without pace; on a free port; returns when it answers."""
        command = [sys.executable, "-m", "sandbox", "--port", "0", "--pace", "0"]
        process = subprocess.Popen(
            [*command, "--manifest", str(ROOT / "manifest.yaml"), *arguments],
            cwd=ROOT,
            env=environment({}),
            stdout=subprocess.PIPE,
            text=True,
        )
        started = cls(process)
        assert process.stdout is not None
        for line in process.stdout:
            name, _, value = line.rstrip("\n").partition("=")
            started.environment[name] = value
            if name == "url":
                return started
        raise AssertionError("the sandbox ended before it was ready")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_S)
        finally:
            self.process.kill()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()


class BotProcess:
    """`python -m bot run`, which can be killed, stopped and started again on the same port with the same settings."""

    def __init__(self, folder: Path, settings: Mapping[str, str], port: int) -> None:
        self.folder, self.settings, self.port = folder, dict(settings), port
        self.url = f"http://127.0.0.1:{port}"
        self.log: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._reading: threading.Thread | None = None
        self._came = threading.Condition()

    @property
    def running(self) -> subprocess.Popen[str]:
        assert self._process is not None, "the bot does not run"
        return self._process

    def start(self, *, wait: bool = True) -> None:
        """Returns when the log says `ready`."""
        from_line = len(self.log)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--port", str(self.port)],
            cwd=self.folder,
            env=environment({"BATON_LOG": "json", **self.settings}),
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stderr is not None
        self._reading = threading.Thread(target=self._read, args=(self._process.stderr,))
        self._reading.start()
        if wait:
            self.wait_said("ready", from_line)

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            with self._came:
                self.log.append(line.rstrip("\n"))
                self._came.notify_all()
        stream.close()
        with self._came:
            self._came.notify_all()

    def wait_said(self, event: str, from_line: int = 0, patience_s: float = START_S) -> None:
        """Until the log has this event at or after a line."""

        def said() -> bool:
            return any(entry.get("event") == event for entry in self.entries(from_line)) or self._ended()

        with self._came:
            assert self._came.wait_for(said, patience_s), f"{event!r} was not said"
        assert any(entry.get("event") == event for entry in self.entries(from_line)), "\n".join(self.log[from_line:])

    def _ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def entries(self, from_line: int = 0) -> list[dict[str, Any]]:
        """The log's lines from one on, read."""
        found: list[dict[str, Any]] = []
        for line in self.log[from_line:]:
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
        return found

    def kill(self) -> None:
        """As the power goes."""
        os.kill(self.running.pid, signal.SIGKILL)
        self._gone()

    def stop(self) -> int:
        """Ask it to end; its exit code. Fails when it has not ended in time."""
        self.running.send_signal(signal.SIGTERM)
        return self._gone()

    def _gone(self) -> int:
        code = self.running.wait(STOP_S)
        if self._reading is not None:
            self._reading.join(STOP_S)
        self._process = None
        return code

    def close(self) -> None:
        """End it in any case."""
        if self._process is not None:
            # Unlike os.kill, this does nothing to a process that has ended.
            self._process.kill()
            self._gone()


def run_baton(*arguments: str, cwd: Path, env: Mapping[str, str]) -> str:
    """A command of `baton` to its end, which has to be good; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=cwd,
        env=environment(env),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
