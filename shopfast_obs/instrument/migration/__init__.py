"""Sources from the X-Ray SDK and Powertools' Tracer to OpenTelemetry: all that share a process, or none of them."""
