"""`demo`: the whole story in one go, on a copy, with nothing left running or changed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli.app import App, needs, pass_app
from shopfast_obs.errors import ChangedSinceError, ProjectError, ShopfastObsError

if TYPE_CHECKING:
    from shopfast_obs.analysis.traffic import Summary
    from shopfast_obs.settings import Settings


@click.command()
@click.option("--keep", is_flag=True, help="Keep the copy and its cloud running, to look around.")
@pass_app
@needs("workshop", "The demo")
def command(app: App, keep: bool) -> None:
    """Deploy, see it fail, diagnose, instrument, alarm, fix, see it work: on a copy, in about a minute.

    \b
    Example:
      shopfast-obs demo
    """
    began = time.monotonic()
    with _copy(app, keep=keep):
        DemoSteps(app).tell()
        if keep:
            app.terminal.say(
                f"The copy is {Path.cwd()}; its cloud runs. Go there, and end it with: shopfast-obs cloud stop"
            )
    app.terminal.say(f"That took {time.monotonic() - began:.0f} s. Nothing in your checkout was changed.")


class DemoSteps:
    """The steps of the demo, each with a sentence before it."""

    def __init__(self, app: App) -> None:
        self._terminal = app.terminal
        self._number = 0

    def tell(self) -> None:
        """Run every step; raises ShopfastObsError where one fails."""
        self._step(
            "Deploy the shop as its team left it: no traces, no structured logs, no metrics, no alarms.", "deploy"
        )
        before = self._shoppers("Shoppers browse the catalogue. Watch the list fail and single products work.")
        self._step("Why? From the REPORT lines and the configuration alone:", "diagnose --level high", findings=True)
        self._step("Give it sight: Powertools in the source, tracing and layers around it.", "instrument --apply")
        self._step("Derive alarms from the configuration.", "alarms apply")
        self._step("Deploy what was instrumented, not fixed yet.", "deploy")
        self._shoppers("More shoppers, so that the alarms have something to see.", seconds=5)
        alarm = _watched(App())
        if alarm:
            self._step(
                "The alarm for the failing function fires.", f"alarms wait {alarm} ALARM --hurry --traffic browse"
            )
        self._step("Fix what the evidence speaks against: timeout and memory.", "fix --apply")
        self._step("Deploy the fix.", "deploy")
        after = self._shoppers("The same shoppers again.")
        if alarm:
            self._step("The alarm recovers by itself.", f"alarms wait {alarm} OK --hurry")
        self._step("And now there are traces to look at.", "report traces --since deploy")
        self._step("What the traces say of the fix.", "compare --across deploy", findings=True)
        self._compare(before, after)

    def _say(self, sentence: str) -> None:
        self._number += 1
        self._terminal.out()
        self._terminal.heading(f"{self._number}. {sentence}")

    def _step(self, sentence: str, line: str, *, findings: bool = False) -> None:
        from shopfast_obs.cli import run

        self._say(sentence)
        self._terminal.out(f"$ shopfast-obs {line}")
        code = run(line.split())
        if code and not (findings and code == 1):
            raise ShopfastObsError(f"The demo stopped at `shopfast-obs {line}`.", "Its message stands above.")

    def _shoppers(self, sentence: str, seconds: float = 9) -> Summary:
        from shopfast_obs.cli.traffic import observed, show

        self._say(sentence)
        self._terminal.out(f"$ shopfast-obs traffic --scenario browse --duration {seconds:g}")
        app = App(terminal=self._terminal)
        summary = observed(app, "browse", duration=seconds, rps=2)
        show(app, summary)
        return summary

    def _compare(self, before: Summary, after: Summary) -> None:
        from shopfast_obs.report import traffic as report

        self._say("Before and after.")
        self._terminal.table(report.COMPARED, report.compared(before, after))
        if left_out := report.cold(before, after):
            self._terminal.out(left_out)
        for judged in after.predictions:
            self._terminal.out(judged.sentence)
        if after.crowded:
            self._terminal.out(f"After the fix: {after.crowded}")


def _watched(app: App) -> str | None:
    """The error-rate alarm of the function that was killed most in the last minutes."""
    from shopfast_obs.cloud.interface import MetricQuery
    from shopfast_obs.model.telemetry import TimeRange

    cloud = app.cloud()
    names = [alarm.name for alarm in cloud.alarms() if alarm.name.endswith("-error-rate")]
    functions = [name.removesuffix("-error-rate") for name in names]
    queries = [MetricQuery("AWS/Lambda", "Errors", (("FunctionName", function),), "Sum") for function in functions]
    series = cloud.series(queries, TimeRange(time.time() - 900, time.time() + 60))
    worst = max(zip(names, series, strict=True), key=lambda pair: pair[1].total, default=None)
    return worst[0] if worst is not None and worst[1].total > 0 else None


@contextlib.contextmanager
def _copy(app: App, *, keep: bool) -> Iterator[Path]:
    """Work in a pristine copy of the project; afterwards its cloud is stopped and the copy is gone."""
    settings = app.settings
    if not settings.app:
        raise ProjectError(
            "There is no project here to show: no pyproject.toml names a CDK app.",
            "Run it in a checkout of shopfast-obs, which brings ShopFast along; the package alone does not.",
        )
    home, folder = Path.cwd(), Path(tempfile.mkdtemp(prefix="shopfast-demo-"))
    environment = {name: os.environ.pop(name, None) for name in ("AWS_ENDPOINT_URL", "SHOPFAST_OBS_STATE")}
    try:
        _fill(settings, folder, app)
        os.chdir(folder)
        yield folder
    finally:
        if not keep:
            _stop(folder)
        os.chdir(home)
        os.environ.update({name: value for name, value in environment.items() if value is not None})
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _stop(folder: Path) -> None:
    from shopfast_obs.localcloud import process

    process.stop(folder / ".shopfast" / "cloud")


def _fill(settings: Settings, folder: Path, app: App) -> None:
    from shopfast_obs.changes.engine import carry, history, undo

    named = [settings.app, settings.overlay, settings.runbooks, settings.seed, settings.shoppers, *settings.services]
    for top in sorted({Path(name).parts[0] for name in named if name}):
        shutil.copytree(settings.root / top, folder / top, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    shutil.copy(settings.root / "pyproject.toml", folder)
    if (settings.state_dir / "journal").is_dir():
        carry(settings.root, settings.state_dir, folder, folder / ".shopfast")
        for entry in reversed([entry for entry in history(folder / ".shopfast") if entry.undone is None]):
            with contextlib.suppress(ChangedSinceError):
                undo(folder, folder / ".shopfast", entry.id)
                app.terminal.say(f"In the copy, {entry.plan.command} of your checkout is taken back.")
