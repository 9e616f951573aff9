"""The move from the X-Ray SDK to OpenTelemetry."""
