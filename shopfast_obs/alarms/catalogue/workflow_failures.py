"""A workflow that fails."""

from __future__ import annotations

from shopfast_obs.alarms.workflow_outcome import WorkflowOutcome

KIND = WorkflowOutcome(
    id="workflow-failures", title="Executions of a workflow fail", metric="ExecutionsFailed", verb="fail"
)
