"""Tests of the layer's OpenTelemetry road."""
