"""The documentation as a site: built without a warning, asking nothing of the network, with a whole reference."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest

from bot.cli import COMMANDS, load
from bot.config import Settings
from bot.playbook_shape import SHAPES
from handlers.webhooks.models import EVENTS
from messages.catalog import BUILDERS, PERSONAL
from messages.help import BY_COMMAND
from scheduler.courier import ERRANDS, READ
from tests.bot.program import ROOT
from tools.docs_reference import PAGES

DOCS: Final = ROOT / "docs"
FETCHED: Final = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src")}
NOT_FETCHED: Final = {"canonical", "prev", "next", "alternate"}
ELSEWHERE: Final = re.compile(r"(https?:)?//")


class Fetches(HTMLParser):
    """What a browser loads with a page, and its headings."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.headings = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.headings += tag == "h1"
        if tag == "link" and set((given.get("rel") or "").split()) & NOT_FETCHED:
            return
        self.loaded += [value for name, value in attrs if (tag, name) in FETCHED and value]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def pages(site: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(site.rglob("*.html")):
        yield str(path.relative_to(site)), path.read_text("utf-8")


def test_every_page_has_one_title_and_loads_nothing_from_elsewhere(site: Path) -> None:
    names = []
    for name, text in pages(site):
        names.append(name)
        seen = Fetches()
        seen.feed(text)
        assert [one for one in seen.loaded if ELSEWHERE.match(one)] == [], name
        assert seen.headings == 1, name
    assert len(names) > 15


def test_no_style_of_the_site_loads_anything_from_elsewhere(site: Path) -> None:
    sheets = list(site.rglob("*.css"))
    assert sheets
    for path in sheets:
        found = re.findall(r"(?:@import\s*|url\()\s*[\"']?((?:https?:)?//[^\"')]+)", path.read_text("utf-8"))
        assert found == [], path.name


def test_the_reference_is_part_of_the_site(site: Path) -> None:
    assert {path.stem for path in (site / "reference").glob("*.html")} == set(PAGES)


def test_every_command_and_option_is_described() -> None:
    page = PAGES["commands"]()
    for entry in COMMANDS:
        command = load(entry)
        for name, one in (getattr(command, "commands", None) or {"": command}).items():
            assert f"## baton {entry.name} {name}".strip() + "\n" in page
            for parameter in one.params:
                assert parameter.hidden or parameter.help, f"{entry.name} {name} {parameter.name} has no help"
                assert parameter.param_type_name == "argument" or f"`{parameter.opts[0]}" in page


def test_every_setting_is_described() -> None:
    page = PAGES["settings"]()
    for name, field in Settings.model_fields.items():
        assert field.description, f"{name} does not say what it means"
        assert f"| `{name.upper()}` |" in page
    assert "| `DATABASE_URL` | `sqlite:///baton.db` |" in page


def test_every_key_of_a_playbook_is_described() -> None:
    page = PAGES["playbooks"]()
    for shape in SHAPES.values():
        for name, field in shape.model_fields.items():
            assert field.description, f"{name} does not say what it means"
            assert f"| `{name}`" in page


def test_every_event_is_described_with_its_fields() -> None:
    page = PAGES["webhooks"]()
    for kind, model in EVENTS.items():
        part = page.split(f"## {kind}\n")[1].split("\n## ")[0]
        for name, field in model.model_fields.items():
            assert f"`{field.alias or name}" in part
    assert "| `probability` * | number 0–1 |" in page
    assert "| `samples[].value` * | number 0–1,000,000,000,000 |" in page


def test_every_kind_of_message_says_what_it_says() -> None:
    page = PAGES["messages"]()
    for kind in (*BUILDERS, *PERSONAL, *READ, *dict(ERRANDS)):
        assert re.search(rf"^\| `{kind}` \| [`\w].+\w[.!]? \|$", page, re.MULTILINE), kind


def test_every_command_of_slack_is_described_with_its_words() -> None:
    page = PAGES["slack"]()
    for command, text in BY_COMMAND.items():
        assert f"## {command}\n" in page
        for line in text.split("\n\n")[0].split("\n")[1:]:
            assert line.removeprefix("• ") in page


def test_the_shell_commands_in_the_pages_exist() -> None:
    known = {entry.name: load(entry) for entry in COMMANDS}
    said = 0
    for path in DOCS.rglob("*.md"):
        for name, word in re.findall(r"(?:^|`)baton (\w+)(?: (\w+))?", path.read_text("utf-8"), re.MULTILINE):
            said += 1
            assert name in known, f"{path.name}: baton {name}"
            subs = getattr(known[name], "commands", {})
            assert not subs or not word or word in subs, f"{path.name}: baton {name} {word}"
    assert said > 15
