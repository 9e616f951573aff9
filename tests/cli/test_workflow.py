"""The reusable workflow and the pre-commit hooks: their own steps, run on a repository as they run there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/observability.yml").read_text(encoding="utf-8"))
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
FUNCTION = """Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: src, Handler: app.handler, Runtime: RUNTIME, Timeout: 3, Events: {Q: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}}}
  Queue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 1}}
"""  # noqa: E501 - as people write it
TABLE = "Resources:\n  Topic: {Type: AWS::SNS::Topic}\n"


def steps() -> dict[str, dict[str, Any]]:
    """The steps of the workflow's only job, by id or name."""
    (job,) = WORKFLOW["jobs"].values()
    return {step.get("id") or step.get("name", step.get("uses")): step for step in job["steps"]}


class Runner:
    """Runs steps of the workflow in a repository, as GitHub's runner does: bash, files for outputs and the summary."""

    def __init__(self, repository: Path, temp: Path) -> None:
        self.repository, self.temp = repository, temp
        temp.mkdir()
        self.output, self.summary = temp / "output", temp / "summary"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "RUNNER_TEMP": str(temp), "GITHUB_OUTPUT": str(self.output), "GITHUB_STEP_SUMMARY": str(self.summary),
        }  # fmt: skip

    def run(self, name: str, **given: str) -> int:
        """The exit code of a step with these values of its expressions."""
        step = steps()[name]
        assert set(given) == set(step.get("env", {}))
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(
            command, cwd=self.repository, env={**self.environment, **given}, capture_output=True, text=True, check=False
        )
        assert not done.stderr.startswith("bash:"), done.stderr
        return done.returncode

    def outputs(self) -> dict[str, str]:
        """What the steps have told so far, the last value of each name."""
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())


