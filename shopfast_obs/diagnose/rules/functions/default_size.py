"""Functions that run with the size nobody chose: 3 s and 128 MB."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.invocations import Configured
from shopfast_obs.diagnose.functions.managed_instances import is_managed
from shopfast_obs.diagnose.functions.size_remedy import size_remedy
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

TIMEOUT, MEMORY = 3, 128
HARMLESS = 0.5  # of the timeout


def judge(function: Resource, context: Context) -> Judgement:
    """Found when the Timeout in force is AWS's default of 3 s or MemorySize that of 128 MB, as bad as the invocations
    show it to be."""
    size = Configured.of(function)
    if size is None:
        return Undecided("its MemorySize or Timeout is left to a parameter")
    managed = is_managed(function)  # there 128 MB cannot be, and nobody's CPU comes with the memory
    short, small = size.timeout == TIMEOUT, size.memory_mb == MEMORY and not managed
    if not (short or small):
        return Passed(f"{size.timeout} s and {size.memory_mb} MB were chosen")
    if context.observations is None:
        severity = Severity.LOW if short and small else Severity.INFO
        return _finding(function, size, severity, "what it does to requests only telemetry can tell", context)
    missing = missing_data.invocations(function, context)
    if missing:
        said = f"{missing}; whether {size.timeout} s and {size.memory_mb} MB hurt is not known"
        return Undecided(said)
    slowest = max(r.duration for r in context.reports(function))
    harmed = slowest >= HARMLESS * size.timeout
    said = f"the slowest invocation took {slowest:.2f} s"
    return _finding(function, size, Severity.MEDIUM if harmed else Severity.INFO, said, context)


def _finding(function: Resource, size: Configured, severity: Severity, said: str, context: Context) -> Found:
    written = {name: name in function.properties for name in ("Timeout", "MemorySize")}
    look = "shopfast-obs diagnose --target aws" if function.file else "shopfast-obs diagnose"
    remedy = (
        size_remedy(function, context, cpu_bound=True)
        if severity is Severity.MEDIUM
        else Remedy("Choose both from measurement: send traffic, then look at what is deployed.", look)
    )
    return Found(
        severity=severity,
        title=f"{function.name} runs with {_defaults(size)}: {said}",
        evidence=(
            Evidence(
                "configuration",
                ", ".join(
                    f"{name} {value} {'as declared' if written[name] else 'because nothing is declared'}"
                    for name, value in (("Timeout", size.timeout), ("MemorySize", size.memory_mb))
                ),
                "Timeout, MemorySize",
                {"timeout": size.timeout, "memory_mb": size.memory_mb},
            ),
        ),
        remedy=remedy,
        misleads="Linters ask only whether the properties are written down; an explicit 3 and 128 pass them.",
    )


def _defaults(size: Configured) -> str:
    """What of its size is AWS's default, and what is not."""
    if size.timeout == TIMEOUT and size.memory_mb == MEMORY:
        return f"AWS's defaults, {TIMEOUT} s and {MEMORY} MB"
    if size.timeout == TIMEOUT:
        return f"AWS's default Timeout of {TIMEOUT} s, at {size.memory_mb} MB"
    return f"AWS's default MemorySize of {MEMORY} MB, for up to {size.timeout} s"


RULE = Rule(
    id="lambda-default-size",
    title="Timeout or memory is AWS's default",
    severity=Severity.LOW,
    types=(FUNCTION,),
    needs=("configuration", "logs"),
    why="3 s and 128 MB are what a function gets when nobody chooses; 128 MB come with 7 % of a vCPU.",
    remedy="Choose both from measurement; `fix` derives them from REPORT lines.",
    limits="In a template the harm is not known, so the finding is at most low.",
    judge=judge,
    runbook="duration-near-timeout",
)
