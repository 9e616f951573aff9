#!/usr/bin/env bash
# aws-lambda-powertools 3.37.0: a Logger that buffers (`LoggerBufferConfig`), with keys that change while lines wait in the buffer.
# A buffered line keeps its own time, yet takes its keys when the buffer is flushed, by the error that comes later: the debug lines of
# every record of a batch are written with the key of the record that failed. aws-powertools/powertools-lambda-python issue 7804
# (open) asks for just this as a new option, in the belief that a line keeps the keys of its own moment. A Logger without a buffer
# writes the same calls with the key of each record.
# Seen: "no buffer: 1 2 3 3" and "buffer: 3 3 3 3".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install aws-lambda-powertools==3.37.0
cd "$work"
export _X_AMZN_TRACE_ID='Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'
"$work/venv/bin/python" - <<'PY'
import io
import json
import sys

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.buffer import LoggerBufferConfig


def keys(**settings):
    stream = io.StringIO()
    logger = Logger(level="DEBUG", stream=stream, **settings)
    for order in (1, 2, 3):
        with logger.append_context_keys(order=order):
            logger.debug("checking order %d", order)
            if order == 3:
                logger.error("order %d has no stock", order)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    messages = [line["message"] for line in lines]
    assert messages == [*(f"checking order {order}" for order in (1, 2, 3)), "order 3 has no stock"], messages
    return [line["order"] for line in lines]


seen = {"no buffer": keys(service="plain"), "buffer": keys(service="buffering", buffer_config=LoggerBufferConfig())}
for logger, orders in seen.items():
    print(f"{logger}:", *orders)
sys.exit(seen != {"no buffer": [1, 2, 3, 3], "buffer": [3, 3, 3, 3]})
PY
