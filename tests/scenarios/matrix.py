"""`python -m tests.scenarios.matrix`: the rule that found each fault; written to docs/measured/faults.md."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from shopfast_obs.cli.inputs import diagnosis_input
from shopfast_obs.model.findings import Finding, Severity
from tests.scenarios.faults import FAULTS, Fault

RECORDED = Path(__file__).with_name("recorded")
PAGE = Path(__file__).parents[2] / "docs" / "measured/faults.md"
PRECISION = Path(__file__).with_name("precision.md")  # what no recording tells; written by hand
HEAD = """\
# Faults, and what finds them

Each fault of the catalogue was injected into two healthy applications, ShopFast and a small one that shares nothing
with it (`tests/scenarios/parcels`), both deployed, instrumented, watched and fixed by the commands of this project.
What was observed then is kept in `tests/scenarios/recorded`, and the tests diagnose it again. Record it anew:
`python -m tests.scenarios.record`; write this page: `python -m tests.scenarios.matrix`.

Beside the rule that names the cause stand the others that spoke, above info: symptoms of the same fault, mostly.
"""


def name(path: Path) -> str:
    """The fault, the combination, or `healthy`."""
    return path.name.removesuffix(".json.gz")


def faults(path: Path) -> list[Fault]:
    """What was broken."""
    return [FAULTS[number] for number in name(path).split("+") if number in FAULTS]


@cache
def findings(path: Path) -> tuple[Finding, ...]:
    """What all rules find in a recording, worst first."""
    return diagnosis_input.at_file(path).diagnosed(None).findings


def hits(fault: Fault, found: Iterable[Finding]) -> list[Finding]:
    """The findings that name the cause of the fault."""
    return [f for f in found if f.rule in fault.rules and fault.says.lower() in _words(f)]


def alarming(found: Iterable[Finding]) -> list[Finding]:
    """Those above info."""
    return [finding for finding in found if finding.severity > Severity.INFO]


def page(paths: Sequence[Path]) -> str:
    """The page, in Markdown."""
    return "\n".join((HEAD, *_matrix(paths), "", *_details(paths), PRECISION.read_text(encoding="utf-8")))


def _words(finding: Finding) -> str:
    return " ".join((finding.title, *(evidence.summary for evidence in finding.evidence))).lower()


def _matrix(paths: Sequence[Path]) -> Iterator[str]:
    broken = [fault for path in paths for fault in faults(path)]
    found = [fault for path in paths for fault in faults(path) if hits(fault, findings(path))]
    healthy = [path for path in paths if not faults(path)]
    false = sum(bool(alarming(findings(path))) for path in healthy)
    yield "| what was diagnosed | found | not found |"
    yield "|---|---|---|"
    missed = len(broken) - len(found)
    yield f"| fault injected ({len(broken)}, in {len(paths) - len(healthy)} runs) | {len(found)} | {missed} |"
    yield f"| healthy ({len(healthy)} runs) | {false} | {len(healthy) - false} |"


def _details(paths: Sequence[Path]) -> Iterator[str]:
    yield "| fault | application | found by | also said |"
    yield "|---|---|---|---|"
    for path in sorted(paths, key=lambda path: (name(path), path.parent.name)):
        found = findings(path)
        causes = [finding for fault in faults(path) for finding in hits(fault, found)]
        others = sorted({f.rule for f in alarming(found)} - {f.rule for f in causes})
        title = "; ".join(fault.title for fault in faults(path)) or "nothing is wrong"
        by = ", ".join(dict.fromkeys(f"`{finding.rule}`" for finding in causes)) or "-"
        yield f"| {name(path)} {title} | {path.parent.name} | {by} | {', '.join(others) or '-'} |"


if __name__ == "__main__":
    PAGE.write_text(page(sorted(RECORDED.glob("*/*.json.gz"))), encoding="utf-8")
