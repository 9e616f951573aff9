"""Every place where this package touches MiniStack's internals: what is replaced, what is called, what is read.

A function stands here with the names of its parameters, data with None. The contract test compares them with the
installed MiniStack, so that a new version which moves a seam fails there first, and by name.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping

Parameters = tuple[str, ...] | None

_UPDATE = ("resource_type", "physical_id", "old_props", "new_props", "stack_name", "logical_id", "old_attrs")
SEAMS: Mapping[str, Mapping[str, Parameters]] = {
    "ministack.app": {
        "app": ("scope", "receive", "send"),
        "_build_persistence_save_dict": (),
        "_parse_execute_api_url": ("host", "path"),
        "_parse_lambda_url": ("host", "path"),
        "_parse_cloudfront_dataplane_host": ("host",),
        "_resolve_custom_domain_request": ("host", "path"),
        "_is_potential_alb_request": ("host", "path"),
        "_extract_s3_vhost_bucket": ("host",),
        "_execute_api_authorization_type": ("api_id", "stage", "method", "execute_path"),
        "_get_module": ("name",),
        "_is_ecr_registry_path": ("path",),
        "detect_service": ("method", "path", "headers", "query_params"),
        "_resolve_stage_and_path": ("api_id", "tentative_stage", "execute_path"),
    },
    "ministack.core.iam_evaluator": {
        "pin_request_origin": ("source_ip", "secure_transport"),
        "find_iam_access_key_account": ("access_key_id",),
        "resolve_credential": ("access_key_id", "account_id", "session_token"),
    },
    "ministack.core.sigv4": {
        "parse_query_signature": ("query_params",),
        "parse_header_signature": ("headers",),
        "request_time_failure": ("signature", "now"),
        "presigned_request_is_expired": ("amz_date", "expires", "now"),
        "header_signing_documents": (
            "signature",
            "method",
            "raw_path",
            "query_params",
            "headers",
            "body",
            "presigned",
        ),
        "derive_signing_key": ("secret", "date_stamp", "region", "service"),
        "sigv4a_signature_matches": ("access_key_id", "secret", "string_to_sign", "signature"),
        "_chunk_signatures_match": ("body", "seed", "signature", "key"),
    },
    "ministack.services.sts": {"_sessions": None},
    "ministack.services.s3": {
        "_buckets": None,
        "_bucket_policies": None,
        "_reject_response_overrides_if_unsigned": ("headers", "query_params", "bucket_name", "key"),
    },
    "ministack.services.alb": {"find_lb_for_host": ("host",)},
    "ministack.services.cognito": {"_get_pool_unscoped": ("pool_id",)},
    "ministack.core.persistence": {
        "STATE_DIR": None,
        "save_state": ("service", "data"),
        "_state_format_version": ("service",),
        "_json_default": ("obj",),
    },
    "ministack.core.responses": {
        "request_scope": ("account_id", "region"),
        "json_response": ("data", "status", "content_type"),
        "error_response_json": ("code", "message", "status", "extra", "message_key", "content_type"),
    },
    "ministack.services.lambda_svc": {
        "_functions": None,
        "_LAMBDA_ASYNC_RETRY_BASE_SECONDS": None,
        "_execute_function": ("func", "event"),
        "_poll_kinesis": (),
        "_poll_dynamodb_streams": (),
        "handle_request": ("method", "path", "headers", "body", "query_params"),
        "run_reentrant": ("fn", "args", "thread_name"),
        "_function_config_scope_mismatch": ("config",),
        "_run_with_function_config_scope": ("func_or_config", "callback", "args", "kwargs"),
        "_execution_record_for_config": ("func", "config"),
        "_get_func_record_for_ref": ("function_ref",),
        "_acquire_execution_slot": ("func", "config"),
        "_release_execution_slot": ("key",),
        "_throttle_response": ("reason_code", "msg", "retry_after"),
        "_account_region_from_function_config": ("config",),
        "_run_sqs_batch": ("esm", "func_rec", "event", "batch", "queue_url", "queue_name"),
        "_resolve_layer_zip": ("attachment",),
        "invoke_async_with_retry": ("func", "event"),
        "_function_url_trace_root": (),
        "_get_function": ("name", "qualifier"),
        "_publish_layer_version": ("layer_name", "data"),
        "_get_layer_version": ("layer_name", "version"),
        "_get_layer_version_by_arn": ("arn",),
        "resolve_function_url": ("url_id",),
        "lambda_execute_result_to_api_proxy_response": ("exec_result",),
        "_emit_lambda_logs": ("func", "request_id", "log_text", "error", "duration_ms", "log_source"),
        "_emit_lambda_metrics": ("function_name", "duration_ms", "error", "throttle"),
    },
    "ministack.services.lambda_durable": {
        "_executions": None,
        "create_execution_for_invoke": (
            "function_arn",
            "version",
            "input_payload",
            "name",
            "trace_id",
            "execution_timeout",
        ),
        "schedule_resume": ("arn", "account_id", "region"),
        "_resume_execution": ("arn", "account_id", "region"),
        "_apply_update": ("rec", "upd"),
        "handle_checkpoint": ("arn_path", "body"),
        "handle_stop": ("arn_path", "body"),
        "_scope_from_execution_arn": ("arn", "fallback_account_id"),
        "_parse_execution_arn": ("path_arn",),
        "new_checkpoint_token": (),
        "_serialize_operations": ("operations", "for_event"),
        "record_invocation_completed": ("arn", "start_ts", "request_id", "error"),
        "mark_execution_completed": ("arn", "result_payload", "error"),
        "_time_out_execution": ("rec",),
        "_emit_history_event": (
            "rec",
            "event_type",
            "details_key",
            "details",
            "name",
            "parent_id",
            "sub_type",
            "event_id",
        ),
    },
    "ministack.services.apigateway_v1": {
        "_rest_apis": None,
        "_stages_v1": None,
        "find_api_scope": ("api_id",),
        "_lambda_proxy_response": ("result",),
        "run_reentrant": ("fn", "args", "thread_name"),
        "_invoke_lambda_proxy_v1": (
            "integration",
            "api_id",
            "stage_name",
            "stage",
            "resource",
            "request_path",
            "method",
            "headers",
            "body",
            "query_params",
            "path_params",
            "owner_account_id",
            "owner_region",
            "binary_media_types",
            "authorizer_context",
            "caller_identity",
        ),
    },
    "ministack.services.apigateway": {
        "_invoke_ws_lambda": (
            *("api_id", "account_id", "region", "route", "stage", "connection_id", "event_type", "message_id"),
            *("body_text", "source_ip", "headers", "query_params", "kwargs"),
        ),
        "_apis": None,
        "find_api_scope": ("api_id",),
        "_invoke_lambda_proxy": (
            *("integration", "api_id", "stage", "path", "method", "headers", "body", "query_params", "route_key"),
            *("path_params", "authorizer_claims", "authorizer_scopes", "authorizer_lambda_context", "authorizer_iam"),
            *("owner_account_id", "owner_region", "raw_query_string"),
        ),
        "run_reentrant": ("fn", "args", "thread_name"),
    },
    "ministack.services.eventbridge": {
        "_rules": None,
        "_put_events": ("data", "allow_aws_source"),
        "_dispatch_event": ("event", "view"),
        "_invoke_target": ("target", "event", "rule", "view"),
        "_pattern_event_view": ("event",),
        "_matches_pattern_view": ("pattern_str", "view", "owner"),
        "_dispatch_to_lambda": ("arn", "payload"),
        "_dispatch_to_sqs": ("spec", "payload", "sqs_parameters"),
        "_dispatch_to_sns": ("arn", "payload"),
        "_dispatch_to_stepfunctions": ("arn", "payload"),
    },
    "ministack.services.stepfunctions": {
        "_emit_execution_status_event": ("execution",),
        "_create_state_machine": ("data",),
        "_update_state_machine": ("data",),
        "_start_execution": ("data",),
        "_run_execution": ("exec_arn",),
        "_fail_execution": ("execution", "error", "cause"),
        "_add_event": ("execution", "event_type", "details"),
        "_execute_pass": ("state_def", "raw_input", "ctx"),
        "_execute_task": ("state_def", "raw_input", "execution", "ctx"),
        "_execute_choice": ("state_def", "raw_input", "ctx"),
        "_execute_wait": ("state_def", "raw_input", "ctx"),
        "_execute_parallel": ("state_def", "raw_input", "execution", "ctx"),
        "_execute_map": ("state_def", "raw_input", "execution", "ctx"),
        "_fail_state_error": ("state_def", "raw_input", "ctx"),
        "_run_sub_machine": ("states", "start_at", "input_data", "execution", "ctx"),
        "_call_lambda": ("func_ref", "event"),
        "_invoke_resource": ("resource", "input_data"),
        "_invoke_with_callback": ("resource", "input_data", "token", "state_def"),
        "_resolve_path_or_ctx": ("path", "data", "ctx"),
        "_jsonata_state_field": ("state_def", "field", "expected", "raw_input", "ctx"),
        "_resolve_state_machine_arn": ("arn",),
        "_state_machines": None,
        "_executions": None,
    },
    "ministack.services.sns": {
        "_topic_by_arn_any_scope": ("topic_arn",),
        "_find_subscription": ("topic_arn", "sub_arn"),
        "_resolve_message_for_protocol": ("message", "message_structure", "protocol"),
        "_matches_filter_policy": ("sub", "message_attributes", "message"),
        "_build_envelope": ("topic_arn", "msg_id", "message", "subject", "message_attributes", "raw"),
        "publish_internal": (
            "topic_arn",
            "message",
            "subject",
            "message_structure",
            "message_attributes",
            "message_group_id",
            "message_deduplication_id",
        ),
        "_fanout": (
            "topic_arn",
            "msg_id",
            "message",
            "subject",
            "message_structure",
            "message_attributes",
            "message_group_id",
            "message_dedup_id",
        ),
        "_deliver_to_lambda": (
            "endpoint",
            "envelope",
            "topic_arn",
            "sub_arn",
            "msg_id",
            "raw_message",
            "message_attributes",
        ),
        "_deliver_to_sqs": (
            "endpoint",
            "envelope",
            "raw",
            "raw_message",
            "message_group_id",
            "message_dedup_id",
            "message_attributes",
            "topic_arn",
        ),
    },
    "ministack.services.sqs": {
        "_queues": None,
        "_HANDLERS": None,
        "_queue_by_arn": ("arn",),
        "_queue_url": ("name",),
        "_ensure_msg_fields": ("m",),
        "_receive_messages_for_esm": ("queue_url", "max_number"),
        "_delete_messages_for_esm": ("queue_url", "receipt_handles"),
    },
    "ministack.services.kinesis": {"_put_record": ("data",)},
    "ministack.services.cloudfront": {
        "find_distribution_for_label": ("label",),
        "run_reentrant": ("fn", "args", "thread_name"),
        "_fetch_from_origin": (
            "origin",
            "method",
            "uri",
            "query_string",
            "headers",
            "body",
            "viewer_is_https",
            "client_ip",
            "viewer_xff",
            "dist_arn",
        ),
        "_serve_s3_origin": ("origin", "method", "uri", "headers", "dist_arn"),
        "_check_viewer_protocol_policy": (
            "behavior",
            "method",
            "viewer_is_https",
            "request_uri",
            "query_string",
            "headers",
        ),
    },
    "ministack.services.dynamodb": {
        "_tables": None,
        "_ExprEval": ("tokens", "item", "attr_values", "attr_names"),
        **dict.fromkeys(
            (
                *("_get_item", "_put_item", "_update_item", "_delete_item", "_query", "_scan"),
                *("_batch_get_item", "_batch_write_item", "_transact_get_items", "_transact_write_items"),
            ),
            ("data",),
        ),
        "_set_item": ("table", "pk_val", "sk_val", "item"),
        "_remove_item": ("table", "pk_val", "sk_val"),
        "_item_size_bytes": ("item",),
        "_ddb_canonicalize_number": ("s",),
        "_number_error": ("text",),
        "_number_size_bytes": ("text",),
        "_get_item_by_key": ("table", "key"),
        "_build_key": ("item", "pk_name", "sk_name"),
        "_resolve_table_key_values": ("table", "attrs", "allow_extra"),
        "_paginate_evaluated_items": ("items", "limit", "table", "index_name"),
        "_apply_index_projection": ("item", "table", "index_name"),
        "_add_consumed_capacity": (*("result", "data", "table_name", "write", "old_item", "new_item", "index_name"),),
        "json_response": ("data", "status", "content_type"),
        "_tokenize": ("expr",),
        "_check_redundant_parens": ("tokens", "slot"),
        "_check_reserved_keyword_usage": ("tokens",),
        "_condition_syntax_error": ("expr", "slot"),
        "_evaluate_condition": ("expr", "item", "attr_values", "attr_names", "slot"),
    },
    "ministack.core.lambda_runtime": {"get_or_create_worker": ("func_name", "config", "code_zip", "qualifier")},
    "ministack.services.firehose": {
        "_put_record": ("data",),
        "_deliver_to_s3": ("stream", "dest", "record_data", "lambda_keys"),
        "_s3_bucket_from_arn": ("bucket_arn",),
    },
    "ministack.services.pipes": {"_deliver_batch": ("pipe", "batch")},
    "ministack.services.cloudwatch_logs": {
        "_log_groups": None,
        "_metric_filters": None,
        "_put_metric_filter": ("data",),
        "_put_subscription_filter": ("data",),
        "_delete_log_group": ("data",),
        "_delete_log_stream": ("data",),
        "_subscription_pattern_matches": ("pattern", "message"),
        "_create_log_group": ("data",),
        "_create_log_stream": ("data",),
        "_fanout_to_live_tail_sessions": ("group_name", "stream_name", "events"),
    },
    "ministack.services.ec2": {"_addresses": None, "_ACTION_MAP": None},
    "ministack.services.cloudcontrol": {
        "_resources": None,
        "_PatchError": None,
        "_resource_key": ("type_name", "identifier"),
        "_update_resource": ("data",),
        "_apply_json_patch": ("doc", "operations"),
        "_record_request": ("event",),
        "_progress_event": (
            "operation",
            "status",
            "type_name",
            "identifier",
            "request_token",
            "resource_model",
            "status_message",
            "error_code",
        ),
    },
    "ministack.services.cloudformation": {"_stacks": None, "_stack_events": None},
    "ministack.services.cloudformation.stacks": {
        "_add_event": (
            "stack_id",
            "stack_name",
            "logical_id",
            "resource_type",
            "status",
            "reason",
            "physical_id",
            "detailed_status",
        ),
        "_update_resource": _UPDATE,
    },
    "ministack.services.cloudformation.provisioners": {
        "_update_resource": _UPDATE,
        "_RESOURCE_HANDLERS": None,
        "_physical_name": ("stack_name", "logical_id", "lowercase", "max_len", "seeded"),
    },
}


def moved() -> list[str]:
    """What the installed MiniStack has in another form, one sentence each; empty when every seam is in its place."""
    problems = []
    for module, names in SEAMS.items():
        try:
            loaded = importlib.import_module(module)
        except ImportError as problem:
            problems.append(f"{module} cannot be imported: {problem}")
            continue
        problems += [said for name, expected in names.items() if (said := _difference(loaded, name, expected))]
    return problems


def _difference(module: object, name: str, expected: Parameters) -> str:
    where = f"{getattr(module, '__name__', module)}.{name}"
    if not hasattr(module, name):
        return f"{where} is gone"
    value = getattr(module, name)
    if expected is None:
        return "" if not inspect.isfunction(value) else f"{where} has become a function"
    if not callable(value):
        return f"{where} is no function any more"
    found = tuple(inspect.signature(value).parameters)
    return "" if found == expected else f"{where} takes {found}, not {expected}"
