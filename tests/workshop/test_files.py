"""Runbooks and exercises are read strictly: what is wrong is named, with its file."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from shopfast_obs.errors import UserError
from shopfast_obs.workshop import bodies, front_matter
from shopfast_obs.workshop.exercise import Command, Edit
from shopfast_obs.workshop.files import read

CHECK: dict[str, Any] = {
    "timeouts": {"group": "g", "at_most": 0, "min_invocations": 5},
    "on_fail": "{killed} of {invocations} were killed.",
}
EXERCISE: dict[str, Any] = {
    "id": "01-one",
    "title": "One",
    "kind": "exercise",
    "version": 1,
    "minutes": 10,
    "difficulty": 1,
    "needs": [],
    "fault": ["F01"],
    "traffic": {"scenario": "browse", "rps": 2, "seconds": 5},
    "plant": [],
    "proves_broken": ["killed"],
    "checks": {"killed": CHECK},
    "guards": {},
    "hints": {"killed": ["where", "what", "how"]},
    "solve": ["deploy"],
    "why": "Because.",
}
STEP = "1. Why?\n\n   ```console\n   $ shopfast-obs status\n   ```\n\n   You should see A. If not, B.\n"
BODY = "".join(
    f"\n## {heading}\n\n"
    + {"Diagnosis": STEP, "Signals": "- Misleading: this.\n", "Symptom": "It --- fails.\n\n---\n\nReally.\n"}.get(
        heading, "x\n"
    )
    for heading in bodies.HEADINGS
)
RUNBOOK: dict[str, Any] = {
    "id": "throttles",
    "title": "Throttled",
    "kind": "runbook",
    "version": 1,
    "alarm": "throttles",
    "severity": "SEV-2",
}


def write(folder: Path, matter: dict[str, Any], body: str = BODY) -> Path:
    """A file named like its id."""
    path = folder / f"{matter['id']}.md"
    path.write_text(f"---\n{yaml.safe_dump(matter)}---\n{body}", encoding="utf-8")
    return path


def refusal(folder: Path) -> str:
    """The sentence with which the folder is refused."""
    with pytest.raises(UserError) as refused:
        read(folder)
    assert refused.value.hint
    return refused.value.message


def test_exercises_and_runbooks_are_read(tmp_path: Path) -> None:
    """In the order of their names; the README is for people."""
    write(tmp_path, {**EXERCISE, "id": "02-two", "needs": ["01-one"]})
    write(tmp_path, EXERCISE)
    write(tmp_path, RUNBOOK)
    (tmp_path / "README.md").write_text("no front matter")
    exercises, runbooks = read(tmp_path)
    assert [exercise.id for exercise in exercises] == ["01-one", "02-two"]
    first = exercises[0]
    assert first.sections[0].text == "\nIt --- fails.\n\n---\n\nReally.\n"
    assert (first.checks[0].kind, first.checks[0].parameters) == ("timeouts", CHECK["timeouts"])
    assert (first.traffic.rps, first.hints, first.solve) == (
        2,
        {"killed": ("where", "what", "how")},
        (Command("deploy"),),
    )
    assert [(runbook.id, runbook.alarm, runbook.severity) for runbook in runbooks] == [
        ("throttles", "throttles", "SEV-2")
    ]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Outside of a project, most likely."""
    assert refusal(tmp_path / "runbooks") == f"There are no runbooks at {tmp_path / 'runbooks'}."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"# A page\n", "it has no front matter between two lines of ---"),
        (b"---\nid: x\n", "it has no front matter between two lines of ---"),
        (b"intro\n---\nid: x\n---\n", "it has no front matter between two lines of ---"),
        (b"---\n- a\n---\n", "its front matter is not a mapping"),
        (b"---\nid: [\n---\n", "its front matter is not valid YAML"),
        (b"---\nid: \xff\n---\n", "it is not UTF-8 text"),
        (b"---\nid: x\n---\n", "its kind is None, the kinds are exercise and runbook"),
        (b"---\nid: x\nkind: essay\n---\n", "its kind is 'essay', the kinds are exercise and runbook"),
    ],
)
def test_a_file_without_a_good_front_matter_is_named(tmp_path: Path, text: bytes, reason: str) -> None:
    """The path, and what is wrong with it."""
    path = tmp_path / "x.md"
    path.write_bytes(text)
    said = refusal(tmp_path)
    assert said.startswith(str(path))
    assert f"cannot be used: {reason}" in said


def check(**changes: Any) -> dict[str, Any]:
    """The exercise with its check changed."""
    return {"checks": {"killed": {**CHECK, **changes}}}


