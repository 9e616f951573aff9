"""The order as `instrument` leaves it, and what its lines say."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from shopfast_obs.changes import engine
from shopfast_obs.instrument.metrics_file import read
from shopfast_obs.instrument.plan import for_paths
from shopfast_obs.instrument.registry import selected

HERE = Path(__file__).parent
PYTHON = Path(sys.prefix) / "durable" / "bin" / "python"
MISSING = "`make test` installs the durable execution SDK beside the other dependencies"
EVERY = ("logger", "tracer", "metrics", "runtime", "business", "logging", "prints")
# What is counted of one order, whatever runs again.
ONCE = {"Accepted": 1, "Reserved": 1, "Charged": 1, "ChargesFailed": 1, "Shipped": 1, "Finished": 1}


def order(root: Path) -> Path:
    """A folder with the order's source, instrumented."""
    folder = root / "orders"
    folder.mkdir()
    (folder / "order.py").write_text((HERE / "order.py").read_text())
    plan = for_paths([folder], root, selected(EVERY), metrics=read(HERE / "metrics.yaml"))
    engine.apply(plan.plan, root, root / ".state")
    return folder


def documents(lines: Iterable[str]) -> list[dict[str, Any]]:
    """The JSON among the lines."""
    found = (json.loads(line) for line in lines if line.startswith("{"))
    return [document for document in found if isinstance(document, dict)]


def counted(lines: Iterable[dict[str, Any]]) -> dict[str, float]:
    """The business metrics among them, summed."""
    sums: Counter[str] = Counter()
    for line in lines:
        if "_aws" in line:
            for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
                value = line[metric["Name"]]
                sums[metric["Name"]] += sum(value) if isinstance(value, list) else value
    return {name: value for name, value in sums.items() if name != "ColdStart"}


def said(lines: Iterable[dict[str, Any]]) -> list[str]:
    """The messages that are no repetition, in their order."""
    return [line["message"] for line in lines if "message" in line and not line.get("replaying")]
