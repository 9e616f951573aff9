"""The command `workshop`, in a small project whose application answers from this process."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopfast_obs.changes import engine as changes
from shopfast_obs.errors import ChangedSinceError, NotDeployedError, UserError
from shopfast_obs.model.changes import FileChange, Plan
from shopfast_obs.testing import FakeCloud
from tests.cli.workshop_room import Room, Web, project


@pytest.fixture
def web() -> Iterator[Web]:
    """The application, running."""
    server = Web()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def room(tmp_path: Path, web: Web) -> Room:
    """A project that is deployed."""
    return project(tmp_path, web)


def test_list_shows_what_there_is_and_the_next_command(room: Room) -> None:
    """Before anything was begun."""
    assert room.run("list").exit_code == 0
    assert "01-see" in room.stdout.getvalue()
    assert "0 of 6" in room.stdout.getvalue()
    assert str(room.settings.path("runbooks")) in room.stderr.getvalue()
    assert "Next: shopfast-obs workshop start" in room.stderr.getvalue()


def test_start_proves_that_it_is_broken_and_tells_the_task(room: Room) -> None:
    """The traffic runs, the text is read out, the checks say what is wrong."""
    assert room.run("start").exit_code == 0
    out = room.stdout.getvalue()
    assert "It fails." in out
    assert "not yet  killed: How many? You said nothing." in out
    assert room.web is not None
    assert room.web.log
    assert room.state("01-see") == "started"


def test_start_refuses_where_nothing_is_deployed(tmp_path: Path) -> None:
    """With the next command, before any traffic."""
    room = project(tmp_path, None)
    problem = room.refused("start")
    assert isinstance(problem, NotDeployedError)
    assert problem.hint == "Run: shopfast-obs deploy"
    assert "sending" not in room.stderr.getvalue()
    assert room.state("01-see") == "open"


def test_start_refuses_what_is_not_broken(room: Room) -> None:
    """Nothing would be learnt."""
    assert room.web is not None
    room.web.mended = True
    assert "is not broken here" in room.refused("start 02").message
    assert "there is nothing to find out" in room.refused("start 01").message
    assert room.state("01-see") == "open"


def test_start_of_a_started_exercise_keeps_its_beginning(room: Room) -> None:
    """The text again, no traffic."""
    room.run("start")
    assert room.web is not None
    requests = len(room.web.log)
    assert room.run("start 01").exit_code == 0
    assert "It fails." in room.stdout.getvalue()
    assert "workshop reset 01-see" in room.stderr.getvalue()
    assert len(room.web.log) == requests


def test_start_warns_of_what_comes_before(room: Room) -> None:
    """And begins all the same."""
    assert room.run("start 02").exit_code == 0
    assert "builds on 01-see" in room.stderr.getvalue()


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("start 07", "There is no exercise '07'.", "There are: 01-see, 02-mend."),
        ("check 0", "There is no exercise '0'.", "There are: 01-see, 02-mend."),
        ("check 02", "02-mend was not started.", "Run: shopfast-obs workshop start 02-mend"),
        ("check", "No exercise was started.", "Run: shopfast-obs workshop start"),
        ("hint", "No exercise was started.", "Run: shopfast-obs workshop start"),
        ("solve", "No exercise was started.", "Run: shopfast-obs workshop start"),
        ("reset", "No exercise was started.", "Run: shopfast-obs workshop start"),
    ],
)
def test_what_is_not_there_is_one_sentence(room: Room, line: str, message: str, hint: str) -> None:
    """And the next command."""
    problem = room.refused(line)
    assert isinstance(problem, UserError)
    assert (problem.message, problem.hint) == (message, hint)


def test_answers_are_kept_and_judged(room: Room) -> None:
    """One after the other; wrong ones are not yet, right ones pass."""
    room.run("start")
    assert room.run("answer killed=50 scarce=memory").exit_code == 0
    assert "that is all of them" in room.stderr.getvalue()
    assert room.run("check").exit_code == 1
    assert "not yet  killed: How many? You said 50." in room.stdout.getvalue()
    assert "workshop hint" in room.stderr.getvalue()
    room.run("answer scarce=CPU")
    room.run("answer killed=100%")
    assert room.run("check").exit_code == 0
    assert "So it is." in room.stdout.getvalue()
    assert room.state("01-see") == "passed"


@pytest.mark.parametrize("text", ["killed=abc", "killed=4,5,5", "killed=12.5.3", "killed=-5", "scarce=time"])
def test_a_malformed_answer_is_refused_at_once(room: Room, text: str) -> None:
    """With what is asked for; nothing of the line is noted."""
    room.run("start")
    problem = room.refused(f"answer {text}")
    assert "is no answer to" in problem.message
    assert "is asked for" in str(problem.hint)
    assert room.refused("answer killed=5 scarce=time").message.startswith("'time' is no answer to scarce")
    assert "You said nothing" in room.run("check").stdout or "You said nothing" in room.stdout.getvalue()


def test_an_answer_is_judged_at_once_without_traffic(room: Room) -> None:
    """Right or not yet; the right one is not told."""
    room.run("start")
    assert room.web is not None
    before = len(room.web.log)
    room.run("answer killed=50 scarce=CPU")
    assert "not yet  killed: How many? You said 50." in room.stdout.getvalue()
    assert "passed   scarce" in room.stdout.getvalue()
    assert len(room.web.log) == before


def test_check_judges_what_is_there_and_sends_nothing(room: Room) -> None:
    """The traffic of the start is enough."""
    room.run("start")
    assert room.web is not None
    before = len(room.web.log)
    room.run("check")
    assert len(room.web.log) == before


def test_hints_follow_the_first_check_that_does_not_pass(room: Room) -> None:
    """Each state has its own."""
    room.run("start")
    room.run("answer killed=100")
    room.run("check")
    room.run("hint")
    assert room.stdout.getvalue().startswith("01-see, scarce, hint 1 of 3: scarce: first")


def test_watch_says_what_changed_until_it_passes(room: Room) -> None:
    """And sends nothing."""
    room.run("start")
    assert room.run("watch --for 0").exit_code == 1
    room.run("answer killed=100 scarce=cpu")
    assert room.run("watch").exit_code == 0
    assert "So it is." in room.stdout.getvalue()


def test_show_reads_without_starting(room: Room) -> None:
    """Also an exercise that was never begun."""
    assert room.run("show 02").exit_code == 0
    assert "Mend it" in room.stdout.getvalue()
    assert "## Fix" not in room.stdout.getvalue()
    assert room.state("02-mend") == "open"


def test_goto_does_what_an_exercise_builds_on(room: Room) -> None:
    """What was done is taken back, hand edits are kept and named, and the exercise before counts as solved."""
    room.run("start 02")
    room.run("solve")
    (room.settings.root / "web.py").write_text("my own work")
    assert room.run("goto 02").exit_code == 0
    said = room.stderr.getvalue().replace("\n", "")
    assert (room.settings.root / "web.py").read_text() == "broken"
    assert room.ran[-1] == "deploy to local"
    assert (room.state("01-see"), room.state("02-mend")) == ("solved for you", "open")
    (kept,) = (room.settings.state_dir / "workshop" / "edits").iterdir()
    assert kept.read_text() == "my own work"
    assert kept.name in said


def plant(room: Room, name: str, text: str) -> None:
    """Have the exercise plant its fault: `broken` in the file becomes that text."""
    path = room.settings.path("runbooks") / f"{name}.md"
    edit = f"plant:\n- edit: {{file: web.py, find: broken, replace: {text}}}\n"
    path.write_text(path.read_text().replace("plant: []\n", edit))


def web_file(room: Room) -> str:
    """The source of the application."""
    return (room.settings.root / "web.py").read_text()


def test_start_plants_its_fault_and_reset_takes_it_back(room: Room) -> None:
    """As a recorded change that is deployed; what the learner wrote meanwhile is kept."""
    plant(room, "02-mend", "planted")
    room.run("start 02")
    assert (web_file(room), room.ran) == ("planted", ["deploy to local"])
    (room.settings.root / "web.py").write_text("my own work")
    assert room.run("reset 02").exit_code == 0
    assert web_file(room) == "broken"
    (kept,) = (room.settings.state_dir / "workshop" / "edits").iterdir()
    assert kept.read_text() == "my own work"


def test_another_fault_finds_the_sources_as_they_were(room: Room) -> None:
    """That of an exercise before is taken back first."""
    plant(room, "01-see", "first")
    plant(room, "02-mend", "second")
    room.run("start 01")
    room.run("start 02")
    assert web_file(room) == "second"
    assert "its fault is not part of this exercise" in room.stderr.getvalue()


def test_a_fault_that_does_not_show_is_taken_back(room: Room) -> None:
    """Nothing is left behind by a start that is refused."""
    plant(room, "02-mend", "planted")
    assert room.web is not None
    room.web.mended = True
    assert "is not broken here" in room.refused("start 02").message
    assert (web_file(room), room.state("02-mend")) == ("broken", "open")


def test_a_fault_that_cannot_be_planted_names_the_text(room: Room) -> None:
    """And nothing is deployed."""
    plant(room, "02-mend", "planted")
    (room.settings.root / "web.py").write_text("something else")
    problem = room.refused("start 02")
    assert problem.message == "web.py cannot be changed: it has 'broken' 0 times, not once."
    assert "workshop goto" in str(problem.hint)
    assert room.ran == []


def test_verify_opens_what_broke_again(room: Room) -> None:
    """And says when all still pass."""
    assert "No exercise is passed yet." in room.refused("verify").message
    room.run("start 01")
    room.run("answer killed=100 scarce=cpu")
    room.run("check")
    assert room.run("verify").exit_code == 0
    room.run("answer scarce=memory")
    assert room.run("verify").exit_code == 1
    assert "01-see: open again" in room.stdout.getvalue()
    assert room.state("01-see") == "started"


def test_report_is_one_page_of_the_way(room: Room) -> None:
    """Times, hints, answers; what was typed is no mark-up."""
    assert "No exercise was started." in room.refused("report").message
    room.run("start 01")
    room.run("answer killed=100")
    room.run("check")
    room.run("hint")
    assert room.run("report").exit_code == 0
    page = room.stdout.getvalue()
    assert "| 01-see |" in page
    assert "- killed: 100" in page
    assert "- still open: scarce" in page
    assert room.run("report --format json").exit_code == 0
    (row,) = json.loads(room.stdout.getvalue())["exercises"]
    assert (row["exercise"], row["hints"], row["state"]) == ("01-see", 1, "started")


def test_an_answer_to_nothing_is_refused(room: Room) -> None:
    """With the names that there are."""
    room.run("start")
    assert room.refused("answer mood=good").hint == "It asks for: killed, scarce."
    for text in ("scarce", "scarce=", "=cpu"):
        assert "is not NAME=VALUE" in room.refused(f"answer {text}").message
    room.run("answer scarce=cpu")
    assert "Still to answer: killed." in room.stderr.getvalue()


def test_check_as_json_is_one_document(room: Room) -> None:
    """With an outcome for each check."""
    room.run("start")
    room.run("answer scarce=cpu")
    assert room.run("check --format json").exit_code == 1
    document = json.loads(room.stdout.getvalue())
    assert (document["exercise"], document["passed"]) == ("01-see", False)
    assert [(r["check"], r["outcome"]) for r in document["results"]] == [("killed", "not yet"), ("scarce", "passed")]


def test_a_check_that_cannot_be_made_has_its_own_exit_code(room: Room) -> None:
    """It says nothing about the learner."""
    room.run("start")
    assert room.web is not None
    room.cloud = lambda: FakeCloud(unreachable=True)  # type: ignore[method-assign]
    assert room.run("check").exit_code == 2
    assert "unknown  killed: the check could not be made" in room.stdout.getvalue()
    assert room.state("01-see") == "started"


def test_hints_come_one_by_one_and_the_last_stays(room: Room) -> None:
    """And are counted."""
    room.run("start")
    seen = []
    for _ in range(4):
        assert room.run("hint").exit_code == 0
        seen.append(room.stdout.getvalue().strip())
    shown = ((1, "first"), (2, "second"), (3, "third"), (3, "third"))
    assert seen == [f"01-see, killed, hint {number} of 3: killed: {text}" for number, text in shown]
    room.run("list")
    assert "3 of 6" in room.stdout.getvalue()


def test_commands_mean_the_exercise_that_was_started_last(room: Room) -> None:
    """Not the first of the list."""
    room.run("start 01")
    room.run("start 02")
    room.run("hint")
    assert room.stdout.getvalue().startswith("02-mend, alive, hint 1")


def test_solve_answers_the_questions(room: Room) -> None:
    """And counts as solved for the learner, also when it is checked again."""
    room.run("start")
    assert room.run("solve").exit_code == 0
    assert "What is scarce? cpu" in room.stderr.getvalue()
    assert room.state("01-see") == "solved for you"
    assert room.run("check").exit_code == 0
    assert room.state("01-see") == "solved for you"


def test_solve_runs_the_steps_on_the_same_target(room: Room) -> None:
    """Each is shown before it runs."""
    room.run("start 02")
    assert room.run("solve").exit_code == 0
    assert room.ran == ["mend", "deploy to local"]
    assert "$ shopfast-obs mend --apply" in room.stdout.getvalue()
    assert "passed   alive" in room.stdout.getvalue()
    assert room.state("02-mend") == "solved for you"


def test_solve_stops_where_a_step_fails(room: Room) -> None:
    """And names it."""
    room.run("start 02")
    path = room.settings.path("runbooks") / "02-mend.md"
    path.write_text(path.read_text().replace("mend --apply", "mend --how"))
    assert room.refused("solve").message == "The solution stopped at `shopfast-obs mend --how`."
    assert room.ran == []


def test_a_passed_exercise_that_broke_again_is_open_again(room: Room) -> None:
    """Every check judges anew."""
    room.run("start 01")
    room.run("solve")
    room.run("answer scarce=memory")
    assert room.run("check").exit_code == 1
    assert room.state("01-see") == "started"


def test_reset_takes_back_what_was_changed_since(room: Room) -> None:
    """The files, the deployment, the progress, and that of exercises that were begun later."""
    room.run("start 01")
    room.run("solve")
    room.run("start 02")
    room.run("solve")
    source = room.settings.root / "web.py"
    assert source.read_text() == "mended"
    assert room.run("reset 02").exit_code == 0
    assert source.read_text() == "broken"
    assert room.ran[-1] == "deploy to local"
    assert (room.state("01-see"), room.state("02-mend")) == ("solved for you", "open")
    assert room.run("reset 01").exit_code == 0
    assert room.state("01-see") == "open"


def test_reset_keeps_what_was_changed_before(room: Room) -> None:
    """An earlier change is not part of the exercise."""
    source = room.settings.root / "web.py"
    for before, after in ((b"broken", b"first"), (b"first", b"second")):
        plan = Plan("before", (FileChange("web.py", before, after, ""),), (), ())
        changes.apply(plan, room.settings.root, room.settings.state_dir)
    room.run("start 02")
    changes.undo(room.settings.root, room.settings.state_dir)
    room.run("solve")
    assert source.read_text() == "mended"
    room.run("reset")
    assert source.read_text() == "first"


def test_reset_does_not_overwrite_the_learners_own_edits(room: Room) -> None:
    """It names the file, and the exercise goes on."""
    room.run("start 02")
    room.run("solve")
    (room.settings.root / "web.py").write_text("my own work")
    problem = room.refused("reset")
    assert isinstance(problem, ChangedSinceError)
    assert "web.py has changed" in problem.message
    assert (room.settings.root / "web.py").read_text() == "my own work"
    assert room.state("02-mend") == "solved for you"
