"""Plans are applied whole and taken back exactly."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from shopfast_obs.changes import engine, files
from shopfast_obs.changes.journal import Journal
from shopfast_obs.errors import BusyError, ChangedSinceError, UserError
from shopfast_obs.model.changes import FileChange, Plan
from shopfast_obs.model.predictions import Prediction

CRLF = "# -*- coding: latin-1 -*-\r\nname = 'caf\xe9'\r\n".encode("latin-1")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one executable file in an old encoding."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_bytes(CRLF)
    (tmp_path / "src" / "a.py").chmod(0o755)
    return tmp_path


@pytest.fixture
def state(root: Path) -> Path:
    """Where the journal lives."""
    return root / ".state"


def snapshot(root: Path) -> dict[str, tuple[bytes, int]]:
    """Every file outside the state with its bytes and mode."""
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mode)
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".state" not in path.parts
    }


def plan(*changes: FileChange) -> Plan:
    """A plan of a made-up command."""
    return Plan("instrument", changes, ("something gets better",))


CHANGE = FileChange("src/a.py", CRLF, b"changed\n", "Logger")
NEW = FileChange("new/deep/b.py", None, b"new\n")


def test_apply_writes_all_and_undo_restores_every_byte_mode_and_absence(root: Path, state: Path) -> None:
    """Also the folders made for a new file are gone again."""
    before = snapshot(root)
    entry = engine.apply(plan(CHANGE, NEW), root, state)
    assert (root / "src/a.py").read_bytes() == b"changed\n"
    assert (root / "new/deep/b.py").read_bytes() == b"new\n"
    assert (root / "src/a.py").stat().st_mode & 0o777 == 0o755
    undone = engine.undo(root, state)
    assert undone.id == entry.id
    assert undone.undone is not None
    assert snapshot(root) == before
    assert not (root / "new").exists()


def test_what_the_journal_keeps_is_its_owners(root: Path, state: Path) -> None:
    """It holds what files and configurations were, their secrets included."""
    engine.apply(plan(CHANGE, NEW), root, state)
    kept = [path for path in (state / "journal" / "0001").rglob("*") if path.is_file()]
    assert len(kept) == 4
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}


def test_a_removed_file_comes_back_with_its_mode(root: Path, state: Path) -> None:
    """A plan may remove a file."""
    before = snapshot(root)
    engine.apply(plan(FileChange("src/a.py", CRLF, None)), root, state)
    assert not (root / "src/a.py").exists()
    engine.undo(root, state)
    assert snapshot(root) == before


@pytest.mark.parametrize("stale", [FileChange("src/a.py", b"other", b"x"), FileChange("src/a.py", None, b"x")])
def test_nothing_is_written_when_one_file_is_not_what_the_plan_saw(root: Path, state: Path, stale: FileChange) -> None:
    """Neither the stale file nor the good one before it."""
    before = snapshot(root)
    with pytest.raises(ChangedSinceError, match=r"src/a\.py"):
        engine.apply(plan(NEW, stale), root, state)
    assert snapshot(root) == before
    assert engine.history(state) == []


def test_undo_refuses_when_a_file_has_changed_since(root: Path, state: Path) -> None:
    """The file is named and all files stay as they are."""
    engine.apply(plan(CHANGE, NEW), root, state)
    (root / "src/a.py").write_bytes(b"edited by hand\n")
    with pytest.raises(ChangedSinceError, match=r"src/a\.py has changed since"):
        engine.undo(root, state)
    assert (root / "new/deep/b.py").exists()
    assert engine.history(state)[-1].undone is None


def test_undo_takes_the_last_change_that_is_in_force(root: Path, state: Path) -> None:
    """Twice undo takes back two changes; a third has nothing left."""
    engine.apply(plan(CHANGE), root, state)
    engine.apply(plan(NEW), root, state)
    assert [engine.undo(root, state).id, engine.undo(root, state).id] == ["0002", "0001"]
    with pytest.raises(UserError, match="no change to undo"):
        engine.undo(root, state)


def test_undo_by_id_in_any_order_where_files_differ(root: Path, state: Path) -> None:
    """`1` and `0001` name the same change."""
    engine.apply(plan(CHANGE), root, state)
    engine.apply(plan(NEW), root, state)
    assert engine.undo(root, state, "1").id == "0001"
    with pytest.raises(UserError, match="undone already"):
        engine.undo(root, state, "0001")
    with pytest.raises(UserError, match="no change 9"):
        engine.undo(root, state, "9")


def test_predictions_are_numbers_of_the_journal_until_they_are_undone(root: Path, state: Path) -> None:
    """Of each function the last one that is in force."""
    first, second = Prediction("web", 512, 0.5, 40, 0.1, 2.0), Prediction("web", 1024, 0.25, 40, 0.1, 2.0, 3)
    engine.apply(replace(plan(CHANGE), predicted=(first,)), root, state)
    engine.apply(replace(plan(NEW), predicted=(second,)), root, state)
    assert engine.predicted(state) == (second,)
    engine.undo(root, state)
    assert engine.predicted(state) == (first,)


class Crash(BaseException):
    """The process dies."""


def crash_after(monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    """Let the process die in the middle of the write of a project file after so many of them."""
    real, seen = files.write, []

    def write(path: Path, data: bytes, bits: int | None = None) -> None:
        if "journal" not in path.parts:
            seen.append(path)
            if len(seen) > writes:
                path.with_name(f".{path.name}.k1ll9.new").write_bytes(data[:1])
                raise Crash
        real(path, data, bits)

    monkeypatch.setattr(files, "write", write)


@pytest.mark.parametrize("writes", [0, 1])
def test_the_next_command_rolls_a_crashed_apply_back(
    root: Path, state: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    """Whether it died before or after the first file."""
    before = snapshot(root)
    with monkeypatch.context() as patch:
        crash_after(patch, writes)
        with pytest.raises(Crash):
            engine.apply(plan(CHANGE, NEW), root, state)
    assert [entry.id for entry in engine.recover(state)] == ["0001"]
    assert snapshot(root) == before
    assert engine.recover(state) == ()
    assert engine.history(state) == []


def test_the_next_command_completes_a_crashed_undo(root: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An undo that died is finished by whatever changes something next."""
    before = snapshot(root)
    engine.apply(plan(CHANGE, FileChange("src/c.py", None, b"c")), root, state)
    with monkeypatch.context() as patch:
        crash_after(patch, 0)
        with pytest.raises(Crash):
            engine.undo(root, state)
    with pytest.raises(UserError, match="no change to undo"):
        engine.undo(root, state)
    assert snapshot(root) == before


