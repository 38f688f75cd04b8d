"""Playbook files: the shipped ones, an admin's own folder, and everything that can be wrong in it."""

import zipfile
from pathlib import Path

import pytest
import yaml
from hatchling.builders.wheel import WheelBuilder
from hypothesis import given
from hypothesis import strategies as st

from bot.playbook_files import LARGEST, WrongPlaybooks, load_playbooks, read_folder
from bot.playbook_shape import read_playbook
from bot.playbook_yaml import read_yaml
from domain.playbook import CLOSE, Condition, Kind, Offset, Role
from tests.bot.program import ROOT, baton
from tests.playbooks import shipped

GOOD = """\
playbook: small
title: Small
steps:
  - id: kickoff
    title: Kickoff held
    working_days: 3
    responsible: csm
"""


def problems(folder: Path, **files: str | bytes) -> list[str]:
    """What is wrong with a folder of these files."""
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.yaml").write_bytes(data)
    with pytest.raises(WrongPlaybooks) as refused:
        load_playbooks(folder)
    return [str(problem) for problem in refused.value.problems]


def steps(*lines: str) -> str:
    """A playbook with these steps, each a flow mapping; the first is in line 4."""
    return "playbook: p\ntitle: P\nsteps:\n" + "".join(f"  - {{{line}}}\n" for line in lines)


def test_the_shipped_ones_hold_what_an_onboarding_needs() -> None:
    assert set(shipped().by_name) == {"saas-90-days", "services-30-days"}
    for playbook in shipped().by_name.values():
        found = {step.id for step in playbook.steps}
        assert found >= {
            *("introduction", "transition", "kickoff", "technical_check", "migration", "accounts", "data_loaded"),
            *("integration", "training_plan", "training_held", "early_win", "go_live", "feedback_30"),
            *("value_review", "process_review"),
        }
        kinds = {step.kind for step in playbook.steps}
        assert kinds == set(Kind)
        assert all(step.evidence and step.about for step in playbook.steps)
        migration = next(step for step in playbook.steps if step.id == "migration")
        assert migration.only_if == Condition("current_tool")
        introduction = playbook.steps[0]
        assert (introduction.id, introduction.raci.responsible) == ("introduction", Role.AE)
        known = {CLOSE}
        for step in playbook.steps:
            assert step.offset.after in known
            known.add(step.id)
    assert shipped().choose(name="", products=(), segment="").playbook.name == "saas-90-days"
    assert shipped().choose(name="", products=("services",), segment="").playbook.name == "services-30-days"


async def test_the_shipped_ones_are_in_the_wheel(tmp_path: Path) -> None:
    built = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    names = zipfile.ZipFile(built).namelist()
    assert {"domain/playbooks/saas-90-days.yaml", "domain/playbooks/services-30-days.yaml"} <= set(names)


def test_a_folder_of_ones_own_takes_their_place(tmp_path: Path) -> None:
    (tmp_path / "small.yml").write_text(GOOD)
    (tmp_path / "others.yaml").write_text("others: [logins]\n")
    (tmp_path / "notes.txt").write_text("playbook: [")
    (tmp_path / ".hidden.yaml").write_text("playbook: [")
    (tmp_path / "folder.yaml").mkdir()
    loaded = read_folder(tmp_path)
    assert list(loaded.playbooks.by_name) == ["small"]
    assert (dict(loaded.files), loaded.others) == ({"small": "small.yml"}, ("others.yaml",))
    small = loaded.playbooks.by_name["small"]
    assert small.usual
    assert small.steps[0].offset == Offset(CLOSE, 3)
    assert (small.steps[0].raci.accountable, small.steps[0].remind) == (Role.CSM, (7, 1, 0))


def test_steps_may_stand_in_any_order(tmp_path: Path) -> None:
    later = "id: b, title: B, after: a, working_days: 1, responsible: AE"
    (tmp_path / "p.yaml").write_text(steps(later, "id: a, title: A, working_days: 1, responsible: csm"))
    (playbook,) = load_playbooks(tmp_path).by_name.values()
    assert [step.id for step in playbook.steps] == ["a", "b"]


