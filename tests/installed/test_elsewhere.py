"""The wheel under every Python that is here, and as a tool of uv and pipx."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.installed.conftest import Installed, environment, made

pytestmark = pytest.mark.slow
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
ASK = "import sys; print('%d.%d' % sys.version_info[:2])"
ALL = ("workshop", "sam", "prove", "mcp")


def interpreter(version: str) -> str | None:
    """A Python of that version: on the path, or one that pyenv keeps; None where none is here."""
    kept = sorted((Path.home() / ".pyenv/versions").glob(f"{version}.*/bin/python"))
    for candidate in (f"python{version}", *map(str, kept)):
        try:
            done = subprocess.run([candidate, "-c", ASK], capture_output=True, text=True, check=False)
        except OSError:
            continue
        if done.stdout.strip() == version:
            return candidate
    return None


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An environment with uv and pipx."""
    return made(tmp_path_factory.mktemp("tools"), sys.executable, "uv==0.13.9", "pipx")


def judged(there: Installed, folder: Path) -> None:
    """The core works: a template is read, its sources are instrumented, the shop is written."""
    (folder / "template.yaml").write_text("Resources:\n  Topic: {Type: AWS::SNS::Topic}\n")
    (folder / "src").mkdir()
    (folder / "src/app.py").write_text("def handler(event, context):\n    return event\n")
    there.run("shopfast-obs", "diagnose", "template.yaml", "--format", "json", cwd=folder)
    there.run("shopfast-obs", "instrument", "src", "--apply", "--no-prove", cwd=folder)
    assert "@" in (folder / "src/app.py").read_text()
    there.run("shopfast-obs", "init", "shop", cwd=folder)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_core_works_under_every_python_that_is_here(version: str, wheel: Path, tmp_path: Path) -> None:
    """And every module of it compiles there."""
    python = interpreter(version)
    if python is None:
        pytest.skip(f"there is no Python {version} on this machine")
    there = made(tmp_path / "there", python, str(wheel))
    judged(there, tmp_path)
    program = (
        "import compileall, shopfast_obs;"
        "raise SystemExit(not compileall.compile_dir(shopfast_obs.__path__[0], quiet=1, force=True))"
    )
    there.run("python", "-W", "error", "-c", program)


@pytest.mark.parametrize("version", VERSIONS)
def test_everything_it_needs_has_a_wheel_for_every_python(
    version: str, wheel: Path, tools: Installed, tmp_path: Path
) -> None:
    """Nobody needs a compiler; without that Python, too."""
    (tmp_path / "in").write_text(f"shopfast-obs[{','.join(ALL)}] @ {wheel.as_uri()}\n")
    binary = ("--only-binary", ":all:", "--python-version", version, "--quiet")
    tools.run("uv", "pip", "compile", *binary, str(tmp_path / "in"), "-o", str(tmp_path / "out"))
    assert "aws-cdk-lib==" in (tmp_path / "out").read_text()


@pytest.mark.parametrize(
    ("command", "places"),
    [
        (("uv", "tool", "install", "--quiet"), {"UV_TOOL_DIR": "kept", "UV_TOOL_BIN_DIR": "bin"}),
        (("pipx", "install", "--quiet"), {"PIPX_HOME": "kept", "PIPX_BIN_DIR": "bin"}),
    ],
    ids=["uv", "pipx"],
)
def test_it_is_installed_as_a_tool(
    command: tuple[str, ...], places: dict[str, str], wheel: Path, tools: Installed, tmp_path: Path
) -> None:
    """Beside no project's packages."""
    variables = {**environment(tools.folder), **{name: str(tmp_path / place) for name, place in places.items()}}
    program, *rest = command
    subprocess.run([tools.bin / program, *rest, str(wheel)], env=variables, check=True)
    judged(Installed(tmp_path / "bin", tools.folder), tmp_path)
