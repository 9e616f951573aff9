"""Arbitrary input for every parser and endpoint that is ours, `--count` inputs in all: crashes, hangs and memory. A
fortieth is drawn, the rest is altered from what was drawn."""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
import traceback
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from tests.fuzz.endpoints import endpoints
from tests.fuzz.interface import HANG_SECONDS, Target, run, within
from tests.fuzz.mutation import altered
from tests.fuzz.readers import LINES, SEGMENT, SPANS, readers
from tests.fuzz.wholes import wholes


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench fuzz")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--only", default="", help="targets whose name contains this")
    parser.add_argument(
        "--part", default="1/1", help="only this part of the targets, such as 2/3, to run parts side by side"
    )
    options = parser.parse_args()
    part, parts = map(int, options.part.split("/"))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        every = (*readers(), *wholes(Path(folder), SEGMENT, SPANS, LINES), *endpoints(Path(folder), stack))
        targets = [target for target in every if options.only in target.name]
        share = options.count / sum(1 / target.cost for target in targets)
        mine = targets[part - 1 :: parts]
        counts = {target.name: int(share / target.cost) + 1 for target in mine}
        failed = [target.name for target in mine if not passes(target, counts[target.name])]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(mine)} targets, {sum(counts.values()):,} inputs, at most {memory:.0f} MB, ", end="")
    print(f"longest input {slowest[0]:.2f} s; ", end="")
    print(f"{len(failed)} with a crash or a hang{': ' if failed else ''}{', '.join(failed)}")
    raise SystemExit(bool(failed))


DRAWN, FEWEST = 40, 100  # of so many inputs one is drawn, but not fewer than that
slowest = [0.0]


def passes(target: Target, count: int) -> bool:
    """True when no input broke the target; says what did."""
    pool: list[Any] = []

    def kept(value: object) -> None:
        pool.append(value)
        timed(target, value)

    begun = time.perf_counter()
    value: Any = None
    try:
        run(Target(target.name, target.inputs, kept, target.refusals), min(count, max(FEWEST, count // DRAWN)))
        chance = random.Random(target.name)
        for number in range(len(pool), count):
            value = altered(chance.choice(pool), pool, chance)
            with within(HANG_SECONDS), suppress(*target.refusals):
                timed(target, value)
            if number % 5 == 0:
                pool[chance.randrange(len(pool))] = value
    except Exception:
        print(f"{target.name:30} BROKEN by {str(value)[:300]!r}\n{traceback.format_exc(limit=-6)[:4000]}", flush=True)
        return False
    print(f"{target.name:30} {max(count, len(pool)):7} inputs   {time.perf_counter() - begun:6.1f} s", flush=True)
    return True


def timed(target: Target, value: object) -> None:
    """Use it, and remember the longest that one took."""
    begun = time.process_time()
    try:
        target.use(value)
    finally:
        slowest[0] = max(slowest[0], time.process_time() - begun)


if __name__ == "__main__":
    main()
