"""What a viewer of profiles shows of a part of a trace: a name of its own on one line."""

from __future__ import annotations

from shopfast_obs import __version__
from shopfast_obs.analysis.sensitive import Masker
from shopfast_obs.analysis.traces.call_paths import CallPath
from shopfast_obs.analysis.traces.overview.call_patterns import call_name
from shopfast_obs.analysis.traces.tree import FUNCTION, SERVICE, TraceTree
from shopfast_obs.report.text import flat, shortened, visible

EXPORTER = f"shopfast-obs {__version__}"
NAME = 200  # characters
_TAGS = {SERVICE: " (Lambda)", FUNCTION: " (function)"}  # both have the function's name


def path_name(path: CallPath) -> str:
    """The name of a frame of merged traces."""
    return shown(path.name + _TAGS.get(path.kind, ""))


def part_name(grown: TraceTree, index: int, masker: Masker) -> str:
    """The name of a part of one trace, secrets masked."""
    node = grown.nodes[index]
    return shown(masker.text(call_name(grown, index) if node.namespace else node.name) + _TAGS.get(node.origin, ""))


def shown(name: str) -> str:
    """A name as viewers can show it."""
    return shortened(flat(visible(name)), NAME).strip() or "(no name)"


def micro(seconds: float) -> int:
    """Whole microseconds, within what a file can have."""
    return round(max(-1e9, min(1e9, seconds)) * 1e6)
