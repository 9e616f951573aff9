"""All exercises on a cloud, as a seat goes through them: broken before, solved after, gone after a reset."""

import pytest

from tests.story.conftest import Project, eventually
from tests.story.conftest import project as project  # noqa: PLC0414 - the fixture is used here, too

pytestmark = [pytest.mark.cloud, pytest.mark.synth, pytest.mark.slow]

AGENDA = ("00", "01", "02", "03", "04", "05", "06", "07", "08")
BEYOND = ("10", "11", "12", "13", "14", "15")


def solved(project: Project, number: str) -> None:
    """Start and solve one exercise; what took too long for a busy machine is looked at again."""
    project.run(f"workshop start {number}")
    if project.run(f"workshop solve {number}", code=None).returncode:
        done = eventually(lambda: project.run(f"workshop check {number}", code=None).returncode == 0, seconds=90)
        assert done, project.run(f"workshop check {number}", code=None).stdout


@pytest.mark.parametrize("number", AGENDA)
def test_the_agenda_is_solved_one_after_the_other(project: Project, number: str) -> None:
    """Each on what the ones before left."""
    solved(project, number)


@pytest.mark.parametrize("number", BEYOND)
def test_a_silent_fault_shows_and_is_gone_after_a_reset(project: Project, number: str) -> None:
    """Whatever was solved before."""
    before = {path: path.read_bytes() for path in (project.folder / "cdk").glob("*.py")}
    solved(project, number)
    project.run(f"workshop reset {number}")
    assert {path: path.read_bytes() for path in (project.folder / "cdk").glob("*.py")} == before


@pytest.mark.parametrize("number", ("04", "00"))
def test_a_seat_is_brought_before_any_exercise(project: Project, number: str) -> None:
    """What was done is taken back, what the exercise builds on is there."""
    project.run(f"workshop goto {number}")
    project.run(f"workshop start {number}")
