"""`diagnose`: what is wrong, with evidence, worst first."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shopfast_obs import confine
from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.cli.inputs import time_windows
from shopfast_obs.cli.output import gaps
from shopfast_obs.errors import UserError

if TYPE_CHECKING:
    from shopfast_obs.cli.inputs.diagnosis_input import DiagnosisInput
    from shopfast_obs.diagnose.interface import Rule
    from shopfast_obs.diagnose.remedies.commands import Place
    from shopfast_obs.diagnose.review import Terms
    from shopfast_obs.model.findings import Diagnosis
    from shopfast_obs.model.recording import Recording
    from shopfast_obs.model.resources import Gap, Inventory, Resource
    from shopfast_obs.model.review import Review

LEVELS = ("info", "low", "medium", "high", "critical")
FILE = click.Path(path_type=Path, readable=False)  # one of several that cannot be read hides no other


@click.command()
@click.argument("more_templates", metavar="[FILE]...", nargs=-1, type=FILE)
@click.option("--since", default="15m", show_default=True, metavar="TIME", help=time_windows.HELP)
@click.option("--stack", "stacks", multiple=True, metavar="NAME", help="Only this stack (repeat).")
@click.option(
    "--template",
    "templates",
    multiple=True,
    metavar="FILE...",
    type=FILE,
    help="Look at CDK, SAM, CloudFormation or Serverless templates instead of a cloud; needs no credentials. A folder "
    "stands for its templates.",
)
@click.option(
    "--run-framework",
    "run",
    is_flag=True,
    help="Let the framework in the project's node_modules package its serverless.yml: runs the project's own code.",
)
@click.option("--evidence", metavar="FILE", type=FILE, help="Look at evidence that --save-evidence wrote.")
@click.option("--save-evidence", metavar="FILE", type=FILE, help="Keep what was read, secrets masked.")
@options.rules("--only", "Only this rule, or those like it: 'lambda-*' (repeat).")
@options.rules("--skip", "Not this rule, or those like it (repeat).")
@click.option(
    "--level", type=click.Choice(LEVELS), default="low", show_default=True, help="The least severity to show."
)
@click.option("--fail-on", type=click.Choice(LEVELS), help="The least severity for exit code 1 [default: --level].")
@click.option("--baseline", metavar="FILE", type=FILE, help="Findings in this file are known and do not fail.")
@click.option("--write-baseline", is_flag=True, help="Write all findings of this run to the --baseline file.")
@click.option("--suppressions", metavar="FILE", type=FILE, help="A YAML or TOML file of findings to live with.")
@click.option("--deadlines", is_flag=True, help="List what stops working on which day, and the functions it hits.")
@options.verbose
@click.option("--print-policy", is_flag=True, help="Print the IAM policy that a look at AWS needs, and nothing else.")
@click.option("--print-schema", is_flag=True, help="Print the JSON schema of --format json, and nothing else.")
@options.allow_partial
@options.target_with_regions
@options.output("text", "json", "sarif", "junit", "markdown")
@pass_app
def command(
    app: App,
    *,
    more_templates: tuple[Path, ...],
    since: str,
    stacks: tuple[str, ...],
    templates: tuple[Path, ...],
    run: bool,
    evidence: Path | None,
    save_evidence: Path | None,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    level: str,
    fail_on: str | None,
    baseline: Path | None,
    write_baseline: bool,
    suppressions: Path | None,
    deadlines: bool,
    print_policy: bool,
    print_schema: bool,
    partial: bool,
    output_format: str,
) -> None:
    """Find what is wrong in configuration, logs, metrics and traces, with the evidence and the remedy, worst first.

    Looks at what is deployed; with a FILE at templates; without one, where no local cloud runs, at the template in this
    folder, and says so.

    Exits with 1 when something new is found, with 4 when not, but only a part could be read, with 2 when nothing could,
    else with 0. `explain RULE` tells what a rule looks for. With --deadlines it lists days instead of findings, and
    exits with 1 when one of them is past.

    \b
    Examples:
      shopfast-obs diagnose --since 30m
      shopfast-obs diagnose --only 'lambda-*' --format json
      shopfast-obs diagnose --template cdk.out --format sarif > findings.sarif
      shopfast-obs diagnose template.yaml --baseline known.json --fail-on medium
      shopfast-obs diagnose --target aws --region eu-west-1,us-east-1 --save-evidence friday.json.gz
      shopfast-obs diagnose --deadlines --evidence friday.json.gz
      shopfast-obs diagnose --print-policy
    """
    if print_policy or print_schema:
        app.terminal.raw(_policy() if print_policy else _schema())
        return
    _consistent(more_templates, templates, evidence, baseline, write=write_baseline)
    if templates or more_templates or evidence:
        _no_cloud(app, stacks)
    if deadlines:
        from shopfast_obs.cli.output import deadlines as days

        paths = (*templates, *more_templates)
        days.show(app, days.look(app, paths, evidence, stacks, run=run), output_format, partial=partial)
        return
    from shopfast_obs.cli.inputs import diagnosis_input
    from shopfast_obs.cli.inputs.suppressions import suppressions as written_suppressions
    from shopfast_obs.cli.targets import available
    from shopfast_obs.diagnose.engine import catalogue, select
    from shopfast_obs.diagnose.masking import masked_diagnosis
    from shopfast_obs.diagnose.review import Terms
    from shopfast_obs.model.findings import Severity

    rules = select(catalogue(), only, skip)
    before = _baseline(baseline) if baseline and not write_baseline else {}
    terms = Terms(Severity[level.upper()], Severity[fail_on.upper()] if fail_on else None, before)
    said = written_suppressions(app.settings, suppressions)
    if templates or more_templates:
        look = diagnosis_input.at_templates(app, (*templates, *more_templates), run=run)
    elif evidence:
        look = diagnosis_input.at_file(evidence)
    else:
        look = diagnosis_input.at_hand(app, since, stacks, rules, run=run)
    if save_evidence:
        diagnosis_input.save(look, save_evidence)
        app.terminal.say(f"Evidence kept in {save_evidence}, secrets masked.")
    reviewed = _reviewed(look, rules, said, terms, available.place(app))
    if write_baseline and baseline:
        _write(baseline, reviewed)
        app.terminal.say(
            f"{len(reviewed.diagnosis.findings) - len(reviewed.suppressed)} findings are known from now on."
        )
    reviewed = dataclasses.replace(reviewed, diagnosis=masked_diagnosis(reviewed.diagnosis))
    _print(app, reviewed, rules, look.calls, output_format)
    gaps.end(
        app,
        [f"{gap.what}: {gap.reason}" for gap in reviewed.diagnosis.gaps if _concerns(gap, rules)],
        nothing=reviewed.diagnosis.nothing_read,
        failing=bool(reviewed.failing and not write_baseline),
        allowed=partial,
    )


def _concerns(gap: Gap, rules: Sequence[Rule]) -> bool:
    """True where what is missing could matter to one of the rules."""
    return not gap.types or any(not set(rule.types).isdisjoint(gap.types) for rule in rules)


def of_cloud(
    app: App,
    since: str,
    stacks: Sequence[str],
    rules: Sequence[Rule] | None = None,
    place: Callable[[Recording], Place] | None = None,
) -> tuple[Diagnosis, Inventory]:
    """The diagnosis of what is deployed, its remedies for a place; raises CloudUnreachableError or NotDeployedError."""
    from shopfast_obs.cli.inputs import diagnosis_input
    from shopfast_obs.cli.targets import available

    look = diagnosis_input.at_cloud(app, since, stacks, rules)
    return look.diagnosed(rules, place or available.place(app)), look.recordings[0].inventory


def _consistent(
    more: Sequence[Path], templates: Sequence[Path], evidence: Path | None, baseline: Path | None, *, write: bool
) -> None:
    if (templates or more) and evidence:
        raise UserError("--template and --evidence are two things to look at.", "Give one of them.")
    if write and not baseline:
        raise UserError("--write-baseline needs a file.", "Name it: --baseline known.json --write-baseline")


def _no_cloud(app: App, stacks: Sequence[str]) -> None:
    """Raise UserError for options that say which part of a cloud is meant, where none is looked at."""
    since = click.get_current_context().get_parameter_source("since")
    asked = {
        "--target": app.target_named,
        "--region": bool(app.regions),
        "--stack": bool(stacks),
        "--since": since is click.core.ParameterSource.COMMANDLINE,
    }
    for option, given in asked.items():
        if given:
            raise UserError(f"{option} is for what is deployed, and files are looked at.", "Give one of them.")


def _reviewed(
    look: DiagnosisInput,
    rules: Sequence[Rule],
    said: tuple[Resource, ...],
    terms: Terms,
    place: Callable[[Recording], Place],
) -> Review:
    """The findings under these terms, and what the suppressions themselves have wrong."""
    from dataclasses import replace

    from shopfast_obs.diagnose.engine import diagnose
    from shopfast_obs.diagnose.review import review
    from shopfast_obs.model.resources import SUPPRESSION, Inventory

    diagnosis = look.diagnosed(rules, place)
    own = diagnose(Inventory(diagnosis.source, said), rules=rules)
    diagnosis = replace(diagnosis, outcomes=(*diagnosis.outcomes, *own.outcomes))
    inside = (s for one in look.recordings for s in one.inventory.of_type(SUPPRESSION))
    return review(diagnosis, (*said, *inside), terms)


def _print(app: App, reviewed: Review, rules: Sequence[Rule], calls: Mapping[str, int], output_format: str) -> None:
    from shopfast_obs.report.json import written

    if output_format == "text":
        from shopfast_obs.cli.output.findings import show

        show(app.terminal, reviewed, calls)
    elif output_format == "json":
        from shopfast_obs.report.findings.document import document

        app.terminal.raw(written(document(reviewed, calls)))
    elif output_format == "sarif":
        from shopfast_obs.report.findings.sarif import sarif

        app.terminal.raw(written(sarif(reviewed, rules)))
    elif output_format == "junit":
        from shopfast_obs.report.findings.junit import junit

        app.terminal.raw(junit(reviewed))
    else:
        from shopfast_obs.report.findings.markdown import markdown

        app.terminal.raw(markdown(reviewed))


def _policy() -> str:
    import json

    from shopfast_obs.cloud.policy import policy

    return json.dumps(policy(), indent=2) + "\n"


def _schema() -> str:
    from shopfast_obs.report.json import written
    from shopfast_obs.report.schema import schema

    return written(schema("diagnosis"))


def _baseline(path: Path) -> Mapping[str, int]:
    import json

    from shopfast_obs.diagnose.review import read_baseline

    hint = f"Make it: shopfast-obs diagnose ... --baseline {path} --write-baseline"
    try:
        return read_baseline(json.loads(confine.content(path)), str(path))
    except OSError as problem:
        raise UserError(f"{path} cannot be read: {problem.strerror}.", hint) from None
    except (ValueError, RecursionError):
        raise UserError(f"{path} is no baseline: it is not JSON.", hint) from None


def _write(path: Path, reviewed: Review) -> None:
    import json

    from shopfast_obs.changes import files
    from shopfast_obs.diagnose.review import baseline

    try:
        files.write(path, f"{json.dumps(baseline(reviewed), indent=2)}\n".encode(), bits=files.mode(path))
    except OSError as problem:
        raise UserError(f"{path} cannot be written: {problem.strerror}.", "Name another file.") from None
