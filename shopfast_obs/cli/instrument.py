"""`instrument`: sources through the codemods, and what they need into the overlay."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.cli.application import overlay_wiring
from shopfast_obs.cli.inputs import time_windows
from shopfast_obs.cli.output import gaps
from shopfast_obs.cli.targets import interrupted_changes
from shopfast_obs.errors import ProjectError, UserError
from shopfast_obs.model.counts import plural

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from shopfast_obs.instrument.business import MetricsPlan
    from shopfast_obs.instrument.interface import Codemod
    from shopfast_obs.instrument.plan import Instrumentation
    from shopfast_obs.instrument.selection import Excluded, Selection
    from shopfast_obs.model.overlay import Tracing
    from shopfast_obs.model.telemetry import InvocationReport
    from shopfast_obs.settings import Settings


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path, readable=False))
@options.modes(check=True)
@click.option("--only", multiple=True, metavar="CODEMOD", help="Only this codemod (repeat).")
@click.option("--skip", multiple=True, metavar="CODEMOD", help="Without this codemod (repeat).")
@click.option(
    "--template",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Change a SAM or CloudFormation template or a serverless.yml, and the sources beside it.",
)
@click.option("--metrics", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="A plan of business metrics: which function, which result, which metric.")  # fmt: skip
@click.option("--layer", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="With a PATH: also write the archive of the runtime layer, and FILE-otel.zip where a source needs "
              "OpenTelemetry.")  # fmt: skip
@click.option("--tracing", type=click.Choice(("xray", "otel")),
              help="How handlers are traced: by Powertools' Tracer (xray), or by OpenTelemetry (otel). Without it: "
              "tracing in [tool.shopfast-obs], else as the others are, else xray.")  # fmt: skip
@click.option("--prove/--no-prove", "proving", default=None,
              help="Run the application's tests before and after, and leave out what breaks one; without tests, its "
              "handlers get events. --apply does so with tests that take less than a minute.")  # fmt: skip
@click.option("--migrate", type=click.Choice(["xray-to-otel"]),
              help="Instead of codemods: move what uses Powertools' Tracer or the X-Ray SDK to OpenTelemetry, and add "
              "its layers.")  # fmt: skip
@click.option("--live", is_flag=True, help="Change deployed functions through the API, without their source.")
@click.option("--function", "functions", multiple=True, metavar="NAME", help="With --live: which; * matches (repeat).")
@click.option("--since", metavar="SPAN", help="Check time and memory in the REPORT lines since then: 15m, 2h.")
@options.allow_partial
@options.target_with_codemods
@options.output("text", "json")
@pass_app
def command(
    app: App,
    *,
    paths: tuple[Path, ...],
    mode: str,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    template: Path | None,
    metrics: Path | None,
    layer: Path | None,
    tracing: Tracing | None,
    proving: bool | None,
    migrate: str | None,
    live: bool,
    functions: tuple[str, ...],
    since: str | None,
    partial: bool,
    output_format: str,
) -> None:
    """Add structured logs, traces, metrics and correlation to Lambda handlers.

    Without a PATH: the project's services and its overlay. With one: the sources there, no cloud or template needed.
    A function that cannot carry the layers is left alone, with the reason; with --since, one that is too tight gets
    the time and memory for it.

    \b
    Codemods of the profile decorators (default): logger, tracer, metrics, runtime, business; logs adds logging,
    swallowed, prints, which change lines; all adds clients, which moves names that tests may patch. With --prove and
    no profile: all that the tests bear.

    Proving runs the application's tests, so its code, in a copy, in its own Python (.venv, or the active one), without
    AWS credentials and network: for a minute with --apply, for ten with --prove (tests and tests_limit in
    [tool.shopfast-obs]). What is not proven with --prove is not applied, and the exit code is 1.

    \b
    Examples:
      shopfast-obs instrument
      shopfast-obs instrument --apply && shopfast-obs deploy
      shopfast-obs instrument --profile all --diff
      shopfast-obs instrument src --prove --apply
      shopfast-obs instrument src --check --prove
      shopfast-obs instrument src/handlers --check --format json
      shopfast-obs instrument --tracing otel --prove --apply
      shopfast-obs instrument src --metrics metrics.yaml --layer build/layer.zip --apply
      shopfast-obs instrument --template template.yaml --apply
      shopfast-obs instrument src --migrate xray-to-otel --diff
      shopfast-obs instrument --live --function 'shop-*' --target aws
    """
    if live:
        from shopfast_obs.cli.targets import live_functions as deployed

        if paths or only or skip or since or template or proving or migrate:
            raise UserError("--live takes no other source of functions.", "Name functions with --function.")
        deployed.instrument(app, functions, mode, output_format, tracing or app.settings.way or "xray")
        return
    if functions:
        raise UserError("--function goes with --live.", "Without it, name a PATH.")
    from shopfast_obs.changes import engine
    from shopfast_obs.cli.application_tests.instrumentation import Proven, document, prove
    from shopfast_obs.instrument.registry import selected
    from shopfast_obs.instrument.selection import sparing

    settings = app.settings
    profile = _profile(app, settings, cloud=bool(since), proving=bool(proving))
    if mode == "apply":
        interrupted_changes.finish(app)
    else:
        interrupted_changes.mention(app)
    _no_templates(paths)
    if template and (paths or since):
        raise UserError("--template takes no PATH and no --since.", "Its functions name their sources.")
    codemods, plan = selected(only, skip, profile, tracing or settings.way), _metrics(settings, metrics)
    if migrate:
        codemods, proving = (
            _migration(settings, paths, template, alone=not (only or skip or metrics or proving or tracing)),
            False,
        )
    reports = _reports(app, since) if since else {}

    def planned_without(excluded: Excluded) -> Instrumentation:
        wanted = sparing(codemods, excluded)
        if template:
            from shopfast_obs.instrument.infrastructure.template import for_template

            return for_template(template.resolve(), settings.root.resolve(), wanted, plan, settings.region)
        return _planned(settings, paths, wanted, reports, plan, layer, may_run=mode == "apply")

    whole = planned_without({})
    proven = Proven(whole)
    if proving or (proving is None and mode == "apply"):
        plans = lambda excluded: planned_without(excluded) if excluded else whole  # noqa: E731 - the whole is known
        proven = prove(app, plans, codemods, asked=bool(proving))
    planned, applied = proven.planned, None
    if mode == "apply" and not planned.plan.empty and not proven.refused:
        applied = engine.apply(planned.plan, planned.root, settings.state_dir, project=settings.root).id
    show = _Shower(paths, settings)
    if output_format == "json":
        app.terminal.json({**_document(planned, mode, applied, show), "proof": document(proven)})
    else:
        _say(app, planned, mode, applied, show, migrating=bool(migrate))
    if proven.refused:
        app.terminal.warn(
            "Nothing was changed, because nothing is proven. Next: mend what is said above, or --no-prove"
        )
    failed = any(file.status == "failed" for file in planned.files)
    unread = [f"{show(file.path)}: {file.reason}" for file in planned.files if file.unread]
    nothing = 0 < len(unread) == len(planned.files)
    missing = mode == "check" and not planned.plan.empty
    gaps.end(
        app,
        unread if nothing or mode == "check" else (),
        nothing=nothing,
        failing=failed or proven.refused or missing,
        allowed=partial,
    )


def _migration(settings: Settings, paths: Sequence[Path], template: Path | None, *, alone: bool) -> Selection:
    """The move to OpenTelemetry of what lies below the paths, beside the template, or in the project's services."""
    from shopfast_obs.instrument.selection import migration

    if not alone:
        raise UserError(
            "--migrate goes without --only, --skip, --metrics, --tracing and --prove: it runs no codemods.",
            "Run it alone, then the application's own tests.",
        )
    folders = paths or ([template.parent] if template else [settings.path(folder) for folder in settings.services])
    return migration([Path(os.path.abspath(folder)) for folder in folders])  # noqa: PTH100 - a link stays one