def test_a_file_edited_after_a_crash_is_kept_and_named(
    root: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recovery never overwrites what somebody wrote since."""
    with monkeypatch.context() as patch:
        crash_after(patch, 1)
        with pytest.raises(Crash):
            engine.apply(plan(CHANGE, NEW), root, state)
    (root / "src/a.py").write_bytes(b"rescued\n")
    (entry,) = engine.recover(state)
    assert [item.what for item in entry.plan.skipped] == ["src/a.py"]
    assert (root / "src/a.py").read_bytes() == b"rescued\n"


def test_a_write_that_the_system_refuses_leaves_nothing_half_done(
    root: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk at the second file takes the first one back."""
    before, real = snapshot(root), files.write

    def write(path: Path, data: bytes, bits: int | None = None) -> None:
        if path.name == "b.py":
            raise OSError(28, "No space left on device", str(path))
        real(path, data, bits)

    with monkeypatch.context() as patch:
        patch.setattr(files, "write", write)
        with pytest.raises(UserError, match="No space left on device"):
            engine.apply(plan(CHANGE, NEW), root, state)
    assert snapshot(root) == before


def test_paths_and_links_that_lead_outside_are_refused(root: Path, state: Path, tmp_path_factory) -> None:
    """Nothing outside of the project is written."""
    outside = tmp_path_factory.mktemp("outside") / "x.py"
    outside.write_bytes(b"x")
    (root / "link.py").symlink_to(outside)
    for path in ("../x.py", "link.py", str(outside)):
        with pytest.raises(UserError, match="leads outside"):
            engine.apply(plan(FileChange(path, b"x", b"y")), root, state)
    assert outside.read_bytes() == b"x"


def test_a_link_inside_stays_a_link(root: Path, state: Path) -> None:
    """The file behind it is changed, once."""
    (root / "link.py").symlink_to("src/a.py")
    engine.apply(plan(FileChange("link.py", CRLF, b"y")), root, state)
    assert (root / "link.py").is_symlink()
    assert (root / "src/a.py").read_bytes() == b"y"
    with pytest.raises(UserError, match="are the same file"):
        engine.apply(plan(FileChange("link.py", b"y", b"1"), FileChange("src/a.py", b"y", b"2")), root, state)


def test_a_read_only_file_is_refused(root: Path, state: Path) -> None:
    """Its owner said so, also to root."""
    (root / "src/a.py").chmod(0o444)
    with pytest.raises(UserError, match="read-only"):
        engine.apply(plan(NEW, CHANGE), root, state)
    assert not (root / "new").exists()


def test_only_one_command_changes_a_project_at_a_time(root: Path, state: Path) -> None:
    """The second one is told, and changes nothing."""
    with Journal(state).lock(), pytest.raises(BusyError):
        engine.apply(plan(CHANGE), root, state)
    assert (root / "src/a.py").read_bytes() == CRLF


def test_changes_outside_the_project_are_undone_where_they_were_made(root: Path, tmp_path_factory) -> None:
    """The journal of a working directory remembers another folder."""
    state = tmp_path_factory.mktemp("cwd") / ".state"
    engine.apply(plan(CHANGE), root, state)
    engine.undo(state.parent, state)
    assert (root / "src/a.py").read_bytes() == CRLF


def test_history_keeps_summary_effects_and_bytes(root: Path, state: Path) -> None:
    """What was applied reads back equal."""
    entry = engine.apply(plan(CHANGE, NEW), root, state, clock=lambda: 12.5)
    assert engine.history(state) == [entry]
    assert entry.time == 12.5


def test_a_damaged_journal_is_said_so(root: Path, state: Path) -> None:
    """With the folder to look at."""
    engine.apply(plan(CHANGE), root, state)
    (state / "journal" / "0001" / "entry.json").write_text("{")
    with pytest.raises(UserError, match="cannot be read"):
        engine.history(state)


def test_no_temporary_files_stay(root: Path, state: Path) -> None:
    """Only the changed files and the journal are there."""
    engine.apply(plan(CHANGE, NEW), root, state)
    assert [name for _, _, names in os.walk(root) for name in names if name.endswith(".new")] == []


def test_what_the_journal_says_holds_no_secret(tmp_path: Path) -> None:
    """The files come back as they were; what is said about them is masked."""
    root = tmp_path / "project"
    root.mkdir()
    word = "kestrel" + "41-Bay"
    before = f"DB_PASSWORD={word}\n".encode()
    (root / "a.env").write_bytes(before)
    said = Plan("fix", (FileChange("a.env", before, b"\n", "edited"),), (f"a.env: DB_PASSWORD={word} is gone",))
    engine.apply(said, root, tmp_path / "state")
    (entry,) = (tmp_path / "state/journal").glob("*/entry.json")
    assert word not in entry.read_text()
    engine.undo(root, tmp_path / "state")
    assert (root / "a.env").read_bytes() == before
