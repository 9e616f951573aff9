"""Arbitrary input for every parser and endpoint that is ours, `--count` inputs in all: crashes and hangs."""

from __future__ import annotations

import argparse
import tempfile
import time
import traceback
from contextlib import ExitStack
from pathlib import Path

from tests.fuzz.endpoints import endpoints
from tests.fuzz.interface import Target, run
from tests.fuzz.readers import readers


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench fuzz")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--only", default="", help="targets whose name contains this")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        targets = [t for t in (*readers(), *endpoints(Path(folder), stack)) if options.only in t.name]
        failed = [target.name for target in targets if not passes(target, options.count // len(targets) + 1)]
    print(f"{len(targets)} targets, {len(failed)} with a crash or a hang{': ' if failed else ''}{', '.join(failed)}")
    raise SystemExit(bool(failed))


def passes(target: Target, count: int) -> bool:
    """True when no input broke the target; says what did."""
    tried = [0]

    def counted(value: object) -> None:
        tried[0] += 1
        target.use(value)

    begun = time.perf_counter()
    try:
        run(Target(target.name, target.inputs, counted, target.refusals), count)
    except Exception:
        print(f"{target.name:26} {tried[0]:7} inputs   BROKEN\n{traceback.format_exc(limit=-6)[:4000]}", flush=True)
        return False
    print(f"{target.name:26} {tried[0]:7} inputs   {time.perf_counter() - begun:6.1f} s", flush=True)
    return True


if __name__ == "__main__":
    main()
