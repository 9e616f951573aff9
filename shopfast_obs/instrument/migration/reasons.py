"""Why a method of the X-Ray SDK is not moved."""

from __future__ import annotations

OPTIONS = ("service", "disabled", "auto_patch", "patch_modules", "provider")
UNCLEAR = "has no counterpart that is known"
SEGMENT = "Lambda makes the segment, and what is written to another is lost there: open a subsegment instead"
UNPAIRED = "begin_subsegment and end_subsegment do not stand in one block, so where the part ends is not clear"
FLAG = "OpenTelemetry has no flag for it: a span is in error, or it is not"
METHOD_REASONS = {
    "begin_segment": SEGMENT,
    "end_segment": SEGMENT,
    "in_segment": SEGMENT,
    "in_segment_async": SEGMENT,
    "current_segment": SEGMENT,
    "set_user": SEGMENT,
    "begin_subsegment": UNPAIRED,
    "end_subsegment": UNPAIRED,
    "add_error_flag": FLAG,
    "add_throttle_flag": FLAG,
    "apply_status_code": FLAG,
    "put_http_meta": "set the attributes http.request.method and http.response.status_code by hand",
    "ignore_endpoint": "set the variable OTEL_PYTHON_EXCLUDED_URLS instead",
    "disabled": "whether it traces is decided when it runs",
    "provider": "what its provider makes, only that knows",
    "set_trace_entity": "attach OpenTelemetry's context by hand where a thread continues a part",
    "get_trace_entity": "take OpenTelemetry's context by hand where a thread continues a part",
    "capture_method": "only a decorator says which function it is",
    "is_disabled": "OpenTelemetry is switched off by OTEL_SDK_DISABLED, which no method tells",
}
DISTINCTIVE = frozenset(
    {
        "put_annotation",
        "put_metadata",
        "capture_method",
        "capture_lambda_handler",
        "in_subsegment",
        "in_subsegment_async",
        "begin_subsegment",
        "end_subsegment",
        "current_subsegment",
        "capture_async",
        "in_segment",
        "begin_segment",
    }
)
