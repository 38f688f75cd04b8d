"""A PostgreSQL of the tests' own: Debian's package, a free port, a temporary folder, an unprivileged user when root."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path

INSTALLED = Path("/usr/lib/postgresql")
USER = "postgres"


def _programs() -> Path:
    versions = sorted(INSTALLED.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    return versions[-1].parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _unprivileged() -> dict[str, object]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(USER)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


class Server:
    """A server with its data in a folder; ``address`` goes up to the database's name."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._programs, self._port = folder, _programs(), _free_port()
        self.address = f"postgresql://baton@127.0.0.1:{self._port}"

    def prepare(self) -> None:
        """Make the data's folder."""
        where = ("-D", str(self._data), "-U", "baton", "-A", "trust")
        self._run("initdb", *where, "-E", "UTF8", "--locale=C.UTF-8", "-N")

    def start(self) -> None:
        """Returns when it answers."""
        options = (
            f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off "
            "-c max_connections=200"
        )
        self._control("-w", "-o", options, "-l", str(self._folder / "log"), "start")

    def stop(self) -> None:
        """As the power goes: connections are lost, what was committed is kept."""
        self._control("-m", "immediate", "stop")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self._data), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        command, quiet = (str(self._programs / program), *arguments), subprocess.DEVNULL
        subprocess.run(command, check=True, stdout=quiet, cwd=self._folder, **_unprivileged())  # type: ignore[call-overload]


@contextlib.contextmanager
def restartable() -> Generator[Server]:
    """A running server that may be stopped and started again."""
    folder = Path(tempfile.mkdtemp(prefix="baton-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, USER, USER)
    try:
        server = Server(folder)
        server.prepare()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def server() -> Generator[str]:
    """Start a server; yields its address up to the database's name, ``postgresql://baton@127.0.0.1:PORT``."""
    with restartable() as running:
        yield running.address
