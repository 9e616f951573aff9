"""The endpoints for OpenTelemetry."""
