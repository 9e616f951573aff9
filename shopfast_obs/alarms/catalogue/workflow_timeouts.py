"""A workflow that does not end in time."""

from __future__ import annotations

from dataclasses import replace

from shopfast_obs.alarms.catalogue import workflow_failures

KIND = replace(
    workflow_failures.KIND,
    id="workflow-timeouts",
    title="Executions of a workflow run into its timeout",
    metric="ExecutionsTimedOut",
    because="Executions of {name} run into the timeout of the workflow.",
)
