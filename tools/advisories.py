"""Answers from a copy of the advisories for PyPI as OSV's API does, so that pip-audit can run without a network.

`python tools/advisories.py all.zip [PORT]`; docs/security.md says where the copy comes from. Only what pip-audit asks
is answered: which advisories are about one version of one package (google.github.io/osv.dev/post-v1-query).
"""

import json
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from packaging.version import InvalidVersion, Version

Json = dict[str, Any]
PORT: Final = 8899
BODY: Final = 100_000


def plain(name: str) -> str:
    """A package's name as everybody writes it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


class Advisories:
    """The advisories of a copy, by package."""

    def __init__(self, archive: Path) -> None:
        self._by_package: defaultdict[str, list[Json]] = defaultdict(list)
        with zipfile.ZipFile(archive) as opened:
            for name in opened.namelist():
                advisory: Json = json.loads(opened.read(name))
                if "withdrawn" in advisory:
                    continue
                packages = {plain(one["package"]["name"]) for one in _of_pypi(advisory)}
                for package in packages:
                    self._by_package[package].append(advisory)

    def about(self, package: str, version: str) -> list[Json]:
        """The advisories that name this version of the package, or a range it is in."""
        name = plain(package)
        return [one for one in self._by_package[name] if any(_names(each, name, version) for each in _of_pypi(one))]


def _of_pypi(advisory: Json) -> Iterator[Json]:
    return (one for one in advisory.get("affected", ()) if one.get("package", {}).get("ecosystem") == "PyPI")


def _names(affected: Json, name: str, version: str) -> bool:
    if plain(affected["package"]["name"]) != name:
        return False
    if version in affected.get("versions", ()):
        return True
    return any(_within(one["events"], version) for one in affected.get("ranges", ()) if one["type"] == "ECOSYSTEM")


def _within(events: list[dict[str, str]], version: str) -> bool:
    """Whether the version is in a range: after what introduced it, before what mended it (ossf.github.io/osv-schema,
    "affected[].ranges[]"). A version nobody can compare is, to be safe."""
    try:
        asked, inside = Version(version), False
        for event in events:
            kind, at = next(iter(event.items()))
            reached = at == "0" or asked >= Version(at)
            if kind == "introduced" and reached:
                inside = True
            elif (kind == "fixed" and reached) or (kind == "last_affected" and asked > Version(at)):
                inside = False
    except InvalidVersion:
        return True
    return inside


def server(advisories: Advisories, port: int = PORT) -> ThreadingHTTPServer:
    """Answers `POST /v1/query` on this machine alone."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(min(int(self.headers.get("Content-Length") or 0), BODY)))
            found = advisories.about(asked["package"]["name"], str(asked.get("version", "")))
            body = json.dumps({"vulns": found} if found else {}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """pip-audit says what it found."""

    return ThreadingHTTPServer(("127.0.0.1", port), Answers)


if __name__ == "__main__":
    server(Advisories(Path(sys.argv[1])), int(sys.argv[2]) if len(sys.argv) > 2 else PORT).serve_forever()
