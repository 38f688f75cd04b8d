"""The steps for falls of usage: shipped, and an installation's own."""

from pathlib import Path

import pytest

from bot.playbook_files import WrongPlaybooks, load_playbooks, read_folder
from bot.usage_steps_files import load_usage_steps
from domain.usage.alerts import Severity
from domain.usage.settings import Kind
from domain.usage_alert import Sign
from domain.usage_steps import LONGEST, MOST, OCCASIONS


def test_the_shipped_ones_have_something_for_every_occasion() -> None:
    steps = load_usage_steps(None)
    assert set(steps.by_occasion) == set(OCCASIONS)
    assert all(0 < len(step) <= LONGEST for some in steps.by_occasion.values() for step in some)


def test_they_are_told_by_severity_and_by_what_the_fall_looks_like() -> None:
    steps = load_usage_steps(None)
    low = steps.for_alert(Kind.USAGE_DROP, Severity.LOW, [Sign.BASIC])
    severe = steps.for_alert(Kind.USAGE_DROP, Severity.SEVERE, [Sign.SILENT, Sign.FEWER_USERS])
    new = steps.for_alert(Kind.NOT_ACTIVATED, Severity.MEDIUM, [])
    assert "season" in low[0]
    assert severe[0].startswith("Call the customer today")
    assert "single sign-on" in severe[1]
    assert "working session" in new[0]
    assert len(severe) == MOST


def test_an_installation_may_have_its_own(tmp_path: Path) -> None:
    (tmp_path / "usage.yaml").write_text("usage_steps:\n  always:\n    - Ring the bell & ask <why>.\n")
    assert load_usage_steps(tmp_path).by_occasion == {"always": ("Ring the bell & ask <why>.",)}
    (tmp_path / "usage.yaml").unlink()
    assert load_usage_steps(tmp_path) == load_usage_steps(None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("steps: []\n", "begins with `usage_steps:`"),
        ("usage_steps:\n  sticki:\n    - Ask.\n", "line 3: “sticki” is no occasion. Did you mean sticky?"),
        ("usage_steps:\n  sticky: Ask.\n", "has a list of steps"),
        ("usage_steps:\n  sticky:\n    - why: not\n", "A step is a sentence"),
        (f"usage_steps:\n  sticky:\n    - {'x' * (LONGEST + 1)}\n", "characters"),
        (f"usage_steps:\n  sticky:\n{'    - Ask.' + chr(10)}" + "    - Ask.\n" * MOST, "At most"),
        ("usage_steps:\n  always:\n    - Ask.\nmore: 1\n", "“more” does not belong here"),
        ("usage_steps: [\n", "This is no YAML"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "usage.yaml").write_text(content)
    with pytest.raises(WrongPlaybooks) as wrong:
        load_usage_steps(tmp_path)
    assert said in str(wrong.value)


def test_it_is_not_taken_for_a_playbook() -> None:
    assert "usage.yaml" not in read_folder(None).others
    assert len(load_playbooks(None).by_name) == 2
