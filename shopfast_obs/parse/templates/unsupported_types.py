"""Kinds of resources that run code and that nothing here reads: they are named, so that clean does not mean them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from shopfast_obs.facts import fact
from shopfast_obs.model.resources import LOG_GROUP, Gap, Resource

MICROVM_LOGS = "/aws/lambda/microvms/"


def gaps(resources: Iterable[Resource]) -> Iterator[Gap]:
    """A gap for each such kind among the resources, with how many there are."""
    known: dict[str, str] = fact("lambda-kinds-unseen").value
    counts: Counter[str] = Counter()
    for resource in resources:
        kind = known.get(resource.type)
        if resource.type == LOG_GROUP and resource.name.startswith(MICROVM_LOGS):
            kind = "MicroVMs by their log groups"
        if kind:
            counts[kind] += 1
    for kind, count in counts.items():
        yield Gap(f"{count} {kind}", "no rule, alarm or report reads them")
