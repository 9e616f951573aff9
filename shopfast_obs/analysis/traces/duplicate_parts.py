"""Parts that were sent twice. A layer that closes what is open before the deadline, so that a timeout does not destroy
it, cannot know that the call will end after all; then the SDK sends it again, and X-Ray keeps the later document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from shopfast_obs.model.telemetry import Segment


def last_sent(nodes: Sequence[Segment], parents: Sequence[int]) -> tuple[list[Segment], list[int]]:
    """The nodes and their parents without those that the same part with a later end replaces: one id, one name, one
    start, one place. What they hold moves to the one that stays."""
    sent: defaultdict[tuple[str, str, float, int], list[int]] = defaultdict(list)
    for index, node in enumerate(nodes):
        if node.id:
            sent[node.id, node.name, node.start, parents[index]].append(index)
    stays: dict[int, int] = {}
    for places in sent.values():
        if len(places) > 1 and len({nodes[place].end for place in places}) == len(places):
            stays |= dict.fromkeys(places, max(places, key=lambda place: _end(nodes[place])))
    left = [index for index in range(len(nodes)) if stays.get(index, index) == index]
    number = {index: place for place, index in enumerate(left)} | {-1: -1}
    return (
        [nodes[index] for index in left],
        [number[stays.get(parents[index], parents[index])] for index in left],
    )


def _end(node: Segment) -> float:
    return node.start if node.end is None else node.end
