"""`instrument` on plain folders, as scripts use it."""

import json
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.settings import load
from tests.cli.assembly import wired
from tests.cli.command_line import invoke

PLAIN = (
    'import json\n\n\ndef lambda_handler(event, context):\n    print("got", event["id"])\n    return json.dumps({})\n'
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with one function and one file that is none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHOPFAST_OBS_STATE", raising=False)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text(PLAIN)
    (tmp_path / "src" / "model.py").write_text("X = 1\n")
    return tmp_path


def document(*arguments: str) -> Any:
    """What a command prints with --format json."""
    return json.loads(invoke(*arguments, "--format", "json").stdout)


def test_without_a_choice_it_only_shows_the_diff(project: Path) -> None:
    """On stdout, and nothing else there; the file stays."""
    result = invoke("instrument", "src")
    assert result.exit_code == 0
    assert result.stdout.startswith("diff --git a/src/app.py b/src/app.py\n")
    assert "+@logger.inject_lambda_context" in result.stdout
    assert "Nothing was changed" in result.stderr
    assert (project / "src/app.py").read_text() == PLAIN


def test_apply_check_and_undo_are_a_round(project: Path) -> None:
    """Missing, made, nothing missing, taken back byte for byte."""
    assert invoke("instrument", "src", "--check").exit_code == 1
    assert invoke("instrument", "src", "--apply").exit_code == 0
    instrumented = (project / "src/app.py").read_text()
    assert instrumented != PLAIN
    assert invoke("instrument", "src", "--check").exit_code == 0
    assert "Nothing is missing" in invoke("instrument", "src", "--apply").stderr
    assert (project / "src/app.py").read_text() == instrumented
    assert invoke("undo", "--yes").exit_code == 0
    assert (project / "src/app.py").read_text() == PLAIN


def test_json_names_every_file_with_status_codemods_and_reason(project: Path) -> None:
    """The contract of scripts."""
    (project / "src" / "broken.py").write_text("def lambda_handler(event, context:\n")
    files = {entry["path"]: entry for entry in document("instrument", "src", "--profile", "all")["files"]}
    assert files["src/app.py"] == {
        "path": "src/app.py",
        "status": "changed",
        "codemods": ["logger", "tracer", "metrics", "runtime", "prints"],
        "reason": "",
    }
    assert files["src/broken.py"]["status"] == "skipped"
    assert "does not parse" in files["src/broken.py"]["reason"]
    assert "src/model.py" not in files


def test_the_profile_chooses_how_far_codemods_go(project: Path) -> None:
    """Without one no line of the application changes; the settings may name one; another name is refused."""
    found = {}
    for name in ("", "decorators", "logs", "all"):
        (entry,) = document("instrument", "src", *(("--profile", name) if name else ()))["files"]
        found[name] = entry["codemods"]
    assert found[""] == found["decorators"] == ["logger", "tracer", "metrics", "runtime"]
    assert found["logs"] == found["all"] == [*found[""], "prints"]
    (project / "pyproject.toml").write_text('[tool.shopfast-obs]\ncodemods = "logs"\n')
    (entry,) = document("instrument", "src")["files"]
    assert entry["codemods"] == found["logs"]
    result = invoke("instrument", "src", "--profile", "dev")
    assert result.exit_code == 2
    assert "There is no profile 'dev'" in result.stderr


def test_only_and_skip_choose_codemods(project: Path) -> None:
    """An unknown one is refused with the known ones."""
    (only,) = document("instrument", "src", "--only", "tracer")["files"]
    assert only["codemods"] == ["tracer"]
    (skip,) = document("instrument", "src", "--skip", "runtime", "--skip", "prints")["files"]
    assert skip["codemods"] == ["logger", "tracer", "metrics"]
    result = invoke("instrument", "src", "--only", "x")
    assert result.exit_code == 2
    assert "There is no codemod 'x'" in result.stderr


def test_one_file_changes_only_that_file(project: Path) -> None:
    """It makes its own Logger, although it imports a sibling."""
    (project / "src/app.py").write_text("import model\n" + PLAIN)
    (entry,) = document("instrument", "src/app.py", "--apply")["files"]
    assert entry["status"] == "changed"
    assert sorted(path.name for path in (project / "src").iterdir()) == ["app.py", "model.py"]


def test_an_absolute_path_elsewhere_is_undone_from_here(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The journal lives in the working directory, paths are shown as they were given."""
    other = tmp_path_factory.mktemp("other") / "handler.py"
    other.write_text(PLAIN)
    (entry,) = document("instrument", str(other), "--apply")["files"]
    assert entry["path"] == str(other)
    assert other.read_text() != PLAIN
    assert invoke("undo", "--yes").exit_code == 0
    assert other.read_text() == PLAIN


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("empty",), "No Lambda handler was found in"),
        (("src", "empty"), "No Lambda handler was found in"),
        (("nowhere",), "There is no file or folder"),
        ((), "does not say where its services are"),
    ],
)
def test_what_cannot_be_instrumented_is_one_sentence_and_exit_code_2(
    project: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    """And nothing is half done."""
    (project / "empty").mkdir()
    result = invoke("instrument", *arguments, "--apply")
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert (project / "src/app.py").read_text() == PLAIN
    assert not (project / ".shopfast").exists()


def test_a_file_without_a_handler_is_an_answer_and_no_error(project: Path) -> None:
    """Tools hand over whatever was changed."""
    (project / "empty.py").touch()
    for name in ("src/model.py", "empty.py"):
        (entry,) = document("instrument", name)["files"]
        assert (entry["path"], entry["status"]) == (name, "skipped")
        assert invoke("instrument", name, "--check").exit_code == 0


def test_a_project_that_was_never_synthesised_is_told_what_to_run(project: Path) -> None:
    """The overlay needs to know the functions."""
    (project / "pyproject.toml").write_text('[tool.shopfast-obs]\napp = "app.py"\nservices = ["services"]\n')
    (project / "src").rename(project / "services")
    result = invoke("instrument")
    assert result.exit_code == 2
    assert "shopfast-obs deploy" in result.stderr


TEMPLATE = {
    "Resources": {
        "F1": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": "shop-orders",
                "Handler": "app.lambda_handler",
                "Runtime": "python3.11",
                "Role": "r",
                "Code": {},
            },
        }
    }
}


def synthesised(project: Path) -> None:
    """A project whose app was synthesised once."""
    out = project / ".shopfast" / "cdk.out"
    out.mkdir(parents=True)
    (out / "shop.template.json").write_text(json.dumps(TEMPLATE))
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": "shop.template.json", "stackName": "shop"},
        "displayName": "shop",
    }
    (out / "manifest.json").write_text(json.dumps({"version": "48.0.0", "artifacts": {"shop": artifact}}))
    (project / "pyproject.toml").write_text(
        '[tool.shopfast-obs]\napp = "app.py"\nservices = ["services"]\noverlay = "cdk/overlay.json"\ncodemods = "all"\n'
    )
    wired(load(project, {}))
    (project / "services").mkdir()
    (project / "src").rename(project / "services" / "orders")


def test_a_project_gets_sources_and_overlay_and_loses_both_with_one_undo(project: Path) -> None:
    """The functions are those of the last synthesis."""
    synthesised(project)
    before = {str(p): p.read_bytes() for p in project.rglob("*") if p.is_file()}
    result = document("instrument", "--apply")
    assert {f["path"]: f["codemods"] for f in result["files"]} == {
        "services/orders/app.py": ["logger", "tracer", "metrics", "runtime", "prints"],
        "cdk/overlay.json": ["overlay"],
    }
    (resource,) = json.loads((project / "cdk/overlay.json").read_text())["resources"]
    assert resource["layers"] == ["powertools", "runtime"]
    assert resource["properties"]["TracingConfig.Mode"] == "Active"
    assert invoke("instrument", "--check").exit_code == 0
    assert invoke("undo", "--yes").exit_code == 0
    left = {str(p): p.read_bytes() for p in project.rglob("*") if p.is_file() and "journal" not in p.parts}
    assert left == before


def test_what_functions_share_lies_beside_them(project: Path) -> None:
    """A folder without a handler is none of theirs; services without any are refused."""
    synthesised(project)
    (project / "services" / "common").mkdir()
    assert "services/orders/app.py" in {file["path"] for file in document("instrument", "--apply")["files"]}
    assert invoke("undo", "--yes").exit_code == 0
    (project / "services/orders/app.py").unlink()
    result = invoke("instrument", "--apply")
    assert result.exit_code == 2
    assert "No Lambda handler was found in" in result.stderr


def test_functions_may_share_the_folder_itself(project: Path) -> None:
    """`services/app.py` is the module of `app.handler` where the folder is what the functions are made from."""
    synthesised(project)
    (project / "services/orders/app.py").rename(project / "services/app.py")
    (project / "services/orders/shared.py").write_text("X = 1\n")
    files = {file["path"] for file in document("instrument", "--apply")["files"]}
    assert files == {"services/app.py", "cdk/overlay.json"}


TRACED = (
    "from aws_lambda_powertools import Tracer\n\ntracer = Tracer()\n\n\n"
    "@tracer.capture_lambda_handler\ndef lambda_handler(event, context):\n    return 1\n"
)


def test_a_migration_is_a_round(project: Path) -> None:
    """Shown, missing, made, nothing left, taken back byte for byte; it goes alone."""
    (project / "src/app.py").write_text(TRACED)
    move = ("instrument", "src", "--migrate", "xray-to-otel")
    assert "+@traced" in invoke(*move).stdout
    assert invoke(*move, "--check").exit_code == 1
    assert invoke(*move, "--apply").exit_code == 0
    assert invoke(*move, "--check").exit_code == 0
    assert invoke("undo", "--yes").exit_code == 0
    assert (project / "src/app.py").read_text() == TRACED
    alone = invoke(*move, "--only", "logger")
    assert (alone.exit_code, "goes without --only" in alone.stderr) == (2, True)


def test_a_migration_says_why_it_leaves_a_source(project: Path) -> None:
    """And does not call that nothing."""
    (project / "src/app.py").write_text(f"import sentry_sdk\nfrom sentry_sdk.integrations import aws_lambda\n{TRACED}")
    result = invoke("instrument", "src", "--migrate", "xray-to-otel")
    assert "src/app.py: skipped: app.py:1: Sentry follows its invocations already" in result.stderr
    assert "Nothing else can be changed: see the reasons above." in result.stderr
    assert "Next: the same command" not in result.stderr
