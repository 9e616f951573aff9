"""Every remedy is for who reads it: its command exists there, names files that are there, and removes the finding."""

import inspect
import json
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.cli.app import App
from shopfast_obs.cli.inputs import diagnosis_input
from shopfast_obs.cli.targets import available
from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.model.findings import Finding
from shopfast_obs.model.recording import Recording
from shopfast_obs.model.resources import FUNCTION_URL, PERMISSION, Resource
from shopfast_obs.settings import Settings
from tests.cli.command_line import invoke
from tests.commands import SHELL, parsed
from tests.diagnose.builders import finished, function, observed, written
from tests.scenarios import matrix

SICK = Path(__file__).with_name("sick")
ASSEMBLY = Path(__file__).parents[2] / "recorded" / "templates" / "cdk"
DIALECTS = ("template.yaml", "sam.yaml", "serverless.yml")
# Of what is deployed: between them they have a finding of every rule whose remedy is a command.
RECORDINGS = ("shopfast/F34", "parcels/F03", "parcels/F07+F13+F24", "parcels/F04", "shopfast/F19+F11+F28",
              "parcels/F17", "parcels/F26")  # fmt: skip
OF_A_PROJECT = re.compile(r"shopfast-obs (deploy|alarms apply|fix --apply|instrument --apply)$")
COMMANDS = re.compile(r"shopfast-obs|command=|\baws ")


def findings(file: str) -> dict[tuple[str, str], dict[str, Any]]:
    """What `diagnose --template` finds, by rule and resource."""
    document = json.loads(invoke("diagnose", "--template", file, "--level", "info", "--format", "json").stdout)
    assert document["gaps"] == []
    return {(found["rule"], found["resource"]): found for found in document["findings"]}


def exists(line: str, folder: Path) -> None:
    """The command parses, and the template that it names is there."""
    if line.startswith("aws "):
        return  # tests/test_runbooks.py knows how to look at those
    words = shlex.split(line)
    parsed(line)
    for option in {"--template", "--into"} & set(words):
        assert (folder / words[words.index(option) + 1]).is_file(), line


