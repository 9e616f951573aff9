"""Root causes as the members of a TraceSummary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shopfast_obs.analysis.traces.filter.view import TraceView
from shopfast_obs.analysis.traces.root_causes import (
    CauseService,
    Entity,
    RootCause,
    error_causes,
    fault_causes,
    response_time_causes,
)


def root_causes(view: TraceView) -> dict[str, list[dict[str, Any]]]:
    """The three lists of causes."""
    return {
        "ResponseTimeRootCauses": [_cause(cause, _timed) for cause in response_time_causes(view)],
        "FaultRootCauses": [_cause(cause, _failed) for cause in fault_causes(view)],
        "ErrorRootCauses": [_cause(cause, _failed) for cause in error_causes(view)],
    }


def _cause(cause: RootCause, described: Any) -> dict[str, Any]:  # noqa: ANN401 - one of the two functions below
    services = [_service(service, [described(entity) for entity in service.entities]) for service in cause.services]
    return {"Services": services, "ClientImpacting": cause.client_impacting}


def _service(service: CauseService, path: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {
        "Name": service.key.name,
        "Names": [service.key.name],
        "Type": service.key.type or None,
        "AccountId": service.key.account or None,
        "Inferred": service.inferred,
        "EntityPath": list(path),
    }


def _timed(entity: Entity) -> dict[str, Any]:
    return {"Name": entity.name, "Coverage": entity.coverage, "Remote": entity.remote}


def _failed(entity: Entity) -> dict[str, Any]:
    exceptions = [{"Name": found.type, "Message": found.message} for found in entity.exceptions]
    return {"Name": entity.name, "Remote": entity.remote, "Exceptions": exceptions}
