"""What stands in the time of a call besides whom it calls."""

from __future__ import annotations

from shopfast_obs.analysis.sizing.recommendation import cpu_share
from shopfast_obs.analysis.traces.overview.overview import Overview
from shopfast_obs.analysis.traces.overview.path_steps import PathStep
from shopfast_obs.report.text import percent, seconds

NOTICEABLE = 0.05  # seconds for each trace: below, there is little to decode


def reading(overview: Overview, step: PathStep) -> str:
    """Whose CPU share the answers of a slow call are read and decoded under, which is part of its time in a trace;
    empty for anything else, and where a whole vCPU does it."""
    if step.category != "external_service" or step.seconds / step.traces < NOTICEABLE:
        return ""
    sizes = {starts.function: starts.memory_mb for starts in overview.cold_starts if starts.memory_mb}
    callers = {edge.source for edge in overview.service_map.edges if edge.target and step.name.endswith(edge.target)}
    shares = {name: cpu_share(sizes[name]) for name in sorted(callers & sizes.keys())}
    slow = min(shares, key=lambda name: shares[name], default=None)
    if slow is None or shares[slow] >= 1:
        return ""
    takes, share = seconds(step.seconds / step.traces), percent(shares[slow])
    return (
        f"{step.name} takes {takes} with the reading and decoding of its answers, for which {slow} has {share} of a "
        f"vCPU ({sizes[slow]} MB): more memory shortens it, too."
    )
