"""A journal that came with a repository, or in a copy of a folder: it is listed, and writes nothing."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from shopfast_obs.changes import engine
from shopfast_obs.errors import UserError
from shopfast_obs.model.changes import FileChange, Plan

WAS, IS = b"x = 1\n", b"x = 2\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout with one applied change of this user."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_bytes(WAS)
    engine.apply(Plan("instrument", (FileChange("a.py", WAS, IS, "edited"),)), root, root / ".state")
    return root


def planted(root: Path, base: Path | str, path: str, **more: object) -> None:
    """What somebody else could have put into a repository: an entry that was interrupted, and would put a file back."""
    folder = root / ".state/journal/0001"
    digest = hashlib.sha256(b"hi").hexdigest()
    (folder / "blobs").mkdir(parents=True)
    (folder / "blobs" / digest).write_bytes(b"hi")
    change = {"path": path, "summary": "", "mode": "4755", "before": digest, "after": None}
    document = {
        "id": "0001", "status": "applying", "time": 1, "undone": False, "command": "instrument", "base": str(base),
        "effects": [], "skipped": [], "folders": [], "target": "", "live": [], "roles": [], "changes": [change], **more,
    }  # fmt: skip
    (folder / "entry.json").write_text(json.dumps(document))


@pytest.mark.parametrize("path", ["planted", "../planted", "sub/planted"])
def test_an_entry_that_nobody_here_wrote_is_listed_and_not_used(tmp_path: Path, path: str) -> None:
    """Neither by what recovers nor by what undoes."""
    outside, root = tmp_path / "out", tmp_path / "repo"
    outside.mkdir()
    planted(root, outside, path)
    assert engine.unfinished(root / ".state") == ()
    assert engine.recover(root / ".state") == ()
    assert engine.history(root / ".state") == []
    assert [found.id for found in engine.foreign(root / ".state")] == ["0001"]
    with pytest.raises(UserError, match="from another checkout"):
        engine.undo(root, root / ".state")
    assert not list(outside.iterdir())
    assert not (tmp_path / "planted").exists()


def test_an_entry_with_a_base_outside_cannot_even_be_adopted(tmp_path: Path) -> None:
    """The message says which place was asked for."""
    root = tmp_path / "repo"
    planted(root, tmp_path / "out", "planted", status="applied")
    with pytest.raises(UserError, match="leads outside of"):
        engine.adopt(root, root / ".state", "1")
    planted_inside = tmp_path / "repo2"
    planted(planted_inside, planted_inside, "../planted", status="applied")
    with pytest.raises(UserError, match="leads outside of"):
        engine.adopt(planted_inside, planted_inside / ".state", "1")


def test_a_checkout_that_was_copied_is_another_one_until_its_owner_says_so(project: Path, tmp_path: Path) -> None:
    """The copy's undo would otherwise write into the original."""
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    assert engine.history(copy / ".state") == []
    engine.adopt(copy, copy / ".state", "1")
    engine.undo(copy, copy / ".state")
    assert (copy / "a.py").read_bytes() == WAS
    assert (project / "a.py").read_bytes() == IS


def test_an_entry_that_was_edited_is_no_longer_ours(project: Path) -> None:
    """Its seal covers every field."""
    entry = project / ".state/journal/0001/entry.json"
    entry.write_text(entry.read_text().replace('"a.py"', '"b.py"'))
    assert engine.history(project / ".state") == []
    assert [found.changes for found in engine.foreign(project / ".state")] == [1]


def test_what_comes_back_has_permission_bits_alone(tmp_path: Path) -> None:
    """An entry that is adopted makes no program that runs as somebody else."""
    root = tmp_path / "repo"
    planted(root, "", "planted", status="applied")
    engine.adopt(root, root / ".state", "1")
    engine.undo(root, root / ".state")
    assert (root / "planted").stat().st_mode & 0o7777 == 0o755


def test_an_entry_nested_too_deeply_is_a_sentence(tmp_path: Path) -> None:
    """No traceback, and what to do."""
    folder = tmp_path / ".state/journal/0001"
    folder.mkdir(parents=True)
    (folder / "entry.json").write_text("[" * 100_000)
    with pytest.raises(UserError, match="nested too deeply"):
        engine.history(tmp_path / ".state")
