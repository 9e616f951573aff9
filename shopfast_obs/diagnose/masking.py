"""Recordings and findings without secrets and personal data: what stands in is found as what it stands for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from shopfast_obs.analysis.sensitive import Masker, masked_trace
from shopfast_obs.model.findings import Diagnosis, Evidence, Finding, Outcome
from shopfast_obs.model.recording import Recording
from shopfast_obs.model.resources import Gap
from shopfast_obs.model.sources import Source
from shopfast_obs.model.telemetry import LogEvent, Observations


def masked(recording: Recording, masker: Masker | None = None) -> Recording:
    """The recording with stand-ins in its variables, log lines, traces and metrics. Recordings of one file share a
    masker, so that a value is the same in all of them."""
    masker = masker or Masker()
    inventory = recording.inventory
    resources = tuple(
        replace(resource, properties=masker.value(resource.properties)) for resource in inventory.resources
    )
    seen = recording.observations
    return replace(
        recording,
        inventory=replace(inventory, resources=resources, gaps=_gaps(inventory.gaps, masker)),
        sources={name: _source(source, masker) for name, source in recording.sources.items()},
        observations=None if seen is None else _observations(seen, masker),
    )


def masked_diagnosis(diagnosis: Diagnosis) -> Diagnosis:
    """The diagnosis with stand-ins in its sentences."""
    masker = Masker()
    outcomes = tuple(_outcome(outcome, masker) for outcome in diagnosis.outcomes)
    return replace(diagnosis, outcomes=outcomes, gaps=_gaps(diagnosis.gaps, masker))


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
    return replace(
        seen,
        logs=logs,
        traces=tuple(masked_trace(trace, masker) for trace in seen.traces),
        metrics=tuple(replace(series, dimensions=_named(series.dimensions, masker)) for series in seen.metrics),
        alarms=tuple(replace(alarm, reason=masker.text(alarm.reason)) for alarm in seen.alarms),
        gaps=_gaps(seen.gaps, masker),
    )


def _source(source: Source, masker: Masker) -> Source:
    return replace(source, calls=tuple(replace(call, literals=_named(call.literals, masker)) for call in source.calls))


def _named(pairs: Iterable[tuple[str, str]], masker: Masker) -> tuple[tuple[str, str], ...]:
    return tuple((name, masker.named(name, value)) for name, value in pairs)


def _gaps(gaps: Iterable[Gap], masker: Masker) -> tuple[Gap, ...]:
    return tuple(replace(gap, reason=masker.text(gap.reason)) for gap in gaps)


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
