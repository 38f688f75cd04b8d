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


@contextlib.contextmanager
def server() -> Generator[str]:
    """Start a server; yields its address up to the database's name, ``postgresql://baton@127.0.0.1:PORT``."""
    programs, port = _programs(), _free_port()
    folder = Path(tempfile.mkdtemp(prefix="baton-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, USER, USER)
    who = _unprivileged()
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **who)  # type: ignore[call-overload]

    try:
        run(
            str(programs / "initdb"),
            "-D",
            str(data),
            "-U",
            "baton",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        )
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=200"
        )
        run(str(programs / "pg_ctl"), "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")
        try:
            yield f"postgresql://baton@127.0.0.1:{port}"
        finally:
            run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
