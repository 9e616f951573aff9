"""Random programs over batches, run with Powertools' own logger: how many log lines are under another record's id."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, seed, settings

from tests.runtime.batch_programs import programs
from tests.runtime.batch_runs import BATCH, lines_of, wrong

PROGRAMS = 1000
SEEDS = (1, 2, 3)


def main() -> None:
    """Print the figures; a wrong line ends it with the smallest program that logs one."""
    os.environ["POWERTOOLS_TRACE_DISABLED"] = "1"
    for number in SEEDS:
        counted = run(number)
        print(
            f"seed {number}: {counted['programs']} programs, {counted['lines']} lines about a record: "
            f"{counted['own']} under its own id, {counted['batch']} under the batch's, none under another's",
            flush=True,
        )


def run(number: int) -> dict[str, int]:
    """What the programs of a seed log."""
    counted = {"programs": 0, "lines": 0, "own": 0, "batch": 0}

    @seed(number)
    @settings(max_examples=PROGRAMS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(programs())
    def each(text: str) -> None:
        lines = lines_of(text)
        assert wrong(lines) == []
        about = [line for line in lines if line.get("about")]
        counted["programs"] += 1
        counted["lines"] += len(about)
        counted["own"] += sum(line["correlation_id"] == f"id-{line['about']}" for line in about)
        counted["batch"] += sum(line["correlation_id"] == BATCH for line in about)

    each()
    return counted


if __name__ == "__main__":
    main()