def test_all_that_is_wrong_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    wrong = """\
playbook: p
titel: P
steps:
  - id: kickoff
    title: Kickoff
    working_days: three
    responsible: cms
    kind: kick_off
  - id: kickoff
    title: No
    working_days: 1
    by_day: 30
    responsible: csm
    remind: [90]
  - id: go live
    title: ""
    after: kickof
    working_days: -1
    responsible: csm
  - id: last
    title: Last
    after: kickof
    responsible: csm
    by_day: 3
    only_if: {field: current_tol, hold: x}
"""
    assert problems(tmp_path, p=wrong) == [
        "p.yaml, line 1: “title” is missing.",
        "p.yaml, line 2: There is no key “titel”. Did you mean “title”?",
        "p.yaml, line 6: “working_days” has to be a whole number.",
        "p.yaml, line 9: The id “kickoff” is taken; it stands in line 4 already.",
        "p.yaml, line 10: “title” has to be text; put it in quotes.",
        "p.yaml, line 14: “remind” has to be 60 or less.",
        "p.yaml, line 15: “id” has to be one word of at most 64 letters, digits, - and _.",
        "p.yaml, line 16: “title” is empty.",
        "p.yaml, line 18: “working_days” has to be 0 or more.",
        "p.yaml, line 25: There is no key “hold”. Did you mean “holds”?",
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ("id: a, title: A, working_days: 1, responsible: cms",),
            "line 4: There is no role “cms”. Did you mean “csm”?",
        ),
        (
            ("id: a, title: A, working_days: 1, responsible: csm, kind: kick_off",),
            "line 4: There is no kind “kick_off”. Did you mean “kickoff”?",
        ),
        (("id: a, title: A, responsible: csm",), "line 4: Give working_days or by_day: one of them is needed."),
        (
            ("id: a, title: A, responsible: csm, by_day: 3, working_days: 3",),
            "line 4: Give working_days or by_day: not both.",
        ),
        (
            ("id: a, title: A, responsible: csm, working_days: 3, after: b",),
            "line 4: There is no step “b”. Name the id of another step, or close.",
        ),
        (
            (
                "id: a, title: A, responsible: csm, working_days: 3",
                "id: b, title: B, responsible: csm, by_day: 3, after: a",
            ),
            "line 5: by_day counts from the close; leave “after” away, or use working_days.",
        ),
        (("id: close, title: A, responsible: csm, by_day: 3",), "“close” is the day the deal was closed"),
        (("id: a, title: A, responsible: csm, working_days: 3, after: a",), "The step “a” counts from itself."),
        (
            (
                "id: a, title: A, responsible: csm, working_days: 3, after: c",
                "id: b, title: B, responsible: csm, working_days: 3, after: a",
                "id: c, title: C, responsible: csm, working_days: 3, after: b",
            ),
            "line 4: These steps count from each other in a ring: a → c → b → a.",
        ),
        (
            (
                "id: a, title: A, responsible: csm, working_days: 900",
                "id: b, title: B, responsible: csm, working_days: 900, after: a",
            ),
            "line 5: This step is due 1,800 working days after the close; 1,000 is the most.",
        ),
        (
            (
                "id: a, title: A, responsible: csm, working_days: 3, kind: kickoff",
                "id: b, title: B, responsible: csm, working_days: 3, kind: kickoff",
            ),
            "line 5: Only one step can be the kickoff; line 4 has it already.",
        ),
        (
            ("id: a, title: A, responsible: csm, working_days: 3, only_if: {field: current_tol}",),
            "line 4: There is no field “current_tol”. Did you mean “current_tool”?",
        ),
        (("id: a, id: b, title: A, responsible: csm, by_day: 1",), "“id” stands here twice; first in line 4."),
    ],
)
def test_what_is_wrong_in_a_step(tmp_path: Path, lines: tuple[str, ...], said: str) -> None:
    (found,) = problems(tmp_path, p=steps(*lines))
    assert said in found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "p.yaml: The file is empty."),
        ("# nothing\n", "p.yaml: The file is empty."),
        (b"\xff\xfe\x00", "line 1: This is no text in UTF-8."),
        ("playbook: p\n\ttitle: P\n", "line 2: There is a tab at the beginning. Indent with spaces."),
        ("playbook: p\ntitle: A: B\n", "line 2: There is a colon too many"),
        ("playbook: 'p\n", "A quotation mark is missing."),
        ("playbook: p\ntitle: \x07\n", "line 2: There is a character that can't stand in a text file."),
        ("playbook: p\n---\nplaybook: q\n", "A second document begins here"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nplaybook: *b\n", "line 1: Names with & and * can't be used here."),
        ("playbook: p\ntitle: !!python/name:os.system x\n", "line 2: Tags with ! can't be used here."),
        ("[" * 5_000, "line 1: This is nested too deeply."),
        ("playbook: p\nsteps: [" + "1, " * 30_000 + "]", "There are more than 20,000 values in this file."),
        ("a" * (LARGEST + 1), "p.yaml: The file is larger than 256 kB."),
    ],
)
def test_a_file_that_is_no_yaml_is_told_plainly(tmp_path: Path, content: str | bytes, said: str) -> None:
    assert said in "\n".join(problems(tmp_path, p=content))


