"""A proof in plain sentences and as a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shopfast_obs.instrument.application_tests.interface import Left, Proof
from shopfast_obs.model.counts import plural

FEW = 3  # names of tests in one sentence
LONG = 160  # characters of a name


def sentences(proof: Proof, visible: Mapping[str, str]) -> Iterator[str]:
    """What a reader has to know. `visible` says by codemod what a test can notice of it."""
    if proof.outcome == "unproven":
        yield f"Not proven: {proof.reason}."
    elif proof.count:
        left = "; ".join(_left(each, visible) for each in proof.left)
        yield f"{plural(proof.count, proof.noun)}, same result{f'; {left}' if left else ''}."
    if proof.by_chance:
        yield (
            f"Not counted, because the result differs from run to run before any change: "
            f"{plural(len(proof.by_chance), proof.noun)}, "
            f"{_named(proof.by_chance)}."
        )


def _left(left: Left, visible: Mapping[str, str]) -> str:
    files = left.files[0] if len(left.files) == 1 else plural(len(left.files), "file")
    seen = visible.get(left.codemod, "")
    because = f"because {_named(left.tests)} {'notices' if len(left.tests) == 1 else 'notice'} it"
    return f"{left.codemod} stays out of {files} {because}{f' ({seen})' if seen else ''}"


def _named(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return ", ".join(name[:LONG] for name in names[:FEW]) + more


def document(proof: Proof) -> dict[str, Any]:
    """The proof as JSON values."""
    return {
        "outcome": proof.outcome,
        "same": proof.count if proof.outcome != "unproven" else 0,
        "of": f"{proof.noun}s",
        "left": [{"codemod": left.codemod, "files": left.files, "tests": left.tests} for left in proof.left],
        "by_chance": proof.by_chance,
        "reason": proof.reason,
    }
