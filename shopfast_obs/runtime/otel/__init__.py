"""The layer's OpenTelemetry road: `traced` on a handler, spans of calls, and their datagrams to the X-Ray daemon.

It needs the packages opentelemetry-api and opentelemetry-sdk, which the layer `otel` has; nothing of it is loaded by a
function that imports neither `traced` nor `annotate` nor `add_metadata`.
"""
