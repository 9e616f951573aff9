"""A pytest plugin: writes the outcome of each test as it ends, and runs only the tests that are asked for."""

import json
import os

RESULTS = os.environ.get("SHOPFAST_OBS_PROOF_RESULTS", "")
ONLY = os.environ.get("SHOPFAST_OBS_PROOF_ONLY", "")
_worst = {}
RANK = ("passed", "skipped", "failed", "error")


def pytest_configure(config):
    """Only the process that collects the reports writes them."""
    config._shopfast_obs_writes = not hasattr(config, "workerinput")


def pytest_collection_modifyitems(config, items):
    """The tests that are asked for."""
    if ONLY:
        with open(ONLY, encoding="utf-8") as file:
            wanted = set(json.load(file))
        left = [item for item in items if item.nodeid not in wanted]
        items[:] = [item for item in items if item.nodeid in wanted]
        config.hook.pytest_deselected(items=left)


def pytest_runtest_logreport(report):
    """The worst of set-up, call and tear-down is the outcome."""
    outcome = report.outcome
    if outcome == "failed" and report.when != "call":
        outcome = "error"
    known = _worst.get(report.nodeid, "passed")
    _worst[report.nodeid] = outcome if RANK.index(outcome) > RANK.index(known) else known
    if report.when == "teardown":
        with open(RESULTS, "a", encoding="utf-8") as file:
            file.write(json.dumps([report.nodeid, _worst.pop(report.nodeid)]) + "\n")
