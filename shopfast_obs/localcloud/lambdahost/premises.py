"""What all execution environments of a host share."""

from __future__ import annotations

from dataclasses import dataclass

from shopfast_obs.localcloud.interface import Clock, Telemetry
from shopfast_obs.localcloud.lambdahost.equipment import Site
from shopfast_obs.localcloud.observer import Observer


@dataclass(frozen=True, slots=True)
class Premises:
    """Files, clock and where observations go. Logs and segments are stored when an invocation is answered; metrics a
    moment later, because nobody waits for six commits."""

    site: Site
    telemetry: Telemetry
    observer: Observer
    clock: Clock
    boosted_reinit: bool
