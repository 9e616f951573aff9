"""Runbooks and exercises are read strictly: what is wrong is named, with its file."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from shopfast_obs.errors import UserError
from shopfast_obs.workshop.files import front_matter, read

CHECK: dict[str, Any] = {
    "id": "killed",
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
    "proves_broken": ["killed"],
    "checks": [CHECK],
    "hints": ["where", "what", "how"],
    "solve": ["deploy"],
    "why": "Because.",
}
RUNBOOK: dict[str, Any] = {
    "id": "throttles",
    "title": "Throttled",
    "kind": "runbook",
    "version": 1,
    "alarm": "throttles",
    "severity": "SEV-2",
}


def write(folder: Path, matter: dict[str, Any], body: str = "\n## Symptom\n") -> Path:
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
    write(tmp_path, EXERCISE, "\n## Symptom\n\nIt --- fails.\n\n---\n\nReally.\n")
    write(tmp_path, RUNBOOK)
    (tmp_path / "README.md").write_text("no front matter")
    exercises, runbooks = read(tmp_path)
    assert [exercise.id for exercise in exercises] == ["01-one", "02-two"]
    first = exercises[0]
    assert first.body == "\n## Symptom\n\nIt --- fails.\n\n---\n\nReally.\n"
    assert (first.checks[0].kind, first.checks[0].parameters) == ("timeouts", CHECK["timeouts"])
    assert (first.traffic.rps, first.hints, first.solve) == (2, ("where", "what", "how"), ("deploy",))
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
    assert refusal(tmp_path).startswith(f"{path} cannot be used: {reason}")


def check(**changes: Any) -> dict[str, Any]:
    """The exercise with one changed check."""
    return {"checks": [{**CHECK, **changes}]}


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
        ({"solve": [{"run": "deploy"}]}, "`solve` of its front matter cannot be"),
        ({"needs": ["00-zero"]}, "it needs 00-zero, which does not come before it"),
        ({"needs": ["01-one"]}, "it needs 01-one, which does not come before it"),
        ({"traffic": {"scenario": "browse", "rps": 2}}, "its traffic lacks seconds"),
        ({"traffic": {"scenario": "browse", "rps": 0, "seconds": 5}}, "its traffic needs an `rps` and `seconds` above"),
        ({"proves_broken": []}, "`proves_broken` must name some of its checks"),
        ({"proves_broken": ["other"]}, "`proves_broken` must name some of its checks"),
        ({"hints": ["where", "what"]}, "it needs 3 hints"),
        ({"hints": ["where", "what", " "]}, "it needs 3 hints"),
        ({"checks": ["killed"]}, "a check needs `id`, `on_fail` and one primitive"),
        ({"checks": [CHECK, CHECK]}, "two of its checks have the same id"),
        (check(on_fail=3), "a check needs `id`, `on_fail` and one primitive"),
        (check(alarm={"name": "a"}), "a check needs `id`, `on_fail` and one primitive"),
        ({"checks": [{"id": "a", "on_fail": "b", "magic": {}}]}, "check 'a' uses an unknown primitive 'magic'"),
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
    assert refusal(tmp_path).startswith(f"{path} cannot be used: {reason}")


def test_what_lacks_is_named(tmp_path: Path) -> None:
    """All of it."""
    path = write(tmp_path, {key: value for key, value in EXERCISE.items() if key not in ("why", "solve")})
    assert refusal(tmp_path) == f"{path} cannot be used: its front matter lacks solve, why."


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
    assert refusal(tmp_path).startswith(f"{path} cannot be used: {reason}")


def test_file_and_id_are_named_alike(tmp_path: Path) -> None:
    """A link by id finds the file."""
    write(tmp_path, RUNBOOK).rename(tmp_path / "other.md")
    assert "its id is 'throttles': file and id are named alike" in refusal(tmp_path)


def test_front_matter_with_the_newlines_of_windows_is_read(tmp_path: Path) -> None:
    """As a checkout there has it."""
    (tmp_path / "a.md").write_bytes(b"---\r\nid: a\r\n---\r\nText\r\n")
    assert front_matter(tmp_path / "a.md") == ({"id": "a"}, "Text\n")