def _no_templates(paths: Sequence[Path]) -> None:
    """Raise UserError for a template where sources are named."""
    from shopfast_obs.instrument.workflows import SUFFIXES

    for path in paths:
        name = path.name
        if name.endswith((".yaml", ".yml", ".template.json")) and not name.endswith(SUFFIXES) and path.is_file():
            raise UserError(f"{path} is no source.", f"If it is a template: shopfast-obs instrument --template {path}")


def _profile(app: App, settings: Settings, *, cloud: bool, proving: bool) -> str:
    """The profile of codemods: the option's, else the project's, else all for a proof, else the default. Where the
    command asks AWS, the option may name an AWS profile instead."""
    from shopfast_obs.instrument.registry import DEFAULT, PROFILES

    if app.profile in PROFILES:
        name, app.profile = str(app.profile), None
        return name
    if app.profile and not cloud:
        raise UserError(
            f"There is no profile {app.profile!r}.",
            f"The profiles are {', '.join(PROFILES)}; an AWS profile goes with --live or --since.",
        )
    return settings.codemods or ("all" if proving else DEFAULT)


def _reports(app: App, since: str) -> dict[str, tuple[InvocationReport, ...]]:
    """The REPORT lines of the deployed functions, by what the project calls each."""
    from shopfast_obs.analysis.wiring.counterparts import Counterparts
    from shopfast_obs.cli.application.synthesised import synthesised
    from shopfast_obs.diagnose.collect import collect
    from shopfast_obs.model.resources import FUNCTION

    cloud = app.cloud()
    inventory = cloud.inventory()
    reports = collect(cloud, inventory, time_windows.since(app, since).window).reports
    declared = synthesised(app.settings)
    names = Counterparts(inventory, declared) if declared else None
    return {names.name(FUNCTION, name) if names else name: those for name, those in reports.items()}


def _metrics(settings: Settings, file: Path | None) -> MetricsPlan | None:
    """The plan of business metrics: the file of the option, else the project's own."""
    from shopfast_obs.instrument.metrics_file import read

    if file is None and settings.metrics:
        file = settings.path(settings.metrics)
    return None if file is None else read(file)


