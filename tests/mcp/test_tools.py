"""Every tool over the project's own commands, run in this process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest
from click.testing import CliRunner
from mcp.types import CallToolResult

from shopfast_obs.cli import main
from shopfast_obs.errors import UserError
from shopfast_obs.mcp import answers
from shopfast_obs.mcp.allowed_paths import made
from shopfast_obs.mcp.answers import Documents, Page
from shopfast_obs.mcp.process import Ran
from shopfast_obs.mcp.server import TITLES
from shopfast_obs.mcp.tools import Tools
from tests.commands import parsed
from tests.mcp.conftest import HIDDEN, REQUEST, SECRET, SPOKEN, TRACE, digest

CALLS: list[tuple[str, dict[str, Any], str]] = [
    ("diagnose", {"templates": ["template.yaml"], "only": ["lambda-*"], "level": "info"}, '"rule":"lambda-not-traced"'),
    ("explain", {"names": ["lambda-default-size"]}, "Timeout or memory is AWS's default"),
    ("report_traces", {"inputs": ["saved"]}, "GET /bookmarks"),
    ("report_errors", {"inputs": ["saved"]}, "ValueError"),
    ("trace", {"id": TRACE, "inputs": ["saved"], "all_parts": True}, TRACE),
    ("logs", {"value": TRACE, "inputs": ["saved"], "context": 1}, REQUEST),
    ("compare", {"before": "saved/traces.json", "after": "slower", "fail_on": ["p50:+20%"]}, '"failed":["'),
    ("lint_alarms", {"templates": ["template.yaml"]}, '"rule":"lambda-no-alarm"'),
    ("plan_fix", {"template": "template.yaml", "only": ["logs-*"]}, '"diff":"'),
    ("plan_instrument", {"template": "template.yaml", "profile": "logs"}, "aws_lambda_powertools"),
    ("plan_alarms", {"template": "template.yaml"}, "AWS::CloudWatch::Alarm"),
]  # fmt: skip


class Asked:
    """Runs commands here, and keeps their arguments."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    async def __call__(self, arguments: Sequence[str], page: Page) -> CallToolResult:
        """The answer to the command."""
        done = CliRunner().invoke(main, list(arguments), prog_name="shopfast-obs")
        ran, document = Documents().read(arguments, Ran(done.exit_code, done.stdout_bytes, done.stderr))
        found = answers.answer(arguments, ran, document, page)
        self.lines.append(found.command)
        return answers.result(found)


def call(project: Path, name: str, target: tuple[str, ...] = (), **given: Any) -> tuple[dict[str, Any], str]:
    """The answer of a tool, and the command that it ran."""
    asked = Asked()
    tool = getattr(Tools(asked, made([project], None), target), name)
    result: CallToolResult = anyio.run(lambda: tool(**given))
    assert json.loads(result.content[0].text) == result.structured_content  # type: ignore[union-attr]
    return result.structured_content or {}, asked.lines[0]


@pytest.fixture(autouse=True)
def inside(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run in the project, on no cloud."""
    monkeypatch.chdir(project)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def test_there_is_a_call_of_every_tool() -> None:
    """Below, over a project of somebody else's."""
    assert {name for name, _, _ in CALLS} == set(TITLES)


@pytest.mark.parametrize(("name", "given", "expected"), CALLS, ids=[name for name, _, _ in CALLS])
def test_a_tool_answers_with_the_commands_document_and_writes_nothing(
    project: Path, name: str, given: dict[str, Any], expected: str
) -> None:
    """The project is as it was, to the bit; the command is one that a person can run."""
    before = digest(project)
    found, line = call(project, name, page=Page(max_characters=100_000), **given)
    assert digest(project) == before
    assert found["exit_code"] in answers.ANSWERED, found["untrusted_notes"]
    assert expected in json.dumps(found["untrusted_data"], separators=(",", ":"))
    assert parsed(line) is not None


def test_what_the_application_wrote_is_data_masked_and_seen_whole(project: Path) -> None:
    """A line that speaks to the reader stands in the field that says what it is, and nowhere else."""
    found, _ = call(project, "logs", value=REQUEST, inputs=["saved"])
    data = json.dumps(found.pop("untrusted_data"))
    assert SPOKEN in data
    assert SECRET not in data
    assert HIDDEN not in json.dumps(json.loads(data), ensure_ascii=False)
    assert "\\\\u{e0072}" in data
    assert SPOKEN not in json.dumps({key: value for key, value in found.items() if key != "untrusted_notes"})


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("diagnose", {"templates": ["/etc/hostname"]}),
        ("diagnose", {"evidence": "../evidence.json.gz"}),
        ("lint_alarms", {"templates": [".."]}),
        ("report_traces", {"inputs": ["saved", "/var/log"]}),
        ("report_errors", {"inputs": ["../.."]}),
        ("trace", {"id": TRACE, "inputs": ["/etc"]}),
        ("logs", {"inputs": ["/etc"]}),
        ("compare", {"before": "saved", "after": "/etc/hostname"}),
        ("plan_fix", {"template": "/etc/hostname"}),
        ("plan_instrument", {"paths": ["/etc"]}),
        ("plan_instrument", {"template": "../template.yaml"}),
        ("plan_alarms", {"template": "/etc/hostname"}),
    ],
)
def test_a_path_elsewhere_starts_no_command(project: Path, name: str, given: dict[str, Any]) -> None:
    """In every argument that is one."""
    with pytest.raises(UserError, match="not below the folders"):
        call(project, name, **given)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("explain", {"names": ["--facts"]}),
        ("logs", {"value": "--follow", "inputs": ["saved"]}),
        ("diagnose", {"since": "--write-baseline", "only": ["--print-policy"]}),
        ("plan_fix", {"since": "--apply"}),
        ("trace", {"id": "--all", "inputs": ["saved"]}),
        ("compare", {"before": "--verbose", "after": "--wide"}),
        ("plan_alarms", {"only": ["--live"]}),
    ],
)
def test_a_value_is_never_an_option(project: Path, name: str, given: dict[str, Any]) -> None:
    """Whatever it begins with: the command reads it as what the tool meant."""
    _, line = call(project, name, **given)
    context = parsed(line)
    assert context is not None
    risky = ("list_facts", "follow", "write_baseline", "print_policy", "everything", "wide", "live")
    assert not any(context.params.get(option) for option in risky)
    assert context.params.get("mode", "diff") == "diff"


@pytest.mark.parametrize("name", [name for name in TITLES if name not in ("explain", "plan_alarms")])
def test_the_cloud_is_the_one_that_the_server_was_started_with(project: Path, name: str) -> None:
    """A tool names it, and only where it looks at a cloud."""
    required = {"trace": {"id": TRACE}, "compare": {"before": "30m..15m", "after": "15m.."}}.get(name, {})
    if name != "plan_instrument":
        _, line = call(project, name, ("--target=local", "--region=eu-west-1"), **required)
        assert "--target=local --region=eu-west-1" in line


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("diagnose", {"templates": ["template.yaml"], "evidence": "template.yaml"}),
        ("plan_fix", {"template": "template.yaml", "live": True}),
    ],
)
def test_two_places_at_once_are_refused(project: Path, name: str, given: dict[str, Any]) -> None:
    """As the commands do."""
    with pytest.raises(UserError, match="two"):
        call(project, name, **given)
