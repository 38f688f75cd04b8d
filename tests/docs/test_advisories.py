"""The copy of advisories that pip-audit is pointed at where there is no network (docs/security.md)."""

import json
import threading
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tools.advisories import Advisories, server


def _advisory(name: str, package: str, *, ecosystem: str = "PyPI", **affected: object) -> dict[str, Any]:
    return {"id": name, "affected": [{"package": {"name": package, "ecosystem": ecosystem}, **affected}]}


RANGE = [{"type": "ECOSYSTEM", "events": [{"introduced": "1.0"}, {"fixed": "1.5"}, {"introduced": "2.0"}]}]
LAST = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"last_affected": "0.9"}]}]
TOLD = [
    _advisory("A-range", "Some_Package", ranges=RANGE),
    _advisory("A-list", "some.package", versions=["3.1.dev0"]),
    _advisory("A-last", "other", ranges=LAST),
    _advisory("A-npm", "some-package", ecosystem="npm", ranges=LAST),
    _advisory("A-withdrawn", "other", versions=["0.1"]) | {"withdrawn": "2026-01-01T00:00:00Z"},
]


@pytest.fixture
def advisories(tmp_path: Path) -> Advisories:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for one in TOLD:
            archive.writestr(f"{one['id']}.json", json.dumps(one))
    return Advisories(path)


@pytest.mark.parametrize(
    ("package", "version", "found"),
    [
        ("some-package", "0.9", []),
        ("some-package", "1.0", ["A-range"]),
        ("SOME.package", "1.4.9", ["A-range"]),
        ("some-package", "1.5", []),
        ("some-package", "2.0rc1", []),
        ("some-package", "7", ["A-range"]),
        ("some-package", "3.1.dev0", ["A-range", "A-list"]),
        ("some-package", "whatever", ["A-range"]),
        ("other", "0.9", ["A-last"]),
        ("other", "0.9.1", []),
        ("nobody-knows", "1", []),
    ],
)
def test_a_version_is_found_in_ranges_and_lists(
    advisories: Advisories, package: str, version: str, found: list[str]
) -> None:
    assert [one["id"] for one in advisories.about(package, version)] == found


def test_it_answers_as_osv_does(advisories: Advisories) -> None:
    with server(advisories, 0) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        try:
            asked = {"package": {"name": "other", "ecosystem": "PyPI"}, "version": "0.5"}
            address = f"http://127.0.0.1:{serving.server_address[1]}/v1/query"
            with urllib.request.urlopen(urllib.request.Request(address, json.dumps(asked).encode())) as answer:
                assert [one["id"] for one in json.load(answer)["vulns"]] == ["A-last"]
        finally:
            serving.shutdown()
            thread.join()
