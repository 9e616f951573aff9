"""What ships inside an instrumented function, as a layer; imports nothing of the rest.

`@observed` goes outermost on a handler, `@counted` on what a business counts. With OpenTelemetry `@traced` stands
on the handler inside of `@observed`; `annotate` and `add_metadata` tell the current span. Environment variables:
`SHOPFAST_OBS_CORRELATION=off`, `SHOPFAST_OBS_ROUTES=off`, `SHOPFAST_OBS_DEADLINE=off`, `SHOPFAST_OBS_PARALLEL=off`,
`SHOPFAST_OBS_DEADLINE_MARGIN_MS` (300), `SHOPFAST_OBS_CORRELATION_PAYLOADS` (none; services by name),
`SHOPFAST_OBS_ROOT_LEVEL` (of a handler that is wrapped without its source).
Nothing in here raises into the function.
"""

import warnings as _warnings
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from shopfast_obs.runtime import outgoing_calls as _outbound
from shopfast_obs.runtime.correlation import current_id
from shopfast_obs.runtime.decorator import observed

if _TYPE_CHECKING:
    from shopfast_obs.runtime.business import counted
    from shopfast_obs.runtime.otel.handler import traced
    from shopfast_obs.runtime.otel.notes import add_metadata, annotate

__all__ = ["add_metadata", "annotate", "counted", "current_id", "observed", "traced"]

_LAZY = {"counted": "business", "traced": "otel.handler", "annotate": "otel.notes", "add_metadata": "otel.notes"}

# Before the application makes its clients: botocore gives its handlers to a session when that is made.
_outbound.install()
# Powertools warns, as plain text among JSON lines, when a request counted nothing; most requests rightly count nothing.
_warnings.filterwarnings("ignore", message="No application metrics to publish")


def __getattr__(name: str) -> _Any:  # noqa: ANN401
    """What only some functions import: a layer's modules are compiled in every cold start."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
