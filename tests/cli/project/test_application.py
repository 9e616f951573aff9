"""`init --app` on applications of each kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shopfast_obs.cli import main
from shopfast_obs.cli.project.application import find

HANDLER = "def handler(event, context):\n    return event\n"
SAM = """Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: orders/src, Handler: app.handler, Runtime: python3.12}
  Page:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: page, Handler: index.handler, Runtime: nodejs22.x}
"""
CLOUDFORMATION = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n"
SERVERLESS = "service: shop\nprovider: {name: aws, runtime: python3.12}\nfunctions:\n  a: {handler: jobs/a.handler}\n"
CDK = "import aws_cdk as cdk\n\nshop = cdk.App()\nshop.synth()\n"


QUEUE = json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})
PROJECTS = {
    "cdk": {
        "cdk.json": json.dumps({"app": "uv run python infra/app.py"}),
        "infra/app.py": CDK,
        "infra/custom.py": f"import aws_cdk\n{HANDLER}",
        "services/orders/app.py": HANDLER,
        "services/stock/app.py": HANDLER,
        "tests/conftest.py": HANDLER,
        "docs/example/app.py": HANDLER,
    },
    "typescript": {"infra/cdk.json": json.dumps({"app": "npx ts-node bin/app.ts"}), "shop/jobs/app.py": HANDLER},
    "sam": {
        "template.yaml": SAM,
        "other.yaml": CLOUDFORMATION,
        "orders/src/app.py": HANDLER,
        "page/index.py": "",
        "tools/run.py": HANDLER,
    },
    "several": {"b.yaml": SAM, "a.yaml": CLOUDFORMATION, "orders/src/app.py": HANDLER},
    "package": {"stack.json": QUEUE, "shop/__init__.py": "", "shop/jobs/__init__.py": "", "shop/jobs/app.py": HANDLER},
    "serverless": {"serverless.yml": SERVERLESS, "jobs/a.py": HANDLER},
    "root": {"serverless.yml": SERVERLESS.replace("jobs/", ""), "a.py": HANDLER},
}


def project(root: Path, kind: str) -> Path:
    """An application as people lay one out."""
    for name, text in PROJECTS[kind].items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def run(*arguments: str) -> Result:
    """What the command said and left."""
    return CliRunner().invoke(main, ["init", "--app", *arguments])


@pytest.mark.parametrize(
    ("kind", "title", "definitions", "services"),
    [
        ("cdk", "CDK app", ("infra/app.py",), ("services",)),
        ("typescript", "CDK app", (), ("shop/jobs",)),
        ("sam", "SAM template", ("template.yaml",), ("orders/src",)),
        ("several", "SAM template", ("a.yaml", "b.yaml"), ("orders/src",)),
        ("package", "CloudFormation template", ("stack.json",), ("shop",)),
        ("serverless", "Serverless Framework file", ("serverless.yml",), ("jobs",)),
        ("root", "Serverless Framework file", ("serverless.yml",), ()),
    ],
)
def test_what_it_is_and_where_its_functions_are(
    tmp_path: Path, kind: str, title: str, definitions: tuple[str, ...], services: tuple[str, ...]
) -> None:
    """From the template, else from the handlers; not the tests, the documentation, or what builds stacks."""
    found = find(project(tmp_path, kind))
    assert (found.kind, found.definitions, found.services) == (title, definitions, services)


def test_a_plan_changes_nothing_and_apply_can_be_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that has a pyproject.toml already: its own lines stay, and come back byte for byte."""
    own = b"[project]\r\nname = 'shop'\r\n"
    root = project(tmp_path / "shop", "cdk")
    (root / "pyproject.toml").write_bytes(own)
    planned = run(str(root))
    assert planned.exit_code == 0, planned.stderr
    assert '+overlay = "infra/overlay.json"' in planned.stdout
    assert "Nothing was changed. Next: the same command with --apply" in planned.stderr
    assert (root / "pyproject.toml").read_bytes() == own
    assert not (root / ".shopfast").exists()
    assert run(str(root), "--check").exit_code == 1
    applied = run(str(root), "--apply")
    assert applied.stdout == f"{root}/pyproject.toml\n"
    assert (root / "pyproject.toml").read_bytes().startswith(own)
    assert run(str(root), "--check").exit_code == 0
    monkeypatch.chdir(root)
    assert CliRunner().invoke(main, ["undo", "--yes"]).exit_code == 0
    assert (root / "pyproject.toml").read_bytes() == own


def test_the_two_lines_of_a_cdk_app_are_proposed_until_it_has_them(tmp_path: Path) -> None:
    """With their place and the name that the app has there."""
    root = project(tmp_path, "cdk")
    said = run(str(root)).stderr
    assert "Put these lines into infra/app.py, before line 4 (`shop.synth()`):" in said
    assert 'apply_overlay(shop, "infra/overlay.json")' in said
    program = root / "infra/app.py"
    lines = 'from shopfast_obs.constructs import apply_overlay\napply_overlay(shop, "infra/overlay.json")\n'
    program.write_text(CDK.replace("shop.synth", f"{lines}shop.synth"))
    assert "infra/app.py applies the overlay." in run(str(root)).stderr


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("typescript", "shopfast-obs diagnose --template cdk.out"),
        ("several", "shopfast-obs diagnose a.yaml b.yaml"),
        ("serverless", "shopfast-obs instrument --template serverless.yml --diff"),
        ("root", "pyproject.toml needs no more settings."),
    ],
)
def test_what_comes_next(tmp_path: Path, kind: str, said: str) -> None:
    """Commands for what the application is."""
    assert said in run(str(project(tmp_path, kind))).stderr


def test_of_several_applications_one_is_asked_for(tmp_path: Path) -> None:
    """The first is named with its command; nothing is chosen unseen."""
    for name in ("orders", "stock it"):
        project(tmp_path / name, "sam")
    done = run(str(tmp_path))
    assert done.exit_code == 2
    assert f"{tmp_path} has 2 applications: orders, stock it." in done.stderr
    assert f"shopfast-obs init --app {tmp_path}/orders" in done.stderr


def test_one_application_below_is_that_of_the_folder(tmp_path: Path) -> None:
    """The settings go where the command was asked for."""
    project(tmp_path / "backend", "sam")
    found = find(tmp_path)
    assert found.root == tmp_path
    assert found.definitions == ("backend/template.yaml",)
    assert found.services == ("backend/orders/src",)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--app", "nowhere"], "There is no folder nowhere."),
        (["--app", "."], "has no CDK app, SAM or CloudFormation template or serverless.yml."),
        (["shop", "--apply"], "--diff, --apply and --check go with --app."),
        ([], "init needs a folder."),
    ],
)
def test_a_wrong_usage_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    """And nothing is written."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["init", *arguments])
    assert done.exit_code == 2
    assert said in done.stderr
    assert not list(tmp_path.iterdir())
