"""Progress: one readable file that survives, and is refused when it cannot be read."""

import json
from pathlib import Path

import pytest

from shopfast_obs.errors import UserError
from shopfast_obs.workshop.progress import Attempt, Progress


def test_what_was_put_is_got_by_another_run(tmp_path: Path) -> None:
    """In one JSON file that a person can read."""
    path = tmp_path / "workshop" / "progress.json"
    attempt = Attempt(started=10.0, ahead=60.0, hints=2, checks=3, journal=1, answers={"scarce": "cpu"})
    Progress(path).put("01-one", attempt)
    Progress(path).put("02-two", Attempt())
    assert Progress(path).get("01-one") == attempt
    assert json.loads(path.read_text())["01-one"]["answers"] == {"scarce": "cpu"}
    assert [entry.name for entry in path.parent.iterdir()] == ["progress.json"]


def test_an_exercise_that_was_never_started_is_open(tmp_path: Path) -> None:
    """Without any file, too."""
    assert Progress(tmp_path / "progress.json").get("01-one") == Attempt()


def test_update_changes_what_it_names(tmp_path: Path) -> None:
    """And returns the attempt as it is now."""
    progress = Progress(tmp_path / "progress.json")
    progress.put("01-one", Attempt(started=10.0, hints=1))
    assert progress.update("01-one", hints=2) == Attempt(started=10.0, hints=2) == progress.get("01-one")


@pytest.mark.parametrize(
    ("attempt", "word"),
    [
        (Attempt(), "open"),
        (Attempt(started=1.0), "started"),
        (Attempt(started=1.0, passed=2.0), "passed"),
        (Attempt(started=1.0, passed=2.0, solved=True), "solved for you"),
    ],
)
def test_state_is_a_word(attempt: Attempt, word: str) -> None:
    """For the list."""
    assert attempt.state == word


@pytest.mark.parametrize("text", ["{", "[1]", '{"01-one": {"mood": "good"}}', '{"01-one": [1]}'])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    """It is never overwritten silently."""
    path = tmp_path / "progress.json"
    path.write_text(text)
    with pytest.raises(UserError, match=r"progress\.json") as refused:
        Progress(path).update("01-one", hints=1)
    assert refused.value.hint == "Remove the file to begin anew."
    assert path.read_text() == text


def test_progress_that_is_a_link_to_elsewhere_is_not_written(tmp_path: Path) -> None:
    """A checkout may bring one, or one where a fresh file would be written first."""
    (tmp_path / "mine").write_text("{}")
    folder = tmp_path / "state" / "workshop"
    folder.mkdir(parents=True)
    (folder / "progress.new").symlink_to(tmp_path / "mine")
    Progress(folder / "progress.json").put("01", Attempt(started=1.0))
    (folder / "progress.json").unlink()
    (folder / "progress.json").symlink_to(tmp_path / "mine")
    with pytest.raises(UserError, match="leads outside"):
        Progress(folder / "progress.json").put("01", Attempt(started=1.0))
    assert (tmp_path / "mine").read_text() == "{}"


@pytest.mark.parametrize("value", ['{"started": "x"}', '{"journal": null}', '{"answers": []}', "3", "[" * 100_000])
def test_progress_of_the_wrong_type_is_a_sentence(tmp_path: Path, value: str) -> None:
    """With the file, so that it can be removed."""
    (tmp_path / "progress.json").write_text(f'{{"01": {value}}}')
    with pytest.raises(UserError, match=r"progress\.json"):
        Progress(tmp_path / "progress.json").get("01")
