"""A small disk that another program fills and frees."""

from __future__ import annotations

import contextlib
import random
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

MEGABYTES = 256
FULL_SECONDS, FREE_SECONDS = (0.05, 1.2), (0.2, 0.9)


class SmallDisk:
    """A tmpfs over a folder, while it is entered; needs the right to mount."""

    def __init__(self, folder: Path, megabytes: int = MEGABYTES) -> None:
        self._folder = folder
        self._size = f"size={megabytes}m"
        self._stop = threading.Event()

    def __enter__(self) -> SmallDisk:
        command = ["mount", "-t", "tmpfs", "-o", f"{self._size},mode=700", "tmpfs", str(self._folder)]
        subprocess.run(command, check=True, capture_output=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        subprocess.run(["umount", str(self._folder)], check=True)

    @contextlib.contextmanager
    def filling(self) -> Iterator[None]:
        """The disk is full and free in turns, and free at the end."""
        self._stop.clear()
        thread = threading.Thread(target=self._fill)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _fill(self) -> None:
        filler = self._folder / "filler"
        while not self._stop.wait(random.uniform(*FREE_SECONDS)):
            self.fill(filler, random.uniform(*FULL_SECONDS))
            filler.unlink()

    def fill(self, filler: Path, seconds: float = 0.0) -> None:
        """Take every byte, and what becomes free for some seconds more."""
        with filler.open("wb", buffering=0) as file:
            while True:
                try:
                    file.write(bytes(65536))
                except OSError:
                    if seconds <= 0 or self._stop.wait(0.02):
                        return
                    seconds -= 0.02
