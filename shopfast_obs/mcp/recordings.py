"""Recordings of what is deployed, which the other tools replay: the one thing that the server writes, and where."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mcp.types import CallToolResult

from shopfast_obs.mcp import answers
from shopfast_obs.mcp.answers import Documents, Page
from shopfast_obs.mcp.process import Ran
from shopfast_obs.mcp.tools import WHOLE, Result, Since

KEPT = 20  # recordings
PREFIX, SUFFIX = "evidence-", ".json.gz"


@dataclass(frozen=True)
class Recordings:
    """Makes recordings in a folder that whoever started the server chose."""

    run: Callable[[Sequence[str]], Awaitable[Ran]]
    documents: Documents
    folder: Path
    target: tuple[str, ...] = ()

    async def record(self, since: Since = "15m", page: Page = WHOLE) -> Result:
        """Record what is deployed and what was observed of it, secrets masked, and diagnose it.

        The answer names the recording, which `diagnose` and `lint_alarms` take as `evidence`: they then give the same
        answer each time, without the cloud. The newest 20 are kept, in the server's own folder."""
        file = self._next()
        arguments = ["diagnose", "--format=json", f"--save-evidence={file}", f"--since={since}", *self.target]
        ran, document = self.documents.read(arguments, await self.run(arguments))
        found = answers.answer(arguments, ran, document, page)
        return self._told(found, file)

    def _told(self, found: answers.Answer, file: Path) -> CallToolResult:
        return answers.result(found.model_copy(update={"evidence": str(file) if file.is_file() else ""}))

    def _next(self) -> Path:
        """A new file's path; the oldest recordings make room for it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in sorted(self.folder.glob(f"{PREFIX}*{SUFFIX}"))[: -KEPT + 1]:
            old.unlink()
        return (
            self.folder / f"{PREFIX}{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{time.time_ns() % 10**9:09}{SUFFIX}"
        )
