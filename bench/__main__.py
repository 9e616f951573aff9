"""Runs every bench of this folder (or those named on the command line) and prints their figures."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench


def main() -> None:
    known = [info.name for info in pkgutil.iter_modules(bench.__path__) if not info.name.startswith("_")]
    for name in sys.argv[1:] or known:
        module = importlib.import_module(f"bench.{name}")
        if hasattr(module, "main"):
            print(f"== {name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
            module.main()


if __name__ == "__main__":
    main()
