"""Runs in a process of its own: handlers of the modules in a folder, as in Lambda with tracing on. Writes what they
answer, an event a line; the trace id of each invocation holds the numbers of the module and the event."""

import importlib
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

folder, parent, *events = sys.argv[1:]
sys.path.insert(0, folder)
for number, path in enumerate(sorted(Path(folder).glob("*.py")), 1):
    module = importlib.import_module(path.stem)
    for at, event in enumerate(events, 1):
        trace = f"1-65000000-{number:012x}{at:012x}"
        os.environ["_X_AMZN_TRACE_ID"] = f"Root={trace};Parent={parent};Sampled=1"
        context = SimpleNamespace(
            function_name="f", memory_limit_in_mb="128", invoked_function_arn="arn", aws_request_id=trace
        )
        try:
            answer = repr(module.lambda_handler(json.loads(event), context))
        except Exception as problem:
            answer = repr(problem)
        sys.stdout.write(f"{path.stem} {event}: {answer}\n")