def timeouts(**changes: Any) -> dict[str, Any]:
    """The exercise with changed parameters of its check."""
    return check(timeouts={**CHECK["timeouts"], **changes})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"mood": "good"}, "its front matter has unknown mood"),
        ({"minutes": "ten"}, "`minutes` of its front matter cannot be 'ten'"),
        ({"version": True}, "`version` of its front matter cannot be True"),
        ({"needs": "01"}, "`needs` of its front matter cannot be '01'"),
        ({"solve": [{"jump": "deploy"}]}, "step 1 of `solve` is no command and none of call, edit, overlay, run, send"),
        ({"solve": [{"edit": {"file": "a"}}]}, "step 1 of `solve` lacks find, replace"),
        ({"needs": ["00-zero"]}, "it needs 00-zero, which does not come before it"),
        ({"needs": ["01-one"]}, "it needs 01-one, which does not come before it"),
        ({"traffic": {"scenario": "browse", "rps": 2}}, "its traffic lacks seconds"),
        ({"traffic": {"scenario": "browse", "rps": 0, "seconds": 5}}, "its traffic needs an `rps` and `seconds` above"),
        ({"proves_broken": []}, "`proves_broken` must name some of its checks"),
        ({"proves_broken": ["other"]}, "`proves_broken` must name some of its checks"),
        ({"hints": {"killed": ["where", "what"]}}, "the state 'killed' needs 3 hints"),
        ({"hints": {"killed": ["where", "what", " "]}}, "the state 'killed' needs 3 hints"),
        ({"hints": {}}, "its hints must belong to its checks, 'killed' is only one of both"),
        ({"guards": {"killed": CHECK}}, "'killed' is a check and a guard"),
        ({"checks": {"killed": "none"}}, "check 'killed' needs `on_fail` and one primitive"),
        (check(on_fail=3), "check 'killed' needs `on_fail` and one primitive"),
        (check(alarm={"name": "a"}), "check 'killed' needs `on_fail` and one primitive"),
        ({"checks": {"killed": {"on_fail": "b", "magic": {}}}}, "check 'killed' uses an unknown primitive 'magic'"),
        (check(timeouts="none"), "check 'killed' (timeouts) needs its parameters as a mapping"),
        (timeouts(colour="red"), "check 'killed' (timeouts) has unknown colour"),
        (check(timeouts={"group": "g"}), "check 'killed' (timeouts) lacks at_most, min_invocations"),
        (timeouts(at_most="0"), "`at_most` of check 'killed' (timeouts) cannot be '0'"),
        (check(on_fail="{mood}"), "`on_fail` of check 'killed' (timeouts) names mood, which it does not measure"),
        (check(on_fail="{killed"), "`on_fail` of check 'killed' (timeouts) cannot be filled in"),
    ],
)
def test_an_exercise_that_is_not_well_formed_is_named(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    """Before anybody works on it."""
    path = write(tmp_path, {**EXERCISE, **changes})
    said = refusal(tmp_path)
    assert said.startswith(str(path))
    assert f"cannot be used: {reason}" in said


def test_what_lacks_is_named(tmp_path: Path) -> None:
    """All of it."""
    path = write(tmp_path, {key: value for key, value in EXERCISE.items() if key not in ("why", "solve")})
    assert refusal(tmp_path) == f"{path} cannot be used: its front matter lacks solve, why."


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("minutes: 10", "minutes: ten", "minutes:", "`minutes` of its front matter cannot be 'ten'"),
        ("at_most: 0", "at_most: none", "at_most:", "`at_most` of check 'killed' (timeouts) cannot be 'none'"),
        ("## Impact", "## Effect", "## Effect", "its section 2 must be Impact, here is Effect"),
        ("## Fix\n\nx", "## Fix\n", "## Fix", "its section Fix is empty"),
        ("You should see A. If not, B.", "See A.", "1. Why?", "a step of its Diagnosis lacks what one should see"),
        (" If not, B.", "", "1. Why?", "a step of its Diagnosis lacks what to do otherwise"),
        ("$ shopfast-obs status", "", "1. Why?", "a step of its Diagnosis lacks a command"),
        ("Misleading: this", "Errors", "## Signals", "its Signals do not say what misleads"),
        ("1. Why?", "Why?", "## Diagnosis", "its Diagnosis has no numbered step"),
        ("## After\n\nx\n", "## After\n\nx\n\n## More\n\nx\n", "## More", "it has a section beyond the last, More"),
        ("## After\n\nx\n", "", "", "its section 10 must be After"),
    ],
)
def test_an_error_names_the_line(tmp_path: Path, old: str, new: str, line: str, reason: str) -> None:
    """In the front matter and in the body."""
    path = write(tmp_path, EXERCISE)
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    lines = [number for number, found in enumerate(path.read_text().splitlines(), 1) if line and line in found]
    said = refusal(tmp_path)
    assert f"cannot be used: {reason}" in said
    assert not lines or said.startswith(f"{path}, line {lines[0]},")


def test_steps_of_a_fault_and_of_its_solution(tmp_path: Path) -> None:
    """A command is a text; an edit may belong to one form of the fault."""
    edit = {"file": "a.py", "find": "x", "replace": "y"}
    write(tmp_path, {**EXERCISE, "plant": [{"edit": edit, "variant": "one"}, {"edit": edit, "variant": "two"}]})
    ((exercise,), _) = read(tmp_path)
    assert exercise.plant[0] == Edit("a.py", "x", "y", "one")
    assert exercise.variants == ("one", "two")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"severity": "high"}, "its severity is 'high', they go from SEV-1 to SEV-4"),
        ({"checks": []}, "its front matter has unknown checks"),
    ],
)
def test_a_runbook_that_is_not_well_formed_is_named(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    """Strictly, too."""
    path = write(tmp_path, {**RUNBOOK, **changes})
    said = refusal(tmp_path)
    assert said.startswith(str(path))
    assert f"cannot be used: {reason}" in said


def test_file_and_id_are_named_alike(tmp_path: Path) -> None:
    """A link by id finds the file."""
    write(tmp_path, RUNBOOK).rename(tmp_path / "other.md")
    assert "its id is 'throttles': file and id are named alike" in refusal(tmp_path)


def test_front_matter_with_the_newlines_of_windows_is_read(tmp_path: Path) -> None:
    """As a checkout there has it."""
    (tmp_path / "a.md").write_bytes(b"---\r\nid: a\r\n---\r\nText\r\n")
    found = front_matter.read(tmp_path / "a.md")
    assert (found.values, found.body, found.body_line) == ({"id": "a"}, "Text\n", 4)
