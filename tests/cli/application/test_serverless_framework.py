"""What a serverless.yml is read from, and that the framework runs when the user says so only."""

import gzip
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from shopfast_obs import cli
from shopfast_obs.cli.application import serverless_framework

SERVICE = "service: shop\nprovider: {name: aws, runtime: python3.13}\nfunctions: {f: {handler: a.b, timeout: 9}}\n"
# A framework of three lines: it packages one queue, and leaves a trace of having run.
FRAMEWORK = """
const fs = require('fs'), place = process.argv[process.argv.indexOf('--package') + 1];
fs.mkdirSync(place, {recursive: true}); fs.writeFileSync('ran', '');
if (fs.existsSync('broken')) { console.error('Error:\\nno such plugin'); process.exit(1) }
fs.writeFileSync(`${place}/cloudformation-template-update-stack.json`, JSON.stringify(
  {Resources: {FLambdaFunction: {Type: 'AWS::Lambda::Function', Properties: {Timeout: 77}}}}));
"""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A service in a folder without project and without cloud, with a framework installed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "serverless.yml").write_text(SERVICE, encoding="utf-8")
    program = tmp_path / "node_modules" / "osls" / "bin" / "serverless.js"
    program.parent.mkdir(parents=True)
    program.write_text(FRAMEWORK, encoding="utf-8")
    return tmp_path


def packaged(folder: Path, seconds: int, more: dict[str, object] | None = None) -> None:
    """A package of another timeout, so many seconds younger than the file."""
    place = folder / ".serverless" / serverless_framework.PACKAGED
    place.parent.mkdir()
    function = {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "n", "Timeout": 55}}
    place.write_text(json.dumps({"Resources": {"FLambdaFunction": function, **(more or {})}}), encoding="utf-8")
    state = {"service": {"provider": {"stage": "prod"}}}
    (place.parent / "serverless-state.json").write_text(json.dumps(state), encoding="utf-8")
    at = (folder / "serverless.yml").stat().st_mtime + seconds
    os.utime(place, (at, at))


def looked(*arguments: str) -> tuple[str, list[object]]:
    """What `diagnose` says beside its findings, and the timeouts of the functions that it looked at."""
    result = CliRunner().invoke(cli.main, ["diagnose", "--save-evidence", "seen.json", *arguments])
    seen = Path("seen.json")
    kept = json.loads(gzip.decompress(seen.read_bytes())) if seen.is_file() else {}
    found = [
        resource["properties"]["Timeout"]
        for recording in kept.get("recordings", [])
        for resource in recording["inventory"]["resources"]
        if resource["type"] == "AWS::Lambda::Function"
    ]
    return result.stderr, found


@pytest.mark.parametrize("arguments", [(), ("--template", "serverless.yml")])
def test_a_package_that_is_not_older_is_read(service: Path, arguments: tuple[str, ...]) -> None:
    """With what it was packaged for; the file is what its findings name."""
    packaged(service, 1)
    said, timeouts = looked(*arguments)
    assert "is read from what was packaged of it" in said
    assert "for the stage prod" in said
    assert timeouts == [55]


def test_what_the_framework_deploys_for_itself_is_no_finding(service: Path) -> None:
    """A function of its own and its role, which only a package has."""
    role = {"Fn::GetAtt": ["IamRoleCustomResourcesLambdaExecution", "Arn"]}
    name = "shop-dev-custom-resource-existing-s3"
    own = {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": name, "Role": role}}
    helpers = {
        "CustomDashresourceDashexistingDashs3LambdaFunction": own,
        "IamRoleCustomResourcesLambdaExecution": {"Type": "AWS::IAM::Role", "Properties": {"Policies": []}},
    }
    packaged(service, 1, helpers)
    said = CliRunner().invoke(cli.main, ["diagnose", "serverless.yml", "--level", "info"]).stdout
    assert "lambda-no-alarm" in said
    assert "ustom" not in said


def test_a_package_that_is_older_is_not(service: Path) -> None:
    """Nor one that is older than a file that is taken in."""
    packaged(service, -1)
    said, timeouts = looked("serverless.yml")
    assert "is older than it" in said
    assert timeouts == [9]


def test_a_package_older_than_a_file_that_is_taken_in_is_not_read(service: Path) -> None:
    """The file beside counts as the service itself."""
    text = SERVICE.replace("timeout: 9", "timeout: '${file(t.json):t}'")
    (service / "serverless.yml").write_text(text, encoding="utf-8")
    (service / "t.json").write_text('{"t": 8}', encoding="utf-8")
    packaged(service, 1)
    at = (service / "serverless.yml").stat().st_mtime + 5
    os.utime(service / "t.json", (at, at))
    assert looked("serverless.yml")[1] == [8]


def test_nothing_of_the_project_is_run_unasked(service: Path) -> None:
    """A repository from outside runs no code here."""
    said, timeouts = looked("serverless.yml")
    assert "as the framework would package it (nothing is packaged beside it)" in said
    assert timeouts == [9]
    assert not (service / "ran").exists()


def test_the_framework_packages_where_the_user_allows_it(service: Path) -> None:
    """Into a folder of its own: the project's is left alone."""
    said, timeouts = looked("serverless.yml", "--run-framework")
    assert "as the framework of this project packaged it just now" in said
    assert timeouts == [77]
    assert (service / "ran").exists()
    assert not (service / ".serverless").exists()


def test_a_framework_that_fails_is_told(service: Path) -> None:
    """By its own first words."""
    (service / "broken").touch()
    assert "could not package serverless.yml: no such plugin" in looked("serverless.yml", "--run-framework")[0]


def test_a_project_without_framework_is_told(service: Path) -> None:
    """And how to install one."""
    (service / "node_modules" / "osls" / "bin" / "serverless.js").unlink()
    assert "No framework is installed" in looked("serverless.yml", "--run-framework")[0]


def test_a_file_outside_of_the_project_is_a_gap(service: Path) -> None:
    """It is not opened, and what it holds is not taken for read."""
    text = SERVICE.replace("functions: {f: {handler: a.b, timeout: 9}}", "functions: ${file(../../../etc/passwd)}")
    (service / "serverless.yml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(cli.main, ["diagnose", "serverless.yml"])
    assert result.exit_code in (2, 4)
    assert "leads outside" in result.output
