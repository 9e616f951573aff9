"""CloudWatch's metric math, evaluated over series that are already there."""

from __future__ import annotations

import ast
import operator
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from shopfast_obs.analysis.metrics.anomaly_band import anomaly_band
from shopfast_obs.analysis.metrics.math_functions import (
    FUNCTIONS,
    Array,
    Grid,
    MathError,
    Named,
    Series,
    Value,
    combine,
    counted,
)
from shopfast_obs.model.records import record

MAX_LENGTH = 2048
MAX_DEPTH = 50
MOST = sys.float_info.max
MOST_SERIES = 1000  # of an array; arrays of arrays of 500 expressions would double with each
TOKENS = re.compile(r"\"[^\"]*\"|'[^']*'|&&|\|\||\^|\bAND\b|\bOR\b", re.IGNORECASE)
REPLACED = {"&&": " and ", "||": " or ", "^": "**", "and": " and ", "or": " or "}
KEYWORDS = frozenset(["REPEAT", "LINEAR", "ASC", "DESC", "AVG", "MAX", "MIN", "SUM"])
Search = Callable[[str, str, int], Sequence[Named]]
Past = Callable[[str], Series]

BINARY: Mapping[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
COMPARED: Mapping[type, Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def _no_search(_expression: str, _statistic: str, _period: int) -> Sequence[Named]:
    raise MathError("SEARCH is not available here")


def _no_past(_name: str) -> Series:
    raise MathError("ANOMALY_DETECTION_BAND is not available here")


@record
class Scope:
    """What an expression can see: the series by id, the periods that are asked for, the metrics for SEARCH."""

    named: Mapping[str, Value]
    grid: Grid
    metric_ids: tuple[str, ...] = ()  # those that METRICS() stands for
    search: Search = field(default=_no_search)
    past: Past = field(default=_no_past)  # a series with the two weeks before the periods that are asked for


def evaluate(expression: str, scope: Scope) -> Value:
    """The value of an expression: a series, an array of named series, or a number. Raises MathError."""
    try:
        return _node(parse(expression), scope, 0)
    except (TypeError, ValueError, ArithmeticError) as problem:  # numbers that no float holds, of whatever function
        raise MathError(f"{expression!r} has no value here: {problem}") from None


def parse(expression: str) -> ast.expr:
    """The syntax tree; raises MathError for what is no expression."""
    if not expression.strip() or len(expression) > MAX_LENGTH:
        raise MathError(f"an expression has 1 to {MAX_LENGTH} characters")
    translated = TOKENS.sub(lambda match: REPLACED.get(match[0].lower(), match[0]), expression)
    try:
        return ast.parse(translated.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise MathError(f"{expression!r} is not an expression") from None


def names(expression: str) -> set[str]:
    """The ids that an expression refers to; raises MathError."""
    nodes = list(ast.walk(parse(expression)))
    called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return {node.id for node in nodes if isinstance(node, ast.Name)} - called - KEYWORDS


def uses(expression: str, function: str) -> bool:
    """True when the expression calls the function; raises MathError."""
    calls = (node.func for node in ast.walk(parse(expression)) if isinstance(node, ast.Call))
    return any(isinstance(func, ast.Name) and func.id.upper() == function for func in calls)


def _node(node: ast.expr, scope: Scope, depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise MathError("the expression is nested too deeply")
    if isinstance(node, ast.Constant):
        return _constant(node.value)
    if isinstance(node, ast.Name):
        return _name(node.id, scope)
    if isinstance(node, ast.List):
        return _array([_node(item, scope, depth + 1) for item in node.elts])
    if isinstance(node, ast.Call):
        return _call(node, scope, depth)
    return _operation(node, scope, depth)


def _constant(value: object) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise MathError(f"{value!r} cannot stand here")
    if isinstance(value, int | float) and not abs(value) <= MOST:
        raise MathError("the number is too large")
    return value if isinstance(value, str) else float(value)


def _name(name: str, scope: Scope) -> Value:
    if name in scope.named:
        return scope.named[name]
    if name in KEYWORDS:
        return name
    raise MathError(f"{name} is not the id of a metric or an expression of this request")


def _array(items: Sequence[Value]) -> Array:
    found: Array = []
    for n, item in enumerate(items):
        if isinstance(item, list):
            found += item
        elif isinstance(item, dict):
            found.append(Named(str(n), item))
        else:
            raise MathError("an array holds series only")
        if len(found) > MOST_SERIES:
            raise MathError(f"an array has at most {MOST_SERIES} series")
    return found


def _call(node: ast.Call, scope: Scope, depth: int) -> Value:
    if not isinstance(node.func, ast.Name) or node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
        raise MathError("only functions of metric math can be called")
    name = node.func.id.upper()
    arguments = [_node(argument, scope, depth + 1) for argument in node.args]
    if name == "METRICS":
        return _metrics(arguments, scope)
    if name == "SEARCH":
        return _search(arguments, scope)
    if name == "ANOMALY_DETECTION_BAND":
        return _band(node, arguments, scope)
    function = FUNCTIONS.get(name)
    if function is None:
        raise MathError(f"{node.func.id} is not a function that the local cloud has")
    try:
        return function(scope.grid, *arguments)
    except TypeError:
        raise MathError(f"{name} does not take these arguments") from None


def _metrics(arguments: Sequence[Value], scope: Scope) -> Array:
    part = arguments[0] if arguments else ""
    if not isinstance(part, str):
        raise MathError("METRICS takes a string")
    wanted = [i for i in scope.metric_ids if part in i]
    return [Named(i, value) for i in wanted if isinstance(value := scope.named[i], dict)]


def _band(node: ast.Call, arguments: Sequence[Value], scope: Scope) -> Array:
    deviations = arguments[1] if len(arguments) == 2 else 2.0
    first = node.args[0] if node.args else None
    if not isinstance(first, ast.Name) or len(arguments) > 2 or not isinstance(deviations, float):
        raise MathError("ANOMALY_DETECTION_BAND takes the id of a metric or an expression, and a number")
    if first.id not in scope.named:
        raise MathError(f"{first.id} is not the id of a metric or an expression of this request")
    return anomaly_band(scope.past(first.id), scope.grid, deviations, first.id)


def _search(arguments: Sequence[Value], scope: Scope) -> Array:
    if len(arguments) not in (2, 3) or not isinstance(arguments[0], str) or not isinstance(arguments[1], str):
        raise MathError("SEARCH takes a search expression, a statistic and a period")
    period = arguments[2] if len(arguments) == 3 else float(scope.grid.period)
    return list(scope.search(arguments[0], arguments[1], counted(period, "the period of SEARCH")))


def _operation(node: ast.expr, scope: Scope, depth: int) -> Value:
    if isinstance(node, ast.BinOp) and type(node.op) in BINARY:
        return combine(BINARY[type(node.op)], _node(node.left, scope, depth + 1), _node(node.right, scope, depth + 1))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        sign = -1.0 if isinstance(node.op, ast.USub) else 1.0
        return combine(operator.mul, sign, _node(node.operand, scope, depth + 1))
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARED:
        compare = COMPARED[type(node.ops[0])]
        sides = _node(node.left, scope, depth + 1), _node(node.comparators[0], scope, depth + 1)
        return combine(lambda a, b: float(compare(a, b)), *sides)
    if isinstance(node, ast.BoolOp):
        return _logical(node, scope, depth)
    raise MathError("metric math has no such operation")


def _logical(node: ast.BoolOp, scope: Scope, depth: int) -> Value:
    both: Callable[[float, float], float] = (
        (lambda a, b: float(bool(a) and bool(b)))
        if isinstance(node.op, ast.And)
        else (lambda a, b: float(bool(a) or bool(b)))
    )
    value = _node(node.values[0], scope, depth + 1)
    for operand in node.values[1:]:
        value = combine(both, value, _node(operand, scope, depth + 1))
    return value


__all__ = ["Array", "Grid", "MathError", "Named", "Scope", "Series", "Value", "evaluate", "names", "parse", "uses"]
