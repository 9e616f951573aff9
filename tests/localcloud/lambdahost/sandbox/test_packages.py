"""Unpacking code and layers."""

import io
import zipfile
from pathlib import Path

import pytest

from shopfast_obs.localcloud.lambdahost.sandbox.packages import CannotPrepareError, remove_drafts, task_root
from tests.localcloud.lambdahost.support import function


def archive(*entries: tuple[str, str, int]) -> bytes:
    """A zip of (name, content, unix mode)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content, mode in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            made.writestr(info, content)
    return buffer.getvalue()


def test_code_is_unpacked_once(tmp_path: Path) -> None:
    """The same content is the same folder, with its modes and its links."""
    spec = function("", code_zip=archive(("a/run.sh", "x", 0o100755), ("link", "a/run.sh", 0o120777)))
    root = task_root(tmp_path, spec)
    assert root == task_root(tmp_path, spec)
    assert (root / "link").read_text() == "x"
    assert (root / "a/run.sh").stat().st_mode & 0o111


def test_damaged_code_is_unpacked_again(tmp_path: Path) -> None:
    """A function may have removed or changed its files."""
    spec = function("", code_zip=archive(("a.py", "1", 0o100644), ("b.py", "2", 0o100644)))
    (task_root(tmp_path, spec) / "b.py").write_text("something else")
    assert (task_root(tmp_path, spec) / "b.py").read_text() == "2"


@pytest.mark.parametrize(
    "entries",
    [
        [("../evil", "x", 0o100644)],
        [("/evil", "x", 0o100644)],
        [("a", "/etc", 0o120777)],
        [("a", "../..", 0o120777)],
        [("a", "..", 0o120777), ("a/evil", "x", 0o100644)],
    ],
)
def test_nothing_leads_out_of_the_package(tmp_path: Path, entries: list[tuple[str, str, int]]) -> None:
    """Paths and links stay within."""
    with pytest.raises(CannotPrepareError, match="leads out"):
        task_root(tmp_path / "state", function("", code_zip=archive(*entries)))
    assert not list(tmp_path.rglob("evil"))


def test_a_refused_package_leaves_no_draft(tmp_path: Path) -> None:
    """Each invocation tries it again."""
    spec = function("", code_zip=archive(("a.py", "x", 0o100644), ("../evil", "x", 0o100644)))
    for _ in range(2):
        with pytest.raises(CannotPrepareError, match="leads out"):
            task_root(tmp_path, spec)
    assert not list((tmp_path / "code").iterdir())


def test_drafts_of_a_killed_cloud_are_removed(tmp_path: Path) -> None:
    """What is unpacked whole stays."""
    root = task_root(tmp_path, function("", code_zip=archive(("a.py", "1", 0o100644))))
    draft = tmp_path / "code" / ".abc.1.2"
    draft.mkdir()
    (draft / "half.py").write_text("x")
    remove_drafts(tmp_path)
    assert list((tmp_path / "code").iterdir()) == [root]


def test_a_package_of_too_many_entries_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message has the bound."""
    monkeypatch.setattr("shopfast_obs.localcloud.lambdahost.sandbox.packages.MOST_ENTRIES", 1)
    spec = function("", code_zip=archive(("a.py", "1", 0o100644), ("b.py", "2", 0o100644)))
    with pytest.raises(CannotPrepareError, match="2 entries, and 1 at most"):
        task_root(tmp_path, spec)
