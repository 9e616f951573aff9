"""Code and layers of functions, unpacked once per content, safe against what a zip may try."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath

from shopfast_obs.facts import whole
from shopfast_obs.localcloud.interface import FunctionSpec
from shopfast_obs.localcloud.lambdahost.sandbox.distributions import powertools_layer

LARGEST = whole("lambda-max-package")  # bytes
MOST_ENTRIES = 200_000  # files and folders; a package of 250 MB has some ten thousand


class CannotPrepareError(Exception):
    """The function cannot be started: its code or a layer cannot be used. The message says which and why."""


def task_root(state: Path, spec: FunctionSpec) -> Path:
    """The folder of the function's code."""
    return _unpacked(state / "code", spec.code_zip, "the code")


def layer_dirs(state: Path, spec: FunctionSpec) -> list[Path]:
    """The folders of the function's layers; later layers come first, because they overlay the earlier ones."""
    return [_layer(state, arn, content) for arn, content in reversed(spec.layers)]


def _layer(state: Path, arn: str, content: bytes | None) -> Path:
    if content is not None:
        return _unpacked(state / "layers", content, f"layer {arn}")
    if ":layer:AWSLambdaPowertoolsPython" in arn:
        return powertools_layer(state)
    raise CannotPrepareError(f"layer {arn} is not known here; publish it to this cloud, or remove it from the function")


def _unpacked(parent: Path, content: bytes, what: str) -> Path:
    folder = parent / hashlib.sha256(content).hexdigest()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if not _intact(folder, archive):
                _unpack(archive, folder)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as problem:
        raise CannotPrepareError(f"{what} cannot be unpacked: {problem}") from None
    return folder


def _intact(folder: Path, archive: zipfile.ZipFile) -> bool:
    """True when every file is there in its size: a function can delete or rewrite its own code."""
    try:
        return folder.is_dir() and all(
            (folder / info.filename).stat().st_size == info.file_size
            for info in archive.infolist()
            if not info.is_dir() and not _is_link(info)
        )
    except OSError:
        return False


def _unpack(archive: zipfile.ZipFile, folder: Path) -> None:
    entries = archive.infolist()
    if sum(info.file_size for info in entries) > LARGEST:
        raise ValueError(f"unzipped size must be smaller than {LARGEST} bytes")
    if len(entries) > MOST_ENTRIES:
        raise ValueError(f"it has {len(entries)} entries, and {MOST_ENTRIES} at most are unpacked")
    draft = folder.with_name(f".{folder.name}.{os.getpid()}.{os.urandom(4).hex()}")
    draft.mkdir(parents=True, mode=0o700)
    try:
        for info in entries:
            _extract(archive, info, draft)
        if folder.exists():
            old = draft.with_name(f"{draft.name}.old")
            folder.rename(old)
            shutil.rmtree(old, ignore_errors=True)
        with contextlib.suppress(OSError):  # another thread was quicker
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def remove_drafts(state: Path) -> None:
    """Remove what a cloud that was killed had begun to unpack."""
    for draft in (*state.glob("code/.*"), *state.glob("layers/.*")):
        shutil.rmtree(draft, ignore_errors=True)


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, root: Path) -> None:
    parts = PurePosixPath(info.filename).parts
    target = root.joinpath(*parts)
    if info.filename.startswith("/") or ".." in parts or not _within(target.parent, root):
        raise ValueError(f"{info.filename!r} leads out of the package")
    if _is_link(info):
        _link(target, archive.read(info).decode(), root)
        return
    if info.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(info) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy)
    if (info.external_attr >> 16) & 0o111:
        target.chmod(0o755)


def _link(target: Path, to: str, root: Path) -> None:
    if to.startswith("/") or not _within(target.parent / to, root):
        raise ValueError(f"the link {target.name!r} leads out of the package")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(to)


def _within(path: Path, root: Path) -> bool:
    return path.resolve().is_relative_to(root.resolve())


def _is_link(info: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)