def git(folder: Path, *arguments: str) -> str:
    """What git prints."""
    name = ("-c", "user.name=n", "-c", "user.email=n@example.org")
    return subprocess.run(
        ["git", *name, *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two templates, of which the second commit changes one and adds one with a space in its name."""
    root = tmp_path / "repository"
    (root / "src").mkdir(parents=True)
    git(root, "init", "-q")
    (root / "src/app.py").write_text("def handler(event, context):\n    return event\n")
    (root / "template.yaml").write_text(FUNCTION.replace("RUNTIME", "python3.13"))
    (root / "docker-compose.yml").write_text("services: {}\n")
    (root / "old.template.yaml").write_text(TABLE)
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    (root / "template.yaml").write_text(FUNCTION.replace("RUNTIME", "python3.12"))
    (root / "docker-compose.yml").write_text("services: {a: {}}\n")
    (root / "two words.template.yaml").write_text(TABLE)
    git(root, "rm", "-q", "old.template.yaml")
    git(root, "add", ".")
    git(root, "commit", "-qm", "second")
    return root


def test_what_the_workflow_may_do_is_said_by_job() -> None:
    """No expression of GitHub stands in a script, where a branch name could be a command; no step has more rights."""
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert set(WORKFLOW[True]) == {"workflow_call"}  # YAML 1.1 reads `on` as true
    for name, step in steps().items():
        assert "${{" not in step.get("run", ""), name
    used = {name for step in steps().values() for name in re.findall(r"inputs\.([\w-]+)", json.dumps(step))}
    assert used == set(WORKFLOW[True]["workflow_call"]["inputs"])


def test_the_hooks_take_the_templates_that_diagnose_takes_and_the_sources_that_are_deployed() -> None:
    """Every other YAML file and every test is left alone."""
    names = ("template.yaml", "a/template.json", "a b/serverless.yml", "cdk/Shop.template.json", "x.template.yml")
    hook = HOOKS["shopfast-obs-diagnose"]
    assert all(re.search(hook["files"], name) and not re.search(hook["exclude"], name) for name in names)
    others = (".github/workflows/a.yml", "docker-compose.yml", "my-template.yaml", "template.yaml.j2")
    assert not any(re.search(hook["files"], name) for name in others)
    sources = HOOKS["shopfast-obs-instrument"]
    assert not any(re.search(sources["exclude"], name) for name in ("src/app.py", "latest/app.py", "a/testing.py"))
    left = ("tests/test_app.py", "a/test/app.py", "conftest.py", "src/test_app.py", "src/app_test.py")
    assert all(re.search(sources["exclude"], name) for name in left)


@pytest.mark.slow
def test_changed_templates_are_judged_and_the_outcome_is_that_of_the_worst(repository: Path, tmp_path: Path) -> None:
    """Not those that did not change, nor those that are gone, nor other YAML files."""
    runner = Runner(repository, tmp_path / "temp")
    patterns = WORKFLOW[True]["workflow_call"]["inputs"]["templates"]["default"]
    assert runner.run("changed", TEMPLATES=patterns, BASE="HEAD~1") == 0
    assert (runner.temp / "templates").read_text().split("\0") == ["template.yaml", "two words.template.yaml", ""]
    assert runner.outputs() == {"count": "2"}
    assert runner.run("diagnose", FAIL_ON="medium") == 0
    assert runner.outputs()["code"] == "1"
    found = json.loads((runner.temp / "findings.sarif").read_text())["runs"][0]["results"]
    assert found
    assert runner.summary.read_text() == (runner.temp / "findings.md").read_text() != ""
    assert runner.run("instrument") == 0
    assert runner.outputs()["code"] == "1"
    for diagnosed, instrumented, code in (("1", "0", 1), ("0", "1", 1), ("0", "", 0), ("", "", 2), ("4", "1", 4)):
        assert runner.run("Outcome", DIAGNOSE=diagnosed, INSTRUMENT=instrumented) == code


@pytest.mark.slow
def test_without_a_changed_template_nothing_is_counted(repository: Path, tmp_path: Path) -> None:
    """The steps that follow are skipped by that."""
    runner = Runner(repository, tmp_path / "temp")
    assert runner.run("changed", TEMPLATES="\n:(glob)**/nothing.yaml\n", BASE="HEAD~1") == 0
    assert runner.outputs() == {"count": "0"}
    guarded = [step for name, step in steps().items() if name in ("diagnose", "instrument", "Comment", "Outcome")]
    assert all("steps.changed.outputs.count != '0'" in step["if"] for step in guarded)


@pytest.fixture(scope="module")
def checkers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with pre-commit and a validator of workflows."""
    place = tmp_path_factory.mktemp("checkers") / "v"
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    subprocess.run(
        [place / "bin/python", "-m", "pip", "install", "-q", "pre-commit==4.7.0", "check-jsonschema==0.39.0"],
        check=True,
    )
    return place / "bin"


@pytest.mark.slow
def test_their_own_validators_take_them(checkers: Path) -> None:
    """The schema of GitHub's workflows, and pre-commit's of hooks."""
    schema = "vendor.github-workflows"
    workflow = ROOT / ".github/workflows/observability.yml"
    subprocess.run([checkers / "check-jsonschema", "--builtin-schema", schema, workflow], check=True)
    subprocess.run([checkers / "pre-commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml"], check=True)


@pytest.mark.slow
def test_pre_commit_runs_the_hooks(checkers: Path, repository: Path, tmp_path: Path) -> None:
    """It installs this checkout, and each hook finds what is wrong in the files that a commit changes."""
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home")}
    here = tmp_path / "here"
    subprocess.run(["git", "clone", "-q", ROOT, here], check=True)
    for hook, said in (("diagnose", "template.yaml"), ("instrument", "src/app.py")):
        command = [checkers / "pre-commit", "try-repo", here, f"shopfast-obs-{hook}", "--all-files", "--verbose"]
        done = subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 1, done.stdout + done.stderr
        assert f"hook id: shopfast-obs-{hook}" in done.stdout
        assert "exit code: 1" in done.stdout
        assert said in done.stdout
