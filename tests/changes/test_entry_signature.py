"""A journal entry belongs to the user and the checkout that wrote it: what a repository brings is never used."""

import hashlib
import json
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopfast_obs import userkey
from shopfast_obs.changes import engine
from shopfast_obs.changes.journal import Journal
from shopfast_obs.errors import UserError
from shopfast_obs.model.changes import FileChange, Plan

CHANGE = Plan("instrument", (FileChange("a.py", b"old", b"new"),))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one file."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "a.py").write_bytes(b"old")
    return tmp_path / "project"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user who has no key yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    yield tmp_path / "data" / "shopfast-obs"


def names(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def planted(state: Path, base: str, path: str = "planted", **more: object) -> None:
    """An interrupted entry as somebody else would write it, which `recover` would finish by writing a file."""
    digest = hashlib.sha256(b"hi").hexdigest()
    blobs = state / "journal" / "0001" / "blobs"
    blobs.mkdir(parents=True)
    (blobs / digest).write_bytes(b"hi")
    change = {"path": path, "summary": "", "mode": "4755", "before": digest, "after": None}
    document = {
        "id": "0001", "status": "applying", "time": 1.0, "undone": None, "command": "instrument", "base": base,
        "effects": [], "skipped": [], "folders": [], "target": "", "live": [], "roles": [], "changes": [change],
    }  # fmt: skip
    (blobs.parent / "entry.json").write_text(json.dumps({**document, **more}))


def test_a_planted_entry_writes_nothing_and_is_listed(root: Path, tmp_path: Path) -> None:
    """Neither recovery nor undo nor another change uses it."""
    state, out = root / ".state", tmp_path / "out"
    out.mkdir()
    planted(state, str(out))
    assert engine.recover(state) == ()
    assert engine.unfinished(state) == ()
    assert [(found.id, found.command) for found in engine.foreign(state)] == [("0001", "instrument")]
    with pytest.raises(UserError, match="1 in the journal came from another checkout"):
        engine.undo(root, state)
    assert engine.apply(CHANGE, root, state).id == "0002"
    engine.undo(root, state)
    assert list(out.iterdir()) == []


def test_a_path_that_leads_outside_cannot_be_adopted(root: Path) -> None:
    """Nor a digest that is a path, nor an id that is one."""
    planted(root / ".state", "", "../planted")
    with pytest.raises(UserError, match="leads outside"):
        engine.adopt(root, root / ".state", "1")
    shutil.rmtree(root / ".state")
    planted(
        root / ".state", "", changes=[{"path": "x", "summary": "", "mode": None, "before": "/proc/1", "after": None}]
    )
    with pytest.raises(UserError, match="is no digest"):
        engine.adopt(root, root / ".state", "1")


def test_a_moved_checkout_goes_on_after_adoption(root: Path) -> None:
    """Its entries are another place's until then; the old place plays no part."""
    engine.apply(CHANGE, root, root / ".state")
    moved = root.rename(root.with_name("moved"))
    assert engine.history(moved / ".state") == []
    engine.adopt(moved, moved / ".state", "1")
    engine.undo(moved, moved / ".state")
    assert (moved / "a.py").read_bytes() == b"old"
    assert not root.exists()


def test_a_journal_that_is_a_link_out_of_the_state_is_not_written(root: Path, tmp_path: Path) -> None:
    """Also when only its lock leads away."""
    (root / ".state").mkdir()
    (tmp_path / "out").mkdir()
    (root / ".state" / "journal").symlink_to(tmp_path / "out")
    with pytest.raises(UserError, match="leads outside"):
        engine.apply(CHANGE, root, root / ".state")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_copy_gets_the_entries_of_its_user(root: Path, tmp_path: Path) -> None:
    """As `demo` works on one."""
    engine.apply(CHANGE, root, root / ".state")
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "a.py").write_bytes(b"new")
    engine.carry(root, root / ".state", copy, copy / ".state")
    engine.undo(copy, copy / ".state")
    assert ((copy / "a.py").read_bytes(), (root / "a.py").read_bytes()) == (b"old", b"new")


def test_the_key_is_its_owners_alone(data: Path, root: Path) -> None:
    """And stays the same."""
    engine.apply(CHANGE, root, root / ".state")
    assert stat.S_IMODE((data / "journal.key").stat().st_mode) == 0o600
    assert [path.name for path in data.iterdir()] == ["journal.key"]
    assert userkey.lasting()


def test_without_a_home_the_key_lies_among_temporary_files(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder of the user's own; a file in the place of the home's folder cannot hold it."""
    (tmp_path / "file").write_text("")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    engine.apply(CHANGE, root, root / ".state")
    assert userkey.lasting() and len(engine.history(root / ".state")) == 1
    (own,) = (tmp_path / "tmp").iterdir()
    assert stat.S_IMODE(own.stat().st_mode) == 0o700
    own.chmod(0o777)  # as somebody else would have made it, to put a key of theirs there
    assert not userkey.lasting() and engine.history(root / ".state") == []


def test_without_any_place_for_a_key_a_change_can_still_be_made_and_adopted(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later process has another key."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    assert not userkey.lasting()
    engine.apply(CHANGE, root, root / ".state")
    userkey._of_this_process.cache_clear()
    assert engine.history(root / ".state") == []
    engine.adopt(root, root / ".state", "1")
    engine.undo(root, root / ".state")
    assert (root / "a.py").read_bytes() == b"old"


def test_what_killed_writes_left_in_the_journal_is_removed_by_the_next_change(root: Path) -> None:
    """Whole blobs stay."""
    engine.apply(CHANGE, root, root / ".state")
    blobs = root / ".state" / "journal" / "0001" / "blobs"
    whole = names(blobs)
    (blobs / ".abc.k1ll9.new").write_bytes(b"h")
    (blobs.parent / ".entry.json.k1ll9.new").write_bytes(b"h")
    engine.undo(root, root / ".state")
    assert names(blobs) == whole
    assert names(blobs.parent) == ["blobs", "entry.json"]


def test_nothing_is_left_of_an_entry_that_could_not_be_stored(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk while the before-images are written: one sentence, and no half entry."""
    from shopfast_obs.changes import files

    real = files.write

    def write(path: Path, data: bytes, bits: int | None = None) -> None:
        if path.name == "entry.json":
            raise OSError(28, "No space left on device", str(path))
        real(path, data, bits)

    with monkeypatch.context() as patch:
        patch.setattr(files, "write", write)
        with pytest.raises(UserError, match="No space left on device; nothing was changed"):
            engine.apply(CHANGE, root, root / ".state")
    assert Journal(root / ".state").next_id() == "0001"
    assert (root / "a.py").read_bytes() == b"old"
