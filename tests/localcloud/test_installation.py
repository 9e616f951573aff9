"""What the cloud's process runs with, and where its functions get boto3 from."""

import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from shopfast_obs.environments.interface import Environment, locked
from shopfast_obs.environments.making import place
from shopfast_obs.facts import fact
from shopfast_obs.localcloud import installation
from shopfast_obs.localcloud.installation import PACKAGE, Installation, fits, prepared, runtime
from shopfast_obs.localcloud.lambdahost.sandbox.distributions import runtime_dir

PYPROJECT = PACKAGE.parent / "pyproject.toml"


def test_the_checkout_has_what_the_cloud_needs() -> None:
    """`make setup` installs it, so that one environment does."""
    assert fits()
    assert not prepared("", print).own


@pytest.mark.parametrize("name", ["botocore", "ministack"])
def test_another_version_than_the_emulators_is_a_conflict(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer botocore, or no MiniStack at all: then the cloud has an environment of its own."""
    monkeypatch.setattr(installation, "_version", lambda asked: "" if asked == name else metadata.version(asked))
    assert not fits()


@pytest.mark.parametrize("name", ["cloud", "sam"])
def test_a_lock_is_that_of_the_checkout(name: str) -> None:
    """One resolution: what tests prove is what users get."""
    text = (PACKAGE.parent / "requirements.lock").read_text(encoding="utf-8")
    wrong = {package: v for package, v in locked(name).versions.items() if f"{package}=={v}" not in text}
    assert not wrong


@pytest.mark.parametrize("name", ["cloud", "runtime", "sam"])
def test_a_lock_has_what_pyproject_says(name: str) -> None:
    """`make lock` makes both."""
    groups = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["dependency-groups"]
    for line in groups[name]:
        asked = Requirement(line)
        assert asked.specifier.contains(locked(name).versions[asked.name]), line


def test_functions_find_what_a_fact_with_a_day_says() -> None:
    """Or the version that the settings state."""
    assert runtime("").versions["boto3"] == fact("sdk-on-the-local-cloud").value == runtime("").versions["botocore"]
    assert runtime("").versions["boto3"] != locked("cloud").versions["boto3"]
    stated = runtime("1.44.8")
    assert (stated.versions["boto3"], stated.versions["botocore"], stated.locked) == ("1.44.8", "1.44.8", False)
    assert place(stated) != place(runtime(""))


def test_a_process_in_an_environment_of_its_own_sees_this_package_and_nothing_beside_it(tmp_path: Path) -> None:
    """The folder that holds it may hold everything of the project."""
    own = Installation(Path(sys.executable), tmp_path, Environment(tmp_path))
    path = own.search_path("/the/users/own")
    code = (
        "import os, sys; sys.path.append(sys.argv[1]); import shopfast_obs.localcloud.__main__ as m; print(m.__file__)"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code, path], capture_output=True, text=True, check=True, cwd="/")
    assert Path(done.stdout.strip()).is_relative_to(tmp_path)
    assert [entry.name for entry in Path(path).iterdir()] == ["shopfast_obs"]
    assert own.search_path("") == path
    here = Installation(Path(sys.executable), tmp_path)
    assert here.search_path("/the/users/own") == f"{PACKAGE.parent}:/the/users/own"


def test_boto3_of_functions_is_not_that_of_the_emulator(tmp_path: Path) -> None:
    """It and what it needs come from the named folder, AWS's runtime client from the cloud's environment."""
    libraries = tmp_path / "libraries"
    for name, needs in (("boto3", "Requires-Dist: botocore\n"), ("botocore", "")):
        info = libraries / f"{name}-9.9.9.dist-info"
        info.mkdir(parents=True)
        (libraries / name).mkdir()
        (libraries / name / "__init__.py").write_text("__version__ = '9.9.9'\n")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.9.9\n{needs}")
        (info / "RECORD").write_text(f"{name}/__init__.py,,\n{info.name}/METADATA,,\n")
    folder = runtime_dir(tmp_path / "state", libraries)
    assert {name: (folder / name).resolve().parent for name in ("boto3", "botocore")} == dict.fromkeys(
        ("boto3", "botocore"), libraries
    )
    assert (folder / "awslambdaric").is_dir()
    assert not (folder / "urllib3").exists()  # whatever the emulator's boto3 needs
