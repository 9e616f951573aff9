"""X-Amzn-Trace-Id: what a caller says about its trace, and what the next one is told."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass

_ROOT = re.compile(r"(?:^|;)\s*Root=(1-[0-9a-f]{8}-[0-9a-f]{24})")
_OWN = ("Root", "Parent", "Sampled", "Self")
_LONGEST = 256
_ID = re.compile(r"[0-9a-f]{16}\Z")


@dataclass(frozen=True, slots=True)
class TraceContext:
    """Where a piece of work stands: its trace, the part that called it (or empty), and whether it is written down."""

    root: str
    parent: str
    sampled: bool
    others: str = ""  # the header's other fields, of AWS (`Lineage`) or of an application

    def header(self, parent: str) -> str:
        """What those are told whom `parent` calls. An application's own fields go with it: load balancers are
        documented to keep them, AWS's SDKs read them from what Lambda tells a function and send them on."""
        others = f";{self.others}" if self.others else ""
        return f"Root={self.root};Parent={parent};Sampled={int(self.sampled)}{others}"


def decide(header: str, active: bool, now: float | None = None) -> TraceContext:
    """The trace of work that a header came with. The caller decides on sampling where it said something; an active
    service samples all the rest."""
    said = fields(header)
    root, decision = root_of(header), said.get("Sampled", "")
    sampled = decision == "1" or (active and decision != "0")
    parent = said.get("Parent", "")
    return TraceContext(root or new_root(now), parent if root and _ID.match(parent) else "", sampled, _others(said))


def _others(said: dict[str, str]) -> str:
    """The fields that are not X-Ray's own, up to what fits a header."""
    others = ";".join(f"{name}={value}" for name, value in said.items() if name not in _OWN)
    return others if len(others) <= _LONGEST else ""


def fields(header: str) -> dict[str, str]:
    """The fields of a trace header."""
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, equals, value in pairs if equals}


def root_of(header: str) -> str:
    """The trace id in a trace header, or empty."""
    match = _ROOT.search(header)
    return match.group(1) if match else ""


def new_root(now: float | None = None) -> str:
    """A new trace id."""
    return f"1-{int(time.time() if now is None else now):08x}-{os.urandom(12).hex()}"


def new_id() -> str:
    """A new segment id."""
    return os.urandom(8).hex()
