"""Functions that log like in development."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, written
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural, share_of
from shopfast_obs.diagnose.property_values import at, entries, is_open
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.parse.logs import powertools

NAMES = ("POWERTOOLS_LOG_LEVEL", "LOG_LEVEL", "LOGLEVEL", "AWS_LAMBDA_LOG_LEVEL")
MANY = 0.5
SAMPLE = 500


def judge(function: Resource, context: Context) -> Judgement:
    """Found when the log level is DEBUG or TRACE, or half of the lines are."""
    said = at(function, "LoggingConfig.ApplicationLogLevel")
    variables = at(function, "Environment.Variables")
    if is_open(said) or is_open(variables):
        return Undecided("its log level is left to a parameter")
    where = {"LoggingConfig.ApplicationLogLevel": said}
    where |= {f"Environment.Variables.{name}": entries(variables).get(name) for name in NAMES}
    chosen = {path: str(level) for path, level in where.items() if str(level).upper() in ("DEBUG", "TRACE")}
    lines = context.lines(function)
    debug = sum(powertools.record(line.message).level in ("DEBUG", "TRACE") for line in lines[-SAMPLE:])
    sampled = min(len(lines), SAMPLE)
    noisy = sampled and debug >= MANY * sampled
    if not chosen and not noisy:
        return Passed("its log level is not DEBUG")
    share = f", {share_of(debug, sampled)} of its lines" if sampled else ""
    evidence = [configured(f"{path} is {level}", path, level=level) for path, level in chosen.items()]
    if debug:
        said_lines = f"{debug:,} of {plural(sampled, 'sampled line')} are DEBUG"
        evidence.append(written(said_lines, lines[-1], context, debug=debug, sampled=sampled))
    return Found(
        f"{function.name} logs at DEBUG{share}",
        evidence,
        Remedy("INFO, and POWERTOOLS_LOGGER_SAMPLE_RATE for a few requests in full."),
    )


RULE = Rule(
    id="lambda-debug-level",
    title="The function logs at DEBUG",
    severity=Severity.LOW,
    types=(FUNCTION,),
    needs=("configuration", "logs"),
    why="Debug lines are paid for by the gigabyte, slow every query down, and hold what nobody meant to log.",
    remedy="INFO.",
    limits="A level that the code sets itself is seen in the lines only.",
    judge=judge,
    misleads="It helped once.",
)
