"""`python -m bench [NAME...] [ARGUMENT...]`: runs every bench of this folder, or those named, and prints their figures.
Arguments are the bench's own; `--write` before the names also puts what they print into docs/figures.md."""

from __future__ import annotations

import importlib
import itertools
import pkgutil
import sys
from contextlib import nullcontext

import bench
from bench._figures import written

WRITE = "--write"


def main() -> None:
    write = WRITE in sys.argv[1:2]
    del sys.argv[1 : 1 + write]
    known = [info.name for info in pkgutil.iter_modules(bench.__path__) if not info.name.startswith("_")]
    asked = list(itertools.takewhile(known.__contains__, sys.argv[1:]))
    names, rest = asked or known, sys.argv[1 + len(asked) :]
    if not asked and rest and not rest[0].startswith("-"):
        sys.exit(f"There is no bench named {rest[0]}. There are: {', '.join(known)}.")
    for name in names:
        module = importlib.import_module(f"bench.{name}")
        if hasattr(module, "main"):
            print(f"== {name}: {' '.join((module.__doc__ or '').split('.')[0].split())}", flush=True)
            sys.argv = [name, *rest]
            with written(name) if write else nullcontext():
                module.main()


if __name__ == "__main__":
    main()
