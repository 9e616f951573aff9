"""The picture of the README, from a recording of a real run:

FORCE_COLOR=1 COLUMNS=100 shopfast-obs demo > demo.ansi
python -m docs.generators.picture demo.ansi
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

PAGE = Path(__file__).parents[1] / "_static/demo.svg"
WIDTH = 100
# The steps that are shown, by the beginning of their title, and how many lines of each; what is cut is marked.
STEPS = {"2. ": 6, "3. ": 18, "4. ": 5, "8. ": 3, "15. ": 7}
PLAIN = re.compile(r"\x1b\[[0-9;]*m")
# rich's frame without the fonts that it would fetch.
FRAME = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
TITLE = "make demo: ShopFast fails, is diagnosed, instrumented and fixed, and works"


def picture(recording: str) -> str:
    """The SVG of the steps that are shown, with a title for those who do not see it."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    for line in shown(recording.splitlines()):
        console.print(Text.from_ansi(line), no_wrap=True, overflow="ellipsis", crop=True)
    svg = FRAME.sub("", console.export_svg(title="make demo", theme=MONOKAI, unique_id="demo"))
    named = svg.replace(">", f' role="img" aria-label="{TITLE}">\n    <title>{TITLE}</title>', 1)
    return "\n".join(line.rstrip() for line in named.splitlines()) + "\n"


def shown(lines: list[str]) -> Iterator[str]:
    """The lines of the chosen steps, each cut after its number of lines."""
    left, cut = 0, False
    for line in lines:
        title = re.match(r"\d+\. ", PLAIN.sub("", line))
        if title:
            if cut:
                yield "…"
            left, cut = STEPS.get(title[0], 0), False
        if left and PLAIN.sub("", line).strip():
            yield line
            left -= 1
            cut = not left


def main() -> None:
    """Write the picture of the recording that is named."""
    PAGE.write_text(picture(Path(sys.argv[1]).read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
