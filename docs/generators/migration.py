"""What the migration from the X-Ray SDK to OpenTelemetry makes of sources, and what it leaves; from its tested cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from docs.generators.markdown import WRITTEN

CASES: Mapping[str, Sequence[Mapping[str, str]]] = yaml.safe_load(
    (Path(__file__).parents[1] / "examples/migration.yaml").read_text(encoding="utf-8")
)

OTHERWISE = (
    "- An answer of 5xx is a fault of the handler's part. Powertools' Tracer marks none.",
    "- The annotation `Service` comes from the variable `POWERTOOLS_SERVICE_NAME`. The service that `Tracer(service=...)` names is dropped: set the variable.",
    "- Metadata without a namespace has the namespace `default`, not the service's name.",
    "- What `capture_method` and `capture_lambda_handler` recorded of answers is not recorded.",
    "- An AWS call that gets no answer is a fault. The X-Ray SDK marks none.",
)


def pages() -> Iterator[tuple[str, str]]:
    """Path below docs/ and text of the page."""
    yield "reference/migration.md", "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield from ("# From the X-Ray SDK to OpenTelemetry", "", WRITTEN, "")
    yield "What `instrument --migrate xray-to-otel` makes of Powertools' Tracer and of the X-Ray SDK. Each case is a test. All files that share a process are moved, or none of"
    yield "them: two tracers in one process do not see each other's parts. `undo` brings every byte back. [How to choose](../guides/tracing.md),"
    yield "[what it does to public applications](../measured/migration.md)."
    yield from ("", "## What is moved")
    for case in CASES["moved"]:
        yield from (
            "",
            f"### {case['name']}",
            "",
            "Before:",
            "",
            *_code(case["before"]),
            "",
            "After:",
            "",
            *_code(case["after"]),
        )
    yield from ("", "## What is told otherwise afterwards", "")
    yield from OTHERWISE
    yield from ("", "## What is left, with the reason", "", "The plan names the file, the line and the reason.")
    for case in CASES["left"]:
        yield from (
            "",
            f"### {case['name']}",
            "",
            *_code(case["before"]),
            "",
            f"Line {case['line']}: {case['reason']}.",
        )


def _code(source: str) -> Iterator[str]:
    yield from ("```python", source.strip("\n"), "```")
