"""The service map for Graphviz: `shopfast-obs report traces --format dot | dot -Tsvg > map.svg`."""

from __future__ import annotations

from collections.abc import Iterator

from shopfast_obs.analysis.traces.overview.service_map import Counts, ServiceEdge, ServiceMap, ServiceNode, one_function
from shopfast_obs.report.layout import apart
from shopfast_obs.report.text import flat, percent, plural, several, visible

# X-Ray's colours; whichever is worst of what happened to at least this share of the calls.
COLOURS = (("fault", "#c62828"), ("throttle", "#7b1fa2"), ("error", "#e0a100"))
OK, LEAST = "#2e7d32", 0.01
WIDTH = 60  # characters of a line in a node
_SHAPES = {
    "client": "oval",
    "AWS::DynamoDB": "cylinder",
    "AWS::S3": "cylinder",
    "AWS::RDS": "cylinder",
    "AWS::SQS": "cds",
    "AWS::SNS": "cds",
    "AWS::Events": "cds",
    "AWS::StepFunctions": "component",
    "remote": "oval",
}


def dot(found: ServiceMap) -> str:
    """A digraph in DOT: nodes typed by shape, calls that nobody waits for dashed, in the colour of what went wrong."""
    numbers = {(node.name, node.type): number for number, node in enumerate(found.nodes)}
    ends = [end for edge in found.edges for end in ((edge.source, edge.source_type), (edge.target, edge.target_type))]
    for name in ends:
        numbers.setdefault(name, len(numbers))
    lines = [
        "digraph services {",
        "  rankdir=LR;",
        '  node [fontname="Helvetica"];',
        '  edge [fontname="Helvetica"];',
    ]
    known = {(node.name, node.type): node for node in found.nodes}
    short = apart([flat(visible(name)) for name, _ in numbers], WIDTH)
    lines += [
        f"  n{number} [{_node(name, shown, known.get(name))}];"
        for (name, number), shown in zip(numbers.items(), short, strict=True)
    ]
    for edge in found.edges:
        source, target = (edge.source, edge.source_type), (edge.target, edge.target_type)
        lines.append(f"  n{numbers[source]} -> n{numbers[target]} [{_edge(edge)}];")
    return "\n".join([*lines, "}"]) + "\n"


def _node(name: tuple[str, str], shown: str, node: ServiceNode | None) -> str:
    """The attributes of a node, which shows its name so that no other looks like it."""
    told = [shown, *([name[1]] if name[1] and name[1] != name[0] else [])]
    if node is not None:
        told += _figures(node.counts)
    shape = next((shape for start, shape in _SHAPES.items() if name[1].startswith(start)), "box")
    return f"label={quoted(told)}, shape={shape}, color={quoted([_colour(node.counts) if node else OK])}"


def _edge(edge: ServiceEdge) -> str:
    inner = one_function((edge.source, edge.source_type), (edge.target, edge.target_type))
    label = [] if inner else list(_figures(edge.counts))
    style = "dashed" if edge.asynchronous else "solid"
    return f"label={quoted(label)}, style={style}, color={quoted([_colour(edge.counts)])}"


def _figures(counts: Counts) -> Iterator[str]:
    bad = counts.total - counts.ok
    yield plural(counts.total, "call") + (f", {percent(bad / counts.total)} failed" if bad else "")
    yield f"p50 / p95 {several((counts.latency.p50, counts.latency.p95))}"


def _colour(counts: Counts) -> str:
    for name, colour in COLOURS:
        if counts.total and getattr(counts, name) / counts.total >= LEAST:
            return colour
    return OK


def quoted(lines: list[str]) -> str:
    """The lines as one quoted string of DOT. Graphviz knows two escapes there, the quote and the backslash, and takes
    `&` for the beginning of an entity."""
    shown = (flat(visible(line)) for line in lines)
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in shown)
    return '"' + "\\n".join(escaped) + '"'
