"""The three places for what `fix` changes: the overlay, templates, and deployed functions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from shopfast_obs.cli.app import App
from shopfast_obs.errors import UserError
from shopfast_obs.model.records import record

if TYPE_CHECKING:
    from shopfast_obs.diagnose.remedies.commands import Place
    from shopfast_obs.diagnose.remedies.fixes import Fix
    from shopfast_obs.model.findings import Diagnosis
    from shopfast_obs.model.recording import Recording
    from shopfast_obs.model.resources import Inventory


@record
class Asked:
    """What is to be looked at; `resources` are all when empty."""

    since: str
    stacks: tuple[str, ...]
    only: tuple[str, ...]
    skip: tuple[str, ...]
    resources: tuple[str, ...] = ()


class ChangeTarget(Protocol):
    """Where a fix goes. `afterwards` is what a reader does next."""

    afterwards: str

    def plan(self, asked: Asked) -> Fix:
        """The fix for what is found."""
        ...

    def diff(self, fix: Fix) -> str:
        """The change for a reader."""
        ...

    def apply(self, fix: Fix) -> str:
        """Make the change; the id of its journal entry."""
        ...


class Provable(ChangeTarget, Protocol):
    """A place whose change can be tried on what is deployed."""

    def enforce(self) -> None:
        """Bring what was applied into force."""
        ...

    def undo(self, entry: str) -> None:
        """Take the change back and bring that into force."""
        ...


@dataclass
class Overlay:
    """The overlay of the project's CDK app."""

    app: App
    afterwards: str = "Next: shopfast-obs deploy"

    def plan(self, asked: Asked) -> Fix:
        """From what is deployed; raises UserError when nothing would read an overlay."""
        from shopfast_obs.cli.application.synthesised import synthesised
        from shopfast_obs.cli.targets import available
        from shopfast_obs.diagnose.remedies import fixes

        settings = self.app.settings
        if not settings.app:
            raise UserError(
                f"The project in {settings.root} names no CDK app, so nothing would read the overlay.",
                "Set `app` in [tool.shopfast-obs] of pyproject.toml, or change a template (--into) or functions "
                "(--live).",
            )
        diagnosis, inventory = _deployed(self.app, asked, available.place(self.app, overlay=True))
        path = settings.overlay_path
        before = path.read_bytes() if path.exists() else None
        return fixes.plan(diagnosis.findings, inventory, settings.overlay, before, synthesised(settings))

    def diff(self, fix: Fix) -> str:
        """Of the file."""
        from shopfast_obs.changes import engine

        return engine.diff(fix.plan)

    def apply(self, fix: Fix) -> str:
        """Write it; raises ProjectError when no deployment would bring it."""
        from shopfast_obs.changes import engine
        from shopfast_obs.cli.application import overlay_wiring

        overlay_wiring.require(self.app.settings)
        return engine.apply(fix.plan, self.app.settings.root, self.app.settings.state_dir).id

    def enforce(self) -> None:
        """Deploy it."""
        from shopfast_obs.cli.deploy import up

        up(self.app)

    def undo(self, entry: str) -> None:
        """Restore the file and deploy that."""
        from shopfast_obs.changes import engine

        engine.undo(self.app.settings.root, self.app.settings.state_dir, entry)
        self.enforce()


