"""Handlers that we did not write: what `instrument` makes of folders of fetched repositories, and that it breaks none.

Usage: python -m bench.corpus FOLDER... [--json]. Works on copies. Each folder is one repository.
"""

from __future__ import annotations

import argparse
import ast
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.corpus_checks import imports, same_meaning
from shopfast_obs.changes import engine
from shopfast_obs.errors import ProjectError
from shopfast_obs.instrument.application.files import IGNORED
from shopfast_obs.instrument.plan import Instrumentation, for_paths
from shopfast_obs.instrument.registry import selected

EVENTS = {"event", "_event", "events", "_", "__", "evt", "lambda_event", "_events"}
CONTEXTS = {"context", "_context", "ctx", "_", "__", "lambda_context", "_ctx", "_lambda_context"}


@dataclass
class Result:
    """One repository in numbers; lists name files."""

    name: str
    files: int = 0
    handlers: int = 0
    changed: int = 0
    complete: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    imported: int = 0
    not_importable: int = 0


def measure(folder: Path) -> Result:
    """The numbers of one repository."""
    result = Result(folder.name)
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / folder.name
        shutil.copytree(folder, root, symlinks=True, ignore=shutil.ignore_patterns(".git", "node_modules"))
        before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and not path.is_symlink()}
        try:
            found = for_paths([root], root, selected())
        except ProjectError as problem:
            result.wrong.append(problem.message)
            return result
        _count(result, found, root)
        entry = engine.apply(found.plan, root, Path(temporary) / "state")
        _check(result, found, root)
        again = for_paths([root], root, selected())
        result.wrong += [f"{change.path}: changed again" for change in again.plan.changes]
        engine.undo(root, Path(temporary) / "state", entry.id)
        after = {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and not path.is_symlink()}
        result.wrong += [
            f"{path.relative_to(root)}: not as before" for path in before if after.get(path) != before[path]
        ]
        result.wrong += [f"{path.relative_to(root)}: left behind" for path in after.keys() - before.keys()]
    return result


def _count(result: Result, found: Instrumentation, root: Path) -> None:
    statuses = {file.path.resolve(): file for file in found.files}
    for path, names in _handlers(root):
        result.files += 1
        result.handlers += len(names)
        file = statuses.get(path.resolve())
        name = str(path.relative_to(root))
        if file is None:
            result.missed += [f"{name}: {each}" for each in names]
            continue
        after = file.after if file.after is not None else path.read_bytes()
        done = _instrumented(after)
        for each in names:
            if each.rpartition(".")[2] in done or each in done:
                result.changed += file.status == "changed"
                result.complete += file.status != "changed"
            else:
                reason = file.reason.split(": ")[-1] or f"no reason: {name}: {each}"
                result.skipped[reason] = result.skipped.get(reason, 0) + 1


def _check(result: Result, found: Instrumentation, root: Path) -> None:
    for change in found.plan.changes:
        if not change.path.endswith(".py") or change.after is None:
            continue
        try:
            compile(change.after, change.path, "exec", dont_inherit=True)
        except SyntaxError as problem:
            result.wrong.append(f"{change.path}: does not compile: {problem}")
            continue
        if change.before is None:
            continue
        if difference := same_meaning(change.before, change.after):
            result.wrong.append(f"{change.path}: {difference}")
        if imports(change.before, root / change.path):
            result.not_importable += 1
        elif problem := imports(change.after, root / change.path):
            result.wrong.append(f"{change.path}: import: {problem}")
        else:
            result.imported += 1


def _handlers(root: Path) -> Iterator[tuple[Path, list[str]]]:
    """Files with functions and methods that take an event and a context, however they are found otherwise."""
    for path in sorted(root.rglob("*.py")):
        inner = path.relative_to(root).parts
        hidden = any(part in IGNORED or part.startswith(".") for part in inner[:-1])
        if hidden or path.is_symlink() or path.name.startswith("test_") or path.name.endswith("_test.py"):
            continue
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue
        names = [name for name, node in _functions(tree) if _takes_event(node)]
        if names:
            yield path, names


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (
            node.name not in used or node.name in ("handler", "lambda_handler")
        ):
            yield node.name, node


def _takes_event(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    return (
        len(names) == 2
        and (names[0] in EVENTS and names[1] in CONTEXTS)
        and names != ["_", "_"]
        and not node.args.kwonlyargs
    )


def _instrumented(source: bytes) -> set[str]:
    """The functions that carry all four decorators."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            text = " ".join(ast.unparse(decorator) for decorator in node.decorator_list)
            wanted = ("observed", "inject_lambda_context", "capture_lambda_handler", "log_metrics")
            if all(name in text for name in wanted):
                found.add(node.name)
    return found


def main(arguments: Sequence[str] = ()) -> int:
    """Measure and print; 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if not options.folders:
        sys.stdout.write("No folders of repositories were named; see docs/measured/corpus.md for the last figures.\n")
        return 0
    results = [measure(folder) for folder in options.folders]
    if options.json:
        sys.stdout.write(json.dumps([asdict(result) for result in results], indent=1) + "\n")
    else:
        _print(results)
    return int(any(result.wrong for result in results))


def _print(results: Sequence[Result]) -> None:
    rows = [("repository", "files", "handlers", "changed", "complete", "skipped", "missed", "imported", "wrong")]
    for r in results:
        skipped, missed = sum(r.skipped.values()), len(r.missed)
        numbers = (r.files, r.handlers, r.changed, r.complete, skipped, missed, r.imported, len(r.wrong))
        rows.append((r.name, *map(str, numbers)))
    for row in rows:
        sys.stdout.write("| " + " | ".join(row) + " |\n")
    total = sum(r.handlers for r in results)
    left = sum(sum(r.skipped.values()) + len(r.missed) for r in results)
    sys.stdout.write(f"\n{total} handlers, {left} left alone ({100 * left / max(total, 1):.1f} %)\n")
    for r in results:
        for reason, count in Counter(r.skipped).most_common():
            sys.stdout.write(f"{r.name}: {count} x {reason}\n")
        for line in (*r.missed, *r.wrong):
            sys.stdout.write(f"{r.name}: {line}\n")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
