"""The diagrams of the concepts: boxes and arrows as SVG. `python -m docs.generators` writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

LINE = 18
STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#1b1f24}.name{font-weight:600}.small{font-size:12px;fill:#424a53}"
    "rect{fill:#f2f6fb;stroke:#3c6997;stroke-width:1.5}.mine{fill:#fff6e5;stroke:#8a5a00}"
    "path{fill:none;stroke:#3c4650;stroke-width:1.5}"
)


@dataclass(frozen=True, slots=True)
class Box:
    """A box at a place, with a name and further lines; `kind` is a class of the style."""

    x: int
    y: int
    width: int
    height: int
    name: str
    lines: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow along points, and what is written beside its first part."""

    points: tuple[tuple[int, int], ...]
    label: str = ""
    at: tuple[int, int] = (0, 0)


def diagram(title: str, size: tuple[int, int], boxes: Sequence[Box], arrows: Sequence[Arrow]) -> str:
    """The SVG, with its title for those who do not see it."""
    width, height = size
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' role="img" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<polygon points="0,0 8,4 0,8" fill="#3c4650"/></marker></defs>',
        f'<rect width="{width}" height="{height}" style="fill:#fff;stroke:none"/>',
    )
    parts = (*(line for box in boxes for line in _box(box)), *(line for arrow in arrows for line in _arrow(arrow)))
    return "\n".join((*head, *parts, "</svg>")) + "\n"


def _box(box: Box) -> Iterator[str]:
    yield f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="6" class="{box.kind}"/>'
    top = box.y + box.height / 2 - LINE * len(box.lines) / 2 + 5
    middle = box.x + box.width / 2
    for number, (text, kind) in enumerate(((box.name, "name"), *((line, "small") for line in box.lines))):
        y = top + LINE * number
        yield f'<text x="{middle:g}" y="{y:g}" text-anchor="middle" class="{kind}">{escape(text)}</text>'


def _arrow(arrow: Arrow) -> Iterator[str]:
    way = " L".join(f"{x},{y}" for x, y in arrow.points)
    yield f'<path d="M{way}" marker-end="url(#tip)"/>'
    if arrow.label:
        yield f'<text x="{arrow.at[0]}" y="{arrow.at[1]}" class="small">{escape(arrow.label)}</text>'


def evidence() -> str:
    """From what is read to a change that can be taken back."""
    title = "From evidence to finding, plan, change and undo"
    boxes = (
        Box(10, 20, 190, 60, "Templates, sources", ("CDK, SAM, Serverless",)),
        Box(10, 100, 190, 60, "Local cloud", ("AWS APIs on 127.0.0.1",)),
        Box(10, 180, 190, 60, "AWS account", ("AWS APIs",)),
        Box(260, 50, 170, 60, "Inventory", ("resources, settings",), "mine"),
        Box(260, 150, 170, 60, "Evidence", ("logs, metrics, traces",), "mine"),
        Box(490, 100, 150, 60, "Rules", ("found, clear, no data",), "mine"),
        Box(700, 100, 160, 60, "Findings", ("evidence, remedy",), "mine"),
        Box(700, 250, 160, 60, "Plan", ("a diff",), "mine"),
        Box(470, 250, 170, 60, "Apply", ("journal first",), "mine"),
        Box(10, 250, 400, 60, "Source, overlay, template or account", ("written, and restored by undo",)),
    )
    arrows = (
        Arrow(((200, 50), (258, 70))),
        Arrow(((200, 125), (258, 90))),
        Arrow(((200, 135), (258, 170))),
        Arrow(((200, 205), (258, 185))),
        Arrow(((430, 80), (488, 118))),
        Arrow(((430, 180), (488, 142))),
        Arrow(((640, 130), (698, 130))),
        Arrow(((780, 160), (780, 248)), "fix, instrument, alarms", (640, 205)),
        Arrow(((700, 280), (642, 280)), "--apply", (648, 272)),
        Arrow(((470, 270), (412, 270))),
        Arrow(((555, 310), (555, 340), (210, 340), (210, 312)), "undo: from the journal, byte for byte", (265, 334)),
    )
    return diagram(title, (870, 350), boxes, arrows)


def local_cloud() -> str:
    """One process, one port, and a process for each execution environment."""
    title = "The local cloud: clients, one process on loopback, and execution environments"
    boxes = (
        Box(10, 20, 190, 60, "AWS clients", ("boto3, aws, cdk, sam",)),
        Box(10, 110, 190, 60, "Browser, shoppers", ("HTTP",)),
        Box(10, 200, 190, 60, "X-Ray SDK", ("UDP, 127.0.0.1:2000",)),
        Box(260, 20, 170, 240, "One port", ("127.0.0.1", "signatures checked", "one trace id a request"), "mine"),
        Box(490, 20, 210, 60, "MiniStack", ("tables, queues, buses, ...",)),
        Box(490, 90, 210, 50, "Lambda host", ("timeout, memory, CPU share",), "mine"),
        Box(490, 150, 210, 50, "X-Ray", ("segments in SQLite",), "mine"),
        Box(490, 210, 210, 50, "CloudWatch", ("logs, metrics, alarms",), "mine"),
        Box(760, 75, 170, 80, "Environments", ("a process each, with", "AWS's runtime client")),
    )
    arrows = (
        Arrow(((200, 50), (258, 50))),
        Arrow(((200, 140), (258, 140))),
        Arrow(((200, 230), (258, 230))),
        Arrow(((430, 50), (488, 50))),
        Arrow(((430, 115), (488, 115))),
        Arrow(((430, 175), (488, 175))),
        Arrow(((430, 235), (488, 235))),
        Arrow(((700, 115), (758, 115))),
        Arrow(((845, 155), (845, 235), (702, 235)), "log lines, metrics", (735, 228)),
        Arrow(((800, 155), (800, 175), (702, 175)), "segments", (735, 190)),
    )
    return diagram(title, (940, 280), boxes, arrows)


def correlation() -> str:
    """One id from a browser through four services."""
    title = "A correlation id travels beside the payload: header, client context, trace header, message attribute"
    boxes = (
        Box(10, 40, 120, 70, "Page", ("makes an id",)),
        Box(210, 40, 150, 70, "Order service", ("log: correlation_id",), "mine"),
        Box(470, 10, 170, 56, "Inventory service", ("log: correlation_id",), "mine"),
        Box(470, 92, 170, 56, "Workflow, bus", ("hands the header on",)),
        Box(740, 92, 130, 56, "Topic or queue", ("keeps attributes",)),
        Box(740, 210, 170, 56, "Notification handler", ("log: correlation_id",), "mine"),
        Box(210, 210, 430, 56, "shopfast-obs logs ID", ("every line of every service, in the order of time",)),
    )
    arrows = (
        Arrow(((130, 75), (208, 75)), "header", (140, 66)),
        Arrow(((360, 60), (468, 40)), "client context", (366, 36)),
        Arrow(((360, 90), (468, 118)), "trace header", (366, 122)),
        Arrow(((640, 120), (738, 120)), "attribute", (660, 112)),
        Arrow(((805, 148), (805, 208)), "attribute", (812, 182)),
        Arrow(((285, 110), (285, 208))),
        Arrow(((740, 238), (642, 238))),
    )
    return diagram(title, (930, 280), boxes, arrows)


DIAGRAMS = {"evidence": evidence, "local-cloud": local_cloud, "correlation": correlation}
