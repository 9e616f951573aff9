"""drain3 on the same messages, where it is installed: it is no dependency."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from drain3 import TemplateMiner
from drain3.masking import MaskingInstruction
from drain3.template_miner_config import TemplateMinerConfig

from bench._best import interleaved

MASKS = (
    ("UUID", r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"),
    ("TIME", r"\d{4}-\d\d-\d\dT[\d:.]+Z?"),
    ("IP", r"\d+\.\d+\.\d+\.\d+"),
    ("ID", r"\b(?=[a-zA-Z]*\d)[0-9a-zA-Z]{6,}\b"),
    ("N", r"\b\d+\b"),
)


def compare(specimens: list[dict[str, str]], lines: list[str], say_grouping: Callable[..., None]) -> None:
    """Errors by type and message, as it comes and with masks for what every AWS message has."""
    for name, masks in (("drain3", ()), ("drain3 with masks", MASKS)):
        learn = cluster(masks)
        for one in specimens:  # a cluster is final only when all are read
            learn(f"{one['type']} {one['message']}")
        say_grouping(name, specimens, [learn(f"{one['type']} {one['message']}") for one in specimens])
        fresh = cluster(masks)
        (taken,) = interleaved(lambda: [fresh(said(line)) for line in lines], runs=1)  # noqa: B023
        print(f"{name:26} {len(lines) / taken:9,.0f} lines/s")


def said(line: str) -> str:
    """The last line of the traceback in a line of the log."""
    return str(orjson.loads(line)["exception"]).rpartition("\n")[2]


def cluster(masks: tuple[tuple[str, str], ...]) -> Callable[[str], int]:
    """A function from a message to the number of its cluster."""
    config = TemplateMinerConfig()
    config.masking_instructions = [MaskingInstruction(pattern, name) for name, pattern in masks]
    miner = TemplateMiner(config=config)
    return lambda message: int(miner.add_log_message(message)["cluster_id"])
