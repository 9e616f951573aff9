"""What the REPORT lines of a run say of the predictions that the journal has."""

from pathlib import Path

import pytest

from shopfast_obs.changes import engine
from shopfast_obs.cli.app import App
from shopfast_obs.cli.inputs.function_durations import Reported, predictions
from shopfast_obs.model.changes import FileChange, Plan
from shopfast_obs.model.predictions import Prediction
from shopfast_obs.model.telemetry import InvocationReport
from shopfast_obs.settings import Settings

FIX = Plan("fix", (FileChange("overlay.json", None, b"{}"),), predicted=(Prediction("web", 1024, 1.5, 13, 0.9, 3.0),))


def report(group: str, duration: float) -> InvocationReport:
    """A warm invocation with the memory that the fix gave."""
    return InvocationReport("id", 0.0, duration, duration, 1024, 60, group=group)


@pytest.fixture
def app(tmp_path: Path) -> App:
    """A project whose fix is applied."""
    settings = Settings(root=tmp_path)
    engine.apply(FIX, tmp_path, settings.state_dir)
    return App(settings)


def test_a_run_after_the_fix_judges_it_by_the_functions_own_lines(app: App) -> None:
    """Those of other functions are not looked at."""
    seen = Reported([report("/web", 0.8), report("/other", 9.0)], {"web": "/web", "other": "/other"})
    (found,) = predictions(app, seen)
    assert (found.measured, found.invocations, found.outcome) == (0.8, 1, "kept")


def test_a_group_that_several_functions_write_into_tells_of_none(app: App) -> None:
    """Nor does a fix that was taken back."""
    seen = Reported([report("/shared", 0.8), report("", 0.8)], {})
    assert predictions(app, seen) == ()
    engine.undo(app.settings.root, app.settings.state_dir)
    assert predictions(app, Reported([report("/web", 0.8)], {"web": "/web"})) == ()


def test_a_journal_that_cannot_be_read_is_no_reason_to_lose_the_run(app: App) -> None:
    """The traffic was sent, and its summary is shown."""
    entry = app.settings.state_dir / "journal" / "0001" / "entry.json"
    entry.write_text("[]")
    assert predictions(app, Reported([report("/web", 0.8)], {"web": "/web"})) == ()
