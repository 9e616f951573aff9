"""Rules about what a metric counts: anything above nothing is a finding, as grave as its share of the traffic."""

from __future__ import annotations

from typing import ClassVar

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.invocations import during
from shopfast_obs.diagnose.interface import (
    Found,
    Judgement,
    Kind,
    Need,
    Passed,
    Reason,
    Undecided,
    always,
    plural,
    share_of,
)
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Evidence, Remedy
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Resource

MANY = 0.01  # share of the traffic from which on the rule's own severity is meant


@record
class MetricCount(Kind):
    """What is counted. `bad` is summed up; `traffic` says how much there was to do. `says` is the title with {name},
    {count}, {share} and {total}; `detail` adds to the evidence."""

    needs: ClassVar[tuple[Need, ...]] = ("metrics",)
    bad: tuple[Measure, ...]
    traffic: Measure
    noun: str  # what the traffic consists of
    says: str
    command: str = ""
    within: bool = True  # what is bad is a part of the traffic, not beside it
    detail: Reason = always

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What is bad, and the traffic."""
        return (*self.bad, self.traffic)

    def __call__(self, resource: Resource, context: Context) -> Judgement:
        """Found where something bad was counted."""
        missing = context.missing("metrics")
        if missing:
            return Undecided(missing)
        counts = {measure: context.total(resource, measure) for measure in self.bad}
        count, traffic = sum(counts.values()), context.total(resource, self.traffic)
        if not count and not traffic:
            return Undecided(f"no {self.noun} at all{during(context.window)}")
        if not count:
            names = [measure.name for measure in self.bad]
            return Passed(
                f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} 0 in {plural(traffic, self.noun)}"
            )
        total = max(traffic, count) if self.within else traffic + count
        share, detail = count / total, self.detail(resource, context)
        worst = max(counts, key=lambda measure: counts[measure])
        named = ", ".join(f"{measure.name} {value:,}" for measure, value in counts.items() if value)
        said = f"{named} beside {self.traffic.name} {traffic:,}" + (f"; {detail}" if detail else "")
        numbers = {"count": count, "traffic": traffic, "share": share}
        return Found(
            self.says.format(name=resource.name, count=f"{count:,}", share=share_of(count, total), total=f"{total:,}"),
            [Evidence("metrics", said, worst.locator(resource), numbers, context.window)],
            Remedy("", self.command.format(name=resource.name, arn=resource.arn)),
            rare=share < MANY,
            harm=float(count),
        )
