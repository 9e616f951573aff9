"""Which frames of a stack are of libraries, of an SDK or of the runtime, and which are the application's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from shopfast_obs.model.failures import Frame

_PATHS = re.compile(
    r"site-packages|dist-packages|node_modules/|/gems/|vendor/bundle/|lib(?:64)?/python3|@v\d+\.\d|/rustc/|cargo/registry/"
    r"|^(?:file://)?(?:/var/(?:runtime|lang)/|/opt/|/usr/local/go/|/usr/lib/)|^<(?:frozen|internal|anonymous)"
    r"|^node:|^internal/|^(?:runtime|reflect|sync|os|context|net/http|encoding/\w+)/\w+\.go$"
)
_TYPED = (".java", ".kt", ".scala", ".groovy", ".cs", ".fs", ".vb")  # languages whose labels have the namespace
_NAMESPACES = re.compile(
    r"(?:java|javax|jakarta|jdk|sun|kotlin|kotlinx|scala|groovy|lambdainternal|System|Microsoft|Amazon|Newtonsoft"
    r"|com\.(?:sun|amazonaws|fasterxml|google)|software\.amazon|org\.(?:apache|springframework|slf4j|hibernate)"
    r"|io\.(?:netty|micronaut|quarkus|vertx|opentelemetry))\.|java\.\w+/|jdk\.[\w.]+/|app//|lambda_method|---"
)


def in_app(frames: Sequence[Frame]) -> Frame | None:
    """The innermost frame of the application's own code, or None."""
    return next((frame for frame in reversed(frames) if not _of_library(frame[0], frame[2])), None)


@lru_cache(maxsize=4096)
def _of_library(path: str, label: str) -> bool:
    if not path:  # Node names its own parts without a file, .NET everything that it has no symbols of
        return label.count(".") < 2 or _NAMESPACES.match(label) is not None
    return _PATHS.search(path) is not None or (path.endswith(_TYPED) and _NAMESPACES.match(label) is not None)
