"""metrics.yaml: the shipped one, one's own, and everything that can be wrong in it."""

from pathlib import Path

import pytest

from bot.metrics_files import load_metrics
from bot.playbook_files import WrongPlaybooks, read_folder
from domain.usage.metrics import USUAL, Metric
from domain.usage.settings import WATCHES


def problems(folder: Path, content: str) -> list[str]:
    """What is wrong with this metrics.yaml."""
    (folder / "metrics.yaml").write_text(content)
    with pytest.raises(WrongPlaybooks) as raised:
        load_metrics(folder)
    return [str(problem) for problem in raised.value.problems]


def test_the_shipped_file_says_what_is_usual() -> None:
    shipped = load_metrics(None)
    assert (shipped.primary, shipped.sticky, shipped.users, shipped.champion) == (
        USUAL.primary,
        USUAL.sticky,
        USUAL.users,
        USUAL.champion,
    )
    assert shipped.watches == WATCHES
    assert shipped.of("sticky_events") == Metric("Sticky features", "uses of sticky features")


def test_a_folder_without_the_file_has_the_shipped_one(tmp_path: Path) -> None:
    assert load_metrics(tmp_path) == load_metrics(None)


def test_ones_own_metrics(tmp_path: Path) -> None:
    (tmp_path / "metrics.yaml").write_text(
        "primary: sessions\nsticky: [reports, exports]\nmetrics:\n  reports:\n    title: Reports made\n"
        "  sessions:\n    title: Sessions\n    unit: sittings\n"
    )
    found = load_metrics(tmp_path)
    assert found.watched == ("sessions", "reports", "exports")
    assert found.of("sessions") == Metric("Sessions", "sittings")
    assert found.of("reports") == Metric("Reports made", "reports made")
    assert found.of("new_thing") == Metric("New thing", "new thing")
    assert (found.users, found.champion) == ("", "")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "metrics.yaml: The file is empty."),
        ("- a\n", "metrics.yaml, line 1: This has to be keys with values, such as id: kickoff."),
        ("users: a\n", "metrics.yaml, line 1: “primary” is missing."),
        ("primary: a\nstiky: [b]\n", "metrics.yaml, line 2: There is no key “stiky”. Did you mean “sticky”?"),
        ("primary: a\nsticky: b\n", "metrics.yaml, line 2: “sticky” has to be a list, such as [ae, lead]."),
        ("primary: 7\n", "metrics.yaml, line 1: “primary” has to be text; put it in quotes."),
        ("primary: a\nusers: a\n", "metrics.yaml, line 2: “a” is primary already; a metric is watched once."),
        ("primary: a\nsticky: [b, b]\n", "metrics.yaml, line 2: “b” is sticky already; a metric is watched once."),
        ("primary: a\nmetrics:\n  a:\n    unit: x\n", "metrics.yaml, line 4: “title” is missing."),
        (
            "primary: a\nmetrics:\n  a:\n    title: x\n    kind: y\n",
            "metrics.yaml, line 5: There is no key “kind”; known are title",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, content: str, sentence: str) -> None:
    found = problems(tmp_path, content)
    assert len(found) == 1
    assert found[0].startswith(sentence)


def test_it_is_no_playbook_and_none_left_alone(tmp_path: Path) -> None:
    shipped = read_folder(None)
    assert "metrics.yaml" not in shipped.others
    assert "metrics.yaml" not in shipped.files.values()
