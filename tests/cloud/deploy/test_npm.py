"""npm of the wheel: its scripts find Node, and its failures are said in one sentence."""

import json
from pathlib import Path

import pytest

from shopfast_obs.cloud.deploy.npm import Npm, UnreachableError
from shopfast_obs.errors import ProjectError


def project(folder: Path, **scripts: str) -> Path:
    """An npm project with these scripts."""
    (folder / "package.json").write_text(json.dumps({"name": "x", "version": "1.0.0", "scripts": scripts}))
    return folder


def test_a_script_runs_on_the_wheels_node(tmp_path: Path) -> None:
    """Whatever the PATH has."""
    program = "require('fs').writeFileSync('seen', process.execPath)"
    npm = Npm.found()
    npm.run(project(tmp_path, build=f'node -e "{program}"'), "build")
    assert Path((tmp_path / "seen").read_text()).samefile(npm.node)


def test_a_script_that_fails_says_its_last_words(tmp_path: Path) -> None:
    """They are what helps."""
    with pytest.raises(ProjectError, match="no such module"):
        Npm.found().run(project(tmp_path, build="echo no such module && exit 3"), "build")


def test_packages_that_cannot_be_had_are_another_matter(tmp_path: Path) -> None:
    """A way to them that nobody serves: the reason, once, and soon."""
    folder = project(tmp_path)
    packages = {"": {"dependencies": {"a": "1.0.0"}}, "node_modules/a": {"version": "1.0.0"}}
    (folder / "package.json").write_text(json.dumps({"name": "x", "version": "1.0.0", "dependencies": {"a": "1.0.0"}}))
    lock = {"name": "x", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": packages}
    (folder / "package-lock.json").write_text(json.dumps(lock))
    (folder / ".npmrc").write_text(
        "proxy=http://127.0.0.1:9/\nhttps-proxy=http://127.0.0.1:9/\nnoproxy=\ncache=.cache\n"
    )
    with pytest.raises(UnreachableError, match=r"could not be installed: .*ECONNREFUSED"):
        Npm.found().install(folder)
