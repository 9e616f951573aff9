"""What `diagnose` looks at: a cloud in one or more regions, templates, or recorded evidence."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from shopfast_obs.cli.inputs import deployments, time_windows
from shopfast_obs.errors import CloudUnreachableError, DeniedError, NotDeployedError, UserError
from shopfast_obs.model.counts import plural
from shopfast_obs.model.records import record

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App
    from shopfast_obs.cli.inputs.time_windows import Since
    from shopfast_obs.cli.output.terminal import Progress
    from shopfast_obs.cloud.interface import Cloud
    from shopfast_obs.diagnose.interface import Rule
    from shopfast_obs.diagnose.remedies.commands import Place
    from shopfast_obs.model.deployments import Deployment
    from shopfast_obs.model.findings import Diagnosis
    from shopfast_obs.model.recording import Recording
    from shopfast_obs.model.telemetry import TimeRange

MINUTE = 60
AT_ONCE = 4  # regions


@record
class DiagnosisInput:
    """One recording a region (or one of templates), and the API calls that they took, by IAM action."""

    recordings: tuple[Recording, ...]
    calls: Mapping[str, int] = field(default_factory=dict)

    def diagnosed(
        self, rules: Sequence[Rule] | None = None, place: Callable[[Recording], Place] | None = None
    ) -> Diagnosis:
        """What the rules say to all of it, with remedies for what is at hand."""
        from shopfast_obs.diagnose.engine import diagnose, together
        from shopfast_obs.diagnose.remedies.commands import rendered

        found = []
        for one in self.recordings:
            diagnosis = diagnose(one.inventory, one.observations, rules, one.sources)
            found.append((one.region, rendered(diagnosis, one.inventory, place(one)) if place else diagnosis))
        return together(found)


def at_cloud(
    app: App, since: str, stacks: Sequence[str], rules: Sequence[Rule] | None = None, *, observe: bool = True
) -> DiagnosisInput:
    """What is deployed, in each of the regions, without logs, metrics and traces where nobody is to `observe`; raises
    CloudUnreachableError, or NotDeployedError when nothing is."""
    from concurrent.futures import ThreadPoolExecutor

    begin = time_windows.since(app, since)
    window = _by_minutes(begin)
    clouds = app.clouds()
    with app.terminal.progress("reading what is deployed") as progress, ThreadPoolExecutor(AT_ONCE) as pool:
        asked = _Question(app, window, stacks, rules, several=len(clouds) > 1, observe=observe)
        ask = observe and begin.deployment is None
        deployed = None if not ask else pool.submit(deployments.known, app, window.start, (), clouds)
        found = list(pool.map(lambda cloud: asked.of(cloud, progress), clouds))
    if not any(r.inventory.resources for r in found):
        _nothing(app, found)
    if deployed is not None:
        others = [one for one in deployed.result().deployments if window.start < one.time and not one.new]
        _mention(app, others, window.end)
    calls: dict[str, int] = {}
    for cloud in clouds:
        for action, count in cloud.api_calls.items():
            calls[action] = calls.get(action, 0) + count
    return DiagnosisInput(tuple(found), calls)


def _mention(app: App, deployed: Sequence[Deployment], now: float) -> None:
    """Say that the window has more than one version in it, and how to look at the last alone."""
    if deployed:
        app.terminal.say(
            f"In this window was the deployment of {time_windows.described(deployed[-1], now)}. What it changed may be "
            "told as it was before; only since then: --since deploy"
        )


def _by_minutes(asked: Since) -> TimeRange:
    """The window from a full minute on: metrics come by the minute, and logs and traces that begin within one could not
    explain what it counts. One that begins with a deployment begins no earlier, or it would have both versions."""
    from shopfast_obs.model.telemetry import TimeRange

    start, end = asked.window.start, asked.window.end
    if asked.deployment is None:
        return TimeRange(start // MINUTE * MINUTE, end)
    whole = -(-start // MINUTE) * MINUTE
    return TimeRange(whole if whole + MINUTE <= end else start, end)


def _nothing(app: App, found: Sequence[Recording]) -> NoReturn:
    """Raise what a reader needs to know: nothing is there, or nothing that these credentials may see."""
    from shopfast_obs.cloud.target import how_to_deploy

    where = ", ".join(r.inventory.source for r in found)
    gaps = [gap for r in found for gap in r.inventory.gaps]
    if gaps:
        raise DeniedError(
            f"Nothing on {where} could be looked at: {gaps[0].reason}",
            "See what the credentials need: shopfast-obs diagnose --print-policy",
        )
    here = None
    with suppress(UserError):
        here = template_here(app)
    hint = f"Look at the template: shopfast-obs diagnose {here}" if here else how_to_deploy(app.settings)
    raise NotDeployedError(f"Nothing is deployed on {where}.", hint)


def template_here(app: App) -> Path | None:
    """The template or cloud assembly in the working directory, or where cdk.json says; None where there is none, and
    in a project that is deployed from here."""
    from shopfast_obs.cli.application import templates

    return None if app.settings.app else templates.here(Path())


def at_hand(
    app: App,
    since: str,
    stacks: Sequence[str],
    rules: Sequence[Rule] | None = None,
    *,
    run: bool = False,
    observe: bool = True,
) -> DiagnosisInput:
    """What is deployed; or the template in the working directory, where no local cloud runs and nothing else says that
    a cloud is meant. Raises CloudUnreachableError, and NotDeployedError when nothing is there."""
    cloud = stacks or app.target_name != "local" or app.settings.endpoint_url or _runs(app)
    found = None if cloud else template_here(app)
    if run and found is None:
        raise UserError("--run-framework is for a serverless.yml.", "Name it: diagnose serverless.yml --run-framework")
    if found is not None:
        app.terminal.say(
            f"No local cloud is running here, so {found} is looked at: its configuration, without logs, metrics and "
            f"traces. The same from anywhere: shopfast-obs diagnose --template {found.resolve()}"
        )
        return at_templates(app, [found], run=run)
    return at_cloud(app, since, stacks, rules, observe=observe)


def _runs(app: App) -> bool:
    try:
        app.target()
    except CloudUnreachableError:
        return False
    return True


@record
class _Question:
    """What each region is asked."""

    app: App
    window: TimeRange
    stacks: Sequence[str]
    rules: Sequence[Rule] | None
    several: bool
    observe: bool = True

    def of(self, cloud: Cloud, progress: Progress) -> Recording:
        """What one region answers."""
        from shopfast_obs.cli.application import function_sources
        from shopfast_obs.diagnose.collect import collect
        from shopfast_obs.model.recording import Recording

        region = cloud.target.region if self.several else ""
        inventory = cloud.inventory(self.stacks or _project_stacks(self.app, cloud))
        found_sources = function_sources.read(self.app.settings, inventory)
        if not self.observe:
            return Recording(inventory, None, found_sources, region)
        where = f" in {region}" if region else ""
        progress.update(f"reading logs, metrics and traces of {plural(len(inventory.resources), 'resource')}{where}")
        observations = collect(cloud, inventory, self.window, self.rules)
        return Recording(inventory, observations, found_sources, region)


def _project_stacks(app: App, cloud: Cloud) -> list[str]:
    """The project's own stacks, when it was synthesised and they are deployed; else none is chosen."""
    from shopfast_obs.cloud.deploy import assembly

    folder = app.settings.assembly_dir
    if not (folder / "manifest.json").is_file():
        return []
    own = {stack.name for stack in assembly.read(folder)}
    try:
        return [stack.name for stack in cloud.stacks() if stack.name in own]
    except DeniedError:  # named as a gap, when the inventory asks again
        return []


