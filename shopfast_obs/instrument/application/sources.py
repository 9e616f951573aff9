"""Source files as the codemods need them: read without loss, and put back in their own encoding and newlines."""

from __future__ import annotations

import ast
import gc
import io
import re
import stat
import tokenize
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shopfast_obs import confine
from shopfast_obs.instrument.application import files
from shopfast_obs.model.changes import Skipped

GENERATED = re.compile(r"^#.*(@generated|generated (by|from)|do not (edit|modify))", re.IGNORECASE | re.MULTILINE)
UNPARSEABLE = "it does not parse"
NEWEST = "3.15"  # that LibCST reads
WALKED, LOWERED = "_shopfast_obs_walked", "_shopfast_obs_lowered"
LARGEST = 400_000  # characters; LibCST needs a minute and 300 MB for them
HEAD = 1000  # characters in which a generated file says so


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its bytes, and its text with the newlines as they are."""

    path: Path
    data: bytes
    text: str
    encoding: str

    def encoded(self, text: str) -> bytes | None:
        """A text in the file's encoding, or None when that has no such characters."""
        try:
            return text.encode(self.encoding)
        except UnicodeEncodeError:
            return None

    @property
    def newline(self) -> str:
        """The newline that the file starts with."""
        first = self.data.split(b"\n", 1)[0]
        return "\r\n" if first.endswith(b"\r") else "\n"


def content(path: Path) -> bytes | Skipped:
    """The bytes of a regular file, or why there are none: reading a pipe would wait forever."""
    try:
        if stat.S_ISREG(path.stat().st_mode):
            return confine.content(path)
        return Skipped(str(path), "it is no regular file", unread=True)
    except OSError as problem:
        return Skipped(str(path), files.refused(problem), unread=True)


def read(path: Path, known: bytes | None = None) -> Source | Skipped:
    """The file, or why it is left alone; `known` are its bytes, where they were read already."""
    data = content(path) if known is None else known
    if isinstance(data, Skipped):
        return data
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        source = Source(path, data, data.decode(encoding), encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as problem:
        return Skipped(str(path), f"its encoding is not what it says: {problem}", unread=True)
    reason = _unfit(source)
    return Skipped(str(path), reason) if reason else source


def parse(data: bytes | str) -> ast.Module:
    """The syntax tree, also of what only a newer Python than this one reads; what Python warns about in it is its
    author's affair. Raises SyntaxError and ValueError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(data)
        except SyntaxError as problem:
            if "too many nested" in str(problem):  # which would end the process in a parser without that bound
                raise
            from shopfast_obs.instrument.edit import newer_grammar

            tree = newer_grammar.parse(_decoded(data))
            vars(tree)[LOWERED] = True
            return tree


def is_lowered(tree: ast.Module) -> bool:
    """True for a tree of syntax that this Python does not read: its lines are not those of the source."""
    return LOWERED in vars(tree)


def _decoded(data: bytes | str) -> str:
    if isinstance(data, str):
        return data
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return data.decode(encoding)


@contextmanager
def uncollected() -> Iterator[None]:
    """Trees are made meanwhile: they have no cycles to be found, and very many nodes to be looked at for some."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def nodes(tree: ast.Module) -> list[ast.AST]:
    """All nodes of the tree; they are walked once, because that is what costs."""
    known = vars(tree)
    if WALKED not in known:
        known[WALKED] = list(ast.walk(tree))
    found: list[ast.AST] = known[WALKED]
    return found


def check(code: str) -> None:
    """Raise SyntaxError or ValueError for what no Python would run: this one, or a newer one that LibCST reads."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(code, "source", "exec", dont_inherit=True)
        except SyntaxError:
            compile(parse(code), "source", "exec", dont_inherit=True)


def unparseable(problem: Exception) -> str:
    """Why a source does not parse, and what helps."""
    if isinstance(problem, RecursionError):
        return f"{UNPARSEABLE}: it is nested too deeply"
    line = getattr(problem, "lineno", None) or getattr(problem, "raw_line", None)  # LibCST's
    said = problem.msg if isinstance(problem, SyntaxError) else str(problem).splitlines()[0]
    where = f" (line {line})" if line else ""
    return f"{UNPARSEABLE} as Python {NEWEST} or older Python 3: {said}{where}; mend it, or name paths without it"


def _unfit(source: Source) -> str:
    if source.path.is_symlink():
        return "it is a symbolic link; the file behind it is instrumented where it lives"
    if not source.path.stat().st_mode & 0o200:
        return "it is read-only"
    if len(source.text) > LARGEST:
        return f"it has {len(source.text):,} characters; files of {LARGEST:,} at most are changed"
    return "it is generated; instrument what generates it" if GENERATED.search(source.text[:HEAD]) else ""
