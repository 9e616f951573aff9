"""Runs durable handlers in the SDK's own local runner: `runner.py FOLDER module.function=INPUT...`; a line of JSON on
stdout ends what each of them wrote."""

import importlib
import json
import logging
import sys

sys.path.insert(0, sys.argv[1])
logging.getLogger().handlers[:] = []

from aws_durable_execution_sdk_python_testing.runner import DurableFunctionTestRunner  # noqa: E402

for call in sys.argv[2:]:
    name, _, given = call.partition("=")
    module, _, function = name.rpartition(".")
    with DurableFunctionTestRunner(handler=getattr(importlib.import_module(module), function)) as runner:
        result = runner.run(input=given, execution_timeout=30)
    print(json.dumps({"status": result.status.value, "result": result.result}))
