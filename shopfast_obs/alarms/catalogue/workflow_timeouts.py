"""A workflow that does not end in time."""

from __future__ import annotations

from shopfast_obs.alarms.workflow_outcome import WorkflowOutcome

KIND = WorkflowOutcome(
    id="workflow-timeouts",
    title="Executions of a workflow run into its timeout",
    metric="ExecutionsTimedOut",
    verb="run into the timeout of the workflow",
)
