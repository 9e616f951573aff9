"""What is at hand for whoever reads findings: overlay, templates that people write, target, runbooks."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopfast_obs import confine
from shopfast_obs.errors import ProjectError, UserError

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App
    from shopfast_obs.diagnose.remedies.commands import Place
    from shopfast_obs.model.recording import Recording
    from shopfast_obs.model.resources import Resource

SERVERLESS = ("serverless.yml", "serverless.yaml")
SAM = ("template.yaml", "template.yml", "template.json")

HINTS = {
    "the CDK": "Change the CDK app; or name it as `app` in [tool.shopfast-obs] of pyproject.toml, and put before "
    'app.synth():\n    from shopfast_obs.constructs import apply_overlay\n    apply_overlay(app, "overlay.json")',
    "`sam build`": "Name the template that it was built from.",
    "`serverless package`": "Name the serverless.yml.",
}


def origin(file: Path) -> Path | None:
    """The file that people write, for a template that may be made by a tool; None where that is not known."""
    if file.parent.name == ".serverless":
        return _first(file.parent.parent, SERVERLESS)
    if ".aws-sam" in file.parts:
        return _first(Path(*file.parts[: file.parts.index(".aws-sam")]), SAM)
    return None if (file.parent / "manifest.json").is_file() else file


def _first(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)


def require_written(file: Path) -> None:
    """Raise ProjectError for a template that a tool makes: it would be made anew."""
    written = origin(file)
    if written == file:
        return
    tool = "`serverless package`" if file.parent.name == ".serverless" else "the CDK"
    tool = "`sam build`" if ".aws-sam" in file.parts else tool
    if written is not None:
        raise ProjectError(f"{file} is made by {tool}.", f"Name the file that it is made from: {written}")
    raise ProjectError(f"{file} is made by {tool}.", HINTS[tool])


def place(app: App, *, overlay: bool | None = None, template: Path | None = None) -> Callable[[Recording], Place]:
    """What is at hand for the findings of a recording. `overlay` and `template` are where a change goes, when somebody
    said so; else the project's overlay where it names a CDK app, and the template in the working directory."""
    from shopfast_obs.cli.inputs import diagnosis_input

    if overlay is None:
        overlay = bool(app.settings.app)
        if template is None:
            template = diagnosis_input.template_here(app) if _readable(app) else None
    at_hand = None if template is None or template.is_dir() else origin(template)
    return partial(_place, app, overlay=overlay, template=str(at_hand or ""))


def _readable(app: App) -> bool:
    """True where asking for a template here has an answer; a CDK app that was not synthesised has none."""
    from shopfast_obs.cli.inputs import diagnosis_input

    try:
        diagnosis_input.template_here(app)
    except UserError:
        return False
    return True


def _place(app: App, recording: Recording, *, overlay: bool, template: str) -> Place:
    from shopfast_obs.diagnose.remedies.commands import Place

    options, before, after = _target(app, recording)
    return Place(
        options=options,
        aws_before=before,
        aws_after=after,
        template=template,
        overlay=partial(_has_overlay, app) if overlay else lambda _: False,
        written=lambda file: str(origin(Path(file)) or "") if Path(file).is_file() else "",
        takes=_Documents().take,
        obstacle=obstacle,
        runbook=partial(runbook, app),
    )


def _target(app: App, recording: Recording) -> tuple[str, str, str]:
    """The options that name the target, and what makes an aws command ask it."""
    name, _, region = recording.inventory.source.partition(" ")
    if name != "aws":
        return "", 'eval "$(shopfast-obs cloud env)" && ', ""
    chosen = recording.region or app.region or region
    where = f" --region {shlex.quote(chosen)}" if chosen else ""
    who = f" --profile {shlex.quote(app.profile)}" if app.profile else ""
    return f"--target aws{where}{who}", "", f"{where}{who}"


def _has_overlay(app: App, resource: Resource) -> bool:
    """True for what the project's own CDK app declares."""
    if not resource.file:
        return bool(resource.logical_id)
    assemblies = [app.settings.assembly_dir, app.settings.root / "cdk.out"]
    file = Path(resource.file).resolve()
    return any(file.is_relative_to(folder.resolve()) for folder in assemblies)


class _Documents:
    """Templates, each read once."""

    def __init__(self) -> None:
        self._read: dict[str, Mapping[str, Any] | None] = {}

    def take(self, file: str, logical_id: str, property_name: str) -> bool:
        """True where `fix` can write the property into the template; without one: where the template names it."""
        from shopfast_obs.parse.templates.template_address import address

        if file not in self._read:
            self._read[file] = _document(file)
        document = self._read[file]
        return document is not None and address(document, logical_id, property_name or "Timeout") is not None


def _document(file: str) -> Mapping[str, Any] | None:
    """The template, where a property can be put into it."""
    from shopfast_obs.parse.templates import yaml_tags
    from shopfast_obs.parse.templates.template_edit import aliases

    try:
        text = confine.content(Path(file)).decode("utf-8")
        document, _ = yaml_tags.read(text)
    except (OSError, UnicodeDecodeError, yaml_tags.YamlError):
        return None
    return document if isinstance(document, Mapping) and not aliases(text) else None


def obstacle(function: Resource) -> str:
    """Why `instrument` leaves the function alone; empty where it does not."""
    from shopfast_obs.instrument.infrastructure import headroom

    code, runtime = function.properties.get("Code"), str(function.properties.get("Runtime", ""))
    if function.file and isinstance(code, Mapping) and "ZipFile" in code:
        return "its code stands in the template"
    if runtime and not runtime.startswith("python"):
        return f"its runtime {runtime} is not Python"
    return headroom.of(function, ("powertools", "runtime"), {}).blocked


def runbook(app: App, name: str) -> str:
    """The runbook's file from the working directory; empty where the project has none of this name."""
    file = app.settings.path(app.settings.runbooks) / f"{name}.md"
    return os.path.relpath(file) if name and file.is_file() else ""
