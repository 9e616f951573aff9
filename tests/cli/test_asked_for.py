"""What was asked for and is not there is said, with what there is; a cloud that does not answer is no empty one."""

import json
from pathlib import Path

import pytest

from shopfast_obs.cli.output.nearest_names import near
from shopfast_obs.cloud.aws_calls import RefusedError
from shopfast_obs.cloud.synthesis.synth import Project, synthesize
from shopfast_obs.errors import ProjectError
from tests.cli.command_line import invoke

TEMPLATE = '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
ASSEMBLY = {"artifacts": {"A": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "A.template.json"}}}}
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and no cloud."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("SHOPFAST_OBS_STATE", raising=False)


def assembly(folder: str) -> None:
    """A CDK cloud assembly of one stack."""
    Path(folder).mkdir()
    (Path(folder) / "manifest.json").write_text(json.dumps(ASSEMBLY))
    (Path(folder) / "A.template.json").write_text(TEMPLATE)


@pytest.mark.parametrize("name", ["template.yaml", "template.json", "serverless.yml", "app.template.json"])
def test_diagnose_beside_a_template_reads_it_where_no_cloud_runs(name: str) -> None:
    """And says so, with the command that does it anywhere."""
    serverless = "service: x\nprovider: {name: aws, runtime: python3.13}\nfunctions: {f: {handler: a.b}}\n"
    Path(name).write_text(serverless if name.startswith("serverless") else TEMPLATE)
    result = invoke("diagnose", "--level", "critical")
    assert result.exit_code == 0, result.output
    assert f"{name} is looked at" in result.stderr
    assert f"template {name}" in " ".join(result.stdout.split())


@pytest.mark.parametrize(("settings", "folder"), [({}, "cdk.out"), ({"output": "made"}, "made")])
def test_diagnose_beside_a_cdk_app_reads_what_was_synthesised(settings: dict[str, str], folder: str) -> None:
    """Where cdk.json says; an app that was not synthesised is no clean one."""
    Path("cdk.json").write_text(json.dumps({"app": "python app.py", **settings}))
    result = invoke("diagnose")
    assert result.exit_code == 2
    assert "cdk synth" in result.stderr
    assembly(folder)
    result = invoke("diagnose", "--level", "critical")
    assert result.exit_code == 0, result.output
    assert f"{folder} is looked at" in result.stderr


@pytest.mark.parametrize("more", [("--stack", "x"), ("--target", "aws", "--profile", "nobody")])
def test_who_asks_for_a_cloud_gets_no_template(more: tuple[str, ...]) -> None:
    """It would answer another question."""
    Path("template.json").write_text(TEMPLATE)
    result = invoke("diagnose", *more)
    assert result.exit_code == 3
    assert "looked at" not in result.stderr


def test_a_file_is_a_template() -> None:
    """As the usage line has it."""
    Path("mine.json").write_text(TEMPLATE)
    assert invoke("diagnose", "mine.json", "--level", "critical").exit_code == 0
    assert invoke("diagnose", "nowhere.json").exit_code == 2


@pytest.mark.parametrize(
    "command",
    [
        "status", "diagnose", "destroy", "logs", "logs --group x", "report traces", "report errors", "fix --live",
        "compare 30m..15m 15m..", "trace 1-5e34a614-10bd1234f1fb44f07bc535a1", "alarms wait x OK", "tune f",
        "instrument --live --function f",
    ],
)  # fmt: skip
def test_a_stale_endpoint_is_no_empty_cloud(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked, also beside a template."""
    Path("template.json").write_text(TEMPLATE)
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOWHERE)
    result = invoke(*command.split())
    assert result.exit_code == 3, result.output
    assert NOWHERE in result.stderr
    assert "unset AWS_ENDPOINT_URL" in result.stderr


@pytest.mark.parametrize(
    "command", ["status", "diagnose", "alarms plan", "alarms apply", "deploy", "fix", "cloud logs"]
)
def test_nobody_without_a_project_is_sent_to_deploy_it(command: str) -> None:
    """It would only say that there is no project."""
    result = invoke(*command.split())
    assert result.exit_code in (2, 3)
    assert "shopfast-obs deploy" not in result.stderr


def test_what_is_no_trace_id_was_not_sampled_out() -> None:
    """It cannot be one."""
    result = invoke("trace", "zzz")
    assert result.exit_code == 2
    assert "no trace id" in result.stderr


def test_a_folder_without_exercises_is_no_finished_workshop() -> None:
    """An empty table would say that there is nothing to learn."""
    Path("runbooks").mkdir()
    assert invoke("workshop", "list").exit_code == 2


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("prodact", "Near are: /aws/lambda/shop-product-service."),
        (
            "/aws/lambda/shop-order-servise",
            "Near are: /aws/lambda/shop-order-service, /aws/lambda/shop-product-service.",
        ),
        ("zzz", "There are: /aws/lambda/shop-order-service, /aws/lambda/shop-product-service."),
    ],
)
def test_the_nearest_names_are_found_by_their_words(wanted: str, said: str) -> None:
    """People remember a word of a name."""
    assert near(wanted, ["/aws/lambda/shop-product-service", "/aws/lambda/shop-order-service"]) == said


def test_of_many_names_some_are_named() -> None:
    """With how many more there are."""
    assert near("zzz", [f"g{n}" for n in range(9)]).endswith("g5 and 3 more.")
    assert near("zzz", []) == "There are none at all."


@pytest.mark.parametrize(
    ("code", "said"), [("AccessDenied", "Allow"), ("InvalidRequestException", "Mend"), ("Throttling", "Try again")]
)
def test_a_refusal_is_no_lack_of_rights_where_the_request_is_wrong(code: str, said: str) -> None:
    """Nobody is to ask for permissions that do not help."""
    assert str(RefusedError("refused", code).hint).startswith(said)


def test_an_app_that_forgets_to_synthesise_is_told_its_last_line(tmp_path: Path) -> None:
    """The commonest slip of newcomers."""
    (tmp_path / "app.py").write_text("print('made a stack')\n")
    with pytest.raises(ProjectError) as problem:
        synthesize(Project(tmp_path, "app.py", tmp_path / "state" / "cdk.out"), lambda _: None)
    assert "app.synth()" in str(problem.value.hint)
