"""The document, its files and the headers that keep data from running."""

from __future__ import annotations

import re

import httpx
import pytest

from sandbox.page import STATIC


def test_the_page_allows_no_inline_script_and_no_foreign_one(files_url: str) -> None:
    answer = httpx.get(f"{files_url}/")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert answer.status_code == 200
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["default-src"] == policy["base-uri"] == "'none'"
    assert not re.search(r"<script(?![^>]* src=)|style=| on\w+=|https?://", answer.text)


def test_everything_the_page_names_exists(files_url: str) -> None:
    html = httpx.get(f"{files_url}/").text
    names = set(re.findall(r'(?:src|href)="(/[^"]+)"', html))
    assert len(names) > 20
    assert {name: httpx.get(files_url + name).status_code for name in names} == dict.fromkeys(names, 200)


def test_an_edited_file_is_asked_for_again(files_url: str) -> None:
    first = httpx.get(f"{files_url}/_sandbox/static/js/main.js")
    again = httpx.get(f"{files_url}/_sandbox/static/js/main.js", headers={"If-None-Match": first.headers["etag"]})
    assert first.headers["cache-control"] == "no-cache"
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["../__init__.py", "..%2f__init__.py", "js/../../__init__.py"])
def test_only_static_files_are_served(files_url: str, path: str) -> None:
    assert httpx.get(f"{files_url}/_sandbox/static/{path}").status_code == 404


def test_no_module_makes_markup_from_text() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (STATIC / "js").rglob("*.js"))
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|\beval\(|new Function"
    assert re.findall(forbidden, source) == []


def test_no_module_or_style_is_too_long_to_read() -> None:
    files = [*STATIC.rglob("*.js"), *STATIC.rglob("*.css")]
    assert [file.name for file in files if len(file.read_text(encoding="utf-8").splitlines()) > 400] == []
