"""What our layers hold: this folder's modules, and OpenTelemetry's packages as they are installed here. They are
compiled as well, because no cold start can keep what it compiles in a layer."""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from importlib import metadata
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path, PurePosixPath

PACKAGE = "shopfast_obs"
UNCHECKED = (1).to_bytes(4, "little")  # a hash instead of a time, which the importer does not compare (PEP 552)
PLAIN = 2  # the last marshal format whose bytes depend on nothing but the code
OPT = PurePosixPath("/opt/python")
OPENTELEMETRY = ("opentelemetry-api", "opentelemetry-sdk", "opentelemetry-semantic-conventions", "typing-extensions")
INSTALLED = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")  # how a package came here
TYPES = (".pyi", ".typed", ".pyc")


def contents() -> Iterator[tuple[str, bytes]]:
    """Paths below the layer's `python/` with their bytes: the same ones for the same content and version of Python."""
    here = Path(__file__)
    for path in (here.parents[1] / "__init__.py", *sorted(here.parent.rglob("*.py"))):
        if path == here:
            continue
        name = f"{PACKAGE}/{path.relative_to(here.parents[1]).as_posix()}"
        yield from _compiled(name, path.read_bytes())


def opentelemetry() -> Iterator[tuple[str, bytes]]:
    """The same for the layer of OpenTelemetry: plain Python, which runs on either processor. Raises
    PackageNotFoundError where one of the packages is not installed."""
    for package in OPENTELEMETRY:
        for file in sorted(metadata.distribution(package).files or (), key=str):
            if ".." in file.parts or "__pycache__" in file.parts or file.name in INSTALLED:
                continue
            content = Path(file.locate()).read_bytes()
            if file.suffix == ".py":
                yield from _compiled(file.as_posix(), content)
            elif file.suffix not in TYPES:
                yield file.as_posix(), content


def _compiled(name: str, source: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, source
    code = compile(source, str(OPT / name), "exec", dont_inherit=True)
    data = MAGIC_NUMBER + UNCHECKED + source_hash(source) + marshal.dumps(code, PLAIN)
    yield PurePosixPath(cache_from_source(name, optimization="")).as_posix(), data
