"""Rules about resources that fail without anyone being told: no alarm reads the metrics that would tell."""

from __future__ import annotations

from typing import ClassVar

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.alarms.watched_metrics import count, perhaps, watches
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Found, Judgement, Kind, Need, Passed, Undecided
from shopfast_obs.diagnose.metric_reads import NAMESPACE
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import LOG_ALARM, Resource


@record
class MissingAlarm(Kind):
    """The metrics of a resource that tell of its failures, and the dimension that it has in them; the catalogue has a
    kind of alarm for each. `says` is the title with {name} and {watched}."""

    needs: ClassVar[tuple[Need, ...]] = ("configuration", "alarms")
    remedy: ClassVar[str] = (
        "`alarms apply` derives alarms with thresholds from the configuration (a template: `--template`)."
    )
    misleads: ClassVar[str] = "A dashboard without red is not health: nothing is looking."
    runbook: ClassVar[str] = "02-make-it-visible"
    telling: tuple[str, ...]
    dimension: str
    says: str

    @property
    def when(self) -> str:
        """When it finds something."""
        return f"no alarm reads {' or '.join(self.telling)} of it."

    def __call__(self, resource: Resource, context: Context) -> Judgement:
        """Found where no alarm that can fire reads any of the metrics."""
        missing = missing_data.alarms(resource, context)
        if missing:
            return Undecided(missing)
        where = NAMESPACE[resource.type]
        watched = watches(resource, where, self.dimension, context)
        seen = sorted(watched & set(self.telling))
        if seen:
            return Passed(f"alarms watch {', '.join(seen)}")
        doubt = perhaps(resource, (where, self.dimension), self.telling, context)
        if doubt:
            return Undecided(doubt)
        numbers = {"alarms_on_it": len(watched), "metrics_in_alarms": count(context)}
        place = f"{where} {self.dimension}={resource.name}"
        return Found(
            self.says.format(
                name=resource.name, watched=f"only {', '.join(sorted(watched))}" if watched else "nothing of it"
            ),
            [Evidence("alarms", f"no alarm reads {' or '.join(self.telling)}", place, numbers, context.window)],
            Remedy("Derive alarms from the configuration.", "shopfast-obs alarms apply"),
            severity=Severity.LOW if watched else None,
            # Nobody's SDK tells of kinds of alarms that are younger than itself.
            confidence="likely" if context.unread(LOG_ALARM) else "certain",
        )
