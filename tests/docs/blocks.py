"""The code blocks of the documents, with what a comment above each says about running it.

<!-- app: sam -->          its commands run in a copy of tests/docs/apps/sam
<!-- run -->               its commands run in an empty folder
<!-- run: shop -->         they run, slowly, in one ShopFast on a local cloud, page by page (`make slow`)
<!-- not run: REASON -->   they are only parsed
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(
    r"^(?:<!-- (?P<said>[^\n]*) -->\n)?```(?P<language>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Block:
    """A block: its page and line, its language, its text, and the comment above it (`how`, and the word behind it)."""

    page: str
    line: int
    language: str
    text: str
    how: str = ""
    what: str = ""

    def __str__(self) -> str:
        """How a test names it."""
        return f"{self.page}:{self.line}"

    @property
    def commands(self) -> list[str]:
        """The command lines of a console block, without the comment behind one."""
        lines = [line.removeprefix("$ ") for line in self.text.splitlines() if line.startswith("$ ")]
        return [re.sub(r"\s+# .*", "", line) for line in lines]


def pages() -> list[Path]:
    """The README and every page of the documentation."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def blocks() -> Iterator[Block]:
    """Every block of every page."""
    for path in pages():
        text = path.read_text(encoding="utf-8")
        for found in FENCE.finditer(text):
            how, _, what = (found["said"] or "").partition(": ")
            line = text.count("\n", 0, found.start()) + 1
            yield Block(str(path.relative_to(ROOT)), line, found["language"], found["text"], how, what)