def _planned(  # noqa: PLR0917 - what a plan is made from
    settings: Settings,
    paths: Sequence[Path],
    codemods: Sequence[Codemod],
    reports: Mapping[str, Sequence[InvocationReport]],
    metrics: MetricsPlan | None,
    layer: Path | None,
    *,
    may_run: bool,
) -> Instrumentation:
    """The plan for the paths, or for the project when there are none or they are its services."""
    from shopfast_obs.instrument.plan import for_paths, for_project

    services = [settings.path(folder) for folder in settings.services]
    if paths and {path.resolve() for path in paths} != {folder.resolve() for folder in services}:
        command = "shopfast-obs instrument --apply" if _within(paths, services) else ""
        return for_paths(paths, settings.root, codemods, metrics=metrics, layer=layer, command=command)
    from shopfast_obs.cli.application.synthesised import inventory
    from shopfast_obs.instrument.infrastructure.overlay import handler_names

    _require_folders(settings, services)
    declared = inventory(settings, may_run=may_run)
    folders = _service_folders(services, handler_names(declared))
    if may_run:
        overlay_wiring.require(settings)
    return for_project(folders, settings.root, declared, settings.overlay_path, codemods, reports, metrics)


def _within(paths: Sequence[Path], services: Sequence[Path]) -> bool:
    return all(any(path.resolve().is_relative_to(folder.resolve()) for folder in services) for path in paths)


def _require_folders(settings: Settings, services: Sequence[Path]) -> None:
    if not services:
        raise ProjectError(
            f"{settings.root} does not say where its services are.",
            "Name a PATH, or set `services` in [tool.shopfast-obs] of pyproject.toml.",
        )
    for folder in services:
        if not folder.is_dir():
            raise ProjectError(f"There is no folder {folder}.", "Mend `services` in [tool.shopfast-obs].")


def _service_folders(services: Sequence[Path], handlers: Collection[str]) -> list[Path]:
    """Where the sources of functions lie: the folders in each of `services`, or the folder itself, where handlers are
    found from it (`src/sell.py` for `sell.handler`)."""
    modules = {handler.rpartition(".")[0].replace(".", "/") + ".py" for handler in handlers}
    return [
        place
        for folder in services
        for place in ([folder] if any((folder / module).is_file() for module in modules) else _folders_in(folder))
    ]


def _folders_in(folder: Path) -> list[Path]:
    return [child for child in sorted(folder.iterdir()) if child.is_dir() and not child.name.startswith((".", "__"))]


class _Shower:
    """Shows a path as the user wrote paths: absolute when theirs are, else from the working directory."""

    def __init__(self, paths: Sequence[Path], settings: Settings) -> None:
        self._absolute = any(path.is_absolute() for path in paths)
        self._base = Path.cwd() if paths else settings.root

    def __call__(self, path: Path) -> str:
        return str(path) if self._absolute else os.path.relpath(path, self._base)


def _document(planned: Instrumentation, mode: str, applied: str | None, show: _Shower) -> dict[str, Any]:
    from shopfast_obs.changes.engine import diff

    return {
        "mode": mode,
        "applied": applied,
        "diff": diff(planned.plan),
        "files": [
            {"path": show(f.path), "status": f.status, "codemods": f.codemods, "reason": f.reason}
            for f in planned.files
        ],
        "gaps": [{"what": show(f.path), "reason": f.reason} for f in planned.files if f.unread],
        "effects": planned.plan.effects,
    }


def _say(app: App, planned: Instrumentation, mode: str, applied: str | None, show: _Shower, *, migrating: bool) -> None:
    from shopfast_obs.changes.engine import diff

    if mode == "diff":
        app.terminal.diff(diff(planned.plan))
    else:
        for file in planned.files:
            if file.status == "changed":
                app.terminal.out(f"{show(file.path)}: {', '.join(file.codemods)}")
    for file in planned.files:
        if file.reason:
            app.terminal.warn(f"{show(file.path)}: {file.status}: {file.reason}")
    for effect in planned.plan.effects:
        app.terminal.say(effect)
    counts = Counter(file.status for file in planned.files)
    told = ", ".join(f"{counts[status]} {status}" for status in ("changed", "unchanged", "skipped", "failed"))
    app.terminal.say(f"{plural(sum(counts.values()), 'file')}: {told}.")
    unread = sum(file.unread for file in planned.files)
    if planned.plan.empty and counts["skipped"] and (migrating or counts["skipped"] == sum(counts.values())):
        app.terminal.say("Nothing else can be changed: see the reasons above.")
    elif planned.plan.empty and (counts["unchanged"] or not planned.files):
        app.terminal.say("Nothing is missing in what could be read." if unread else "Nothing is missing.")
    elif applied:
        following = " Next: shopfast-obs deploy" if any("overlay" in f.codemods for f in planned.files) else ""
        app.terminal.say(f"Recorded as {applied}.{following} (take it back: shopfast-obs undo)")
    elif mode == "diff":
        app.terminal.say("Nothing was changed. Next: the same command with --apply")
