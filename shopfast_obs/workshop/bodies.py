"""The body of a file of `runbooks/`: ten sections in one order, and the commands in them with what one should see."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from shopfast_obs.workshop.exercise import Instruction, Section
from shopfast_obs.workshop.front_matter import FrontMatter, bad

HEADINGS = (
    "Symptom", "Impact", "Signals", "Diagnosis", "Mitigation", "Fix", "Verify", "Rollback", "Escalate", "After",
)  # fmt: skip
DIAGNOSIS = "Diagnosis"
MISLEADS = "Misleading: "  # how a line of Signals names what looks like the cause and is not
EXPECTED, OTHERWISE = "You should see", "If "
_HEADING = re.compile(r"^## (.*)$")
_NUMBERED = re.compile(r"^\d+\. ")
_PLACEHOLDER = re.compile(r"(?<![\w$-])[A-Z][A-Z0-9_]+(?![\w=])")


def read(matter: FrontMatter) -> tuple[Section, ...]:
    """The sections of a file; raises UserError unless they are all there, in order, none empty, and every step of the
    diagnosis says its command, what one should see, and what to do otherwise."""
    found = tuple(_split(matter))
    names = [section.heading for section in found]
    for number, heading in enumerate(HEADINGS):
        if names[number : number + 1] != [heading]:
            line = found[number].line if number < len(found) else matter.body_line
            there = f", here is {names[number]}" if number < len(names) else ""
            raise bad(matter.path, line, f"its section {number + 1} must be {heading}{there}")
    if len(found) > len(HEADINGS):
        raise bad(matter.path, found[len(HEADINGS)].line, f"it has a section beyond the last, {names[len(HEADINGS)]}")
    for section in found:
        if not section.text.strip():
            raise bad(matter.path, section.line, f"its section {section.heading} is empty")
        if section.heading == "Signals" and MISLEADS not in section.text:
            raise bad(matter.path, section.line, f"its Signals do not say what misleads ({MISLEADS.strip()} ...)")
    diagnosis = found[HEADINGS.index(DIAGNOSIS)]
    _complete(matter, diagnosis.line, steps(diagnosis))
    return found


def _complete(matter: FrontMatter, line: int, diagnosis: Sequence[Instruction]) -> None:
    if not diagnosis:
        raise bad(matter.path, line, "its Diagnosis has no numbered step")
    for step in diagnosis:
        for there, what in (
            (step.commands, "a command"),
            (step.expected, f"what one should see ({EXPECTED} ...)"),
            (step.otherwise, f"what to do otherwise ({OTHERWISE.strip()} ...)"),
        ):
            if not there:
                raise bad(matter.path, step.line, f"a step of its Diagnosis lacks {what}")


def _split(matter: FrontMatter) -> Iterator[Section]:
    heading, begun, lines = "", 0, list[str]()
    for number, text in enumerate(matter.body.splitlines(), start=matter.body_line):
        if match := _HEADING.match(text):
            if heading:
                yield Section(heading, "\n".join(lines), begun)
            heading, begun, lines = match[1], number, []
        else:
            lines.append(text)
    if heading:
        yield Section(heading, "\n".join(lines), begun)


def steps(section: Section) -> tuple[Instruction, ...]:
    """What a section has one do: the numbered items of the diagnosis, elsewhere each block of commands."""
    if section.heading == DIAGNOSIS:
        return tuple(_numbered(section))
    return tuple(
        Instruction(section.heading, section.line + 1 + at, commands, expected=" ".join(after.split()))
        for at, commands, after in _blocks(section.text.splitlines())
    )


def _numbered(section: Section) -> Iterator[Instruction]:
    lines = section.text.splitlines()
    starts = [number for number, text in enumerate(lines) if _NUMBERED.match(text)]
    for start, end in pairwise([*starts, len(lines)]):
        item = lines[start:end]
        blocks = list(_blocks(item))
        first = blocks[0] if blocks else (0, (), " ".join(item))
        said = " ".join(first[2].split())
        seen = said[said.find(EXPECTED) :] if EXPECTED in said else ""
        expected, _, otherwise = seen.partition(f". {OTHERWISE}")
        yield Instruction(
            section.heading,
            section.line + 1 + start,
            first[1],
            asked=_NUMBERED.sub("", item[0]),
            expected=f"{expected.rstrip('.')}." if expected else "",
            otherwise=f"{OTHERWISE}{otherwise}" if otherwise else "",
        )


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...], str]]:
    """Each console block: where it begins, its commands, and the text up to the next one."""
    at = 0
    while at < len(lines):
        if lines[at].strip() != "```console":
            at += 1
            continue
        begun, commands = at, []
        at += 1
        while at < len(lines) and lines[at].strip() != "```":
            if lines[at].strip().startswith("$ "):
                commands.append(lines[at].strip()[2:])
            at += 1
        after, at = [], at + 1
        while at < len(lines) and lines[at].strip() != "```console":
            after.append(lines[at])
            at += 1
        yield begun, tuple(commands), "\n".join(after)


def blanks(command: str) -> tuple[str, ...]:
    """What a command leaves open: the words in CAPITALS that stand for a name of the application."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(command)))


def filled(command: str, names: dict[str, str]) -> str:
    """The command with the blanks that are known filled in."""
    return _PLACEHOLDER.sub(lambda found: names.get(found[0], found[0]), command)
