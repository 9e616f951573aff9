"""Random programs of tasks and threads, each run with the X-Ray SDK and with OpenTelemetry: how many of the traces are
the program's own tree. `--programs N`, `--seed N` for others, `--alone` for the SDK without the layer's context."""

from __future__ import annotations

import argparse
import logging
import os
from collections import Counter
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.runtime.async_programs import Part, programs
from tests.runtime.async_runs import wrong
from tests.runtime.two_roads import by_opentelemetry, by_xray, in_lambda

PROGRAMS, SEED = 1_000, 17
SHOWN = 3  # programs that a trace is not of


def xray(program: Part) -> tuple[int, list[str]]:
    """How many parts the program opened, and what the trace that the X-Ray SDK sent has wrong."""
    with in_lambda() as documents:
        run, sent = by_xray(program, documents)
    return len(run.truth.parents), wrong(run, sent)


def opentelemetry(program: Part) -> tuple[int, list[str]]:
    """The same with OpenTelemetry."""
    run, sent = by_opentelemetry(program)
    return len(run.truth.parents), wrong(run, sent)


def counted(road: Callable[[Part], tuple[int, list[str]]], number: int, chosen: int) -> Counter[str]:
    """The programs, their parts, and how many of the traces agree."""
    counts: Counter[str] = Counter()

    @seed(chosen)
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(programs())
    def run(program: Part) -> None:
        try:
            parts, said = road(program)
        except Exception as problem:  # the SDK alone raises in the program
            parts, said = 0, [repr(problem)]
        counts.update({"programs": 1, "parts": parts, "agree": not said})
        if said and counts["programs"] - counts["agree"] <= SHOWN:
            print(f"  {program}: {'; '.join(said)}")

    run()
    return counts


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=PROGRAMS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--alone", action="store_true")
    options = parser.parse_args()
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # a failed task that nobody waits for is part of a program
    if options.alone:
        os.environ["SHOPFAST_OBS_PARALLEL"] = "off"
    for name, road in (("X-Ray SDK", xray), ("OpenTelemetry", opentelemetry)):
        counts = counted(road, options.programs, options.seed)
        print(f"{name}: {counts['agree']} of {counts['programs']} programs agree, {counts['parts']} parts")


if __name__ == "__main__":
    main()
