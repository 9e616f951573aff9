"""OpenTelemetry's protocol as a way in: spans to X-Ray, log records to CloudWatch Logs, metrics to CloudWatch."""
