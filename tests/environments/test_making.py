"""Environments are made once, beside their place, with what the lock says."""

import hashlib
import os
import subprocess
import threading
import zipfile
from pathlib import Path

import pytest

from shopfast_obs.environments import making
from shopfast_obs.environments.interface import KINDS, LOCKS, Requirements, locked
from shopfast_obs.environments.making import place, ready, remove
from shopfast_obs.errors import UserError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of one's own; nothing here asks an index."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "elsewhere"))
    return tmp_path / "cache" / "shopfast-obs" / "environments"


def wheel(folder: Path, version: str = "1.0") -> Path:
    """A package `thing`, as pip installs it."""
    path = folder / f"thing-{version}-py3-none-any.whl"
    info = f"thing-{version}.dist-info"
    files = {
        "thing.py": f"VERSION = {version!r}",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: thing\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in (*files, f"{info}/RECORD")))
    return path


def wanted(path: Path, digest: str = "") -> Requirements:
    """A lock of that one package."""
    found = digest or hashlib.sha256(path.read_bytes()).hexdigest()
    return Requirements("runtime", f"thing @ {path.as_uri()} --hash=sha256:{found}\n")


def test_what_the_lock_says_is_there_and_nothing_else(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two that want the same one makes it; what an interrupted command left is not taken for it, a PYTHONPATH of the
    user that has the package already does not keep it out, and nothing of the checkout runs."""
    lock, said = wanted(wheel(tmp_path)), []
    (tmp_path / "elsewhere").mkdir()
    with zipfile.ZipFile(tmp_path / "thing-1.0-py3-none-any.whl") as archive:
        archive.extractall(tmp_path / "elsewhere")
    (tmp_path / "checkout").mkdir()
    (tmp_path / "checkout" / "venv.py").write_text("raise SystemExit('code of the checkout ran')\n")
    monkeypatch.chdir(tmp_path / "checkout")
    draft = cache / f".{lock.key}" / "bin"
    draft.mkdir(parents=True)
    (draft / "python").symlink_to("/bin/true")
    made = place(lock)
    assert not made.ready
    threads = [threading.Thread(target=ready, args=(lock, said.append)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [f"installing {KINDS['runtime']}: once, 0 packages, in {cache}"]
    code = "import thing; print(thing.__file__)"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([made.python, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()) == made.packages / "thing.py"
    assert [entry.name for entry in cache.iterdir() if entry.is_dir()] == [made.folder.name]
    made.python.unlink()
    assert not made.ready, "its interpreter is gone, so it is made anew"
    assert remove() == [made.folder.name]
    assert not made.folder.exists()


def test_what_is_not_what_was_locked_is_refused_and_leaves_nothing(tmp_path: Path, cache: Path) -> None:
    """With pip's own reason."""
    with pytest.raises(UserError, match="The SDK of Lambda's Python runtimes could not be installed: ERROR") as caught:
        ready(wanted(wheel(tmp_path), "0" * 64), lambda _: None)
    assert caught.value.hint
    assert not [entry for entry in cache.iterdir() if entry.is_dir()]


def test_another_lock_or_version_is_another_environment(tmp_path: Path) -> None:
    """So that an upgrade leaves alone what runs."""
    keys = {wanted(wheel(tmp_path, version)).key for version in ("1.0", "1.1")}
    assert len(keys) == 2


def test_without_pip_uv_is_taken_and_without_either_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment that uv made has no pip."""
    monkeypatch.setattr(making.extras, "installed", lambda module: False)
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\n")
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert making._installer(Path("/p"))[:5] == [str(uv), "pip", "install", "--python", "/p"]
    uv.unlink()
    with pytest.raises(UserError, match="neither pip nor uv"):
        making._installer(Path("/p"))


@pytest.mark.parametrize("name", KINDS)
def test_locks_have_hashes_and_no_host(name: str) -> None:
    """They ship with the package."""
    text = (LOCKS / f"{name}.lock").read_text(encoding="ascii")
    assert locked(name).versions
    assert text.count("--hash=sha256:") >= len(locked(name).versions)
    assert "://" not in text
    assert "--index" not in text
