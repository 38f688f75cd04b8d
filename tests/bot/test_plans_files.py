"""plans.yaml: the shipped one, one's own, and everything that can be wrong in it."""

from pathlib import Path

import pytest

from bot.plans_files import load_plans
from bot.playbook_files import WrongPlaybooks, load_playbooks, read_folder

PLAYBOOK = """\
playbook: small
title: Small
steps:
  - {id: kickoff, title: Kickoff held, working_days: 3, responsible: csm}
"""


def wrong(folder: Path, content: str) -> list[str]:
    """What is wrong with this plans.yaml."""
    (folder / "plans.yaml").write_text(content)
    with pytest.raises(WrongPlaybooks) as refused:
        load_plans(folder)
    return [str(one) for one in refused.value.problems]


def test_the_shipped_plans_in_their_order() -> None:
    plans = load_plans(None)
    assert [tier.name for tier in plans.tiers] == ["Starter", "Growth", "Premium", "Enterprise"]
    assert any("Phone support" in line for line in plans.tiers[2].adds)
    assert any("dedicated manager" in line for line in plans.tiers[3].adds)
    assert plans.tiers[3].say[0].startswith("Introduce yourself")
    assert all((plans.upgrade.ask, plans.downgrade.ask, plans.cancel.ask, plans.downgrade.say, plans.cancel.say))


def test_names_are_known_whatever_their_case_and_by_other_names() -> None:
    plans = load_plans(None)
    assert [plans.rank(name) for name in (" premium ", "PLUS", "ＥＮＴＥＲＰＲＩＳＥ", "", "Platinum")] == [
        2,
        2,
        3,
        None,
        None,
    ]
    assert plans.called("plus") == "Premium"
    assert plans.called(" Gold  2020 ") == "Gold 2020"
    assert plans.is_unknown("Platinum")
    assert not plans.is_unknown("")


def test_what_lies_between_two_plans() -> None:
    plans = load_plans(None)

    def names(before: str, after: str) -> list[str]:
        return [tier.name for tier in plans.passed(before, after)]

    assert names("Starter", "Enterprise") == ["Growth", "Premium", "Enterprise"]
    assert names("Enterprise", "Growth") == ["Premium", "Enterprise"]
    assert names("Platinum", "Premium") == ["Premium"]
    assert names("Growth", "growth") == names("Growth", "Platinum") == []


def test_an_own_file_counts_and_keeps_the_talk_tracks_it_leaves_out(tmp_path: Path) -> None:
    assert load_plans(tmp_path) == load_plans(None)
    content = "plans: [{name: Free}, {name: Paid, also: [pro]}]\ncancel: {ask: ['Why?']}\n"
    (tmp_path / "plans.yaml").write_text(content)
    plans = load_plans(tmp_path)
    assert [tier.name for tier in plans.tiers] == ["Free", "Paid"]
    assert plans.upgrade == load_plans(None).upgrade
    assert (plans.cancel.say, plans.cancel.ask) == ((), ("Why?",))


def test_playbooks_are_read_as_if_it_were_not_there(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(PLAYBOOK)
    for name in ("plans.yaml", "metrics.yaml", "usage.yaml"):
        (tmp_path / name).write_text("anything: [")
    assert set(load_playbooks(tmp_path).by_name) == {"small"}
    assert read_folder(tmp_path).others == ()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("plans: []\n", "plans.yaml, line 1: “plans” has no entries."),
        ("plan: 1\n", "plans.yaml, line 1: “plans” is missing."),
        ("- a\n", "plans.yaml, line 1: This has to be keys with values, such as id: kickoff."),
        ("", "plans.yaml: The file is empty."),
        ("plans:\n  - name: A\n    ads: [x]\n", "plans.yaml, line 3: There is no key “ads”. Did you mean “adds”?"),
        ("plans:\n  - adds: [x]\n", "plans.yaml, line 2: “name” is missing."),
        (
            "plans:\n  - name: A\n  - name: B\n    also: [c, ' a']\n",
            "plans.yaml, line 4: “a” stands for a plan already, in line 2; a name can mean one plan only.",
        ),
        (
            "plans:\n  - name: A\ncancel:\n  say: now\n",
            "plans.yaml, line 4: “say” has to be a list, such as [ae, lead].",
        ),
        ("plans:\n  - name: 5\n", "plans.yaml, line 2: “name” has to be text; put it in quotes."),
        ("plans:\n\t- name: A\n", "plans.yaml, line 2: There is a tab at the beginning. Indent with spaces."),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, content: str, told: str) -> None:
    assert told in wrong(tmp_path, content)


def test_a_file_that_is_too_large_or_no_text(tmp_path: Path) -> None:
    (tmp_path / "plans.yaml").write_bytes(b"#" * 300_000)
    with pytest.raises(WrongPlaybooks, match="larger than 256 kB"):
        load_plans(tmp_path)
    (tmp_path / "plans.yaml").write_bytes(b"plans: [\xff]")
    with pytest.raises(WrongPlaybooks, match="UTF-8"):
        load_plans(tmp_path)
