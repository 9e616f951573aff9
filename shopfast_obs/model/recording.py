"""One look at an application: everything that the rules were given to read, so that it can be kept and read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Inventory
from shopfast_obs.model.sources import Source
from shopfast_obs.model.telemetry import Observations


@record
class Recording:
    """What is deployed or declared in one region, what was observed of it (None for templates), and what the functions'
    sources say."""

    inventory: Inventory
    observations: Observations | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)
    region: str = ""
