"""Trace documents of X-Ray and OpenTelemetry to the model."""
