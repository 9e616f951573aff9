"""What of this folder ships: its modules, compiled as well, because no cold start can keep what it compiles in a
layer."""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path, PurePosixPath

PACKAGE = "shopfast_obs"
UNCHECKED = (1).to_bytes(4, "little")  # a hash instead of a time, which the importer does not compare (PEP 552)
PLAIN = 2  # the last marshal format whose bytes depend on nothing but the code
OPT = PurePosixPath("/opt/python")


def contents() -> Iterator[tuple[str, bytes]]:
    """Paths below the layer's `python/` with their bytes: the same ones for the same content and version of Python."""
    here = Path(__file__)
    for path in (here.parents[1] / "__init__.py", *sorted(here.parent.rglob("*.py"))):
        if path == here:
            continue
        name = f"{PACKAGE}/{path.relative_to(here.parents[1]).as_posix()}"
        source = path.read_bytes()
        yield name, source
        code = compile(source, str(OPT / name), "exec", dont_inherit=True)
        data = MAGIC_NUMBER + UNCHECKED + source_hash(source) + marshal.dumps(code, PLAIN)
        yield PurePosixPath(cache_from_source(name, optimization="")).as_posix(), data
