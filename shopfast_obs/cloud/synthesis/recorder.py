"""Runs a CDK app as `python app.py` does, and notes what it reads: `python recorder.py app.py`.

A program of its own, in the application's Python; the file that SHOPFAST_OBS_RECORD names gets the notes. What Node
reads and stages is noted by record_assets.cjs.
"""

from __future__ import annotations

import atexit
import functools
import importlib
import json
import os
import re
import runpy
import sys
from pathlib import Path
from typing import Any

RECORD = "SHOPFAST_OBS_RECORD"
HASH = re.compile(rb"[0-9a-f]{64}")
OUTSIDE = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "socket.connect")


class Notes:
    """What the app read, wrote, listed and asked for, whether it went outside, and which hashes jsii told it."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.written: set[str] = set()
        self.listed: set[str] = set()
        self.asked: set[str] = set()
        self.outside = False
        self.hashes: set[str] = set()

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        """An audit hook (PEP 578)."""
        if event == "open" and isinstance(args[0], (str, bytes, os.PathLike)):
            writes = bool(set("wax+") & set(args[1])) if isinstance(args[1], str) else bool(args[2] & os.O_ACCMODE)
            (self.written if writes else self.read).add(os.path.abspath(os.fsdecode(args[0])))  # noqa: PTH100 - links stay
        elif event in ("os.listdir", "os.scandir") and isinstance(args[0], (str, bytes, os.PathLike)):
            self.listed.add(os.path.abspath(os.fsdecode(args[0])))  # noqa: PTH100
        elif event in OUTSIDE and not _is_jsii(event, args):
            self.outside = True

    def save(self, file: Path) -> None:
        """Write all of it as JSON."""
        modules = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
        said = {
            "read": sorted(self.read - self.written),
            "asked": sorted(self.asked - self.read - self.written),
            "listed": sorted(self.listed - {os.path.abspath(folder) for folder in sys.path}),  # noqa: PTH100
            "modules": sorted(os.path.abspath(path) for path in modules if path),  # noqa: PTH100
            "outside": self.outside,
            "hashes": sorted(self.hashes),
        }
        file.write_text(json.dumps(said), encoding="utf-8")


def watch_questions(notes: Notes) -> None:
    """Note what the app asks to be there (`Path.exists`): no audit event tells of it."""
    for name in ("stat", "lstat"):
        original = getattr(os, name)

        @functools.wraps(original)
        def asking(path: Any, *args: Any, _original: Any = original, **options: Any) -> os.stat_result:  # noqa: ANN401
            if isinstance(path, (str, bytes, os.PathLike)):
                notes.asked.add(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100
            found: os.stat_result = _original(path, *args, **options)
            return found

        setattr(os, name, asking)
        for able in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
            if original in able:
                able.add(asking)


class HashReader:
    """The answers of jsii's Node, read for hashes as they pass."""

    def __init__(self, stream: Any, notes: Notes) -> None:  # noqa: ANN401 - a pipe of jsii's
        self._stream, self._notes = stream, notes

    def readline(self) -> bytes:
        """The next answer."""
        line: bytes = self._stream.readline()
        self._notes.hashes.update(found.decode("ascii") for found in HASH.findall(line))
        return line

    def close(self) -> None:
        """Close the pipe."""
        self._stream.close()


def _is_jsii(event: str, args: tuple[Any, ...]) -> bool:
    return event == "subprocess.Popen" and "jsii-runtime" in str(args[1])


def watch_jsii(notes: Notes) -> None:
    """Hear what Node answers, and do not wait until it has cleared its memory at the end: that takes 0.7 s."""
    try:
        kind = importlib.import_module("jsii._kernel.providers.process")._NodeProcess
        start, _ = kind.start, kind.stop
    except (ImportError, AttributeError):  # no jsii, or one that is made otherwise
        return

    def started(node: Any) -> None:  # noqa: ANN401 - jsii's process
        start(node)
        node._process.stdout = HashReader(node._process.stdout, notes)

    def stopped(node: Any) -> None:  # noqa: ANN401
        atexit.unregister(node.stop)
        node._process.kill()
        node._process.wait()
        node._ctx_stack.close()

    kind.start, kind.stop = started, stopped


def main(program: str) -> None:
    """Run the program as the interpreter would, with notes."""
    notes = Notes()
    atexit.register(notes.save, Path(os.environ[RECORD]))  # the first one runs last
    sys.argv = [program]
    sys.path[0] = str(Path(program).parent)
    sys.addaudithook(notes.hear)
    watch_jsii(notes)
    watch_questions(notes)
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1])
