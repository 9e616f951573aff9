"""How many small defects of the package the tests notice.

`python -m bench mutations [--of FOLDER...] [--sample N] [--tests FOLDER...] [--save FILE] [--again FILE]`: a sample of
mutants, the same each time, is put into the folders' modules one by one, in memory alone, and the tests run against
each: first those that mirror its module, then the others, until one fails. `--again` takes the mutants that a file of
`--save` names, so that two states of the code can be compared.
"""

from __future__ import annotations

import argparse
import importlib.machinery
import importlib.util
import json
import os
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from bench._mutants import Mutant, mutants, mutated

FOLDERS = ("shopfast_obs/diagnose/rules", "shopfast_obs/alarms/catalogue")
TESTS = ("tests/diagnose", "tests/alarms")
SECONDS = 300
ONLY = ("-x", "-q", "-p", "no:cacheprovider", "-m", "not cloud and not synth and not slow")
KILLED, SURVIVED, OVERTIME = "killed", "survived", "killed by the time limit"


class Finder(importlib.machinery.SourceFileLoader):
    """Loads one module with its mutant; what stands on the disk stays as it is."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        super().__init__(_module(mutant.file), str(mutant.file.resolve()))

    def find_spec(self, name: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        packages = [str(self.mutant.file.parent.resolve())] if self.mutant.file.stem == "__init__" else None
        return importlib.util.spec_from_file_location(name, self.path, loader=self, submodule_search_locations=packages)

    def get_code(self, fullname: str) -> CodeType:
        tree = mutated(self.mutant.file.read_text(encoding="utf-8"), self.mutant.number)
        return compile(tree, self.path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        exec(self.get_code(self.name), module.__dict__)  # noqa: S102 - the module itself


def _module(file: Path) -> str:
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")


def mirrors(file: Path) -> list[str]:
    """The test file that has the module's name, where there is one."""
    there = Path("tests", *file.parts[1:-1], f"test_{file.name}")
    return [str(there)] if there.exists() else []


def judged(mutant: Mutant, tests: Sequence[str]) -> str:
    """What the tests make of a mutant, in a process of its own."""
    child = os.fork()
    if not child:
        with open(os.devnull, "w") as nothing:  # noqa: PTH123
            os.dup2(nothing.fileno(), 1)
            os.dup2(nothing.fileno(), 2)
            sys.meta_path.insert(0, Finder(mutant))
            first = mirrors(mutant.file)
            os._exit(int(bool((first and pytest.main([*ONLY, *first])) or pytest.main([*ONLY, *tests]))))
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return KILLED if status else SURVIVED
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return OVERTIME


def preload(tests: Sequence[str]) -> None:
    """Imports what the tests need from elsewhere, once for all mutants; nothing of the package's own."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", *tests])
        own = ("shopfast_obs", "tests", "bench", "conftest", "__")
        os.write(write, "\n".join(n for n in sys.modules if not n.startswith(own) and "." not in n).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        names = pipe.read().split()
    os.waitpid(child, 0)
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:  # noqa: S112 - what cannot be loaded alone is loaded by each child
            continue


def sample(folders: Iterable[str], count: int) -> list[Mutant]:
    """The mutants with the lowest ids: those that two states of the code share are taken in both."""
    return sorted(all_of(folders), key=lambda mutant: mutant.id)[:count]


def all_of(folders: Iterable[str]) -> list[Mutant]:
    files = [
        f for folder in folders for f in ([Path(folder)] if folder.endswith(".py") else Path(folder).rglob("*.py"))
    ]
    return [one for file in sorted(files) for one in mutants(file, file.read_text(encoding="utf-8"))]


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench mutations", description=__doc__)
    asked.add_argument("--of", nargs="+", default=list(FOLDERS), dest="folders")
    asked.add_argument("--sample", type=int, default=40)
    asked.add_argument("--tests", nargs="*", default=list(TESTS))
    asked.add_argument("--save", type=Path)
    asked.add_argument("--again", type=Path)
    options = asked.parse_args()
    before: dict[str, str] = json.loads(options.again.read_text()) if options.again else {}
    chosen = sample(options.folders, options.sample)
    if before:
        chosen = [one for one in all_of(options.folders) if one.id in before]
        gone = before.keys() - {one.id for one in chosen}
        print(f"{len(gone)} of {len(before)} mutants have no place in this code any more: {' '.join(sorted(gone))}")
    preload(options.tests)
    results: dict[str, str] = {}
    for mutant in sorted(chosen, key=lambda one: (one.file, one.number)):
        result = judged(mutant, options.tests)
        was = before.get(mutant.id, result)
        print(f"{result}{f' (was {was})' if was != result else ''}: {mutant}", flush=True)
        results[mutant.id] = SURVIVED if SURVIVED in (result, results.get(mutant.id)) else result
        if options.save:
            options.save.write_text(json.dumps(results, indent=1))
    killed = sum(result != SURVIVED for result in results.values())
    print(f"{killed} of {len(results)} mutants killed ({killed / max(1, len(results)):.0%})")


if __name__ == "__main__":
    main()
