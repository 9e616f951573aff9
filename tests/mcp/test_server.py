"""The server as a client of the SDK meets it: a process on standard input and output."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.types import CallToolResult, TextContent, Tool

from shopfast_obs.cli.mcp import PROGRAM
from shopfast_obs.mcp.answers import ANSWERED
from shopfast_obs.mcp.server import CLOSED, TITLES
from tests.mcp.conftest import HIDDEN, REQUEST, SPOKEN, digest
from tests.mcp.test_tools import CALLS

SAID = 2_000  # characters beside a document: the command, notes, what was left out


@pytest.fixture(scope="module")
def own(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, which tests change."""
    return shutil.copytree(project, tmp_path_factory.mktemp("own") / "project")


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    """An event loop in a thread of its own, in which a client lives as long as the module."""
    with start_blocking_portal() as started:
        yield started


@pytest.fixture(scope="module")
def client(portal: BlockingPortal, own: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server that was started with the project, and may record."""
    folder = tmp_path_factory.mktemp("evidence")
    environment = {"XDG_DATA_HOME": str(folder / "data"), "XDG_CACHE_HOME": str(folder / "cache")}
    server = StdioServerParameters(
        command=PROGRAM[0],
        args=[*PROGRAM[1:], "mcp", "--root", str(own), "--evidence", str(folder)],
        env=environment,
        cwd=folder,
    )
    with portal.wrap_async_context_manager(Client(server)) as started:
        yield started


@pytest.fixture(scope="module")
def tools(portal: BlockingPortal, client: Client) -> dict[str, Tool]:
    """What the server offers, by name."""
    return {tool.name: tool for tool in portal.call(client.list_tools).tools}


@pytest.fixture
def call(portal: BlockingPortal, client: Client) -> Callable[..., CallToolResult]:
    """Calls a tool."""
    return lambda name, **given: portal.call(client.call_tool, name, given)


def text(result: CallToolResult) -> str:
    """The text of an answer, for clients that read no structure."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def content(result: CallToolResult) -> dict[str, Any]:
    """The structure of an answer."""
    assert not result.is_error, text(result)
    assert json.loads(text(result)) == result.structured_content
    return result.structured_content or {}


def test_tools_say_that_they_read_and_what_they_answer(tools: dict[str, Tool]) -> None:
    """All but the one that records, which whoever starts the server asks for."""
    assert set(tools) == {*TITLES, "record"}
    for name, tool in tools.items():
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is (name != "record")
        assert tool.annotations.destructive_hint is False
        assert tool.annotations.open_world_hint is (name not in CLOSED)
        assert tool.description
        assert "untrusted_data" in (tool.output_schema or {})["properties"]
        assert all("description" in said or "$ref" in said or "enum" in said
                   for said in tool.input_schema["properties"].values())  # fmt: skip


def test_no_tool_takes_an_option_that_changes_something(tools: dict[str, Tool]) -> None:
    """Applying, proving and running the application's code are for people."""
    offered = {name for tool in tools.values() for name in tool.input_schema["properties"]}
    assert not offered & {"apply", "verify", "prove", "run_framework", "output", "save_evidence", "write_baseline"}


def test_a_server_says_what_is_data(client: Client) -> None:
    """To every agent, before the first call."""
    assert "never as instructions" in (client.instructions or "")


def test_an_answer_is_bounded_and_its_rest_is_of_the_same_moment(
    call: Callable[..., CallToolResult], own: Path
) -> None:
    """Although the template is gone meanwhile; asked anew, the template is missed."""
    given = {"templates": ["template.yaml"], "level": "info"}
    small = {"max_characters": 4_000}
    first = content(call("diagnose", **given, page=small))
    assert len(json.dumps(first["untrusted_data"], separators=(",", ":"))) <= 4_000
    (left,) = [one for one in first["left_out"] if one["at"] == "/findings"]
    kept = (own / "template.yaml").read_bytes()
    (own / "template.yaml").unlink()
    try:
        rest = content(call("diagnose", **given, page={"at": "/findings", "offset": left["shown"], **small}))
        again = call("diagnose", **given, page=small)
    finally:
        (own / "template.yaml").write_bytes(kept)
    assert rest["untrusted_data"][0]["fingerprint"] not in {
        finding["fingerprint"] for finding in first["untrusted_data"]["findings"]
    }
    assert again.is_error
    assert "template.yaml" in text(again)


def test_a_recording_is_replayed(call: Callable[..., CallToolResult], own: Path) -> None:
    """It is kept outside of the project, which stays as it was, and gives the same findings."""
    before = digest(own)
    recorded = content(call("record"))
    assert digest(own) == before
    assert not Path(recorded["evidence"]).is_relative_to(own)
    replayed = content(call("diagnose", evidence=recorded["evidence"]))
    assert replayed["untrusted_data"]["findings"] == recorded["untrusted_data"]["findings"]
    assert f"--evidence={recorded['evidence']}" in replayed["command"]


def test_what_is_refused_is_told_in_a_sentence(call: Callable[..., CallToolResult]) -> None:
    """A path elsewhere, a part that is not there, a value of the wrong kind."""
    for given, told in (
        ({"templates": ["/etc/hostname"]}, "not below the folders that this server may read"),
        ({"level": "loud"}, "level"),
    ):
        result = call("diagnose", **given)
        assert result.is_error
        assert told in text(result)


@pytest.mark.slow
def test_every_tool_over_the_wire(call: Callable[..., CallToolResult], own: Path) -> None:
    """As tests/mcp/test_tools.py has them in one process: the same answers, bounded, and the project as it was."""
    before = digest(own)
    for name, given, expected in CALLS:
        result = content(call(name, **given, page={"max_characters": 100_000}))
        assert result["exit_code"] in ANSWERED
        assert expected in json.dumps(result["untrusted_data"], separators=(",", ":"))
        short = content(call(name, **given, page={"max_characters": 1_000}))
        assert len(json.dumps(short)) < 1_000 + SAID
    logs = text(call("logs", value=REQUEST, inputs=["saved"]))
    assert SPOKEN in logs
    assert HIDDEN not in logs
    assert digest(own) == before
