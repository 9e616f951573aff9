"""What was recorded, as OpenTelemetry's tools take it: requests of OTLP in JSON, one a line."""