@dataclass
class Templates:
    """Templates that people write: looked at themselves, or changed by what a cloud shows."""

    app: App
    template: Path | None
    into: Path | None
    afterwards: str = "Next: deploy the template."
    _root: Path = field(default_factory=Path)

    def plan(self, asked: Asked) -> Fix:
        """From the template alone, or from what is deployed."""
        from shopfast_obs.cli.application import function_sources, templates
        from shopfast_obs.cli.inputs import diagnosis_input
        from shopfast_obs.cli.targets import available
        from shopfast_obs.diagnose.engine import catalogue, select
        from shopfast_obs.diagnose.remedies import template_and_live_fixes
        from shopfast_obs.model.recording import Recording

        path = self.template or self.into
        assert path is not None
        declared = templates.inventory([path])
        for gap in declared.gaps:
            self.app.terminal.warn(f"could not be read: {gap.what}: {gap.reason}")
        if declared.gaps and not declared.resources:
            raise UserError(f"Nothing of {path} could be read.", "Mend what is said above.")
        if self.template:
            looked = diagnosis_input.DiagnosisInput((Recording(declared, None, function_sources.beside(declared)),))
            rules = select(catalogue(), asked.only, asked.skip)
            found, deployed = looked.diagnosed(rules, available.place(self.app, overlay=False)).findings, None
        else:
            place = available.place(self.app, overlay=False, template=self.into)
            diagnosis, deployed = _deployed(self.app, asked, place)
            found = diagnosis.findings
        for file in _files(declared):
            available.require_written(Path(file))
        texts = {file: Path(file).read_bytes() for file in _files(declared)}
        fix = template_and_live_fixes.into_templates(found, declared, texts, deployed)
        self._root = Path(os.path.commonpath([Path(file).resolve().parent for file in texts] or [Path.cwd()]))
        changes = tuple(
            replace(change, path=str(Path(change.path).resolve().relative_to(self._root)))
            for change in fix.plan.changes
        )
        return replace(fix, plan=replace(fix.plan, changes=changes))

    def diff(self, fix: Fix) -> str:
        """Of the files."""
        from shopfast_obs.changes import engine

        return engine.diff(fix.plan)

    def apply(self, fix: Fix) -> str:
        """Write them."""
        from shopfast_obs.changes import engine

        settings = self.app.settings
        return engine.apply(fix.plan, self._root, settings.state_dir, project=settings.root).id


@dataclass
class Functions:
    """Deployed functions, through the API."""

    app: App
    afterwards: str = "The next deployment of their stack takes this back, unless its template says the same."

    def plan(self, asked: Asked) -> Fix:
        """From what is deployed."""
        from shopfast_obs.cli.targets import available, live_functions
        from shopfast_obs.diagnose.remedies import template_and_live_fixes
        from shopfast_obs.diagnose.remedies.fixes import wanted
        from shopfast_obs.instrument.infrastructure.deployed_functions import image

        diagnosis, _ = _deployed(self.app, asked, available.place(self.app, overlay=False))
        target = self.app.target()
        functions = live_functions.functions_of(self.app).all() if wanted(diagnosis.findings) else ()
        deployed = {
            configuration["FunctionName"]: (image(configuration, days), str(configuration.get("RevisionId", "")))
            for configuration, days in functions
        }
        return template_and_live_fixes.into_functions(diagnosis.findings, deployed, f"{target.name} {target.region}")

    def diff(self, fix: Fix) -> str:
        """Of the settings."""
        from shopfast_obs.cli.targets import live_functions

        return live_functions.diff(fix.plan)

    def apply(self, fix: Fix) -> str:
        """Change them; raises UserError when somebody else did meanwhile."""
        from shopfast_obs.changes import live_functions as changes
        from shopfast_obs.cli.targets import live_functions

        entry = changes.apply(fix.plan, live_functions.functions_of(self.app), self.app.settings.state_dir)
        for skipped in entry.plan.skipped[len(fix.plan.skipped) :]:
            self.app.terminal.warn(f"{skipped.what}: {skipped.reason}")
        if not entry.plan.live:
            raise UserError("No function was changed.", "Run it again: shopfast-obs fix --live")
        return entry.id

    def enforce(self) -> None:
        """Nothing is left to do: a function that was changed has its settings."""

    def undo(self, entry: str) -> None:
        """Give the functions their settings back."""
        from shopfast_obs.changes import live_functions as changes
        from shopfast_obs.cli.targets import live_functions

        changes.undo(live_functions.functions_of(self.app), self.app.settings.state_dir, entry)


def _deployed(app: App, asked: Asked, place: Callable[[Recording], Place]) -> tuple[Diagnosis, Inventory]:
    from shopfast_obs.cli.diagnose import of_cloud
    from shopfast_obs.diagnose.engine import catalogue, select

    rules = select(catalogue(), asked.only, asked.skip)
    diagnosis, inventory = of_cloud(app, asked.since, asked.stacks, rules, place)
    if asked.resources:
        theirs = tuple(outcome for outcome in diagnosis.outcomes if outcome.resource in asked.resources)
        diagnosis = replace(diagnosis, outcomes=theirs)
    return diagnosis, inventory


def _files(declared: Inventory) -> Iterator[str]:
    return iter(dict.fromkeys(resource.file for resource in declared.resources if resource.file))
