"""What a cloud observed: logs, metrics, traces, deployments."""
