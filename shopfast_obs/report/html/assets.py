"""Style sheets and scripts of the page, inlined, and the policy that lets a browser run exactly these."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
# In this order: each may use what those before it export.
MODULES = (
    *("dom", "format", "data", "theme", "query", "traces", "waterfall_row", "waterfall"),
    *("names", "viewport", "map_layout", "map", "flame", "charts", "tables", "main"),
)
VENDORS = ("uplot", "dagre")
_IMPORT = re.compile(r"^import (\{.*?\}) from \"\./\w+\.js\";$", re.M)
_EXPORT = re.compile(r"^export (\w+) (\w+)", re.M)
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.M)


@cache
def scripts() -> tuple[str, ...]:
    """The libraries, then our own modules as one script in a scope of its own."""
    return (*(vendor(f"{name}.min.js") for name in VENDORS), bundled([read(f"{name}.js") for name in MODULES]))


def bundled(texts: Sequence[str]) -> str:
    """Modules as one script in a scope of its own; each may use what those before it export."""
    modules = "\n".join(_module(text) for text in texts)
    return f'(() => {{\n"use strict";\nconst shared = {{}};\n{modules}}})();\n'


def _module(text: str) -> str:
    """A module as a block with names of its own: what it exports goes to `shared`, what it imports comes from there."""
    # An inline module script can import nothing that is not a file; a page that loads nothing has none.
    exported = ", ".join(found[2] for found in _EXPORT.finditer(text))
    body = _EXPORT.sub(r"\1 \2", _IMPORT.sub(r"const \1 = shared;", text))
    return f"{{\n{body}Object.assign(shared, {{ {exported} }});\n}}\n"


@cache
def styles() -> tuple[str, ...]:
    """The libraries' style sheet and the page's."""
    return vendor("uplot.min.css"), read("page.css")


def licences() -> tuple[tuple[str, str], ...]:
    """The libraries that the page contains, with their licences."""
    return tuple((name, vendor(f"{name}.LICENSE.txt")) for name in VENDORS)


def policy(loaded: Sequence[str] | None = None, sheets: Sequence[str] | None = None) -> str:
    """The Content-Security-Policy: nothing is loaded, and only these scripts and styles count (the page's own unless
    told otherwise)."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hashes(loaded or scripts())}",
            f"style-src {_hashes(sheets or styles())}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def read(name: str) -> str:
    """The text of a file of the page."""
    return (STATIC / name).read_text(encoding="utf-8")


def vendor(name: str) -> str:
    """The text of a library's file."""
    return _SOURCE_MAP.sub("", read(f"vendor/{name}"))


def _hashes(texts: Sequence[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)
