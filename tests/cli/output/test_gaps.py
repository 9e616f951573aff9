"""What was not read is named, and not clean: 2 when nothing was read, 4 when a part was not, 0 where allowed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from shopfast_obs.cli.logs import command as logs
from shopfast_obs.errors import DeniedError
from shopfast_obs.model.telemetry import LogEvent, TimeRange
from tests.cli.command_line import FakeApp, invoke
from tests.cli.test_compare import documents
from tests.cli.test_logs import cloud

TOPIC = '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
NULL = '{"Resources": {"F": null, "G": {"Type": 3}}}'
LINE = "2026-11-30T09:00:00.000Z 8f507cfc-1234-4697-b07a-ac58fc914c95 INFO order placed\n"
BROKEN = "def handler(event, context)\n    return 1\n"
SILENT = "def handler(event, context):\n    return 1\n"
PLAIN = ("--only", "prints")  # a codemod for which SILENT has nothing


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with what can be read, and what cannot."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    texts = {
        "topic.json": TOPIC, "null.json": NULL, "list.json": "[]", "nothing.json": '{"a": 1}', "web.log": LINE,
        "half.json": '{"Resources": {"F": null, "T": {"Type": "AWS::SNS::Topic"}}}', "bad.py": BROKEN, "ok.py": SILENT,
        "empty.log": "", "noise.json": "\x00\x01", "deep.py": "[" * 5000 + "]" * 5000,
    }  # fmt: skip
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    for folder, names in {"both": ("web.log", "noise.json"), "code": ("bad.py", "ok.py")}.items():
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / name).write_text(texts[name])
    (tmp_path / "traces").mkdir()
    documents(tmp_path, "good.json", 0.1).rename(tmp_path / "traces" / "good.json")
    (tmp_path / "traces" / "noise.json").write_text("{")


NOTHING = [
    ("diagnose", "--template", "null.json"),
    ("diagnose", "--template", "list.json"),
    ("instrument", "bad.py", "--check"),
    ("instrument", "bad.py"),
    ("instrument", "noise.json", "--check"),
    ("instrument", "deep.py", "--check"),
    ("instrument", "--template", "null.json", "--check"),
    ("fix", "--template", "null.json"),
    ("report", "traces", "--input", "nothing.json"),
    ("report", "traces", "--input", "web.log"),
    ("report", "traces", "--input", "nothing.json", "--format", "dot"),
    ("report", "errors", "--input", "nothing.json"),
    ("logs", "--input", "nothing.json"),
    ("logs", "--input", "empty.log"),
    ("compare", "nothing.json", "traces"),
    ("compare", "traces", "nothing.json"),
]
PART = [
    ("diagnose", "--template", "half.json"),
    ("diagnose", "--template", "topic.json", "--template", "list.json"),
    ("instrument", "code", "--check", *PLAIN),
    ("report", "traces", "traces"),
    ("report", "traces", "traces", "--format", "html", "-o", "page.html"),
    ("report", "traces", "traces", "--format", "dot"),
    ("report", "errors", "both"),
    ("logs", "--input", "both"),
    ("compare", "traces", "traces"),
]
WHOLE = [
    ("diagnose", "--template", "topic.json"),
    ("instrument", "ok.py", "--check", *PLAIN),
    ("report", "traces", "traces/good.json"),
    ("report", "traces", "traces/good.json", "--limit", "1"),
    ("report", "traces", "traces/good.json", "--filter", "duration > 900"),
    ("report", "errors", "web.log"),
    ("logs", "--input", "web.log"),
    ("logs", "nobody", "--input", "web.log"),
    ("compare", "traces/good.json", "traces/good.json"),
]


@pytest.mark.parametrize("arguments", NOTHING, ids=" ".join)
def test_what_read_nothing_knows_nothing(arguments: tuple[str, ...]) -> None:
    """Whatever is allowed."""
    result = invoke(*arguments)
    assert result.exit_code == 2, result.output
    assert "nothing found" not in result.stdout
    assert "Nothing is missing" not in result.stderr
    if arguments[0] != "fix":
        assert invoke(*arguments, "--allow-partial").exit_code == 2


@pytest.mark.parametrize("arguments", PART, ids=" ".join)
def test_what_read_a_part_is_not_clean_unless_that_is_allowed(arguments: tuple[str, ...]) -> None:
    """What was not read is named."""
    result = invoke(*arguments)
    assert result.exit_code == 4, result.output
    assert any(name in result.stderr for name in ("F of", "list.json", "bad.py", "noise.json")), result.stderr
    assert invoke(*arguments, "--allow-partial").exit_code == 0


@pytest.mark.parametrize("arguments", WHOLE, ids=" ".join)
def test_what_read_everything_is_clean(arguments: tuple[str, ...]) -> None:
    """Also where a limit or a filter leaves something out: that was asked for."""
    result = invoke(*arguments)
    assert result.exit_code == 0, result.output
    assert "Not read" not in result.stderr


def test_findings_come_before_gaps() -> None:
    """They are what to mend first."""
    assert invoke("instrument", "code", "--check").exit_code == 1


def test_documents_carry_the_gaps() -> None:
    """For whoever reads no standard error."""
    found = invoke("diagnose", "--template", "half.json", "--format", "json").stdout
    assert json.loads(found)["gaps"][0]["what"] == "F of template half.json"
    [ran] = json.loads(invoke("diagnose", "--template", "null.json", "--format", "sarif").stdout)["runs"]
    log = ran["invocations"][0]
    assert not log["executionSuccessful"]
    assert "F of" in log["toolExecutionNotifications"][0]["message"]["text"]
    assert "could not be read" in invoke("diagnose", "--template", "half.json", "--format", "junit").stdout
    assert "bad.py" in json.loads(invoke("instrument", "code", "--check", "--format", "json").stdout)["gaps"][0]["what"]
    assert "noise.json" in json.loads(invoke("logs", "--input", "both", "--format", "json").stdout)["warnings"][0]
    assert "noise.json" in str(json.loads(invoke("compare", "traces", "traces", "--format", "json").stdout)["warnings"])
    assert "noise.json" in str(json.loads(invoke("report", "traces", "traces", "--format", "json").stdout)["warnings"])


def sam(code: str) -> str:
    """A template with one function."""
    return (
        "Resources:\n  Fn:\n    Type: AWS::Lambda::Function\n    Properties:\n      Runtime: python3.13\n"
        f"      Handler: index.handler\n      Code:\n        {code}\n"
    )


def test_code_that_stands_in_a_template_is_read() -> None:
    """As the module `index` that Lambda makes of it."""
    Path("inline.yaml").write_text(sam("ZipFile: |\n          async def handler(event, context):\n            pass"))
    result = invoke("diagnose", "--template", "inline.yaml", "--only", "lambda-async-handler")
    assert result.exit_code == 1
    assert "Fn/index.py:1" in result.stdout
    assert invoke("instrument", "--template", "inline.yaml", "--check").exit_code == 2


def test_sources_that_do_not_parse_are_a_gap() -> None:
    """Rules that read sources are silent about them."""
    text = (
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  Fn:\n    Type: AWS::Serverless::Function\n"
        "    Properties: {Runtime: python3.13, Handler: bad.handler, CodeUri: code}\n"
    )
    Path("source.yaml").write_text(text)
    result = invoke("diagnose", "--template", "source.yaml", "--only", "lambda-async-handler")
    assert result.exit_code == 4
    assert "code/bad.py does not parse" in result.stdout


class OneRefused(FakeApp):
    """Credentials that may not read the lines of one group."""

    def cloud(self) -> object:  # type: ignore[override]
        """The fake, with a refusal."""
        fake = super().cloud()
        events = fake.events

        def refusing(group: str, window: TimeRange, pattern: str = "", limit: int | None = None) -> Iterator[LogEvent]:
            if group.endswith("mail"):
                raise DeniedError("logs:FilterLogEvents was refused.")
            return iter(events(group, window, pattern))

        fake.events = refusing  # type: ignore[method-assign, assignment]
        return fake


def test_a_group_that_may_not_be_read_hides_no_other() -> None:
    """Its name is said; where it was the only one, the refusal is the answer."""
    result = CliRunner().invoke(logs, ["order"], obj=OneRefused(cloud()))
    assert result.exit_code == 4, result.output
    assert "order placed" in result.stdout
    assert "/aws/lambda/mail" in result.stderr
    with pytest.raises(DeniedError):
        CliRunner().invoke(logs, ["--group", "mail"], obj=OneRefused(cloud()), catch_exceptions=False)


@pytest.mark.parametrize("command", ["instrument ok.py", "uninstrument ok.py", "fix --template topic.json"])
@pytest.mark.parametrize("order", ["--diff --apply", "--apply --diff"])
def test_a_diff_never_writes(command: str, order: str) -> None:
    """Beside --apply it is a contradiction, and nothing is done."""
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    result = invoke(*command.split(), *order.split())
    assert result.exit_code == 2
    assert "contradict" in result.stderr
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


def test_a_diff_is_not_verified_either() -> None:
    """--verify applies."""
    assert "contradict" in invoke("fix", "--diff", "--verify").stderr
