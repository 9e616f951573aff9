"""What a synthesis depends on, as digests: the same digests, the same assembly.

`settled` is everything that only the app itself can answer to. `contents` are the files that CDK does nothing with but
copy, folder by folder, and `overlay` is the overlay of an app that applies one: those can be brought into the last
assembly without the app.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import shopfast_obs
from shopfast_obs.cloud.synthesis.reads import Reads
from shopfast_obs.model.records import record

# Folders that no synthesis reads, unless it says so: outputs, caches, environments.
NOT_SOURCES = {"__pycache__", "node_modules", "cdk.out", "build", "dist", "tests", "docs", "bench"}
DERIVED = ("__pycache__", ".pyc")
# What differs from one terminal to the next. Everything else in the environment may decide what an app makes.
TERMINAL = frozenset(
    {
        "_",
        "COLORTERM",
        "COLUMNS",
        "DBUS_SESSION_BUS_ADDRESS",
        "DISPLAY",
        "EDITOR",
        "FORCE_COLOR",
        "INVOCATION_ID",
        "JOURNAL_STREAM",
        "LINES",
        "LS_COLORS",
        "NO_COLOR",
        "OLDPWD",
        "PAGER",
        "PROMPT_COMMAND",
        "PS1",
        "PWD",
        "PYTEST_CURRENT_TEST",
        "SHLVL",
        "SSH_AUTH_SOCK",
        "SSH_CLIENT",
        "SSH_CONNECTION",
        "SSH_TTY",
        "STY",
        "TERM",
        "TERM_PROGRAM",
        "TERM_PROGRAM_VERSION",
        "TERM_SESSION_ID",
        "TMUX",
        "TMUX_PANE",
        "WAYLAND_DISPLAY",
        "WINDOWID",
        "XDG_SESSION_ID",
    }
)


@record
class Project:
    """What is synthesised: `app` below `root`, into `output`.

    `without` is a folder that no synthesis reads, `overlay` the file of decisions, which `node` the app runs on.
    """

    root: Path
    app: str
    output: Path
    node: Path | None = None
    without: Path | None = None
    overlay: Path | None = None


@record
class Inputs:
    """The digests; `contents` by the folder."""

    settled: str
    contents: Mapping[str, str]
    overlay: str


def sources(folder: Path, without: Path | None = None) -> Iterator[Path]:
    """The files of a folder that can be sources, in a stable order, those in the folder `without` left out."""
    for here, folders, files in os.walk(folder):
        kept = (d for d in folders if d not in NOT_SOURCES and not d.startswith("."))
        folders[:] = sorted(d for d in kept if Path(here, d) != without)
        for name in sorted(files):
            path = Path(here, name)
            if not name.startswith(".") and not name.endswith(".pyc") and path.is_file():
                yield path


def tree(project: Project) -> str:
    """A digest of the project's sources alone."""
    return _digest({str(path): _content(path) for path in sources(project.root, project.without)})


def inputs(project: Project, reads: Reads, environ: Mapping[str, str]) -> Inputs:
    """The digests as they are now, of what that synthesis read. Its assembly lies in the project's `output`."""
    overlay = str(project.overlay) if project.overlay is not None and reads.applies_overlay else ""
    settled, contents = {"environment": _environment(environ, project.node)}, {}
    alone = {*reads.read, *reads.modules}
    for asset in reads.plain:
        copied, names = _copied(asset.source, project.output / asset.staged)
        settled |= names
        contents[str(asset.source)] = _digest({path: _content(Path(path)) for path in copied if path not in alone})
        alone |= {path for path in copied if path in alone}
        for path in copied:
            settled[path] = "copied"
    watched = [*sources(project.root, project.without), *_toolkit()]
    for asset in reads.assets:
        if asset not in reads.plain:
            watched += sources(asset.source) if asset.source.is_dir() else [asset.source]
    for source in watched:
        settled.setdefault(str(source), "")
    for name in alone:
        settled[name] = ""
    for name, said in settled.items():
        if not said and name != overlay:
            settled[name] = _signature(Path(name), project.root)
    settled.pop(overlay, None)
    settled |= {f"{name}/": _names(Path(name)) for name in reads.listed}
    settled |= {f"{name}?": _kind(Path(name)) for name in reads.asked}
    return Inputs(_digest(settled), contents, _content(Path(overlay)) if overlay else "")


def _toolkit() -> Iterator[Path]:
    package = Path(shopfast_obs.__file__).resolve().parent
    yield from sources(package / "runtime")
    yield from sources(package / "constructs")


def _environment(environ: Mapping[str, str], node: Path | None) -> str:
    kept = {name: value for name, value in environ.items() if name not in TERMINAL}
    return _digest({**kept, "\0": f"{shopfast_obs.__version__}\0{sys.version}\0{sys.executable}\0{node}"})


def _copied(source: Path, staged: Path) -> tuple[list[str], dict[str, str]]:
    """The files of the folder that are in the assembly, and the names in each of their folders: none came or went."""
    files, names = [], {}
    for here, folders, found in os.walk(staged):
        folders.sort()
        origin = source / Path(here).relative_to(staged)
        names[f"{origin}/"] = _names(origin)
        files += [str(origin / name) for name in sorted(found) if not name.endswith(DERIVED)]
    return files, names


def _names(folder: Path) -> str:
    try:
        return "\n".join(sorted(name for name in os.listdir(folder) if not name.endswith(DERIVED)))  # noqa: PTH208
    except OSError:
        return "absent"


def _signature(path: Path, root: Path) -> str:
    """What a file holds; of one outside of the project, such as an installed module, its size and time."""
    try:
        if path.is_relative_to(root):
            return _content(path)
        found = path.stat()
    except OSError:
        return "absent"
    return f"{found.st_mode} {found.st_size} {found.st_mtime_ns}"


def _kind(path: Path) -> str:
    try:
        return str(stat.S_IFMT(path.stat().st_mode))
    except OSError:
        return "absent"


def _content(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        return f"{mode} {hashlib.sha256(path.read_bytes()).hexdigest()}" if stat.S_ISREG(mode) else str(mode)
    except OSError:
        return "absent"


def _digest(said: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(said):
        digest.update(f"{name}\0{said[name]}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
