"""The reference at the end of `docs/guides/reports.md`, from the code: `python -m shopfast_obs.report.reference`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from shopfast_obs.analysis.comparison import significance, thresholds
from shopfast_obs.analysis.traces.critical_path import CATEGORIES
from shopfast_obs.analysis.traces.overview import call_patterns
from shopfast_obs.report.schema import DOCUMENTS
from shopfast_obs.report.text import seconds
from shopfast_obs.report.trace_tables import MEANINGS, PATTERNS, short

HEAD = "## Reference\n\nWritten by `python -m shopfast_obs.report.reference`; a test keeps it equal to the code.\n"
# What the code's constants mean; a kind without a sentence here is an error.
FOUND_WHEN = {
    "n_plus_one": f"the same call at least {call_patterns.LOOP} times, one after another, "
    f"{seconds(call_patterns.LOOP_SECONDS)} together",
    "repeated": f"the same call at least {call_patterns.REPEATED} times in one place, but no loop",
    "sequential": f"at least {call_patterns.CHAIN} different calls in a row that at once would save "
    f"{seconds(call_patterns.CHAIN_SECONDS)} and {call_patterns.CHAIN_SHARE:.0%} of what they belong to",
    "slow": f"one call of {seconds(call_patterns.SLOW)} or more, but not an API's of its function",
    "retried": "a call that the SDK repeated, or a further attempt of an asynchronous invocation",
    "throttled": "a call that was answered with 429",
    "large": f"an answer of {call_patterns.LARGE // 1000} kB or more, in a call of "
    f"{seconds(call_patterns.LARGE_SECONDS)} or more",
}
MEASURES = {
    "p50, p90, p95, p99": "latency of a route; with `{PATTERN}` also of an edge or a chain",
    "errors": "share of failed requests (4xx, 429, 5xx) of a route, in percentage points; with `{PATTERN}` also of an "
    "edge or a chain",
    "cold-starts": "share of cold starts of a function, in percentage points; with `{PATTERN}` also the requests that "
    "waited",
    "calls": "calls of a chain for each request",
    "critical-path": "seconds of a part of a route's critical path, for each request",
}


def reference() -> str:
    """The reference as Markdown, ending with a new line."""
    return "\n".join([HEAD, *_warnings(), "", *_patterns(), "", *_thresholds(), "", *_rest()]) + "\n"


def _warnings() -> Iterator[str]:
    yield from ("### Warnings of a trace", "", "| warning | what it means |", "|---|---|")
    yield from (f"| `{kind}` | {meaning} |" for kind, meaning in MEANINGS.items())


def _patterns() -> Iterator[str]:
    yield from ("### Call patterns", "", "| pattern | in a table | found when |", "|---|---|---|")
    yield from (f"| `{kind}` | {shown} | {FOUND_WHEN[kind]} |" for kind, shown in PATTERNS.items())


def _thresholds() -> Iterator[str]:
    yield from ("### Thresholds of `compare --fail-on`", "", "| measure | of what | units |", "|---|---|---|")
    for names, meaning in MEASURES.items():
        units = [unit or "a number" for unit in thresholds.units(names.split(", ")[0])]
        yield f"| `{names.replace(', ', '`, `')}` | {meaning} | {', '.join(units)} |"
    kinds = ", ".join(f"`{name}`" for name in thresholds.PRESENCE)
    yield from (
        "",
        f"`new-` and `gone-` go before {kinds}; `{thresholds.UNDECIDED}` and `{thresholds.WORSE}` stand alone.",
    )


def _rest() -> Iterator[str]:
    yield from ("### Where time goes, and what is enough", "")
    yield f"- Categories of the critical path: {', '.join(short(name) for name in CATEGORIES)}."
    yield (
        f"- A comparison needs {significance.ENOUGH} requests on each side; "
        f"a percentile also {significance.BEYOND} beyond it:"
    )
    needs = {
        name: round(significance.BEYOND / (1 - share))
        for name, share in significance.PERCENTILES.items()
        if name != "p50"
    }
    yield f"  {', '.join(f'{count} for {name}' for name, count in needs.items())}."
    yield f"- JSON documents with a schema (`report schema NAME`): {', '.join(DOCUMENTS)}."


if __name__ == "__main__":
    sys.stdout.write(reference())