def test_playbooks_are_told_apart(tmp_path: Path) -> None:
    usual = GOOD + "usual: true\n"
    assert problems(tmp_path, a=usual, b=usual.replace("small", "Small")) == [
        "b.yaml, line 1: The playbook “Small” is in a.yaml already; give it another name.",
        "b.yaml, line 8: Only one playbook can be the usual one; a.yaml is it already.",
    ]
    assert problems(tmp_path, a=GOOD, b=GOOD.replace("small", "other")) == [
        "a.yaml: None of the playbooks is the usual one. Write `usual: true` in the one for deals that fit no other."
    ]


def test_a_slip_in_the_first_word_is_told_and_not_passed_over(tmp_path: Path) -> None:
    found = problems(tmp_path, a=GOOD, b=GOOD.replace("playbook:", "playbok:"))

    assert any(one.startswith("b.yaml, line 1: There is no key “playbok”") for one in found)


def test_a_folder_without_a_playbook_is_told(tmp_path: Path) -> None:
    (found,) = problems(tmp_path)
    assert "There is no YAML file in it." in found
    (found,) = problems(tmp_path, others="others: []\n")
    assert "None of its YAML files is a playbook (others.yaml)" in found


def test_at_most_twenty_problems_are_shown(tmp_path: Path) -> None:
    many = steps(*(f"id: s{number}, title: S, responsible: csm" for number in range(30)))
    (tmp_path / "p.yaml").write_text(many)
    with pytest.raises(WrongPlaybooks) as refused:
        load_playbooks(tmp_path)
    lines = str(refused.value).splitlines()
    assert len(lines) == 22
    assert lines[0].endswith("30 things are wrong in the playbooks.")
    assert lines[-1] == "… and 10 more."


def test_two_hundred_steps_are_the_most(tmp_path: Path) -> None:
    many = [f"id: s{number}, title: S, responsible: csm, working_days: 1" for number in range(201)]
    (found,) = problems(tmp_path, p=steps(*many))
    assert found.endswith("“steps” has too many entries: 200 are the most.")
    (tmp_path / "p.yaml").write_text(steps(*many[:200]))
    assert len(load_playbooks(tmp_path).by_name["p"].steps) == 200


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    document = read_yaml("p.yaml", content)
    assert document.problems or document.value is not None or b"null" in content or b"~" in content or content.strip()


KEYS = ("id", "title", "steps", "after", "working_days", "by_day", "kind", "responsible", "only_if", "field")
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 2_000), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)),
    max_leaves=25,
)


@given(anything)
def test_whatever_stands_in_a_playbook_is_read_or_told(steps: object) -> None:
    text = yaml.safe_dump({"playbook": "p", "title": "P", "steps": steps})
    playbook, wrong = read_playbook("p.yaml", read_yaml("p.yaml", text.encode()))
    assert (playbook is None) == bool(wrong)
    assert all(problem.line and problem.what.endswith((".", "?")) for problem in wrong)


async def test_the_program_does_not_start_with_a_wrong_playbook(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(steps("id: a, title: A, responsible: csm"))
    env = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "BATON_PLAYBOOKS": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/baton.db",
    }
    for command in ("run", "tick"):
        ended = await baton(command, cwd=tmp_path, env=env)
        assert ended.code == 2
        assert "p.yaml, line 4: Give working_days or by_day: one of them is needed." in ended.err
        assert "Traceback" not in ended.err
