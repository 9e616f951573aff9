"""What commands read: telemetry of a cloud or of files, windows of time, deployments, suppressions."""