@pytest.fixture
def sick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of somebody with the sources of the sick application and no project of ours."""
    shutil.copytree(SICK / "src", tmp_path / "src")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("file", DIALECTS)
def test_the_commands_for_a_template_remove_their_findings(file: str, sick: Path) -> None:
    """Each is run as it is printed; where none can do it, the remedy says that it is done by hand."""
    shutil.copy(SICK / file, sick)
    before = findings(file)
    commands = dict.fromkeys(found["remedy"]["command"] for found in before.values())
    for found in before.values():
        assert found["runbook"] == ""
        if found["remedy"]["changes"] and not found["remedy"]["command"]:
            assert "By hand:" in found["remedy"]["summary"]
    changing = [command for command in commands if " --template " in command and "--target" not in command]
    assert {command.split()[1] for command in changing} == {"alarms", "fix", "instrument"}
    for command in filter(None, commands):
        exists(command, sick)
    for command in changing:
        quick = ["--no-prove"] if "instrument" in command else []
        result = invoke(*shlex.split(command)[1:], *quick)
        assert result.exit_code == 0, result.output
    after = findings(file)
    assert after.keys() <= before.keys()
    assert [key for key, found in after.items() if before[key]["remedy"]["command"] in changing] == []


def test_a_folder_with_a_space_stays_one_word(sick: Path) -> None:
    """Names are quoted for the shell."""
    (sick / "my app").mkdir()
    shutil.copy(SICK / "template.yaml", sick / "my app")
    commands = {found["remedy"]["command"] for found in findings("my app/template.yaml").values()}
    assert "shopfast-obs fix --apply --template 'my app/template.yaml'" in commands


def test_what_serverless_or_sam_packaged_is_mended_in_what_people_write(sick: Path) -> None:
    """What a tool makes would be made anew; where its origin is not at hand, nothing is promised."""
    packaged = sick / ".serverless" / "cloudformation-template-update-stack.json"
    packaged.parent.mkdir()
    shutil.copy(ASSEMBLY.parent / "packaged" / ".serverless" / packaged.name, packaged)
    alone = {found["remedy"]["command"] for found in findings(str(packaged)).values()}
    assert not any(" apply" in command or "--apply" in command for command in alone)
    shutil.copy(SICK / "serverless.yml", sick)
    commands = {found["remedy"]["command"] for found in findings(str(packaged)).values()}
    assert f"shopfast-obs alarms apply --template {sick / 'serverless.yml'}" in commands


def test_a_cdk_app_that_is_no_project_of_ours_is_promised_nothing(sick: Path) -> None:
    """Its template is made anew by each synthesis: the plan of alarms can be looked at, the rest is done by hand."""
    shutil.copytree(ASSEMBLY / "cdk.out", sick / "cdk.out")
    found = findings("cdk.out")
    commands = {one["remedy"]["command"] for one in found.values()} - {""}
    assert commands == {
        f"shopfast-obs alarms plan --template {sick}/cdk.out/Bad.template.json",
        "shopfast-obs diagnose --target aws",
    }
    assert invoke(*shlex.split(sorted(commands)[0])[1:]).exit_code == 0
    assert "By hand: a tool makes this template" in found["workflow-not-traced", "bad-flow"]["remedy"]["summary"]
    refused = invoke("fix", "--template", "cdk.out", "--apply")
    assert refused.exit_code == 2
    assert "is made by the CDK" in refused.output


def test_a_cdk_app_of_a_project_is_mended_by_its_overlay(sick: Path) -> None:
    """Where `app` says so, and for the assembly of that app."""
    (sick / "pyproject.toml").write_text('[tool.shopfast-obs]\napp = "app.py"\n')
    shutil.copytree(ASSEMBLY / "cdk.out", sick / "cdk.out")
    commands = {found["remedy"]["command"] for found in findings("cdk.out").values()} - {""}
    assert {command for command in commands if OF_A_PROJECT.match(command)} == {
        "shopfast-obs alarms apply",
        "shopfast-obs fix --apply",
        "shopfast-obs instrument --apply",
    }


def more() -> Recording:
    """What no recording has: a URL with one permission, and lines without structure in a memory that is nearly full."""
    web = function()
    properties = {"FunctionName": web.name, "Action": "lambda:InvokeFunctionUrl", "Principal": "*"}
    url = Resource(FUNCTION_URL, "u", properties={"TargetFunctionArn": web.name, "AuthType": "NONE"})
    lines = [finished(1, used_mb=120), ["loading products\n"], finished(2), ["loaded\n"]]
    context = observed(web, url, Resource(PERMISSION, "p", properties=properties), logs=written(web, *lines))
    return Recording(context.inventory, context.observations)


def seen(place: Any) -> Iterator[Finding]:
    """The findings of the recordings as somebody at this place reads them."""
    looks = [diagnosis_input.at_file(matrix.RECORDED / f"{name}.json.gz") for name in RECORDINGS]
    for look in (*looks, diagnosis_input.DiagnosisInput((more(),))):
        yield from look.diagnosed(None, place).findings


def reader(root: Path, *, project: bool, source: str) -> Any:
    """The place of somebody with or without a project, who looks at this cloud."""
    from dataclasses import replace

    inner = available.place(App(Settings(root=root, app="app.py" if project else "")))

    def place(recording: Recording) -> Any:
        return inner(replace(recording, inventory=replace(recording.inventory, source=source)))

    return place


@pytest.mark.parametrize("source", ["local", "aws eu-west-1"])
@pytest.mark.parametrize("project", [True, False])
def test_remedies_for_what_is_deployed_exist(sick: Path, source: str, *, project: bool) -> None:
    """Of every rule that was observed, for a project with an overlay and for somebody without one."""
    found = list(seen(reader(sick, project=project, source=source)))
    assert {one.runbook for one in found} == {""}
    commands = {one.remedy.command for one in found} - {""}
    for command in commands:
        exists(command.removeprefix(SHELL), sick)
    ours = {command for command in commands if command.startswith("shopfast-obs")}
    asking = {command for command in ours if not OF_A_PROJECT.match(command)}
    assert asking
    assert bool(ours - asking) == project
    if source != "local":
        wanted = {"--target aws", "--region eu-west-1"}
        assert all(wanted <= {" ".join(pair) for pair in pairs(command)} for command in asking)
        assert all("--region eu-west-1" in command for command in commands if command.startswith("aws "))
    if not project:
        assert any(command.startswith("shopfast-obs alarms apply --live") for command in ours)
        functions = {one.resource for one in found if one.rule == "lambda-not-traced"}
        assert any(command.startswith("shopfast-obs alarms apply --live") for command in ours)
        assert any(f"instrument --live --function {name} --apply" in command for command in ours for name in functions)


def pairs(command: str) -> Sequence[tuple[str, str]]:
    """Neighbouring words."""
    words = shlex.split(command)
    return list(pairwise(words))


def test_every_rule_whose_remedy_is_a_command_is_among_these(sick: Path) -> None:
    """A rule that nothing here finds has no command to give."""
    found = {one.rule for one in seen(None)}
    for file in DIALECTS:
        shutil.copy(SICK / file, sick)
        found |= {rule for rule, _ in findings(file)}
    silent = [rule.id for rule in catalogue() if rule.id not in found and COMMANDS.search(_source(rule))]
    assert silent == []


def _source(rule: Rule) -> str:
    name = next(name for name, module in sys.modules.items() if getattr(module, "RULE", None) is rule)
    return inspect.getsource(sys.modules[name])
