"""`uninstrument` as a plan: what `instrument` added comes out, and what people did since stays."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from shopfast_obs.instrument import frontend_page, workflows
from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.application.files import python_files
from shopfast_obs.instrument.plan import Instrumentation
from shopfast_obs.instrument.removal import remains, remove
from shopfast_obs.instrument.removal.revert import reverted, without
from shopfast_obs.instrument.service import FileResult
from shopfast_obs.model.changes import FileChange, Plan, Skipped
from shopfast_obs.model.overlay import Overlay
from shopfast_obs.parse import overlay as overlay_text

COMMAND = "uninstrument"
SINCE = "the lines that instrument wrote have been changed since; take them out by hand, or undo the change"
BRINGING = frozenset({".yaml", ".yml", ".json", ".zip"})  # templates, overlays, the archive of the runtime layer
Images = Sequence[tuple[bytes | None, bytes | None]]  # before and after, oldest first


def plan(paths: Sequence[Path], root: Path, recorded: Mapping[Path, Images], overlay: Path | None) -> Instrumentation:
    """The plan for the paths: by the recorded images where there are some, else by our marks in the source."""
    results = [_of_record(path, images, overlay) for path, images in recorded.items() if _below(path, paths, overlay)]
    known = {result.path for result in results}
    unread: list[Skipped] = []
    candidates = list(_candidates(paths, unread))
    results += [found for path in candidates if path not in known and (found := _of_marks(path)) is not None]
    results += [
        FileResult(Path(each.what), "skipped", reason=each.reason) for each in unread if Path(each.what) in paths
    ]
    results += [found for found in frontend_page.uninstrument(paths) if found.path not in known]
    files = tuple(_with_layers(tuple(remains.named(tuple(_kept_while_needed(results)), candidates, recorded)), overlay))
    changes = tuple(
        FileChange(os.path.relpath(f.path, root), f.before, f.after, COMMAND) for f in files if f.status == "changed"
    )
    skipped = tuple(Skipped(os.path.relpath(f.path, root), f.reason) for f in files if f.reason)
    return Instrumentation(Plan(COMMAND, changes, (), skipped), root, files)


def _below(path: Path, paths: Sequence[Path], overlay: Path | None) -> bool:
    return path == overlay or any(path == folder or path.is_relative_to(folder) for folder in paths)


def _of_record(path: Path, images: Images, overlay: Path | None) -> FileResult:
    now = path.read_bytes() if path.is_file() else None
    after = _reverted_overlay(now, images) if path == overlay else _reverted(now, images)
    if isinstance(after, Skipped):
        return FileResult(path, "skipped", reason=after.reason, before=now)
    return FileResult(path, "unchanged" if after == now else "changed", (), before=now, after=after)


def _reverted(now: bytes | None, images: Images) -> bytes | Skipped | None:
    """The bytes with every recorded change taken back, the latest first."""
    for before, after in reversed(images):
        if now is None:
            return None
        if after is None or now == before:
            continue
        if now == after:
            now = before
            continue
        if before is None:
            return Skipped("", "it was made by instrument and has been changed since; remove it by hand")
        try:
            text = reverted(before.decode(), after.decode(), now.decode())
        except UnicodeDecodeError:
            text = None
        if text is None:
            return Skipped("", SINCE)
        now = text.encode()
    return now


def _reverted_overlay(now: bytes | None, images: Images) -> bytes | None:
    if now is None:
        return None
    current = _overlay(now)
    for before, after in reversed(images):
        current = without(_overlay(before), _overlay(after), current)
    if current == _overlay(now):
        return now
    if current == Overlay() and images[0][0] is None:
        return None
    return overlay_text.write(current).encode()


def _overlay(data: bytes | None) -> Overlay:
    return Overlay() if data is None else overlay_text.read(data.decode("utf-8"), "the overlay")


def _candidates(paths: Sequence[Path], unread: list[Skipped]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir() or path.suffix == ".py":
            yield from python_files(path, unread)
    yield from workflows.find(paths)


def _of_marks(path: Path) -> FileResult | None:
    """What becomes of a file that no record tells of; None where it bears no mark of ours."""
    source = sources.read(path)
    if isinstance(source, Skipped):
        return None
    try:
        if path.name.endswith(workflows.SUFFIXES):
            text = workflows.uncarried(source.text)
        else:
            text = remove.removed(source.text) if remove.marked(source.text) else source.text
    except Exception as problem:  # one file that does not parse must not hide the others
        return FileResult(path, "skipped", reason=f"it does not parse: {problem}".splitlines()[0], before=source.data)
    if isinstance(text, Skipped) or text == source.text:
        return None
    return FileResult(path, "changed", (), before=source.data, after=source.encoded(text))


def _with_layers(files: Sequence[FileResult], overlay: Path | None) -> Iterator[FileResult]:
    """What brings the layers to the functions stays while a source that stays imports from them."""
    needing = next((file.path for file in files if file.path.suffix == ".py" and file.reason and _imports(file)), None)
    for file in files:
        bringing = file.path == overlay or file.path.suffix in BRINGING
        if needing is not None and bringing and file.status == "changed":
            reason = f"{needing.name} still imports what the layers bring; without them its functions fail"
            yield FileResult(file.path, "skipped", reason=reason, before=file.before)
        else:
            yield file


def _imports(file: FileResult) -> bool:
    """True where the file will still import Powertools, our runtime, or the module that makes the shared objects."""
    data = file.after if file.status == "changed" else file.before
    if data is None and file.status != "changed" and file.path.is_file():
        data = file.path.read_bytes()
    return data is not None and remains.MENTIONED.search(data) is not None


def _kept_while_needed(results: Sequence[FileResult]) -> Iterator[FileResult]:
    """A module that was made for others stays while one of those stays as it is."""
    stuck = {result.path.parent for result in results if result.status == "skipped"}
    for result in results:
        made = result.status == "changed" and result.after is None
        if made and any(path.is_relative_to(result.path.parent) for path in stuck):
            reason = "a file that may import it stays as it is"
            yield FileResult(result.path, "skipped", reason=reason, before=result.before)
        else:
            yield result
