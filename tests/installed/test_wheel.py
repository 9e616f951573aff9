"""What the wheel does in an empty environment: commands, the workshop, the pytest fixtures, the server for agents."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.installed.conftest import ROOT, Installed

pytestmark = pytest.mark.slow
TEMPLATE = """Resources:
  Orders:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.8, Handler: app.handler, Role: r, Code: {S3Bucket: b, S3Key: k}}
"""
CLIENT = """
import asyncio, sys
from mcp import Client
from mcp.client.stdio import StdioServerParameters

async def main():
    async with Client(StdioServerParameters(command=sys.argv[1], args=["mcp", "--root", sys.argv[2]])) as client:
        print(sorted(tool.name for tool in (await client.list_tools()).tools))
        print(await client.call_tool("diagnose", {"templates": ["template.yaml"]}))

asyncio.run(main())
"""


def test_the_source_package_and_the_wheel_have_all_of_it(distributions: Sequence[Path]) -> None:
    """The wheel is built from the source package alone; ShopFast is in both, nothing of tests or benches is."""
    source, wheel = distributions
    with tarfile.open(source) as archive:
        sources = {name.partition("/")[2] for name in archive.getnames()}
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "shopfast_obs").rglob("*.py")}
    assert modules <= names & sources
    for path in ("starter/frontend/package-lock.json", "cdk/app.py", "runbooks/01-see-it-fail.md"):
        assert path in sources
        assert f"shopfast_obs/workshop/shopfast/{path}" in names
    assert not [name for name in names | sources if re.match(r"(tests|bench|findings)/", name)]
    assert "LICENSE" in sources


def test_a_template_is_diagnosed(installed: Installed, tmp_path: Path) -> None:
    """Without credentials, in a folder that has nothing else."""
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    done = installed.run("shopfast-obs", "diagnose", "--template", "template.yaml", cwd=tmp_path, code=1)
    assert "python3.8" in done.stdout


def test_the_shop_is_written_deployed_and_the_workshop_begins(installed: Installed, tmp_path: Path) -> None:
    """From the wheel alone: the CDK app, the local cloud, the runbooks; and nothing runs afterwards."""
    installed.run("shopfast-obs", "init", "shop", cwd=tmp_path)
    shop = tmp_path / "shop"
    try:
        deployed = installed.run("shopfast-obs", "deploy", cwd=shop)
        assert re.search(r"^shopfast-services +created$", deployed.stdout, re.MULTILINE)
        assert re.search(r"^ProductsUrl +http://localhost:\d+/", deployed.stdout, re.MULTILINE)
        started = installed.run("shopfast-obs", "workshop", "start", cwd=shop)
        assert "How it is now" in started.stdout
        assert "not yet" in started.stdout
    finally:
        installed.run("shopfast-obs", "cloud", "stop", cwd=shop)


def test_pytest_finds_the_fixtures_by_itself(installed: Installed, tmp_path: Path) -> None:
    """The example of the page, in a project that configures nothing."""
    page = (ROOT / "docs/guides/pytest.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / "test_orders.py").write_text(example)
    done = installed.run("pytest", "-q", cwd=tmp_path)
    assert "2 passed" in done.stdout


def test_an_agent_gets_an_answer(installed: Installed, tmp_path: Path) -> None:
    """By the client of the protocol's own SDK, from the command of the wheel."""
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    command = str(installed.bin / "shopfast-obs")
    done = installed.run("python", "-c", CLIENT, command, str(tmp_path), cwd=tmp_path)
    tools, _, answer = done.stdout.partition("\n")
    assert "'diagnose'" in tools
    assert "python3.8" in answer
