"""X-Ray by account and region: each has its own traces, groups and rules."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from shopfast_obs.localcloud.interface import Clock, Scope
from shopfast_obs.localcloud.protocol.operations import Operations
from shopfast_obs.localcloud.state.group_commit import Database
from shopfast_obs.localcloud.xray import account_settings, records, store
from shopfast_obs.localcloud.xray.api import TraceApi
from shopfast_obs.localcloud.xray.groups import Groups
from shopfast_obs.localcloud.xray.intake import Intake, PutEvents
from shopfast_obs.localcloud.xray.records import Records
from shopfast_obs.localcloud.xray.retrieval import Retrievals
from shopfast_obs.localcloud.xray.sampling import Sampling
from shopfast_obs.localcloud.xray.store import SegmentStore
from shopfast_obs.localcloud.xray.traces import Traces

SCHEMA = store.SCHEMA + records.SCHEMA


class XRay:
    """Opens an account and region when it is first asked for."""

    def __init__(self, database: Database, segments: SegmentStore, clock: Clock, put_events: PutEvents) -> None:
        self._database = database
        self.intake = Intake(segments, clock, self.searched, put_events)
        self._segments = segments
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[Scope, Operations] = {}

    def operations(self, scope: Scope) -> Operations:
        """The operations of an account and region."""
        with self._lock:
            if scope not in self._open:
                self._open[scope] = self._opened(scope)
            return self._open[scope]

    def call(self, scope: Scope, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer of an operation to the cloud's own services; raises AwsError."""
        return self.operations(scope)[operation](parameters)

    def searched(self, scope: Scope) -> bool:
        """True for an account and region with Transaction Search."""
        chosen = Records(self._database, scope, "settings").get("destination")
        return chosen is not None and chosen["Destination"] == "CloudWatchLogs"

    def _opened(self, scope: Scope) -> Operations:
        def kept(kind: str) -> Records:
            return Records(self._database, scope, kind)

        segments = self._segments.within(scope)
        traces, groups = Traces(segments), Groups(kept("group"), scope)
        sampling = Sampling(kept("rule"), scope, self._clock)

        def exists(arn: str) -> bool:
            rules = (record["SamplingRule"]["RuleARN"] for record in sampling.all())
            return arn in (*rules, *(group["GroupARN"] for group in groups.all()))

        tags = account_settings.Tags(kept("tags"), exists)
        create_group = tags.with_creation(groups.create, lambda created: created["Group"]["GroupARN"])
        create_rule = tags.with_creation(
            sampling.create, lambda created: created["SamplingRuleRecord"]["SamplingRule"]["RuleARN"]
        )
        return {
            **TraceApi(segments, traces, groups, self._clock, lambda kept: self.intake.take(scope, kept)).operations,
            **groups.operations,
            "CreateGroup": create_group,
            **sampling.operations,
            "CreateSamplingRule": create_rule,
            **tags.operations,
            **account_settings.Policies(kept("policy"), self._clock).operations,
            **account_settings.settings(kept("settings"), self._clock),
            **account_settings.no_insights(),
            **Retrievals(traces, self._clock).operations,
        }