def at_templates(app: App, paths: Sequence[Path], *, run: bool = False) -> DiagnosisInput:
    """Template files taken together, with the sources beside them; raises UserError for one that cannot be read. `run`
    lets the framework of a serverless.yml's project package it, which runs the project's own code."""
    from shopfast_obs.cli.application import function_sources, templates
    from shopfast_obs.model.recording import Recording

    with tempfile.TemporaryDirectory(prefix="shopfast-obs-") as place:
        made = _packaged(app, paths, Path(place)) if run else {}
        inventory = templates.inventory(paths, made)
        for sentence in templates.told(paths, made):
            app.terminal.say(sentence)
    return DiagnosisInput((Recording(inventory, None, function_sources.beside(inventory)),))


def _packaged(app: App, paths: Sequence[Path], place: Path) -> dict[Path, Path]:
    """What the framework packages of each serverless.yml, by the file; raises UserError when none is among them."""
    from shopfast_obs.cli.application import serverless_framework, templates
    from shopfast_obs.cloud.synthesis import serverless_package

    found = [file for path in paths for file in templates.files(path) if file.name in serverless_framework.NAMES]
    if not found:
        raise UserError("--run-framework needs a serverless.yml.", "Name it: diagnose serverless.yml --run-framework")
    made = {}
    with app.terminal.progress("packaging") as progress:
        for number, file in enumerate(found):
            progress.update(f"the framework packages {file}")
            serverless_package.package(file, place / str(number))
            made[file.resolve()] = place / str(number) / serverless_framework.PACKAGED
    return made


def at_file(path: Path, *, observe: bool = True) -> DiagnosisInput:
    """Evidence that `--save-evidence` wrote, without what was observed where nobody is to `observe`; raises UserError
    for anything else."""
    from shopfast_obs.cli.inputs import bounded_files
    from shopfast_obs.parse import recording

    return DiagnosisInput(recording.read(bounded_files.content(path), str(path), observe=observe))


def save(look: DiagnosisInput, path: Path) -> None:
    """Write what was looked at, secrets masked; raises UserError when the file cannot be written."""
    from shopfast_obs.analysis.sensitive import Masker
    from shopfast_obs.changes import files
    from shopfast_obs.diagnose.masking import masked
    from shopfast_obs.parse import recording

    masker = Masker()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, recording.write([masked(one, masker) for one in look.recordings]), bits=0o600)
    except OSError as problem:
        raise UserError(f"{path} cannot be written: {problem.strerror}.", "Name another file.") from None
