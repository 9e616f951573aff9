"""Recordings and findings without secrets and personal data: what stands in is found as what it stands for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from shopfast_obs.analysis.sensitive import Masker, masked_trace
from shopfast_obs.model.findings import Diagnosis, Evidence, Finding, Outcome
from shopfast_obs.model.recording import Recording
from shopfast_obs.model.telemetry import LogEvent, Observations


def masked(recording: Recording) -> Recording:
    """The recording with stand-ins in its variables, log lines and traces."""
    masker = Masker()
    inventory = recording.inventory
    resources = tuple(
        replace(resource, properties=masker.value(resource.properties)) for resource in inventory.resources
    )
    seen = recording.observations
    return replace(
        recording,
        inventory=replace(inventory, resources=resources),
        observations=None if seen is None else _observations(seen, masker),
    )


def masked_diagnosis(diagnosis: Diagnosis) -> Diagnosis:
    """The diagnosis with stand-ins in its sentences."""
    masker = Masker()
    return replace(diagnosis, outcomes=tuple(_outcome(outcome, masker) for outcome in diagnosis.outcomes))


def _outcome(outcome: Outcome, masker: Masker) -> Outcome:
    if not isinstance(outcome, Finding):
        return replace(outcome, reason=masker.text(outcome.reason))
    evidence = tuple(_evidence(one, masker) for one in outcome.evidence)
    return replace(outcome, title=masker.text(outcome.title), evidence=evidence)


def _evidence(evidence: Evidence, masker: Masker) -> Evidence:
    numbers = {
        name: masker.text(value) if isinstance(value, str) else value for name, value in evidence.numbers.items()
    }
    return replace(evidence, summary=masker.text(evidence.summary), numbers=numbers)


def _observations(seen: Observations, masker: Masker) -> Observations:
    logs = {group: _events(events, masker) for group, events in seen.logs.items()}
    return replace(seen, logs=logs, traces=tuple(masked_trace(trace, masker) for trace in seen.traces))


def _events(events: Iterable[LogEvent], masker: Masker) -> tuple[LogEvent, ...]:
    """The events in their order; each stream is read as one text, for what goes over several lines."""
    every = list(events)
    streams: defaultdict[str, list[int]] = defaultdict(list)
    for place, event in enumerate(every):
        streams[event.stream].append(place)
    for places in streams.values():
        for place, message in zip(places, masker.lines(every[place].message for place in places), strict=True):
            if message is not every[place].message:
                every[place] = replace(every[place], message=message)
    return tuple(every)
